package region

import (
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
)

const (
	// sameRegion is the share of a vote's value that must be in the finder's own
	// region for the two to mean the same part of the page.
	sameRegion = 0.5
	// minVoteShare is the share of the own region's value under which a vote
	// within it is a miss. Chosen on real pages: 0.08 and 0.35 do worse.
	minVoteShare = 0.15
)

// merge returns one region for the finder's own and the one of another vote. All
// that is in both, and all of the own region between the first and the last block
// of the other, is story: a search over the whole tree misses fewer paragraphs.
// Beyond, blocks of the own region stay only beside running text of the other.
func (f *finder) merge(own, other Region) Region {
	if len(other.spans) == 0 {
		return own
	}
	if len(own.spans) == 0 {
		return other
	}
	parents := map[int32]bool{}
	alike := map[string]bool{}
	value, shared := 0.0, 0.0
	for _, s := range other.spans {
		for i := s.From; i < s.To; i++ {
			v := max(0, f.valueOf(i))
			value += v
			if own.has(i) {
				shared += v
			}
			if b := &f.blocks[i]; b.IsRunningText() {
				parents[f.doc.Elements[b.Elem].Parent] = true
				parents[b.Elem] = true
				alike[f.doc.PairSignature(b.Elem)] = true
			}
		}
	}
	if shared < sameRegion*value {
		if value > own.value {
			return other
		}
		return own
	}
	if shared < minVoteShare*own.value {
		return own
	}
	first, last := other.spans[0].From, other.spans[len(other.spans)-1].To
	r := Region{elem: own.elem, value: own.value}
	for i := range f.blocks {
		k := int32(i)
		if f.blocks[i].Cut != 0 || !own.has(k) {
			continue
		}
		e := f.blocks[i].Elem
		if k >= first && k < last || parents[e] || parents[f.doc.Elements[e].Parent] || alike[f.doc.PairSignature(e)] {
			r.Add(k)
		}
	}
	return r
}

// What makes the children of an element the containers that a text is split over.
const (
	minPartShare   = 0.08 // share of the region's value in each
	minPartsShare  = 0.7  // share of the region's value in all together
	maxParts       = 12   // more of them are a list of stories
	runningPerPart = 2    // blocks of running text in each, on average; teasers have one
)

// split narrows a region down to the containers of one signature that its text is
// split over, if there are such: boxes of another kind between and behind them
// are left out, unless they have a heading.
func (f *finder) split(r Region) Region {
	if r.elem < 0 || len(r.spans) == 0 {
		return r
	}
	whole := f.sum(r.elem)
	parts, value := f.parts(r.elem, whole)
	if len(parts) < 2 || len(parts) > maxParts || value < minPartsShare*whole {
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
	if running < runningPerPart*len(parts) {
		return r
	}
	signature := dom.Signature(&f.doc.Elements[parts[0]])
	out := Region{elem: r.elem, value: r.value}
	end := f.doc.Elements[r.elem].End
	for k := r.elem + 1; k < end; k = f.doc.Elements[k].End {
		e := &f.doc.Elements[k]
		if isBox(e.Node.DataAtom) && dom.Signature(e) != signature && f.sum(k) < minPartShare*whole && !f.doc.HasHeading(k) {
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

// parts returns the children of an element that hold a good share of its value
// and have the signature of the first of them, and their value together.
func (f *finder) parts(elem int32, whole float64) (parts []int32, value float64) {
	var first string
	e := &f.doc.Elements[elem]
	for k := elem + 1; k < e.End; k = f.doc.Elements[k].End {
		c := &f.doc.Elements[k]
		if !isBox(c.Node.DataAtom) || c.Cut != 0 || f.sum(k) < minPartShare*whole {
			continue
		}
		if first == "" {
			first = dom.Signature(c)
		}
		if dom.Signature(c) != first {
			continue
		}
		parts = append(parts, k)
		value += f.sum(k)
	}
	return parts, value
}

// isBox reports whether an element only groups others.
func isBox(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Section, atom.Article, atom.Aside, atom.Td, atom.Header, atom.Footer:
		return true
	}
	return false
}

// What makes a block between the headline and the text the standfirst.
const (
	headlineGap       = 24  // blocks from the headline to the text, at most
	closeHeadline     = 12  // the same, for a standfirst that no class names
	standfirstLength  = 70  // letters, at least
	namedLength       = 40  // the same, when a class names it
	maxStandfirst     = 700 // letters
	standfirstLinkMax = 0.2 // share of letters in links that it does not reach
)

// standfirstNames are parts of the class names of a standfirst.
var standfirstNames = []string{
	"lead", "dek", "standfirst", "subtitle", "sub-title", "subhead", "sub-head", "subhed", "subline", "strap", "excerpt", "intro",
	"chapo", "bajada", "sumario", "entradilla", "teaser", "vorspann", "abstract", "summary", "description", "deck", "kicker-text", "sommario",
}

// addStandfirst adds the prose between the headline and the region.
func (f *finder) addStandfirst(r Region, m *meta.Meta) Region {
	if len(r.spans) == 0 {
		return r
	}
	first := r.spans[0].From
	head := int32(-1)
	for i := first - 1; i >= 0 && i >= first-headlineGap; i-- {
		if b := &f.blocks[i]; b.Cut == 0 && (b.In&dom.InTitle != 0 || b.In&dom.InHeading != 0 && m.IsTitle(b.Text)) {
			head = i
			break
		}
	}
	if head < 0 {
		return r
	}
	out := Region{elem: r.elem, value: r.value}
	for i := head + 1; i < first; i++ {
		b := &f.blocks[i]
		if b.Cut != 0 || b.Letters > maxStandfirst || b.LinkShare() >= standfirstLinkMax {
			continue
		}
		if b.Letters >= standfirstLength && first-head <= closeHeadline || b.Letters >= namedLength && f.doc.ClassContains(b.Elem, standfirstNames) {
			out.Add(i)
		}
	}
	for _, s := range r.spans {
		for i := s.From; i < s.To; i++ {
			out.Add(i)
		}
	}
	return out
}
