package store

import (
	"cmp"
	"context"
	"database/sql"
	"sync"
)

const freshPrints = "SELECT num, many, day, data FROM fresh ORDER BY num"

// freshHeld are prints that wait, as they were read last. Those of a number never
// change. The zero value is ready.
type freshHeld struct {
	mu    sync.Mutex
	byNum map[int64]waitingPrints
}

// waitingPrints is a row of fresh.
type waitingPrints struct {
	brief
	prints []uint64
}

// freshPostings adds the numbers of stories whose prints are in no segment, and
// gives what is known of them.
func (t *tx) freshPostings(ctx context.Context, wanted []uint64, lists [][]int64) (map[int64]brief, error) {
	f := &t.fresh
	f.mu.Lock()
	defer f.mu.Unlock()
	nums, waiting, err := t.readFresh(ctx, f)
	known := map[int64]brief{}
	for _, num := range nums {
		one := waiting[num]
		for i, j := 0, 0; i < len(wanted) && j < len(one.prints); {
			switch c := cmp.Compare(wanted[i], one.prints[j]); {
			case c < 0:
				i++
			case c > 0:
				j++
			default:
				lists[i] = append(lists[i], num)
				known[num] = one.brief
				i++
				j++
			}
		}
	}
	return known, err
}

// readFresh gives the numbers that wait, in order, and their prints, and reads
// those that are not in memory yet. What a writing transaction reads is not kept:
// once it is undone its numbers may mean other stories.
func (t *tx) readFresh(ctx context.Context, f *freshHeld) (nums []int64, waiting map[int64]waitingPrints, err error) {
	waiting = map[int64]waitingPrints{}
	var missing []int64
	err = t.each(ctx, "SELECT num FROM fresh ORDER BY num", nil, func(rows *sql.Rows) error {
		var num int64
		err := rows.Scan(&num)
		nums = append(nums, num)
		if one, known := f.byNum[num]; known {
			waiting[num] = one
		} else {
			missing = append(missing, num)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = chunks(missing, t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT num, many, day, data FROM fresh WHERE num IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			num, one, err := scanFresh(rows)
			if err == nil {
				waiting[num] = one
			}
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	if !t.writes {
		f.byNum = waiting
	}
	return nums, waiting, nil
}

func scanFresh(rows *sql.Rows) (num int64, one waitingPrints, err error) {
	var data sql.RawBytes
	if err := rows.Scan(&num, &one.many, &one.day, &data); err != nil {
		return num, one, err
	}
	one.prints, err = unpackPrints(data)
	return num, one, err
}

// freshPrints reads prints that are in no segment, the oldest first.
func (t *tx) freshPrints(ctx context.Context, most int, m *merge) error {
	return t.each(ctx, freshPrints+" LIMIT $1", []any{most}, func(rows *sql.Rows) error {
		num, one, err := scanFresh(rows)
		for _, x := range one.prints {
			m.fresh = append(m.fresh, posting{x, num})
		}
		m.nums = append(m.nums, num)
		m.briefs[num] = one.brief
		return err
	})
}
