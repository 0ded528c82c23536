package dom

import (
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// walk returns the descendants of a node in document order. Unlike
// [html.Node.Descendants] it makes no call for each level of nesting.
func walk(root *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := root.FirstChild; n != nil; {
			if !yield(n) {
				return
			}
			if n.FirstChild != nil {
				n = n.FirstChild
				continue
			}
			for n.NextSibling == nil {
				if n = n.Parent; n == nil || n == root {
					return
				}
			}
			n = n.NextSibling
		}
	}
}

// Attr returns the value of an attribute, "" when the node has none.
func Attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

// HasAttr reports whether a node has an attribute, be it empty.
func HasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

// Context is a set of bits: what kinds of element a text is in. Elements inherit
// it from their parents.
type Context uint32

// The kinds of element.
const (
	InLink Context = 1 << iota // that leads to another page
	InBold
	InItalic
	InSmall
	InHeading
	InTitle // h1; InHeading is set too
	InItem
	InQuote
	InCode
	InFigure
	InArticle // article or main
	InTime
	InEmbed // a post of a network that the story quotes
)

// IsInline reports whether an element continues the line that it is in.
func IsInline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I, atom.Img, atom.Ins, atom.Kbd,
		atom.Label, atom.Mark, atom.Q, atom.S, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

// isBlock reports whether an element begins a new line. Custom elements, whose
// names have a hyphen, do so unless they are in a heading or a link.
func isBlock(n *html.Node, in Context) bool {
	switch n.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center,
		atom.Dd, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Html, atom.Legend, atom.Li, atom.Main,
		atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table,
		atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Button,
		atom.Select, atom.Option, atom.Textarea, atom.Video, atom.Audio, atom.Object, atom.Frameset,
		atom.Noframes, atom.Canvas, atom.Marquee, atom.Search, atom.Template:
		return true
	case 0:
		return strings.Contains(n.Data, "-") && in&(InHeading|InLink) == 0
	}
	return false
}

// MaxNodeText bounds the text of one node where it is metadata (a title, a name,
// a date), in bytes. Pages need a hundredth of it.
const MaxNodeText = 4000

// NodeText returns the text below a node, up to [MaxNodeText] bytes, with white
// space as it is in the source and a space where a line ends. Scripts and style
// sheets are left out.
func NodeText(n *html.Node) string {
	if c := n.FirstChild; c != nil && c == n.LastChild && c.Type == html.TextNode {
		return letters.Truncate(c.Data, MaxNodeText)
	}
	var b strings.Builder
	for c := range n.Descendants() {
		if c.DataAtom == atom.Span || c.DataAtom == atom.A || c.DataAtom == atom.Time {
			b.WriteByte(' ')
		}
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style {
			b.WriteString(c.Data)
		} else if c.DataAtom == atom.Br || c.Type == html.ElementNode && !IsInline(c) {
			b.WriteByte(' ')
		}
		if b.Len() > MaxNodeText {
			break
		}
	}
	return letters.Truncate(b.String(), MaxNodeText)
}
