package dedupe

import (
	"cmp"
	"slices"
	"time"

	"winnow/news"
)

// figures are what a decision rests on. Shares are between 0 and 1.
type figures struct {
	shareA, shareB float64 // of the content words, matched in order
	spanA, spanB   float64 // of the content words, inside a passage, matched or not
	names          tally
	numbers        tally
	span           float64 // the larger of spanA and spanB
	spanOther      float64 // the smaller
	density        float64 // matched words of those in the passages, of both texts
	words          int     // content words of the shorter text
	lead           bool    // the first name of one of the texts stands in the other one
	oneHost        bool    // both are of one outlet
}

// tally counts the words of a kind inside the passages.
type tally struct {
	same  int // matched
	other int // against another word of the kind
	lost  int // against nothing of the kind, on either side
}

// agreement is the share of the words of a kind that both texts have. Where
// there are less than fewest, those that lack count as had by both: too few tell
// nothing.
func (t tally) agreement() float64 {
	const fewest = 6
	n := t.same + t.other + t.lost
	lack := max(0, fewest-n)
	return float64(t.same+lack) / float64(n+lack)
}

// swapped is the share of those that stand against another word of the kind,
// of those that stand against any; 0 where there is but one: a correction.
func (t tally) swapped() float64 {
	if t.other < 2 {
		return 0
	}
	return float64(t.other) / float64(t.same+t.other)
}

// firstName is the first word with a capital, 0 where there is none: in short
// stories of one template it is what the story is about.
func (p *prepared) firstName() uint32 {
	for i, flag := range p.flag {
		if flag&isTitle != 0 {
			return p.hash[i]
		}
	}
	return 0
}

// has says whether a word stands in the text; 0 stands in every text.
func (p *prepared) has(h uint32) bool {
	i, found := slices.BinarySearchFunc(p.order, h, func(at int32, h uint32) int { return cmp.Compare(p.hash[at], h) })
	return h == 0 || found && i < len(p.order)
}

// measure compares two texts.
func measure(a, b *Doc, pa, pb *prepared) figures {
	al := align(pa, pb)
	return al.measure(a, b, pa, pb)
}

// measure takes the figures of two texts that were aligned.
func (al *alignment) measure(a, b *Doc, pa, pb *prepared) figures {
	var f figures
	f.shareA, f.spanA = shares(pa, al.matchA, al.passages, func(p passage) (int32, int32) { return p.fromA, p.toA })
	f.shareB, f.spanB = shares(pb, al.matchB, al.passages, func(p passage) (int32, int32) { return p.fromB, p.toB })
	f.span, f.spanOther = max(f.spanA, f.spanB), min(f.spanA, f.spanB)
	if f.span > 0 {
		f.density = (f.shareA + f.shareB) / (f.spanA + f.spanB)
	}
	f.words = min(len(pa.hash), len(pb.hash))
	f.lead = pb.has(pa.firstName()) || pa.has(pb.firstName())
	f.oneHost = a.Host != "" && a.Host == b.Host
	for _, p := range al.passages {
		al.count(pa, pb, p, &f)
	}
	return f
}

// count adds a passage's names and numbers up.
func (al *alignment) count(a, b *prepared, p passage, f *figures) {
	j := p.fromB
	gap := p.fromA
	for i := p.fromA; i <= p.toA; i++ {
		m := al.matchA[i]
		if m < j || m > p.toB {
			continue
		}
		if a.flag[i]&isName != 0 || b.flag[m]&isName != 0 {
			f.names.same++
		}
		if a.flag[i]&isNumber != 0 {
			f.numbers.same++
		}
		f.names.add(kinds(a.flag[gap:i], al.matchA[gap:i], isName), kinds(b.flag[j:m], al.matchB[j:m], isName))
		f.numbers.add(kinds(a.flag[gap:i], al.matchA[gap:i], isNumber), kinds(b.flag[j:m], al.matchB[j:m], isNumber))
		gap, j = i+1, m+1
	}
}

func (t *tally) add(inA, inB int) {
	t.other += min(inA, inB)
	t.lost += max(inA, inB) - min(inA, inB)
}

// kinds counts the words of a kind that have no partner.
func kinds(flags []uint8, matched []int32, kind uint8) int {
	n := 0
	for i, flag := range flags {
		if flag&kind != 0 && matched[i] < 0 {
			n++
		}
	}
	return n
}

// inside marks the places that lie in a passage.
func inside(n int, passages []passage, ends func(passage) (int32, int32)) []bool {
	in := make([]bool, n)
	for _, p := range passages {
		from, to := ends(p)
		for i := from; i <= to; i++ {
			in[i] = true
		}
	}
	return in
}

