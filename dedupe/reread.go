package dedupe

import (
	"cmp"
	"slices"

	"winnow/news"
)

// The second look is for pairs that the alignment leaves in doubt: texts that
// share much, in another order or in other forms of the words, and texts that
// share only a part. It reads the words by their letters and the numbers by
// their values, and asks how much of each text the other one has near the place
// where it belongs, and which of its names and numbers the other one has
// anywhere.

// reading is what a second look finds in one of the two texts. Shares are
// between 0 and 1.
type reading struct {
	near    float64 // of its terms, found in the other text near where they belong
	facts   recall  // its names and numbers
	numbers recall
	lead    recall // the names and numbers that it begins with
	counts  recall // the numbers that it begins with
}

// recall counts different terms of a text.
type recall struct {
	all   int
	found int // in the other text
}

// share is the share of them that the other text has; 1 where there are none.
func (r recall) share() float64 {
	if r.all == 0 {
		return 1
	}
	return float64(r.found) / float64(r.all)
}

// likeness is what a second look finds in both, the text first of which the
// other one has more.
type likeness struct {
	more, less reading
	moreIsA    bool
}

// leadTerms is how far the beginning of a story reaches, in terms: about two
// sentences.
const leadTerms = 45

// reread takes a second look at two texts that were aligned.
func (c *Checker) reread(a, b *prepared, al *alignment) *likeness {
	ta, tb := c.terms(a.text), c.terms(b.text)
	if len(ta) == 0 || len(tb) == 0 {
		return &likeness{}
	}
	va, vb := vocabularyOf(ta), vocabularyOf(tb)
	both := float64(pairs(ta, tb, al))
	ra, rb := readingOf(ta, &vb), readingOf(tb, &va)
	ra.near, rb.near = both/float64(len(ta)), both/float64(len(tb))
	if ra.near > rb.near {
		return &likeness{more: ra, less: rb, moreIsA: true}
	}
	return &likeness{more: rb, less: ra}
}

// readingOf looks a text's names and numbers up in the other text.
func readingOf(terms []term, other *vocabulary) reading {
	var r reading
	seen := make(map[string]bool)
	for i := range terms {
		t := &terms[i]
		if t.flag&(isName|isNumber) == 0 || seen[t.form] {
			continue
		}
		seen[t.form] = true
		found := other.has(t)
		r.facts.add(found)
		if t.flag&isNumber != 0 {
			r.numbers.add(found)
		}
		if i < leadTerms {
			r.lead.add(found)
			if t.flag&isNumber != 0 {
				r.counts.add(found)
			}
		}
	}
	return r
}

func (r *recall) add(found bool) {
	r.all++
	if found {
		r.found++
	}
}

// around is how far from its place a term is looked for, in terms, either way:
// about a paragraph.
const around = 30

// pairs counts the terms that both texts have near the same place: those that
// the alignment matched, then equal ones around the place where the alignment
// would have them, then similar ones.
func pairs(ta, tb []term, al *alignment) int {
	place := make([]int32, len(ta)) // in content words of B; -1 where no match is near
	done, used := make([]bool, len(ta)), make([]bool, len(tb))
	both := 0
	last := int32(-1)
	for k := range ta {
		if m := al.matchA[ta[k].at]; m >= 0 {
			last = m
			if j, ok := termAt(tb, m); ok && !used[j] && ta[k].form == tb[j].form {
				done[k], used[j] = true, true
				both++
			}
		}
		place[k] = last
	}
	for k := len(ta) - 1; k >= 0; k-- {
		if m := al.matchA[ta[k].at]; m >= 0 {
			last = m
		}
		if place[k] < 0 {
			place[k] = last
		}
	}
	for _, same := range []func(a, b *term) bool{
		func(a, b *term) bool { return a.form == b.form },
		sameTerm,
	} {
		for k := range ta {
			if done[k] || place[k] < 0 {
				continue
			}
			middle, _ := termAt(tb, place[k])
			if j := nearest(middle, len(tb), func(j int) bool { return !used[j] && same(&ta[k], &tb[j]) }); j >= 0 {
				done[k], used[j] = true, true
				both++
			}
		}
	}
	return both
}

// termAt finds the term that begins at a content word, or the next one.
func termAt(terms []term, word int32) (int, bool) {
	return slices.BinarySearchFunc(terms, word, func(t term, word int32) int { return cmp.Compare(t.at, word) })
}

// nearest is the place closest to middle, at most around from it, that fits; -1
// where none does.
func nearest(middle, n int, fits func(int) bool) int {
	for d := range around + 1 {
		if j := middle - d; 0 <= j && j < n && fits(j) {
			return j
		}
		if j := middle + d; d > 0 && 0 <= j && j < n && fits(j) {
			return j
		}
	}
	return -1
}

// secondRule says from which figures of a second look on two stories of other
// outlets and the same days are copies. The figures are at least; "less" is the
// text of which the other one has less.
type secondRule struct {
	id, why              string
	words                int     // content words of the shorter text
	span                 float64 // as rule.span
	spanOther            float64 // as rule.spanOther
	share                float64 // of the content words, matched in order, of the text where it is larger
	near, nearLess       float64
	facts, factsLess     float64
	numbers, numbersLess float64
	known, knownLess     int // names and numbers
}

