// Package blockrules cuts single blocks of the story's region, by what they are
// and by what stands around them: captions under pictures, lines of links, small
// print, lines shown twice, headings with nothing under them.
//
// rules.go holds [Table] and applies it; repeats.go finds lines that are shown
// twice.
//
// Start with [Apply].
package blockrules

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/news"
)

// Rule is a reason to cut one block of the region, by what it is and by
// what stands around it.
type Rule struct {
	ID    string
	Why   string
	Match func(j *pass, i int) bool
	// Weak lets the model bring back what the rule has cut.
	Weak bool
}

// pass goes through the blocks that stay. The rules see the page as the rules
// before them have left it.
type pass struct {
	doc         *dom.Doc
	m           *meta.Meta
	all         []dom.Block
	live        []*dom.Block // not cut so far, in reading order
	first, last int          // the first and the last block of running text in live, -1 if there is none
	headline    int          // index in live of the headline, -1 if it is not there
	again       []bool       // of live, see findRepeats; nil: not looked for yet
}

var Table = []Rule{
	{"above-headline", "stands above the headline", (*pass).aboveHeadline, true},
	{"next-story", "another story begins here", (*pass).nextStory, false},
	{"picture-line", "the words at a picture", (*pass).pictureLine, false},
	{"small-print", "set small, as captions and notices are", (*pass).smallPrint, false},
	{"link-line", "a line that leads to another page", (*pass).linkLine, false},
	{"correction", "a note on the text, not the text", (*pass).correction, false},
	{"time-stamp", "a time of day and hardly more", (*pass).timeStamp, false},
	{"repeat", "a line of the story shown twice", (*pass).repeats, false},
	{"head-line", "a line before the text begins that is no sentence", (*pass).headLine, true},
	{"tail-line", "a line after the text has ended that is no sentence", (*pass).tailLine, true},
	{"lone-heading", "a heading with nothing under it", (*pass).loneHeading, true},
}

// Apply applies the block rules to what is left of the region.
func Apply(rules []Rule, doc *dom.Doc, blocks []dom.Block, m *meta.Meta) {
	j := &pass{doc: doc, m: m, all: blocks}
	for r := range rules {
		rule := &rules[r]
		j.refresh()
		for i, b := range j.live {
			if rule.Match(j, i) {
				b.Rule, b.Why, b.Weak = rule.ID, rule.Why, rule.Weak
			}
		}
	}
}

// refresh looks at what is left.
func (j *pass) refresh() {
	j.live, j.first, j.last, j.headline, j.again = j.live[:0], -1, -1, -1, nil
	for i := range j.all {
		b := &j.all[i]
		if b.Rule != "" {
			continue
		}
		k := len(j.live)
		j.live = append(j.live, b)
		if b.IsRunningText() {
			j.last = k
			if j.first < 0 {
				j.first = k
			}
		}
		if j.headline < 0 && b.In&dom.InTitle != 0 {
			j.headline = k
		}
	}
}

// aboveHeadline matches what stands in the region before its headline, unless
// running text does.
func (j *pass) aboveHeadline(i int) bool {
	return i < j.headline && j.first > j.headline
}

// nextStory matches everything from a second headline on, where that begins a
// part of the page that is built like the part of the first.
func (j *pass) nextStory(i int) bool {
	if j.first < 0 || i <= j.first {
		return false
	}
	b := j.live[i]
	if prev := j.live[i-1]; prev.Rule == "next-story" {
		return true
	}
	if b.In&dom.InTitle == 0 || j.m.IsTitle(b.Text) {
		return false
	}
	first, ok := j.doc.TwinAncestor(j.live[j.first].Elem, b.Elem)
	return ok && j.headed(first)
}

// headed says whether the headline of the page stands in an element.
func (j *pass) headed(elem int32) bool {
	for i := range j.all {
		b := &j.all[i]
		if b.Elem > elem && b.Elem < j.doc.Elements[elem].End && b.In&dom.InTitle != 0 && j.m.IsTitle(b.Text) {
			return true
		}
	}
	return false
}

// pictureLine matches a short line right after a picture that is no sentence.
func (j *pass) pictureLine(i int) bool {
	b := j.live[i]
	return b.AfterImage && b.Kind == news.Paragraph && b.Letters < 160 && !letters.EndsClause(b.Text) && b.In&dom.InBold == 0
}

func (j *pass) smallPrint(i int) bool {
	b := j.live[i]
	return b.In&dom.InSmall != 0 && b.Kind == news.Paragraph && b.Letters < elemrules.LongCaption
}

// linkLine matches a line that is all link: a paragraph of headline length, an
// item in a list of such, or a heading with no text of its own under it.
func (j *pass) linkLine(i int) bool {
	b := j.live[i]
	if b.LinkShare() < 0.8 || b.Letters >= 200 {
		return false
	}
	switch b.Kind {
	case news.Paragraph, news.Quote:
		return true
	case news.ListItem:
		return b.Letters >= 20 || i > j.last || i < j.first
	case news.Heading:
		return !j.heads(i)
	}
	return false
}

// heads says whether text of its own stands under a heading: among the next few
// lines, lines of links apart.
func (j *pass) heads(i int) bool {
	for k := i + 1; k < len(j.live) && k <= i+3; k++ {
		if j.live[k].IsRunningText() {
			return true
		}
		if j.live[k].LinkShare() >= 0.8 {
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
func (j *pass) correction(i int) bool {
	b := j.live[i]
	if b.Kind != news.Paragraph || b.In&(dom.InItalic|dom.InBold|dom.InSmall) == 0 || i < j.first {
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
func (j *pass) timeStamp(i int) bool {
	b := j.live[i]
	return b.Kind == news.Paragraph && b.Letters <= 30 && !letters.EndsClause(b.Text) && len(strings.Fields(b.Text)) <= 5 && letters.HasClock(b.Text)
}

// headLine matches short lines before the first running text.
func (j *pass) headLine(i int) bool {
	b := j.live[i]
	return i < j.first && b.Kind == news.Paragraph && b.Letters < 60 && !letters.EndsClause(b.Text)
}

// tailLine matches short lines after the last running text.
func (j *pass) tailLine(i int) bool {
	b := j.live[i]
	if j.last < 0 || i <= j.last {
		return false
	}
	switch b.Kind {
	case news.Paragraph:
		return b.Letters < 60 && !letters.EndsClause(b.Text)
	case news.ListItem:
		return b.LinkShare() > 0.5
	}
	return false
}

// loneHeading matches a heading whose text was cut away, or that ends the page.
func (j *pass) loneHeading(i int) bool {
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
			return k+1 < len(j.all) && j.all[k+1].Rule != ""
		}
	}
	return false
}

// level is 1 for h1 to 6 for h6.
func (j *pass) level(b *dom.Block) int {
	for e := b.Elem; e >= 0; e = j.doc.Elements[e].Parent {
		switch j.doc.Elements[e].Node.DataAtom {
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
