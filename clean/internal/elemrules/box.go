package elemrules

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// Lengths, in letters, of boxes that say on their first line what they are.
const (
	longBoxLabel = 60   // of the line; longer ones are read no further
	longPaidBox  = 400  // of a paid box with its label
	longLetter   = 400  // of a box for a newsletter
	longLinkBox  = 2000 // of a box of headlines
	longInset    = 200  // of a table set into the text
	longStart    = 200  // of the prose that comments follow
)

// maxBoxSteps bounds the tokens and the elements that are read of a box: one
// with a few hundred letters needs no more, and pages may nest boxes deep.
const maxBoxSteps = 2000

// maxBoxLine is the length of first line, in bytes, at which reading stops: dots
// and dashes are no letters.
const maxBoxLine = 4096

// isPaidBox tells an advertisement by the label that its box begins with.
func isPaidBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if !isLabelled(e, longPaidBox) {
		return false
	}
	section, rest := m.boxLabel(i)
	if section != "" && m.holdsTitle(i) {
		return false // the label is of what stands above the story
	}
	return (section == "ad" || section == "sponsored") && sells(rest)
}

// holdsTitle says whether a headline of the first rank stands in an element.
func (m *matcher) holdsTitle(i int32) bool {
	o := m.o
	for k := i; k < min(o.Elements[i].End, i+maxBoxSteps); k++ {
		if o.Elements[k].Node.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// isInsetTable tells a box that old pages set into their text: a table with a
// border, which holds one cell and a line or two.
func isInsetTable(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if e.Node.DataAtom != atom.Table || e.Letters == 0 || e.Letters > longInset {
		return false
	}
	if border := dom.Attr(e.Node, "border"); border == "" || border == "0" {
		return false
	}
	cells := 0
	for k := i + 1; k < min(e.End, i+maxBoxSteps); k++ {
		if a := o.Elements[k].Node.DataAtom; a == atom.Td || a == atom.Th {
			cells++
		}
	}
	return cells == 1 && !m.holdsTitle(i)
}

// isLetterBox tells the box of a newsletter by its label.
func isLetterBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if !isLabelled(e, longLetter) {
		return false
	}
	section, rest := m.boxLabel(i)
	return section == "newsletter" && sells(rest)
}

// isHeadlineBox tells a box of links by its label.
func isHeadlineBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if e.LinkLetters*2 < e.Letters || !isLabelled(e, longLinkBox) {
		return false
	}
	section, rest := m.boxLabel(i)
	return section == "related" && rest != ""
}

// isLabelled says whether an element may be a box with a label of its own.
func isLabelled(e *dom.Element, longest int32) bool {
	if e.Letters < 6 || e.Letters > longest {
		return false
	}
	switch e.Node.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Table, atom.Td, atom.Article, atom.Figure, atom.Center, atom.Blockquote, atom.P, atom.Ul, atom.Li, atom.Span, atom.Font:
		return e.In&dom.InHeading == 0
	}
	return false
}

// sells keeps boxes that tell what somebody said, or quote: a paragraph of the
// story may stand in one element with the place of an advertisement.
func sells(rest string) bool {
	return rest != "" && !letters.HasQuotation(letters.FoldSigns(rest)) && !labels.All().Mentions("reporting", letters.Fold(rest))
}

// boxLabel reads the first line of an element. It gives the section of the
// label that stands alone there and the text after it; "" for both when the
// line is none.
func (m *matcher) boxLabel(i int32) (section, rest string) {
	if m.box.next != i+1 { // several rules ask of one element in a row
		m.box.next = i + 1
		m.box.section, m.box.rest = m.readBoxLabel(i)
	}
	return m.box.section, m.box.rest
}

