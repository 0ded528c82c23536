package dedupe

import (
	"slices"
	"strings"
	"testing"

	"winnow/dedupe/internal/text"
)

func shared(a, b []uint64) int {
	n := 0
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); ok {
			n++
		}
	}
	return n
}

func TestPrintsNumber(t *testing.T) {
	c := checker(t)
	for _, tt := range []struct {
		name     string
		text     string
		min, max int
	}{
		{"a word", "minehunter", 1, 2},
		{"a line", "Navy takes over second minehunter at Port Skerry", 5, minPrints + 1},
		{"40 words", numbered(40), minPrints, minPrints + 1},
		{"500 words", numbered(500), 60, 110},
		{"100,000 words", numbered(100_000), maxPrints, maxPrints + 1},
		{"Chinese", strings.Repeat("奥斯特拉维亚海军接收猎雷舰，", 3) + "比合同规定的日期晚了十一个月", minPrints, 30},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := c.Prints("", tt.text, "")
			if len(p) < tt.min || len(p) > tt.max {
				t.Errorf("%d prints, want %d to %d", len(p), tt.min, tt.max)
			}
			if !slices.IsSorted(p) || len(slices.Compact(slices.Clone(p))) != len(p) {
				t.Error("not sorted, or with repeats")
			}
		})
	}
}

func TestPrintsMeet(t *testing.T) {
	c := checker(t)
	a, b, _ := readPair(t, "testdata/pairs/same-typography.txtar")
	if p, q := c.Prints("", a.Text, ""), c.Prints("x", b.Text, "en"); !slices.Equal(p, q) {
		t.Error("the same words have other prints")
	}
	a, b, _ = readPair(t, "testdata/pairs/unrelated.txtar")
	if n := shared(c.Prints("", a.Text, ""), c.Prints("", b.Text, "")); n > 1 {
		t.Errorf("unrelated stories share %d prints", n)
	}
}

// A phrase that the shipped list holds is no print; a fresh one is.
func TestPhrasesAreLeftOut(t *testing.T) {
	c := checker(t)
	words := c.lexicon.Prepare("prime minister gearbox")
	for i, want := range []bool{true, false} {
		if got := c.commonplaces.Have(text.Phrase(words.Hash[i], words.Hash[i+1])); got != want {
			t.Errorf("pair %d: listed %v, want %v", i, got, want)
		}
	}
}

func BenchmarkPrints(b *testing.B) {
	c := checker(b)
	d, _, _ := readPair(b, "testdata/pairs/agency-tag.txtar")
	b.SetBytes(int64(len(d.Text)))
	for b.Loop() {
		c.Prints(d.Title, d.Text, d.Language)
	}
}
