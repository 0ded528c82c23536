package modelview

import (
	"slices"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/region"
	"winnow/news"
)

// The numbers in this file are part of every model: what is new gets a new
// number, and the number of what goes is not used again.

func kindCode(b *dom.Block) uint8 {
	switch b.Kind {
	case news.Heading:
		return 1
	case news.ListItem:
		return 2
	case news.Quote:
		return 3
	case news.TableRow:
		return 4
	case news.Code:
		return 5
	}
	return 0
}

// endCode returns how a text ends: 0 is not like a sentence.
func endCode(text string) uint8 {
	if !letters.EndsClause(text) {
		return 0
	}
	switch text[len(text)-1] {
	case ':':
		return 4
	case '?', '!':
		return 3
	}
	return 1
}

var tagCodes = [...]atom.Atom{
	atom.P, atom.Div, atom.Span, atom.Li, atom.Td, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote,
	atom.Section, atom.Article, atom.Main, atom.Body, atom.Header, atom.Footer, atom.Aside, atom.Ul, atom.Ol, atom.Table,
	atom.Tr, atom.Th, atom.Dd, atom.Dt, atom.Dl, atom.Figure, atom.Figcaption, atom.Form, atom.Pre, atom.Center, atom.Address, atom.Nav, atom.Button,
}

// tagCode returns 1 + the place of an element in tagCodes, 0 for others.
func tagCode(a atom.Atom) uint8 { return uint8(1 + slices.Index(tagCodes[:], a)) }

// contextBits returns the kinds of element that a block is in. Bit 4 is not used.
func contextBits(in dom.Context) (bits uint8) {
	for k, c := range [...]dom.Context{dom.InArticle, dom.InItem, dom.InQuote, dom.InFigure, 0, dom.InSmall, dom.InTitle, dom.InTime} {
		if in&c != 0 {
			bits |= 1 << k
		}
	}
	return bits
}

// labelCodes are the codes of the sections of labels.
var labelCodes = map[string]uint8{
	"ad": 1, "agency": 2, "bio": 3, "byline": 4, "caption": 5, "closing": 6, "comments": 7, "consent": 8, "count": 9, "date": 10,
	"login": 11, "newsletter": 12, "related": 13, "rights": 14, "share": 15, "source": 16, "sponsored": 17, "tags": 18, "watch": 19, "poll": 20, "notice": 21, "support": 22,
}

const (
	otherLabel = 30 // code of a section that has none
	aloneLabel = 32 // added when the label is the whole line
)

// labelCode returns the code of the first label that is alone on its line, else of
// the first label in it, 0 for none.
func labelCode(text string) uint8 {
	l := letters.NewLine(text)
	code := uint8(0)
	for _, h := range labels.All().Find(&l) {
		c := labelCodes[string(h.Section)]
		if c == 0 {
			c = otherLabel
		}
		if h.Alone {
			return c + aloneLabel
		}
		if code == 0 {
			code = c
		}
	}
	return code
}

// ruleCodes are the codes of rules; those from 20 on are of rules on elements,
// grouped by what they cut.
var ruleCodes = map[string]uint8{
	region.OutsideRule: 1, "above-headline": 2, "next-story": 3, "picture-line": 4, "small-print": 5, "link-line": 6, "correction": 7,
	"time-stamp": 8, "repeat": 9, "head-line": 10, "tail-line": 11, "lone-heading": 12,

	"related": 20, "teaser": 20, "headline-box": 20, "link-list": 20, "recirculation": 20,
	"ads": 21, "sponsored": 21, "paid-box": 21,
	"newsletter": 22, "letter-box": 22, "follow": 22, "login": 22, "form": 22, "card": 22, "call-line": 22,
	"share": 23, "tools": 23, "counter": 23,
	"comments": 24, "comment": 24, "thread": 24,
	"caption": 25, "picture": 25, "player": 25, "embed": 25,
	"byline": 26, "author-box": 26, "tags": 27, "breadcrumb": 27,
	"navigation": 28, "sidebar": 28, "masthead": 28, "footer": 28, "foot": 28,
}

// otherRule is the code of a rule that has none.
const otherRule = 40

// ruleCode returns the code of a rule, 0 for "".
func ruleCode(id string) uint8 {
	if id == "" {
		return 0
	}
	if code := ruleCodes[id]; code != 0 {
		return code
	}
	return otherRule
}

// voteCode returns how a method voted on block i: 0 when it was not called, 1
// against, 2 for story.
func voteCode(vote []bool, i int) uint8 {
	switch {
	case vote == nil:
		return 0
	case vote[i]:
		return 2
	}
	return 1
}
