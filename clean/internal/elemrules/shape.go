package elemrules

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Bounds of lists of links.
const (
	minLinkItems   = 2   // items of a list of headlines
	minItemLetters = 15  // letters in links, per item on average: a headline, not a menu entry
	minLinkShare   = 0.5 // letters in links, of all letters of the list
	minAnchors     = 3   // links of a table of contents
)

// isLinkList reports whether an element is a list of headlines: two items or
// more, all of them links with no words beside them, and long enough.
func isLinkList(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Ul, atom.Ol, atom.Dl, atom.Menu:
	default:
		return false
	}
	if e.LinkLetters == 0 || float64(e.LinkLetters) < minLinkShare*float64(e.Letters) {
		return false
	}
	items := int32(0)
	for k := i + 1; k < e.End; k = doc.Elements[k].End {
		if c := &doc.Elements[k]; c.Letters > 0 {
			items++
			if c.LinkLetters == 0 {
				return false
			}
		}
	}
	if items < minLinkItems || e.LinkLetters < minItemLetters*items || m.isAnnounced(i) {
		return false
	}
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind == dom.TextToken && doc.Elements[t.Elem].In&(dom.InLink|dom.InTime) == 0 && letters.HasLetterPair(t.Text) {
			return false
		}
	}
	return true
}

// announceReach is how many tokens before a list may be between it and the text
// that announces it.
const announceReach = 12

// isAnnounced reports whether the paragraph right before a list, in the same
// parent, announces it with a colon.
func (m *matcher) isAnnounced(i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	for k := e.Tokens.From - 1; k >= 0 && k > e.Tokens.From-announceReach; k-- {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || strings.TrimSpace(t.Text) == "" {
			continue
		}
		p := t.Elem
		for p >= 0 && doc.Elements[p].Parent != e.Parent {
			p = doc.Elements[p].Parent
		}
		return p >= 0 && doc.Elements[p].In&(dom.InHeading|dom.InItem) == doc.Elements[e.Parent].In&(dom.InHeading|dom.InItem) &&
			doc.Elements[p].Letters >= dom.MinProse && Announces(m.textBetween(doc.Elements[p].Tokens.From, doc.Elements[p].Tokens.To))
	}
	return false
}

// minAnnounceWords is the number of words from which a line with a colon at its end
// is a sentence and no label. In scripts without spaces there are fewer.
const minAnnounceWords = 5

// Announces reports whether a paragraph ends with a colon and is no label of links
// to other stories: the list after it belongs to the story.
func Announces(text string) bool {
	bare := strings.TrimSpace(text)
	if !strings.HasSuffix(bare, ":") && !strings.HasSuffix(bare, "：") {
		return false
	}
	if letters.CountWords(bare) < minAnnounceWords {
		return false
	}
	return !labels.All().Begins(bare, wordlists.Related, wordlists.Watch, wordlists.Newsletter, wordlists.Share, wordlists.Support, wordlists.Tags)
}

// Bounds of the boxes of polls and quizzes.
const (
	longPoll      = 700 // letters of the box
	longAnswer    = 60  // letters of an answer
	minAnswers    = 2
	maxPollBlocks = 24 // lines of the box that are read
)

// isPollBox reports whether an element is a separate box that holds a question
// and two answers or more, each with its share of the votes or a button to choose
// it, and hardly anything else.
func isPollBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if !isBox(e.Node) || e.Letters < minLabelled || e.Letters > longPoll || e.LinkLetters*2 > e.Letters || m.holdsTitle(i) {
		return false
	}
	question, answers, others, lines := false, 0, 0, 0
	const longQuestion = 2 * longAnswer
	for at := e.Tokens.From; at < e.Tokens.To && lines < maxPollBlocks; lines++ {
		line, next := m.firstLine(at, e.Tokens.To)
		if next <= at {
			break
		}
		at = next
		switch n := letters.Count(line); {
		case n == 0:
		case n <= longQuestion && strings.HasSuffix(strings.TrimRight(line, " "), "?") || strings.HasSuffix(line, "؟") || strings.HasSuffix(line, "？"):
			question = true
		case n <= longAnswer && strings.ContainsAny(line, "%٪％"):
			answers++
		case n > longAnswer:
			return false // running text: the box is around more than a poll
		default:
			others++
		}
	}
	if !question {
		return false
	}
	return answers >= minAnswers && others <= answers || m.choices(i) >= minAnswers && others <= m.choices(i)+2
}

// choices counts the buttons of an element of which one or more are chosen.
func (m *matcher) choices(i int32) int {
	n := 0
	for k := i; k < min(m.doc.Elements[i].End, i+maxBoxSteps); k++ {
		if node := m.doc.Elements[k].Node; node.DataAtom == atom.Input {
			switch dom.Attr(node, "type") {
			case "radio", "checkbox":
				n++
			}
		}
	}
	return n
}

// isAnchorList reports whether an element is a table of contents: a list of three
// or more links within the page, with hardly a word beside them.
func isAnchorList(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Node.DataAtom != atom.Ul && e.Node.DataAtom != atom.Ol || e.Letters == 0 {
		return false
	}
	links, chars := 0, int32(0)
	for k := i + 1; k < e.End; k++ {
		if c := &doc.Elements[k]; c.Node.DataAtom == atom.A && c.Letters > 0 && strings.HasPrefix(dom.Attr(c.Node, "href"), "#") {
			links++
			chars += c.Letters
		}
	}
	return links >= minAnchors && chars*10 >= e.Letters*9
}

// Lengths, in letters, of the words under a picture.
const (
	LongCaption = 240 // in a box of the picture's own
	longLine    = 120 // in a paragraph together with the picture
)

// holdsFacts reports whether an element holds a table of data, a list or a quote.
func (m *matcher) holdsFacts(i int32) bool {
	doc := m.doc
	for k := i + 1; k < min(doc.Elements[i].End, i+maxBoxSteps); k++ {
		switch e := &doc.Elements[k]; e.Node.DataAtom {
		case atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote:
			if e.Letters > 0 {
				return true
			}
		}
	}
	return false
}

// isPictureBox reports whether an element holds a picture and a few words under
// it.
func isPictureBox(m *matcher, i int32) bool {
	doc := m.doc
	e := &doc.Elements[i]
	if e.Letters == 0 || e.Letters > LongCaption || e.LinkLetters*2 > e.Letters {
		return false
	}
	switch e.Node.DataAtom {
	case atom.Figure:
		return e.In&dom.InQuote == 0 && !m.holdsFacts(i)
	case atom.Div, atom.Span, atom.Center, atom.Td, atom.Section:
	default:
		return false
	}
	image, text := false, false
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
		switch t.Kind {
		case dom.ImageToken:
			if text {
				return false // words come first: they are not under the picture
			}
			image = true
		case dom.OpenToken:
			switch doc.Elements[t.Elem].Node.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.Li, atom.Blockquote, atom.Tr:
				return false
			case atom.P:
				if p := &doc.Elements[t.Elem]; p.Letters > longLine {
					return false
				}
			}
		case dom.TextToken:
			text = text || letters.Count(t.Text) > 0
		}
	}
	return image && text && !strings.Contains(dom.Attr(e.Node, "class"), "content")
}
