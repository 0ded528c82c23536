package clean

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/news"
)

// blockRule is a reason to cut one block of the region, by what it is and by
// what stands around it.
type blockRule struct {
	ID    string
	Why   string
	Match func(j *judge, i int) bool
	// Weak lets the model bring back what the rule has cut.
	Weak bool
}

// judge goes through the blocks that stay. The rules see the page as the rules
// before them have left it.
type judge struct {
	o           *outline
	m           *meta
	all         []block
	live        []*block // not cut so far, in reading order
	first, last int      // the first and the last block of running text in live, -1 if there is none
	headline    int      // index in live of the headline, -1 if it is not there
	again       []bool   // of live, see findRepeats; nil: not looked for yet
}

var blockRules = []blockRule{
	{"above-headline", "stands above the headline", (*judge).aboveHeadline, true},
	{"next-story", "another story begins here", (*judge).nextStory, false},
	{"picture-line", "the words at a picture", (*judge).pictureLine, false},
	{"small-print", "set small, as captions and notices are", (*judge).smallPrint, false},
	{"link-line", "a line that leads to another page", (*judge).linkLine, false},
	{"correction", "a note on the text, not the text", (*judge).correction, false},
	{"time-stamp", "a time of day and hardly more", (*judge).timeStamp, false},
	{"repeat", "a line of the story shown twice", (*judge).repeats, false},
	{"head-line", "a line before the text begins that is no sentence", (*judge).headLine, true},
	{"tail-line", "a line after the text has ended that is no sentence", (*judge).tailLine, true},
	{"lone-heading", "a heading with nothing under it", (*judge).loneHeading, true},
}

// judgeBlocks applies the block rules to what is left of the region.
func (x *Extractor) judgeBlocks(o *outline, blocks []block, m *meta) {
	j := &judge{o: o, m: m, all: blocks}
	for r := range x.blockRules {
		rule := &x.blockRules[r]
		j.refresh()
		for i, b := range j.live {
			if rule.Match(j, i) {
				b.rule, b.why, b.weak = rule.ID, rule.Why, rule.Weak
			}
		}
	}
}

// refresh looks at what is left.
func (j *judge) refresh() {
	j.live, j.first, j.last, j.headline, j.again = j.live[:0], -1, -1, -1, nil
	for i := range j.all {
		b := &j.all[i]
		if b.rule != "" {
			continue
		}
		k := len(j.live)
		j.live = append(j.live, b)
		if runs(b) {
			j.last = k
			if j.first < 0 {
				j.first = k
			}
		}
		if j.headline < 0 && b.in&inTitle != 0 {
			j.headline = k
		}
	}
}

// runs says whether a block is running text: long, a sentence, no link.
func runs(b *block) bool {
	return b.letters >= 80 && b.linkShare() < 0.3 && endsSentence(b.Text) || b.letters >= 200 && b.linkShare() < 0.3
}

// aboveHeadline matches what stands in the region before its headline, unless
// running text does.
func (j *judge) aboveHeadline(i int) bool {
	return i < j.headline && j.first > j.headline
}

// nextStory matches everything from a second headline on, where that begins a
// part of the page that is built like the part of the first.
func (j *judge) nextStory(i int) bool {
	if j.first < 0 || i <= j.first {
		return false
	}
	b := j.live[i]
	if prev := j.live[i-1]; prev.rule == "next-story" {
		return true
	}
	if b.in&inTitle == 0 || isTitle(b.Text, j.m) {
		return false
	}
	first, ok := j.o.twin(j.live[j.first].elem, b.elem)
	return ok && j.headed(first)
}

// headed says whether the headline of the page stands in an element.
func (j *judge) headed(elem int32) bool {
	for i := range j.all {
		b := &j.all[i]
		if b.elem > elem && b.elem < j.o.elems[elem].end && b.in&inTitle != 0 && isTitle(b.Text, j.m) {
			return true
		}
	}
	return false
}

// twin says whether two places of the page are in two elements next to each
// other that are built alike, as the stories of an endless page are, and gives
// the one that holds the first.
func (o *outline) twin(a, b int32) (first int32, ok bool) {
	for b > 0 && !(o.elems[o.elems[b].parent].node == nil) {
		p := o.elems[b].parent
		if a > p && a < o.elems[p].end {
			break
		}
		b = p
	}
	p := o.elems[b].parent
	for a > 0 && o.elems[a].parent != p {
		a = o.elems[a].parent
	}
	if a <= 0 || b <= 0 || a == b {
		return 0, false
	}
	e := &o.elems[a]
	if e.node.DataAtom != atom.Article && attr(e.node, "class") == "" {
		return 0, false
	}
	return a, signature(e) == signature(&o.elems[b])
}

// signature is an element's name with the first of its class names; a number
// that counts the elements ("part-3") is left away.
func signature(e *element) string {
	class, _, _ := strings.Cut(strings.TrimSpace(attr(e.node, "class")), " ")
	if bare := strings.TrimRight(class, "0123456789"); strings.HasSuffix(bare, "-") || strings.HasSuffix(bare, "_") {
		class = bare
	}
	return e.node.Data + "." + class
}

