package dedupe

import (
	"time"

	"winnow/news"
)

// rule is one way in which two stories are copies of each other: the limits that
// their figures must reach, all of them.
type rule struct {
	id         string
	why        string
	apart      reachInTime
	otherHosts bool    // only for stories that are not known to be of one outlet
	words      int     // content words of the shorter text, at least
	span       float64 // share of a text inside the passages, of the text where it is larger, at least
	spanOther  float64 // the same of the other text, at least
	density    float64 // matched words of those in the passages, at least
	names      float64 // agreement, at least
	swapped    float64 // names against another name, of those against any, at most
	numbers    float64 // agreement, at least
	changed    float64 // numbers against another number, of those against any, at most
}

// reachInTime is how far apart the dates of two stories may be.
type reachInTime int

const (
	sameDays reachInTime = iota // nearDays
	inWindow                    // Options.Window
	ever
)

// nearDays is how long a copy takes to travel, in days. Of the pairs that were
// read, copies were at most three days apart, while the templates, galleries and
// reused backgrounds that look like them are weeks apart.
const nearDays = 3

// rules are tried in this order, the surest first; the first that holds is the one
// that a verdict names. The limits are between the copies and the look-alikes of
// judged pairs of real wire and outlet stories, and leave room on both sides.
var rules = []rule{
	{id: "verbatim", why: "the same text word for word, whatever the dates",
		apart: ever, words: 20, span: .95, spanOther: .8, density: .97, names: .9, swapped: .05},
	{id: "revised", why: "a corrected, trimmed or extended text with the same names and numbers",
		apart: inWindow, words: 20, span: .92, spanOther: .6, density: .9, names: .85, swapped: .1, changed: .1},
	{id: "cut", why: "all of the shorter text is in the longer one",
		apart: inWindow, words: 40, span: .97, spanOther: .2, density: .96, names: .9, swapped: .05, changed: .1},
	{id: "edited", why: "the same passages with some words changed, within days",
		apart: sameDays, words: 20, span: .85, spanOther: .6, density: .85, names: .5, swapped: .15, changed: 1},
	{id: "edited-elsewhere", why: "another outlet's text, the same passages with some words changed, within days",
		apart: sameDays, otherHosts: true, words: 40, span: .8, spanOther: .6, density: .78, names: .7, swapped: .12, changed: .34},
	{id: "reworded", why: "the same sequence of words with many changed, within days",
		apart: sameDays, words: 20, span: .93, spanOther: .6, density: .78, names: .6, swapped: .2, changed: 1},
	{id: "cut-edited", why: "the shorter text is in the longer one with few words changed, within days",
		apart: sameDays, words: 25, span: .9, spanOther: .4, density: .92, names: .75, swapped: .1, changed: .34},
	{id: "cut-elsewhere", why: "the shorter text is in another outlet's longer one with few words changed, within days",
		apart: sameDays, otherHosts: true, words: 25, span: .9, spanOther: .15, density: .88, names: .75, swapped: .13, changed: .34},
	{id: "cut-spliced", why: "paragraphs of one text are in another outlet's, within days",
		apart: sameDays, otherHosts: true, words: 60, span: .82, spanOther: .22, density: .85, names: .75, swapped: .12, changed: .34},
	{id: "cut-verbatim", why: "most of one text is word for word in another outlet's, within days",
		apart: sameDays, otherHosts: true, words: 100, span: .72, spanOther: .3, density: .97, names: .9, swapped: .05, changed: .1},
	{id: "noisy", why: "the same sequence of words from start to end, many misread or replaced",
		apart: sameDays, words: 100, span: .95, spanOther: .8, density: .55, names: .3, swapped: .35, changed: .5},
	{id: "noisy-long", why: "a long text with the same sequence of words from start to end, about half of them misread or replaced",
		apart: sameDays, words: 180, span: .9, spanOther: .85, density: .42, names: .2, swapped: .4, changed: .35},
	{id: "noisy-cut", why: "all of the shorter text is in another outlet's longer one, many words replaced",
		apart: sameDays, otherHosts: true, words: 100, span: .93, spanOther: .3, density: .55, names: .7, swapped: .15, changed: .34},
	{id: "syndicated", why: "another outlet's text with cuts and insertions, within days",
		apart: sameDays, otherHosts: true, words: 60, span: .72, spanOther: .55, density: .85, names: .66, swapped: .1, changed: .34},
	{id: "syndicated-short", why: "another outlet's short text with cuts and insertions, hardly a word changed, within days",
		apart: sameDays, otherHosts: true, words: 50, span: .66, spanOther: .58, density: .9, names: .75, swapped: .05, changed: .2},
	{id: "respun", why: "another outlet's text in other words, names and numbers in the same order",
		apart: sameDays, otherHosts: true, words: 100, span: .6, spanOther: .5, density: .38, names: .72, swapped: .08, numbers: .6, changed: .34},
	{id: "respun-cut", why: "another outlet's text in other words, shortened or extended, hardly a name lost",
		apart: sameDays, otherHosts: true, words: 100, span: .55, spanOther: .45, density: .5, names: .9, swapped: .04, numbers: .6, changed: .34},
	{id: "respun-names", why: "another outlet's text in other words, most of it in the same order",
		apart: sameDays, otherHosts: true, words: 100, span: .75, spanOther: .7, density: .8, names: .65, swapped: .1, numbers: .6, changed: .34},
	{id: "respun-whole", why: "nearly all of the text in other words, names and numbers in the same order",
		apart: sameDays, words: 120, span: .87, spanOther: .82, density: .4, names: .72, swapped: .1, numbers: .6, changed: .34},
	{id: "respun-noisy", why: "another outlet's long text in other words, some of its names misread",
		apart: sameDays, otherHosts: true, words: 150, span: .75, spanOther: .7, density: .38, names: .6, swapped: .3, numbers: .6, changed: .34},
}

