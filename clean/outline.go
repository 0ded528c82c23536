package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// place is what a piece of text stands in, inherited from element to element.
type place uint32

const (
	inLink place = 1 << iota
	inBold
	inItalic
	inSmall
	inHeading
	inTitle // h1
	inItem
	inQuote
	inCode
	inCaption // figcaption, caption
	inFigure
	inArticle // article or main
	inCell    // of a table that holds data
	inTime
)

// tokenKind says what happens at one place of the page.
type tokenKind uint8

const (
	textToken  tokenKind = iota
	openToken            // a block begins
	closeToken           // a block ends
	breakToken           // br
	ruleToken            // hr
	imageToken
)

// token is one step through the page in reading order.
type token struct {
	kind tokenKind
	elem int32 // the element it stands in; for open and close the block itself
	text string
}

// element is one element of the page with the sums of what is below it. The
// descendants of element i are i+1 up to its end.
type element struct {
	node              *html.Node
	parent, end       int32 // parent is -1 for the first
	tokens, tokensEnd int32 // its range of tokens
	blocks            span  // its range of blocks, for block elements
	in                place
	cut               int16 // 1 + index of the rule that cuts here; 0: stays
	block             bool
	data              bool  // a table that holds data, not layout
	chars             int32 // letters and digits below it
	linkChars         int32 // of them within links
	prose             int32 // of them outside of links and in longer pieces
}

// longPiece is the length, in letters, from which a piece of text between two
// tags counts as prose. Menus and forms are made of shorter ones.
const longPiece = 30

// outline is the page laid flat: its elements and its text in document order.
type outline struct {
	elems  []element
	tokens []token
	styles styleRules
	mark   func(e *element) int16
	prose  int32 // of the whole page
	depths int   // bytes of text, each piece times how deep it stands
}

// maxNesting bounds the walk; what is deeper is read as if it were there. The
// parser gives no deeper trees (see news/markup), others might.
const maxNesting = 4096

// newOutline lays a tree flat. mark is asked of each element as it is met, before
// anything in it, and gives what its cut begins as.
func newOutline(root *html.Node, mark func(e *element) int16) *outline {
	styles, elements, tokens := readStyles(root)
	o := &outline{elems: make([]element, 0, elements), tokens: make([]token, 0, tokens), styles: styles, mark: mark}
	o.walk(root, -1, 0, 0)
	return o
}

func (o *outline) walk(n *html.Node, parent int32, in place, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			o.text(c.Data, parent, in)
			o.depths += len(c.Data) * depth
		case html.ElementNode:
			o.element(c, parent, in, depth)
		case html.DocumentNode:
			o.walk(c, parent, in, depth)
		}
	}
}

func (o *outline) text(s string, parent int32, in place) {
	if parent < 0 || s == "" {
		return
	}
	n := letters(s)
	if n == 0 && strings.TrimSpace(s) == "" {
		s = " "
		if k := len(o.tokens); k > 0 && (o.tokens[k-1].kind != textToken || o.tokens[k-1].text == " ") {
			return
		}
	}
	o.tokens = append(o.tokens, token{textToken, parent, s})
	e := &o.elems[parent]
	e.chars += n
	switch {
	case in&inLink != 0:
		e.linkChars += n
	case n >= longPiece && e.node.DataAtom != atom.Textarea && e.node.DataAtom != atom.Option && e.node.DataAtom != atom.Button:
		e.prose += n
	}
}

