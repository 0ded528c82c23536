package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/news"
)

// opinions are the answers to the question where the story is, by block.
type opinions struct {
	own, other, third []bool // nil where nobody was asked
	agreement         float64
}

// modelView is a page as the model sees it: what its features are read from.
type modelView struct {
	o      *outline
	m      *meta
	blocks []block
	opinions
	region []bool // the part that was chosen

	texts       []textShape
	sums        []viewSums // before each block
	first, last int        // block of the region; -1: none
	runBefore   []int32    // nearest running block of the region before each block, -1: none
	runAfter    []int32
	heading     []int32 // the heading over each block, -1: none
	builds      []uint64
	alike       map[uint64]*viewSums
	seen        map[string]int32
	names       []nameKind // of elements; computed when asked
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

// viewSums are sums over blocks.
type viewSums struct{ letters, links, blocks, running, region int32 }

func (s viewSums) minus(t viewSums) viewSums {
	return viewSums{s.letters - t.letters, s.links - t.links, s.blocks - t.blocks, s.running - t.running, s.region - t.region}
}

// textShape is what one reading of a block's text tells.
type textShape struct {
	words, short, digits, capitals, commas, signs, quotes int32
	inTitle, inDescription                                int32
	start                                                 uint8
	year, ends, running                                   bool
}

func newModelView(o *outline, blocks []block, m *meta, op opinions, r *region) *modelView {
	n := len(blocks)
	v := &modelView{
		o: o, m: m, blocks: blocks, opinions: op, region: r.flags(n), first: -1, last: -1,
		texts: make([]textShape, n), sums: make([]viewSums, n+1), runBefore: make([]int32, n), runAfter: make([]int32, n),
		heading: make([]int32, n), builds: make([]uint64, n), label: make([]uint8, n), nameWords: map[int32][]uint32{}, content: make([]uint8, len(o.elems)), alike: map[uint64]*viewSums{}, seen: make(map[string]int32, n),
		names: make([]nameKind, len(o.elems)), named: make([]bool, len(o.elems)),
		title: wordsOf(m.title), description: wordsOf(m.description),
	}
	if m.ldBody != "" {
		v.ldKey = letterKey(m.ldBody)
	}
	v.read()
	v.link()
	return v
}

// flags are the blocks of a region, by block.
func (r *region) flags(n int) []bool {
	out := make([]bool, n)
	for _, s := range r.spans {
		for i := s.from; i < s.to; i++ {
			out[i] = true
		}
	}
	return out
}

func wordsOf(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s[:min(len(s), 2000)]), betweenWords) {
		set[w] = true
	}
	return set
}

