// Package blockrules cuts single blocks in the region of the story, by what they
// are and by what is around them: captions under pictures, lines of links, small
// print, lines shown twice, headings with nothing under them.
//
// rules.go has the rules, in [Table], and applies them; repeats.go finds the
// lines that are shown twice.
//
// Start with [Apply].
package blockrules

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Rule is one reason to cut a block of the region.
type Rule struct {
	ID    string
	Why   string
	Match func(p *page, i int) bool // i is an index into page.kept
	Weak  bool                      // it goes by position alone: the model may restore what it cuts
}

// Table has the rules in the order in which they are applied.
var Table = []Rule{
	{"above-headline", "above the headline", (*page).aboveHeadline, true},
	{"next-story", "part of another story on the page", (*page).nextStory, false},
	{"picture-line", "a caption: a short line under a picture", (*page).pictureLine, false},
	{"small-print", "in small type, as captions and notices are", (*page).smallPrint, false},
	{"link-line", "a line that is a link to another page", (*page).linkLine, false},
	{"correction", "a note about the text", (*page).correction, false},
	{"time-stamp", "a time of day and little else", (*page).timeStamp, false},
	{"repeat", "a line of the story that is shown twice", (*page).repeated, false},
	{"head-line", "a short line before the text, and no sentence", (*page).headLine, true},
	{"tail-line", "a short line after the text, and no sentence", (*page).tailLine, true},
	{"lone-heading", "a heading with nothing under it", (*page).loneHeading, true},
}

// Apply marks the blocks of the region that the rules cut.
func Apply(rules []Rule, doc *dom.Doc, blocks []dom.Block, m *meta.Meta) {
	p := &page{doc: doc, m: m, all: blocks}
	for r := range rules {
		rule := &rules[r]
		p.refresh()
		for i, b := range p.kept {
			if !b.Sure && rule.Match(p, i) {
				b.Rule, b.Why, b.Weak = rule.ID, rule.Why, rule.Weak
			}
		}
	}
}

// page is the page as the rules before the one at work have left it.
type page struct {
	doc  *dom.Doc
	m    *meta.Meta
	all  []dom.Block
	kept []*dom.Block // of all, those that nothing has cut before this rule

	firstText, lastText int    // indexes into kept: the first and the last running text, -1 for none
	headline            int    // index into kept, -1 for none
	repeats             []bool // by index into kept; nil until asked for, see findRepeats
}

func (p *page) refresh() {
	p.kept, p.firstText, p.lastText, p.headline, p.repeats = p.kept[:0], -1, -1, -1, nil
	for i := range p.all {
		b := &p.all[i]
		if b.Rule != "" {
			continue
		}
		k := len(p.kept)
		p.kept = append(p.kept, b)
		if b.IsRunningText() {
			p.lastText = k
			if p.firstText < 0 {
				p.firstText = k
			}
		}
		if p.headline < 0 && b.In&dom.InTitle != 0 {
			p.headline = k
		}
	}
}

// aboveHeadline matches what is above the headline, unless running text is.
func (p *page) aboveHeadline(i int) bool {
	return i < p.headline && p.firstText > p.headline
}

// nextStory matches everything from a second headline on, when that begins a part
// of the page that is a twin of the one with the first headline.
func (p *page) nextStory(i int) bool {
	if p.firstText < 0 || i <= p.firstText {
		return false
	}
	b := p.kept[i]
	if prev := p.kept[i-1]; prev.Rule == "next-story" {
		return true
	}
	if b.In&dom.InTitle == 0 || p.m.IsTitle(b.Text) {
		return false
	}
	twin, ok := p.doc.TwinAncestor(p.kept[p.firstText].Elem, b.Elem)
	return ok && p.hasHeadline(twin, b)
}

// hasHeadline reports whether the headline of the page is in an element, and is
// built as block b is: chapters that are called by headlines are built otherwise.
func (p *page) hasHeadline(elem int32, b *dom.Block) bool {
	for i := range p.all {
		h := &p.all[i]
		if h.Elem > elem && h.Elem < p.doc.Elements[elem].End && h.In&dom.InTitle != 0 && p.m.IsTitle(h.Text) {
			return dom.Attr(p.doc.Elements[h.Elem].Node, "class") == dom.Attr(p.doc.Elements[b.Elem].Node, "class")
		}
	}
	return false
}

