package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"winnow/dedupe"
)

// Candidates implements dedupe.Index, from the packed index and from the prints
// that still wait. A story's earlier texts, and stories that are gone, are not
// found, nor do they count towards common.
func (s *Store) Candidates(ctx context.Context, prints []uint64, common, least int) ([]dedupe.Candidate, error) {
	wanted := mixPrints(prints)
	var found []dedupe.Candidate
	err := s.view(ctx, func(t *tx) error {
		found = nil
		lists := make([][]int64, len(wanted))
		if err := t.freshPostings(ctx, wanted, lists); err != nil {
			return err
		}
		if err := t.packedPostings(ctx, wanted, lists); err != nil {
			return err
		}
		shared, live := map[int64]int{}, map[int64]bool{}
		for _, list := range lists {
			many, err := t.moreThan(ctx, list, common, live)
			if err != nil {
				return err
			}
			if many {
				continue
			}
			for _, num := range list {
				shared[num]++
			}
		}
		var nums []int64
		for num, n := range shared {
			if n >= least {
				nums = append(nums, num)
			}
		}
		slices.Sort(nums)
		return chunks(nums, t.dialect.list, func(list []any) error {
			last := int64(-1)
			return t.each(ctx, "SELECT p.num, s.id, p.many, p.day FROM prints p JOIN story s ON s.num = p.story WHERE p.num IN ("+marks(1, len(list))+") ORDER BY p.num", list,
				func(rows *sql.Rows) error {
					var num int64
					var c dedupe.Candidate
					err := rows.Scan(&num, &c.ID, &c.Prints, &c.Day)
					c.Shared = shared[num]
					if num != last {
						found = append(found, c)
					}
					last = num
					return err
				})
		})
	})
	slices.SortFunc(found, func(a, b dedupe.Candidate) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), strings.Compare(a.ID, b.ID))
	})
	return found, err
}

const freshPrints = "SELECT num, data FROM fresh ORDER BY num"

// freshPostings adds the numbers of stories whose prints are in no segment.
func (t *tx) freshPostings(ctx context.Context, wanted []uint64, lists [][]int64) error {
	return t.each(ctx, freshPrints, nil, func(rows *sql.Rows) error {
		var num int64
		var data sql.RawBytes
		if err := rows.Scan(&num, &data); err != nil {
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
				i++
				j++
			}
		}
		return err
	})
}

// packedPostings adds the numbers that the segments have.
func (t *tx) packedPostings(ctx context.Context, wanted []uint64, lists [][]int64) error {
	all, err := t.segments(ctx)
	if err != nil {
		return err
	}
	used := map[int64]segment{} // by id
	for _, g := range all {
		if g.state == segmentUsed {
			used[g.id] = g
		}
	}
	t.segmentsHeld.keepOnly(used)
	take := func(bucket int64, data []byte) error {
		first := used[bucket>>maxBits].first(bucket)
		i, _ := slices.BinarySearch(wanted, first)
		return unpackBucket(data, first, func(p posting) {
			for i < len(wanted) && wanted[i] < p.print {
				i++
			}
			if i < len(wanted) && wanted[i] == p.print {
				lists[i] = append(lists[i], p.num)
			}
		})
	}
	var rest []int64
	for _, g := range all { // in order: what is damaged is found the same way each time
		if _, ok := used[g.id]; !ok {
			continue
		}
		var buckets []int64
		for _, x := range wanted {
			buckets = append(buckets, g.bucket(x))
		}
		if buckets = slices.Compact(buckets); g.postings > heldPostings {
			rest = append(rest, buckets...)
			continue
		}
		held, err := t.held(ctx, g)
		if err != nil {
			return err
		}
		for _, bucket := range buckets {
			if err := take(bucket, held.of(bucket)); err != nil {
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
			return take(bucket, data)
		})
	})
}

// moreThan says whether more than common of the numbers mean a story. Of more
// than twice as many that is taken for granted: more than half of them would have
// to be of earlier texts, and merging clears those away before. live remembers what was found out of a number: the prints of one text have nearly
// the same numbers.
func (t *tx) moreThan(ctx context.Context, nums []int64, common int, live map[int64]bool) (bool, error) {
	if len(nums) <= common || len(nums) > 2*common {
		return len(nums) > common, nil
	}
	alive := 0
	var unknown []int64
	for _, num := range nums {
		if is, known := live[num]; !known {
			unknown = append(unknown, num)
		} else if is {
			if alive++; alive > common {
				return true, nil
			}
		}
	}
	for part := range slices.Chunk(unknown, t.dialect.list) {
		err := chunks(part, t.dialect.list, func(list []any) error {
			for _, num := range part {
				live[num] = false
			}
			return t.each(ctx, "SELECT num FROM prints WHERE num IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
				var num int64
				err := rows.Scan(&num)
				if !live[num] {
					live[num] = true
					alive++
				}
				return err
			})
		})
		if err != nil {
			return false, err
		}
		if alive > common {
			return true, nil
		}
	}
	return false, nil
}
