package dom

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// Block is a block of the page's text and where it comes from.
type Block struct {
	news.Block
	Elem        int32   // index of the block element that it begins in
	Tokens      Span    // that its text is in; there may be others among them
	In          Context // what all of it is in
	Letters     int32   // and digits
	LinkLetters int32   // of them, in links
	Links       int32   // how many there are
	LongestLink int32   // index of the element, when there are links
	AfterImage  bool    // a picture is right before it, with no text between
	Cut         int16   // 1 + index of the rule that cut its whole element; 0 when none did
	Rule, Why   string  // what cut it; "" while it stays
	Weak        bool    // it was cut for its position alone: the model may restore it
	Sure        bool    // it is story by its form: the model may not cut it
}

// LinkShare returns the share of a block's letters that are in links, 0 to 1.
func (b *Block) LinkShare() float64 {
	if b.Letters == 0 {
		return 0
	}
	return float64(b.LinkLetters) / float64(b.Letters)
}

// What makes a block running text. Headlines, captions and teasers are shorter,
// or links.
const (
	runningText     = 200 // letters
	runningSentence = 80  // letters, when it ends like a sentence
	teaserLinks     = 0.3 // share of letters in links that running text does not reach
)

// IsRunningText reports whether a block is long, like a sentence, and no link.
func (b *Block) IsRunningText() bool {
	return b.LinkShare() < teaserLinks && (b.Letters >= runningText || b.Letters >= runningSentence && letters.EndsClause(b.Text))
}

// Blocks returns the text of the page as blocks, in reading order, and sets
// Element.Blocks. An element that a rule has cut is one block, with Cut set.
func (doc *Doc) Blocks() []Block { return doc.makeBlocks(false) }

// AllBlocks returns the text of the page as blocks, as [Doc.Blocks] does, but the
// block elements that a rule has cut are read as well: their blocks have Cut set.
// An inline element that a rule has cut is still one block. The blocks without Cut
// are those of Blocks, in the same order.
func (doc *Doc) AllBlocks() []Block { return doc.makeBlocks(true) }

func (doc *Doc) makeBlocks(all bool) []Block {
	b := &blockBuilder{doc: doc, all: all, row: -1, cut: -1, text: make([]byte, 0, 4096), blocks: make([]Block, 0, doc.countLines())}
	for k := range doc.Tokens {
		t := &doc.Tokens[k]
		if t.Elem < 0 {
			continue
		}
		e := &doc.Elements[t.Elem]
		if e.Cut != 0 && !b.reads(t.Elem) {
			b.cutToken(t, e)
			continue
		}
		if b.cut >= 0 {
			b.endCut()
		}
		b.at = int32(k)
		b.token(t, e)
	}
	if b.cut >= 0 {
		b.endCut()
	}
	b.flush()
	return b.blocks
}

// reads reports whether the text of element i, which a rule has cut or which is in
// such an element, becomes blocks all the same.
func (b *blockBuilder) reads(i int32) bool {
	return b.all && b.doc.Elements[b.doc.cutAncestor(i)].IsBlock
}

// countLines returns about how many blocks the page will have.
func (doc *Doc) countLines() int {
	n, some := 1, false
	for k := range doc.Tokens {
		switch t := &doc.Tokens[k]; {
		case t.Kind == TextToken:
			some = some || t.Text != " "
		case some && t.Kind != ImageToken:
			n++
			some = false
		}
	}
	return n
}

// blockBuilder makes blocks from tokens. All but doc and blocks is about the
// block that is being built.
type blockBuilder struct {
	doc    *Doc
	all    bool // see AllBlocks
	blocks []Block

	text        []byte
	space       bool // a space is due before the next character
	some        bool // it has letters
	elem        int32
	at          int32 // the token that is being read
	tokens      Span
	in          Context
	letters     int32
	linkLetters int32
	links       int32
	longestLink int32
	lastLink    int32
	afterImage  bool
	breaks      int   // line breaks in a row
	row         int32 // the row of a data table that is being read, -1 outside
	cut         int32 // the cut element that is being read, -1 outside
}

