// Package modelview shows a page to the block model: it reads the features of
// each block and applies the model's judgement.
//
// A [View] is made once per page (view.go). From it codes.go and features.go read
// the features of a block, text.go those of its text, words.go its words; judge.go
// applies a model.
//
// Start with [New] and [Judge].
package modelview

import (
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/region"
	"winnow/news"
)

// View is a page as the model sees it: what the features of its blocks are read
// from. Blocks that rules on elements have cut are not part of it.
type View struct {
	Blocks []dom.Block // of the whole page

	doc    *dom.Doc
	m      *meta.Meta
	votes  region.Votes
	region []bool // by block: it is in the region that was chosen

	texts       []textFeatures // by block
	before      []sums         // over the blocks before each block
	first, last int            // block of the region, -1 for none
	textBefore  []int32        // by block: the nearest running text of the region before it, -1 for none
	textAfter   []int32        // the same after it
	heading     []int32        // by block: the nearest heading before it, -1 for none
	pairs       []uint64       // by block, see [dom.Doc.PairHash]
	alike       map[uint64]*sums
	repeats     map[string]int32 // how many blocks have a text
	longest     int32            // letters of the longest block

	title       map[string]bool // words of the headline
	description map[string]bool // words of the page's description
	ldKey       string          // letters of the text in JSON-LD
	ldSearched  int             // bytes of it that were searched, see maxLDSearch

	// What is computed when it is asked for.
	names      []region.NameKind // by element
	namesKnown []bool
	content    []uint8            // by element: 1 + whether it is named as content, 0 for unknown
	hashes     map[int32][]uint32 // see hashNames
	labels     []uint8            // by block: 1 + the code of its label, 0 for unknown
}

// sums are sums over blocks.
type sums struct{ letters, linkLetters, blocks, text, region int32 }

func (s sums) add(t sums) sums {
	return sums{s.letters + t.letters, s.linkLetters + t.linkLetters, s.blocks + t.blocks, s.text + t.text, s.region + t.region}
}

func (s sums) minus(t sums) sums {
	return sums{s.letters - t.letters, s.linkLetters - t.linkLetters, s.blocks - t.blocks, s.text - t.text, s.region - t.region}
}

// New returns the view of a page on which the region of the story has been found
// and the rules on blocks have been applied.
func New(doc *dom.Doc, blocks []dom.Block, m *meta.Meta, votes region.Votes, r *region.Region) *View {
	n := len(blocks)
	v := &View{
		Blocks: blocks, doc: doc, m: m, votes: votes, region: r.Flags(n), first: -1, last: -1,
		texts: make([]textFeatures, n), before: make([]sums, n+1), textBefore: make([]int32, n), textAfter: make([]int32, n),
		heading: make([]int32, n), pairs: make([]uint64, n), alike: map[uint64]*sums{}, repeats: make(map[string]int32, n),
		title: wordSet(m.Title), description: wordSet(m.Description),
		names: make([]region.NameKind, len(doc.Elements)), namesKnown: make([]bool, len(doc.Elements)),
		content: make([]uint8, len(doc.Elements)), hashes: map[int32][]uint32{}, labels: make([]uint8, n),
	}
	if m.LDBody != "" {
		v.ldKey = letters.Key(m.LDBody)
	}
	v.readBlocks()
	v.findNeighbours()
	return v
}

// maxWordSet bounds the headline and the description as far as words of them are
// looked for, in bytes.
const maxWordSet = 2000

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s[:min(len(s), maxWordSet)]), letters.IsWordBreak) {
		set[w] = true
	}
	return set
}

