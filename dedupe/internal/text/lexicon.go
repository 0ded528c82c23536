package text

import (
	"cmp"
	"slices"
	"strings"

	"winnow/dedupe/internal/weights"
)

// Lexicon holds the words that mean something to the stage: stop words and
// numerals. It is read-only and safe for concurrent use.
type Lexicon struct {
	stop     set
	numerals map[uint32]int // hash of a word to its value
}

// NewLexicon reads the shipped lists.
func NewLexicon() *Lexicon {
	var stop []uint32
	for line := range strings.Lines(weights.Stopwords) {
		if _, list, ok := strings.Cut(line, ": "); ok && line[0] != '#' {
			stop = append(stop, Split(list).Hash...)
		}
	}
	return &Lexicon{stop: newSet(stop), numerals: numeralValues()}
}

// Limits returns the limits that words and tokens rest on, and a fingerprint of the
// tokeniser, for the version of the stage.
func Limits() []any {
	return []any{
		probeHash(), capitalsPercent, thousand,
		leastLetters, mostLetters, stemLetters, stemTenths, perMistake, perNameMistake, beginLetters, maxBegins,
	}
}

// Prepared is a text made ready for comparison.
type Prepared struct {
	Text string
	All  Words    // every word
	Hash []uint32 // the content words: all but the stop words
	Flag []uint8  // theirs

	order []int32 // their places, sorted by hash, then place; nil until Order
}

// Prepare splits a text and picks its content words.
func (l *Lexicon) Prepare(text string) *Prepared {
	p := &Prepared{Text: text, All: Split(text)}
	n := len(p.All.Hash)
	p.Hash = make([]uint32, 0, n)
	p.Flag = make([]uint8, 0, n)
	for i, h := range p.All.Hash {
		if !l.stop.has(h) {
			p.Hash = append(p.Hash, h)
			p.Flag = append(p.Flag, p.All.Flag[i])
		}
	}
	p.ignoreCapitals()
	return p
}

// ContentPlaces returns where the content words of a text are, in their order.
func (l *Lexicon) ContentPlaces(text string) []Place {
	w := SplitPlaces(text)
	out := make([]Place, 0, len(w.Hash))
	for i, h := range w.Hash {
		if !l.stop.has(h) {
			out = append(out, w.Place[i])
		}
	}
	return out
}

// capitalsPercent is the share of names among the content words, in percent,
// beyond which a text is written in capitals throughout, where they mean nothing.
const capitalsPercent = 60

// ignoreCapitals clears the names of a text that is written in capitals.
func (p *Prepared) ignoreCapitals() {
	names := 0
	for _, flag := range p.Flag {
		if flag&IsName != 0 {
			names++
		}
	}
	if 100*names <= capitalsPercent*len(p.Flag) {
		return
	}
	for i := range p.Flag {
		p.Flag[i] &^= IsName
	}
}

// Order returns the places of the content words, sorted by their hashes, then by
// place. The caller must not change it. The first call sorts, and must not run
// beside another one.
func (p *Prepared) Order() []int32 {
	if p.order != nil {
		return p.order
	}
	keys := make([]uint64, len(p.Hash))
	for i, h := range p.Hash {
		keys[i] = uint64(h)<<32 | uint64(i)
	}
	keys = sortedByHash(keys)
	p.order = make([]int32, len(keys))
	for i, k := range keys {
		p.order[i] = int32(uint32(k))
	}
	return p.order
}

// Has reports whether a content word is in the text; 0, which is no word, is in
// every text.
func (p *Prepared) Has(h uint32) bool {
	order := p.Order()
	_, found := slices.BinarySearchFunc(order, h, func(at int32, h uint32) int { return cmp.Compare(p.Hash[at], h) })
	return h == 0 || found
}

// FirstName returns the first content word with a capital, 0 where there is none:
// in short stories of one template it is what the story is about.
func (p *Prepared) FirstName() uint32 {
	for i, flag := range p.Flag {
		if flag&IsTitle != 0 {
			return p.Hash[i]
		}
	}
	return 0
}

// sortedByHash sorts keys by their upper halves, in three passes of a radix sort,
// which keeps the order of equal ones. It may use the slice given.
func sortedByHash(keys []uint64) []uint64 {
	const bits, buckets = 11, 1 << 11
	if len(keys) < 200 {
		slices.Sort(keys) // the lower halves ascend as it is
		return keys
	}
	from, to := keys, make([]uint64, len(keys))
	for shift := 32; shift < 64; shift += bits {
		var end [buckets]int32
		for _, k := range from {
			end[k>>shift&(buckets-1)]++
		}
		at := int32(0)
		for i, n := range end {
			end[i], at = at, at+n
		}
		for _, k := range from {
			b := k >> shift & (buckets - 1)
			to[end[b]] = k
			end[b]++
		}
		from, to = to, from
	}
	return from
}
