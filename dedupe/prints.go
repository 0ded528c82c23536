package dedupe

import (
	"slices"

	"github.com/zeebo/xxh3"
)

// Of the pairs of content words that stand side by side, one in printRate
// becomes a print, by its hash, so that two texts choose the same ones. A story
// has minPrints at least, if it has as many pairs, and maxPrints at most.
const (
	printRate = 6
	minPrints = 16
	maxPrints = 512
)

// Prints gives the prints under which the index keeps a story: sorted, without
// repeats, none for a text without words. Two texts with the same words share
// all of them; a story and its shortened or reworded copy share some. The title
// and the language are not part of them: copies come under other headlines.
func (c *Checker) Prints(title, text, language string) []uint64 {
	return c.printsOf(c.prepare(text)).all
}

// prints are the prints of a text.
type prints struct {
	exact uint64   // of the whole text, typography apart
	all   []uint64 // sorted, exact among them
}

func (c *Checker) printsOf(p *prepared) prints {
	if len(p.all.hash) == 0 {
		return prints{}
	}
	out := make([]uint64, 0, len(p.hash)/printRate*2+minPrints)
	for i := 1; i < len(p.hash); i++ {
		h := phraseOf(p.hash[i-1], p.hash[i])
		if h < ^uint64(0)/printRate && !c.common.has(uint32(h>>32)) {
			out = append(out, h)
		}
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) < minPrints {
		out = c.allPrints(p)
	}
	exact := p.exact()
	out = append(out[:min(len(out), maxPrints)], exact)
	slices.Sort(out)
	return prints{exact, slices.Compact(out)}
}

// allPrints gives the minPrints smallest prints of a text, of a line or two also
// those of single words.
func (c *Checker) allPrints(p *prepared) []uint64 {
	var out []uint64
	for i := 1; i < len(p.hash); i++ {
		if h := phraseOf(p.hash[i-1], p.hash[i]); !c.common.has(uint32(h >> 32)) {
			out = append(out, h)
		}
	}
	if len(p.hash) < minPrints {
		for _, h := range p.hash {
			out = append(out, mix(uint64(h)))
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), minPrints)]
}

// exact is the print of the whole text, typography apart.
func (p *prepared) exact() uint64 {
	b := make([]byte, 0, 4*len(p.all.hash))
	for _, h := range p.all.hash {
		b = append(b, byte(h), byte(h>>8), byte(h>>16), byte(h>>24))
	}
	return xxh3.Hash(b)
}
