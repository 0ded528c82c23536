package dedupe

import (
	"cmp"
	"math"
	"slices"

	"winnow/dedupe/internal/align"
	"winnow/dedupe/internal/text"
)

// RelationDistinct is what an Explanation calls two stories without an edge.
const RelationDistinct = "distinct"

// Explanation is the result of comparing two stories, with what it rests on.
type Explanation struct {
	A        Side      `json:"a"`
	B        Side      `json:"b"`
	Relation string    `json:"relation"` // seen from A, as Edge.Relation; RelationDistinct when there is none
	Rule     string    `json:"rule"`     // what decided; "" when no rule held
	Nearest  string    `json:"nearest"`  // where no rule held, the one that missed by the fewest limits; else ""
	Why      string    `json:"why"`      // what the rule, or the nearest one, is for
	Limits   []Limit   `json:"limits"`   // of that rule; empty for the same text, never nil
	Names    float64   `json:"names"`    // agreement, 0 to 1
	Numbers  float64   `json:"numbers"`  // likewise
	Passages []Passage `json:"passages"` // in their order in A; never nil
	Version  string    `json:"version"`  // see Version
}

// Side is one of the two stories.
type Side struct {
	ID    string  `json:"id"`
	URL   string  `json:"url"`
	Title string  `json:"title"`
	Date  string  `json:"date"`
	Host  string  `json:"hostname"`
	Words int     `json:"words"` // see WordCount
	Share float64 `json:"share"` // of its content words found in the other story in order, 0 to 1
}

// Limit is one condition of a rule and the figure that it is compared with.
type Limit struct {
	Figure string  `json:"figure"` // one of the Figure constants
	Value  float64 `json:"value"`  // what the two stories have
	Bound  string  `json:"bound"`  // AtLeast or AtMost
	Limit  float64 `json:"limit"`
	Holds  bool    `json:"holds"`
}

// Values of Limit.Bound.
const (
	AtLeast = "at least"
	AtMost  = "at most"
)

// Values of Limit.Figure. Shares are between 0 and 1. Words are content words: all
// but the commonest ones.
const (
	FigureWords      = "words"           // of the shorter text
	FigureSpan       = "span"            // share of a text inside the passages, of the text where it is larger
	FigureSpanOther  = "span_other"      // the same of the other text
	FigureBefore     = "before"          // share of the longer text that is before the first passage
	FigureDensity    = "density"         // share of the words inside the passages that both texts have
	FigureNames      = "names"           // agreement of names
	FigureOtherNames = "other_names"     // share of names against another name, of those against any
	FigureNumbers    = "numbers"         // agreement of numbers
	FigureOtherNums  = "other_numbers"   // share of numbers against another number, of those against any
	FigureDays       = "days_apart"      // between the dates
	FigureOneOutlet  = "same_outlet"     // 1 when both are of one outlet, else 0
	FigureFirstName  = "first_name_both" // 1 when the first name of one of them is in the other, else 0

	// Of the second pass, which knows words in other forms and numbers by their
	// values; "less" is the text that the other one covers less of.
	FigureShare       = "share"        // share of a text's content words that both have in order, of the text where it is larger
	FigureNear        = "near"         // share of a text's words that the other one has near where they belong
	FigureNearLess    = "near_less"    // the same of the other text
	FigureFacts       = "facts"        // share of a text's different names and numbers that the other one has anywhere
	FigureFactsLess   = "facts_less"   // the same of the other text
	FigureFigures     = "figures"      // share of its different numbers alone
	FigureFiguresLess = "figures_less" // the same of the other text
	FigureLead        = "lead"         // share of the names and numbers of a text's opening that the other one has, of the text where it is larger
)

// Passage is a stretch of text A that runs along a stretch of text B, the words in
// the same order.
type Passage struct {
	Words int     `json:"words"` // content words that both have
	A     Stretch `json:"a"`
	B     Stretch `json:"b"`
}

// Stretch is one side of a passage. Its parts, joined, are the text from From to
// To.
type Stretch struct {
	From   int    `json:"from"`   // in bytes
	To     int    `json:"to"`     // in bytes, behind the end
	Before int    `json:"before"` // words since the passage listed before it, or since the beginning of the text; 0 when it comes before that passage here
	Parts  []Part `json:"parts"`
}

// Part is a run of words that the other side has too, or has not.
type Part struct {
	Text string `json:"text"`
	Same bool   `json:"same"` // the other side has it
}