func (o *outline) element(n *html.Node, parent int32, in place, depth int) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Iframe, atom.Link, atom.Meta, atom.Svg, atom.Title:
		return // never text of the page
	case atom.Br:
		o.tokens = append(o.tokens, token{kind: breakToken, elem: parent})
		return
	case atom.Hr:
		o.tokens = append(o.tokens, token{kind: ruleToken, elem: parent})
		return
	case atom.Wbr:
		return
	case atom.Img, atom.Picture:
		o.tokens = append(o.tokens, token{kind: imageToken, elem: parent})
		return
	}
	if n.Namespace == "svg" {
		return
	}
	i := int32(len(o.elems))
	block := isBlock(n, in)
	in = o.enter(n, in)
	o.elems = append(o.elems, element{node: n, parent: parent, in: in, block: block, tokens: int32(len(o.tokens))})
	o.elems[i].cut = o.mark(&o.elems[i])
	if block {
		o.tokens = append(o.tokens, token{kind: openToken, elem: i})
	}
	if depth < maxNesting {
		o.walk(n, i, in, depth+1)
	}
	if block {
		o.tokens = append(o.tokens, token{kind: closeToken, elem: i})
	}
	e := &o.elems[i]
	e.end, e.tokensEnd = int32(len(o.elems)), int32(len(o.tokens))
	if n.DataAtom == atom.Table {
		e.data = o.holdsData(i)
	}
	if parent >= 0 {
		p := &o.elems[parent]
		p.chars += e.chars
		p.linkChars += e.linkChars
		p.prose += e.prose
	}
}

// enter is the context inside of an element.
func (o *outline) enter(n *html.Node, in place) place {
	switch n.DataAtom {
	case atom.A:
		if leadsAway(n) {
			in |= inLink
		}
	case atom.B, atom.Strong:
		in |= inBold
	case atom.I, atom.Em, atom.Cite:
		in |= inItalic
	case atom.Small, atom.Sub, atom.Sup:
		in |= inSmall
	case atom.Font:
		if s := attr(n, "size"); s == "1" || s == "-1" || s == "-2" {
			in |= inSmall
		}
	case atom.H1:
		in |= inHeading | inTitle
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		in |= inHeading
	case atom.Li:
		in |= inItem
	case atom.Table:
		in &^= inItem
	case atom.Blockquote, atom.Q:
		in |= inQuote
	case atom.Pre:
		in |= inCode
	case atom.Figcaption, atom.Caption:
		in |= inCaption
	case atom.Figure:
		in |= inFigure
	case atom.Article, atom.Main:
		in |= inArticle
	case atom.Time:
		in |= inTime
	}
	return in
}

// leadsAway says whether a link goes to another page: anchors and links within
// the page do not. Links that only a script knows do.
func leadsAway(n *html.Node) bool {
	href := strings.TrimSpace(attr(n, "href"))
	if strings.HasPrefix(href, "#") {
		return len(href) == 1
	}
	return href != "" || attr(n, "id")+attr(n, "name") == ""
}

// holdsData tells a table of figures from a table that lays a page out: it has
// no table in it, two rows and two columns at least, and cells that are short
// or a head of its own.
func (o *outline) holdsData(i int32) bool {
	t := &o.elems[i]
	if role := attr(t.node, "role"); role == "presentation" || role == "none" {
		return false
	}
	rows, wide, head, longest := 0, 0, false, int32(0)
	row, cells := int32(-1), 0
	for k := i + 1; k < t.end; k++ {
		e := &o.elems[k]
		switch e.node.DataAtom {
		case atom.Table:
			return false
		case atom.Thead:
			head = true
		case atom.Tr:
			rows++
			row, cells = k, 0
		case atom.Th, atom.Td:
			head = head || e.node.DataAtom == atom.Th
			longest = max(longest, e.chars)
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

// attr is the value of an attribute, or "".
func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

// letters counts letters and digits.
func letters(s string) int32 {
	n := int32(0)
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			n += int32(asciiClass[c] & letterByte)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
		i += size
	}
	return n
}

// isBlock says whether an element stands on lines of its own. Elements that a
// page invents (their names have a hyphen) do so outside of running text.
func isBlock(n *html.Node, in place) bool {
	switch n.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center,
		atom.Dd, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Html, atom.Legend, atom.Li, atom.Main,
		atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table,
		atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Button,
		atom.Select, atom.Option, atom.Textarea, atom.Video, atom.Audio, atom.Object, atom.Frameset,
		atom.Noframes, atom.Canvas, atom.Marquee, atom.Search:
		return true
	case 0:
		return strings.Contains(n.Data, "-") && in&(inHeading|inLink) == 0
	}
	return false
}
