package dedupe

import (
	"cmp"
	"slices"

	"winnow/dedupe/internal/align"
	"winnow/dedupe/internal/text"
	"winnow/news"
)

// The second pass is for pairs that the alignment leaves in doubt: texts that
// share much, in another order or in other forms of the words, and texts that
// share only a part. It compares normalized tokens: words by their letters and
// numbers by their values. It asks how much of each text the other one has near
// the place where it belongs, and which of its names and numbers the other one
// has anywhere.

// coverage is how much of one text the other one has. Shares are between 0 and 1.
type coverage struct {
	near    float64 // of its tokens, found in the other text near where they belong
	facts   recall  // its names and numbers
	numbers recall
	opening recall // the names and numbers that it begins with
	counts  recall // the numbers that it begins with
}

// recall counts different tokens of a text.
type recall struct {
	all   int
	found int // in the other text
}

func (r *recall) add(found bool) {
	r.all++
	if found {
		r.found++
	}
}

// share returns the share of them that the other text has; 1 where there are none.
func (r recall) share() float64 {
	if r.all == 0 {
		return 1
	}
	return float64(r.found) / float64(r.all)
}

// likeness is the coverage of both texts, first of the one that the other one
// covers more of.
type likeness struct {
	more, less coverage
	moreIsA    bool
}

const (
	// openingTokens is how far the opening of a story reaches, in tokens: about two
	// sentences.
	openingTokens = 45
	// around is how far from its place a token is looked for, in tokens, either
	// way: about a paragraph.
	around = 30
)

// likenessOf compares two aligned texts token by token.
func (c *Checker) likenessOf(a, b *text.Prepared, al *align.Alignment) *likeness {
	ta, tb := c.lexicon.Tokens(a.Text), c.lexicon.Tokens(b.Text)
	if len(ta) == 0 || len(tb) == 0 {
		return &likeness{}
	}
	ca, cb := coverageOf(ta, text.NewVocabulary(tb)), coverageOf(tb, text.NewVocabulary(ta))
	both := float64(pairs(ta, tb, al))
	ca.near, cb.near = both/float64(len(ta)), both/float64(len(tb))
	if ca.near > cb.near {
		return &likeness{more: ca, less: cb, moreIsA: true}
	}
	return &likeness{more: cb, less: ca}
}

// coverageOf looks a text's names and numbers up in the other text.
func coverageOf(tokens []text.Token, other *text.Vocabulary) coverage {
	var c coverage
	seen := make(map[string]bool)
	for i := range tokens {
		t := &tokens[i]
		if t.Flag&(text.IsName|text.IsNumber) == 0 || seen[t.Form] {
			continue
		}
		seen[t.Form] = true
		found := other.Has(t)
		c.facts.add(found)
		if t.Flag&text.IsNumber != 0 {
			c.numbers.add(found)
		}
		if i < openingTokens {
			c.opening.add(found)
			if t.Flag&text.IsNumber != 0 {
				c.counts.add(found)
			}
		}
	}
	return c
}

// pairs returns the number of tokens that both texts have near the same place:
// those that the alignment matched, then equal ones around the place where the
// alignment would have them, then similar ones.
func pairs(ta, tb []text.Token, al *align.Alignment) int {
	place := make([]int32, len(ta)) // in content words of B; -1 where no match is near
	done, used := make([]bool, len(ta)), make([]bool, len(tb))
	both := 0
	last := int32(-1)
	for k := range ta {
		if m := al.MatchA[ta[k].At]; m >= 0 {
			last = m
			if j, ok := tokenAt(tb, m); ok && !used[j] && ta[k].Form == tb[j].Form {
				done[k], used[j] = true, true
				both++
			}
		}
		place[k] = last
	}
	for k := len(ta) - 1; k >= 0; k-- {
		if m := al.MatchA[ta[k].At]; m >= 0 {
			last = m
		}
		if place[k] < 0 {
			place[k] = last
		}
	}
	for _, same := range []func(a, b *text.Token) bool{
		func(a, b *text.Token) bool { return a.Form == b.Form },
		text.Same,
	} {
		for k := range ta {
			if done[k] || place[k] < 0 {
				continue
			}
			middle, _ := tokenAt(tb, place[k])
			if j := nearest(middle, len(tb), func(j int) bool { return !used[j] && same(&ta[k], &tb[j]) }); j >= 0 {
				done[k], used[j] = true, true
				both++
			}
		}
	}
	return both
}

// tokenAt finds the token that begins at a content word, or the next one.
func tokenAt(tokens []text.Token, word int32) (int, bool) {
	return slices.BinarySearchFunc(tokens, word, func(t text.Token, word int32) int { return cmp.Compare(t.At, word) })
}

// nearest returns the place closest to middle, at most around from it, that fits;
// -1 where none does.
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

// secondRule is one way in which two stories of other outlets and the same days
// are copies, by the figures of the second pass: the limits that they must reach.
// All figures are at least; "less" is the text that the other one covers less of.
type secondRule struct {
	id, why              string
	words                int     // content words of the shorter text
	span                 float64 // as rule.span
	spanOther            float64 // as rule.spanOther
	share                float64 // of the content words, matched in order, of the text where it is larger
	near, nearLess       float64 // coverage.near
	facts, factsLess     float64 // share of coverage.facts
	numbers, numbersLess float64 // share of coverage.numbers
	known, knownLess     int     // names and numbers
}

