// Package minhash finds near-duplicates the way that large corpora are cleaned:
// MinHash signatures of word shingles, cut into bands; documents that share a
// whole band are joined, whatever their texts are, and joined ones of joined
// ones too. Its shape is the default of Hugging Face's datatrove: shingles of
// five words, 14 bands of 8 hashes.
//
// It is the rival in a comparison, and written to be a fair one: one pass over
// the text, 64-bit hashes, no allocation a shingle.
package minhash

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
	"golang.org/x/text/unicode/norm"
)

// The default shape of datatrove's MinhashConfig, 2024.
const (
	Shingle = 5 // words
	Bands   = 14
	Rows    = 8 // hashes a band
)

// prime is the Mersenne prime 2^61-1, over which the permutations are taken.
const prime = 1<<61 - 1

// Index holds the bands of the documents seen so far.
type Index struct {
	numbers bool // kept as they are
	a, b    [Bands * Rows]uint64
	bands   [Bands]map[uint64]int32 // band → the first document that had it
	parent  []int32                 // of each document, for joining
	buffer  []byte
}

// New makes an empty Index. With numbers they are compared as they are;
// datatrove's default makes each of them 0, which joins the daily briefings of
// one template.
func New(numbers bool) *Index {
	ix := &Index{numbers: numbers}
	seeded := rand.New(rand.NewPCG(1, 1))
	for i := range ix.a {
		ix.a[i], ix.b[i] = 1+seeded.Uint64N(prime-1), seeded.Uint64N(prime)
	}
	for i := range ix.bands {
		ix.bands[i] = map[uint64]int32{}
	}
	return ix
}

// Add takes the next document in; its number is the count of those before it.
// A document with fewer words than a shingle is joined with none.
func (ix *Index) Add(text string) {
	doc := int32(len(ix.parent))
	ix.parent = append(ix.parent, doc)
	signature, ok := ix.signature(text)
	if !ok {
		return
	}
	var row [Rows * 8]byte
	for band := range Bands {
		for i, h := range signature[band*Rows : (band+1)*Rows] {
			binary.LittleEndian.PutUint64(row[i*8:], h)
		}
		key := xxh3.Hash(row[:])
		if first, seen := ix.bands[band][key]; seen {
			ix.join(first, doc)
		} else {
			ix.bands[band][key] = doc
		}
	}
}

// Cluster is the number of the document's group: that of its first document.
func (ix *Index) Cluster(doc int) int { return int(ix.root(int32(doc))) }

// join makes the two groups one.
func (ix *Index) join(a, b int32) {
	a, b = ix.root(a), ix.root(b)
	if a != b {
		ix.parent[max(a, b)] = min(a, b)
	}
}

func (ix *Index) root(doc int32) int32 {
	for ix.parent[doc] != doc {
		ix.parent[doc] = ix.parent[ix.parent[doc]]
		doc = ix.parent[doc]
	}
	return doc
}

// signature is, for each permutation, the smallest hash of the text's shingles.
func (ix *Index) signature(text string) (s [Bands * Rows]uint64, ok bool) {
	for i := range s {
		s[i] = prime
	}
	flat, starts := ix.words(text)
	for i := 0; i+Shingle < len(starts); i++ {
		h := xxh3.Hash(flat[starts[i] : starts[i+Shingle]-1])
		h = h>>61 + h&prime
		for k := range s {
			s[k] = min(s[k], permuted(h, ix.a[k], ix.b[k]))
		}
	}
	return s, len(starts) > Shingle
}

// permuted is (a·h + b) mod 2^61-1.
func permuted(h, a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, h)
	v := hi<<3 | lo>>61 // below 2^61+8, since h is
	v += lo&prime + b
	v = v>>61 + v&prime
	if v >= prime {
		v -= prime
	}
	return v
}

// words is the text in datatrove's normal form: lower case, no accents, no
// punctuation, each number 0 unless numbers are kept, one space after each word;
// and where each word begins, with the end of the last.
func (ix *Index) words(text string) (flat []byte, starts []int) {
	if !ascii(text) {
		text = norm.NFD.String(text)
	}
	flat = ix.buffer[:0]
	inWord, inNumber := false, false
	for _, r := range strings.ToLower(text) {
		digit := unicode.IsDigit(r)
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !digit && !unicode.IsLetter(r):
			if inWord {
				flat = append(flat, ' ')
			}
			inWord, inNumber = false, false
			continue
		}
		if !inWord {
			starts = append(starts, len(flat))
		}
		switch {
		case !digit || ix.numbers:
			flat = utf8.AppendRune(flat, r)
		case !inNumber:
			flat = append(flat, '0')
		}
		inWord, inNumber = true, digit
	}
	if inWord {
		flat = append(flat, ' ')
	}
	ix.buffer = flat
	return flat, append(starts, len(flat))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
