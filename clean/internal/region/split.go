package region

import (
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
)

// splitShare is the share of a region's worth that one part must have to count
// as one of the parts that the text was split over.
const splitShare = 0.08

// split looks whether the text of a region was split over several containers
// that are built alike, with other things between them and after them. Then only
// these containers are the region, and what stands between them goes.
func (f *finder) split(r Region) Region {
	if r.Elem < 0 || len(r.spans) == 0 {
		return r
	}
	whole := f.sum(r.Elem)
	parts, mass := f.parts(r.Elem, whole)
	if len(parts) < 2 || len(parts) > 12 || mass < 0.7*whole {
		return r
	}
	running := 0
	for _, p := range parts {
		s := f.doc.Elements[p].Blocks
		for i := s.From; i < s.To; i++ {
			if b := &f.blocks[i]; b.Cut == 0 && b.IsRunningText() {
				running++
			}
		}
	}
	if running < 2*len(parts) {
		return r
	}
	built := dom.Signature(&f.doc.Elements[parts[0]])
	out := Region{Elem: r.Elem, score: r.score}
	next := f.doc.Elements[r.Elem].End
	for k := r.Elem + 1; k < next; k = f.doc.Elements[k].End {
		e := &f.doc.Elements[k]
		if isBox(e.Node.DataAtom) && dom.Signature(e) != built && f.sum(k) < splitShare*whole && !f.doc.HasHeading(k) {
			continue
		}
		for i := e.Blocks.From; i < e.Blocks.To; i++ {
			if r.has(i) {
				out.Add(i)
			}
		}
	}
	return out
}

// parts are the children of an element that hold a good share of its worth and
// are built alike, and what they are worth together.
func (f *finder) parts(elem int32, whole float64) (parts []int32, mass float64) {
	var first string
	e := &f.doc.Elements[elem]
	for k := elem + 1; k < e.End; k = f.doc.Elements[k].End {
		c := &f.doc.Elements[k]
		if !isBox(c.Node.DataAtom) || c.Cut != 0 || f.sum(k) < splitShare*whole {
			continue
		}
		if first == "" {
			first = dom.Signature(c)
		}
		if dom.Signature(c) != first {
			continue
		}
		parts = append(parts, k)
		mass += f.sum(k)
	}
	return parts, mass
}

// isBox says whether an element only groups others.
func isBox(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Section, atom.Article, atom.Aside, atom.Td, atom.Header, atom.Footer:
		return true
	}
	return false
}
