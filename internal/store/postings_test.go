package store

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// FuzzUnpackBucket reads damaged buckets: what it yields must be in order and
// in range, packed again mean the same, and be what is picked from them.
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
		if err := pick(whole, 0, packBucket(nil, 0, list), wanted, lists); err != nil || !slices.EqualFunc(lists, want, slices.Equal) {
			t.Errorf("picked %v, want %v (%v)", lists, want, err)
		}
		pick(whole, 0, data, wanted, lists) // of which nothing is known, but that it ends
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

// TestMergesLeaveNothing merges twice, the first time only half, and looks at
// what lies in the tables.
func TestMergesLeaveNothing(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "winnow.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	count := func(query string) (n int) {
		t.Helper()
		if err := s.db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	put := func(from, to int64) {
		t.Helper()
		err := s.write(ctx, func(t *tx) error {
			for i := from; i < to; i++ {
				if _, err := t.exec(ctx, `INSERT INTO story (num, id, rev, stamp, page_url, rank, source, text_sha, record, crawled_at, changed_at, dirty)
					VALUES ($1, $2, 1, 1, '', 0, '', '', '', 0, 0, 0) ON CONFLICT DO NOTHING`, i, i); err != nil {
					return err
				}
				if err := t.putPrints(ctx, i, 1, []uint64{uint64(i), uint64(i) * 3, 5}, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	lease, err := s.LeaseSettle(ctx, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	put(1, 301)
	half := &merge{made: segment{bits: 3}, inputs: []*postingStream{{list: []posting{{1, 1}, {1 << 43, 2}}}}}
	if err := s.writeSegment(ctx, lease, half); err != nil {
		t.Fatal(err)
	}
	for round, want := range []int{300, 300, 0} {
		if n, err := s.MergePrints(ctx, lease); err != nil || n != want {
			t.Errorf("round %d: merged %d (%v), want %d", round, n, err, want)
		}
		if n := count("SELECT COUNT(*) FROM segment WHERE state <> 1"); n != 0 {
			t.Errorf("round %d: %d segments are left over", round, n)
		}
		if n := count("SELECT COUNT(*) FROM posting WHERE bucket / 4294967296 NOT IN (SELECT id FROM segment)"); n != 0 {
			t.Errorf("round %d: %d buckets are left over", round, n)
		}
		if round == 0 {
			put(301, 601)
		}
	}
	if n := count("SELECT COUNT(*) FROM segment"); n != 1 {
		t.Errorf("%d segments", n)
	}
	numbers := count("SELECT MAX(num) FROM prints")
	put(1, 601) // the same again
	if n := count("SELECT MAX(num) FROM prints"); n != numbers || count("SELECT COUNT(*) FROM fresh") != 0 {
		t.Errorf("the same prints got new numbers, up to %d", n)
	}
}
