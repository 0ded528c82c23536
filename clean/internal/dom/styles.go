package dom

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hiddenNames are the class names and ids that a page's own style sheets hide.
type hiddenNames struct {
	classes map[string]bool
	ids     map[string]bool
}

// maxStyle bounds what is read of a page's style sheets, in bytes.
const maxStyle = 1 << 18

// survey reads the style elements of a page for simple selectors (".x", "#x",
// "p.x") that hide. Selectors within @media or with several parts hold only at
// times, so they are skipped. In the same pass it counts the elements and
// tokens that the page's [Doc] will have; the counts may be a little too high.
func survey(root *html.Node) (hidden hiddenNames, elements, tokens int) {
	h := hiddenNames{map[string]bool{}, map[string]bool{}}
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
				tokens++ // a line break or a picture
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
			h.read(css)
		}
	}
	return h, elements, tokens
}

// isBlank reports whether a text consists of ASCII white space.
func isBlank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' {
			return false
		}
	}
	return true
}

// read adds the names that a style sheet hides.
func (h *hiddenNames) read(css string) {
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
			h.add(head)
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

// afterBlock returns what follows the block whose brace has just been opened.
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

// add adds the simple selectors of a list.
func (h *hiddenNames) add(selectors string) {
	for sel := range strings.SplitSeq(selectors, ",") {
		sel = strings.TrimSpace(sel)
		k := strings.IndexAny(sel, ".#")
		if k < 0 || strings.ContainsAny(sel[k+1:], ".#: >+~[*") || strings.ContainsAny(sel[:k], ": >+~[*") {
			continue
		}
		if sel[k] == '.' {
			h.classes[sel[k+1:]] = true
		} else {
			h.ids[sel[k+1:]] = true
		}
	}
}

// hides reports whether declarations hide an element: it is not displayed, has
// no size, or is moved off the screen by 900 pixels or more.
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
