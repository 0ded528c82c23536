package index

import (
	"encoding/binary"
	"slices"
	"testing"
)

// FuzzUnpackBucket reads damaged buckets: what it yields must be in order and
// in range, packed again mean the same, and be what is collected from them.
func FuzzUnpackBucket(f *testing.F) {
	f.Add(packBucket(nil, 1<<20, []posting{{1 << 20, 1}, {1 << 20, 7}, {1<<20 + 9, 3}, {1 << 43, 1 << 40}}))
	f.Add([]byte{0, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		const first = 1 << 20
		var list []posting
		if err := unpackBucket(data, first, func(p posting) { list = append(list, p) }); err != nil {
			return
		}
		if len(list) > len(data)/2 {
			t.Errorf("%d postings from %d bytes", len(list), len(data))
		}
		if !slices.IsSortedFunc(list, comparePostings) {
			t.Errorf("out of order: %v", list)
		}
		var again []posting
		if err := unpackBucket(packBucket(nil, first, list), first, func(p posting) { again = append(again, p) }); err != nil || !slices.Equal(list, again) {
			t.Errorf("got %v, want %v (%v)", again, list, err)
		}
		var wanted []uint64
		for i, p := range list {
			if i%3 > 0 { // some, with others between them
				wanted = append(wanted, p.print, p.print+1)
			}
		}
		slices.Sort(wanted)
		wanted = slices.Compact(wanted)
		want, lists := make([][]int64, len(wanted)), make([][]int64, len(wanted))
		for _, p := range list {
			if i, found := slices.BinarySearch(wanted, p.print); found {
				want[i] = append(want[i], p.num)
			}
		}
		whole := segment{bits: 0} // whose only bucket begins at 0
		if err := collect(whole, 0, packBucket(nil, 0, list), wanted, lists); err != nil || !slices.EqualFunc(lists, want, slices.Equal) {
			t.Errorf("collected %v, want %v (%v)", lists, want, err)
		}
		collect(whole, 0, data, wanted, lists) // of which nothing is known, but that it ends
	})
}

// FuzzUnpackPrints likewise, of the prints of a story.
func FuzzUnpackPrints(f *testing.F) {
	f.Add(packPrints(mixPrints([]uint64{1, 2, 3, 1 << 63})))
	f.Add(binary.AppendUvarint(nil, 1<<44))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := unpackPrints(data)
		if err != nil {
			return
		}
		if !slices.IsSorted(list) || len(list) > 0 && list[len(list)-1] >= 1<<printBits {
			t.Errorf("got %v", list)
		}
		if again, err := unpackPrints(packPrints(list)); err != nil || !slices.Equal(list, again) {
			t.Errorf("got %v, want %v (%v)", again, list, err)
		}
	})
}