// captionLine is the length, in letters, from which a line under a picture is
// text.
const captionLine = 160

// pictureLine matches a short line right after a picture that is no sentence.
func (p *page) pictureLine(i int) bool {
	b := p.kept[i]
	return b.AfterImage && b.Kind == news.Paragraph && b.Letters < captionLine && !letters.EndsClause(b.Text) && b.In&dom.InBold == 0
}

// smallPrint matches a paragraph in small type that is no longer than a caption.
func (p *page) smallPrint(i int) bool {
	b := p.kept[i]
	return b.In&dom.InSmall != 0 && b.Kind == news.Paragraph && b.Letters < elemrules.LongCaption
}

// repeated matches a quote or a short line that is also in a longer block.
func (p *page) repeated(i int) bool {
	if p.repeats == nil {
		p.repeats = findRepeats(p.kept)
	}
	return p.repeats[i]
}

const (
	linkLineShare = 0.8 // share of letters in links from which a line is a link
	maxLinkLine   = 200 // letters; from this length on it is more than a headline
	headlineItem  = 20  // letters from which a list item is a headline, also in the middle of the text
	headingReach  = 3   // blocks after a heading in which its text must begin
)

// linkLine matches a line that is a link: a paragraph, an item in a list of
// headlines, or a heading with no text under it.
func (p *page) linkLine(i int) bool {
	b := p.kept[i]
	if b.LinkShare() < linkLineShare || b.Letters >= maxLinkLine {
		return false
	}
	if p.linkedSentence(i) || p.announced(i) {
		b.Sure = true
		return false
	}
	switch b.Kind {
	case news.Paragraph, news.Quote:
		return true
	case news.ListItem:
		return b.Letters >= headlineItem || i > p.lastText || i < p.firstText
	case news.Heading:
		return !p.hasText(i)
	}
	return false
}

// Bounds of linked text that belongs to the story.
const (
	minLinkedSentence = 40 // letters of a sentence that is one link
	minCaselessLink   = 7  // words of one in a script without capitals, which needs fewer letters
	minAnnouncement   = 30 // letters of the paragraph before a list that it announces
	maxAnnounced      = 30 // items of such a list
)

// chromeSections are the labels of linked lines that are no part of the story.
var chromeSections = []wordlists.Section{
	wordlists.Ad, wordlists.Sponsored, wordlists.Related, wordlists.Watch, wordlists.Newsletter, wordlists.Share, wordlists.Support,
	wordlists.Login, wordlists.Comments, wordlists.Rights, wordlists.Closing, wordlists.Tags, wordlists.Bio,
}

// linkedSentence reports whether a paragraph that is a link is a sentence of the
// story: it ends like one, no picture or heading is before it, and it is built as a
// paragraph of running text beside it is.
func (p *page) linkedSentence(i int) bool {
	b := p.kept[i]
	if b.Kind != news.Paragraph && b.Kind != news.Quote || !longEnough(b) || b.AfterImage || i <= p.firstText && b.Kind != news.Quote || !letters.EndsStatement(b.Text) {
		return false
	}
	if labels.All().Begins(b.Text, chromeSections...) {
		return false
	}
	for _, k := range [2]int{i - 1, i + 1} {
		if k >= 0 && k < len(p.kept) && p.kept[k].IsRunningText() && p.besides(b, p.kept[k]) {
			return true
		}
	}
	return false
}

// longEnough reports whether a linked line can be a sentence and no label.
func longEnough(b *dom.Block) bool {
	return b.Letters >= minLinkedSentence || letters.StartsCaseless(strings.TrimLeft(b.Text, " \"“«「『")) && letters.CountWords(b.Text) >= minCaselessLink
}

// besides reports whether two blocks are in elements of one kind, in one parent or
// in parents that are alike.
func (p *page) besides(a, b *dom.Block) bool {
	x, y := &p.doc.Elements[a.Elem], &p.doc.Elements[b.Elem]
	return x.Parent == y.Parent || p.doc.PairHash(a.Elem) == p.doc.PairHash(b.Elem)
}

