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
	return c.printsOf(c.prepare(text))
}

func (c *Checker) printsOf(p *prepared) []uint64 {
	if len(p.all.hash) == 0 {
		return nil
	}
	pairs := make([]uint64, 0, len(p.hash)+2)
	for i := 1; i < len(p.hash); i++ {
		h := phraseOf(p.hash[i-1], p.hash[i])
		if !c.common.has(uint32(h >> 32)) {
			pairs = append(pairs, h)
		}
	}
	if len(p.hash) < minPrints { // a line or two: single words help
		for _, h := range p.hash {
			pairs = append(pairs, mix(uint64(h)))
		}
	}
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	n, _ := slices.BinarySearch(pairs, ^uint64(0)/printRate)
	n = min(max(n, minPrints), maxPrints, len(pairs))
	pairs = append(pairs[:n:n], p.exact())
	slices.Sort(pairs)
	return slices.Compact(pairs)
}

// exact is the print of the whole text, typography apart.
func (p *prepared) exact() uint64 {
	b := make([]byte, 0, 4*len(p.all.hash))
	for _, h := range p.all.hash {
		b = append(b, byte(h), byte(h>>8), byte(h>>16), byte(h>>24))
	}
	return xxh3.Hash(b)
}
