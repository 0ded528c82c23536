package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/news"
)

// block is one block of the page's text with what it was made from.
type block struct {
	news.Block
	elem       int32  // the block element that it stands in
	in         place  // what all of it stands in
	letters    int32  // letters and digits
	links      int32  // of them within links
	anchors    int32  // links in it
	anchor     int32  // the element of the longest of them
	afterImage bool   // a picture stands right before it, with no text between
	cut        int16  // 1 + index of the rule that cut the whole element; 0: none
	rule, why  string // what cut it; "" while it stays
	weak       bool   // what cut it went by its place alone: the model may bring it back
}

// linkShare is the share of a block's letters that stand in links, 0 to 1.
func (b *block) linkShare() float64 {
	if b.letters == 0 {
		return 0
	}
	return float64(b.links) / float64(b.letters)
}

// blockBuilder makes blocks from tokens.
type blockBuilder struct {
	o      *outline
	blocks []block

	text    []byte
	space   bool // a blank is due before the next rune
	some    bool // there is text since the last flush
	elem    int32
	in      place
	letters int32
	links   int32
	anchors int32
	longest int32 // the longest link of the block, see anchors
	anchor  int32 // the last link that text was written of
	image   bool
	breaks  int   // line breaks in a row
	row     int32 // the row of data being read, -1 outside
	cutAt   int32
}

// makeBlocks lays the whole page out in blocks, in reading order. What rules
// have cut comes as blocks with cut set, one for each element cut.
func makeBlocks(o *outline) []block {
	b := &blockBuilder{o: o, row: -1, cutAt: -1, text: make([]byte, 0, 4096), blocks: make([]block, 0, o.lines())}
	for k := range o.tokens {
		t := &o.tokens[k]
		if t.elem < 0 {
			continue
		}
		e := &o.elems[t.elem]
		if e.cut != 0 {
			b.cutToken(t, e)
			continue
		}
		if b.cutAt >= 0 {
			b.endCut()
		}
		b.token(t, e)
	}
	if b.cutAt >= 0 {
		b.endCut()
	}
	b.flush()
	return b.blocks
}

// lines is about how many blocks the page will have.
func (o *outline) lines() int {
	n, some := 1, false
	for k := range o.tokens {
		switch t := &o.tokens[k]; {
		case t.kind == textToken:
			some = some || t.text != " "
		case some && t.kind != imageToken:
			n++
			some = false
		}
	}
	return n
}

// cutToken takes a token of a cut element along for the record.
func (b *blockBuilder) cutToken(t *token, e *element) {
	top := t.elem
	if e.cut < 0 {
		top = b.cutAt
		if top < 0 || t.elem >= b.o.elems[top].end {
			top = b.o.topCut(t.elem)
		}
	}
	if top != b.cutAt {
		if b.cutAt >= 0 {
			b.endCut()
		}
		if b.o.elems[top].block {
			b.flush()
		}
		b.cutAt = top
	}
}

// endCut closes the record of a cut element.
func (b *blockBuilder) endCut() {
	e := &b.o.elems[b.cutAt]
	if e.chars > 0 {
		text := b.o.plainText(b.cutAt)
		b.blocks = append(b.blocks, block{Block: news.Block{Text: text}, elem: b.cutAt, in: e.in, letters: e.chars, links: e.linkChars, cut: e.cut})
	}
	b.cutAt = -1
	b.space = true
}

func (b *blockBuilder) token(t *token, e *element) {
	switch t.kind {
	case textToken:
		b.write(t.text, t.elem, e)
	case imageToken:
		if !b.some {
			b.image = true
		}
	case ruleToken:
		b.flush()
		b.image = false
	case breakToken:
		b.lineBreak(e)
	case openToken:
		e.blocks.from = int32(len(b.blocks))
		if b.row >= 0 {
			b.cellEdge(e)
			return
		}
		b.flush()
		e.blocks.from = int32(len(b.blocks))
		if e.node.DataAtom == atom.Tr && b.o.inDataTable(t.elem) {
			b.row = t.elem
		}
	case closeToken:
		if b.row >= 0 && t.elem != b.row {
			b.space = true
			e.blocks.to = int32(len(b.blocks))
			return
		}
		b.flush()
		b.row = -1
		e.blocks.to = int32(len(b.blocks))
	}
}

// cellEdge begins a cell, or a block within one.
func (b *blockBuilder) cellEdge(e *element) {
	b.space = true
	if (e.node.DataAtom == atom.Td || e.node.DataAtom == atom.Th) && b.some {
		b.text = append(b.text, " |"...)
	}
}

// lineBreak ends a paragraph at the second break in a row, and at the first
// where a line looks complete: a sentence has ended, it is set bold as a
// heading, or it is too short to have been wrapped by hand.
func (b *blockBuilder) lineBreak(e *element) {
	b.breaks++
	switch {
	case b.row >= 0 || e.in&inHeading != 0:
		b.space = true
	case e.in&inCode != 0:
		b.text = append(b.text, '\n')
	case b.breaks >= 2 || b.letters < 40 || b.in&inBold != 0 || endsSentence(string(lastBytes(b.text, 16))):
		b.flush()
	default:
		b.space = true
	}
}

func lastBytes(b []byte, n int) []byte {
	if len(b) > n {
		b = b[len(b)-n:]
		for len(b) > 0 && !utf8.RuneStart(b[0]) {
			b = b[1:]
		}
	}
	return b
}

