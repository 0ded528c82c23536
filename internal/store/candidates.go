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
	err := s.view(ctx, func(t *tx) error {
		found = nil
		lists, waiting, err := t.postings(ctx, wanted)
		if err != nil {
			return err
		}
		tallies, err := t.tally(ctx, lists, exact, q.Common)
		if err != nil {
			return err
		}
		tallies = slices.DeleteFunc(tallies, func(c tally) bool { return !c.same && c.shared < q.Least })
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
// more than common stories are in. Those in the list at exact, if there is one,
// are marked, however many.
func (t *tx) tally(ctx context.Context, lists [][]int64, exact, common int) ([]tally, error) {
	var all []int64
	for _, list := range lists {
		many, err := t.moreThan(ctx, list, common)
		if err != nil {
			return nil, err
		}
		if !many {
			all = append(all, list...)
		}
	}
	slices.Sort(all)
	var tallies []tally
	for _, num := range all {
		if n := len(tallies); n == 0 || tallies[n-1].num != num {
			tallies = append(tallies, tally{num: num})
		}
		tallies[len(tallies)-1].shared++
	}
	if exact >= 0 {
		tallies = markSame(tallies, lists[exact])
	}
	return tallies, nil
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
// numbers that have it in rising order, those that mean no story any more among
// them; and what is known of those whose prints still wait.
func (t *tx) postings(ctx context.Context, wanted []uint64) (lists [][]int64, waiting map[int64]brief, err error) {
	lists = make([][]int64, len(wanted))
	if err = t.packedPostings(ctx, wanted, lists); err == nil {
		waiting, err = t.freshPostings(ctx, wanted, lists)
	}
	for _, list := range lists {
		slices.Sort(list) // segments follow each other by size, not by number
	}
	return lists, waiting, err
}

const freshPrints = "SELECT num, many, day, data FROM fresh ORDER BY num"

// freshPostings adds the numbers of stories whose prints are in no segment.
func (t *tx) freshPostings(ctx context.Context, wanted []uint64, lists [][]int64) (map[int64]brief, error) {
	waiting := map[int64]brief{}
	err := t.each(ctx, freshPrints, nil, func(rows *sql.Rows) error {
		var num int64
		var known brief
		var data sql.RawBytes
		if err := rows.Scan(&num, &known.many, &known.day, &data); err != nil {
			return err
		}
		prints, err := unpackPrints(data)
		for i, j := 0, 0; i < len(wanted) && j < len(prints); {
			switch c := cmp.Compare(wanted[i], prints[j]); {
			case c < 0:
				i++
			case c > 0:
				j++
			default:
				lists[i] = append(lists[i], num)
				waiting[num] = known
				i++
				j++
			}
		}
		return err
	})
	return waiting, err
}

// packedPostings adds the numbers that the segments have.
func (t *tx) packedPostings(ctx context.Context, wanted []uint64, lists [][]int64) error {
	used, err := t.usedSegments(ctx)
	if err != nil {
		return err
	}
	t.segmentsHeld.keepOnly(used)
	byID := map[int64]segment{}
	var rest []int64
	for _, g := range used {
		byID[g.id] = g
		buckets, err := t.sift(ctx, g, wanted)
		if err != nil {
			return err
		}
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