// Rules that are no row of a table.
const (
	ruleSameText  = "same-text"  // copies: the same words in the same order
	ruleUnlike    = "unlike"     // distinct: too little in common for any rule
	ruleTemplate  = "template"   // distinct, see figures.ofOneTemplate
	ruleOtherLead = "other-lead" // distinct, see figures.otherFirstName
)

// Limits of the test for stories of one template: other numbers in the same words.
// One changed number is a correction.
const (
	templateChanged = .2  // numbers against another number, of those against any, in a clean or a short text
	templateClean   = .1  // the same in a clean and short one with templateMany other numbers: a notice of which the day, the hour and its own number are new
	templateMany    = 3   // numbers
	templateNoisy   = .45 // the same in a long text of which many words were changed, where some numbers went with them
	longText        = 200 // content words of the shorter text
	cleanText       = .9  // density
)

// Limits of the test for stories that begin with another name each: two events
// reported in the same words.
const (
	firstNameWords   = 150 // content words of the shorter text, below which its first name must be shared
	firstNameDensity = .95 // density from which on the first name does not matter
)

// A story that holds another one, and is no copy of it: a roundup, or a reused
// background.
const (
	rulePart    = "part"
	partSpan    = .9 // of the part
	partDensity = .9
	partWords   = 20 // content words of the shorter text; fewer are a caption
)

// A text in a longer one, behind the beginning of that, is the background of a later story,
// or one of several in a roundup: who cuts a text keeps its beginning.
const (
	ruleBackground   = "background"
	backgroundSpan   = .6  // of the longer text, at most
	backgroundBefore = .25 // of the longer text, at least
)

// isBackground reports whether the shorter text is the background of the longer one.
func (f *figures) isBackground() bool {
	return f.spanOther < backgroundSpan && f.before >= backgroundBefore
}

// Limits of the relation of two copies.
const (
	bothSpan  = .7 // of both texts, from which on neither holds the other
	sameWords = .8 // density, below which it is another text in the same order
)

// ofOneTemplate reports whether two texts report two events in the same words.
func (f *figures) ofOneTemplate() bool {
	return f.numbers.other >= leastOther && f.numbers.swapped() >= f.templateLimit()
}

// templateLimit returns the share of other numbers from which on two texts are of
// one template.
func (f *figures) templateLimit() float64 {
	switch clean, long := f.density >= cleanText, f.words >= longText; {
	case long && !clean:
		return templateNoisy
	case clean && !long && f.numbers.other >= templateMany:
		return templateClean
	}
	return templateChanged
}

// otherFirstName reports whether two short texts, not quite alike, begin with
// another name each.
func (f *figures) otherFirstName() bool {
	return f.words < firstNameWords && f.density < firstNameDensity && !f.firstName
}

// holds reports whether the figures reach the rule's limits.
func (r *rule) holds(f *figures, apart reachInTime) bool {
	return apart <= r.apart && f.words >= r.words && !(r.otherHosts && f.oneHost) &&
		f.span >= r.span && f.spanOther >= r.spanOther && f.density >= r.density &&
		f.names.agreement() >= r.names && f.names.swapped() <= r.swapped &&
		f.numbers.agreement() >= r.numbers && f.numbers.swapped() <= r.changed
}

// decide returns the relation seen from a and the rule that decided, "" and "" for
// distinct stories.
func (c *Checker) decide(f figures, a, b *Doc) (relation, id string) {
	if f.ofOneTemplate() || f.otherFirstName() {
		return "", ""
	}
	apart := c.apart(a.Date, b.Date)
	for i := range rules {
		switch r := &rules[i]; {
		case !r.holds(&f, apart):
		case f.isBackground():
			return f.holding(), ruleBackground
		default:
			return f.relation(), r.id
		}
	}
	if f.span >= partSpan && f.density >= partDensity && f.words >= partWords {
		return f.holding(), rulePart
	}
	return "", ""
}

// holding names what a story that is a part of the other, and no copy, is to it, seen
// from a.
func (f *figures) holding() string {
	if f.spanA > f.spanB {
		return RelationContained
	}
	return RelationContains
}

// relation names what a copy is to the other, seen from a.
func (f *figures) relation() string {
	switch {
	case f.spanOther >= bothSpan && f.density < sameWords:
		return news.RelationRespun
	case f.spanOther >= bothSpan:
		return news.RelationCopy
	case f.spanA > f.spanB:
		return news.RelationCut
	}
	return news.RelationFuller
}

// apart returns how far apart two dates are. A missing date is near to every
// other.
func (c *Checker) apart(a, b string) reachInTime {
	n, ok := daysApart(Day(a), Day(b))
	switch {
	case !ok || n <= nearDays:
		return sameDays
	case time.Duration(n)*day <= c.window:
		return inWindow
	}
	return ever
}
