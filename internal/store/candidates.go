package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"winnow/dedupe"
)

// Candidates implements dedupe.Index, from the packed index and from the prints
// that still wait. A story's earlier texts, and stories that are gone, are not
// found, nor do they count towards q.Common.
func (s *Store) Candidates(ctx context.Context, q dedupe.Query) ([]dedupe.Candidate, error) {
	wanted := mixPrints(q.Prints)
	exact := -1
	if q.Exact != 0 {
		exact = slices.Index(wanted, mixPrint(q.Exact))
	}
	var found []dedupe.Candidate
	err := s.viewOften(ctx, func(t *tx) error {
		found = nil
		at, err := t.indexState(ctx)
		if err != nil {
			return err
		}
		lists, waiting, err := t.postings(ctx, at, wanted, exact, q.Common)
		if err != nil {
			return err
		}
		tallies, err := t.tally(ctx, at, lists, exact, q)
		if err != nil {
			return err
		}
		if err := t.briefs(ctx, tallies, waiting); err != nil {
			return err
		}
		by := map[int64]dedupe.Candidate{} // by number
		for _, c := range tallies {
			one := dedupe.Candidate{Same: c.same, Shared: c.shared, Prints: int(c.many), Day: int(c.day)}
			if q.Enough == nil || q.Enough(one) {
				by[c.num] = one
			}
		}
		found, err = t.named(ctx, q.ID, by)
		return err
	})
	slices.SortFunc(found, func(a, b dedupe.Candidate) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), strings.Compare(a.ID, b.ID))
	})
	return found, err
}

// tally is what a number has in common with the prints that are asked about.
type tally struct {
	num    int64
	same   bool
	shared int
	brief
}

// tally counts how often each number is in the lists, leaving out lists that
// more than q.Common stories are in, and then numbers that are in fewer than
// q.Least. Those in the list at exact, if there is one, are marked and stay.
func (t *tx) tally(ctx context.Context, at indexState, lists [][]int64, exact int, q dedupe.Query) ([]tally, error) {
	var counted [][]int64
	for _, list := range lists {
		many, err := t.moreThan(ctx, at, list, q.Common)
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
	var tallies []tally
	for _, num := range recurring(counted, same, q.Least) {
		if n := len(tallies); n == 0 || tallies[n-1].num != num {
			tallies = append(tallies, tally{num: num})
		}
		tallies[len(tallies)-1].shared++
	}
	return slices.DeleteFunc(markSame(tallies, same), func(c tally) bool { return !c.same && c.shared < q.Least }), nil
}

// recurring gives the numbers of the lists in order, with their repeats. Most
// numbers are in one list only: where least is two or more, those are left out
// before the others are sorted, but for a few, and for those that are to stay.
func recurring(lists [][]int64, stay []int64, least int) []int64 {
	var all []int64
	if least < 2 {
		all = slices.Concat(lists...)
		slices.Sort(all)
		return all
	}
	const size = 1 << 16 // bits
	var once, again [size / 64]uint64
	bit := func(num int64) (at int, mask uint64) {
		h := uint64(num) * 0x9e3779b97f4a7c15 >> (64 - 16)
		return int(h / 64), 1 << (h % 64)
	}
	for _, num := range stay {
		at, mask := bit(num)
		again[at] |= mask
	}
	for _, list := range lists {
		for _, num := range list {
			at, mask := bit(num)
			again[at] |= once[at] & mask
			once[at] |= mask
		}
	}
	for _, list := range lists {
		for _, num := range list {
			if at, mask := bit(num); again[at]&mask != 0 {
				all = append(all, num)
			}
		}
	}
	slices.Sort(all)
	return all
}

// markSame marks the numbers of a list, and adds those that are missing. Both
// are in order.
func markSame(tallies []tally, list []int64) []tally {
	all := make([]tally, 0, len(tallies)+len(list))
	for _, num := range list {
		for len(tallies) > 0 && tallies[0].num < num {
			all, tallies = append(all, tallies[0]), tallies[1:]
		}
		one := tally{num: num}
		if len(tallies) > 0 && tallies[0].num == num {
			one, tallies = tallies[0], tallies[1:]
		}
		one.same = true
		all = append(all, one)
	}
	return append(all, tallies...)
}

// named gives those of the candidates that are still there, but for the one that
// asks, with their ids.
func (t *tx) named(ctx context.Context, asks string, by map[int64]dedupe.Candidate) (found []dedupe.Candidate, err error) {
	err = chunks(slices.Sorted(maps.Keys(by)), t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT p.num, s.id FROM prints p JOIN story s ON s.num = p.story WHERE p.num IN ("+marks(1, len(list))+")", list,
			func(rows *sql.Rows) error {
				var num int64
				var id string
				err := rows.Scan(&num, &id)
				if c, open := by[num]; open && id != asks {
					c.ID = id
					found = append(found, c)
					delete(by, num) // lists are filled up with their last value
				}
				return err
			})
	})
	return found, err
}

// postings gives for each of the prints, which are mixed and in order, the
// numbers that have it, those that mean no story any more among them; and what is
// known of those whose prints still wait. It gives none for prints that are sure
// to be more than common stories', but for the one at exact.
func (t *tx) postings(ctx context.Context, at indexState, wanted []uint64, exact, common int) (lists [][]int64, waiting map[int64]brief, err error) {
	t.segmentsHeld.keepOnly(at.used)
	many := make([]int, len(wanted))
	for _, g := range at.used {
		if err := t.readSieves(ctx, g, wanted, func(i, n int) { many[i] += n }); err != nil {
			return nil, nil, err
		}
	}
	var rest []uint64
	var places []int
	for i, x := range wanted {
		if i == exact || many[i]-at.dropped <= common {
			rest = append(rest, x)
			places = append(places, i)
		}
	}
	found := make([][]int64, len(rest))
	if err = t.packedPostings(ctx, at, rest, found); err == nil {
		waiting, err = t.freshPostings(ctx, rest, found)
	}
	lists = make([][]int64, len(wanted))
	for i, list := range found {
		lists[places[i]] = list
	}
	return lists, waiting, err
}

// packedPostings adds the numbers that the segments have.
func (t *tx) packedPostings(ctx context.Context, at indexState, wanted []uint64, lists [][]int64) error {
	byID := map[int64]segment{}
	var rest []int64
	for _, g := range at.used {
		byID[g.id] = g
		buckets := t.sift(g, wanted)
		if g.postings > heldPostings {
			rest = append(rest, buckets...)
			continue
		}
		held, err := t.held(ctx, g)
		if err != nil {
			return err
		}
		for _, bucket := range buckets {
			if err := pick(g, bucket, held.row(bucket), wanted, lists); err != nil {
				return err
			}
		}
	}
	return chunks(rest, t.dialect.list, func(list []any) error {
		last := int64(-1)
		return t.each(ctx, "SELECT bucket, data FROM posting WHERE bucket IN ("+marks(1, len(list))+") ORDER BY bucket", list, func(rows *sql.Rows) error {
			var bucket int64
			var data sql.RawBytes
			if err := rows.Scan(&bucket, &data); err != nil || bucket == last {
				return err
			}
			last = bucket
			return pick(byID[bucket>>maxBits], bucket, data, wanted, lists)
		})
	})
}
