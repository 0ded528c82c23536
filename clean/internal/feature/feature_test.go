package feature

import (
	"fmt"
	"hash/fnv"
	"testing"
)

// Whoever changes the features has to change Set.
func TestSetChangesWithTheFeatures(t *testing.T) {
	const want = "02ca456965f88fdb"
	h := fnv.New64a()
	for i := range Count {
		if Name(i) == "" {
			t.Errorf("feature %d has no name", i)
		}
		fmt.Fprintln(h, Name(i))
	}
	if got := fmt.Sprintf("%016x", h.Sum64()); got != want {
		t.Errorf("the names have the hash %s, not %s. If a feature was added, removed or moved, give Set another value, learn the shipped model again, and put the hash here; if only a name was reworded, put the hash here", got, want)
	}
}

func TestScales(t *testing.T) {
	for n, want := range map[int32]uint8{-1: 0, 0: 0, 1: 4, 2: 8, 3: 10, 4: 12, 5: 13, 6: 14, 7: 15, 8: 16, 9: 16, 10: 17, 1 << 30: 124} {
		if got := Log(n); got != want {
			t.Errorf("Log(%d) = %d, want %d", n, got, want)
		}
	}
	for _, test := range []struct {
		part, whole int32
		want        uint8
	}{{0, 0, 0}, {5, 0, 0}, {-3, 10, 0}, {1, 20, 1}, {1, 21, 0}, {10, 10, 20}, {30, 10, 20}} {
		if got := Share(test.part, test.whole); got != test.want {
			t.Errorf("Share(%d, %d) = %d, want %d", test.part, test.whole, got, test.want)
		}
	}
	if UpTo(-1, 5) != 0 || UpTo(3, 5) != 3 || UpTo(9, 5) != 5 || Bit(true) != 1 || Bit(false) != 0 {
		t.Error("UpTo or Bit")
	}
}
