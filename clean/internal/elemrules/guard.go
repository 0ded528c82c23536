package elemrules

import "winnow/clean/internal/dom"

// applyGuards decides which of the marked elements go: those whose prose is no
// more than their rule's guard allows. What is below them is marked too, with a
// negative number.
func (m *matcher) applyGuards() {
	doc := m.doc
	n := int32(len(doc.Elements))
	prose := int32(0) // of the page
	for i := int32(0); i < n; i = doc.Elements[i].End {
		prose += doc.Elements[i].Prose
	}
	taken := make([]int32, len(m.Rules)) // prose, by rule
	for i := int32(0); i < n; {
		e := &doc.Elements[i]
		if e.Cut == 0 {
			i++
			continue
		}
		r := &m.Rules[e.Cut-1]
		if float64(e.Prose) > r.Guard*float64(prose) || float64(e.LinkLetters) < r.Links*float64(e.Letters) {
			e.Cut = 0
			i++
			continue
		}
		taken[e.Cut-1] += e.Prose
		for i++; i < e.End; i++ {
			doc.Elements[i].Cut = -e.Cut
		}
	}
	left := prose // after the rules without a sum
	for id, sum := range taken {
		if !m.Rules[id].Sum {
			left -= sum
		}
	}
	for id, sum := range taken {
		if r := &m.Rules[id]; r.Sum && float64(sum) > r.Guard*float64(left) {
			uncut(doc, int16(id+1))
		}
	}
}

// uncut takes back all that a rule has cut.
func uncut(doc *dom.Doc, cut int16) {
	for i := range doc.Elements {
		if e := &doc.Elements[i]; e.Cut == cut || e.Cut == -cut {
			e.Cut = 0
		}
	}
}
