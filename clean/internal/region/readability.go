package region

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// The second opinion of where the story is comes from the scoring that Arc90
// thought of and Mozilla keeps in Readability.js (read as of version 0.6), done
// here on the outline in place of a tree of its own. Each paragraph gives points
// to the elements around it, fewer the farther; the element with most points is
// the story, with the elements beside it that look like it, and without the
// parts that are mostly links, forms and pictures. Constants and words are those
// of Readability.js; lengths there are in characters and here in letters, five
// of which make six characters.
const (
	minScored     = 20   // letters of a paragraph that counts
	minOpinion    = 208  // letters under which what was found is one box of many, and no opinion
	enoughText    = 416  // letters under which the search is done again with less care
	scoreLevels   = 5    // how far up a paragraph's points go
	topCount      = 5    // the best elements, among which one is chosen
	nearTop       = 0.75 // share of the best score that makes another as good
	siblingShare  = 0.2  // share of the best score from which a sibling is story too
	fewCommas     = 10   // under which a part of the story may go
	nameWeight    = 25   // of a name that speaks for story or against it
	charsOfLetter = 1.2
)

// care is what a search leaves out.
type care uint8

const (
	dropUnlikely care = 1 << iota
	weighNames
	cleanParts
)

// opinionSums are sums over the blocks or elements before one, so that the sum
// of a range is a difference.
type blockSums struct{ letters, links, commas, paragraphs, headings int32 }

type elementSums struct{ items, inputs int32 }

// voter is the state of the search.
type voter struct {
	doc    *dom.Doc
	blocks []dom.Block
	holds  []blockSums   // before each block
	parts  []elementSums // before each element
	images []int32       // tokens that are pictures
	elems  []candidate   // by element
	gone   []bool        // by block: left out as unlikely
	care   care
}

// candidate is what is known of one element.
type candidate struct {
	score  float64
	scored bool
	names  NameKind
	leaf   bool // no block element in it
}

// NameKind is what the names of an element speak of.
type NameKind uint8

const (
	goodName NameKind = 1 << iota
	badName
	unlikelyName
	savingName // keeps an element though another of its names is unlikely
)

// nameWords are parts of class names and ids, by their first letter.
var nameWords = func() (t [128][]nameWord) {
	for kind, words := range map[NameKind]string{
		goodName: "article body content entry main page post text blog story",
		badName: "-ad- hidden banner combx comment com- contact footer gdpr masthead media meta outbrain promo related scroll share shoutbox sidebar " +
			"skyscraper sponsor shopping tags widget",
		unlikelyName: "-ad- ai2html banner breadcrumbs combx comment community cover-wrap disqus extra footer gdpr header legends menu related remark " +
			"replies rss shoutbox sidebar skyscraper social sponsor supplemental agegate pagination pager popup yom-remote",
		savingName: "and article body column content main shadow",
	} {
		for word := range strings.FieldsSeq(words) {
			t[word[0]] = append(t[word[0]], nameWord{word, kind})
		}
	}
	return t
}()

type nameWord struct {
	text string
	kind NameKind
}

// KindsOfName are the kinds of all words in a class attribute or an id.
func KindsOfName(name string) (kinds NameKind) {
	name = letters.Lower(name[:min(len(name), dom.MaxClass)])
	for i := 0; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf {
			continue
		}
		for _, w := range nameWords[name[i]] {
			if strings.HasPrefix(name[i:], w.text) {
				kinds |= w.kind
			}
		}
	}
	return kinds
}

// readabilityRegion is the region that the scoring finds; false when it finds
// none, or too little. Its time is linear in the size of the page.
func readabilityRegion(doc *dom.Doc, blocks []dom.Block) (Region, bool) {
	p := &voter{
		doc: doc, blocks: blocks, elems: make([]candidate, len(doc.Elements)), gone: make([]bool, len(blocks)),
		holds: make([]blockSums, len(blocks)+1), parts: make([]elementSums, len(doc.Elements)+1),
	}
	p.read()
	var best Region
	most := int32(-1)
	for _, c := range []care{dropUnlikely | weighNames | cleanParts, weighNames | cleanParts, cleanParts, 0} {
		p.care = c
		p.measure()
		r, n := p.search()
		if n > most {
			best, most = r, n
		}
		if n >= enoughText {
			break
		}
	}
	return best, most >= minOpinion
}

// read judges the elements by what does not change from search to search.
func (p *voter) read() {
	doc := p.doc
	for i := range doc.Elements {
		e, s := &doc.Elements[i], p.parts[i]
		if e.Cut == 0 {
			switch e.Node.DataAtom {
			case atom.Li:
				s.items++
			case atom.Input:
				s.inputs++
			}
		}
		p.parts[i+1] = s
		p.elems[i].leaf = true
		if e.Cut != 0 || !e.IsBlock {
			continue
		}
		for up := e.Parent; up >= 0 && p.elems[up].leaf; up = doc.Elements[up].Parent {
			p.elems[up].leaf = false
		}
		class, id := dom.Attr(e.Node, "class"), dom.Attr(e.Node, "id")
		if class != "" {
			p.elems[i].names = KindsOfName(class)
		}
		if id != "" {
			p.elems[i].names |= KindsOfName(id)
		}
	}
	for k := range doc.Tokens {
		if t := &doc.Tokens[k]; t.Kind == dom.ImageToken && t.Elem >= 0 && doc.Elements[t.Elem].Cut == 0 {
			p.images = append(p.images, int32(k))
		}
	}
}

