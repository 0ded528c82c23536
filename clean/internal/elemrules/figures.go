package elemrules

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Bounds of boxes of figures that are no part of the story: the weather, rates,
// counters of cases.
const (
	longFigures    = 3000 // letters of the box
	figuresProse   = 80   // letters of prose in it
	minFigures     = 4    // lines with a digit
	minRanks       = 3    // numbered lines of a ranking
	maxFigureLines = 120  // lines that are read
	minFigureWords = 3    // words of which the story may have some
	sharedWords    = 6    // one word in so many, at most, is one of the story's too
)

// isFigureBox reports whether an element is a box with a label and figures of which
// the story on the page says nothing: hardly a word of it is in the page's prose.
func isFigureBox(m *matcher, i int32) bool {
	e := &m.doc.Elements[i]
	if e.Letters < minLabelled || e.Letters > longFigures || e.Prose > figuresProse || e.LinkLetters*2 > e.Letters || !isBox(e.Node) || e.Node.DataAtom == atom.Table || e.Node.DataAtom == atom.Td || m.doc.Elements[m.core(i)].IsData || !m.isMixed(i) {
		return false
	}
	if e.In&(dom.InQuote|dom.InHeading|dom.InItem|dom.InEmbed) != 0 || !m.hasFigures(i) || !m.isSetApart(i) || m.holdsTitle(i) {
		return false
	}
	return m.isForeign(i) && m.followsProse(e.Tokens.From, minBefore)
}

// isMixed reports whether an element has figures outside of tables of data, or a link:
// a table with nothing but its title is the story's.
func (m *matcher) isMixed(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.LinkLetters > 0 {
		return true
	}
	for k := e.Tokens.From; k < e.Tokens.To; {
		t := &doc.Tokens[k]
		if t.Kind == dom.OpenToken && doc.Elements[t.Elem].IsData {
			k = doc.Elements[t.Elem].Tokens.To
			continue
		}
		if t.Kind == dom.TextToken && strings.ContainsAny(t.Text, "0123456789") {
			return true
		}
		k++
	}
	return false
}

// hasFigures reports whether an element begins with a line without digits, and half
// of its lines have some. A ranking, whose lines are numbered, is a story's.
func (m *matcher) hasFigures(i int32) bool {
	e := &m.doc.Elements[i]
	lines, figures, rank := 0, 0, 0
	for at := e.Tokens.From; at < e.Tokens.To && lines < maxFigureLines; {
		line, next := m.firstLine(at, e.Tokens.To)
		if next <= at {
			break
		}
		at = next
		if letters.Count(line) == 0 {
			continue
		}
		lines++
		if strings.TrimSpace(line) == strconv.Itoa(rank+1) {
			if rank++; rank >= minRanks {
				return false
			}
		}
		if strings.ContainsAny(line, "0123456789") {
			figures++
		}
		if lines == 1 && figures > 0 {
			return false
		}
	}
	return figures >= minFigures && figures*2 >= lines
}

// isForeign reports whether hardly a word of an element is in the prose of the page.
func (m *matcher) isForeign(i int32) bool {
	e := &m.doc.Elements[i]
	words := map[string]bool{}
	letters.AddStems(words, m.textBetween(e.Tokens.From, e.Tokens.To))
	if len(words) < minFigureWords {
		return false
	}
	m.readStems()
	shared := 0
	for w := range words {
		if m.stems[w] {
			shared++
		}
	}
	return shared*sharedWords <= len(words)
}

// readStems notes the words of the page's prose, once.
func (m *matcher) readStems() {
	if m.stems != nil {
		return
	}
	m.stems = map[string]bool{}
	for k := range m.doc.Tokens {
		t := &m.doc.Tokens[k]
		if t.Kind == dom.TextToken && t.Elem >= 0 && m.doc.Elements[t.Elem].In&dom.InLink == 0 && letters.Count(t.Text) >= dom.MinProse {
			letters.AddStems(m.stems, t.Text)
		}
	}
}
