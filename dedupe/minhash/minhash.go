// Package minhash computes MinHash signatures as datatrove does by default, so
// that a corpus of hundreds of millions of records can be joined band by band
// with Spark or with datatrove itself, and so that package dedupe decides only on
// the pairs that come of it. No verdict of that package rests on them.
//
// Equal to datatrove's: the normalisation of the text, the hash of a shingle
// (XXH64), the permutations (NumPy's RandomState with the seed 1), the width of
// 64 bits, the bands. Not equal: words. Here they are what is between white
// space. There they are cut by a tokeniser of the language, which for the
// European languages finds the same words but for a few (English "cannot" and
// "gonna" become two, a unit is cut from its number); for languages without
// spaces, whose words need dictionaries, signatures of the two cannot be mixed.
//
// Start at [New] and [Hasher.Signature].
package minhash

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// The shape of datatrove's MinHash signatures (its MinhashConfig as of version
// 0.5, 2025): two texts whose sets of shingles have a Jaccard similarity of s
// share at least one band with the probability 1 − (1 − s⁸)¹⁴, a half of it at
// about .72.
const (
	Shingle = 5  // words
	Bands   = 14 // buckets, in datatrove's words
	Rows    = 8  // hashes a band
	seed    = 1
)

const mersenne61 = 1<<61 - 1

// Hasher computes signatures. It is safe for concurrent use.
type Hasher struct {
	a, b [Bands * Rows]uint64
}

// New returns a Hasher. It draws the permutations, which takes some microseconds.
func New() *Hasher {
	var h Hasher
	r := newTwister(seed)
	for i := range h.a {
		h.a[i] = 1 + r.upTo(mersenne61-2)
	}
	for i := range h.b {
		h.b[i] = r.upTo(mersenne61 - 1)
	}
	return &h
}

// Signature returns the signature of a text: for each of the [Bands] the hex
// digits of its [Rows] hashes, 16 each, the most significant first. Two texts
// with the same band at the same place are candidates. It returns nil for a text
// of fewer than [Shingle] words.
func (h *Hasher) Signature(text string) []string {
	words := strings.FieldsFunc(simplified(text), isPythonSpace)
	if len(words) < Shingle {
		return nil
	}
	var least [Bands * Rows]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	var shingles []uint64
	for i := range len(words) - Shingle + 1 {
		shingles = append(shingles, xxhash.Sum64String(strings.Join(words[i:i+Shingle], " ")))
	}
	slices.Sort(shingles)
	for _, s := range slices.Compact(shingles) {
		for i := range least {
			least[i] = min(least[i], modMersenne61(s*h.a[i]+h.b[i]))
		}
	}
	bands := make([]string, Bands)
	for i := range bands {
		band := make([]byte, 0, 8*Rows)
		for _, x := range least[i*Rows : (i+1)*Rows] {
			for shift := 56; shift >= 0; shift -= 8 {
				band = append(band, byte(x>>shift))
			}
		}
		bands[i] = hex.EncodeToString(band)
	}
	return bands
}

// modMersenne61 is x modulo 2⁶¹ − 1.
func modMersenne61(x uint64) uint64 {
	if x = x&mersenne61 + x>>61; x >= mersenne61 {
		x -= mersenne61
	}
	return x
}

// deleted are the characters that datatrove's normalisation deletes, besides the
// control characters.
const deleted = "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"

// simplified is a text as datatrove normalises it before it is cut into words:
// lower case, punctuation and control characters deleted, accents taken off, each
// row of digits a 0.
func simplified(text string) string {
	text = cases.Lower(language.Und).String(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Map(func(r rune) rune {
		switch {
		case isPythonSpace(r):
			return ' '
		case r < ' ', 0x7F <= r && r < 0xA0, strings.ContainsRune(deleted, r):
			return -1
		}
		return r
	}, text)
	var b strings.Builder
	inNumber := false
	for _, r := range norm.NFD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.Is(unicode.Nd, r):
			if !inNumber {
				b.WriteByte('0')
			}
			inNumber = true
			continue
		}
		inNumber = false
		b.WriteRune(r)
	}
	return b.String()
}

// isPythonSpace reports whether Python's \s matches: Unicode's white space and the
// four separators of ASCII.
func isPythonSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1C <= r && r <= 0x1F
}