func (m *matcher) readBoxLabel(i int32) (section, rest string) {
	o := m.o
	e := &o.Elements[i]
	line, next := m.firstLine(e.Tokens.From, e.Tokens.To)
	section = m.lineLabel(line)
	if section == "" && e.LinkLetters*2 > e.Letters { // label and link may stand on one line, each in an element
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

// lineLabel is the section of the label that a line is, if it is short enough.
func (m *matcher) lineLabel(line string) string {
	if line == "" || letters.Count(line) > longBoxLabel {
		return ""
	}
	if line != m.box.line { // elements that wrap each other have one first line
		m.box.line, m.box.label = line, labelOf(line)
	}
	return m.box.label
}

// firstPiece reads the first piece of text that has letters, and gives the
// place after it; "" when it stands in a link.
func (m *matcher) firstPiece(from, to int32) (piece string, next int32) {
	o := m.o
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		t := &o.Tokens[k]
		if t.Kind != dom.TextToken || letters.Count(t.Text) == 0 {
			continue
		}
		if o.Elements[t.Elem].In&dom.InLink != 0 {
			break
		}
		return strings.TrimSpace(t.Text), k + 1
	}
	return "", to
}

// labelOf is the section of the label that a line is, "" for other lines.
func labelOf(line string) string {
	l := letters.NewLine(line)
	if l.Words > 8 {
		return ""
	}
	for _, h := range labels.All().Boxes.FindStart(&l) {
		switch h.Section {
		case "ad", "sponsored", "comments":
			if h.Alone {
				return h.Section
			}
		case "related":
			if h.Alone || (h.Form == '^' || h.Form == '>') && l.Words <= 6 && !l.EndsSentence {
				return h.Section
			}
		case "newsletter":
			if h.Alone || h.Form == '^' {
				return h.Section
			}
		}
	}
	return ""
}

// firstLine reads tokens from one place on up to the end of the first line
// that has letters, and gives the place after it. Lines over longBoxLabel or
// maxBoxLine are cut short there.
func (m *matcher) firstLine(from, to int32) (line string, next int32) {
	o := m.o
	n, first, all := int32(0), "", m.line[:0]
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		t := &o.Tokens[k]
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

// pieces is a line of one piece, or of all where there are more.
func (m *matcher) pieces(first string, all []byte) string {
	if len(all) == 0 {
		return strings.TrimSpace(first)
	}
	m.line = all
	return string(bytes.TrimSpace(all))
}

// textBetween is the text of tokens, with a blank where a line ends.
func (m *matcher) textBetween(from, to int32) string {
	o := m.o
	var b strings.Builder
	for k := from; k < min(to, from+maxBoxSteps); k++ {
		if t := &o.Tokens[k]; t.Kind == dom.TextToken {
			b.WriteString(t.Text)
		} else {
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// isThread tells readers' comments by how they are built: items that look
// alike, each with a line of who and when and with a text below it. Under a
// label that says so, the day may be missing; without one, two items or more
// must name person and day, behind text that is not theirs.
func isThread(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Section, atom.Ul, atom.Ol, atom.Table, atom.Tbody, atom.Td, atom.Aside, atom.Dl:
	default:
		return false
	}
	if e.Letters < 60 || e.LinkLetters*3 > e.Letters {
		return false
	}
	items := m.alikeChildren(i)
	if len(items) == 0 {
		return false
	}
	labelled := m.threadLabel(i, items[0])
	if head := &o.Elements[items[0]]; labelled && head.Letters <= longBoxLabel && labelOf(m.textBetween(head.Tokens.From, head.Tokens.To)) != "" {
		items = items[1:] // the label is built as the items are
	}
	if len(items) == 0 || !labelled && len(items) < 2 {
		return false
	}
	inItems := int32(0)
	for _, k := range items {
		if !m.isPost(k, labelled) {
			return false
		}
		inItems += o.Elements[k].Letters
	}
	return inItems*10 >= e.Letters*6 && m.followsProse(e.Tokens.From)
}

// alikeChildren are the children of an element that have text and are built
// like the last of them, up to 200; nil when they are less than half of them.
// They are good until it is asked again.
func (m *matcher) alikeChildren(i int32) []int32 {
	o := m.o
	all := m.children[:0]
	e := &o.Elements[i]
	for k := i + 1; k < e.End && len(all) < 200; k = o.Elements[k].End {
		if o.Elements[k].Letters > 0 {
			all = append(all, k)
		}
	}
	m.children = all
	if len(all) == 0 || !isItem(o.Elements[all[len(all)-1]].Node.DataAtom) {
		return nil
	}
	last := o.Elements[all[len(all)-1]].Node
	class := withoutNumber(dom.Attr(last, "class"))
	count := len(all)
	all = slices.DeleteFunc(all, func(k int32) bool {
		n := o.Elements[k].Node
		return n.DataAtom != last.DataAtom || withoutNumber(dom.Attr(n, "class")) != class
	})
	if len(all)*2 < count {
		return nil
	}
	return all
}

func isItem(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Li, atom.Article, atom.Section, atom.Tr, atom.Table, atom.Blockquote:
		return true
	}
	return false
}

// withoutNumber is a class without the number at its end.
func withoutNumber(class string) string {
	n := len(class)
	for n > 0 && letters.IsDigit(class[n-1]) {
		n--
	}
	return class[:n]
}

// threadLabel says whether the line before the first item is one of comments:
// within the element or right before it.
func (m *matcher) threadLabel(i, item int32) bool {
	o := m.o
	e := &o.Elements[i]
	if line, next := m.firstLine(e.Tokens.From, e.Tokens.To); next <= o.Elements[item].Tokens.To && letters.Count(line) <= longBoxLabel && labelOf(line) == "comments" {
		return true
	}
	for k, seen := e.Tokens.From-1, 0; k >= 0 && seen < 12; k, seen = k-1, seen+1 {
		if t := &o.Tokens[k]; t.Kind == dom.TextToken && letters.Count(t.Text) > 0 {
			return letters.Count(t.Text) <= longBoxLabel && labelOf(t.Text) == "comments"
		}
	}
	return false
}

// isPost says whether an element begins with a line of who and when, with a
// text below it. A heading in it is a headline, not a name.
func (m *matcher) isPost(i int32, labelled bool) bool {
	o := m.o
	e := &o.Elements[i]
	line, next := m.firstLine(e.Tokens.From, e.Tokens.To)
	if line == "" || letters.Count(line) > longBoxLabel || e.LinkLetters*3 > e.Letters {
		return false
	}
	for k := i; k < min(e.End, i+maxBoxSteps); k++ {
		if o.Elements[k].In&dom.InHeading != 0 {
			return false
		}
	}
	if e.Letters-letters.Count(line) < 15 {
		return false
	}
	if labelled {
		return !letters.EndsClause(line) || strings.ContainsAny(line, "0123456789")
	}
	if isSigned(line) {
		return true
	}
	second, after := m.firstLine(next, e.Tokens.To)
	return after < e.Tokens.To && letters.Count(second) <= longBoxLabel && !letters.EndsClause(line) && isSigned(line+", "+second)
}

// isSigned says whether a line is a name of up to four words and a day with
// its year and hour, or "2 days ago". Without the hour it may be place and day
// in a chronicle.
func isSigned(line string) bool {
	l := letters.NewLine(line)
	if l.Words > 12 || !strings.ContainsAny(line, "0123456789") {
		return false
	}
	rest := ""
	if dates := dates.Find(l.Plain, ""); len(dates) > 0 && dates[0].Year != 0 && dates[0].Timed {
		rest = l.Plain[:dates[0].Start] + " " + l.Plain[dates[0].End:]
	} else if strings.HasSuffix(l.Bare, " ago") || strings.HasSuffix(l.Bare, " назад") {
		rest = l.Plain[:strings.IndexAny(l.Plain, "0123456789")]
	} else {
		return false
	}
	words, named := 0, false
	for _, w := range strings.Fields(rest) {
		if bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }); bare != "" && bare != "at" && bare != "в" {
			words++
			named = named || bare != ""
		}
	}
	return named && words <= 4
}

// followsProse says whether text of the length of a paragraph or two stands
// before a token, at most 2*maxBoxSteps tokens before it.
func (m *matcher) followsProse(at int32) bool {
	o := m.o
	n := int32(0)
	for k := at - 1; k >= max(0, at-2*maxBoxSteps); k-- {
		if t := &o.Tokens[k]; t.Kind == dom.TextToken && t.Elem >= 0 && o.Elements[t.Elem].In&dom.InLink == 0 {
			if l := letters.Count(t.Text); l >= dom.MinProse {
				n += l
			}
		}
		if n >= longStart {
			return true
		}
	}
	return false
}
