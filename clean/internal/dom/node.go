package dom

import (
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// isBlank says whether a text is of ASCII white space alone.
func isBlank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' {
			return false
		}
	}
	return true
}

// walk gives the descendants of a node in reading order. Unlike those of
// html.Node they cost no call for each level of nesting.
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

// Bounds of what is gathered from a page's head and text. Pages need a
// hundredth of it.
const (
	MaxLD        = 4 << 20 // bytes of JSON-LD
	MaxMetaLines = 3000
	MaxMetaValue = 4000 // bytes of one value
)

// InlineElement says whether an element stands within a line.
func InlineElement(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I, atom.Img, atom.Ins, atom.Kbd,
		atom.Label, atom.Mark, atom.Q, atom.S, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

// NodeText is the text below a node, up to MaxMetaValue bytes.
func NodeText(n *html.Node) string {
	if c := n.FirstChild; c != nil && c == n.LastChild && c.Type == html.TextNode {
		return letters.Truncate(c.Data, MaxMetaValue)
	}
	var b strings.Builder
	for c := range n.Descendants() {
		if c.DataAtom == atom.Span || c.DataAtom == atom.A || c.DataAtom == atom.Time {
			b.WriteByte(' ')
		}
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style {
			b.WriteString(c.Data)
		} else if c.DataAtom == atom.Br || c.Type == html.ElementNode && !InlineElement(c) {
			b.WriteByte(' ')
		}
		if b.Len() > MaxMetaValue {
			break
		}
	}
	return letters.Truncate(b.String(), MaxMetaValue)
}

// OneLine puts one space for each run of spaces and takes out what has no width.
func OneLine(s string) string { return letters.NormalizeSpace(s) }

// Attr is the value of an attribute, or "".
func Attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func HasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

// isBlock says whether an element stands on lines of its own. Elements that a
// page invents (their names have a hyphen) do so outside of running text.
func isBlock(n *html.Node, in Place) bool {
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
		return strings.Contains(n.Data, "-") && in&(InHeading|InLink) == 0
	}
	return false
}