// Explain compares two stories as [Checker.Compare] does and returns the reasons.
// The passages are those that the figures were taken from.
func (c *Checker) Explain(a, b Doc) Explanation {
	if reversed(&a, &b) {
		x := c.explain(&b, &a) // compared in this order, shown in the other
		x.A, x.B = x.B, x.A
		x.Relation = mirrored(x.Relation)
		for i := range x.Passages {
			p := &x.Passages[i]
			p.A, p.B = p.B, p.A
		}
		x.order(a.Text, b.Text)
		return x
	}
	x := c.explain(&a, &b)
	x.order(a.Text, b.Text)
	return x
}

func (c *Checker) explain(a, b *Doc) Explanation {
	pa, pb := c.lexicon.Prepare(a.Text), c.lexicon.Prepare(b.Text)
	x := Explanation{A: sideOf(a), B: sideOf(b), Relation: RelationDistinct, Limits: []Limit{}, Passages: []Passage{}, Version: Version()}
	if len(pa.All.Hash) == 0 || len(pb.All.Hash) == 0 {
		x.Why = "one of them has no words"
		return x
	}
	al := align.Texts(pa, pb)
	f := measure(&al, a, b, pa, pb)
	x.A.Share, x.B.Share, x.Names, x.Numbers = f.shareA, f.shareB, f.names.agreement(), f.numbers.agreement()
	c.reason(&x, &f, a, b, pa, pb, &al)
	if slices.Equal(pa.All.Hash, pb.All.Hash) {
		e := sameEdge(a.ID, b.ID)
		x.Relation, x.Rule, x.Nearest, x.Why, x.Limits = e.Relation, e.Rule, "", "the same words, typography apart", []Limit{}
		x.A.Share, x.B.Share, x.Names, x.Numbers = e.ShareA, e.ShareB, e.Names, e.Numbers
	}
	inA, inB := c.lexicon.ContentPlaces(a.Text), c.lexicon.ContentPlaces(b.Text)
	for _, p := range al.Passages {
		x.Passages = append(x.Passages, Passage{
			Words: p.Words,
			A:     stretch(a.Text, inA, al.MatchA, p.FromA, p.ToA, p.FromB, p.ToB),
			B:     stretch(b.Text, inB, al.MatchB, p.FromB, p.ToB, p.FromA, p.ToA),
		})
	}
	return x
}

func sideOf(d *Doc) Side {
	return Side{ID: d.ID, URL: d.URL, Title: d.Title, Date: d.Date, Host: d.Host, Words: WordCount(d.Text)}
}

// reason sets the relation and what it rests on.
func (c *Checker) reason(x *Explanation, f *figures, a, b *Doc, pa, pb *text.Prepared, al *align.Alignment) {
	first, firstID := c.decide(*f, a, b)
	relation, id, l := c.secondPass(f, a, b, pa, pb, al, first, firstID)
	if relation != "" {
		x.Relation, x.Rule = relation, id
	}
	switch {
	case relation != first || id != firstID:
		x.reasonSecondPass(f, l, id)
	case f.span < leastSpan():
		x.Rule, x.Why = ruleUnlike, "they share too few words in the same order for any rule"
		x.Limits = []Limit{least(FigureSpan, f.span, leastSpan())}
	case id == ruleBackground:
		x.reasonBackground(f)
	case id == rulePart:
		x.Why = "all of one is in the other, which has much more or is of other days: a roundup, or background used again"
		x.Limits = []Limit{least(FigureSpan, f.span, partSpan), least(FigureDensity, f.density, partDensity), least(FigureWords, float64(f.words), partWords)}
	case relation == "" && f.ofOneTemplate():
		x.Rule, x.Why = ruleTemplate, "two or more numbers differ: two events reported in the same words"
		x.Limits = []Limit{most(FigureOtherNums, f.numbers.swapped(), f.templateLimit())}
		x.Limits[0].Holds = false // the limit itself is too much
	case relation == "" && f.otherFirstName():
		x.Rule, x.Why = ruleOtherLead, "short texts, and the other one lacks the first name of each: two events reported in the same words"
		x.Limits = []Limit{least(FigureFirstName, asFigure(f.firstName), 1), least(FigureDensity, f.density, firstNameDensity), least(FigureWords, float64(f.words), firstNameWords)}
	default:
		r := c.nearest(f, a, b)
		x.Why, x.Limits = r.why, c.limits(r, f, a, b)
		if relation == "" {
			x.Nearest = r.id
		}
	}
}

