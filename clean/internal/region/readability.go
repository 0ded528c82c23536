package region

import (
	"slices"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

const (
	topCandidates = 5    // the best elements, of which one is chosen
	nearTop       = 0.75 // share of the best score that makes another as good
	nearTops      = 3    // so many others as good as the best: what is around them is chosen
)

// top returns the element that holds the story, -1 for none.
func (s *scorer) top() int32 {
	best := s.bestCandidates()
	if len(best) == 0 {
		return -1
	}
	top := s.aroundSeveral(best)
	last := s.candidates[top].score
	threshold := last / 3 // under it the way up ends
	for i := s.up(top); i >= 0; i = s.up(i) {
		c := &s.candidates[i]
		if !c.scored {
			continue
		}
		if c.score < threshold {
			break
		}
		if c.score > last {
			top = i
			break
		}
		last = c.score
	}
	for i := s.up(top); i >= 0 && s.children(i) == 1; i = s.up(i) {
		top = i
	}
	return top
}

// bestCandidates returns the elements with the highest scores, best first; of
// equals the earlier.
func (s *scorer) bestCandidates() []int32 {
	var best []int32
	for i := range s.candidates {
		if !s.candidates[i].scored {
			continue
		}
		k := len(best)
		for k > 0 && s.candidates[best[k-1]].score < s.candidates[i].score {
			k--
		}
		if k < topCandidates {
			best = slices.Insert(best, k, int32(i))
			best = best[:min(len(best), topCandidates)]
		}
	}
	return best
}

// aroundSeveral returns the nearest element around three of the others that are
// nearly as good as the best, or the best.
func (s *scorer) aroundSeveral(best []int32) int32 {
	top := best[0]
	var near []int32
	for _, i := range best[1:] {
		if s.candidates[i].score >= nearTop*s.candidates[top].score {
			near = append(near, i)
		}
	}
	if len(near) < nearTops {
		return top
	}
	for i := s.up(top); i >= 0; i = s.up(i) {
		n := 0
		for _, k := range near {
			if k > i && k < s.doc.Elements[i].End {
				n++
			}
		}
		if n >= nearTops {
			s.startScore(i)
			return i
		}
	}
	return top
}

// up returns the nearest block element around an element, -1 where only the body
// is left.
func (s *scorer) up(i int32) int32 {
	for i = s.doc.Elements[i].Parent; i >= 0; i = s.doc.Elements[i].Parent {
		e := &s.doc.Elements[i]
		if e.Node.DataAtom == atom.Body || e.Node.DataAtom == atom.Html {
			return -1
		}
		if e.IsBlock {
			return i
		}
	}
	return -1
}

// children counts the children of an element that no rule has cut.
func (s *scorer) children(i int32) int {
	n := 0
	for k := i + 1; k < s.doc.Elements[i].End; k = s.doc.Elements[k].End {
		if s.doc.Elements[k].Cut == 0 {
			n++
		}
	}
	return n
}

// What makes a sibling of the top story, too.
const (
	siblingShare    = 0.2  // share of the top's score in its own
	minSiblingScore = 10   // at least
	siblingText     = 66   // letters of a paragraph; a shorter one must be a sentence without links
	siblingLinks    = 0.25 // share of letters in links that such a paragraph does not reach
)

// withSiblings returns the top and those of its siblings that look like story.
func (s *scorer) withSiblings(top int32) []int32 {
	doc := s.doc
	parent := doc.Elements[top].Parent
	if parent < 0 {
		return []int32{top}
	}
	threshold := max(minSiblingScore, s.candidates[top].score*siblingShare)
	class := dom.Attr(doc.Elements[top].Node, "class")
	var story []int32
	for k := parent + 1; k < doc.Elements[parent].End; k = doc.Elements[k].End {
		e, c := &doc.Elements[k], &s.candidates[k]
		switch {
		case k == top:
			story = append(story, k)
			continue
		case e.Cut != 0 || !e.IsBlock:
			continue
		}
		bonus := 0.0
		if class != "" && dom.Attr(e.Node, "class") == class {
			bonus = s.candidates[top].score * siblingShare
		}
		if c.scored && c.score+bonus >= threshold {
			story = append(story, k)
			continue
		}
		if e.Node.DataAtom != atom.P && !(e.Node.DataAtom == atom.Div && c.leaf) {
			continue
		}
		t := s.textIn(k)
		links := t.linkShare()
		switch {
		case t.letters > siblingText:
			if links < siblingLinks {
				story = append(story, k)
			}
		case t.letters > 0 && links == 0 && e.Blocks.To > e.Blocks.From && letters.EndsClause(s.blocks[e.Blocks.To-1].Text):
			story = append(story, k)
		}
	}
	return story
}

// take marks the blocks of an element as story, without those of its parts that
// look like something else.
func (s *scorer) take(i int32, story []bool) {
	doc := s.doc
	e := &doc.Elements[i]
	for k := e.Blocks.From; k < e.Blocks.To; k++ {
		story[k] = s.blocks[k].Cut == 0 && !s.dropped[k]
	}
	if s.strictness&cleanParts == 0 {
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
		if !s.isClutter(k) {
			k++
			continue
		}
		for b := c.Blocks.From; b < c.Blocks.To; b++ {
			story[b] = false
		}
		k = c.End
	}
}

// Limits of a part of the story. They and their combination are those of
// _cleanConditionally in Readability.js.
const (
	textCommas      = 10  // a part with so many is text, whatever is in it
	extraItems      = 100 // list items beyond the number of paragraphs
	inputParagraphs = 3   // paragraphs for each input, at least
	headingShare    = 0.9 // share of letters in headings
	plainLinks      = 0.2 // share of letters in links, in a part without a good name
	goodNamedLinks  = 0.5 // the same, in a part with one
)

// isClutter reports whether a part of the story looks like something else: it has
// a bad name, or few words beside pictures, list items, inputs or links.
func (s *scorer) isClutter(i int32) bool {
	e := &s.doc.Elements[i]
	isList := e.Node.DataAtom == atom.Ul || e.Node.DataAtom == atom.Ol
	switch e.Node.DataAtom {
	case atom.Form, atom.Fieldset, atom.Table, atom.Ul, atom.Div:
	default:
		return false
	}
	if e.Node.DataAtom == atom.Div && s.candidates[i].leaf || e.Blocks.To == e.Blocks.From || e.In&dom.InCode != 0 {
		return false
	}
	points := s.namePoints(i)
	if points < 0 {
		return true
	}
	t := s.textIn(i)
	if t.commas >= textCommas {
		return false
	}
	links, images, outsideFigure := t.linkShare(), s.imagesIn(i), e.In&dom.InFigure == 0
	items, inputs := s.elements[e.End].items-s.elements[i].items, s.elements[e.End].inputs-s.elements[i].inputs
	switch {
	case images > 1 && 2*t.paragraphs < images && outsideFigure,
		!isList && items-extraItems > t.paragraphs,
		inputs > t.paragraphs/inputParagraphs,
		!isList && float64(t.headingLetters) < headingShare*float64(t.letters) && t.letters < minScored && (images == 0 || images > 2) && outsideFigure && links > 0,
		!isList && points < nameWeight && links > plainLinks,
		points >= nameWeight && links > goodNamedLinks:
		return true
	}
	return false
}

// search scores the elements and returns the story with its length in letters.
func (s *scorer) search() (r Region, letters int32) {
	s.scoreAll()
	r.elem = -1
	top := s.top()
	if top < 0 {
		return r, 0
	}
	story := make([]bool, len(s.blocks))
	for _, i := range s.withSiblings(top) {
		s.take(i, story)
	}
	for k := range story {
		if story[k] {
			r.Add(int32(k))
			letters += s.blocks[k].Letters
		}
	}
	return r, letters
}

// readabilityRegion returns the region that the scoring finds; false when it
// finds none, or too little. Its time is linear in the size of the page.
func readabilityRegion(doc *dom.Doc, blocks []dom.Block) (Region, bool) {
	s := &scorer{
		doc: doc, blocks: blocks, candidates: make([]candidate, len(doc.Elements)), dropped: make([]bool, len(blocks)),
		texts: make([]textSums, len(blocks)+1), elements: make([]tagSums, len(doc.Elements)+1),
	}
	s.readElements()
	var best Region
	most := int32(-1)
	for _, strictness := range []strictness{dropUnlikely | weighNames | cleanParts, weighNames | cleanParts, cleanParts, 0} {
		s.strictness = strictness
		s.sumTexts()
		r, n := s.search()
		if n > most {
			best, most = r, n
		}
		if n >= enoughText {
			break
		}
	}
	return best, most >= minVote
}
