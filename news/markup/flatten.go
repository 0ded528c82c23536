package markup

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what the parser of the standard may cost. Its work is linear but
// for two things: unclosed formatting elements are opened again in every block
// that follows, and neighbouring pieces of text are joined by copying.
const (
	maxReopened = 2_000_000 // elements that would be opened again
	maxJoined   = 256 << 20 // bytes that would be copied by joining
)

// maxDepth is how deep a flattened tree goes. The parser of the standard gives
// up at 512; a reader of the tree may recurse this deep without worry.
const maxDepth = 200

// costly estimates, in one pass over the tags, whether the parser of the
// standard would take more than time and memory linear in the size of text.
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

// tagKind is what costly asks of a tag; 0 for most.
type tagKind uint8

const (
	formatting tagKind = 1 << iota // opened again when a block closed it
	root
	table
	joins // may start no node of its own
	cell  // starts one in a table only
)

// kindOfName is the kind of the tags of a name in lower case. The formatting
// elements are those of the standard
// (https://html.spec.whatwg.org/#formatting, read 2025), but for a: it closes
// the one before it.
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

// kindOfTag reads the name at the start of tag; false when there is none.
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

// voids have no content and no end tag.
var voids = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true,
	atom.Img: true, atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true,
	atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// flatten builds a tree without the standard's repairs: elements nest as their
// tags do, down to maxDepth, where they become siblings; end tags without
// their start are left out. The text is all there, in order. Time and memory
// are linear in the size of text.
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

// builder is the state of flatten: the open elements, body first.
type builder struct {
	head, body *html.Node
	stack      []*html.Node
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1] }

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

// adopt gives an element that is already there the attributes of its tag, once.
func adopt(n *html.Node, attrs []html.Attribute) {
	if n.Attr == nil {
		n.Attr = attrs
	}
}

func (b *builder) end(name string) {
	for i := len(b.stack) - 1; i > 0; i-- {
		if b.stack[i].Data == name {
			b.stack = b.stack[:i]
			return
		}
	}
}
