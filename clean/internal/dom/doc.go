// Package dom flattens the DOM of a page and turns it into blocks of text. It
// decides nothing: the packages above read the flattened DOM, mark elements and
// blocks as cut, and never change the tree.
//
// A [Doc] has the elements and the texts of a page in document order, each
// element with sums over what it contains: letters, letters in links, prose.
// [Doc.Blocks] turns it into paragraphs, headings, list items and table rows.
//
// node.go answers questions about a node of the tree, names.go splits class names
// into words, styles.go reads style sheets for what they hide; doc.go flattens;
// elements.go answers questions about an element; blocks.go makes blocks.
//
// Start with [New].
package dom

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// TokenKind is the kind of a [Token].
type TokenKind uint8

// The kinds of tokens.
const (
	TextToken    TokenKind = iota
	OpenToken              // a block element begins
	CloseToken             // a block element ends
	BreakToken             // br
	DividerToken           // hr
	ImageToken
)

// Token is one step through the page in reading order.
type Token struct {
	Kind TokenKind
	Elem int32 // index of the element that it is in; of the block itself when it begins or ends
	Text string
}

// Span is a range of indexes, To not included.
type Span struct{ From, To int32 }

// Element is one element of the page, with sums over itself and its descendants.
// The descendants of element i are i+1 to End-1.
type Element struct {
	Node        *html.Node
	Parent, End int32 // Parent is -1 for an element at the top
	Tokens      Span
	Blocks      Span // set by [Doc.Blocks], for block elements
	In          Context
	Cut         int16 // 1 + index of the rule that cuts it; the same, negative, when a rule cuts an ancestor; 0 when it stays
	IsBlock     bool
	IsData      bool  // a table of data, not of layout
	IsRow       bool  // a row of such a table that is made of other elements than tr
	Letters     int32 // and digits
	LinkLetters int32 // of them, in links
	Prose       int32 // of them, outside links in texts of MinProse letters or more
}

// MinProse is the length, in letters, from which a text between two tags counts
// as prose. Menus and forms consist of shorter ones.
const MinProse = 30

// Doc is a flattened page: its elements and texts in document order.
type Doc struct {
	Elements []Element
	Tokens   []Token
	// NestedBytes is the length of all texts, each counted once for every element
	// that it is in.
	NestedBytes int

	hidden hiddenNames
	mark   func(e *Element) int16
}

// MaxNesting bounds the depth of elements that are read; what is deeper is left
// out. Package news/markup makes no deeper trees, but a caller may bring its own.
const MaxNesting = 4096

// New flattens the tree below root. It calls mark for each element before
// anything in it is read, and sets Element.Cut to what mark returns.
func New(root *html.Node, mark func(e *Element) int16) *Doc {
	hidden, elements, tokens := survey(root)
	doc := &Doc{Elements: make([]Element, 0, elements), Tokens: make([]Token, 0, tokens), hidden: hidden, mark: mark}
	doc.walk(root, -1, 0, 0)
	return doc
}

func (doc *Doc) walk(n *html.Node, parent int32, in Context, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			doc.text(c.Data, parent, in)
			doc.NestedBytes += len(c.Data) * depth
		case html.ElementNode:
			doc.element(c, parent, in, depth)
		case html.DocumentNode:
			doc.walk(c, parent, in, depth)
		}
	}
}

func (doc *Doc) text(s string, parent int32, in Context) {
	if parent < 0 || s == "" {
		return
	}
	n := letters.Count(s)
	if n == 0 && strings.TrimSpace(s) == "" {
		s = " "
		if k := len(doc.Tokens); k > 0 && (doc.Tokens[k-1].Kind != TextToken || doc.Tokens[k-1].Text == " ") {
			return
		}
	}
	doc.Tokens = append(doc.Tokens, Token{TextToken, parent, s})
	e := &doc.Elements[parent]
	e.Letters += n
	switch {
	case in&InLink != 0:
		e.LinkLetters += n
	case n >= MinProse && e.Node.DataAtom != atom.Textarea && e.Node.DataAtom != atom.Option && e.Node.DataAtom != atom.Button:
		e.Prose += n
	}
}

