// Package score says how well a text that was taken from a page agrees with
// what is known of it.
//
// For pages whose whole text is known it is the measure of
// article-extraction-benchmark: words are cut into shingles of four; the
// shingles that both texts have, that only the answer has and that only the
// truth has are counted and divided by their sum, so that each page counts the
// same; precision and recall are averaged over the pages; F1 is the harmonic
// mean of the two averages. For pages of which only some segments are known it
// is trafilatura's: segments that have to appear and do, or do not, and segments
// that must not, counted over all pages.
package score

import (
	"cmp"
	"strings"
	"unicode"

	"winnow/bench/internal/pages"
)

const shingle = 4 // words

// Figures are precision, recall and F1, 0 to 1, over so many pages.
type Figures struct {
	Pages    int
	P, R, F1 float64
	Empty    int // pages without any text
}

// Set is what is known of one set of pages.
type Set struct {
	Name     string
	Body     Figures // of the pages with their whole text known
	Segments Figures // of those with segments
}

// tally adds up the pages of a set.
type tally struct {
	body, segments     Figures
	precise, recalled  float64 // sums over the pages that have a precision, a recall
	precisely, recally int
	hit, miss, wrong   int // segments
}

// Sets scores texts by page ID, set by set. Pages whose truth names no set are
// the set "all".
func Sets(truth map[string]pages.Truth, texts map[string]string) map[string]Set {
	tallies := map[string]*tally{}
	for id, text := range texts {
		t, ok := truth[id]
		if !ok {
			continue
		}
		name := cmp.Or(t.Set, "all")
		if tallies[name] == nil {
			tallies[name] = &tally{}
		}
		tallies[name].page(&t, text)
	}
	sets := map[string]Set{}
	for name, t := range tallies {
		sets[name] = t.set(name)
	}
	return sets
}

func (t *tally) page(truth *pages.Truth, text string) {
	empty := strings.TrimSpace(text) == ""
	if truth.Text != "" {
		t.body.Pages++
		if empty {
			t.body.Empty++
		}
		c := compare(truth.Text, text)
		if c.both+c.answer > 0 {
			t.precise += share(c.both, c.answer, c.truth)
			t.precisely++
		}
		if c.both+c.truth > 0 {
			t.recalled += share(c.both, c.truth, c.answer)
			t.recally++
		}
	}
	if truth.HasSegments() {
		t.segments.Pages++
		if empty {
			t.segments.Empty++
		}
		flat := spaced(text)
		for _, s := range truth.Must {
			if holds(text, flat, s) {
				t.hit++
			} else {
				t.miss++
			}
		}
		for _, s := range truth.MustNot {
			if holds(text, flat, s) {
				t.wrong++
			}
		}
	}
}

func (t *tally) set(name string) Set {
	s := Set{Name: name, Body: t.body, Segments: t.segments}
	if t.precisely > 0 {
		s.Body.P = t.precise / float64(t.precisely)
	}
	if t.recally > 0 {
		s.Body.R = t.recalled / float64(t.recally)
	}
	s.Body.F1 = harmonic(s.Body.P, s.Body.R)
	if n := t.hit + t.wrong; n > 0 {
		s.Segments.P = float64(t.hit) / float64(n)
	}
	if n := t.hit + t.miss; n > 0 {
		s.Segments.R = float64(t.hit) / float64(n)
	}
	s.Segments.F1 = harmonic(s.Segments.P, s.Segments.R)
	return s
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// common is how many shingles both texts have, only the answer has, and only
// the truth has, divided by their sum.
type common struct{ both, answer, truth float64 }

func compare(truth, answer string) common {
	a, b := shingles(truth), shingles(answer)
	both, inTruth, inAnswer := 0, 0, 0
	for s, n := range a {
		both += min(n, b[s])
		inTruth += n
	}
	for _, n := range b {
		inAnswer += n
	}
	sum := float64(inTruth + inAnswer - both)
	return common{float64(both) / sum, float64(inAnswer-both) / sum, float64(inTruth-both) / sum}
}

// share is what both have of what one side has; other is what only the other
// side has. Nothing of nothing is all of it.
func share(both, own, other float64) float64 {
	switch {
	case own == 0 && other == 0:
		return 1
	case both == 0:
		return 0
	}
	return both / (both + own)
}

// shingles counts the runs of four words. A text with fewer words is one
// shingle, one without words too.
func shingles(text string) map[string]int {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
	counts := map[string]int{}
	for i := 0; i < max(1, len(words)-shingle+1); i++ {
		counts[strings.Join(words[i:min(i+shingle, len(words))], " ")]++
	}
	return counts
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func holds(text, flat, segment string) bool {
	return strings.Contains(text, segment) || strings.Contains(flat, spaced(segment))
}
