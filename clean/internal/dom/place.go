package dom

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/letters"
)

// Twin says whether two places of the page are in two elements next to each
// other that are built alike, as the stories of an endless page are, and gives
// the one that holds the first.
func (o *Doc) Twin(a, b int32) (first int32, ok bool) {
	for b > 0 && !(o.Elements[o.Elements[b].Parent].Node == nil) {
		p := o.Elements[b].Parent
		if a > p && a < o.Elements[p].End {
			break
		}
		b = p
	}
	p := o.Elements[b].Parent
	for a > 0 && o.Elements[a].Parent != p {
		a = o.Elements[a].Parent
	}
	if a <= 0 || b <= 0 || a == b {
		return 0, false
	}
	e := &o.Elements[a]
	if e.Node.DataAtom != atom.Article && Attr(e.Node, "class") == "" {
		return 0, false
	}
	return a, Signature(e) == Signature(&o.Elements[b])
}

// Named says whether an element or the one around it has one of the words in
// its class names.
func (o *Doc) Named(i int32, words []string) bool {
	for up := 0; i >= 0 && up < 2; i, up = o.Elements[i].Parent, up+1 {
		if name := Attr(o.Elements[i].Node, "class"); name != "" && letters.ContainsOneOf(strings.ToLower(name), words) {
			return true
		}
	}
	return false
}

// InTable says whether an element stands in a table.
func (o *Doc) InTable(i int32) bool {
	for i = o.Elements[i].Parent; i >= 0; i = o.Elements[i].Parent {
		if o.Elements[i].Node.DataAtom == atom.Table {
			return true
		}
	}
	return false
}

// HasHeading says whether a heading with text stands in an element.
func (o *Doc) HasHeading(i int32) bool {
	for k := i; k < o.Elements[i].End; k++ {
		if o.Elements[k].In&InHeading != 0 && o.Elements[k].Chars > 0 {
			return true
		}
	}
	return false
}
