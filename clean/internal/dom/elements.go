package dom

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// Signature returns an element's name and its first class name, as "div.part".
// A number that counts the elements ("part-3") is left out.
func Signature(e *Element) string {
	class, _, _ := strings.Cut(strings.TrimSpace(Attr(e.Node, "class")), " ")
	if bare := strings.TrimRight(class, "0123456789"); strings.HasSuffix(bare, "-") || strings.HasSuffix(bare, "_") {
		class = bare
	}
	return e.Node.Data + "." + class
}

// PairSignature returns the signatures of element i and of its parent. Parents
// without a class are the same everywhere, so there the result is one that no
// other element has. It is "" for an element without a parent.
func (doc *Doc) PairSignature(i int32) string {
	e := &doc.Elements[i]
	if e.Parent < 0 {
		return ""
	}
	p := &doc.Elements[e.Parent]
	if Attr(p.Node, "class") == "" {
		return strconv.Itoa(int(i))
	}
	return Signature(p) + ">" + Signature(e)
}

// PairHash returns a hash of the names and the whole class attributes of
// element i and of its parent (FNV-1a, 64 bits).
func (doc *Doc) PairHash(i int32) uint64 {
	h := uint64(14695981039346656037)
	add := func(s string) {
		for k := 0; k < len(s); k++ {
			h = (h ^ uint64(s[k])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	e := &doc.Elements[i]
	add(e.Node.Data)
	add(Attr(e.Node, "class"))
	if e.Parent >= 0 {
		p := &doc.Elements[e.Parent]
		add(p.Node.Data)
		add(Attr(p.Node, "class"))
	}
	return h
}

// TwinAncestor returns the ancestor of element a, or a itself, that is a sibling
// of an ancestor of b and has the same signature, as the articles of an endless
// page have. It reports false when there is none, or when the sibling is neither
// an article nor has a class.
func (doc *Doc) TwinAncestor(a, b int32) (twin int32, ok bool) {
	p := doc.Elements[b].Parent
	for p >= 0 && (a <= p || a >= doc.Elements[p].End) {
		b, p = p, doc.Elements[p].Parent
	}
	for a > 0 && doc.Elements[a].Parent != p {
		a = doc.Elements[a].Parent
	}
	if a <= 0 || b <= 0 || a == b {
		return 0, false
	}
	e := &doc.Elements[a]
	if e.Node.DataAtom != atom.Article && Attr(e.Node, "class") == "" {
		return 0, false
	}
	return a, Signature(e) == Signature(&doc.Elements[b])
}

// ClassContains reports whether the class attribute of element i or of its
// parent contains one of the words, which are in lower case.
func (doc *Doc) ClassContains(i int32, words []string) bool {
	for up := 0; i >= 0 && up < 2; i, up = doc.Elements[i].Parent, up+1 {
		if name := Attr(doc.Elements[i].Node, "class"); name != "" && letters.ContainsOneOf(strings.ToLower(name), words) {
			return true
		}
	}
	return false
}

// InTable reports whether an element is in a table.
func (doc *Doc) InTable(i int32) bool {
	for i = doc.Elements[i].Parent; i >= 0; i = doc.Elements[i].Parent {
		if doc.Elements[i].Node.DataAtom == atom.Table {
			return true
		}
	}
	return false
}

// HasHeading reports whether an element is or contains a heading with text.
func (doc *Doc) HasHeading(i int32) bool {
	for k := i; k < doc.Elements[i].End; k++ {
		if doc.Elements[k].In&InHeading != 0 && doc.Elements[k].Letters > 0 {
			return true
		}
	}
	return false
}

// IsHidden reports whether readers do not see an element, by its attributes and
// by the style sheets in the page.
func (doc *Doc) IsHidden(i int32) bool {
	n := doc.Elements[i].Node
	for k := range n.Attr {
		a := &n.Attr[k]
		switch a.Key {
		case "hidden":
			if a.Val != "until-found" && !unfolds(n) {
				return true
			}
		case "aria-hidden":
			if a.Val == "true" && !unfolds(n) && !doc.isSpoken(i) {
				return true
			}
		case "style":
			if a.Val != "" && hides(a.Val) {
				return true
			}
		case "class":
			if isPrintOnly(a.Val) {
				return true
			}
			if len(doc.hidden.classes) == 0 {
				continue
			}
			for name := range strings.FieldsSeq(a.Val) {
				if doc.hidden.classes[name] {
					return true
				}
			}
		case "id":
			if doc.hidden.ids[a.Val] {
				return true
			}
		}
	}
	return false
}

// isSpoken reports whether an element that is hidden from screen readers is a part
// of a line of text all the same, as the first letter of a story is that is set
// large: readers see it. Icons are not.
func (doc *Doc) isSpoken(i int32) bool {
	e := &doc.Elements[i]
	switch e.Node.DataAtom {
	case atom.Span, atom.B, atom.Strong, atom.Big, atom.Font:
	default:
		return false
	}
	if e.Letters == 0 || e.Parent < 0 || strings.Contains(strings.ToLower(Attr(e.Node, "class")), "icon") {
		return false
	}
	p := doc.blockElement(e.Parent)
	return doc.Elements[p].Prose > 0 && doc.Elements[p].In&(InLink|InHeading) == 0 && doc.Elements[p].Node.DataAtom == atom.P
}

// printNames are class names of what is shown on paper only, by the frameworks that
// have them: Bootstrap, Foundation, and those of content systems.
var printNames = []string{"print-only", "printonly", "only-print", "print_only", "show-for-print", "visible-print", "visible-print-block"}

// isPrintOnly reports whether class names say that an element is shown on paper
// only. The names of Bootstrap 4 and of Tailwind do so beside one that hides.
func isPrintOnly(class string) bool {
	if !strings.Contains(class, "print") {
		return false
	}
	hidden, printed := false, false
	for name := range strings.FieldsSeq(class) {
		switch {
		case name == "d-none" || name == "hidden":
			hidden = true
		case strings.HasPrefix(name, "d-print-") && name != "d-print-none", strings.HasPrefix(name, "print:") && name != "print:hidden":
			printed = true
		case slices.Contains(printNames, name):
			return true
		}
	}
	return hidden && printed
}

// unfolds reports whether an element is shown when the reader asks for it, or as
// soon as a script runs: the folds of an accordion, the panels of tabs, and the
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
