package markup

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits for the parser of the HTML standard. Its work is linear in the size of the
// page but for two things: unclosed formatting elements are reopened in every
// block that follows, and adjacent pieces of text are joined by copying.
const (
	maxReopened = 2_000_000 // elements that would be opened again
	maxJoined   = 256 << 20 // bytes that would be copied by joining
)

// maxDepth is the depth of a flattened tree in elements, which code may recurse
// into. The parser of the standard gives up at 512.
const maxDepth = 200

// costly reports, after one pass over the tags, whether the parser of the standard
// may take more time or memory than is linear in the size of text.
func costly(text []byte) bool {
	var open, reopened, joined, run, roots, tables int
	for rest := text; ; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 || i+2 >= len(rest) {
			return false
		}
		run += i
		rest = rest[i+1:]
		end := rest[0] == '/'
		tag := rest
		if end {
			tag = rest[1:]
		}
		kind, ok := kindOfTag(tag)
		if !ok {
			continue
		}
		switch {
		case kind&formatting != 0 && end:
			open = max(0, open-1)
		case kind&formatting != 0:
			open = min(open+1, 512)
		default:
			reopened += open
		}
		if kind&root != 0 {
			roots++
		}
		if kind&table != 0 {
			if end {
				tables--
			} else {
				tables++
			}
		}
		if end || kind&joins != 0 || kind&cell != 0 && tables <= 0 {
			joined += run // text after the tag may be joined to text before it
		} else {
			run = 0
		}
		if reopened > maxReopened || joined > maxJoined || roots > 1000 {
			return true
		}
	}
}

// tagKind is what costly looks for in a tag; 0 for most.
type tagKind uint8

const (
	formatting tagKind = 1 << iota // reopened after a block that closes it
	root
	table
	joins // may not start a node
	cell  // starts a node in a table only
)

// kindOfName returns the kind of the tags of a name in lower case. The formatting
// elements are those of the standard (https://html.spec.whatwg.org/#formatting, as
// of 2025) without a, which closes the one before it.
func kindOfName(name []byte) tagKind {
	switch string(name) {
	case "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return formatting
	case "html", "body":
		return root | joins
	case "head", "frame", "frameset", "caption", "col", "colgroup", "tbody", "tfoot", "thead", "tr":
		return joins
	case "table":
		return table | joins
	case "td", "th":
		return cell
	}
	return 0
}

// kindOfTag returns the kind of a tag by the name at its start, false without one.
func kindOfTag(tag []byte) (tagKind, bool) {
	var name [12]byte // room for every name that kindOfName knows
	for i, c := range tag {
		if i == len(name) {
			return 0, true
		}
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', i > 0 && '1' <= c && c <= '6':
		case i == 0:
			return 0, false
		default:
			return kindOfName(name[:i]), true
		}
		name[i] = c
	}
	return 0, false
}

// voids are the elements without content and end tag.
var voids = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true,
	atom.Img: true, atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true,
	atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// flatten returns a tree without the repairs of the standard: elements nest as
// their tags do, down to maxDepth, below which they become siblings; end tags
// without a start tag are skipped. It has all of the text, in order. Time and
// memory are linear in the size of text.
func flatten(text []byte) *html.Node {
	doc := &html.Node{Type: html.DocumentNode}
	root := element("html")
	head, body := element("head"), element("body")
	doc.AppendChild(root)
	root.AppendChild(head)
	root.AppendChild(body)
	b := builder{head: head, body: body, stack: []*html.Node{body}}
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return doc
		case html.TextToken:
			b.top().AppendChild(&html.Node{Type: html.TextNode, Data: string(z.Text())})
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(string(name))
		}
	}
}

func element(name string) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name))}
}

// builder is the state of flatten.
type builder struct {
	head, body *html.Node
	stack      []*html.Node // the open elements, body first
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1] }

// start adds an element, and opens it unless it is void.
func (b *builder) start(t html.Token) {
	switch t.DataAtom {
	case atom.Html:
		adopt(b.body.Parent, t.Attr)
		return
	case atom.Body:
		adopt(b.body, t.Attr)
		return
	case atom.Head:
		return
	case atom.P, atom.Li, atom.Tr, atom.Td, atom.Option:
		if b.top().DataAtom == t.DataAtom && len(b.stack) > 1 {
			b.stack = b.stack[:len(b.stack)-1]
		}
	}
	n := &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: t.DataAtom, Attr: t.Attr}
	switch t.DataAtom {
	case atom.Meta, atom.Link, atom.Base:
		b.head.AppendChild(n)
		return
	case atom.Title:
		if len(b.stack) == 1 {
			b.head.AppendChild(n)
			b.stack = append(b.stack, n)
			return
		}
	}
	if len(b.stack) >= maxDepth {
		b.stack = b.stack[:maxDepth-1]
	}
	b.top().AppendChild(n)
	if !voids[t.DataAtom] && t.Type != html.SelfClosingTagToken {
		b.stack = append(b.stack, n)
	}
}

// adopt sets the attributes of an element that is there before its tag, once.
func adopt(n *html.Node, attrs []html.Attribute) {
	if n.Attr == nil {
		n.Attr = attrs
	}
}

// end closes the nearest open element of that name and those within it.
func (b *builder) end(name string) {
	for i := len(b.stack) - 1; i > 0; i-- {
		if b.stack[i].Data == name {
			b.stack = b.stack[:i]
			return
		}
	}
}
