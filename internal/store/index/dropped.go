package index

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"winnow/internal/store/database"
)

// When a story changes or is deleted, its number stays in the postings. Such numbers are
// rows of table dropped until a merge leaves them out: counts must not depend on stories
// that are no longer there.

// droppedCache caches the dropped numbers. As long as the segments in use are the same,
// rows are only added: if the cache has as many as the table, it has them all.
type droppedCache struct {
	mu       sync.Mutex
	segments []int64 // that were in use when it was read
	last     int64   // seq of the last row
	rows     int     // how many were read
	nums     numberSet
}

// moreThan reports whether more than common of the numbers are not dropped.
func (c *droppedCache) moreThan(ctx context.Context, t *database.Tx, at layout, nums []int64, common int) (bool, error) {
	if len(nums) <= common || at.dropped == 0 {
		return len(nums) > common, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refresh(ctx, t, at); err != nil {
		return false, err
	}
	for _, num := range nums {
		if !c.nums.has(num) {
			if common--; common < 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// refresh brings the cache up to date.
func (c *droppedCache) refresh(ctx context.Context, t *database.Tx, at layout) error {
	var ids []int64
	for _, g := range at.used {
		ids = append(ids, g.id)
	}
	if slices.Equal(ids, c.segments) {
		if at.dropped == c.rows {
			return nil
		}
		// With several writers, a row may be committed after one with a greater seq. It
		// is missing then.
		if err := c.read(ctx, t); err != nil || at.dropped == c.rows {
			return err
		}
	}
	c.segments, c.last, c.rows, c.nums = ids, 0, 0, nil
	return c.read(ctx, t)
}

func (c *droppedCache) read(ctx context.Context, t *database.Tx) error {
	return t.Each(ctx, "SELECT seq, num FROM dropped WHERE seq > $1 ORDER BY seq", []any{c.last}, func(rows *sql.Rows) error {
		var num int64
		err := rows.Scan(&c.last, &num)
		c.nums.add(num)
		c.rows++
		return err
	})
}

// numberSet is a set of numbers, one bit each.
type numberSet []uint64

func (n *numberSet) add(num int64) {
	if more := int(num/64) + 1 - len(*n); more > 0 {
		*n = append(*n, make([]uint64, more)...)
	}
	(*n)[num/64] |= 1 << (num % 64)
}

func (n numberSet) has(num int64) bool {
	return num/64 < int64(len(n)) && n[num/64]&(1<<(num%64)) != 0
}
