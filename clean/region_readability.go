package clean

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
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

// opinion is the state of the search.
type opinion struct {
	o      *outline
	blocks []block
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
	names  nameKind
	leaf   bool // no block element in it
}

// nameKind is what the names of an element speak of.
type nameKind uint8

const (
	goodName nameKind = 1 << iota
	badName
	unlikelyName
	savingName // keeps an element though another of its names is unlikely
)

// nameWords are parts of class names and ids, by their first letter.
var nameWords = func() (t [128][]nameWord) {
	for kind, words := range map[nameKind]string{
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
	kind nameKind
}

// kindsOfName are the kinds of all words in a class attribute or an id.
func kindsOfName(name string) (kinds nameKind) {
	name = lower(name[:min(len(name), maxNames)])
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
func readabilityRegion(o *outline, blocks []block) (region, bool) {
	p := &opinion{
		o: o, blocks: blocks, elems: make([]candidate, len(o.elems)), gone: make([]bool, len(blocks)),
		holds: make([]blockSums, len(blocks)+1), parts: make([]elementSums, len(o.elems)+1),
	}
	p.read()
	var best region
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
func (p *opinion) read() {
	o := p.o
	for i := range o.elems {
		e, s := &o.elems[i], p.parts[i]
		if e.cut == 0 {
			switch e.node.DataAtom {
			case atom.Li:
				s.items++
			case atom.Input:
				s.inputs++
			}
		}
		p.parts[i+1] = s
		p.elems[i].leaf = true
		if e.cut != 0 || !e.block {
			continue
		}
		for up := e.parent; up >= 0 && p.elems[up].leaf; up = o.elems[up].parent {
			p.elems[up].leaf = false
		}
		class, id := attr(e.node, "class"), attr(e.node, "id")
		if class != "" {
			p.elems[i].names = kindsOfName(class)
		}
		if id != "" {
			p.elems[i].names |= kindsOfName(id)
		}
	}
	for k := range o.tokens {
		if t := &o.tokens[k]; t.kind == imageToken && t.elem >= 0 && o.elems[t.elem].cut == 0 {
			p.images = append(p.images, int32(k))
		}
	}
}

// measure sums up what stays under the care at hand, and forgets the scores.
func (p *opinion) measure() {
	o := p.o
	clear(p.gone)
	for i := int32(0); i < int32(len(o.elems)); i++ {
		j, e := &p.elems[i], &o.elems[i]
		j.score, j.scored = 0, false
		if p.care&dropUnlikely == 0 || j.names&(unlikelyName|savingName) != unlikelyName || e.node.DataAtom == atom.Body || e.in&inCode != 0 || o.inTable(i) {
			continue
		}
		for k := e.blocks.from; k < e.blocks.to && !p.gone[k]; k++ {
			p.gone[k] = true
		}
	}
	for i := range p.blocks {
		b, s := &p.blocks[i], p.holds[i]
		if b.cut == 0 && !p.gone[i] {
			s.letters += b.letters
			s.links += b.links
			s.commas += commas(b.Text)
			switch a := o.elems[b.elem].node.DataAtom; {
			case b.in&inHeading != 0:
				s.headings += b.letters
			case a == atom.P || a == atom.Div:
				s.paragraphs++
			}
		}
		p.holds[i+1] = s
	}
}

// inTable says whether an element stands in a table.
func (o *outline) inTable(i int32) bool {
	for i = o.elems[i].parent; i >= 0; i = o.elems[i].parent {
		if o.elems[i].node.DataAtom == atom.Table {
			return true
		}
	}
	return false
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
func (p *opinion) sums(i int32) blockSums {
	e := &p.o.elems[i]
	a, b := &p.holds[e.blocks.from], &p.holds[e.blocks.to]
	return blockSums{b.letters - a.letters, b.links - a.links, b.commas - a.commas, b.paragraphs - a.paragraphs, b.headings - a.headings}
}

// pictures counts the pictures in an element.
func (p *opinion) pictures(i int32) int32 {
	e := &p.o.elems[i]
	from, _ := slices.BinarySearch(p.images, e.tokens)
	to, _ := slices.BinarySearch(p.images, e.tokensEnd)
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
func (p *opinion) search() (region, int32) {
	p.scoreAll()
	top := p.top()
	if top < 0 {
		return region{elem: -1}, 0
	}
	parts := p.joined(top)
	out := make([]bool, len(p.blocks))
	for _, i := range parts {
		p.take(i, out)
	}
	r, letters := region{elem: -1}, int32(0)
	for k := range out {
		if out[k] {
			r.add(int32(k))
			letters += p.blocks[k].letters
		}
	}
	return r, letters
}

// scoreAll gives the points of every paragraph to what is around it.
func (p *opinion) scoreAll() {
	o := p.o
	for i := range o.elems {
		e := &o.elems[i]
		if e.cut != 0 || !e.block {
			continue
		}
		switch e.node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Td, atom.Pre:
			s := p.sums(int32(i))
			p.points(e.parent, s.letters, s.commas)
		}
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		e := &o.elems[b.elem]
		if b.cut != 0 || p.gone[i] || e.node.DataAtom == atom.P {
			continue
		}
		switch e.node.DataAtom {
		case atom.Section, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Td, atom.Pre:
			if e.blocks.to-e.blocks.from > 1 {
				p.points(b.elem, b.letters, commas(b.Text))
			}
		case atom.Div:
			if p.elems[b.elem].leaf {
				p.points(e.parent, b.letters, commas(b.Text))
			} else {
				p.points(b.elem, b.letters, commas(b.Text))
			}
		}
	}
	for i := range o.elems {
		if p.elems[i].scored {
			s := p.sums(int32(i))
			p.elems[i].score *= 1 - s.density()
		}
	}
}

// points gives the points of a paragraph to the elements from i upwards.
func (p *opinion) points(i, letters, commas int32) {
	if letters < minScored {
		return
	}
	points := 2 + float64(commas) + min(3, float64(letters)*charsOfLetter/100)
	for level := 0; i >= 0 && level < scoreLevels; i = p.o.elems[i].parent {
		e := &p.o.elems[i]
		if !e.block || e.cut != 0 {
			continue
		}
		if !p.elems[i].scored {
			p.elems[i].scored = true
			p.elems[i].score = tagScore(e.node.DataAtom) + p.weight(i)
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
func (p *opinion) weight(i int32) float64 {
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