// cutToken reads a token of a cut element.
func (b *blockBuilder) cutToken(t *Token, e *Element) {
	top := t.Elem
	if e.Cut < 0 {
		top = b.cut
		if top < 0 || t.Elem >= b.doc.Elements[top].End {
			top = b.doc.cutAncestor(t.Elem)
		}
	}
	if top != b.cut {
		if b.cut >= 0 {
			b.endCut()
		}
		if b.doc.Elements[top].IsBlock {
			b.flush()
		}
		b.cut = top
	}
}

// cutAncestor returns the element that a rule has cut and that contains element
// i, itself included.
func (doc *Doc) cutAncestor(i int32) int32 {
	for i > 0 && doc.Elements[i].Cut <= 0 {
		i = doc.Elements[i].Parent
	}
	return i
}

// endCut makes the block of a cut element.
func (b *blockBuilder) endCut() {
	e := &b.doc.Elements[b.cut]
	if e.Letters > 0 {
		text := b.doc.PlainText(b.cut)
		one := Block{Block: news.Block{Text: text}, Elem: b.cut, In: e.In, Letters: e.Letters, LinkLetters: e.LinkLetters, Cut: e.Cut}
		if b.all {
			one.Tokens = e.Tokens
			one.Links, one.LongestLink = b.doc.countLinks(e.Tokens)
		}
		b.blocks = append(b.blocks, one)
	}
	b.cut = -1
	b.space = true
}

// countLinks returns how many links tokens are in, and the element of the longest.
func (doc *Doc) countLinks(tokens Span) (n, longest int32) {
	b := blockBuilder{doc: doc}
	for k := tokens.From; k < tokens.To; k++ {
		if t := &doc.Tokens[k]; t.Kind == TextToken && doc.Elements[t.Elem].In&InLink != 0 && letters.Count(t.Text) > 0 {
			b.countLink(t.Elem)
		}
	}
	return b.links, b.longestLink
}

