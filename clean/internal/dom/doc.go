// Package dom lays the DOM of a page flat and makes blocks of text of it. It
// decides nothing: the packages above it read the flattened DOM, mark elements
// and blocks as cut, and never change the tree.
//
// A [Doc] holds elements and pieces of text in document order, each element with
// the sums of what is below it (letters, letters within links, prose). [Blocks]
// turns it into paragraphs, headings, list items and table rows.
//
// doc.go lays flat; blocks.go makes blocks; hidden.go reads style sheets for
// what readers do not see; names.go splits class names into words; signature.go
// describes how an element is built; place.go and node.go answer small questions
// on elements and nodes. Start with [New].
package dom

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// Place is what a piece of text stands in, inherited from element to element.
type Place uint32

const (
	InLink Place = 1 << iota
	InBold
	InItalic
	InSmall
	InHeading
	InTitle // h1
	InItem
	InQuote
	InCode
	inCaption // figcaption, caption
	InFigure
	InArticle // article or main
	InCell    // of a table that holds data
	InTime
)

// tokenKind says what happens at one place of the page.
type tokenKind uint8

const (
	TextToken  tokenKind = iota
	OpenToken            // a block begins
	closeToken           // a block ends
	breakToken           // br
	ruleToken            // hr
	ImageToken
)

// token is one step through the page in reading order.
type token struct {
	Kind tokenKind
	Elem int32 // the element it stands in; for open and close the block itself
	Text string
}

// Element is one element of the page with the sums of what is below it. The
// descendants of element i are i+1 up to its end.
type Element struct {
	Node              *html.Node
	Parent, End       int32 // parent is -1 for the first
	Tokens, TokensEnd int32 // its range of tokens
	Blocks            Span  // its range of blocks, for block elements
	In                Place
	Cut               int16 // 1 + index of the rule that cuts here; 0: stays
	Block             bool
	Data              bool  // a table that holds data, not layout
	Chars             int32 // letters and digits below it
	LinkChars         int32 // of them within links
	Prose             int32 // of them outside of links and in longer pieces
}

// LongPiece is the length, in letters, from which a piece of text between two
// tags counts as prose. Menus and forms are made of shorter ones.
const LongPiece = 30

// Doc is the page laid flat: its elements and its text in document order.
type Doc struct {
	Elements []Element
	Tokens   []token
	styles   styleRules
	mark     func(e *Element) int16
	Prose    int32 // of the whole page
	Depths   int   // bytes of text, each piece times how deep it stands
}

// MaxNesting bounds the walk; what is deeper is read as if it were there. The
// parser gives no deeper trees (see news/markup), others might.
const MaxNesting = 4096

// New lays a tree flat. mark is asked of each element as it is met, before
// anything in it, and gives what its cut begins as.
func New(root *html.Node, mark func(e *Element) int16) *Doc {
	styles, elements, tokens := readStyles(root)
	o := &Doc{Elements: make([]Element, 0, elements), Tokens: make([]token, 0, tokens), styles: styles, mark: mark}
	o.walk(root, -1, 0, 0)
	return o
}

func (o *Doc) walk(n *html.Node, parent int32, in Place, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			o.text(c.Data, parent, in)
			o.Depths += len(c.Data) * depth
		case html.ElementNode:
			o.element(c, parent, in, depth)
		case html.DocumentNode:
			o.walk(c, parent, in, depth)
		}
	}
}

func (o *Doc) text(s string, parent int32, in Place) {
	if parent < 0 || s == "" {
		return
	}
	n := letters.Count(s)
	if n == 0 && strings.TrimSpace(s) == "" {
		s = " "
		if k := len(o.Tokens); k > 0 && (o.Tokens[k-1].Kind != TextToken || o.Tokens[k-1].Text == " ") {
			return
		}
	}
	o.Tokens = append(o.Tokens, token{TextToken, parent, s})
	e := &o.Elements[parent]
	e.Chars += n
	switch {
	case in&InLink != 0:
		e.LinkChars += n
	case n >= LongPiece && e.Node.DataAtom != atom.Textarea && e.Node.DataAtom != atom.Option && e.Node.DataAtom != atom.Button:
		e.Prose += n
	}
}