func shares(p *prepared, matched []int32, passages []passage, ends func(passage) (int32, int32)) (share, span float64) {
	in := inside(len(p.hash), passages, ends)
	if len(p.hash) == 0 {
		return 0, 0
	}
	var hit, covered float64
	for i := range p.hash {
		if matched[i] >= 0 {
			hit++
		}
		if in[i] {
			covered++
		}
	}
	all := float64(len(p.hash))
	return hit / all, covered / all
}

// rule says from which figures on two stories are copies of each other.
type rule struct {
	id         string
	why        string
	apart      reachInTime
	otherHosts bool    // only for stories that are not known to be of one outlet
	words      int     // content words of the shorter text, at least
	span       float64 // of the text that lies in the passages more, at least
	spanOther  float64 // of the other text, at least
	density    float64 // matched words of those in the passages, at least
	names      float64 // agreement, at least
	swapped    float64 // names that stand against another name, of those that stand against any, at most
	numbers    float64 // agreement, at least
	changed    float64 // numbers that stand against another number, of those that stand against any, at most
}

// reachInTime is how far apart the dates of two stories may lie.
type reachInTime int

const (
	days     reachInTime = iota // near days
	inWindow                    // Options.Window
	ever
)

// near is what a copy takes to travel, in days. Of the pairs that were read,
// copies were at most three days apart, while the templates, galleries and
// reused backgrounds that look like them lie weeks apart.
const near = 3

// The rules, the surest first; the first that holds is the one that a verdict
// names. The limits stand between the copies and the look-alikes of judged
// pairs of real wire and outlet stories, and leave room on both sides.
var rules = []rule{
	{id: "verbatim", why: "word for word, wherever and whenever it stands",
		apart: ever, words: 20, span: .95, spanOther: .8, density: .97, names: .9, swapped: .05},
	{id: "revised", why: "a corrected, trimmed or extended text with the same names and figures",
		apart: inWindow, words: 20, span: .92, spanOther: .6, density: .9, names: .85, swapped: .1, changed: .1},
	{id: "cut", why: "all of the shorter text stands in the longer one",
		apart: inWindow, words: 40, span: .97, spanOther: .2, density: .96, names: .9, swapped: .05, changed: .1},
	{id: "edited", why: "the same passages with words changed, in the same days",
		apart: days, words: 20, span: .85, spanOther: .6, density: .85, names: .5, swapped: .15, changed: 1},
	{id: "edited-elsewhere", why: "the same, by another outlet",
		apart: days, otherHosts: true, words: 40, span: .8, spanOther: .6, density: .78, names: .7, swapped: .12, changed: .34},
	{id: "reworded", why: "the same course of words with many changed, in the same days",
		apart: days, words: 20, span: .93, spanOther: .6, density: .78, names: .6, swapped: .2, changed: 1},
	{id: "cut-edited", why: "the shorter text stands in the longer one with few words changed, in the same days",
		apart: days, words: 25, span: .9, spanOther: .4, density: .92, names: .75, swapped: .1, changed: .34},
	{id: "cut-elsewhere", why: "the same, of another outlet's story",
		apart: days, otherHosts: true, words: 25, span: .9, spanOther: .15, density: .88, names: .75, swapped: .13, changed: .34},
	{id: "cut-spliced", why: "paragraphs of one text stand in another outlet's, in the same days",
		apart: days, otherHosts: true, words: 60, span: .82, spanOther: .22, density: .85, names: .75, swapped: .12, changed: .34},
	{id: "cut-verbatim", why: "most of one text stands word for word in another outlet's, in the same days",
		apart: days, otherHosts: true, words: 100, span: .72, spanOther: .3, density: .97, names: .9, swapped: .05, changed: .1},
	{id: "noisy", why: "the same course of words from start to end, many misread or replaced",
		apart: days, words: 100, span: .95, spanOther: .8, density: .55, names: .3, swapped: .35, changed: .5},
	{id: "noisy-long", why: "the same, of a long text, with about half of the words misread or replaced",
		apart: days, words: 180, span: .9, spanOther: .85, density: .42, names: .2, swapped: .4, changed: .35},
	{id: "noisy-cut", why: "all of the shorter text stands in another outlet's longer one, many words replaced",
		apart: days, otherHosts: true, words: 100, span: .93, spanOther: .3, density: .55, names: .7, swapped: .15, changed: .34},
	{id: "syndicated", why: "another outlet's text with cuts and insertions, in the same days",
		apart: days, otherHosts: true, words: 60, span: .72, spanOther: .55, density: .85, names: .66, swapped: .1, changed: .34},
	{id: "syndicated-short", why: "the same of a short text, hardly a word changed",
		apart: days, otherHosts: true, words: 50, span: .66, spanOther: .58, density: .9, names: .75, swapped: .05, changed: .2},
	{id: "respun", why: "another outlet's text in other words, names and figures in the same order",
		apart: days, otherHosts: true, words: 100, span: .6, spanOther: .5, density: .38, names: .72, swapped: .08, numbers: .6, changed: .34},
	{id: "respun-cut", why: "the same, shortened or extended, with hardly a name lost",
		apart: days, otherHosts: true, words: 100, span: .55, spanOther: .45, density: .5, names: .9, swapped: .04, numbers: .6, changed: .34},
	{id: "respun-names", why: "another outlet's text in other words, most of it in the same order",
		apart: days, otherHosts: true, words: 100, span: .75, spanOther: .7, density: .8, names: .65, swapped: .1, numbers: .6, changed: .34},
	{id: "respun-whole", why: "nearly all of the text in other words, names and figures in the same order",
		apart: days, words: 120, span: .87, spanOther: .82, density: .4, names: .72, swapped: .1, numbers: .6, changed: .34},
	{id: "respun-noisy", why: "another outlet's long text in other words, some of its names misread",
		apart: days, otherHosts: true, words: 150, span: .75, spanOther: .7, density: .38, names: .6, swapped: .3, numbers: .6, changed: .34},
}

