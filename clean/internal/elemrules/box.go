package elemrules

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Lengths, in letters, of boxes that say on their first line what they are. What
// is longer holds more than its label is about.
const (
	longBoxLabel = 60   // of the line; of longer lines no more is read
	longPaidBox  = 400  // of a paid box with its label
	longLetter   = 400  // of a box for a newsletter
	longLinkBox  = 2000 // of a box of headlines
	longInset    = 200  // of a table set into the text
)

// minLabelled is the length, in letters, of the shortest box with a label.
const minLabelled = 6

// Lengths of labels, in words.
const (
	maxLabelWords   = 8 // of any label
	maxRelatedWords = 6 // of one that a name or headline follows
)

// maxBoxSteps bounds the tokens and the elements that are read of a box: one
// with a few hundred letters needs no more, and pages may nest boxes deep.
const maxBoxSteps = 2000

// maxBoxLine is the length of a first line, in bytes, at which reading stops:
// a line may have many signs and few letters.
const maxBoxLine = 4096

// isPaidBox reports whether an element is an advertisement whose first line says
// so.
func isPaidBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if !isLabelled(e, longPaidBox) {
		return false
	}
	section, rest := m.boxLabel(i)
	if section != "" && m.holdsTitle(i) {
		return false // the label is of what stands above the story
	}
	return (section == "ad" || section == "sponsored") && sells(rest)
}

// holdsTitle reports whether an h1 element is in an element.
func (m *matcher) holdsTitle(i int32) bool {
	doc := m.doc
	for k := i; k < min(doc.Elements[i].End, i+maxBoxSteps); k++ {
		if doc.Elements[k].Node.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// isInsetTable reports whether an element is a box as old pages set it into their
// text: a table with a border, one cell, and a line or two.
func isInsetTable(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Node.DataAtom != atom.Table || e.Letters == 0 || e.Letters > longInset {
		return false
	}
	if border := dom.Attr(e.Node, "border"); border == "" || border == "0" {
		return false
	}
	cells := 0
	for k := i + 1; k < min(e.End, i+maxBoxSteps); k++ {
		if a := doc.Elements[k].Node.DataAtom; a == atom.Td || a == atom.Th {
			cells++
		}
	}
	return cells == 1 && !m.holdsTitle(i)
}

// isLetterBox reports whether an element is a newsletter sign-up whose first line
// says so.
func isLetterBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if !isLabelled(e, longLetter) {
		return false
	}
	section, rest := m.boxLabel(i)
	return section == "newsletter" && sells(rest)
}

// isHeadlineBox reports whether an element is a box of links whose first line says
// so.
func isHeadlineBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.LinkLetters*2 < e.Letters || !isLabelled(e, longLinkBox) {
		return false
	}
	section, rest := m.boxLabel(i)
	return section == "related" && rest != ""
}

// isLabelled reports whether an element may be a box with a label.
func isLabelled(e *dom.Element, longest int32) bool {
	if e.Letters < minLabelled || e.Letters > longest {
		return false
	}
	switch e.Node.DataAtom {
	case atom.Blockquote, atom.P, atom.Ul, atom.Li, atom.Span, atom.Font:
	default:
		if !isBox(e.Node) {
			return false
		}
	}
	return e.In&dom.InHeading == 0
}

// sells reports whether the text after a label neither quotes nor says what
// somebody said: a paragraph of the story may share an element with the slot of
// an advertisement.
func sells(rest string) bool {
	return rest != "" && !letters.HasQuotation(letters.FoldSigns(rest)) && !labels.All().Words.Mentions(wordlists.Reporting, letters.Fold(rest))
}

// boxLabel reads the first line of an element. It returns the section of the
// label that the line is, and the text after it; both are "" for other lines.
func (m *matcher) boxLabel(i int32) (section, rest string) {
	if m.box.next != i+1 { // several rules in a row look at one element
		m.box.next = i + 1
		m.box.section, m.box.rest = m.readBoxLabel(i)
	}
	return m.box.section, m.box.rest
}