// nearest returns the first of the rules that miss by the fewest limits.
func (c *Checker) nearest(f *figures, a, b *Doc) *rule {
	best, fewest := &rules[0], math.MaxInt
	for i := range rules {
		missed := 0
		for _, l := range c.limits(&rules[i], f, a, b) {
			if !l.Holds {
				missed++
			}
		}
		if missed < fewest {
			best, fewest = &rules[i], missed
		}
	}
	return best
}

// leastSpan returns the span that every rule asks for.
func leastSpan() float64 {
	span := float64(partSpan)
	for i := range rules {
		span = min(span, rules[i].span)
	}
	return span
}

func asFigure(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func least(figure string, value, limit float64) Limit {
	return Limit{figure, value, AtLeast, limit, value >= limit}
}

func most(figure string, value, limit float64) Limit {
	return Limit{figure, value, AtMost, limit, value <= limit}
}

// limits returns the conditions of a rule; those that every pair fulfils are left
// out. All of them hold exactly when the rule does.
func (c *Checker) limits(r *rule, f *figures, a, b *Doc) []Limit {
	out := []Limit{
		least(FigureWords, float64(f.words), float64(r.words)),
		least(FigureSpan, f.span, r.span),
		least(FigureSpanOther, f.spanOther, r.spanOther),
		least(FigureDensity, f.density, r.density),
		least(FigureNames, f.names.agreement(), r.names),
		most(FigureOtherNames, f.names.swapped(), r.swapped),
		most(FigureOtherNums, f.numbers.swapped(), r.changed),
	}
	if r.numbers > 0 {
		out = append(out, least(FigureNumbers, f.numbers.agreement(), r.numbers))
	}
	if n, ok := daysApart(Day(a.Date), Day(b.Date)); ok && r.apart != ever {
		limit := float64(nearDays)
		if r.apart == inWindow {
			limit = max(limit, float64(c.window/day))
		}
		out = append(out, most(FigureDays, float64(n), limit))
	}
	if r.otherHosts {
		out = append(out, most(FigureOneOutlet, asFigure(f.oneHost), 0))
	}
	return out
}

// reasonBackground sets why one is the background of the other.
func (x *Explanation) reasonBackground(f *figures) {
	x.Why = "all of one is in the other, behind the beginning of that: the background of a later story, or one of several in a roundup"
	x.Limits = []Limit{most(FigureSpanOther, f.spanOther, backgroundSpan), least(FigureBefore, f.before, backgroundBefore)}
}

// reasonSecondPass sets what a second pass found that the first one had not.
func (x *Explanation) reasonSecondPass(f *figures, l *likeness, id string) {
	switch id {
	case ruleOtherLeads:
		x.Rule, x.Why = id, "they share a part, but each begins with names and numbers that the other one lacks: a story and its follow-up"
		x.Limits = []Limit{
			least(FigureSpanOther, f.spanOther, partlySpan),
			least(FigureLead, max(l.more.opening.share(), l.less.opening.share()), newOpening),
		}
		return
	case ruleBackground:
		x.reasonBackground(f)
		return
	case ruleRoundup:
		x.Why = "they share a part, and one is a roundup by its title"
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

// stretch returns one side of a passage: its content words from one to the other,
// by whether they are matched inside the passage, with what is in between. at are
// the places of the content words of the whole text.
func stretch(whole string, at []text.Place, matched []int32, from, to, otherFrom, otherTo int32) Stretch {
	s := Stretch{From: at[from].From, To: at[to].To}
	begun := s.From
	same := func(i int32) bool { return otherFrom <= matched[i] && matched[i] <= otherTo }
	for i := from; i <= to; i++ {
		switch {
		case i == to:
			s.Parts = append(s.Parts, Part{whole[begun:s.To], same(i)})
		case same(i) != same(i+1):
			end := at[i+1].From
			if !same(i) { // the stop words in between go to the side that is the same
				end = min(at[i].To, end)
			}
			s.Parts = append(s.Parts, Part{whole[begun:end], same(i)})
			begun = end
		}
	}
	return s
}

// order sorts the passages by their place in A and counts the words in between.
func (x *Explanation) order(a, b string) {
	slices.SortFunc(x.Passages, func(p, q Passage) int {
		return cmp.Or(cmp.Compare(p.A.From, q.A.From), cmp.Compare(p.B.From, q.B.From))
	})
	endA, endB := 0, 0
	for i := range x.Passages {
		p := &x.Passages[i]
		p.A.Before, p.B.Before = wordsBetween(a, endA, p.A.From), wordsBetween(b, endB, p.B.From)
		endA, endB = p.A.To, p.B.To
	}
}

func wordsBetween(whole string, from, to int) int {
	if from >= to {
		return 0
	}
	return WordCount(whole[from:to])
}