// The limits stand between rewritten copies and the templates, follow-ups and
// other newsrooms' stories of the judged pairs, where a text of another event
// had at most .7 of the numbers of a text that is as near.
var secondRules = []secondRule{
	{id: "rewritten", why: "another outlet's text in another order and other forms of the words, with its names and numbers",
		words: 60, span: .65, spanOther: .65, share: .35, near: .5, nearLess: .5, facts: .75, factsLess: .75, numbers: .72, numbersLess: .72, known: 6, knownLess: 6},
	{id: "rewritten-part", why: "the same, and as much again around it: every name and number of the shorter text stands in another outlet's longer one",
		words: 60, span: .9, spanOther: .4, share: .5, near: .7, nearLess: .4, facts: .95, numbers: .95, known: 10},
	{id: "brief", why: "nearly every word, name and number of the shorter text stands in another outlet's longer one",
		words: 40, span: .65, share: .6, near: .9, nearLess: .15, facts: .93, numbers: .93, known: 6},
}

// Two texts that share a part, and whose beginnings are new to each other: a
// story and its follow-up with the same background.
const (
	ruleOtherLeads = "other-leads"
	partlySpan     = .55 // of the text that lies in the passages less, below which a part is shared
	wholeSpan      = .9  // of the other text, from which on its beginning is shared too
	partlyDensity  = .75 // below which a beginning may be the same in other words
	newLead        = .7  // of the names and numbers of a beginning, below which it is new
	leadFacts      = 5   // of each beginning, below which it tells nothing
)

// secondLook goes over a decision that is in doubt. It gives the likeness where
// one was taken.
func (c *Checker) secondLook(f *figures, a, b *Doc, pa, pb *prepared, al *alignment, relation, id string) (string, string, *likeness) {
	var l *likeness
	switch {
	case joins(relation) && f.spanOther < partlySpan && f.span < wholeSpan && f.density >= partlyDensity:
		l = c.reread(pa, pb, al)
		if l.otherLeads() {
			return "", ruleOtherLeads, l
		}
	case !joins(relation) && f.doubtful() && c.apart(a.Date, b.Date) == days:
		l = c.reread(pa, pb, al)
		for i := range secondRules {
			if r := &secondRules[i]; r.holds(f, l) {
				relation, id = r.relation(l), r.id
				break
			}
		}
	}
	relation, id = c.roundup(f, a, b, relation, id)
	return relation, id, l
}

// doubtful says whether a second look may find a copy.
func (f *figures) doubtful() bool {
	return !f.oneHost && !f.otherLead() && slices.ContainsFunc(secondRules, func(r secondRule) bool { return r.mayHold(f) })
}

// renumbered says whether some numbers are others and the words hardly so: a
// template. Numbers that stand against others and that both texts have were only
// moved.
func (f *figures) renumbered(l *likeness) bool {
	const moved = .9
	return f.density >= partlyDensity && f.numbers.other >= 2 && f.numbers.swapped() >= templateClean &&
		min(l.more.numbers.share(), l.less.numbers.share()) < moved
}

// mayHold says whether the figures of the first look reach the rule's limits.
func (r *secondRule) mayHold(f *figures) bool {
	return f.words >= r.words && f.span >= r.span && f.spanOther >= r.spanOther &&
		max(f.shareA, f.shareB) >= r.share
}

func (r *secondRule) holds(f *figures, l *likeness) bool {
	return r.mayHold(f) && !f.renumbered(l) && !l.otherCounts() &&
		l.more.near >= r.near && l.less.near >= r.nearLess &&
		l.more.facts.share() >= r.facts && l.less.facts.share() >= r.factsLess &&
		l.more.numbers.share() >= r.numbers && l.less.numbers.share() >= r.numbersLess &&
		l.more.facts.all >= r.known && l.less.facts.all >= r.knownLess
}

// otherCounts says whether each text begins with a number that the other one has
// nowhere: two contracts, trials or notices with the same background, told in
// other words.
func (l *likeness) otherCounts() bool {
	return l.more.counts.share() < 1 && l.less.counts.share() < 1
}

func (l *likeness) otherLeads() bool {
	return l.more.lead.all >= leadFacts && l.less.lead.all >= leadFacts &&
		l.more.lead.share() < newLead && l.less.lead.share() < newLead
}

// relation names what a copy is to the other, seen from a.
func (r *secondRule) relation(l *likeness) string {
	switch {
	case r.nearLess >= .5:
		return news.RelationRespun
	case l.moreIsA:
		return news.RelationCut
	}
	return news.RelationFuller
}

// reasonReread says what a second look found that the first one had not.
func (c *Checker) reasonReread(x *Explanation, f *figures, l *likeness, id string) {
	switch id {
	case ruleOtherLeads:
		x.Rule, x.Why = id, "they share a part, and the names and numbers that each begins with are new to the other: a story and its follow-up"
		x.Limits = []Limit{
			least(FigureSpanOther, f.spanOther, partlySpan),
			least(FigureLead, max(l.more.lead.share(), l.less.lead.share()), newLead),
		}
		return
	case ruleRoundup:
		x.Why = "they share a part, and the title of one says that it is a roundup"
		x.Limits = []Limit{most(FigureSpanOther, f.spanOther, wholeSpan)}
		return
	}
	i := slices.IndexFunc(secondRules, func(r secondRule) bool { return r.id == id })
	r := &secondRules[i]
	x.Why, x.Limits = r.why, []Limit{
		least(FigureWords, float64(f.words), float64(r.words)),
		least(FigureSpan, f.span, r.span),
		least(FigureSpanOther, f.spanOther, r.spanOther),
		least(FigureShare, max(f.shareA, f.shareB), r.share),
		least(FigureNear, l.more.near, r.near),
		least(FigureNearLess, l.less.near, r.nearLess),
		least(FigureFacts, l.more.facts.share(), r.facts),
		least(FigureFactsLess, l.less.facts.share(), r.factsLess),
		least(FigureFigures, l.more.numbers.share(), r.numbers),
		least(FigureFiguresLess, l.less.numbers.share(), r.numbersLess),
	}
}
