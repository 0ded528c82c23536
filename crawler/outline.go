package crawler

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of a feed that is given to gofeed whole. It walks elements of foreign
// namespaces recursively, and puts their text together piece by piece in time
// quadratic in the number of pieces.
const (
	maxFeedDepth  = 200
	maxFeedPieces = 2000   // elements, sections and comments right below one element, items apart
	maxElements   = 200000 // 40 for each of MaxFeedEntries
	maxTagLength  = 8 << 10
)

// outline is where the items of a feed lie, and whether anything about it is
// fit to harm a parser.
type outline struct {
	items []span // outermost item and entry elements, at most MaxFeedEntries
	left  int    // how many more there are
	open  string // the tags that are open around the first item
	close string // what closes them
	fault error  // nil for a feed that, up to its last item, is whole and of sane depth and width
}

type span struct{ start, end int }

// openElement is one element of the stack of outlineOf.
type openElement struct {
	name   string // as written
	tag    string // its whole start tag, for the two or three around the items
	pieces int
	list   bool // its children are items
}

// outliner walks an XML text loosely: an end tag closes up to the nearest open
// element of its name, and one that closes nothing is passed over.
type outliner struct {
	doc   string
	stack []openElement
	start int // where the outermost item began; -1 outside
	depth int // the stack's length within that item's parent
	count int // of elements
	out   outline
}

// outlineOf reads a feed's outline in time linear in its length.
func outlineOf(doc string) outline {
	o := &outliner{doc: doc, start: -1}
	at := 0
	for {
		next := strings.IndexByte(doc[at:], '<')
		if next < 0 {
			break
		}
		at += next
		n := o.token(doc[at:], at)
		if n < 0 {
			o.fail(errors.New("a tag, comment or section without end"))
			break
		}
		at += n
	}
	if len(o.stack) > 0 {
		o.fail(fmt.Errorf("<%s> is not closed", clip(o.stack[len(o.stack)-1].name, 40)))
	}
	return o.out
}

func (o *outliner) fail(err error) {
	if o.out.fault == nil && len(o.out.items) < MaxFeedEntries {
		o.out.fault = err
	}
}

// token takes what begins with the < at rest[0] and gives its length, or -1
// when it has no end.
func (o *outliner) token(rest string, at int) int {
	for _, s := range []struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if strings.HasPrefix(rest, s.open) {
			o.piece()
			end := strings.Index(rest[len(s.open):], s.close)
			if end < 0 {
				return -1
			}
			return len(s.open) + end + len(s.close)
		}
	}
	closing := strings.HasPrefix(rest, "</")
	if len(rest) < 2 || !closing && !isNameStart(rest[1]) {
		return 1 // text
	}
	end := tagEnd(rest)
	if end < 0 {
		return -1
	}
	tag := rest[:end+1]
	if closing {
		o.endTag(strings.TrimSpace(tag[2:len(tag)-1]), at+end+1)
		return end + 1
	}
	name := tag[1 : len(tag)-1]
	if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	o.startTag(name, tag, at)
	if strings.HasSuffix(tag, "/>") {
		o.endTag(name, at+end+1)
	}
	return end + 1
}

// tagEnd finds the > of a tag, not within quotes. A quote that is not closed
// within 8 KiB is none.
func tagEnd(s string) int {
	first, quote := -1, byte(0)
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '>' && quote == 0:
			return i
		case c == '>' && first < 0:
			first = i
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
		if i > maxTagLength && first >= 0 {
			return first
		}
	}
	return first
}

func (o *outliner) piece() {
	if n := len(o.stack); n > 0 {
		top := &o.stack[n-1]
		if top.pieces++; top.pieces > maxFeedPieces {
			o.fail(fmt.Errorf("<%s> has more than %d parts", clip(top.name, 40), maxFeedPieces))
		}
	}
}

func (o *outliner) startTag(name, tag string, at int) {
	if o.count++; o.count > maxElements {
		o.fail(fmt.Errorf("more than %d elements", maxElements))
	}
	local := localName(name)
	if n := len(o.stack); (local != "item" && local != "entry") || n == 0 || !o.stack[n-1].list {
		o.piece()
	} else if o.start < 0 {
		o.start, o.depth = at, n
		if o.out.open == "" {
			var open, end strings.Builder
			for i := range o.stack {
				open.WriteString(o.stack[i].tag)
				end.WriteString("</" + o.stack[n-1-i].name + ">")
			}
			o.out.open, o.out.close = open.String(), end.String()
		}
	}
	e := openElement{name: name, list: local == "channel" || isFeedRoot(local)}
	if len(o.stack) < 4 {
		e.tag = tag
	}
	o.stack = append(o.stack, e)
	if len(o.stack) > maxFeedDepth {
		o.fail(fmt.Errorf("more than %d elements deep", maxFeedDepth))
	}
}

// endTag closes the nearest element of that name within the depth that is
// sane; deeper ones are not looked for, so that the time stays linear.
func (o *outliner) endTag(name string, end int) {
	n := len(o.stack)
	for i := n - 1; i >= 0 && i >= n-maxFeedDepth; i-- {
		if o.stack[i].name != name {
			continue
		}
		o.stack = o.stack[:i]
		if o.start >= 0 && i <= o.depth {
			if len(o.out.items) < MaxFeedEntries {
				o.out.items = append(o.out.items, span{o.start, end})
			} else {
				o.out.left++
			}
			o.start = -1
		}
		return
	}
}

func localName(name string) string {
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	return strings.ToLower(name)
}