// read reads the texts of the blocks and sums them up.
func (v *modelView) read() {
	for i := range v.blocks {
		b, s := &v.blocks[i], v.sums[i]
		if b.cut == 0 {
			v.texts[i] = v.shape(b)
			v.seen[b.Text]++
			v.longest = max(v.longest, b.letters)
			if v.region[i] {
				if v.first < 0 {
					v.first = i
				}
				v.last = i
			}
			one := viewSums{letters: b.letters, links: b.links, blocks: 1, running: int32(bit(v.texts[i].running)), region: int32(bit(v.region[i]))}
			s = viewSums{s.letters + one.letters, s.links + one.links, s.blocks + 1, s.running + one.running, s.region + one.region}
			v.builds[i] = v.o.buildHash(b.elem)
			a := v.alike[v.builds[i]]
			if a == nil {
				a = &viewSums{}
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
func (v *modelView) link() {
	run, heading := int32(-1), int32(-1)
	for i := range v.blocks {
		v.runBefore[i], v.heading[i] = run, heading
		if v.blocks[i].cut == 0 {
			if v.texts[i].running && v.region[i] {
				run = int32(i)
			}
			if v.blocks[i].Kind == news.Heading {
				heading = int32(i)
			}
		}
	}
	run = -1
	for i := len(v.blocks) - 1; i >= 0; i-- {
		v.runAfter[i] = run
		if v.blocks[i].cut == 0 && v.texts[i].running && v.region[i] {
			run = int32(i)
		}
	}
}

// buildHash stands for how the place of a block is built, see build.
func (o *outline) buildHash(i int32) uint64 {
	h := uint64(14695981039346656037)
	add := func(s string) {
		for k := 0; k < len(s); k++ {
			h = (h ^ uint64(s[k])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	e := &o.elems[i]
	add(e.node.Data)
	add(attr(e.node, "class"))
	if e.parent >= 0 {
		p := &o.elems[e.parent]
		add(p.node.Data)
		add(attr(p.node, "class"))
	}
	return h
}

// shape reads one block's text.
func (v *modelView) shape(b *block) (t textShape) {
	text := b.Text
	t.ends = endsSentence(text)
	t.running = runs(b)
	first := true
	word, start := int32(0), 0
	digitRun, runStart := 0, 0
	endWord := func(at int) {
		if word == 0 {
			return
		}
		t.words++
		if word <= 3 {
			t.short++
		}
		if t.words <= 60 && (len(v.title) > 0 || len(v.description) > 0) {
			w := lower(text[start:at])
			if v.title[w] {
				t.inTitle++
			}
			if v.description[w] {
				t.inDescription++
			}
		}
		word = 0
	}
	for i, r := range text {
		isDigit := '0' <= r && r <= '9'
		if isDigit {
			if digitRun == 0 {
				runStart = i
			}
			digitRun++
		} else {
			t.year = t.year || digitRun == 4 && isYear(text[runStart:])
			digitRun = 0
		}
		switch {
		case isDigit:
			t.digits++
			t.begin(&first, 3)
		case 'a' <= r && r <= 'z':
			t.begin(&first, 1)
		case 'A' <= r && r <= 'Z':
			t.capitals++
			t.begin(&first, 2)
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			switch {
			case unicode.IsUpper(r):
				t.capitals++
				t.begin(&first, 2)
			case unicode.IsLower(r):
				t.begin(&first, 1)
			default:
				t.begin(&first, 4)
			}
		default:
			endWord(i)
			t.sign(r)
			if r > ' ' {
				t.begin(&first, 5)
			}
			continue
		}
		if word == 0 {
			start = i
		}
		word++
	}
	endWord(len(text))
	t.year = t.year || digitRun == 4 && isYear(text[runStart:])
	return t
}

// isYear says whether four digits that a text begins with are a year.
func isYear(text string) bool {
	return strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20")
}

// sign counts a character that is neither letter nor digit.
func (t *textShape) sign(r rune) {
	switch r {
	case ',', '،', '，', '、':
		t.commas++
	case '|', '©', '@', '→', '»', '›', '•', '/', '#', '+', '↓', '▶', '>', '·', '_', '=':
		t.signs++
	case '"', '“', '”', '„', '«', '‘', '’':
		t.quotes++
	}
}

func (t *textShape) begin(first *bool, with uint8) {
	if *first {
		*first, t.start = false, with
	}
}

// kindsAt are the kinds of an element's names.
func (v *modelView) kindsAt(i int32) nameKind {
	if !v.named[i] {
		v.named[i] = true
		n := v.o.elems[i].node
		if class := attr(n, "class"); class != "" {
			v.names[i] = kindsOfName(class)
		}
		if id := attr(n, "id"); id != "" {
			v.names[i] |= kindsOfName(id)
		}
	}
	return v.names[i]
}

func (v *modelView) within(i int32) viewSums {
	e := &v.o.elems[i]
	if e.blocks.to < e.blocks.from {
		return viewSums{}
	}
	return v.sums[e.blocks.to].minus(v.sums[e.blocks.from])
}

// up is the next block element around an element that holds more blocks than
// it; the element itself when there is none.
func (v *modelView) up(i int32) int32 {
	n := v.within(i).blocks
	for p := v.o.elems[i].parent; p >= 0; p = v.o.elems[p].parent {
		if v.o.elems[p].block && v.within(p).blocks > n {
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
