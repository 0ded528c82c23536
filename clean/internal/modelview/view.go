// Package modelview shows a page to the block model: it reads the features of
// each block and applies the model's judgement.
//
// A [View] is made once per page (view.go). features.go reads the features of a
// block from it, shape.go those of its text, words.go its words; judge.go applies
// a model, and names what weighed most.
//
// Start with [New] and [Judge].
package modelview

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/region"
	"winnow/news"
)

// View is a page as the model sees it: what its features are read from.
type View struct {
	doc    *dom.Doc
	m      *meta.Meta
	Blocks []dom.Block
	region.Votes
	region []bool // the part that was chosen

	texts       []textShape
	sums        []sums  // before each block
	first, last int     // block of the region; -1: none
	runBefore   []int32 // nearest running block of the region before each block, -1: none
	runAfter    []int32
	heading     []int32 // the heading over each block, -1: none
	builds      []uint64
	alike       map[uint64]*sums
	seen        map[string]int32
	names       []region.NameKind // of elements; computed when asked
	named       []bool
	title       map[string]bool
	description map[string]bool
	ldKey       string
	content     []uint8            // of elements: 0 not asked yet, 1 no, 2 named as the one around a text
	nameWords   map[int32][]uint32 // see namesOf
	searched    int                // bytes of ldKey, see maxSearched
	label       []uint8            // 1 + the code of each block's label; 0: not asked yet
	longest     int32
}

// sums are sums over blocks.
type sums struct{ letters, links, blocks, running, region int32 }

func (s sums) minus(t sums) sums {
	return sums{s.letters - t.letters, s.links - t.links, s.blocks - t.blocks, s.running - t.running, s.region - t.region}
}

func New(doc *dom.Doc, blocks []dom.Block, m *meta.Meta, op region.Votes, r *region.Region) *View {
	n := len(blocks)
	v := &View{
		doc: doc, m: m, Blocks: blocks, Votes: op, region: r.Flags(n), first: -1, last: -1,
		texts: make([]textShape, n), sums: make([]sums, n+1), runBefore: make([]int32, n), runAfter: make([]int32, n),
		heading: make([]int32, n), builds: make([]uint64, n), label: make([]uint8, n), nameWords: map[int32][]uint32{}, content: make([]uint8, len(doc.Elements)), alike: map[uint64]*sums{}, seen: make(map[string]int32, n),
		names: make([]region.NameKind, len(doc.Elements)), named: make([]bool, len(doc.Elements)),
		title: wordsOf(m.Title), description: wordsOf(m.Description),
	}
	if m.LdBody != "" {
		v.ldKey = letters.Key(m.LdBody)
	}
	v.read()
	v.link()
	return v
}

func wordsOf(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s[:min(len(s), 2000)]), letters.IsWordBreak) {
		set[w] = true
	}
	return set
}

// read reads the texts of the blocks and sums them up.
func (v *View) read() {
	for i := range v.Blocks {
		b, s := &v.Blocks[i], v.sums[i]
		if b.Cut == 0 {
			v.texts[i] = v.shape(b)
			v.seen[b.Text]++
			v.longest = max(v.longest, b.Letters)
			if v.region[i] {
				if v.first < 0 {
					v.first = i
				}
				v.last = i
			}
			one := sums{letters: b.Letters, links: b.LinkLetters, blocks: 1, running: int32(blockmodel.Bit(v.texts[i].running)), region: int32(blockmodel.Bit(v.region[i]))}
			s = sums{s.letters + one.letters, s.links + one.links, s.blocks + 1, s.running + one.running, s.region + one.region}
			v.builds[i] = v.doc.PairHash(b.Elem)
			a := v.alike[v.builds[i]]
			if a == nil {
				a = &sums{}
				v.alike[v.builds[i]] = a
			}
			a.letters += one.letters
			a.links += one.links
			a.blocks++
			a.running += one.running
			a.region += one.region
		}
		v.sums[i+1] = s
	}
}

// link notes for each block what stands nearest.
func (v *View) link() {
	run, heading := int32(-1), int32(-1)
	for i := range v.Blocks {
		v.runBefore[i], v.heading[i] = run, heading
		if v.Blocks[i].Cut == 0 {
			if v.texts[i].running && v.region[i] {
				run = int32(i)
			}
			if v.Blocks[i].Kind == news.Heading {
				heading = int32(i)
			}
		}
	}
	run = -1
	for i := len(v.Blocks) - 1; i >= 0; i-- {
		v.runAfter[i] = run
		if v.Blocks[i].Cut == 0 && v.texts[i].running && v.region[i] {
			run = int32(i)
		}
	}
}

// kindsAt are the kinds of an element's names.
func (v *View) kindsAt(i int32) region.NameKind {
	if !v.named[i] {
		v.named[i] = true
		v.names[i] = region.KindsOfNames(v.doc.Elements[i].Node)
	}
	return v.names[i]
}

func (v *View) within(i int32) sums {
	e := &v.doc.Elements[i]
	if e.Blocks.To < e.Blocks.From {
		return sums{}
	}
	return v.sums[e.Blocks.To].minus(v.sums[e.Blocks.From])
}

// up is the next block element around an element that holds more blocks than
// it; the element itself when there is none.
func (v *View) up(i int32) int32 {
	n := v.within(i).blocks
	for p := v.doc.Elements[i].Parent; p >= 0; p = v.doc.Elements[p].Parent {
		if v.doc.Elements[p].IsBlock && v.within(p).blocks > n {
			return p
		}
	}
	return i
}

// tagCode numbers the elements that blocks stand in.
func tagCode(a atom.Atom) uint8 {
	return uint8(1 + slices.Index(codedTags[:], a))
}

var codedTags = [...]atom.Atom{
	atom.P, atom.Div, atom.Span, atom.Li, atom.Td, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote,
	atom.Section, atom.Article, atom.Main, atom.Body, atom.Header, atom.Footer, atom.Aside, atom.Ul, atom.Ol, atom.Table,
	atom.Tr, atom.Th, atom.Dd, atom.Dt, atom.Dl, atom.Figure, atom.Figcaption, atom.Form, atom.Pre, atom.Center, atom.Address, atom.Nav, atom.Button,
}