// Limits of the test for stories of one template.
const (
	templateChanged = .2  // of the numbers that stand against a number, in a clean or short text
	templateClean   = .1  // the same where it is clean and short, and there are templateMany of them: a notice of which the day, the hour and its own number are new
	templateMany    = 3   // numbers
	templateNoisy   = .45 // the same in a long text of which many words were changed, where some numbers went with them
	longText        = 200 // content words
	cleanText       = .9  // density
	leadWords       = 150 // content words of a text that its first name must be shared of
	leadDensity     = .95 // density from which on the first name does not matter
)

// A story that holds another one, and is no copy of it.
const (
	rulePart    = "part"
	partSpan    = .9 // of the part
	partDensity = .9
	partWords   = 20 // content words of the shorter text
)

// ofOneTemplate says whether two texts tell of two events in the same words: two
// or more numbers, and not few of them, are other numbers. One changed number
// is a correction.
func (f *figures) ofOneTemplate() bool {
	return f.numbers.other >= 2 && f.numbers.swapped() >= f.templateLimit()
}

// templateLimit is the share of other numbers from which on two texts are of one
// template.
func (f *figures) templateLimit() float64 {
	switch clean, long := f.density >= cleanText, f.words >= longText; {
	case long && !clean:
		return templateNoisy
	case clean && !long && f.numbers.other >= templateMany:
		return templateClean
	}
	return templateChanged
}

// otherLead says whether two short texts, not quite alike, begin with another
// name each.
func (f *figures) otherLead() bool {
	return f.words < leadWords && f.density < leadDensity && !f.lead
}

// holds says whether the figures reach the rule's limits.
func (r *rule) holds(f *figures, apart reachInTime) bool {
	return apart <= r.apart && f.words >= r.words && !(r.otherHosts && f.oneHost) &&
		f.span >= r.span && f.spanOther >= r.spanOther && f.density >= r.density &&
		f.names.agreement() >= r.names && f.names.swapped() <= r.swapped &&
		f.numbers.agreement() >= r.numbers && f.numbers.swapped() <= r.changed
}

// decide gives the relation seen from a and the rule that decided, or "".
func (c *Checker) decide(f figures, a, b *Doc) (relation, id string) {
	if f.ofOneTemplate() || f.otherLead() {
		return "", ""
	}
	apart := c.apart(a.Date, b.Date)
	for i := range rules {
		if r := &rules[i]; r.holds(&f, apart) {
			return f.relation(r), r.id
		}
	}
	if f.span >= partSpan && f.density >= partDensity && f.words >= partWords {
		if f.spanA > f.spanB {
			return RelationContained, rulePart
		}
		return RelationContains, rulePart
	}
	return "", ""
}

// relation names what a copy is to the other, seen from a.
func (f *figures) relation(r *rule) string {
	switch {
	case f.spanOther >= .7 && f.density < .8:
		return news.RelationRespun
	case f.spanOther >= .7:
		return news.RelationCopy
	case f.spanA > f.spanB:
		return news.RelationCut
	}
	return news.RelationFuller
}

// apart says how far two dates lie apart. A missing date is near to every
// other.
func (c *Checker) apart(a, b string) reachInTime {
	n, ok := daysApart(Day(a), Day(b))
	switch {
	case !ok || n <= near:
		return days
	case time.Duration(n)*24*time.Hour <= c.window:
		return inWindow
	}
	return ever
}
