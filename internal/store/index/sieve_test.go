package index

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"winnow/internal/store/database"
)

// A sieve passes all prints that it was made of, and few others.
func TestSieve(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, tt := range []struct {
		name    string
		n       int
		from    uint64
		spread  uint64
		atMost  int // others of 10,000 that pass
		atLeast int
	}{
		{"none", 0, 0, 1 << printBits, 0, 0},
		{"one", 1, 0, 1 << printBits, 1300, 0}, // 5 of 8 bits at most
		{"a small segment", 3000, 0, 1 << printBits, 300, 100},
		{"a part of a large one", 9000, 5 << 34, 1 << 34, 300, 100},
		{"prints side by side", 5000, 1 << 43, 1 << 14, 300, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			has := map[uint64]bool{}
			for len(has) < tt.n {
				has[tt.from+rng.Uint64N(tt.spread)] = true
			}
			sieve := makeSieve(slices.Sorted(maps.Keys(has)))
			for x := range has {
				if !mayHave(sieve, x) {
					t.Fatalf("%x does not pass", x)
				}
			}
			others, passed := 0, 0
			for others < 10_000 {
				if x := tt.from + rng.Uint64N(tt.spread); !has[x] {
					others++
					if mayHave(sieve, x) {
						passed++
					}
				}
			}
			if passed > tt.atMost || passed < tt.atLeast {
				t.Errorf("%d of 10,000 others pass", passed)
			}
		})
	}
}

// The numbers of frequent prints are those of the buckets.
func TestFrequentPrints(t *testing.T) {
	run := func(print uint64, n int) (list []posting) {
		for i := range n {
			list = append(list, posting{print, int64(3 * i)})
		}
		return list
	}
	buckets := [][]posting{
		slices.Concat(run(1, frequentFrom-1), run(5, frequentFrom), run(6, 3)),
		nil,
		slices.Concat(run(1<<40, 5000)),
		run(1<<40+1, frequentFrom+1),
	}
	packed, last := []byte{}, uint64(0)
	for _, list := range buckets {
		packed = packFrequent(packed, &last, list)
	}
	frequent := map[uint64]int{}
	err := unpackFrequent(packed, frequent)
	if want := map[uint64]int{5: frequentFrom, 1 << 40: 5000, 1<<40 + 1: frequentFrom + 1}; err != nil || !maps.Equal(frequent, want) {
		t.Errorf("got %v (%v), want %v", frequent, err, want)
	}
}

// The sieves of a written segment pass what is in it, and have its
// frequent.
func TestSievesOfASegment(t *testing.T) {
	ctx := t.Context()
	x := open(t)
	rng := rand.New(rand.NewPCG(9, 10))
	var list []posting
	want := map[uint64]int{}
	for i := range 60_000 {
		print, n := rng.Uint64N(1<<printBits), 1
		if i%1000 == 0 {
			n = frequentFrom + i/1000
			want[print] = n
		}
		for num := range n {
			list = append(list, posting{print, int64(num)})
		}
	}
	slices.SortFunc(list, comparePostings)
	m := &merge{made: segment{bits: 10}, inputs: []*postingStream{{list: slices.Clone(list)}}}
	if err := writeSegment(ctx, x.db.Write, m); err != nil {
		t.Fatal(err)
	}
	prints := slices.Sorted(maps.Keys(want))
	for _, p := range list[:5000] {
		prints = append(prints, p.print)
	}
	slices.Sort(prints)
	prints = slices.Compact(prints)
	got := map[uint64]int{}
	err := x.db.View(ctx, func(t *database.Tx) error {
		return x.segments.readSieves(ctx, t, m.made, prints, func(i, postings int) { got[prints[i]] = postings })
	})
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%d frequent prints, want %d (%v)", len(got), len(want), err)
	}
	if n := len(x.segments.of(m.made.id).sieves); n != 1<<10>>sieveBuckets {
		t.Errorf("%d sieves", n)
	}
	for _, p := range list {
		if bucket := m.made.bucket(p.print); !slices.Contains(x.segments.passing(m.made, []uint64{p.print}), bucket) {
			t.Fatalf("%x does not pass", p.print)
		}
	}
}

// FuzzUnpackFrequent reads damaged frequent: prints are in range, and no more than
// there is room for.
func FuzzUnpackFrequent(f *testing.F) {
	f.Add([]byte{5, 200, 1, 0xff, 0x7f, 100})
	f.Add([]byte{0x80, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		frequent := map[uint64]int{}
		err := unpackFrequent(data, frequent)
		if len(frequent) > len(data)/2 {
			t.Errorf("%d frequent of %d bytes", len(frequent), len(data))
		}
		for x, many := range frequent {
			if x >= 1<<printBits || many < 0 {
				t.Errorf("%x: %d (%v)", x, many, err)
			}
		}
	})
}
