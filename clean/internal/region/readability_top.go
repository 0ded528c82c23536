package region

import (
	"slices"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// top is the element that holds the story; -1 for none.
func (p *voter) top() int32 {
	doc := p.doc
	var best []int32
	for i := range doc.Elements {
		if !p.elems[i].scored {
			continue
		}
		k := len(best)
		for k > 0 && p.elems[best[k-1]].score < p.elems[i].score {
			k--
		}
		if k < topCount {
			best = slices.Insert(best, k, int32(i))
			best = best[:min(len(best), topCount)]
		}
	}
	if len(best) == 0 {
		return -1
	}
	top := p.shared(best)
	last := p.elems[top].score
	threshold := last / 3
	for i := p.up(top); i >= 0; i = p.up(i) {
		if !p.elems[i].scored {
			continue
		}
		if p.elems[i].score < threshold {
			break
		}
		if p.elems[i].score > last {
			top = i
			break
		}
		last = p.elems[i].score
	}
	for i := p.up(top); i >= 0 && p.children(i) == 1; i = p.up(i) {
		top = i
	}
	return top
}

// up is the block element around an element below the body; -1 for none.
func (p *voter) up(i int32) int32 {
	for i = p.doc.Elements[i].Parent; i >= 0; i = p.doc.Elements[i].Parent {
		e := &p.doc.Elements[i]
		if e.Node.DataAtom == atom.Body || e.Node.DataAtom == atom.Html {
			return -1
		}
		if e.IsBlock {
			return i
		}
	}
	return -1
}

// children counts the children of an element that stay.
func (p *voter) children(i int32) int {
	n := 0
	for k := i + 1; k < p.doc.Elements[i].End; k = p.doc.Elements[k].End {
		if p.doc.Elements[k].Cut == 0 {
			n++
		}
	}
	return n
}

// shared is the nearest element around three of the best that are nearly as
// good as the first, or the first.
func (p *voter) shared(best []int32) int32 {
	top := best[0]
	var near []int32
	for _, i := range best[1:] {
		if p.elems[i].score >= nearTop*p.elems[top].score {
			near = append(near, i)
		}
	}
	if len(near) < 3 {
		return top
	}
	for i := p.up(top); i >= 0; i = p.up(i) {
		n := 0
		for _, k := range near {
			if k > i && k < p.doc.Elements[i].End {
				n++
			}
		}
		if n >= 3 {
			if !p.elems[i].scored {
				p.elems[i].scored = true
				p.elems[i].score = tagScore(p.doc.Elements[i].Node.DataAtom) + p.weight(i)
			}
			return i
		}
	}
	return top
}

// joined is the top with those of its siblings that look like story.
func (p *voter) joined(top int32) []int32 {
	doc := p.doc
	parent := doc.Elements[top].Parent
	if parent < 0 {
		return []int32{top}
	}
	threshold := max(10, p.elems[top].score*siblingShare)
	class := dom.Attr(doc.Elements[top].Node, "class")
	var out []int32
	for k := parent + 1; k < doc.Elements[parent].End; k = doc.Elements[k].End {
		e := &doc.Elements[k]
		switch {
		case k == top:
			out = append(out, k)
			continue
		case e.Cut != 0 || !e.IsBlock:
			continue
		}
		bonus := 0.0
		if class != "" && dom.Attr(e.Node, "class") == class {
			bonus = p.elems[top].score * siblingShare
		}
		if p.elems[k].scored && p.elems[k].score+bonus >= threshold {
			out = append(out, k)
			continue
		}
		if e.Node.DataAtom != atom.P && !(e.Node.DataAtom == atom.Div && p.elems[k].leaf) {
			continue
		}
		s := p.sums(k)
		d := s.density()
		if s.letters > 66 && d < 0.25 || s.letters > 0 && s.letters <= 66 && d == 0 && e.Blocks.To > e.Blocks.From && letters.EndsClause(p.blocks[e.Blocks.To-1].Text) {
			out = append(out, k)
		}
	}
	return out
}

// take marks the blocks of an element, without those of its parts that go.
func (p *voter) take(i int32, out []bool) {
	doc := p.doc
	e := &doc.Elements[i]
	for k := e.Blocks.From; k < e.Blocks.To; k++ {
		out[k] = p.blocks[k].Cut == 0 && !p.gone[k]
	}
	if p.care&cleanParts == 0 {
		return
	}
	for k := i; k < e.End; {
		c := &doc.Elements[k]
		if c.Cut != 0 {
			k++
			continue
		}
		if c.IsData {
			k = c.End
			continue
		}
		if !p.goes(k) {
			k++
			continue
		}
		for b := c.Blocks.From; b < c.Blocks.To; b++ {
			out[b] = false
		}
		k = c.End
	}
}

// goes says whether a part of the story goes.
func (p *voter) goes(i int32) bool {
	e := &p.doc.Elements[i]
	isList := e.Node.DataAtom == atom.Ul || e.Node.DataAtom == atom.Ol
	switch e.Node.DataAtom {
	case atom.Form, atom.Fieldset, atom.Table, atom.Ul, atom.Div:
	default:
		return false
	}
	if e.Node.DataAtom == atom.Div && p.elems[i].leaf || e.Blocks.To == e.Blocks.From || e.In&dom.InCode != 0 {
		return false
	}
	w := p.weight(i)
	if w < 0 {
		return true
	}
	s := p.sums(i)
	if s.commas >= fewCommas {
		return false
	}
	d, images, plain := s.density(), p.pictures(i), e.In&dom.InFigure == 0
	items, inputs := p.parts[e.End].items-p.parts[i].items, p.parts[e.End].inputs-p.parts[i].inputs
	return images > 1 && 2*s.paragraphs < images && plain ||
		!isList && items-100 > s.paragraphs ||
		inputs > s.paragraphs/3 ||
		!isList && float64(s.headings) < 0.9*float64(s.letters) && s.letters < minScored && (images == 0 || images > 2) && plain && d > 0 ||
		!isList && w < nameWeight && d > 0.2 ||
		w >= nameWeight && d > 0.5
}