// write adds text with its white space made plain.
func (b *blockBuilder) write(s string, elem int32, e *element) {
	n := letters(s)
	if n > 0 {
		if !b.some {
			b.in, b.elem = e.in, b.o.holder(elem)
		} else {
			b.in &= e.in
		}
		b.some = true
		b.breaks = 0
		b.letters += n
		if e.in&inLink != 0 {
			b.links += n
			b.countLink(elem)
		}
	}
	code := e.in&inCode != 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case code && (c == '\n' || c == ' ' || c == '\t'):
				b.text = append(b.text, c)
				b.space = false
			case c <= ' ' || c == 0x7f:
				b.space = true
			default:
				b.blank()
				b.text = append(b.text, c)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1, noWidth(r):
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			b.space = true
		default:
			b.blank()
			b.text = append(b.text, s[i:i+size]...)
		}
		i += size
	}
}

// countLink counts the link that a piece of text stands in.
func (b *blockBuilder) countLink(elem int32) {
	for elem >= 0 && b.o.elems[elem].node.DataAtom != atom.A {
		elem = b.o.elems[elem].parent
	}
	if b.anchors > 0 && elem == b.anchor {
		return
	}
	if b.anchors == 0 || elem >= 0 && b.longest >= 0 && b.o.elems[elem].chars > b.o.elems[b.longest].chars {
		b.longest = elem
	}
	b.anchors++
	b.anchor = elem
}

// blank writes the space that is due.
func (b *blockBuilder) blank() {
	if b.space && len(b.text) > 0 && b.text[len(b.text)-1] != '\n' {
		b.text = append(b.text, ' ')
	}
	b.space = false
}

// flush ends the block at hand.
func (b *blockBuilder) flush() {
	if b.some {
		text := strings.TrimSpace(string(b.text))
		kind := b.o.kindAt(b.elem, b.in)
		if b.row >= 0 {
			kind = news.TableRow
		}
		b.blocks = append(b.blocks, block{Block: news.Block{Kind: kind, Text: text}, elem: b.elem, in: b.in, letters: b.letters, links: b.links, anchors: b.anchors, anchor: b.longest, afterImage: b.image})
		b.image = false
	}
	b.text, b.space, b.some, b.letters, b.links, b.anchors, b.breaks = b.text[:0], false, false, 0, 0, 0, 0
}

// noWidth says whether a rune has neither width nor meaning in running text.
// The joiners U+200C and U+200D have one, in Persian and in Hindi.
func noWidth(r rune) bool {
	switch {
	case r == '\u00ad', r == '\ufeff', r == '\u200b', r == '\u200e', r == '\u200f',
		r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064', r >= '\u2066' && r <= '\u206f':
		return true
	}
	return r >= 0x80 && r < 0xa0 && r != 0x85
}

// holder is the nearest block element around an element, itself included.
func (o *outline) holder(i int32) int32 {
	for i > 0 && !o.elems[i].block {
		i = o.elems[i].parent
	}
	return i
}

// topCut is the element whose rule cut element i.
func (o *outline) topCut(i int32) int32 {
	for i > 0 && o.elems[i].cut <= 0 {
		i = o.elems[i].parent
	}
	return i
}

func (o *outline) inDataTable(i int32) bool {
	for ; i >= 0; i = o.elems[i].parent {
		if o.elems[i].node.DataAtom == atom.Table {
			return o.elems[i].data
		}
	}
	return false
}

// longItem is the length, in letters, over which a list item is no item of a
// list but a part of the page that was marked up as one.
const longItem = 1500

// kindAt is the kind of a block by what it stands in.
func (o *outline) kindAt(elem int32, in place) news.BlockKind {
	switch {
	case in&inHeading != 0:
		return news.Heading
	case in&inCode != 0:
		return news.Code
	case in&inItem != 0:
		for i := elem; i >= 0; i = o.elems[i].parent {
			if o.elems[i].node.DataAtom == atom.Li {
				if o.elems[i].chars > longItem {
					break
				}
				return news.ListItem
			}
		}
		return news.Paragraph
	case in&inQuote != 0:
		return news.Quote
	}
	return news.Paragraph
}

// plainText is all text below an element, blocks apart by a blank, for the
// record of what was cut.
func (o *outline) plainText(i int32) string {
	e := &o.elems[i]
	var b strings.Builder
	b.Grow(int(e.chars) + int(e.chars)/4)
	space := false
	for k := e.tokens; k < e.tokensEnd; k++ {
		t := &o.tokens[k]
		if t.kind != textToken {
			space = true
			continue
		}
		for _, r := range t.text {
			switch {
			case noWidth(r) || r == utf8.RuneError:
			case unicode.IsSpace(r) || r < ' ':
				space = true
			default:
				if space && b.Len() > 0 {
					b.WriteByte(' ')
				}
				space = false
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// endsSentence says whether a text ends as a sentence does.
func endsSentence(s string) bool {
	for s != "" {
		r, size := rune(s[len(s)-1]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeLastRuneInString(s)
		}
		switch r {
		case ' ', '"', '\'', '”', '’', '»', ')', ']', '“', '*':
			s = s[:len(s)-size]
			continue
		case '.', '!', '?', '…', ':', ';', '。', '！', '？', '؟', '।', '：', '；':
			return true
		}
		return false
	}
	return false
}
