package score

import (
	"math"
	"testing"

	"winnow/bench/internal/pages"
)

func TestCompare(t *testing.T) {
	// Expected figures are counted by hand: shingles of four words.
	tests := []struct {
		name          string
		truth, answer string
		want          common
	}{
		{"case counts, punctuation does not", "One two, three four five.", "one two three four five", common{1. / 3, 1. / 3, 1. / 3}},
		{"equal", "a b c d e", "a b c d e", common{1, 0, 0}},
		{"one shingle of two", "a b c d e", "a b c d", common{.5, 0, .5}},
		{"one more", "a b c d", "a b c d e", common{.5, .5, 0}},
		{"repeats count", "a a a a a", "a a a a", common{.5, 0, .5}},
		{"fewer than four words", "a b", "a b", common{1, 0, 0}},
		{"nothing found", "a b c d", "", common{0, .5, .5}},
		{"both empty", "", " .,", common{1, 0, 0}},
		{"letters of any script", "один два три четыре", "один два три, четыре", common{1, 0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := compare(test.truth, test.answer); !near(got.both, test.want.both) || !near(got.answer, test.want.answer) || !near(got.truth, test.want.truth) {
				t.Errorf("compare = %+v, want %+v", got, test.want)
			}
		})
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestSets(t *testing.T) {
	truth := map[string]pages.Truth{
		"one-1": {Set: "one", Text: "a b c d e"},
		"one-2": {Set: "one", Text: "a b c d"},
		"two-1": {Set: "two", Must: []string{"first  segment", "second"}, MustNot: []string{"noise", "more noise"}},
		"two-2": {Set: "two", Must: []string{"third"}},
	}
	texts := map[string]string{
		"one-1": "a b c d",                  // precision 1, recall 1/2
		"one-2": "a b c d",                  // 1, 1
		"two-1": "first\nsegment and noise", // hit 1, missed 1, wrong 1
		"two-2": "the third",                // hit
		"three": "a page without truth",
	}
	sets := Sets(truth, texts)
	if len(sets) != 2 {
		t.Fatalf("%d sets, want those with truth, 2: %v", len(sets), sets)
	}
	one, two := sets["one"].Body, sets["two"].Segments
	if one.Pages != 2 || !near(one.P, 1) || !near(one.R, .75) || !near(one.F1, 2*.75/1.75) {
		t.Errorf("one: %+v, want P 1, R .75", one)
	}
	if two.Pages != 2 || !near(two.P, 2./3) || !near(two.R, 2./3) || !near(two.F1, 2./3) {
		t.Errorf("two: %+v, want P, R and F1 of 2/3", two)
	}
}

func TestEmptyAnswerIsNoPrecision(t *testing.T) {
	sets := Sets(map[string]pages.Truth{"a-1": {Text: "a b c d e f"}}, map[string]string{"a-1": " "})
	if s := sets["all"].Body; s.P != 0 || s.R != 0 || s.F1 != 0 || s.Empty != 1 {
		t.Errorf("%+v, want zeros and one page empty", s)
	}
}
