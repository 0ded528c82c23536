package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// A story that changes or goes leaves its number behind in the postings. Such
// numbers are rows of dropped, until a merge leaves them out: what is counted
// must not depend on what was there once.

// droppedNumbers remembers them. As long as the same segments are in use, rows
// are only added: with as many as the table has, none is missing.
type droppedNumbers struct {
	mu       sync.Mutex
	segments []int64 // in use when it was read
	last     int64   // seq
	many     int
	set      numberSet
}

// moreThan says whether more than common of the numbers mean a story.
func (t *tx) moreThan(ctx context.Context, at indexState, nums []int64, common int) (bool, error) {
	if len(nums) <= common || at.dropped == 0 {
		return len(nums) > common, nil
	}
	d := &t.dropped
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := t.refresh(ctx, at, d); err != nil {
		return false, err
	}
	for _, num := range nums {
		if !d.set.has(num) {
			if common--; common < 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// refresh reads what is new.
func (t *tx) refresh(ctx context.Context, at indexState, d *droppedNumbers) error {
	var ids []int64
	for _, g := range at.used {
		ids = append(ids, g.id)
	}
	if slices.Equal(ids, d.segments) {
		if at.dropped == d.many {
			return nil
		}
		// Where several write at the same time, a row may come after one with a
		// greater seq. Then there are too few.
		if err := t.readDropped(ctx, d); err != nil || at.dropped == d.many {
			return err
		}
	}
	d.segments, d.last, d.many, d.set = ids, 0, 0, nil
	return t.readDropped(ctx, d)
}

func (t *tx) readDropped(ctx context.Context, d *droppedNumbers) error {
	return t.each(ctx, "SELECT seq, num FROM dropped WHERE seq > $1 ORDER BY seq", []any{d.last}, func(rows *sql.Rows) error {
		var num int64
		err := rows.Scan(&d.last, &num)
		d.set.add(num)
		d.many++
		return err
	})
}

// dropPrints takes the prints of a story away.
func (t *tx) dropPrints(ctx context.Context, story int64) error {
	waited, err := t.exec(ctx, "DELETE FROM fresh WHERE num IN (SELECT num FROM prints WHERE story = $1)", story)
	if err != nil {
		return err
	}
	var num int64
	found, err := t.one(ctx, "DELETE FROM prints WHERE story = $1 RETURNING num", []any{story}, &num)
	if err != nil || !found || waited > 0 {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO dropped (num) VALUES ($1)", num)
	return err
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
