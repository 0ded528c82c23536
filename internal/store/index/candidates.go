package index

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"winnow/dedupe"
	"winnow/internal/store/database"
)

// Candidates does what dedupe.Index demands. Earlier texts of stories, and stories that
// were deleted, are not found, and do not count towards q.Common.
func (x *Index) Candidates(ctx context.Context, t *database.Tx, q dedupe.Query) ([]dedupe.Candidate, error) {
	wanted := mixPrints(q.Prints)
	exact := -1
	if q.Exact != 0 {
		exact = slices.Index(wanted, mixPrint(q.Exact))
	}
	at, err := readLayout(ctx, t)
	if err != nil {
		return nil, err
	}
	lists, unmerged, err := x.lookUp(ctx, t, at, wanted, exact, q.Common)
	if err != nil {
		return nil, err
	}
	counts, err := x.count(ctx, t, at, lists, exact, q)
	if err != nil {
		return nil, err
	}
	if err := x.addMetadata(ctx, t, counts, unmerged); err != nil {
		return nil, err
	}
	byNum := map[int64]dedupe.Candidate{}
	for _, c := range counts {
		one := dedupe.Candidate{Same: c.same, Shared: c.shared, Prints: int(c.meta.prints), Day: int(c.meta.day)}
		if q.Enough == nil || q.Enough(one) {
			byNum[c.num] = one
		}
	}
	found, err := withIDs(ctx, t, q.ID, byNum)
	slices.SortFunc(found, func(a, b dedupe.Candidate) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), strings.Compare(a.ID, b.ID))
	})
	return found, err
}

// count is what a number has in common with the prints of a query.
type count struct {
	num    int64
	same   bool // it has Query.Exact
	shared int  // prints
	meta   metadata
}

// count counts how often each number is in the lists. It leaves out lists of more than
// q.Common stories, and then numbers that are in fewer than q.Least lists. Those in the
// list at exact, if there is one, are marked and stay.
func (x *Index) count(ctx context.Context, t *database.Tx, at layout, lists [][]int64, exact int, q dedupe.Query) ([]count, error) {
	var counted [][]int64
	for _, list := range lists {
		many, err := x.dropped.moreThan(ctx, t, at, list, q.Common)
		if err != nil {
			return nil, err
		}
		if !many {
			counted = append(counted, list)
		}
	}
	var same []int64
	if exact >= 0 {
		same = lists[exact]
		slices.Sort(same)
		same = slices.Compact(same)
	}
	var counts []count
	for _, num := range recurring(counted, same, q.Least) {
		if n := len(counts); n == 0 || counts[n-1].num != num {
			counts = append(counts, count{num: num})
		}
		counts[len(counts)-1].shared++
	}
	return slices.DeleteFunc(markSame(counts, same), func(c count) bool { return !c.same && c.shared < q.Least }), nil
}

// recurring returns the numbers of the lists, sorted and with repeats. Most numbers are in
// one list only: if least is two or more, most of those are left out before the others are
// sorted, except those in stay.
func recurring(lists [][]int64, stay []int64, least int) []int64 {
	var all []int64
	if least < 2 {
		all = slices.Concat(lists...)
		slices.Sort(all)
		return all
	}
	const size = 1 << 16 // bits
	var once, twice [size / 64]uint64
	bit := func(num int64) (at int, mask uint64) {
		h := uint64(num) * 0x9e3779b97f4a7c15 >> (64 - 16)
		return int(h / 64), 1 << (h % 64)
	}
	for _, num := range stay {
		at, mask := bit(num)
		twice[at] |= mask
	}
	for _, list := range lists {
		for _, num := range list {
			at, mask := bit(num)
			twice[at] |= once[at] & mask
			once[at] |= mask
		}
	}
	for _, list := range lists {
		for _, num := range list {
			if at, mask := bit(num); twice[at]&mask != 0 {
				all = append(all, num)
			}
		}
	}
	slices.Sort(all)
	return all
}

// markSame marks the numbers of a list, and adds those that are missing. Both are sorted.
func markSame(counts []count, list []int64) []count {
	all := make([]count, 0, len(counts)+len(list))
	for _, num := range list {
		for len(counts) > 0 && counts[0].num < num {
			all, counts = append(all, counts[0]), counts[1:]
		}
		one := count{num: num}
		if len(counts) > 0 && counts[0].num == num {
			one, counts = counts[0], counts[1:]
		}
		one.same = true
		all = append(all, one)
	}
	return append(all, counts...)
}

// withIDs returns those of the candidates that still exist, with their IDs, except the
// story that asks.
func withIDs(ctx context.Context, t *database.Tx, asks string, byNum map[int64]dedupe.Candidate) (found []dedupe.Candidate, err error) {
	err = database.EachIn(ctx, t, selectStories, slices.Sorted(maps.Keys(byNum)), func(rows *sql.Rows) error {
		var num int64
		var id string
		err := rows.Scan(&num, &id)
		if c, open := byNum[num]; open && id != asks {
			c.ID = id
			found = append(found, c)
			delete(byNum, num) // see database.Chunks: it may come twice
		}
		return err
	})
	return found, err
}

// addMetadata fills in the metadata of the numbers, which come in order;
// unmerged has that of numbers which are in no row yet.
func (x *Index) addMetadata(ctx context.Context, t *database.Tx, counts []count, unmerged map[int64]metadata) error {
	var missing []*count
	var blocks []int64
	for i := range counts {
		c := &counts[i]
		known := false
		if c.meta, known = unmerged[c.num]; known {
			continue
		}
		if c.meta, known = unpackMetadata(x.metadata.get(c.num/metadataBlock), c.num); !known {
			missing = append(missing, c)
			blocks = append(blocks, c.num/metadataBlock)
		}
	}
	rows, err := x.metadata.read(ctx, t, slices.Compact(blocks))
	if err != nil {
		return err
	}
	for _, c := range missing {
		known := false
		if c.meta, known = unpackMetadata(rows[c.num/metadataBlock], c.num); !known {
			return errPostings
		}
	}
	return nil
}