// PlainText returns the text of an element on one line, blocks separated by a
// space.
func (doc *Doc) PlainText(i int32) string {
	e := &doc.Elements[i]
	var b strings.Builder
	b.Grow(int(e.Letters) + int(e.Letters)/4)
	space := false
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		t := &doc.Tokens[k]
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

// token reads a token of an element that stays.
func (b *blockBuilder) token(t *Token, e *Element) {
	switch t.Kind {
	case TextToken:
		b.write(t.Text, t.Elem, e)
	case ImageToken:
		if !b.some {
			b.afterImage = true
		}
	case DividerToken:
		b.flush()
		b.afterImage = false
	case BreakToken:
		b.lineBreak(e)
	case OpenToken:
		b.setFrom(e)
		if b.row >= 0 && (e.Cut == 0) == (b.doc.Elements[b.row].Cut == 0) {
			b.openInRow(e)
			return
		}
		b.flush()
		b.row = -1
		b.setFrom(e)
		if e.IsRow || e.Node.DataAtom == atom.Tr && b.doc.inDataTable(t.Elem) {
			b.row = t.Elem
		}
	case CloseToken:
		if b.row >= 0 && t.Elem != b.row {
			b.space = true
			b.setTo(e)
			return
		}
		b.flush()
		b.row = -1
		b.setTo(e)
	}
}

// setFrom and setTo record where the blocks of an element begin and end.
func (b *blockBuilder) setFrom(e *Element) {
	if !b.all {
		e.Blocks.From = int32(len(b.blocks))
	}
}

func (b *blockBuilder) setTo(e *Element) {
	if !b.all {
		e.Blocks.To = int32(len(b.blocks))
	}
}

// openInRow begins a cell of a table row, or a block element in one.
func (b *blockBuilder) openInRow(e *Element) {
	b.space = true
	if (e.Node.DataAtom == atom.Td || e.Node.DataAtom == atom.Th || e.Parent == b.row) && b.some {
		b.text = append(b.text, " |"...)
	}
}

// inDataTable reports whether the table that element i is in holds data.
func (doc *Doc) inDataTable(i int32) bool {
	for ; i >= 0; i = doc.Elements[i].Parent {
		if doc.Elements[i].Node.DataAtom == atom.Table {
			return doc.Elements[i].IsData
		}
	}
	return false
}

const (
	unwrappedLine = 40 // letters; a shorter line was not wrapped by hand
	sentenceEnd   = 16 // bytes of a text that show whether a sentence ends there
)

// lineBreak ends a block at the second line break in a row, and at the first
// after a line that is complete: it ends like a sentence, it is bold as a
// heading is, or it is too short to have been wrapped by hand.
func (b *blockBuilder) lineBreak(e *Element) {
	b.breaks++
	switch {
	case b.row >= 0 || e.In&InHeading != 0:
		b.space = true
	case e.In&InCode != 0:
		b.text = append(b.text, '\n')
	case b.breaks >= 2 || b.letters < unwrappedLine || b.in&InBold != 0 || letters.EndsClause(string(lastBytes(b.text, sentenceEnd))):
		b.flush()
	default:
		b.space = true
	}
}

// lastBytes returns the whole runes in the last n bytes of a text.
func lastBytes(b []byte, n int) []byte {
	if len(b) > n {
		b = b[len(b)-n:]
		for len(b) > 0 && !utf8.RuneStart(b[0]) {
			b = b[1:]
		}
	}
	return b
}

// write adds a text, its white space reduced to single spaces. In code it stays
// as it is.
func (b *blockBuilder) write(s string, elem int32, e *Element) {
	n := letters.Count(s)
	if n > 0 {
		if !b.some {
			b.in, b.elem, b.tokens.From = e.In, b.doc.blockElement(elem), b.at
		} else {
			b.in &= e.In
		}
		b.some = true
		b.tokens.To = b.at + 1
		b.breaks = 0
		b.letters += n
		if e.In&InLink != 0 {
			b.linkLetters += n
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
				b.writeSpace()
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
			b.writeSpace()
			b.text = append(b.text, s[i:i+size]...)
		}
		i += size
	}
}

// writeSpace writes the space that is due.
func (b *blockBuilder) writeSpace() {
	if b.space && len(b.text) > 0 && b.text[len(b.text)-1] != '\n' {
		b.text = append(b.text, ' ')
	}
	b.space = false
}

// blockElement returns the nearest block element around element i, itself
// included.
func (doc *Doc) blockElement(i int32) int32 {
	for i > 0 && !doc.Elements[i].IsBlock {
		i = doc.Elements[i].Parent
	}
	return i
}

// countLink counts the link that a text of element elem is in, unless the text
// before was in the same.
func (b *blockBuilder) countLink(elem int32) {
	for elem >= 0 && b.doc.Elements[elem].Node.DataAtom != atom.A {
		elem = b.doc.Elements[elem].Parent
	}
	if b.links > 0 && elem == b.lastLink {
		return
	}
	if b.links == 0 || elem >= 0 && b.longestLink >= 0 && b.doc.Elements[elem].Letters > b.doc.Elements[b.longestLink].Letters {
		b.longestLink = elem
	}
	b.links++
	b.lastLink = elem
}

// flush ends the block.
func (b *blockBuilder) flush() {
	if b.some {
		text := strings.TrimSpace(string(b.text))
		kind := b.doc.blockKind(b.elem, b.in)
		if b.row >= 0 {
			kind = news.TableRow
		}
		b.blocks = append(b.blocks, Block{
			Block: news.Block{Kind: kind, Text: text}, Elem: b.elem, Tokens: b.tokens, In: b.in, Letters: b.letters,
			Sure: b.in&InEmbed != 0 && b.linkLetters < b.letters, LinkLetters: b.linkLetters, Links: b.links, LongestLink: b.longestLink, AfterImage: b.afterImage, Cut: max(b.doc.Elements[b.elem].Cut, -b.doc.Elements[b.elem].Cut),
		})
		b.afterImage = false
	}
	b.text, b.space, b.some, b.letters, b.linkLetters, b.links, b.breaks = b.text[:0], false, false, 0, 0, 0, 0
}

// longItem is the length, in letters, above which an li element is no item of a
// list but a part of the page that was marked up as one.
const longItem = 1500

// blockKind returns the kind of a block that begins in an element.
func (doc *Doc) blockKind(elem int32, in Context) news.BlockKind {
	switch {
	case in&InHeading != 0:
		return news.Heading
	case in&InCode != 0:
		return news.Code
	case in&InItem != 0:
		for i := elem; i >= 0; i = doc.Elements[i].Parent {
			if doc.Elements[i].Node.DataAtom == atom.Li {
				if doc.Elements[i].Letters > longItem {
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