// readBlocks reads the texts of the blocks and sums them up.
func (v *View) readBlocks() {
	for i := range v.Blocks {
		b, s := &v.Blocks[i], v.before[i]
		if b.Cut == 0 {
			v.texts[i] = readText(b, v.title, v.description)
			v.repeats[b.Text]++
			v.longest = max(v.longest, b.Letters)
			if v.region[i] {
				if v.first < 0 {
					v.first = i
				}
				v.last = i
			}
			one := sums{
				letters: b.Letters, linkLetters: b.LinkLetters, blocks: 1,
				text: int32(feature.Bit(v.texts[i].running)), region: int32(feature.Bit(v.region[i])),
			}
			s = s.add(one)
			v.pairs[i] = v.doc.PairHash(b.Elem)
			a := v.alike[v.pairs[i]]
			if a == nil {
				a = &sums{}
				v.alike[v.pairs[i]] = a
			}
			*a = a.add(one)
		}
		v.before[i+1] = s
	}
}

// findNeighbours finds for each block the nearest heading and running text.
func (v *View) findNeighbours() {
	text, heading := int32(-1), int32(-1)
	for i := range v.Blocks {
		v.textBefore[i], v.heading[i] = text, heading
		if v.Blocks[i].Cut == 0 {
			if v.texts[i].running && v.region[i] {
				text = int32(i)
			}
			if v.Blocks[i].Kind == news.Heading {
				heading = int32(i)
			}
		}
	}
	text = -1
	for i := len(v.Blocks) - 1; i >= 0; i-- {
		v.textAfter[i] = text
		if v.Blocks[i].Cut == 0 && v.texts[i].running && v.region[i] {
			text = int32(i)
		}
	}
}

// Candidates returns the indexes of the blocks that the model is asked about: all
// that no rule on elements has cut.
func (v *View) Candidates() []int {
	var list []int
	for i := range v.Blocks {
		if v.Blocks[i].Cut == 0 {
			list = append(list, i)
		}
	}
	return list
}

// sumsIn returns the sums over the blocks of an element.
func (v *View) sumsIn(elem int32) sums {
	e := &v.doc.Elements[elem]
	if e.Blocks.To < e.Blocks.From {
		return sums{}
	}
	return v.before[e.Blocks.To].minus(v.before[e.Blocks.From])
}

// regionSums returns the sums from the first block of the region to the last.
func (v *View) regionSums() sums {
	if v.first < 0 {
		return sums{}
	}
	return v.before[v.last+1].minus(v.before[v.first])
}

// pageSums returns the sums over the page.
func (v *View) pageSums() sums { return v.before[len(v.Blocks)] }

// larger returns the next block element around an element that holds more blocks,
// or the element itself.
func (v *View) larger(elem int32) int32 {
	n := v.sumsIn(elem).blocks
	for p := v.doc.Elements[elem].Parent; p >= 0; p = v.doc.Elements[p].Parent {
		if v.doc.Elements[p].IsBlock && v.sumsIn(p).blocks > n {
			return p
		}
	}
	return elem
}

// namesOf returns what the names of an element say.
func (v *View) namesOf(elem int32) region.NameKind {
	if !v.namesKnown[elem] {
		v.namesKnown[elem] = true
		v.names[elem] = region.KindsOfNames(v.doc.Elements[elem].Node)
	}
	return v.names[elem]
}

// isContent reports whether an element is named as the one around a text.
func (v *View) isContent(elem int32) bool {
	if v.content[elem] == 0 {
		v.content[elem] = 1 + feature.Bit(region.HasContentName(&v.doc.Elements[elem]))
	}
	return v.content[elem] == 2
}

// labelOf returns the code of the label that a block bears.
func (v *View) labelOf(i int) uint8 {
	if v.labels[i] == 0 {
		v.labels[i] = 1 + labelCode(v.Blocks[i].Text)
	}
	return v.labels[i] - 1
}

// inLD reports whether the text in JSON-LD contains a block.
func (v *View) inLD(b *dom.Block) bool {
	if b.Letters < minLDSearch || b.Letters > longLDSearch || v.ldSearched > maxLDSearch {
		return false
	}
	v.ldSearched += len(v.ldKey)
	return strings.Contains(v.ldKey, letters.Key(b.Text))
}

// Bounds of the search for blocks in the text in JSON-LD.
const (
	minLDSearch  = 12      // letters of a block; shorter ones are in any text
	longLDSearch = 2000    // letters of a block
	maxLDSearch  = 1 << 26 // bytes that are searched on one page
)
