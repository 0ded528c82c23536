package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"winnow/dedupe"
)

// Said is a person's word as it is remembered.
type Said struct {
	dedupe.Override
	At time.Time // when it was said last
}

// PutOverride remembers a person's word in the place of what was said of the
// same stories before, and has them judged again. It returns ErrNotFound, and
// remembers nothing, when a story is not there. o is as dedupe.NewOverride makes
// it.
func (s *Store) PutOverride(ctx context.Context, o dedupe.Override, now time.Time) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.judgeAgain(ctx, o)
		if err != nil {
			return err
		}
		if n < len(idsOf(o)) {
			return ErrNotFound
		}
		_, err = t.exec(ctx, `INSERT INTO override (a, b, say, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (a, b) DO UPDATE SET say = excluded.say, at = excluded.at`, o.A, o.B, o.Say, now.UnixMilli())
		return err
	})
}

// RemoveOverride forgets what was said of a story (b is "") or of two, whichever
// comes first, and has them judged again. It returns false when nothing was.
func (s *Store) RemoveOverride(ctx context.Context, a, b string) (removed bool, err error) {
	if b != "" {
		a, b = min(a, b), max(a, b)
	}
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM override WHERE a = $1 AND b = $2", a, b)
		if removed = n > 0; err != nil || !removed {
			return err
		}
		_, err = t.judgeAgain(ctx, dedupe.Override{A: a, B: b})
		return err
	})
	return removed && err == nil, err
}

func idsOf(o dedupe.Override) []any {
	if o.B == "" {
		return []any{o.A}
	}
	return []any{o.A, o.B}
}

// judgeAgain marks the stories of a word, and says how many of them there are.
// Their stamps grow, so that a decision in the making that does not know of the
// word comes too late.
func (t *tx) judgeAgain(ctx context.Context, o dedupe.Override) (n int, err error) {
	ids := idsOf(o)
	if err := t.each(ctx, "SELECT id FROM story WHERE id IN ("+marks(1, len(ids))+") ORDER BY id"+t.dialect.lock, ids, func(rows *sql.Rows) error {
		var id string
		n++
		return rows.Scan(&id)
	}); err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, "UPDATE story SET dirty = dirty | 1, stamp = stamp + 1 WHERE id IN ("+marks(1, len(ids))+")", ids...)
	return n, err
}

const saidColumns = "SELECT a, b, say, at FROM override"

func scanSaid(rows *sql.Rows) (said Said, err error) {
	var when int64
	err = rows.Scan(&said.A, &said.B, &said.Say, &when)
	said.At = at(when)
	return said, err
}

// Overrides gives what was said of any of the stories, sorted by A and B.
func (s *Store) Overrides(ctx context.Context, ids []string) ([]dedupe.Override, error) {
	found := map[dedupe.Override]bool{}
	err := s.view(ctx, func(t *tx) error {
		for _, end := range []string{"a", "b <> '' AND b"} {
			err := chunks(ids, t.dialect.list, func(list []any) error {
				return t.each(ctx, saidColumns+" WHERE "+end+" IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
					said, err := scanSaid(rows)
					found[said.Override] = true
					return err
				})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	all := make([]dedupe.Override, 0, len(found))
	for o := range found {
		all = append(all, o)
	}
	slices.SortFunc(all, func(x, y dedupe.Override) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return all, err
}

// AllSaid gives every word that is remembered, sorted by A and B.
func (s *Store) AllSaid(ctx context.Context) ([]Said, error) {
	var all []Said
	err := s.view(ctx, func(t *tx) error {
		all = nil
		return t.each(ctx, saidColumns+" ORDER BY a, b", nil, func(rows *sql.Rows) error {
			said, err := scanSaid(rows)
			all = append(all, said)
			return err
		})
	})
	return all, err
}
