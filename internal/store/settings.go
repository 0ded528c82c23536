package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
)

const putSetting = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

var (
	queueAll    = schema.SQL(queueReclean + "ON CONFLICT DO NOTHING")
	queueSource = schema.SQL(queueReclean + "AND u.source = $1 ON CONFLICT DO NOTHING")
	queueSite   = schema.SQL(queueReclean + "AND u.lane IN (SELECT l.id FROM lane l WHERE l.host = $1) ON CONFLICT DO NOTHING")
)

// queueReclean puts archived pages without a story into the re-clean queue, those that
// were taken for sections among them.
const queueReclean = `INSERT INTO again (url) SELECT u.url FROM url u
	WHERE (u.state = {setAside} OR u.state = {done} AND u.kind = {section}) AND EXISTS (SELECT 1 FROM page p WHERE p.url = u.url) `

// MadeWith stores a setting or version that verdicts and files depend on. If it has
// changed, every story is to be judged again; with reclean each is to be cleaned again
// from the archive first, and the archived pages without a story are queued, see
// [Store.RecleanQueue]. The first value of a setting invalidates nothing.
func (s *Store) MadeWith(ctx context.Context, lease stories.Lease, name, value string, reclean bool) (changed bool, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		var was string
		found, err := t.One(ctx, "SELECT value FROM setting WHERE name = $1", []any{name}, &was)
		if changed = err == nil && was != value; err != nil || !changed {
			return err
		}
		if _, err := t.Exec(ctx, putSetting, name, value); err != nil {
			return err
		}
		if changed = found; !found {
			return nil // a new state
		}
		if err := s.Stories.MarkAll(ctx, t, reclean); err != nil || !reclean {
			return err
		}
		_, err = t.Exec(ctx, queueAll)
		return err
	})
	return changed && err == nil, err
}

// Names of the settings that depend on the list of sources.
const (
	settingRanks = "ranks" // names of the sources, the preferred one first, as a JSON array
	settingRules = "rules" // rules of single sources by their names, as a JSON object
)

// RankedBy stores the order of the sources, the preferred one first; a source
// that is not listed comes after all of them. Every story is to be judged again
// when two sources that have judged stories are ranked otherwise than before, and only
// then: a source that is added or removed leaves the others in their order.
// changed reports whether that is so.
func (s *Store) RankedBy(ctx context.Context, lease stories.Lease, order []string) (changed bool, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		changed = false
		var was []string
		if renewed, err := renew(ctx, t, settingRanks, order, &was); err != nil || !renewed {
			return err
		}
		have, err := database.Column[string](ctx, t, `SELECT s.source FROM (SELECT DISTINCT source FROM story) s
			WHERE EXISTS (SELECT 1 FROM story j WHERE j.source = s.source AND j.verdict <> '')`) // others are judged by the new order in any case
		if changed = err == nil && !sameOrder(have, was, order); !changed {
			return err
		}
		return s.Stories.MarkAll(ctx, t, false)
	})
	return changed && err == nil, err
}

// sameOrder reports whether two lists order names alike. A name that is not in a
// list comes after those that are, beside others that are not.
func sameOrder(names, was, now []string) bool {
	place := func(list []string, name string) int {
		if i := slices.Index(list, name); i >= 0 {
			return i
		}
		return len(list)
	}
	type places struct{ was, now int }
	all := make([]places, len(names))
	for i, name := range names {
		all[i] = places{place(was, name), place(now, name)}
	}
	slices.SortFunc(all, func(a, b places) int { return cmp.Or(a.was-b.was, a.now-b.now) })
	for i := 1; i < len(all); i++ {
		if cmp.Compare(all[i-1].was, all[i].was) != cmp.Compare(all[i-1].now, all[i].now) {
			return false
		}
	}
	return true
}

// CleanedBy stores what the text of the stories of single sources rests on, by
// their names; "" is the same as none. The stories and pages of a source for
// which it has changed are to be cleaned again. changed are the names
// of the sources that have any, sorted.
func (s *Store) CleanedBy(ctx context.Context, lease stories.Lease, rules map[string]string) (changed []string, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		changed = nil
		var was map[string]string
		if renewed, err := renew(ctx, t, settingRules, rules, &was); err != nil || !renewed {
			return err
		}
		names := slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(rules)))
		slices.Sort(names)
		for _, source := range slices.Compact(names) {
			if was[source] == rules[source] {
				continue
			}
			marked, err := s.Stories.MarkSource(ctx, t, source)
			if err != nil {
				return err
			}
			queued, err := t.Exec(ctx, queueSource, source)
			if err != nil {
				return err
			}
			if marked+queued > 0 {
				changed = append(changed, source)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// renew stores the value of a setting, as JSON, and reads the one before into was
// when the two differ; changed reports whether they do. The first value of a
// setting changes nothing.
func renew(ctx context.Context, t *database.Tx, name string, value, was any) (changed bool, err error) {
	now, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	var old string
	found, err := t.One(ctx, "SELECT value FROM setting WHERE name = $1", []any{name}, &old)
	if err != nil || old == string(now) {
		return false, err
	}
	if found {
		if err := json.Unmarshal([]byte(old), was); err != nil {
			return false, fmt.Errorf("the setting %s of the state is damaged: %w", name, err)
		}
	}
	_, err = t.Exec(ctx, putSetting, name, string(now))
	return found, err
}