// pictureLine matches a short line right after a picture that is no sentence.
func (j *judge) pictureLine(i int) bool {
	b := j.live[i]
	return b.afterImage && b.Kind == news.Paragraph && b.letters < 160 && !endsSentence(b.Text) && b.in&inBold == 0
}

func (j *judge) smallPrint(i int) bool {
	b := j.live[i]
	return b.in&inSmall != 0 && b.Kind == news.Paragraph && b.letters < longCaption
}

// linkLine matches a line that is all link: a paragraph of headline length, an
// item in a list of such, or a heading with no text of its own under it.
func (j *judge) linkLine(i int) bool {
	b := j.live[i]
	if b.linkShare() < 0.8 || b.letters >= 200 {
		return false
	}
	switch b.Kind {
	case news.Paragraph, news.Quote:
		return true
	case news.ListItem:
		return b.letters >= 20 || i > j.last || i < j.first
	case news.Heading:
		return !j.heads(i)
	}
	return false
}

// heads says whether text of its own stands under a heading: among the next few
// lines, lines of links apart.
func (j *judge) heads(i int) bool {
	for k := i + 1; k < len(j.live) && k <= i+3; k++ {
		if runs(j.live[k]) {
			return true
		}
		if j.live[k].linkShare() >= 0.8 {
			return false
		}
	}
	return false
}

// correctionWords begin a note of the newsroom on what it changed.
var correctionWords = []string{
	"correction", "clarification", "editor's note", "editor’s note", "this article was amended", "this story has been updated",
	"исправление", "поправка", "уточнение", "виправлення", "уточнення", "korrektur", "anmerkung der redaktion", "rectificatif",
	"note de la rédaction", "corrección", "fe de errores", "sprostowanie", "korekta", "correzione", "تصحيح", "更正", "编者注",
}

// correction matches a note set apart in italics or bold.
func (j *judge) correction(i int) bool {
	b := j.live[i]
	if b.Kind != news.Paragraph || b.in&(inItalic|inBold|inSmall) == 0 || i < j.first {
		return false
	}
	text := strings.ToLower(b.Text)
	for _, w := range correctionWords {
		if strings.HasPrefix(text, w) {
			return true
		}
	}
	return false
}

// timeStamp matches a line such as "14.52 BST" or "Updated at 15:03".
func (j *judge) timeStamp(i int) bool {
	b := j.live[i]
	return b.Kind == news.Paragraph && b.letters <= 30 && !endsSentence(b.Text) && len(strings.Fields(b.Text)) <= 5 && hasClock(b.Text)
}

// hasClock says whether a text has a time of day in it, 9.54 or 15:03.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && digit(s[i-1]) && '0' <= s[i+1] && s[i+1] <= '5' && digit(s[i+2]) && (i+3 == len(s) || !digit(s[i+3]) && s[i+3] != '.') {
			h, from := 0, i
			for from > 0 && digit(s[from-1]) {
				from--
			}
			for _, c := range s[from:i] {
				h = min(h*10+int(c-'0'), 99)
			}
			if i-from <= 2 && h < 24 {
				return true
			}
		}
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// headLine matches short lines before the first running text.
func (j *judge) headLine(i int) bool {
	b := j.live[i]
	return i < j.first && b.Kind == news.Paragraph && b.letters < 60 && !endsSentence(b.Text)
}

// tailLine matches short lines after the last running text.
func (j *judge) tailLine(i int) bool {
	b := j.live[i]
	if j.last < 0 || i <= j.last {
		return false
	}
	switch b.Kind {
	case news.Paragraph:
		return b.letters < 60 && !endsSentence(b.Text)
	case news.ListItem:
		return b.linkShare() > 0.5
	}
	return false
}

// loneHeading matches a heading whose text was cut away, or that ends the page.
func (j *judge) loneHeading(i int) bool {
	b := j.live[i]
	if b.Kind != news.Heading {
		return false
	}
	if i+1 == len(j.live) {
		return i > j.last
	}
	next := j.live[i+1]
	if next.Kind != news.Heading || j.level(next) > j.level(b) {
		return false
	}
	// Another heading follows: was there something between them?
	for k := range j.all {
		if &j.all[k] == b {
			return k+1 < len(j.all) && j.all[k+1].rule != ""
		}
	}
	return false
}

// level is 1 for h1 to 6 for h6.
func (j *judge) level(b *block) int {
	for e := b.elem; e >= 0; e = j.o.elems[e].parent {
		switch j.o.elems[e].node.DataAtom {
		case atom.H1:
			return 1
		case atom.H2:
			return 2
		case atom.H3:
			return 3
		case atom.H4:
			return 4
		case atom.H5:
			return 5
		case atom.H6:
			return 6
		}
	}
	return 7
}
