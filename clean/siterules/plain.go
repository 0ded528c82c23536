package siterules

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// plainPath is an XPath expression of the forms that most lines of site files
// have: all elements of a name, with one condition on an attribute or none.
//
//	//div
//	//div[@id='x']
//	//div[contains(@class, 'x')]
//	//div[contains(concat(' ', normalize-space(@class), ' '), ' x ')]
//
// It is evaluated without the XPath library, many times as fast.
type plainPath struct {
	tag   string                  // "*" for any
	attr  string                  // "" for no condition
	holds func(value string) bool // of the attribute
}

// plainForm matches these forms. Its groups are the name, and attribute and
// literal of each form of condition.
var plainForm = regexp.MustCompile(`^\s*//([a-z][a-z0-9]*|\*)\s*(?:\[\s*(?:` +
	`@([a-z][a-z0-9_-]*)\s*=\s*('[^']*'|"[^"]*")` +
	`|contains\(\s*@([a-z][a-z0-9_-]*)\s*,\s*('[^']+'|"[^"]+")\s*\)` +
	`|contains\(\s*concat\(\s*(?:' '|" ")\s*,\s*normalize-space\(\s*@([a-z][a-z0-9_-]*)\s*\)\s*,\s*(?:' '|" ")\s*\)\s*,\s*(?:' ([^\s']+) '|" ([^\s"]+) ")\s*\)` +
	`)\s*\])?\s*$`)

// compilePlain returns the expression as a plain path, nil for other forms.
func compilePlain(text string) *plainPath {
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

// find returns the elements in document order.
func (p *plainPath) find(root *html.Node) []node {
	var found []node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && p.matches(n) {
			found = append(found, node{n, -1})
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
