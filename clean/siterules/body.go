package siterules

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/region"
)

// findBody finds the elements with the text: those of the first expression that
// selects any text.
func (r *Result) findBody() {
	for i := range r.file.body {
		e := &r.file.body[i]
		elements := map[*html.Node]bool{}
		text := false
		for _, n := range r.evaluate(e).nodes {
			if n.isElement() && r.isOnPage(n.node) {
				elements[n.node] = true
				text = text || textOf(n.node) != ""
			}
		}
		if text {
			r.body, r.bodyAt = elements, e.at
			for n := range elements {
				protect(n)
			}
			return
		}
	}
	if len(r.file.body) > 0 {
		r.miss("body (%s)", r.file.body[0].at)
	}
}

// protect takes from an element with the text, and from those around it, all that
// the general rules could cut them for: the site's rules go first.
func protect(n *html.Node) {
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		switch n.DataAtom {
		case atom.Html, atom.Body:
			return
		case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Pre, atom.Blockquote:
		default:
			n.Data, n.DataAtom = "main", atom.Main
		}
		n.Attr = nil
	}
}

// Elements returns the rules on elements that are to be followed on the page: all,
// or only the unpruned ones when the site's rules have found the text and say
// "prune: no".
func (r *Result) Elements(all, unpruned *elemrules.Set) *elemrules.Set {
	if r.HasBody() && r.file.prune == "no" {
		return unpruned
	}
	return all
}

// HasBody reports whether the rules have found the text.
func (r *Result) HasBody() bool { return r != nil && r.body != nil }

// Region returns the blocks in the elements with the text. It reports false when
// there are no such elements, or when the general rules leave nothing of them;
// then they count as not found.
func (r *Result) Region(doc *dom.Doc, blocks []dom.Block) (region.Region, bool) {
	if !r.HasBody() {
		return region.Region{}, false
	}
	inside := make([]bool, len(doc.Elements))
	for i := range doc.Elements {
		e := &doc.Elements[i]
		inside[i] = e.Parent >= 0 && inside[e.Parent] || r.body[e.Node]
	}
	found, some := region.Region{}, false
	for i := range blocks {
		if b := &blocks[i]; inside[b.Elem] {
			found.Add(int32(i))
			some = some || b.Cut == 0 && b.Letters > 0
		}
	}
	if !some {
		r.miss("body (%s): nothing in it looks like text of a story", r.bodyAt)
		r.body = nil
	}
	return found, some
}
