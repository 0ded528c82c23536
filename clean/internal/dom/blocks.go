package dom

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// Block is one block of the page's text with what it was made from.
type Block struct {
	news.Block
	Elem       int32  // the block element that it stands in
	In         Place  // what all of it stands in
	Letters    int32  // letters and digits
	Links      int32  // of them within links
	Anchors    int32  // links in it
	Anchor     int32  // the element of the longest of them
	AfterImage bool   // a picture stands right before it, with no text between
	Cut        int16  // 1 + index of the rule that cut the whole element; 0: none
	Rule, Why  string // what cut it; "" while it stays
	Weak       bool   // what cut it went by its place alone: the model may bring it back
}

// LinkShare is the share of a block's letters that stand in links, 0 to 1.
func (b *Block) LinkShare() float64 {
	if b.Letters == 0 {
		return 0
	}
	return float64(b.Links) / float64(b.Letters)
}

// blockBuilder makes blocks from tokens.
type blockBuilder struct {
	o      *Doc
	blocks []Block

	text    []byte
	space   bool // a blank is due before the next rune
	some    bool // there is text since the last flush
	elem    int32
	in      Place
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

// Blocks lays the whole page out in blocks, in reading order. What rules
// have cut comes as blocks with cut set, one for each element cut.
func Blocks(o *Doc) []Block {
	b := &blockBuilder{o: o, row: -1, cutAt: -1, text: make([]byte, 0, 4096), blocks: make([]Block, 0, o.lines())}
	for k := range o.Tokens {
		t := &o.Tokens[k]
		if t.Elem < 0 {
			continue
		}
		e := &o.Elements[t.Elem]
		if e.Cut != 0 {
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
func (o *Doc) lines() int {
	n, some := 1, false
	for k := range o.Tokens {
		switch t := &o.Tokens[k]; {
		case t.Kind == TextToken:
			some = some || t.Text != " "
		case some && t.Kind != ImageToken:
			n++
			some = false
		}
	}
	return n
}

// cutToken takes a token of a cut element along for the record.
func (b *blockBuilder) cutToken(t *token, e *Element) {
	top := t.Elem
	if e.Cut < 0 {
		top = b.cutAt
		if top < 0 || t.Elem >= b.o.Elements[top].End {
			top = b.o.topCut(t.Elem)
		}
	}
	if top != b.cutAt {
		if b.cutAt >= 0 {
			b.endCut()
		}
		if b.o.Elements[top].Block {
			b.flush()
		}
		b.cutAt = top
	}
}

// endCut closes the record of a cut element.
func (b *blockBuilder) endCut() {
	e := &b.o.Elements[b.cutAt]
	if e.Chars > 0 {
		text := b.o.PlainText(b.cutAt)
		b.blocks = append(b.blocks, Block{Block: news.Block{Text: text}, Elem: b.cutAt, In: e.In, Letters: e.Chars, Links: e.LinkChars, Cut: e.Cut})
	}
	b.cutAt = -1
	b.space = true
}

func (b *blockBuilder) token(t *token, e *Element) {
	switch t.Kind {
	case TextToken:
		b.write(t.Text, t.Elem, e)
	case ImageToken:
		if !b.some {
			b.image = true
		}
	case ruleToken:
		b.flush()
		b.image = false
	case breakToken:
		b.lineBreak(e)
	case OpenToken:
		e.Blocks.From = int32(len(b.blocks))
		if b.row >= 0 {
			b.cellEdge(e)
			return
		}
		b.flush()
		e.Blocks.From = int32(len(b.blocks))
		if e.Node.DataAtom == atom.Tr && b.o.inDataTable(t.Elem) {
			b.row = t.Elem
		}
	case closeToken:
		if b.row >= 0 && t.Elem != b.row {
			b.space = true
			e.Blocks.To = int32(len(b.blocks))
			return
		}
		b.flush()
		b.row = -1
		e.Blocks.To = int32(len(b.blocks))
	}
}

// cellEdge begins a cell, or a block within one.
func (b *blockBuilder) cellEdge(e *Element) {
	b.space = true
	if (e.Node.DataAtom == atom.Td || e.Node.DataAtom == atom.Th) && b.some {
		b.text = append(b.text, " |"...)
	}
}

// lineBreak ends a paragraph at the second break in a row, and at the first
// where a line looks complete: a sentence has ended, it is set bold as a
// heading, or it is too short to have been wrapped by hand.
func (b *blockBuilder) lineBreak(e *Element) {
	b.breaks++
	switch {
	case b.row >= 0 || e.In&InHeading != 0:
		b.space = true
	case e.In&InCode != 0:
		b.text = append(b.text, '\n')
	case b.breaks >= 2 || b.letters < 40 || b.in&InBold != 0 || letters.EndsClause(string(lastBytes(b.text, 16))):
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
func (b *blockBuilder) write(s string, elem int32, e *Element) {
	n := letters.Count(s)
	if n > 0 {
		if !b.some {
			b.in, b.elem = e.In, b.o.holder(elem)
		} else {
			b.in &= e.In
		}
		b.some = true
		b.breaks = 0
		b.letters += n
		if e.In&InLink != 0 {
			b.links += n
			b.countLink(elem)
		}
	}
	code := e.In&InCode != 0
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
		case r == utf8.RuneError && size == 1, letters.IsInvisible(r):
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
	for elem >= 0 && b.o.Elements[elem].Node.DataAtom != atom.A {
		elem = b.o.Elements[elem].Parent
	}
	if b.anchors > 0 && elem == b.anchor {
		return
	}
	if b.anchors == 0 || elem >= 0 && b.longest >= 0 && b.o.Elements[elem].Chars > b.o.Elements[b.longest].Chars {
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
		b.blocks = append(b.blocks, Block{Block: news.Block{Kind: kind, Text: text}, Elem: b.elem, In: b.in, Letters: b.letters, Links: b.links, Anchors: b.anchors, Anchor: b.longest, AfterImage: b.image})
		b.image = false
	}
	b.text, b.space, b.some, b.letters, b.links, b.anchors, b.breaks = b.text[:0], false, false, 0, 0, 0, 0
}

// holder is the nearest block element around an element, itself included.
func (o *Doc) holder(i int32) int32 {
	for i > 0 && !o.Elements[i].Block {
		i = o.Elements[i].Parent
	}
	return i
}

// topCut is the element whose rule cut element i.
func (o *Doc) topCut(i int32) int32 {
	for i > 0 && o.Elements[i].Cut <= 0 {
		i = o.Elements[i].Parent
	}
	return i
}

func (o *Doc) inDataTable(i int32) bool {
	for ; i >= 0; i = o.Elements[i].Parent {
		if o.Elements[i].Node.DataAtom == atom.Table {
			return o.Elements[i].Data
		}
	}
	return false
}

// longItem is the length, in letters, over which a list item is no item of a
// list but a part of the page that was marked up as one.
const longItem = 1500

// kindAt is the kind of a block by what it stands in.
func (o *Doc) kindAt(elem int32, in Place) news.BlockKind {
	switch {
	case in&InHeading != 0:
		return news.Heading
	case in&InCode != 0:
		return news.Code
	case in&InItem != 0:
		for i := elem; i >= 0; i = o.Elements[i].Parent {
			if o.Elements[i].Node.DataAtom == atom.Li {
				if o.Elements[i].Chars > longItem {
					break
				}
				return news.ListItem
			}
		}
		return news.Paragraph
	case in&InQuote != 0:
		return news.Quote
	}
	return news.Paragraph
}

// PlainText is all text below an element, blocks apart by a blank, for the
// record of what was cut.
func (o *Doc) PlainText(i int32) string {
	e := &o.Elements[i]
	var b strings.Builder
	b.Grow(int(e.Chars) + int(e.Chars)/4)
	space := false
	for k := e.Tokens; k < e.TokensEnd; k++ {
		t := &o.Tokens[k]
		if t.Kind != TextToken {
			space = true
			continue
		}
		for _, r := range t.Text {
			switch {
			case letters.IsInvisible(r) || r == utf8.RuneError:
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

// Runs says whether a block is running text: long, a sentence, no link.
func Runs(b *Block) bool {
	return b.Letters >= 80 && b.LinkShare() < 0.3 && letters.EndsClause(b.Text) || b.Letters >= 200 && b.LinkShare() < 0.3
}

// Span is a run of blocks, from the first up to and without the last.
type Span struct{ From, To int32 }
