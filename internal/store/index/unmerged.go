package index

import (
	"cmp"
	"context"
	"database/sql"
	"sync"

	"winnow/internal/store/database"
)

// unmergedCache caches the unmerged prints. Those of a number never change. The zero value
// is ready for use.
type unmergedCache struct {
	mu    sync.Mutex
	byNum map[int64]unmergedText
}

// unmergedText is a row of table fresh.
type unmergedText struct {
	meta   metadata
	prints []uint64
}

// postings adds the numbers of unmerged texts to the lists of the wanted prints, and returns
// their metadata.
func (c *unmergedCache) postings(ctx context.Context, t *database.Tx, wanted []uint64, lists [][]int64) (map[int64]metadata, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	nums, texts, err := c.read(ctx, t)
	known := map[int64]metadata{}
	for _, num := range nums {
		one := texts[num]
		for i, j := 0, 0; i < len(wanted) && j < len(one.prints); {
			switch c := cmp.Compare(wanted[i], one.prints[j]); {
			case c < 0:
				i++
			case c > 0:
				j++
			default:
				lists[i] = append(lists[i], num)
				known[num] = one.meta
				i++
				j++
			}
		}
	}
	return known, err
}

// read returns the unmerged numbers, sorted, and their texts, and reads those that are not
// cached. What a writing transaction reads is not cached: if it is rolled back, its numbers
// may be given to other texts.
func (c *unmergedCache) read(ctx context.Context, t *database.Tx) (nums []int64, texts map[int64]unmergedText, err error) {
	if nums, err = database.Column[int64](ctx, t, "SELECT num FROM fresh ORDER BY num"); err != nil {
		return nil, nil, err
	}
	texts = map[int64]unmergedText{}
	var missing []int64
	for _, num := range nums {
		if one, known := c.byNum[num]; known {
			texts[num] = one
		} else {
			missing = append(missing, num)
		}
	}
	err = database.EachIn(ctx, t, "SELECT num, many, day, data FROM fresh WHERE num IN ({list})", missing, func(rows *sql.Rows) error {
		num, one, err := scanUnmerged(rows)
		if err == nil {
			texts[num] = one
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if !t.Writes {
		c.byNum = texts
	}
	return nums, texts, nil
}

func scanUnmerged(rows *sql.Rows) (num int64, one unmergedText, err error) {
	var data sql.RawBytes
	if err := rows.Scan(&num, &one.meta.prints, &one.meta.day, &data); err != nil {
		return num, one, err
	}
	one.prints, err = unpackPrints(data)
	return num, one, err
}

const selectUnmerged = "SELECT num, many, day, data FROM fresh ORDER BY num"

// eachUnmerged reads up to limit unmerged texts, oldest first.
func eachUnmerged(ctx context.Context, t *database.Tx, limit int, do func(num int64, text unmergedText)) error {
	return t.Each(ctx, selectUnmerged+" LIMIT $1", []any{limit}, func(rows *sql.Rows) error {
		num, text, err := scanUnmerged(rows)
		if err == nil {
			do(num, text)
		}
		return err
	})
}