// measure sums up what stays under the care at hand, and forgets the scores.
func (p *voter) measure() {
	doc := p.doc
	clear(p.gone)
	for i := int32(0); i < int32(len(doc.Elements)); i++ {
		j, e := &p.elems[i], &doc.Elements[i]
		j.score, j.scored = 0, false
		if p.care&dropUnlikely == 0 || j.names&(unlikelyName|savingName) != unlikelyName || e.Node.DataAtom == atom.Body || e.In&dom.InCode != 0 || doc.InTable(i) {
			continue
		}
		for k := e.Blocks.From; k < e.Blocks.To && !p.gone[k]; k++ {
			p.gone[k] = true
		}
	}
	for i := range p.blocks {
		b, s := &p.blocks[i], p.holds[i]
		if b.Cut == 0 && !p.gone[i] {
			s.letters += b.Letters
			s.links += b.LinkLetters
			s.commas += commas(b.Text)
			switch a := doc.Elements[b.Elem].Node.DataAtom; {
			case b.In&dom.InHeading != 0:
				s.headings += b.Letters
			case a == atom.P || a == atom.Div:
				s.paragraphs++
			}
		}
		p.holds[i+1] = s
	}
}

// commas counts the commas of the world's scripts.
func commas(s string) int32 {
	n := strings.Count(s, ",")
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return int32(n + strings.Count(s, "،") + strings.Count(s, "，") + strings.Count(s, "、"))
		}
	}
	return int32(n)
}

// sums is the text that an element holds.
func (p *voter) sums(i int32) blockSums {
	e := &p.doc.Elements[i]
	a, b := &p.holds[e.Blocks.From], &p.holds[e.Blocks.To]
	return blockSums{b.letters - a.letters, b.links - a.links, b.commas - a.commas, b.paragraphs - a.paragraphs, b.headings - a.headings}
}

// pictures counts the pictures in an element.
func (p *voter) pictures(i int32) int32 {
	e := &p.doc.Elements[i]
	from, _ := slices.BinarySearch(p.images, e.Tokens.From)
	to, _ := slices.BinarySearch(p.images, e.Tokens.To)
	return int32(to - from)
}

// density is the share of the letters that stand in links, 0 to 1.
func (s *blockSums) density() float64 {
	if s.letters == 0 {
		return 0
	}
	return float64(s.links) / float64(s.letters)
}

// search scores the paragraphs and gathers the story, and its length in letters.
func (p *voter) search() (Region, int32) {
	p.scoreAll()
	top := p.top()
	if top < 0 {
		return Region{Elem: -1}, 0
	}
	parts := p.joined(top)
	out := make([]bool, len(p.blocks))
	for _, i := range parts {
		p.take(i, out)
	}
	r, letters := Region{Elem: -1}, int32(0)
	for k := range out {
		if out[k] {
			r.Add(int32(k))
			letters += p.blocks[k].Letters
		}
	}
	return r, letters
}

// scoreAll gives the points of every paragraph to what is around it.
func (p *voter) scoreAll() {
	doc := p.doc
	for i := range doc.Elements {
		e := &doc.Elements[i]
		if e.Cut != 0 || !e.IsBlock {
			continue
		}
		switch e.Node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Td, atom.Pre:
			s := p.sums(int32(i))
			p.points(e.Parent, s.letters, s.commas)
		}
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		e := &doc.Elements[b.Elem]
		if b.Cut != 0 || p.gone[i] || e.Node.DataAtom == atom.P {
			continue
		}
		switch e.Node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Td, atom.Pre:
			if e.Blocks.To-e.Blocks.From > 1 {
				p.points(b.Elem, b.Letters, commas(b.Text))
			}
		case atom.Div:
			if p.elems[b.Elem].leaf {
				p.points(e.Parent, b.Letters, commas(b.Text))
			} else {
				p.points(b.Elem, b.Letters, commas(b.Text))
			}
		}
	}
	for i := range doc.Elements {
		if p.elems[i].scored {
			s := p.sums(int32(i))
			p.elems[i].score *= 1 - s.density()
		}
	}
}

// points gives the points of a paragraph to the elements from i upwards.
func (p *voter) points(i, letters, commas int32) {
	if letters < minScored {
		return
	}
	points := 2 + float64(commas) + min(3, float64(letters)*charsOfLetter/100)
	for level := 0; i >= 0 && level < scoreLevels; i = p.doc.Elements[i].Parent {
		e := &p.doc.Elements[i]
		if !e.IsBlock || e.Cut != 0 {
			continue
		}
		if !p.elems[i].scored {
			p.elems[i].scored = true
			p.elems[i].score = tagScore(e.Node.DataAtom) + p.weight(i)
		}
		switch level {
		case 0:
			p.elems[i].score += points
		case 1:
			p.elems[i].score += points / 2
		default:
			p.elems[i].score += points / float64(level*3)
		}
		level++
	}
}

// weight is what the names of an element add to its score.
func (p *voter) weight(i int32) float64 {
	w, names := 0.0, p.elems[i].names
	if p.care&weighNames == 0 {
		return w
	}
	if names&goodName != 0 {
		w += nameWeight
	}
	if names&badName != 0 {
		w -= nameWeight
	}
	return w
}

// tagScore is what an element begins with.
func tagScore(a atom.Atom) float64 {
	switch a {
	case atom.Div:
		return 5
	case atom.Pre, atom.Td, atom.Blockquote:
		return 3
	case atom.Address, atom.Ol, atom.Ul, atom.Dl, atom.Dd, atom.Dt, atom.Li, atom.Form:
		return -3
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Th:
		return -5
	}
	return 0
}