func (m *matcher) readBoxLabel(i int32) (section, rest string) {
	doc := m.doc
	e := &doc.Elements[i]
	line, next := m.firstLine(e.Tokens.From, e.Tokens.To)
	section = m.lineLabel(line)
	if section == "" && e.LinkLetters*2 > e.Letters { // label and link may be on one line, each in an element
		line, next = m.firstPiece(e.Tokens.From, e.Tokens.To)
		section = m.lineLabel(line)
	}
	if section == "" || next >= e.Tokens.To {
		return "", ""
	}
	rest = m.textBetween(next, e.Tokens.To)
	if letters.Count(rest) == 0 {
		return "", ""
	}
	return section, rest
}

// lineLabel returns the section of the label that a line is, if it is short
// enough, and "" otherwise.
func (m *matcher) lineLabel(line string) string {
	if line == "" || letters.Count(line) > longBoxLabel {
		return ""
	}
	if line != m.box.line { // elements that wrap each other have one first line
		m.box.line, m.box.label = line, labelOf(line)
	}
	return m.box.label
}

// firstPiece returns the first piece of text that has letters and the token after
// it; the piece is "" when it is in a link.
func (m *matcher) firstPiece(from, to int32) (piece string, next int32) {
	doc := m.doc
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || letters.Count(t.Text) == 0 {
			continue
		}
		if doc.Elements[t.Elem].In&dom.InLink != 0 {
			break
		}
		return strings.TrimSpace(t.Text), k + 1
	}
	return "", to
}

// labelOf returns the section of the label that a line is, "" for other lines.
func labelOf(line string) string {
	l := letters.NewLine(line)
	if l.Words > maxLabelWords {
		return ""
	}
	for _, h := range labels.All().Boxes.FindStart(&l) {
		switch h.Section {
		case "ad", "sponsored", "comments":
			if h.Alone {
				return string(h.Section)
			}
		case "related":
			if h.Alone || (h.Form == wordlists.LineStart || h.Form == wordlists.BeforeName) && l.Words <= maxRelatedWords && !l.EndsSentence {
				return string(h.Section)
			}
		case "newsletter":
			if h.Alone || h.Form == wordlists.LineStart {
				return string(h.Section)
			}
		}
	}
	return ""
}

// firstLine returns the first line that has letters among the tokens of a range,
// and the token after it. Of lines over longBoxLabel or maxBoxLine it returns the
// beginning.
func (m *matcher) firstLine(from, to int32) (line string, next int32) {
	doc := m.doc
	n, first, all := int32(0), "", m.line[:0]
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			if n > 0 && t.Kind != dom.ImageToken {
				return m.pieces(first, all), k
			}
			continue
		}
		l := letters.Count(t.Text)
		if n == 0 && l == 0 && strings.TrimSpace(t.Text) == "" {
			continue
		}
		switch {
		case first == "":
			first = t.Text
		case len(all) == 0:
			all = append(append(all, first...), t.Text...)
		default:
			all = append(all, t.Text...)
		}
		if n += l; n > longBoxLabel || max(len(first), len(all)) > maxBoxLine {
			return m.pieces(first, all), k + 1
		}
	}
	return m.pieces(first, all), to
}

// pieces returns a line of one piece, or of all where there are more.
func (m *matcher) pieces(first string, all []byte) string {
	if len(all) == 0 {
		return strings.TrimSpace(first)
	}
	m.line = all
	return string(bytes.TrimSpace(all))
}

// textBetween returns the text of a range of tokens, with a space where a line
// ends.
func (m *matcher) textBetween(from, to int32) string {
	doc := m.doc
	var b strings.Builder
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		if t := &doc.Tokens[k]; t.Kind == dom.TextToken {
			b.WriteString(t.Text)
		} else {
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}
