package siteprofile

import "math"

// Build returns the profile of a host from sketches of its pages, in any order. Of
// more than [SampleSize] it uses a [Sample].
func Build(sketches []*Sketch) *Profile {
	var sample Sample
	for _, s := range sketches {
		sample.Add(s)
	}
	p := &Profile{pages: len(sample.sketches), digest: digestOf(sample.sketches), sampled: map[uint64]bool{}}
	p.countTokens(sample.sketches)
	views := make([]*view, len(sample.sketches))
	for i, s := range sample.sketches {
		p.sampled[s.url] = true
		views[i] = p.view(s)
	}
	p.countAddresses(sample.sketches)
	p.countElements(views)
	p.countTitles(views)
	p.countTexts(views)
	p.findContainers(views)
	if p.skipOthers(views) { // what other stories on the pages say does not recur
		p.countTexts(views)
		p.findContainers(views)
	}
	p.countInside(views)
	p.measureBoxes(views)
	p.oneSite = p.isOneSite(views)
	p.learnFields(views)
	return p
}

// Shares of the pages of a host, 0 to 1, and least numbers of pages.
const (
	tokenShare, tokenFloor   = 0.05, 2 // with a token at a tag, for it to say what an element is for
	exactShare, exactFloor   = 0.2, 3  // with a text, for it to be the site's: at .1 sentences of stories go
	maskedShare, maskedFloor = 0.15, 3 // with a text that differs in its digits alone
	labelShare, labelFloor   = 0.04, 3 // with a label before a link
	titleShare, titleFloor   = 0.2, 2  // with their own title in an element
	maxTitlePages            = 2       // whose title is the same: what more have is the name of the site
	minFilledPages           = 3       // with a story, for the shares to be of these pages alone
)

// atLeast returns the larger of floor and a share of the pages, rounded up; of the
// pages with a story, once they are known.
func (p *Profile) atLeast(floor int32, share float64) int32 {
	n := p.pages
	if p.filled >= minFilledPages {
		n = p.filled
	}
	return max(floor, int32(math.Ceil(share*float64(n))))
}

// tagToken is a token of class names and other attributes, at a tag.
type tagToken struct{ tag, token uint32 }

// countTokens finds the tokens that say what an element is for. With others
// (numbers of posts, names of categories), each page would be a template by itself.
func (p *Profile) countTokens(sample []*Sketch) {
	counts := map[tagToken]int32{}
	for _, s := range sample {
		on := map[tagToken]bool{}
		for _, shape := range s.shapes {
			for _, t := range shape.tokens {
				on[tagToken{shape.tag, t}] = true
			}
		}
		count(counts, on)
	}
	p.tokens = map[tagToken]bool{}
	least := p.atLeast(tokenFloor, tokenShare)
	for t, n := range counts {
		if n >= least {
			p.tokens[t] = true
		}
	}
}

// count adds what is on a page to the numbers of pages.
func count[K comparable](pages map[K]int32, on map[K]bool) {
	for k := range on {
		pages[k]++
	}
}

// countElements counts the pages that have an element of each signature.
func (p *Profile) countElements(views []*view) {
	p.common = map[uint64]int32{}
	for _, v := range views {
		on := map[uint64]bool{}
		for _, sig := range v.sigs[:v.texts] {
			on[sig] = true
		}
		count(p.common, on)
	}
}

// countTitles counts the titles, and finds the elements that hold them.
func (p *Profile) countTitles(views []*view) {
	p.titles = map[uint64]int32{}
	holding := map[uint64]int32{}
	for _, v := range views {
		titles, elements := map[uint64]bool{}, map[uint64]bool{}
		for _, t := range v.titles {
			titles[t] = true
		}
		for i := range v.units {
			if u := &v.units[i]; v.hasTitle(u.exact) {
				elements[v.sigs[u.elem]] = true
			}
		}
		count(p.titles, titles)
		count(holding, elements)
	}
	p.headline = map[uint64]bool{}
	for sig, n := range holding {
		if n >= p.atLeast(titleFloor, titleShare) {
			p.headline[sig] = true
		}
	}
}

// countTexts counts the pages that have each text and each label.
func (p *Profile) countTexts(views []*view) {
	p.exact, p.masked, p.labels = map[uint64]int32{}, map[uint64]int32{}, map[uint64]int32{}
	for _, v := range views {
		exact, masked, labels := map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}
		for i := range v.units {
			u := &v.units[i]
			if u.label != 0 {
				labels[u.label] = true
			}
			if v.skips(i) {
				continue
			}
			exact[u.exact] = true
			if u.masked > digitsOnly {
				masked[u.masked] = true
			}
		}
		for i := range v.parts {
			exact[v.parts[i].exact] = true
		}
		count(p.exact, exact)
		count(p.masked, masked)
		count(p.labels, labels)
	}
}

