package stories

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
	"winnow/internal/store/record"
	"winnow/internal/store/schema"
	"winnow/news"
)

// Boilerplate, the recurring text of a site, is learned from all its stories. Which
// stories have a line is not stored twice: the keys of a story's lines are among its
// prints, so that the index finds the stories with a line, and a story that changes or
// is dropped leaves every set it was in. A line that was found to be boilerplate is a
// row of table house, and the blocks that are cut from a story are in column house of
// its row; its record stays as it was read. Settling computes both from the stories,
// and a crash leaves nothing wrong behind: the stories with a new line are marked dirty
// in the same transaction, and lines that a change may affect are marked to be checked.

// Boilerplate returns those of the keys whose lines are boilerplate.
func (s *Stories) Boilerplate(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	found := map[uint64]bool{}
	stored := make([]int64, len(keys))
	for i, key := range keys {
		stored[i] = int64(key)
	}
	err := s.db.View(ctx, func(t *database.Tx) error {
		return database.EachIn(ctx, t, "SELECT line FROM house WHERE line IN ({list})", stored, func(rows *sql.Rows) error {
			var line int64
			err := rows.Scan(&line)
			found[uint64(line)] = true
			return err
		})
	})
	return found, err
}

// Recurring returns, for each of the keys that at least minStories stories have, the IDs
// of the stories with the line, sorted, up to limit.
func (s *Stories) Recurring(ctx context.Context, keys []uint64, minStories, limit int) (recurring map[uint64][]string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		recurring, err = s.index.Recurring(ctx, t, keys, minStories, limit)
		return err
	})
	return recurring, err
}

var judgeNumbers = schema.SQL("UPDATE story SET dirty = dirty | {judge}, stamp = stamp + 1 WHERE num IN ({list})")

// PutBoilerplate stores whether a line of a site is boilerplate. If that is new, the
// stories with the line are to be settled again.
func (s *Stories) PutBoilerplate(ctx context.Context, lease Lease, site string, key uint64, is bool) error {
	return s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		var check bool
		was, err := t.One(ctx, "SELECT stale FROM house WHERE line = $1", []any{int64(key)}, &check)
		switch {
		case err != nil:
			return err
		case was && is:
			if check {
				_, err = t.Exec(ctx, "UPDATE house SET stale = 0 WHERE line = $1", int64(key))
			}
			return err
		case was:
			_, err = t.Exec(ctx, "DELETE FROM house WHERE line = $1", int64(key))
		case is:
			_, err = t.Exec(ctx, "INSERT INTO house (line, site) VALUES ($1, $2)", int64(key), site)
		default:
			return nil
		}
		if err != nil {
			return err
		}
		having, err := s.index.StoriesWith(ctx, t, key)
		if err == nil {
			_, err = database.ExecIn(ctx, t, judgeNumbers, having)
		}
		return err
	})
}

// BoilerplateLine is a line that is boilerplate.
type BoilerplateLine struct {
	Key  uint64 // see package clean/boilerplate
	Site string
}

// BoilerplateToCheck returns up to limit lines that may no longer be boilerplate,
// because a story of their site has changed or was dropped. The result of the check is
// stored by [Stories.PutBoilerplate].
func (s *Stories) BoilerplateToCheck(ctx context.Context, limit int) ([]BoilerplateLine, error) {
	var lines []BoilerplateLine
	err := s.db.View(ctx, func(t *database.Tx) error {
		lines = nil
		return t.Each(ctx, "SELECT line, site FROM house WHERE stale > 0 ORDER BY line LIMIT $1", []any{limit}, func(rows *sql.Rows) error {
			var key int64
			var l BoilerplateLine
			err := rows.Scan(&key, &l.Site)
			l.Key = uint64(key)
			lines = append(lines, l)
			return err
		})
	})
	return lines, err
}

// checkBoilerplate marks the lines of a site to be checked, because a story of it
// changes or is dropped.
func checkBoilerplate(ctx context.Context, t *database.Tx, story *news.Story) error {
	_, err := t.Exec(ctx, "UPDATE house SET stale = 1 WHERE site = $1 AND stale = 0", story.Site())
	return err
}

var cutBoilerplate = schema.SQL("UPDATE story SET house = $3, dirty = dirty | {judge}, stamp = stamp + 1 WHERE id = $1 AND stamp = $2 RETURNING num")

// CutBoilerplate stores which blocks are cut from a story, by their places in rising
// order, its prints without them, and the keys of its lines. replaced is false, and
// nothing happened, if the story has changed since it had the stamp.
func (s *Stories) CutBoilerplate(ctx context.Context, lease Lease, id string, stamp int64, places []int, prints, lines []uint64) (replaced bool, err error) {
	err = s.WriteSettling(ctx, lease, func(t *database.Tx) error {
		var num int64
		found, err := t.One(ctx, cutBoilerplate, []any{id, stamp, record.PackPlaces(places)}, &num)
		if replaced = found; err != nil || !found {
			return err
		}
		day, err := s.index.Day(ctx, t, num)
		if err != nil {
			return err
		}
		return s.index.Put(ctx, t, num, day, prints, lines)
	})
	return replaced && err == nil, err
}
