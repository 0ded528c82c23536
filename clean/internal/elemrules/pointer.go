package elemrules

import (
	"net/url"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// longPointer is the length, in letters, of a link within a paragraph to another
// story.
const longPointer = 220

// isPointer reports whether an element within a line is a link to another story,
// with its label: "Read also: …".
func isPointer(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Span, atom.Strong, atom.B, atom.Em, atom.I, atom.Small, atom.Font, atom.Mark, atom.A:
	case atom.P, atom.Div:
		return m.isLabelledLink(i)
	default:
		return false
	}
	if m.isLabelledLink(i) {
		return true
	}
	if e.LinkLetters*10 < e.Letters*6 || e.Letters < minLabelled || e.Letters > longPointer || e.In&dom.InHeading != 0 {
		return false
	}
	l := letters.NewLine(m.textBetween(e.Tokens.From, e.Tokens.To))
	for _, h := range labels.All().Boxes.FindStart(&l) {
		if h.Section == wordlists.Related && !h.Alone && h.Form != wordlists.WholeLine && letters.CountWords(h.Rest) > 1 && (strings.ContainsAny(l.Plain, ":|") || !letters.EndsStatement(l.Plain)) {
			return true
		}
	}
	return false
}

// Bounds of links with a label that is in no list.
const (
	maxPointerLabel = 6  // words of the label
	minPointed      = 10 // letters of the link, which is a headline
)

// isLabelledLink reports whether an element is a label of any words with a link to
// another page of the site, and no sentence: the label ends with a colon, or how long
// a recording is follows. The whole label is in bold, in italics or small, or the
// element is within a line, after a sentence.
func (m *matcher) isLabelledLink(i int32) bool {
	e := &m.doc.Elements[i]
	if e.LinkLetters == 0 || e.Letters > longPointer || e.In&(dom.InQuote|dom.InHeading|dom.InItem|dom.InEmbed) != 0 || e.Node.DataAtom == atom.A {
		return false
	}
	l, ok := m.linkedLine(i)
	label := strings.TrimSpace(strings.TrimLeft(l.before, "[({<|–—-•►▶ "))
	if !ok || letters.Count(l.link) < minPointed && letters.CountWords(l.link) < 2 || letters.EndsStatement(l.link) || letters.Count(label) == 0 || letters.CountWords(label) > maxPointerLabel {
		return false
	}
	tail := strings.Trim(l.after, ")]}> ")
	if tail != "" && !isDuration(tail) || !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "：") && tail == "" {
		return false
	}
	if e.IsBlock {
		return l.marked && m.staysOnSite(l.href) && m.followsProse(e.Tokens.From, minBefore)
	}
	return m.isAside(i) && m.staysOnSite(l.href)
}

// isDuration reports whether a short text is how long a recording is: "3:33" in
// brackets, "28 min".
func isDuration(s string) bool {
	s = strings.TrimLeft(s, "([{ ")
	return s != "" && letters.IsDigit(s[0]) && letters.Count(s) <= longTail
}

// isAside reports whether an element within a line follows a sentence, or begins the
// line, and ends the line or is in brackets.
func (m *matcher) isAside(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	before := ""
	for k := e.Tokens.From - 1; k >= 0; k-- {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			break
		}
		if before = strings.TrimSpace(t.Text); before != "" {
			break
		}
	}
	if before == "" || !letters.EndsLikeSentence(before) {
		return false
	}
	for k := e.Tokens.To; k < int32(len(doc.Tokens)); k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			return true
		}
		if letters.Count(t.Text) > 0 {
			return letters.StartsUpper(t.Text) || letters.StartsCaseless(strings.TrimSpace(t.Text))
		}
	}
	return true
}

// maxHomeLinks bounds the links by which the host of a page is found.
const maxHomeLinks = 400

// staysOnSite reports whether a link leads to another page of its site: it names no
// host, or the one that most links of the page name.
func (m *matcher) staysOnSite(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	return u.Host == "" || u.Host == m.homeHost()
}

// homeHost returns the host that most links of the page name, "" if they name none.
func (m *matcher) homeHost() string {
	if m.home != nil {
		return *m.home
	}
	counts, best := map[string]int{}, ""
	n := 0
	for i := range m.doc.Elements {
		node := m.doc.Elements[i].Node
		if node.DataAtom != atom.A {
			continue
		}
		if u, err := url.Parse(strings.TrimSpace(dom.Attr(node, "href"))); err == nil && u.Host != "" {
			if counts[u.Host]++; counts[u.Host] > counts[best] {
				best = u.Host
			}
		}
		if n++; n >= maxHomeLinks {
			break
		}
	}
	m.home = &best
	return best
}

// longTail is the length, in letters, of what may be behind a link that is a line's
// last word: a bracket, or how long a recording is.
const longTail = 12

// maxPointed bounds the tokens of a line that are read.
const maxPointed = 60

// linkedLine is a line that consists of some words and a link.
type linkedLine struct {
	before, link, after string // texts before the link, in it, and behind it
	marked              bool   // all that is before the link is in bold, in italics or small
	href                string // of the link
}

// linkedLine reads the tokens of an element that is within a line, or a line. It
// reports false when there is not one link in it, or a line ends.
func (m *matcher) linkedLine(i int32) (l linkedLine, ok bool) {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Tokens.To-e.Tokens.From > maxPointed {
		return l, false
	}
	link := int32(-1)
	l.marked = true
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			if t.Elem != i {
				return l, false
			}
			continue
		}
		in := doc.Elements[t.Elem].In
		switch {
		case in&dom.InLink != 0:
			a := t.Elem
			for doc.Elements[a].Node.DataAtom != atom.A && doc.Elements[a].Parent > i {
				a = doc.Elements[a].Parent
			}
			if link >= 0 && a != link || l.after != "" && letters.Count(l.after) > 0 {
				return l, false
			}
			link = a
			l.link += t.Text
		case link < 0:
			l.before += t.Text
			l.marked = l.marked && (in&(dom.InBold|dom.InItalic|dom.InSmall) != 0 || letters.Count(t.Text) == 0)
		default:
			l.after += t.Text
		}
	}
	if link < 0 || doc.Elements[link].Node.DataAtom != atom.A {
		return l, false
	}
	l.before, l.link, l.after = strings.TrimSpace(l.before), strings.TrimSpace(l.link), strings.TrimSpace(l.after)
	l.href = dom.Attr(doc.Elements[link].Node, "href")
	return l, letters.Count(l.link) > 0
}

// isCallLine reports whether a paragraph is a sentence in italics, in bold or in
// small type with a link behind it that is no sentence: "We live on our readers.
// Become one".
func isCallLine(m *matcher, i int32) bool {
	e := &m.doc.Elements[i]
	if e.Node.DataAtom != atom.P && e.Node.DataAtom != atom.Div || e.LinkLetters == 0 || e.Letters > longCard || e.In&(dom.InQuote|dom.InHeading|dom.InItem|dom.InEmbed) != 0 {
		return false
	}
	l, ok := m.linkedLine(i)
	return ok && l.marked && letters.Count(l.link) <= longBoxLabel && letters.EndsStatement(l.before) && !letters.EndsStatement(l.link+l.after) &&
		sells(l.before) && m.followsProse(e.Tokens.From, minBefore)
}