// announced reports whether a linked item is in a list that the paragraph before it
// announces with a colon, as lists of documents are.
func (p *page) announced(i int) bool {
	if p.kept[i].Kind != news.ListItem || i < p.firstText {
		return false
	}
	parent := p.doc.Elements[p.kept[i].Elem].Parent
	k := i
	for k > 0 && i-k < maxAnnounced && p.kept[k].Kind == news.ListItem && p.doc.Elements[p.kept[k].Elem].Parent == parent {
		k--
	}
	b := p.kept[k]
	return b.Kind == news.Paragraph && b.Letters >= minAnnouncement && elemrules.Announces(b.Text)
}

// hasText reports whether running text is under a heading, before any link.
func (p *page) hasText(heading int) bool {
	for k := heading + 1; k < len(p.kept) && k <= heading+headingReach; k++ {
		if p.kept[k].IsRunningText() {
			return true
		}
		if p.kept[k].LinkShare() >= linkLineShare {
			return false
		}
	}
	return false
}

// correctionWords begin a note of the newsroom about what it changed.
var correctionWords = []string{
	"correction", "clarification", "editor's note", "editor’s note", "this article was amended", "this story has been updated",
	"исправление", "поправка", "уточнение", "виправлення", "уточнення", "korrektur", "anmerkung der redaktion", "rectificatif",
	"note de la rédaction", "corrección", "fe de errores", "sprostowanie", "korekta", "correzione", "تصحيح", "更正", "编者注",
}

// correction matches a note in italics, in bold or in small type after the text
// has begun.
func (p *page) correction(i int) bool {
	b := p.kept[i]
	if b.Kind != news.Paragraph || b.In&(dom.InItalic|dom.InBold|dom.InSmall) == 0 || i < p.firstText {
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

// A line with a time of day that is longer than this says more than that.
const (
	stampLetters = 30
	stampWords   = 5
)

// timeStamp matches a line such as "14.52 BST" or "Updated at 15:03".
func (p *page) timeStamp(i int) bool {
	b := p.kept[i]
	return b.Kind == news.Paragraph && b.Letters <= stampLetters && !letters.EndsClause(b.Text) && len(strings.Fields(b.Text)) <= stampWords && letters.HasClock(b.Text)
}

// edgeLine is the length, in letters, from which a line before or after the
// running text belongs to it.
const edgeLine = 60

// headLine matches short lines before the first running text.
func (p *page) headLine(i int) bool {
	b := p.kept[i]
	return i < p.firstText && b.Kind == news.Paragraph && b.Letters < edgeLine && !letters.EndsClause(b.Text)
}

// tailLine matches short lines after the last running text, and list items there
// that are mostly link.
func (p *page) tailLine(i int) bool {
	b := p.kept[i]
	if p.lastText < 0 || i <= p.lastText {
		return false
	}
	switch b.Kind {
	case news.Paragraph:
		return b.Letters < edgeLine && (!letters.EndsClause(b.Text) || strings.HasSuffix(b.Text, ":") && i+1 == len(p.kept))
	case news.ListItem:
		return b.LinkShare() > 0.5
	}
	return false
}

// loneHeading matches a heading whose text was cut, or that ends the page.
func (p *page) loneHeading(i int) bool {
	b := p.kept[i]
	if b.Kind != news.Heading {
		return false
	}
	if i+1 == len(p.kept) {
		return i > p.lastText
	}
	next := p.kept[i+1]
	if next.Kind != news.Heading || p.level(next) > p.level(b) {
		return false
	}
	// Another heading follows: was there something between them?
	for k := range p.all {
		if &p.all[k] == b {
			return k+1 < len(p.all) && p.all[k+1].Rule != ""
		}
	}
	return false
}

// level returns 1 for a block in h1 to 6 for one in h6, 7 outside headings.
func (p *page) level(b *dom.Block) int {
	for e := b.Elem; e >= 0; e = p.doc.Elements[e].Parent {
		switch p.doc.Elements[e].Node.DataAtom {
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
