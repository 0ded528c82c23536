package dedupe

import (
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"winnow/dedupe/internal/text"
)

// Of the pairs of content words side by side, one in printRate becomes a print,
// chosen by its hash, so that two texts choose the same ones. A story of 400 content
// words has some 60: a tenth of it still shares several.
const (
	printRate = 6
	minPrints = 16  // of a story, if it has as many pairs: short copies must meet too
	maxPrints = 512 // of a story: reached at some 3,100 content words
)

// Prints returns the prints under which the index keeps a story: sorted, without
// repeats, none for a text without words. Two texts with the same words share
// all of them; a story and its shortened or reworded copy share some. The title
// and the language are not part of them: copies come under other headlines.
func (c *Checker) Prints(title, text, language string) []uint64 {
	return c.printsOf(c.lexicon.Prepare(text)).all
}

// Fingerprint returns the print of a whole text, typography, case and punctuation
// apart: 16 hex digits, the same for two texts with the same words in the same
// order; "" for a text without words. It finds word-for-word copies in a corpus
// without this package; near copies need [Checker.Compare].
func (c *Checker) Fingerprint(text string) string {
	p := c.lexicon.Prepare(text)
	if len(p.All.Hash) == 0 {
		return ""
	}
	return fmt.Sprintf("%016x", exactPrint(p))
}

// prints are the prints of a text.
type prints struct {
	exact uint64   // of the whole text, typography apart
	all   []uint64 // sorted, exact among them
}

func (c *Checker) printsOf(p *text.Prepared) prints {
	if len(p.All.Hash) == 0 {
		return prints{}
	}
	out := make([]uint64, 0, len(p.Hash)/printRate*2+minPrints)
	for i := 1; i < len(p.Hash); i++ {
		h := text.Phrase(p.Hash[i-1], p.Hash[i])
		if h < ^uint64(0)/printRate && !c.commonplaces.Have(h) {
			out = append(out, h)
		}
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) < minPrints {
		out = c.smallestPrints(p)
	}
	exact := exactPrint(p)
	out = append(out[:min(len(out), maxPrints)], exact)
	slices.Sort(out)
	return prints{exact, slices.Compact(out)}
}

// smallestPrints returns the minPrints smallest hashes of the pairs of a text; of
// a line or two also those of single words.
func (c *Checker) smallestPrints(p *text.Prepared) []uint64 {
	var out []uint64
	for i := 1; i < len(p.Hash); i++ {
		if h := text.Phrase(p.Hash[i-1], p.Hash[i]); !c.commonplaces.Have(h) {
			out = append(out, h)
		}
	}
	if len(p.Hash) < minPrints {
		for _, h := range p.Hash {
			out = append(out, text.Mix(uint64(h)))
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), minPrints)]
}

// exactPrint returns the print of the whole text, typography apart.
func exactPrint(p *text.Prepared) uint64 {
	b := make([]byte, 0, 4*len(p.All.Hash))
	for _, h := range p.All.Hash {
		b = append(b, byte(h), byte(h>>8), byte(h>>16), byte(h>>24))
	}
	return xxh3.Hash(b)
}
