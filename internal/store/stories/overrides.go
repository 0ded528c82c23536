package stories

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// StoredOverride is what a person said of one story or of two.
type StoredOverride struct {
	dedupe.Override
	At time.Time // of the last time it was said
}

// PutOverride stores an override, in place of an earlier one on the same stories, and
// marks the stories to be judged again. It returns ErrNotFound, and stores nothing, if a
// story does not exist. o is the result of dedupe.NewOverride.
func (s *Stories) PutOverride(ctx context.Context, o dedupe.Override, now time.Time) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		n, err := judgeAgain(ctx, t, o)
		if err != nil {
			return err
		}
		if n < len(idsOf(o)) {
			return ErrNotFound
		}
		_, err = t.Exec(ctx, `INSERT INTO override (a, b, say, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (a, b) DO UPDATE SET say = excluded.say, at = excluded.at`, o.A, o.B, o.Say, now.UnixMilli())
		return err
	})
}

// RemoveOverride deletes the override on a story (b is "") or on two, in either order,
// and marks them to be judged again. removed is false if there was none.
func (s *Stories) RemoveOverride(ctx context.Context, a, b string) (removed bool, err error) {
	if b != "" {
		a, b = min(a, b), max(a, b)
	}
	err = s.db.Write(ctx, func(t *database.Tx) error {
		n, err := t.Exec(ctx, "DELETE FROM override WHERE a = $1 AND b = $2", a, b)
		if removed = n > 0; err != nil || !removed {
			return err
		}
		_, err = judgeAgain(ctx, t, dedupe.Override{A: a, B: b})
		return err
	})
	return removed && err == nil, err
}

func idsOf(o dedupe.Override) []string {
	if o.B == "" {
		return []string{o.A}
	}
	return []string{o.A, o.B}
}

var judgeSome = schema.SQL("UPDATE story SET dirty = dirty | {judge}, stamp = stamp + 1 WHERE id IN ({list})")

// judgeAgain marks the stories of an override, and returns how many of them exist. Their
// stamps grow, so that a decision in progress that does not know of the override comes
// too late.
func judgeAgain(ctx context.Context, t *database.Tx, o dedupe.Override) (int, error) {
	there, err := lockStories(ctx, t, idsOf(o))
	if err != nil {
		return 0, err
	}
	_, err = database.ExecIn(ctx, t, judgeSome, idsOf(o))
	return len(there), err
}

const selectOverrides = "SELECT a, b, say, at FROM override"

func scanOverride(rows *sql.Rows) (o StoredOverride, err error) {
	var when int64
	err = rows.Scan(&o.A, &o.B, &o.Say, &when)
	o.At = database.Time(when)
	return o, err
}

// Overrides returns the overrides on any of the stories, sorted by A and B.
func (s *Stories) Overrides(ctx context.Context, ids []string) ([]dedupe.Override, error) {
	found := map[dedupe.Override]bool{}
	err := s.db.View(ctx, func(t *database.Tx) error {
		for _, end := range []string{"a", "b <> '' AND b"} {
			err := database.EachIn(ctx, t, selectOverrides+" WHERE "+end+" IN ({list})", ids, func(rows *sql.Rows) error {
				o, err := scanOverride(rows)
				found[o.Override] = true
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return slices.SortedFunc(maps.Keys(found), func(x, y dedupe.Override) int {
		return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	}), err
}

// AllOverrides returns every override, sorted by A and B.
func (s *Stories) AllOverrides(ctx context.Context) ([]StoredOverride, error) {
	var all []StoredOverride
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, selectOverrides+" ORDER BY a, b", nil, func(rows *sql.Rows) error {
			o, err := scanOverride(rows)
			all = append(all, o)
			return err
		})
	})
	return all, err
}
