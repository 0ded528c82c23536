// Package feedscan looks through XML and HTML leniently, without parsing it: what its
// root element is ([RootName]), where the items of a feed are, and whether the feed is
// safe to parse whole ([Scan]).
package feedscan

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of a feed that gofeed parses whole. It walks elements of foreign
// namespaces recursively, and joins their text piece by piece, in time quadratic
// in the number of pieces.
const (
	maxFeedDepth  = 200
	maxFeedPieces = 2000   // elements, sections and comments right below one element, items apart
	maxElements   = 200000 // 40 for each of 5,000 items
	maxTagLength  = 8 << 10
)

// Layout is where the items of a feed are, and whether the feed is safe to
// parse whole.
type Layout struct {
	Items   []Span // outermost item and entry elements, as many as were asked for
	Omitted int    // how many more there are
	Open    string // the tags that are open around the first item
	Close   string // the tags that close them
	Fault   error  // nil if the feed, up to its last item, is complete and within the limits
}

// Span is a range of bytes of the feed.
type Span struct{ Start, End int }

// openElement is one element of the stack of feedScanner.
type openElement struct {
	name   string // as written
	tag    string // its whole start tag; "" below the two or three elements around the items
	pieces int    // of its content, items apart
	list   bool   // its children are items
}

// feedScanner reads XML leniently: an end tag closes all up to the nearest open
// element of its name, and is skipped when there is none.
type feedScanner struct {
	doc   string
	max   int // items
	stack []openElement
	start int // where the outermost item began; -1 outside
	depth int // the stack's length within that item's parent
	count int // of elements
	out   Layout
}

// Scan finds the first items of a feed, max at most, in time linear in its length.
func Scan(doc string, max int) Layout {
	s := &feedScanner{doc: doc, max: max, start: -1}
	at := 0
	for {
		next := strings.IndexByte(doc[at:], '<')
		if next < 0 {
			break
		}
		at += next
		n := s.token(doc[at:], at)
		if n < 0 {
			s.fail(errors.New("a tag, comment or section without end"))
			break
		}
		at += n
	}
	if len(s.stack) > 0 {
		s.fail(fmt.Errorf("<%s> is not closed", clip(s.stack[len(s.stack)-1].name, 40)))
	}
	return s.out
}

func (s *feedScanner) fail(err error) {
	if s.out.Fault == nil && len(s.out.Items) < s.max {
		s.out.Fault = err
	}
}

// token reads what begins with the < at rest[0], which is at byte at of the feed.
// It returns its length, or -1 when it has no end.
func (s *feedScanner) token(rest string, at int) int {
	for _, mark := range []struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if strings.HasPrefix(rest, mark.open) {
			s.piece()
			end := strings.Index(rest[len(mark.open):], mark.close)
			if end < 0 {
				return -1
			}
			return len(mark.open) + end + len(mark.close)
		}
	}
	closing := strings.HasPrefix(rest, "</")
	if len(rest) < 2 || !closing && !IsNameStart(rest[1]) {
		return 1 // text
	}
	end := tagEnd(rest)
	if end < 0 {
		return -1
	}
	tag := rest[:end+1]
	if closing {
		s.endTag(strings.TrimSpace(tag[2:len(tag)-1]), at+end+1)
		return end + 1
	}
	name := tag[1 : len(tag)-1]
	if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	s.startTag(name, tag, at)
	if strings.HasSuffix(tag, "/>") {
		s.endTag(name, at+end+1)
	}
	return end + 1
}

// tagEnd returns the index of the > that ends a tag, -1 without one. A > within
// quotes does not count, unless the quotes are not closed within maxTagLength.
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

// piece counts a piece of content of the innermost element.
func (s *feedScanner) piece() {
	if n := len(s.stack); n > 0 {
		top := &s.stack[n-1]
		if top.pieces++; top.pieces > maxFeedPieces {
			s.fail(fmt.Errorf("<%s> has more than %d parts", clip(top.name, 40), maxFeedPieces))
		}
	}
}

func (s *feedScanner) startTag(name, tag string, at int) {
	if s.count++; s.count > maxElements {
		s.fail(fmt.Errorf("more than %d elements", maxElements))
	}
	local := localName(name)
	if n := len(s.stack); (local != "item" && local != "entry") || n == 0 || !s.stack[n-1].list {
		s.piece()
	} else if s.start < 0 {
		s.start, s.depth = at, n
		if s.out.Open == "" {
			var open, end strings.Builder
			for i := range s.stack {
				open.WriteString(s.stack[i].tag)
				end.WriteString("</" + s.stack[n-1-i].name + ">")
			}
			s.out.Open, s.out.Close = open.String(), end.String()
		}
	}
	e := openElement{name: name, list: local == "channel" || IsFeedRoot(local)}
	if len(s.stack) < 4 {
		e.tag = tag
	}
	s.stack = append(s.stack, e)
	if len(s.stack) > maxFeedDepth {
		s.fail(fmt.Errorf("more than %d elements deep", maxFeedDepth))
	}
}

// endTag closes the nearest element of that name. It looks no further up than
// maxFeedDepth elements, so that the time stays linear.
func (s *feedScanner) endTag(name string, end int) {
	n := len(s.stack)
	for i := n - 1; i >= 0 && i >= n-maxFeedDepth; i-- {
		if s.stack[i].name != name {
			continue
		}
		s.stack = s.stack[:i]
		if s.start >= 0 && i <= s.depth {
			if len(s.out.Items) < s.max {
				s.out.Items = append(s.out.Items, Span{s.start, end})
			} else {
				s.out.Omitted++
			}
			s.start = -1
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

// clip returns the first n bytes of a text, or a little more up to the end of a rune.
func clip(s string, n int) string {
	for i := range s {
		if i >= n {
			return s[:i] + "…"
		}
	}
	return s
}
