package text

import (
	"slices"
	"testing"
)

func TestSortedByHash(t *testing.T) {
	for _, n := range []int{0, 1, 199, 200, 5000} {
		keys := make([]uint64, n)
		for i := range keys {
			keys[i] = Mix(uint64(i%(n/2+1)))>>32<<32 | uint64(i)
		}
		want := slices.Sorted(slices.Values(keys))
		if got := sortedByHash(keys); !slices.Equal(got, want) {
			t.Errorf("%d keys are not sorted", n)
		}
	}
}
