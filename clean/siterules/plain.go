package siterules

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// plainPath is an XPath expression of the kinds that most lines of site files
// are of: all elements of a name, with one condition on an attribute.
//
//	//div
//	//div[@id='x']
//	//div[contains(@class, 'x')]
//	//div[contains(concat(' ', normalize-space(@class), ' '), ' x ')]
//
// These are followed without the XPath library, many times as fast.
type plainPath struct {
	tag   string                  // "*" for any
	attr  string                  // "" for no condition
	holds func(value string) bool // of the attribute
}

// plainForm is those expressions: the name, then attribute and literal of each
// kind of condition.
var plainForm = regexp.MustCompile(`^\s*//([a-z][a-z0-9]*|\*)\s*(?:\[\s*(?:` +
	`@([a-z][a-z0-9_-]*)\s*=\s*('[^']*'|"[^"]*")` +
	`|contains\(\s*@([a-z][a-z0-9_-]*)\s*,\s*('[^']+'|"[^"]+")\s*\)` +
	`|contains\(\s*concat\(\s*(?:' '|" ")\s*,\s*normalize-space\(\s*@([a-z][a-z0-9_-]*)\s*\)\s*,\s*(?:' '|" ")\s*\)\s*,\s*(?:' ([^\s']+) '|" ([^\s"]+) ")\s*\)` +
	`)\s*\])?\s*$`)

// readPlain reads such an expression; nil for any other.
func readPlain(text string) *plainPath {
	m := plainForm.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	inner := func(literal string) string { return literal[1 : len(literal)-1] }
	switch p := (&plainPath{tag: m[1]}); {
	case m[2] != "":
		want := inner(m[3])
		p.attr, p.holds = m[2], func(value string) bool { return value == want }
		return p
	case m[4] != "":
		part := inner(m[5])
		p.attr, p.holds = m[4], func(value string) bool { return strings.Contains(value, part) }
		return p
	case m[6] != "":
		word := m[7] + m[8]
		p.attr, p.holds = m[6], func(value string) bool {
			return strings.Contains(value, word) && slices.Contains(strings.Fields(value), word)
		}
		return p
	default:
		return p
	}
}

// find gives the elements in the order of the page.
func (p *plainPath) find(root *html.Node) []pathNode {
	var found []pathNode
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && p.matches(n) {
			found = append(found, pathNode{n, -1})
		}
	}
	return found
}

func (p *plainPath) matches(n *html.Node) bool {
	if p.tag != "*" && n.Data != p.tag {
		return false
	}
	if p.attr == "" {
		return true
	}
	for i := range n.Attr {
		if n.Attr[i].Key == p.attr {
			return p.holds(n.Attr[i].Val)
		}
	}
	return false
}