func (doc *Doc) element(n *html.Node, parent int32, in Context, depth int) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Head, atom.Iframe, atom.Link, atom.Meta, atom.Svg, atom.Title, atom.Rt, atom.Rp:
		return // never text of the page, or how words are read
	case atom.Template:
		if Attr(n, "shadowrootmode")+Attr(n, "shadowroot") == "" {
			return // text of pages to come
		}
	case atom.Br:
		doc.Tokens = append(doc.Tokens, Token{Kind: BreakToken, Elem: parent})
		return
	case atom.Hr:
		doc.Tokens = append(doc.Tokens, Token{Kind: DividerToken, Elem: parent})
		return
	case atom.Wbr:
		return
	case atom.Img, atom.Picture:
		doc.Tokens = append(doc.Tokens, Token{Kind: ImageToken, Elem: parent})
		return
	}
	if n.Namespace == "svg" {
		return
	}
	i := int32(len(doc.Elements))
	block := isBlock(n, in)
	in = enter(n, in)
	doc.Elements = append(doc.Elements, Element{Node: n, Parent: parent, In: in, IsBlock: block, Tokens: Span{From: int32(len(doc.Tokens))}})
	doc.Elements[i].Cut = doc.mark(&doc.Elements[i])
	if block {
		doc.Tokens = append(doc.Tokens, Token{Kind: OpenToken, Elem: i})
	}
	if depth < MaxNesting {
		doc.walk(n, i, in, depth+1)
	}
	if block {
		doc.Tokens = append(doc.Tokens, Token{Kind: CloseToken, Elem: i})
	}
	e := &doc.Elements[i]
	e.End, e.Tokens.To = int32(len(doc.Elements)), int32(len(doc.Tokens))
	if n.DataAtom == atom.Table {
		e.IsData = doc.holdsData(i)
	} else if block {
		doc.markRows(i)
	}
	if parent >= 0 {
		p := &doc.Elements[parent]
		p.Letters += e.Letters
		p.LinkLetters += e.LinkLetters
		p.Prose += e.Prose
	}
}

// enter returns the context within an element.
func enter(n *html.Node, in Context) Context {
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
	case atom.Figure:
		in |= InFigure
	case atom.Article, atom.Main:
		in |= InArticle
	case atom.Time:
		in |= InTime
	}
	if isEmbed(n) {
		in |= InEmbed | InQuote
	}
	return in
}

// isEmbed reports whether an element is a post of a network, by the class names and
// the elements that the networks give out for it.
func isEmbed(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Blockquote, atom.Div, atom.Figure, atom.Section:
		return letters.ContainsOneOf(Attr(n, "class"), embedNames)
	case 0:
		return n.Data == "amp-twitter" || n.Data == "amp-instagram" || n.Data == "amp-facebook"
	}
	return false
}

var embedNames = []string{
	"twitter-tweet", "instagram-media", "fb-post", "tiktok-embed", "reddit-card", "bluesky-embed", "mastodon-embed", "threads-post", "vk-post", "telegram-post",
}

// leadsAway reports whether a link leads to another page. Anchors and links
// within the page do not; links whose target only a script knows do.
func leadsAway(n *html.Node) bool {
	href := strings.TrimSpace(Attr(n, "href"))
	if strings.HasPrefix(href, "#") {
		return len(href) == 1
	}
	return href != "" || Attr(n, "id")+Attr(n, "name") == ""
}

// A table whose longest cell has this many letters lays out a page.
const (
	layoutCell       = 160
	headedLayoutCell = 600 // of a table with header cells
)

// holdsData reports whether a table holds data and does not lay out the page: it
// contains no table and no h1, has at least two rows of two cells, and its cells
// are short.
func (doc *Doc) holdsData(i int32) bool {
	t := &doc.Elements[i]
	if role := Attr(t.Node, "role"); role == "presentation" || role == "none" {
		return false
	}
	rows, wide, headed, longest := 0, 0, false, int32(0)
	row, cells := int32(-1), 0
	for k := i + 1; k < t.End; k++ {
		e := &doc.Elements[k]
		switch e.Node.DataAtom {
		case atom.Table, atom.H1:
			return false
		case atom.Thead:
			headed = true
		case atom.Tr:
			rows++
			row, cells = k, 0
		case atom.Th, atom.Td:
			headed = headed || e.Node.DataAtom == atom.Th
			longest = max(longest, e.Letters)
			if row >= 0 {
				if cells++; cells == 2 {
					wide++
				}
			}
		}
	}
	if rows < 2 || wide < 2 {
		return false
	}
	return longest < layoutCell || headed && longest < headedLayoutCell
}
