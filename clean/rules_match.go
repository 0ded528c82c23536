package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// replyWords are what a link to answer a comment says, as letterKey gives it.
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
	e := &o.elems[i]
	switch e.node.DataAtom {
	case atom.Div, atom.Li, atom.Article, atom.Section, atom.Td:
	default:
		return false
	}
	for k := i + 1; k < e.end; k = o.elems[k].end {
		c := &o.elems[k]
		if c.chars > longReply || !replyLengths[c.chars] {
			continue
		}
		switch c.node.DataAtom {
		case atom.A, atom.Span, atom.Button, atom.Div, atom.P:
			if replyWords[letterKey(o.plainText(k))] {
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
	e := &o.elems[i]
	switch e.node.DataAtom {
	case atom.Ul, atom.Ol, atom.Dl, atom.Menu:
	default:
		return false
	}
	if e.linkChars == 0 || float64(e.linkChars) < 0.5*float64(e.chars) {
		return false
	}
	items := int32(0)
	for k := i + 1; k < e.end; k = o.elems[k].end {
		if c := &o.elems[k]; c.chars > 0 {
			items++
			if c.linkChars == 0 {
				return false
			}
		}
	}
	if items < 2 || e.linkChars < 15*items {
		return false
	}
	for k := e.tokens; k < e.tokensEnd; k++ {
		t := &o.tokens[k]
		if t.kind == textToken && o.elems[t.elem].in&(inLink|inTime) == 0 && hasLetters(t.text) {
			return false
		}
	}
	return true
}

// isAnchorList tells a table of contents: a list of three links or more to
// places on the page itself, with hardly any word beside them.
func isAnchorList(m *matcher, i int32) bool {
	o := m.o
	e := &o.elems[i]
	if e.node.DataAtom != atom.Ul && e.node.DataAtom != atom.Ol || e.chars == 0 {
		return false
	}
	links, chars := 0, int32(0)
	for k := i + 1; k < e.end; k++ {
		if c := &o.elems[k]; c.node.DataAtom == atom.A && c.chars > 0 && strings.HasPrefix(attr(c.node, "href"), "#") {
			links++
			chars += c.chars
		}
	}
	return links >= 3 && chars*10 >= e.chars*9
}

// hasLetters says whether a text has two letters in a row.
func hasLetters(s string) bool {
	last := false
	for _, r := range s {
		l := unicode.IsLetter(r)
		if l && last {
			return true
		}
		last = l
	}
	return false
}

// Lengths, in letters, of the words at a picture.
const (
	longCaption = 240 // in a box of the picture's own
	longLine    = 120 // in a paragraph together with the picture
)

// isPictureBox tells a box that holds a picture and a few words under it.
func isPictureBox(m *matcher, i int32) bool {
	o := m.o
	e := &o.elems[i]
	if e.chars == 0 || e.chars > longCaption || e.linkChars*2 > e.chars {
		return false
	}
	switch e.node.DataAtom {
	case atom.Figure:
		return e.in&inQuote == 0
	case atom.Div, atom.Span, atom.Center, atom.Td, atom.Section:
	default:
		return false
	}
	image, text := false, false
	for k := e.tokens; k < e.tokensEnd; k++ {
		t := &o.tokens[k]
		switch t.kind {
		case imageToken:
			if text {
				return false // words come first: they are not under the picture
			}
			image = true
		case openToken:
			switch o.elems[t.elem].node.DataAtom {
			case atom.H1, atom.H2, atom.H3, atom.H4, atom.Li, atom.Blockquote, atom.Tr:
				return false
			case atom.P:
				if p := &o.elems[t.elem]; p.chars > longLine {
					return false
				}
			}
		case textToken:
			text = text || letters(t.text) > 0
		}
	}
	return image && text && !strings.Contains(attr(e.node, "class"), "content")
}
