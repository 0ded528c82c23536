package elemrules

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dates"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Bounds of readers' comments.
const (
	minThread      = 60  // letters of all comments
	threadTenths   = 6   // tenths of the letters of their element that are in the comments
	maxItems       = 200 // comments that are looked at
	minPost        = 15  // letters of one comment below its line of who and when
	maxSignedWords = 12  // words of the line of who and when
	maxNameWords   = 4   // words of the name on it
	labelReach     = 12  // tokens before the comments in which their label is looked for
	longStart      = 200 // letters of the prose that comments follow
)

// longReply is the length of the longest text of a link to reply, in letters.
const longReply = 24

// replies has the texts of links to reply to a comment, as letters.Key returns
// them, and their lengths in letters.
var replies = sync.OnceValue(func() (r struct {
	keys    map[string]bool
	lengths [longReply + 1]bool
}) {
	r.keys = map[string]bool{}
	for _, text := range wordlists.All().Entries(wordlists.Reply) {
		key := letters.Key(text)
		r.keys[key], r.lengths[letters.Count(key)] = true, true
	}
	return r
})

// hasReplyLink reports whether an element is a comment: it has a child that
// offers to reply.
func hasReplyLink(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Li, atom.Article, atom.Section, atom.Td:
	default:
		return false
	}
	known := replies()
	for k := i + 1; k < e.End; k = doc.Elements[k].End {
		c := &doc.Elements[k]
		if c.Letters > longReply || !known.lengths[c.Letters] {
			continue
		}
		switch c.Node.DataAtom {
		case atom.A, atom.Span, atom.Button, atom.Div, atom.P:
			if known.keys[letters.Key(doc.PlainText(k))] {
				return true
			}
		}
	}
	return false
}

// isThread reports whether an element holds readers' comments, by its structure:
// items with the same tag and class, each with a line of who and when and a text
// below it. Under a label of comments the day may be missing; without a label,
// two items or more must name person and day, after the prose of a story.
func isThread(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Section, atom.Ul, atom.Ol, atom.Table, atom.Tbody, atom.Td, atom.Aside, atom.Dl:
	default:
		return false
	}
	if e.Letters < minThread || e.LinkLetters*3 > e.Letters {
		return false
	}
	items := m.alikeChildren(i)
	if len(items) == 0 {
		return false
	}
	labelled := m.threadLabel(i, items[0])
	if head := &doc.Elements[items[0]]; labelled && head.Letters <= longBoxLabel && labelOf(m.textBetween(head.Tokens.From, head.Tokens.To)) != "" {
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
		inItems += doc.Elements[k].Letters
	}
	return inItems*10 >= e.Letters*threadTenths && m.followsProse(e.Tokens.From, longStart)
}

// alikeChildren returns the children of an element that have text and the tag and
// class of the last of them; nil when these are less than half. Children beyond
// maxItems are not looked at. The result is valid until the next call.
func (m *matcher) alikeChildren(i int32) []int32 {
	doc := m.doc
	all := m.children[:0]
	e := &doc.Elements[i]
	for k := i + 1; k < e.End && len(all) < maxItems; k = doc.Elements[k].End {
		if doc.Elements[k].Letters > 0 {
			all = append(all, k)
		}
	}
	m.children = all
	if len(all) == 0 || !isItem(doc.Elements[all[len(all)-1]].Node.DataAtom) {
		return nil
	}
	last := doc.Elements[all[len(all)-1]].Node
	class := withoutNumber(dom.Attr(last, "class"))
	count := len(all)
	all = slices.DeleteFunc(all, func(k int32) bool {
		n := doc.Elements[k].Node
		return n.DataAtom != last.DataAtom || withoutNumber(dom.Attr(n, "class")) != class
	})
	if len(all)*2 < count {
		return nil
	}
	return all
}

// isItem reports whether an element can be one comment of several.
func isItem(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Li, atom.Article, atom.Section, atom.Tr, atom.Table, atom.Blockquote:
		return true
	}
	return false
}

// withoutNumber returns a class without the number at its end.
func withoutNumber(class string) string {
	n := len(class)
	for n > 0 && letters.IsDigit(class[n-1]) {
		n--
	}
	return class[:n]
}

// threadLabel reports whether the line before the first item, within the element
// or right before it, is a label of comments.
func (m *matcher) threadLabel(i, item int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if line, next := m.firstLine(e.Tokens.From, e.Tokens.To); next <= doc.Elements[item].Tokens.To && letters.Count(line) <= longBoxLabel && labelOf(line) == "comments" {
		return true
	}
	for k, seen := e.Tokens.From-1, 0; k >= 0 && seen < labelReach; k, seen = k-1, seen+1 {
		if t := &doc.Tokens[k]; t.Kind == dom.TextToken && letters.Count(t.Text) > 0 {
			return letters.Count(t.Text) <= longBoxLabel && labelOf(t.Text) == "comments"
		}
	}
	return false
}

// isPost reports whether an element begins with a line of who and when and has a
// text below it. With a heading in it, it is a teaser.
func (m *matcher) isPost(i int32, labelled bool) bool {
	doc := m.doc
	e := &doc.Elements[i]
	line, next := m.firstLine(e.Tokens.From, e.Tokens.To)
	if line == "" || letters.Count(line) > longBoxLabel || e.LinkLetters*3 > e.Letters {
		return false
	}
	for k := i; k < min(e.End, i+maxBoxSteps); k++ {
		if doc.Elements[k].In&dom.InHeading != 0 {
			return false
		}
	}
	if e.Letters-letters.Count(line) < minPost {
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

// isSigned reports whether a line is a name of up to maxNameWords words and a day
// with its year and hour, or "2 days ago". Without the hour it may be place and
// day in a chronicle.
func isSigned(line string) bool {
	l := letters.NewLine(line)
	if l.Words > maxSignedWords || !strings.ContainsAny(line, "0123456789") {
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
	return named && words <= maxNameWords
}

// followsProse reports whether there are so many letters of prose within the
// 2*maxBoxSteps tokens before a token.
func (m *matcher) followsProse(at, least int32) bool {
	doc := m.doc
	n := int32(0)
	for k := at - 1; k >= max(0, at-2*maxBoxSteps); k-- {
		if t := &doc.Tokens[k]; t.Kind == dom.TextToken && t.Elem >= 0 && doc.Elements[t.Elem].In&dom.InLink == 0 {
			if l := letters.Count(t.Text); l >= dom.MinProse {
				n += l
			}
		}
		if n >= least {
			return true
		}
	}
	return false
}
