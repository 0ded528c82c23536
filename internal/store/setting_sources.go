package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Names of the settings that depend on the list of sources.
const (
	settingRanks = "ranks" // names of the sources, the preferred one first, as a JSON array
	settingRules = "rules" // rules of single sources by their names, as a JSON object
)

// RankedBy notes the order of the sources, the preferred one first; a source
// that is not listed comes after all of them. Every story is to be judged again
// when two sources that have stories are ranked otherwise than before, and only
// then: a source that is added or removed leaves the others in their order.
// changed reports whether that is so.
func (s *Store) RankedBy(ctx context.Context, lease Lease, order []string) (changed bool, err error) {
	err = s.settling(ctx, lease, func(t *tx) error {
		changed = false
		var was []string
		if renewed, err := t.renew(ctx, settingRanks, order, &was); err != nil || !renewed {
			return err
		}
		var have []string
		err := t.each(ctx, "SELECT DISTINCT source FROM story", nil, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			have = append(have, name)
			return err
		})
		if changed = err == nil && !sameOrder(have, was, order); !changed {
			return err
		}
		_, err = t.exec(ctx, "UPDATE story SET dirty = dirty | 1, stamp = stamp + 1")
		return err
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

// CleanedBy notes what the text of the stories of single sources rests on, by
// their names; "" is the same as none. The stories and pages of a source for
// which it is another than before are to be cleaned again. changed are the names
// of the sources that have any, sorted.
func (s *Store) CleanedBy(ctx context.Context, lease Lease, rules map[string]string) (changed []string, err error) {
	err = s.settling(ctx, lease, func(t *tx) error {
		changed = nil
		var was map[string]string
		if renewed, err := t.renew(ctx, settingRules, rules, &was); err != nil || !renewed {
			return err
		}
		names := slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(rules)))
		slices.Sort(names)
		for _, source := range slices.Compact(names) {
			if was[source] == rules[source] {
				continue
			}
			stories, err := t.exec(ctx, "UPDATE story SET dirty = dirty | 3, stamp = stamp + 1 WHERE source = $1", source)
			if err != nil {
				return err
			}
			pages, err := t.exec(ctx, `INSERT INTO again (url) SELECT u.url FROM url u
				WHERE u.source = $1 AND u.state = 3 AND EXISTS (SELECT 1 FROM page p WHERE p.url = u.url) ON CONFLICT DO NOTHING`, source)
			if err != nil {
				return err
			}
			if stories+pages > 0 {
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

// renew puts a value in the place of a setting's, as JSON, and reads the value
// before into was when that is another one; changed reports whether it is. A
// setting that there was none of has not changed.
func (t *tx) renew(ctx context.Context, name string, value, was any) (changed bool, err error) {
	now, err := json.Marshal(value)
	if err != nil {
		return false, err
	}
	var old string
	found, err := t.one(ctx, "SELECT value FROM setting WHERE name = $1", []any{name}, &old)
	if err != nil || old == string(now) {
		return false, err
	}
	if found {
		if err := json.Unmarshal([]byte(old), was); err != nil {
			return false, fmt.Errorf("the setting %s of the state is damaged: %w", name, err)
		}
	}
	_, err = t.exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, string(now))
	return found, err
}
