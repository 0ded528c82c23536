package linerules

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Context is what is known about a story when its lines are judged.
type Context struct {
	Title     string
	Titles    []string // other spellings of the title
	Authors   []string
	Language  string // ISO 639-1; "" when not known
	PlainText bool   // scraped text, without markup
}

// Line is one line of a text, or one block of a page.
type Line struct {
	news.Block
	Group       int    // lines without a blank line between them have the same number
	ModelReason string // why the model rejects the line as no part of the story; "" when it does not
}

// Rule is one reason to cut a line.
type Rule struct {
	ID  string
	Why string // for people: what the line is or does
	// Section keeps the rule to lines with a label of this section; "" for all
	// lines.
	Section wordlists.Section
	// MaxWords is the length of line above which the rule does not apply, since a
	// sentence of the story may begin with any word; 0 for no bound.
	MaxWords int
	// Edge keeps the rule to lines before the first paragraph of the story and
	// after the last.
	Edge bool
	// Tail keeps the rule to lines after the last paragraph.
	Tail bool

	matches matcher // reports whether the line goes; nil: it does
	extend  func(p *pass, i int, h labels.Hit)
}

// matcher reports whether a rule cuts line i. h is the first label of the rule's
// section on it.
type matcher func(p *pass, i int, h labels.Hit) bool

// line is a line with what the rules ask about it.
type line struct {
	news.Block
	letters.Line
	group       int
	modelReason string
	hits        []labels.Hit   // labels on it
	reports     answer         // whether it reports speech
	rule        *Rule          // what cut it; nil while it is left
	inner       []news.Removal // what was cut within it
}

// answer is that to a question which is costly, and asked once.
type answer uint8

const (
	notAsked answer = iota
	no
	yes
)

// Lengths of lines, in words.
const (
	maxLabelled      = 90 // in longer lines no label counts
	minSentence      = 12 // of a sentence that is a paragraph
	minOpenParagraph = 40 // of a paragraph that does not end like a sentence
	minHeadline      = 2
	maxHeadline      = 25
	maxFullHeadline  = 14 // of a headline that is a full sentence
)

// isParagraph reports whether a line reads like a paragraph of a story: long
// enough, and ending as sentences do.
func (l *line) isParagraph() bool {
	return l.Kind != news.TableRow && (l.Words >= minSentence && l.EndsSentence || l.Words >= minOpenParagraph)
}

// isHeadline reports whether a line reads like the headline of another story.
func (l *line) isHeadline() bool {
	if l.Words < minHeadline || l.Words > maxHeadline {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(l.Plain)
	return !l.EndsSentence || strings.ContainsRune("?!", last) || l.Words <= maxFullHeadline
}

// isChrome reports whether a line is no paragraph of the story, however long it
// is: it has a label of what is at the ends of pages, or the model rejects it.
func (l *line) isChrome() bool {
	if l.modelReason != "" {
		return true
	}
	for _, h := range l.hits {
		switch h.Section {
		case wordlists.Rights, wordlists.Consent:
			return true
		case wordlists.Closing, wordlists.Comments, wordlists.Newsletter, wordlists.Bio, wordlists.Share:
			if h.Form != wordlists.Anywhere {
				return true
			}
		}
	}
	return false
}

// hit returns the first label of a section on the line.
func (l *line) hit(section wordlists.Section) (labels.Hit, bool) {
	for _, h := range l.hits {
		if h.Section == section {
			return h, true
		}
	}
	return labels.Hit{}, false
}

// pass goes over the lines of one story.
type pass struct {
	lines       []line
	c           Context
	labels      *labels.Table
	words       *wordlists.Lists
	names       []string       // folded names of authors, from metadata and bylines
	script      letters.Script // of the paragraphs
	first, last int            // the first and last paragraph that is left; len(lines) and -1 when there is none
}

func newPass(lines []Line, c Context) *pass {
	p := &pass{lines: make([]line, len(lines)), c: c, labels: labels.All(), words: wordlists.All()}
	for i := range lines {
		l := &p.lines[i]
		l.Block, l.group, l.modelReason = lines[i].Block, lines[i].Group, lines[i].ModelReason
		l.Line = letters.NewLine(l.Text)
		if l.Words <= maxLabelled {
			l.hits = p.labels.Find(&l.Line)
		}
	}
	for _, name := range c.Authors {
		p.addName(name)
	}
	return p
}

// addName adds a name of an author. A single word may be any word of the story.
func (p *pass) addName(name string) {
	if key := letters.Fold(name); strings.Contains(key, " ") {
		p.names = append(p.names, key)
	}
}

// apply applies one rule to the lines that are left.
func (p *pass) apply(r *Rule) {
	for i := range p.lines {
		l := &p.lines[i]
		if l.rule != nil || r.MaxWords > 0 && l.Words > r.MaxWords || l.Kind == news.Code {
			continue
		}
		if r.Edge && i > p.first && i < p.last || r.Tail && i < p.last {
			continue
		}
		var h labels.Hit
		if r.Section != "" {
			var ok bool
			if h, ok = l.hit(r.Section); !ok {
				continue
			}
		}
		if r.matches != nil && !r.matches(p, i, h) {
			continue
		}
		l.rule = r
		if r.extend != nil {
			r.extend(p, i, h)
		}
	}
}

// cut cuts line i by a rule, unless another has cut it or there is no such line.
func (p *pass) cut(i int, r *Rule) {
	if i >= 0 && i < len(p.lines) && p.lines[i].rule == nil {
		p.lines[i].rule = r
	}
}

// findEdges finds the first and the last paragraph of what is left, chrome not
// counted.
func (p *pass) findEdges() {
	p.first, p.last = len(p.lines), -1
	for i := range p.lines {
		l := &p.lines[i]
		if l.rule != nil || !l.isParagraph() || l.isChrome() {
			continue
		}
		p.first = min(p.first, i)
		p.last = i
	}
}

// findScript finds the script of the paragraphs.
func (p *pass) findScript() {
	var story letters.ScriptCounts
	for i := range p.lines {
		if p.lines[i].isParagraph() && !p.lines[i].isChrome() {
			for s, n := range letters.CountScripts(p.lines[i].Text) {
				story[s] += n
			}
		}
	}
	p.script = story.Main()
}

// next returns the first line after i that is left, or len(lines).
func (p *pass) next(i int) int {
	for i++; i < len(p.lines) && p.lines[i].rule != nil; i++ {
	}
	return i
}

// previous returns the last line before i that is left, or -1.
func (p *pass) previous(i int) int {
	for i--; i >= 0 && p.lines[i].rule != nil; i-- {
	}
	return i
}

// wordsBetween returns the number of words that are left in the lines from up to
// to, to excluded.
func (p *pass) wordsBetween(from, to int) int {
	n := 0
	for i := max(from, 0); i < min(to, len(p.lines)); i++ {
		if p.lines[i].rule == nil {
			n += p.lines[i].Words
		}
	}
	return n
}

// reports reports whether a line reports speech, as stories do and chrome does
// not.
func (p *pass) reports(i int) bool {
	l := &p.lines[i]
	if l.reports == notAsked {
		l.reports = no
		if p.words.Mentions(wordlists.Reporting, l.Fold) {
			l.reports = yes
		}
	}
	return l.reports == yes
}