// countInside counts the pages that have a text in one of the containers, teasers apart:
// they are of the story that they lead to.
func (p *Profile) countInside(views []*view) {
	p.inside, p.amid = map[uint64]int32{}, map[uint64]int32{}
	for _, v := range views {
		on, amid := map[uint64]bool{}, map[uint64]bool{}
		first, last := p.proseBounds(v)
		teasers := p.teasers(v)
		for i := range v.units {
			if u := &v.units[i]; !v.skips(i) && !teasers[i] && p.anyContainer(v, u.elem) >= 0 {
				on[u.exact] = true
				if first < i && i < last {
					amid[u.exact] = true
				}
			}
		}
		count(p.inside, on)
		count(p.amid, amid)
	}
}

// teasers marks the texts in the containers of a page that follow a line which leads to
// another page.
func (p *Profile) teasers(v *view) []bool {
	marked, led := make([]bool, len(v.units)), false
	for i := range v.units {
		u := &v.units[i]
		if p.anyContainer(v, u.elem) < 0 {
			continue
		}
		switch {
		case p.isPointer(v.Sketch, u):
			led = true
		case u.flags&(unitProse|unitSentence) != 0 && u.letters >= minSentence:
			marked[i], led = led, false
		}
	}
	return marked
}

// proseBounds returns the first and the last unit of prose in the containers of a page.
func (p *Profile) proseBounds(v *view) (first, last int) {
	first = len(v.units)
	for i := range v.units {
		if u := &v.units[i]; u.flags&unitProse != 0 && !v.skips(i) && p.anyContainer(v, u.elem) >= 0 {
			first, last = min(first, i), i
		}
	}
	return first, last
}

// isOthersTitle reports whether a key is the title of another page than s.
func (p *Profile) isOthersTitle(s *Sketch, key uint64) bool {
	n := p.titles[key]
	return n > 0 && n <= maxTitlePages && !s.hasTitle(key)
}

// isPointer reports whether a unit is the title of another page, or a link to one.
func (p *Profile) isPointer(s *Sketch, u *unit) bool {
	return p.isOthersTitle(s, u.exact) || u.target != 0 && u.flags&unitProse == 0
}

// view is a sketch as a profile sees it.
type view struct {
	*Sketch
	sigs    []uint64 // signatures of the elements
	strange []bool   // elements in whose signature is one with names of which the profile knows none
	direct  []int32  // units that each block element holds itself
	below   []int32  // units in each element
	texts   int      // elements around units; the others are only around fields
	skip    []bool   // units of other stories on the page; nil means none
}

// sigDepth is the number of elements in a signature: with 2 the results are half a
// point worse, with more than 4 no better.
const sigDepth = 4

// view computes the signatures of a page's elements.
func (p *Profile) view(s *Sketch) *view {
	names, strange := make([]uint64, len(s.shapes)), make([]bool, len(s.shapes))
	for i, shape := range s.shapes {
		h := mix(0, uint64(shape.tag))
		strange[i] = len(shape.tokens) > 0
		for _, t := range shape.tokens {
			if p.tokens[tagToken{shape.tag, t}] {
				h = mix(h, uint64(t))
				strange[i] = false
			}
		}
		names[i] = h
	}
	v := &view{Sketch: s, texts: s.textElems(), strange: make([]bool, len(s.elems)), sigs: make([]uint64, len(s.elems)), direct: make([]int32, len(s.elems)), below: make([]int32, len(s.elems))}
	for i := range s.elems {
		for e, depth := int32(i), 0; e >= 0 && depth < sigDepth; e, depth = s.elems[e].parent, depth+1 {
			v.sigs[i] = mix(v.sigs[i], names[s.elems[e].shape])
			v.strange[i] = v.strange[i] || strange[s.elems[e].shape]
		}
	}
	for i := range s.units {
		v.direct[s.units[i].block]++
		for e := s.units[i].block; e >= 0; e = s.elems[e].parent {
			v.below[e]++
		}
	}
	return v
}

// mix folds a number into a hash.
func mix(h, x uint64) uint64 {
	h ^= x + 0x9e3779b97f4a7c15 + h<<6 + h>>2
	h *= 0xff51afd7ed558ccd
	return h ^ h>>32
}

// skips reports whether unit i belongs to another story on the page.
func (v *view) skips(i int) bool { return v.skip != nil && v.skip[i] }

// holder returns the element that holds a unit among others: its block element, if
// that holds others itself, and else the element around.
func (v *view) holder(u *unit) int32 {
	if v.direct[u.block] > 1 {
		return u.block
	}
	return v.elems[u.block].parent
}
