package elemrules

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// cardRule is the ID of the rule that cuts cards.
const cardRule = "card"

// Bounds of cards: boxes in a story that want the reader to do something, such as
// to hear a podcast, to donate or to buy.
const (
	longCard     = 280 // letters of the box
	longCardText = 160 // letters outside links
	longCall     = 120 // letters of a line that is a link
	callShare    = 0.5 // share of the letters of such a line that are in links
	minBeside    = 200 // letters of prose beside the box
	minBefore    = 60  // letters of prose before it, or in a box that is no card
	maxSiblings  = 200 // elements beside the box that are looked at
)

// isBox reports whether an element can be a box: one for layout, or one that the
// site has made up, whose name has a hyphen.
func isBox(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Article, atom.Figure, atom.Form, atom.Fieldset, atom.Table, atom.Td, atom.Center:
		return true
	case 0:
		return strings.Contains(n.Data, "-")
	}
	return false
}

// isCard reports whether an element is a card: a short box after prose that is not
// built as the boxes with prose beside it, and holds something to act on with a few
// words.
func isCard(m *matcher, i int32) bool {
	e := &m.doc.Elements[i]
	if e.Letters < minLabelled || e.Letters > longCard || e.Letters-e.LinkLetters > longCardText || !isBox(e.Node) || e.IsData || e.Node.DataAtom == atom.Form || e.Node.DataAtom == atom.Fieldset {
		return false
	}
	if e.In&(dom.InQuote|dom.InHeading|dom.InItem|dom.InEmbed) != 0 || m.isHeading(i) || !m.acts(i) || !m.isSetApart(i) || m.holdsTitle(i) {
		return false
	}
	return sells(m.textBetween(e.Tokens.From, e.Tokens.To)) && m.followsProse(e.Tokens.From, minBefore)
}

// isHeading reports whether all letters of an element are in one heading.
func (m *matcher) isHeading(i int32) bool {
	for k := i + 1; k < m.doc.Elements[i].End && m.doc.Elements[k].Letters == m.doc.Elements[i].Letters; k++ {
		if m.doc.Elements[k].In&dom.InHeading != 0 {
			return true
		}
	}
	return false
}

// acts reports whether an element holds something to act on: a field, a player, an
// advertiser's link, or a line that is a link and no sentence. What holds quotes,
// data or items without links does not.
func (m *matcher) acts(i int32) bool {
	doc := m.doc
	acts := false
	for k := i; k < doc.Elements[i].End; k++ {
		c := &doc.Elements[k]
		if c.In&(dom.InQuote|dom.InEmbed) != 0 || c.IsData || c.Node.DataAtom == atom.Li && c.LinkLetters == 0 && c.Letters > 0 {
			return false
		}
		switch c.Node.DataAtom {
		case atom.Video, atom.Audio, atom.Form:
			acts = true
		case atom.Input:
			acts = acts || dom.Attr(c.Node, "type") != "hidden"
		case atom.A:
			acts = acts || isPaid(c.Node)
		}
	}
	return acts || m.hasCall(i)
}

// isPaid reports whether a link is marked as an advertiser's.
func isPaid(a *html.Node) bool {
	return strings.Contains(dom.Attr(a, "rel"), "sponsored")
}

// hasCall reports whether a line of an element is mostly a link and no sentence, or
// ends with such a link after a sentence.
func (m *matcher) hasCall(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.LinkLetters == 0 {
		return false
	}
	var text strings.Builder
	linked, open, link := int32(0), "", ""
	ends := func() bool {
		line := text.String()
		n := letters.Count(line)
		ok := n > 0 && linked > 0 && link != "" && n <= longCall && !letters.EndsStatement(line) && (float64(linked) >= callShare*float64(n) || letters.EndsStatement(open))
		text.Reset()
		linked, open, link = 0, "", ""
		return ok
	}
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken {
			if ends() {
				return true
			}
			continue
		}
		if doc.Elements[t.Elem].In&dom.InLink != 0 {
			if linked == 0 {
				open = strings.TrimSpace(text.String())
			}
			linked += letters.Count(t.Text)
			link += t.Text
		}
		text.WriteString(t.Text)
	}
	return ends()
}

// isSetApart reports whether prose is beside a box, and no box beside it that is
// built alike has prose: more than a card has, or without something to act on.
func (m *matcher) isSetApart(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	top := i
	for p := e.Parent; p >= 0 && doc.Elements[p].Letters == e.Letters; p = doc.Elements[p].Parent {
		top = p
	}
	parent := doc.Elements[top].Parent
	if parent < 0 || doc.Elements[parent].Prose-e.Prose < minBeside {
		return false
	}
	core := m.core(i)
	n := 0
	for k := parent + 1; k < doc.Elements[parent].End && n < maxSiblings; k = doc.Elements[k].End {
		n++
		if s := &doc.Elements[k]; k != top && s.Prose >= minBefore && sameMake(doc.Elements[m.core(k)].Node, doc.Elements[core].Node) && (s.Letters-s.LinkLetters > longCardText || !m.acts(k)) {
			return false
		}
	}
	return true
}

// core returns the innermost box that holds all letters of an element.
func (m *matcher) core(i int32) int32 {
	doc := m.doc
	for n := doc.Elements[i].Letters; ; {
		next := int32(-1)
		for k := i + 1; k < doc.Elements[i].End; k = doc.Elements[k].End {
			if c := &doc.Elements[k]; c.Letters > 0 {
				if c.Letters == n && isBox(c.Node) {
					next = k
				}
				break
			}
		}
		if next < 0 {
			return i
		}
		i = next
	}
}

// sameMake reports whether two elements have one tag and one class.
func sameMake(a, b *html.Node) bool {
	return a.Data == b.Data && dom.Attr(a, "class") == dom.Attr(b, "class")
}

// Bounds of cards that are the entries of a story, such as the hotels of a guide.
const (
	minEntries   = 4  // cards of one form
	minEntryText = 25 // letters outside links in each
)

// keepEntries takes back the cuts of cards that are the entries of a story: several
// have one form, and each says something else.
func (m *matcher) keepEntries() {
	doc := m.doc
	var forms map[string][]int32
	for i := int32(0); i < int32(len(doc.Elements)); i++ {
		e := &doc.Elements[i]
		if e.Cut <= 0 || m.Rules[e.Cut-1].ID != cardRule || e.Letters-e.LinkLetters < minEntryText {
			continue
		}
		if forms == nil {
			forms = map[string][]int32{}
		}
		form := m.form(i)
		forms[form] = append(forms[form], i)
	}
	for _, entries := range forms {
		if len(entries) < minEntries {
			continue
		}
		texts := map[string]bool{}
		for _, i := range entries {
			texts[letters.Key(m.textBetween(doc.Elements[i].Tokens.From, doc.Elements[i].Tokens.To))] = true
		}
		if len(texts) < minEntries {
			continue
		}
		for _, i := range entries {
			doc.Elements[i].Cut = 0
		}
	}
}

// form returns the names of an element and of its children, without repetitions.
func (m *matcher) form(i int32) string {
	doc := m.doc
	var b strings.Builder
	b.WriteString(doc.Elements[i].Node.Data + "." + dom.Attr(doc.Elements[i].Node, "class"))
	last := ""
	for k := i + 1; k < doc.Elements[i].End; k = doc.Elements[k].End {
		if name := doc.Elements[k].Node.Data; name != last {
			last = name
			b.WriteString(">" + name)
		}
	}
	return b.String()
}
