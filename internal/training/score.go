package training

import (
	"cmp"
	"strings"
)

// Figures are precision, recall and F1, 0 to 1, over so many pages.
type Figures struct {
	Pages    int
	P, R, F1 float64
}

// Score is how well texts agree with the truth of one set of pages. Body is the
// measure of article-extraction-benchmark over the pages whose whole text is
// known: runs of four words that both texts have, that only the answer has and
// that only the truth has are counted and divided by their sum, so that each page
// counts the same; precision and recall are averaged over the pages; F1 is the
// harmonic mean of the two averages. Segments is trafilatura's, over all segments
// of the set.
type Score struct {
	Set            string
	Body, Segments Figures
}

// tally adds up the pages of a set.
type tally struct {
	pages, segmented   int
	precise, recalled  float64
	precisely, recally int
	hit, miss, wrong   int
}

// Scores scores texts by the truth of their pages, set by set, the sets in their
// order of appearance. Pages whose truth names no set are the set "all".
func Scores(truths []Truth, texts []string) []Score {
	var names []string
	tallies := map[string]*tally{}
	for i := range truths {
		name := cmp.Or(truths[i].Set, "all")
		t := tallies[name]
		if t == nil {
			t = &tally{}
			tallies[name] = t
			names = append(names, name)
		}
		t.page(&truths[i], texts[i])
	}
	out := make([]Score, 0, len(names))
	for _, name := range names {
		out = append(out, tallies[name].score(name))
	}
	return out
}

func (t *tally) page(truth *Truth, text string) {
	if truth.Text != "" {
		t.pages++
		p, r := agreement(truth.Text, text)
		if p >= 0 {
			t.precise += p
			t.precisely++
		}
		if r >= 0 {
			t.recalled += r
			t.recally++
		}
	}
	if truth.Must == nil && truth.MustNot == nil {
		return
	}
	t.segmented++
	flat := spaced(text)
	for _, s := range truth.Must {
		if strings.Contains(flat, spaced(s)) {
			t.hit++
		} else {
			t.miss++
		}
	}
	for _, s := range truth.MustNot {
		if strings.Contains(flat, spaced(s)) {
			t.wrong++
		}
	}
}

func (t *tally) score(name string) Score {
	s := Score{Set: name}
	s.Body.Pages, s.Segments.Pages = t.pages, t.segmented
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

// agreement is the precision and the recall of an answer; -1 where there is
// nothing to divide by.
func agreement(truth, answer string) (precision, recall float64) {
	a, b := shingles(truth), shingles(answer)
	both, inTruth, inAnswer := 0, 0, 0
	for s, n := range a {
		both += min(n, b[s])
		inTruth += n
	}
	for _, n := range b {
		inAnswer += n
	}
	precision, recall = -1, -1
	if inAnswer > 0 {
		precision = float64(both) / float64(inAnswer)
	}
	if inTruth > 0 {
		recall = float64(both) / float64(inTruth)
	}
	return precision, recall
}

// shingles counts the runs of four words. A text with fewer words is one shingle.
func shingles(text string) map[string]int {
	words := tokens(text)
	counts := map[string]int{}
	if len(words) == 0 {
		return counts
	}
	for i := range max(1, len(words)-shingle+1) {
		counts[strings.Join(words[i:min(i+shingle, len(words))], " ")]++
	}
	return counts
}
