package dom

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// styleRules are the class names and ids that a page's own style sheet hides.
type styleRules struct {
	classes map[string]bool
	ids     map[string]bool
}

// maxStyle bounds what is read of a page's style sheets, in bytes.
const maxStyle = 1 << 18

// readStyles reads the style elements of a page for plain selectors (".x",
// "#x", "p.x") that hide. Rules within @media or with more parts hold only
// sometimes, so they are passed over. On the way it counts the elements and
// tokens that an outline of the page will have, or a few more.
func readStyles(root *html.Node) (rules styleRules, elements, tokens int) {
	s := styleRules{map[string]bool{}, map[string]bool{}}
	left, text := maxStyle, false
	for n := range walk(root) {
		switch n.Type {
		case html.ElementNode:
			elements++
			switch {
			case isBlock(n, 0):
				tokens += 2
				text = false
			case n.FirstChild == nil:
				tokens++ // a break or a picture
			}
		case html.TextNode:
			blank := isBlank(n.Data)
			if !blank || text {
				tokens++
			}
			text = !blank
		}
		if n.DataAtom != atom.Style || n.FirstChild == nil || left <= 0 {
			continue
		}
		if m := Attr(n, "media"); m != "" && m != "all" && m != "screen" {
			continue
		}
		css := n.FirstChild.Data
		if len(css) > left {
			css = css[:left]
		}
		left -= len(css)
		if strings.Contains(css, "none") || strings.Contains(css, "hidden") || strings.Contains(css, "-9") {
			s.read(css)
		}
	}
	return s, elements, tokens
}

func (s *styleRules) read(css string) {
	css = withoutComments(css)
	for css != "" {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		head := css[:open]
		css = css[open+1:]
		if k := strings.LastIndexAny(head, ";}"); k >= 0 {
			head = head[k+1:]
		}
		if strings.Contains(head, "@") {
			css = afterBlock(css)
			continue
		}
		body := css
		if end := strings.IndexByte(css, '}'); end >= 0 {
			body, css = css[:end], css[end+1:]
		} else {
			css = ""
		}
		if hides(body) {
			s.add(head)
		}
	}
}

func withoutComments(css string) string {
	if !strings.Contains(css, "/*") {
		return css
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(css, "/*")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, css, _ = strings.Cut(rest, "*/")
	}
}

// afterBlock is what follows the block that is open.
func afterBlock(css string) string {
	depth := 1
	for i := 0; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

// add files the plain selectors of a list.
func (s *styleRules) add(selectors string) {
	for sel := range strings.SplitSeq(selectors, ",") {
		sel = strings.TrimSpace(sel)
		k := strings.IndexAny(sel, ".#")
		if k < 0 || strings.ContainsAny(sel[k+1:], ".#: >+~[*") || strings.ContainsAny(sel[:k], ": >+~[*") {
			continue
		}
		if sel[k] == '.' {
			s.classes[sel[k+1:]] = true
		} else {
			s.ids[sel[k+1:]] = true
		}
	}
}

// hides says whether declarations take an element out of sight.
func hides(style string) bool {
	for d := range strings.SplitSeq(style, ";") {
		name, value, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(value))
		value, _, _ = strings.Cut(value, "!")
		value = strings.TrimSpace(value)
		switch name {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		case "left", "top", "text-indent", "margin-left":
			if strings.HasPrefix(value, "-9") && len(value) >= len("-999px") {
				return true
			}
		case "font-size":
			if value == "0" || value == "0px" {
				return true
			}
		}
	}
	return false
}

// unfolds says whether an element is shown when the reader asks for it, or as
// soon as a script runs: the folds of an accordion, the sheets of tabs, and the
// parts of a page that React streams ("S:3").
func unfolds(n *html.Node) bool {
	if strings.HasPrefix(Attr(n, "id"), "S:") || Attr(n, "role") == "tabpanel" {
		return true
	}
	name := strings.ToLower(Attr(n, "class") + " " + Attr(n, "id"))
	for _, s := range []string{"accordion", "collaps", "tab-", "panel", "expand", "_content"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// IsHidden says whether the reader does not see an element.
func IsHidden(o *Doc, i int32) bool {
	n := o.Elements[i].Node
	for k := range n.Attr {
		a := &n.Attr[k]
		switch a.Key {
		case "hidden":
			if a.Val != "until-found" && !unfolds(n) {
				return true
			}
		case "aria-hidden":
			if a.Val == "true" && !unfolds(n) {
				return true
			}
		case "style":
			if a.Val != "" && hides(a.Val) {
				return true
			}
		case "class":
			if len(o.styles.classes) == 0 {
				continue
			}
			for name := range strings.FieldsSeq(a.Val) {
				if o.styles.classes[name] {
					return true
				}
			}
		case "id":
			if o.styles.ids[a.Val] {
				return true
			}
		}
	}
	return false
}
