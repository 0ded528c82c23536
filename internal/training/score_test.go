package training

import (
	"math"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestAgreement(t *testing.T) {
	// Expected figures are counted by hand: runs of four words.
	tests := []struct {
		name          string
		truth, answer string
		p, r          float64
	}{
		{"case counts, punctuation does not", "One, two three four five.", "one two three four five", 0.5, 0.5},
		{"equal", "a b c d e", "a b c d e", 1, 1},
		{"half missed", "a b c d e", "a b c d", 1, 0.5},
		{"one more", "a b c d", "a b c d e", 0.5, 1},
		{"repeats count", "a a a a a", "a a a a", 1, 0.5},
		{"fewer than four words", "a b", "a b", 1, 1},
		{"nothing found", "a b c d", "", -1, 0},
		{"nothing to find", "", "a b c d", 0, -1},
		{"letters of any script", "один два три четыре", "один два три, четыре", 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if p, r := agreement(test.truth, test.answer); !near(p, test.p) || !near(r, test.r) {
				t.Errorf("precision %g, recall %g; want %g, %g", p, r, test.p, test.r)
			}
		})
	}
}

func TestScores(t *testing.T) {
	truths := []Truth{
		{Set: "one", Text: "a b c d e"},
		{Set: "one", Text: "a b c d"},
		{Set: "two", Must: []string{"first  segment", "second"}, MustNot: []string{"noise", "more noise"}},
		{Set: "two", Must: []string{"third"}},
		{Text: "a b c d e f"},
	}
	got := Scores(truths, []string{"a b c d", "a b c d", "first\nsegment and noise", "the third", " "})
	if len(got) != 3 {
		t.Fatalf("%+v, want three sets", got)
	}
	if b := got[2].Body; got[2].Set != "all" || b.Pages != 1 || b.P != 0 || b.R != 0 || b.F1 != 0 {
		t.Errorf("%+v, want nothing of a page without an answer", got[2])
	}
	if b := got[0].Body; b.Pages != 2 || !near(b.P, 1) || !near(b.R, .75) || !near(b.F1, 1.5/1.75) {
		t.Errorf("%+v, want precision 1 and recall 3/4", b)
	}
	if s := got[1].Segments; s.Pages != 2 || !near(s.P, 2./3) || !near(s.R, 2./3) {
		t.Errorf("%+v, want 2 of 3 found and 1 wrong", s)
	}
}