// secondRules are tried in this order. The limits are between rewritten copies and
// the templates, follow-ups and other newsrooms' stories of the judged pairs, where
// a text of another event had at most .7 of the numbers of a text that is as near.
var secondRules = []secondRule{
	{id: "rewritten", why: "another outlet's text in another order and other forms of the words, with its names and numbers",
		words: 60, span: .65, spanOther: .65, share: .35, near: .5, nearLess: .5, facts: .75, factsLess: .75, numbers: .72, numbersLess: .72, known: 6, knownLess: 6},
	{id: "rewritten-part", why: "another outlet's longer text has every name and number of the shorter one, in another order and other forms of the words",
		words: 60, span: .9, spanOther: .4, share: .5, near: .7, nearLess: .4, facts: .95, numbers: .95, known: 10},
	{id: "brief", why: "another outlet's longer text has nearly every word, name and number of the shorter one",
		words: 40, span: .65, share: .6, near: .9, nearLess: .15, facts: .93, numbers: .93, known: 6},
}

// Two texts that share a part, and whose openings are new to each other: a story
// and its follow-up with the same background.
const (
	ruleOtherLeads = "other-leads"
	partlySpan     = .55 // of the text where it is smaller, below which a part is shared
	wholeSpan      = .9  // of the other text, from which on its opening is shared too
	partlyDensity  = .75 // below which an opening may be the same in other words
	newOpening     = .7  // share of the names and numbers of an opening found in the other text, below which it is new
	openingFacts   = 5   // names and numbers of each opening, below which it means nothing
)

const (
	// movedNumbers is the share of a text's different numbers that the other one has
	// anywhere, from which on numbers that are others in place were only moved.
	movedNumbers = .9
	// nearBoth is the least secondRule.nearLess of a rule in which neither text holds
	// the other.
	nearBoth = .5
)

// secondPass goes over a decision that is in doubt. It returns the likeness where
// one was taken, else nil.
func (c *Checker) secondPass(f *figures, a, b *Doc, pa, pb *text.Prepared, al *align.Alignment, relation, id string) (string, string, *likeness) {
	var l *likeness
	switch {
	case joins(relation) && f.spanOther < partlySpan && f.span < wholeSpan && f.density >= partlyDensity:
		l = c.likenessOf(pa, pb, al)
		if l.otherOpenings() {
			return "", ruleOtherLeads, l
		}
	case !joins(relation) && f.doubtful() && c.apart(a.Date, b.Date) == sameDays:
		l = c.likenessOf(pa, pb, al)
		for i := range secondRules {
			if r := &secondRules[i]; r.holds(f, l) {
				if relation, id = r.relation(l), r.id; f.isBackground() {
					relation, id = f.holding(), ruleBackground
				}
				break
			}
		}
	}
	relation, id = c.roundup(f, a, b, relation, id)
	return relation, id, l
}

// doubtful reports whether the second pass may find a copy.
func (f *figures) doubtful() bool {
	return !f.oneHost && !f.otherFirstName() && slices.ContainsFunc(secondRules, func(r secondRule) bool { return r.mayHold(f) })
}

// renumbered reports whether some numbers are others and the words hardly so: a
// template. Numbers that are against others and that both texts have were only
// moved.
func (f *figures) renumbered(l *likeness) bool {
	return f.density >= partlyDensity && f.numbers.other >= leastOther && f.numbers.swapped() >= templateClean &&
		min(l.more.numbers.share(), l.less.numbers.share()) < movedNumbers
}

// mayHold reports whether the figures of the first pass reach the rule's limits.
func (r *secondRule) mayHold(f *figures) bool {
	return f.words >= r.words && f.span >= r.span && f.spanOther >= r.spanOther &&
		max(f.shareA, f.shareB) >= r.share
}

// holds reports whether the figures of both passes reach the rule's limits.
func (r *secondRule) holds(f *figures, l *likeness) bool {
	return r.mayHold(f) && !f.renumbered(l) && !l.otherCounts() &&
		l.more.near >= r.near && l.less.near >= r.nearLess &&
		l.more.facts.share() >= r.facts && l.less.facts.share() >= r.factsLess &&
		l.more.numbers.share() >= r.numbers && l.less.numbers.share() >= r.numbersLess &&
		l.more.facts.all >= r.known && l.less.facts.all >= r.knownLess
}

// otherCounts reports whether each text begins with a number that the other one
// has nowhere: two contracts, trials or notices with the same background, in other
// words.
func (l *likeness) otherCounts() bool {
	return l.more.counts.share() < 1 && l.less.counts.share() < 1
}

// otherOpenings reports whether most of the names and numbers of each opening are
// new to the other text.
func (l *likeness) otherOpenings() bool {
	return l.more.opening.all >= openingFacts && l.less.opening.all >= openingFacts &&
		l.more.opening.share() < newOpening && l.less.opening.share() < newOpening
}

// relation names what a copy is to the other, seen from a.
func (r *secondRule) relation(l *likeness) string {
	switch {
	case r.nearLess >= nearBoth:
		return news.RelationRespun
	case l.moreIsA:
		return news.RelationCut
	}
	return news.RelationFuller
}
