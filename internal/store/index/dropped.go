package index

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"winnow/internal/store/database"
)

// A story that changes or goes leaves its number behind in the postings. Such
// numbers are rows of dropped, until a merge leaves them out: what is counted
// must not depend on what was there once.

// droppedCache has them in memory. As long as the same segments are in use, rows
// are only added: with as many as the table has, none is missing.
type droppedCache struct {
	mu       sync.Mutex
	segments []int64 // in use when it was read
	last     int64   // seq
	rows     int
	nums     numberSet
}

// moreThan reports whether more than common of the numbers stand for a story.
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

// refresh reads what is new.
func (c *droppedCache) refresh(ctx context.Context, t *database.Tx, at layout) error {
	var ids []int64
	for _, g := range at.used {
		ids = append(ids, g.id)
	}
	if slices.Equal(ids, c.segments) {
		if at.dropped == c.rows {
			return nil
		}
		// Where several write at the same time, a row may come after one with a
		// greater seq. Then there are too few.
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

// numberSet is a set of small numbers, a bit each.
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
