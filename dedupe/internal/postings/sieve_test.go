package postings

import "testing"

func TestSieve(t *testing.T) {
	const n, many = 40_000, 5
	s := newSieve(2*n, many)
	times := func(print uint64) uint64 { return map[uint64]uint64{0: 2, 1: many, 2: many + 1}[print%8] }
	for print := range uint64(n) {
		for k := range max(1, times(print)) {
			s.count(print<<32 | k)
		}
	}
	s.end()
	held := 0
	for print := range uint64(n) {
		switch holds := s.holds(print << 32); {
		case print%8 < 2 && !holds:
			t.Fatalf("print %d of %d stories is not held", print, times(print))
		case print%8 >= 2 && holds:
			held++
		}
	}
	if most := n / 8; held > most {
		t.Errorf("%d of %d other prints are held, want at most %d", held, n*6/8, most)
	}
	var none *sieve
	if none.count(1); !none.holds(1) {
		t.Error("no sieve lets nothing through")
	}
}
