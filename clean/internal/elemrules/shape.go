package elemrules

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// replyWords are what a link to answer a comment says, as letters.Key gives it.
var replyWords = map[string]bool{
	"reply": true, "replytothis": true, "replytocomment": true,
	"ответить": true, "ответитьнакомментарий": true, "відповісти": true, "antworten": true,
	"répondre": true, "responder": true, "odpowiedz": true, "rispondi": true, "beantwoorden": true,
	"yanıtla": true, "رد": true, "回复": true, "回覆": true, "返信": true,
}

// replyLengths are the lengths of replyWords, in letters.
var replyLengths = func() (t [longReply + 1]bool) {
	for w := range replyWords {
		t[utf8.RuneCountInString(w)] = true
	}
	return t
}()

// longReply is the length above which a link says more than replyWords, in
// letters.
const longReply = 24

// hasReplyLink tells a comment by a child that offers to answer it.
func hasReplyLink(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	switch e.Node.DataAtom {
	case atom.Div, atom.Li, atom.Article, atom.Section, atom.Td:
	default:
		return false
	}
	for k := i + 1; k < e.End; k = o.Elements[k].End {
		c := &o.Elements[k]
		if c.Letters > longReply || !replyLengths[c.Letters] {
			continue
		}
		switch c.Node.DataAtom {
		case atom.A, atom.Span, atom.Button, atom.Div, atom.P:
			if replyWords[letters.Key(o.PlainText(k))] {
				return true
			}
		}
	}
	return false
}

// isLinkList tells a list of headlines: two items or more, all of them links
// with no words beside them, and long enough to be headlines.
func isLinkList(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	switch e.Node.DataAtom {
	case atom.Ul, atom.Ol, atom.Dl, atom.Menu:
	default:
		return false
	}
	if e.LinkLetters == 0 || float64(e.LinkLetters) < 0.5*float64(e.Letters) {
		return false
	}
	items := int32(0)
	for k := i + 1; k < e.End; k = o.Elements[k].End {
		if c := &o.Elements[k]; c.Letters > 0 {
			items++
			if c.LinkLetters == 0 {
				return false
			}
		}
	}
	if items < 2 || e.LinkLetters < 15*items {
		return false
	}
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &o.Tokens[k]
		if t.Kind == dom.TextToken && o.Elements[t.Elem].In&(dom.InLink|dom.InTime) == 0 && letters.HasLetterPair(t.Text) {
			return false
		}
	}
	return true
}

// isAnchorList tells a table of contents: a list of three links or more to
// places on the page itself, with hardly any word beside them.
func isAnchorList(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if e.Node.DataAtom != atom.Ul && e.Node.DataAtom != atom.Ol || e.Letters == 0 {
		return false
	}
	links, chars := 0, int32(0)
	for k := i + 1; k < e.End; k++ {
		if c := &o.Elements[k]; c.Node.DataAtom == atom.A && c.Letters > 0 && strings.HasPrefix(dom.Attr(c.Node, "href"), "#") {
			links++
			chars += c.Letters
		}
	}
	return links >= 3 && chars*10 >= e.Letters*9
}

// Lengths, in letters, of the words at a picture.
const (
	LongCaption = 240 // in a box of the picture's own
	longLine    = 120 // in a paragraph together with the picture
)

// isPictureBox tells a box that holds a picture and a few words under it.
func isPictureBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.Elements[i]
	if e.Letters == 0 || e.Letters > LongCaption || e.LinkLetters*2 > e.Letters {
		return false
	}
	switch e.Node.DataAtom {
	case atom.Figure:
		return e.In&dom.InQuote == 0
	case atom.Div, atom.Span, atom.Center, atom.Td, atom.Section:
	default:
		return false
	}
	image, text := false, false
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &o.Tokens[k]
		switch t.Kind {
		case dom.ImageToken:
			if text {
				return false // words come first: they are not under the picture
			}
			image = true
		case dom.OpenToken:
			switch o.Elements[t.Elem].Node.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.Li, atom.Blockquote, atom.Tr:
				return false
			case atom.P:
				if p := &o.Elements[t.Elem]; p.Letters > longLine {
					return false
				}
			}
		case dom.TextToken:
			text = text || letters.Count(t.Text) > 0
		}
	}
	return image && text && !strings.Contains(dom.Attr(e.Node, "class"), "content")
}
