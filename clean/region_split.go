package clean

import "golang.org/x/net/html/atom"

// splitShare is the share of a region's worth that one part must have to count
// as one of the parts that the text was split over.
const splitShare = 0.08

// split looks whether the text of a region was split over several containers
// that are built alike, with other things between them and after them. Then only
// these containers are the region, and what stands between them goes.
func (f *regionFinder) split(r region) region {
	if r.elem < 0 || len(r.spans) == 0 {
		return r
	}
	whole := f.sum(r.elem)
	parts, mass := f.parts(r.elem, whole)
	if len(parts) < 2 || len(parts) > 12 || mass < 0.7*whole {
		return r
	}
	running := 0
	for _, p := range parts {
		s := f.o.elems[p].blocks
		for i := s.from; i < s.to; i++ {
			if b := &f.blocks[i]; b.cut == 0 && runs(b) {
				running++
			}
		}
	}
	if running < 2*len(parts) {
		return r
	}
	built := signature(&f.o.elems[parts[0]])
	out := region{elem: r.elem, score: r.score}
	next := f.o.elems[r.elem].end
	for k := r.elem + 1; k < next; k = f.o.elems[k].end {
		e := &f.o.elems[k]
		if isBox(e.node.DataAtom) && signature(e) != built && f.sum(k) < splitShare*whole && !f.o.hasHeading(k) {
			continue
		}
		for i := e.blocks.from; i < e.blocks.to; i++ {
			if r.has(i) {
				out.add(i)
			}
		}
	}
	return out
}

// parts are the children of an element that hold a good share of its worth and
// are built alike, and what they are worth together.
func (f *regionFinder) parts(elem int32, whole float64) (parts []int32, mass float64) {
	var first string
	e := &f.o.elems[elem]
	for k := elem + 1; k < e.end; k = f.o.elems[k].end {
		c := &f.o.elems[k]
		if !isBox(c.node.DataAtom) || c.cut != 0 || f.sum(k) < splitShare*whole {
			continue
		}
		if first == "" {
			first = signature(c)
		}
		if signature(c) != first {
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

func (o *outline) hasHeading(i int32) bool {
	for k := i; k < o.elems[i].end; k++ {
		if o.elems[k].in&inHeading != 0 && o.elems[k].chars > 0 {
			return true
		}
	}
	return false
}
