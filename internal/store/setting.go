package store

import "context"

// MadeWith notes the settings, and versions, that verdicts and files rest on.
// When they are others than before, every story is to be judged again; with
// reclean it is to be cleaned again from the archive first, and so are the pages
// that held no story, see Again. changed says so.
func (s *Store) MadeWith(ctx context.Context, lease Lease, name, value string, reclean bool) (changed bool, err error) {
	err = s.settling(ctx, lease, func(t *tx) error {
		var was string
		found, err := t.one(ctx, "SELECT value FROM setting WHERE name = $1", []any{name}, &was)
		if changed = err == nil && was != value; err != nil || !changed {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value); err != nil {
			return err
		}
		if changed = found; !found {
			return nil // the first settlement of a new state
		}
		dirty := 1 // see story.dirty in the migration
		if reclean {
			dirty = 3
		}
		if _, err = t.exec(ctx, "UPDATE story SET dirty = dirty | $1, stamp = stamp + 1", dirty); err != nil || !reclean {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO again (url) SELECT u.url FROM url u
			WHERE u.state = 3 AND EXISTS (SELECT 1 FROM page p WHERE p.url = u.url) ON CONFLICT DO NOTHING`)
		return err
	})
	return changed && err == nil, err
}