func (o *Doc) element(n *html.Node, parent int32, in Place, depth int) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Iframe, atom.Link, atom.Meta, atom.Svg, atom.Title:
		return // never text of the page
	case atom.Br:
		o.Tokens = append(o.Tokens, token{Kind: breakToken, Elem: parent})
		return
	case atom.Hr:
		o.Tokens = append(o.Tokens, token{Kind: ruleToken, Elem: parent})
		return
	case atom.Wbr:
		return
	case atom.Img, atom.Picture:
		o.Tokens = append(o.Tokens, token{Kind: ImageToken, Elem: parent})
		return
	}
	if n.Namespace == "svg" {
		return
	}
	i := int32(len(o.Elements))
	block := isBlock(n, in)
	in = o.enter(n, in)
	o.Elements = append(o.Elements, Element{Node: n, Parent: parent, In: in, Block: block, Tokens: int32(len(o.Tokens))})
	o.Elements[i].Cut = o.mark(&o.Elements[i])
	if block {
		o.Tokens = append(o.Tokens, token{Kind: OpenToken, Elem: i})
	}
	if depth < MaxNesting {
		o.walk(n, i, in, depth+1)
	}
	if block {
		o.Tokens = append(o.Tokens, token{Kind: closeToken, Elem: i})
	}
	e := &o.Elements[i]
	e.End, e.TokensEnd = int32(len(o.Elements)), int32(len(o.Tokens))
	if n.DataAtom == atom.Table {
		e.Data = o.holdsData(i)
	}
	if parent >= 0 {
		p := &o.Elements[parent]
		p.Chars += e.Chars
		p.LinkChars += e.LinkChars
		p.Prose += e.Prose
	}
}

// enter is the context inside of an element.
func (o *Doc) enter(n *html.Node, in Place) Place {
	switch n.DataAtom {
	case atom.A:
		if leadsAway(n) {
			in |= InLink
		}
	case atom.B, atom.Strong:
		in |= InBold
	case atom.I, atom.Em, atom.Cite:
		in |= InItalic
	case atom.Small, atom.Sub, atom.Sup:
		in |= InSmall
	case atom.Font:
		if s := Attr(n, "size"); s == "1" || s == "-1" || s == "-2" {
			in |= InSmall
		}
	case atom.H1:
		in |= InHeading | InTitle
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		in |= InHeading
	case atom.Li:
		in |= InItem
	case atom.Table:
		in &^= InItem
	case atom.Blockquote, atom.Q:
		in |= InQuote
	case atom.Pre:
		in |= InCode
	case atom.Figcaption, atom.Caption:
		in |= inCaption
	case atom.Figure:
		in |= InFigure
	case atom.Article, atom.Main:
		in |= InArticle
	case atom.Time:
		in |= InTime
	}
	return in
}

// leadsAway says whether a link goes to another page: anchors and links within
// the page do not. Links that only a script knows do.
func leadsAway(n *html.Node) bool {
	href := strings.TrimSpace(Attr(n, "href"))
	if strings.HasPrefix(href, "#") {
		return len(href) == 1
	}
	return href != "" || Attr(n, "id")+Attr(n, "name") == ""
}

// holdsData tells a table of figures from a table that lays a page out: it has
// no table in it, two rows and two columns at least, and cells that are short
// or a head of its own.
func (o *Doc) holdsData(i int32) bool {
	t := &o.Elements[i]
	if role := Attr(t.Node, "role"); role == "presentation" || role == "none" {
		return false
	}
	rows, wide, head, longest := 0, 0, false, int32(0)
	row, cells := int32(-1), 0
	for k := i + 1; k < t.End; k++ {
		e := &o.Elements[k]
		switch e.Node.DataAtom {
		case atom.Table:
			return false
		case atom.Thead:
			head = true
		case atom.Tr:
			rows++
			row, cells = k, 0
		case atom.Th, atom.Td:
			head = head || e.Node.DataAtom == atom.Th
			longest = max(longest, e.Chars)
			if row >= 0 {
				if cells++; cells == 2 {
					wide++
				}
			}
		case atom.H1:
			return false
		}
	}
	if rows < 2 || wide < 2 {
		return false
	}
	return head && longest < 600 || longest < 160
}
