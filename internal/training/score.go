package training

import (
	"cmp"
	"strings"
)

// Figures are precision, recall and F1, 0 to 1, over a number of pages.
type Figures struct {
	Pages    int
	P, R, F1 float64
}

// Score is how well texts agree with what is known of one set of pages.
//
// Body is the measure of article-extraction-benchmark (Zyte, 2020), over the pages
// whose whole text is known. For each page it counts the runs of four words that
// are in both texts, only in the extracted one and only in the known one, divided
// by their sum, so that each page counts the same. Precision and recall are
// averages over the pages, F1 is the harmonic mean of the two averages.
//
// Segments is the measure of trafilatura's evaluation, over all segments of the
// set.
type Score struct {
	Set            string
	Body, Segments Figures
}

// Scores returns the scores of texts by the truth of their pages, for each set, in
// the order in which the sets appear. Pages without a set are the set "all".
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
		t.add(&truths[i], texts[i])
	}
	scores := make([]Score, 0, len(names))
	for _, name := range names {
		scores = append(scores, tallies[name].score(name))
	}
	return scores
}

// tally sums up the pages of a set.
type tally struct {
	pages, segmented  int // with whole texts, with segments
	precision, recall mean
	hit, miss, wrong  int // segments
}

// mean is the mean of some values, 0 for none.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64) { m.sum, m.n = m.sum+v, m.n+1 }

func (m *mean) value() float64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / float64(m.n)
}

func (t *tally) add(truth *Truth, text string) {
	if truth.Text != "" {
		t.pages++
		p, r := agreement(truth.Text, text)
		if p >= 0 {
			t.precision.add(p)
		}
		if r >= 0 {
			t.recall.add(r)
		}
	}
	if truth.Must == nil && truth.MustNot == nil {
		return
	}
	t.segmented++
	text = normalizeSpace(text)
	for _, s := range truth.Must {
		if strings.Contains(text, normalizeSpace(s)) {
			t.hit++
		} else {
			t.miss++
		}
	}
	for _, s := range truth.MustNot {
		if strings.Contains(text, normalizeSpace(s)) {
			t.wrong++
		}
	}
}

func (t *tally) score(name string) Score {
	s := Score{Set: name, Body: Figures{Pages: t.pages, P: t.precision.value(), R: t.recall.value()}, Segments: Figures{Pages: t.segmented}}
	if n := t.hit + t.wrong; n > 0 {
		s.Segments.P = float64(t.hit) / float64(n)
	}
	if n := t.hit + t.miss; n > 0 {
		s.Segments.R = float64(t.hit) / float64(n)
	}
	s.Body.F1, s.Segments.F1 = harmonicMean(s.Body.P, s.Body.R), harmonicMean(s.Segments.P, s.Segments.R)
	return s
}

func harmonicMean(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// agreement returns the precision and the recall of a text; -1 where there is
// nothing to divide by.
func agreement(truth, text string) (precision, recall float64) {
	a, b := shingles(truth), shingles(text)
	both, inTruth, inText := 0, 0, 0
	for s, n := range a {
		both += min(n, b[s])
		inTruth += n
	}
	for _, n := range b {
		inText += n
	}
	precision, recall = -1, -1
	if inText > 0 {
		precision = float64(both) / float64(inText)
	}
	if inTruth > 0 {
		recall = float64(both) / float64(inTruth)
	}
	return precision, recall
}

// shingles counts the runs of four words. A text with fewer words is one run.
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
