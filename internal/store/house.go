package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"winnow/news"
)

// House text is learned from the stories of a site together. Which stories have
// a line is not kept twice: the keys of a story's lines are among its prints, so
// that the packed index finds the stories of a line, and a story that changes or
// goes leaves every set it was in. What was found to be house text is a row of
// house, and what goes from a story the house column of its row; its record
// stays as it was read. Both are made anew from the stories by settling, so a
// settlement that was killed leaves nothing wrong behind: stories that a new
// line concerns become dirty with it, lines that a change may concern stale.

var errPlaces = errors.New("places of house text in the state are damaged")

// packPlaces writes places in rising order.
func packPlaces(places []int) string {
	var packed []byte
	for i, p := range places {
		if i > 0 {
			packed = append(packed, ',')
		}
		packed = strconv.AppendInt(packed, int64(p), 10)
	}
	return string(packed)
}

func readPlaces(packed string) ([]int, error) {
	if packed == "" {
		return nil, nil
	}
	var places []int
	for one := range strings.SplitSeq(packed, ",") {
		p, err := strconv.Atoi(one)
		if err != nil || p < 0 || len(places) > 0 && p <= places[len(places)-1] {
			return nil, errPlaces
		}
		places = append(places, p)
	}
	return places, nil
}

// House gives those of the keys whose lines are house text.
func (s *Store) House(ctx context.Context, keys []uint64) (map[uint64]bool, error) {
	house := map[uint64]bool{}
	stored := make([]int64, len(keys))
	for i, key := range keys {
		stored[i] = int64(key)
	}
	err := s.view(ctx, func(t *tx) error {
		return chunks(stored, t.dialect.list, func(list []any) error {
			return t.each(ctx, "SELECT line FROM house WHERE line IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
				var line int64
				err := rows.Scan(&line)
				house[uint64(line)] = true
				return err
			})
		})
	})
	return house, err
}

// Recurring gives the IDs of the stories that have a line, in order, for each of
// the keys that least stories or more have; of more than most stories the first
// ones.
func (s *Store) Recurring(ctx context.Context, keys []uint64, least, most int) (map[uint64][]string, error) {
	byPrint := make(map[uint64]uint64, len(keys))
	for _, key := range keys {
		byPrint[mixPrint(key)] = key
	}
	recurring := map[uint64][]string{}
	err := s.view(ctx, func(t *tx) error {
		clear(recurring)
		wanted := mixPrints(keys)
		lists, err := t.having(ctx, wanted)
		for i, nums := range lists {
			if err != nil {
				return err
			}
			if len(nums) < least {
				continue
			}
			var ids []string
			if ids, err = t.firstStories(ctx, nums, most); len(ids) >= least {
				recurring[byPrint[wanted[i]]] = ids
			}
		}
		return err
	})
	return recurring, err
}

// having gives for each of the keys, as mixed prints in order, the numbers that
// have it, those that mean no story any more among them.
func (t *tx) having(ctx context.Context, wanted []uint64) ([][]int64, error) {
	at, err := t.indexState(ctx)
	if err != nil {
		return nil, err
	}
	lists, _, err := t.postings(ctx, at, wanted, -1, math.MaxInt)
	return lists, err
}

// firstStories gives the first most IDs, in order, of the stories that the
// numbers of prints mean.
func (t *tx) firstStories(ctx context.Context, nums []int64, most int) (ids []string, err error) {
	err = chunks(nums, t.dialect.list, func(list []any) error {
		err := t.each(ctx, "SELECT s.id FROM prints p JOIN story s ON s.num = p.story WHERE p.num IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
		slices.Sort(ids)
		ids = slices.Compact(ids)
		ids = ids[:min(len(ids), most)]
		return err
	})
	return ids, err
}

// PutHouse remembers whether a line of a site is house text. Where that is new,
// the stories that have the line are to be settled again.
func (s *Store) PutHouse(ctx context.Context, lease Lease, site string, key uint64, is bool) error {
	return s.settling(ctx, lease, func(t *tx) error {
		var stale int
		was, err := t.one(ctx, "SELECT stale FROM house WHERE line = $1", []any{int64(key)}, &stale)
		switch {
		case err != nil:
			return err
		case was && is:
			if stale > 0 {
				_, err = t.exec(ctx, "UPDATE house SET stale = 0 WHERE line = $1", int64(key))
			}
			return err
		case was:
			_, err = t.exec(ctx, "DELETE FROM house WHERE line = $1", int64(key))
		case is:
			_, err = t.exec(ctx, "INSERT INTO house (line, site) VALUES ($1, $2)", int64(key), site)
		default:
			return nil
		}
		if err != nil {
			return err
		}
		lists, err := t.having(ctx, mixPrints([]uint64{key}))
		if err != nil {
			return err
		}
		return chunks(lists[0], t.dialect.list, func(list []any) error {
			_, err := t.exec(ctx, "UPDATE story SET dirty = dirty | 1, stamp = stamp + 1 WHERE num IN (SELECT story FROM prints WHERE num IN ("+marks(1, len(list))+"))", list...)
			return err
		})
	})
}

// HouseLine is a line that is house text.
type HouseLine struct {
	Key  uint64
	Site string
}

// StaleHouse gives up to limit lines that may be house text no longer, because
// a story of their site has changed or gone.
func (s *Store) StaleHouse(ctx context.Context, limit int) ([]HouseLine, error) {
	var lines []HouseLine
	err := s.view(ctx, func(t *tx) error {
		lines = nil
		return t.each(ctx, "SELECT line, site FROM house WHERE stale > 0 ORDER BY line LIMIT "+strconv.Itoa(limit), nil, func(rows *sql.Rows) error {
			var key int64
			var l HouseLine
			err := rows.Scan(&key, &l.Site)
			l.Key = uint64(key)
			lines = append(lines, l)
			return err
		})
	})
	return lines, err
}

// staleHouse notes that a story of the site has changed or goes.
func (t *tx) staleHouse(ctx context.Context, story *news.Story) error {
	_, err := t.exec(ctx, "UPDATE house SET stale = 1 WHERE site = $1 AND stale = 0", story.Site())
	return err
}

// CutHouse makes the blocks at these places, in rising order, the house text
// that goes from a story, and these its prints and the keys of its lines. replaced is false, and nothing
// happened, when the story has changed since it had the stamp.
func (s *Store) CutHouse(ctx context.Context, lease Lease, id string, stamp int64, places []int, prints, lines []uint64) (replaced bool, err error) {
	err = s.settling(ctx, lease, func(t *tx) error {
		var num int64
		found, err := t.one(ctx, "UPDATE story SET house = $3, dirty = dirty | 1, stamp = stamp + 1 WHERE id = $1 AND stamp = $2 RETURNING num",
			[]any{id, stamp, packPlaces(places)}, &num)
		if replaced = found; err != nil || !found {
			return err
		}
		var day int
		if _, err := t.one(ctx, "SELECT day FROM prints WHERE story = $1", []any{num}, &day); err != nil {
			return err
		}
		return t.putPrints(ctx, num, day, prints, lines)
	})
	return replaced && err == nil, err
}
