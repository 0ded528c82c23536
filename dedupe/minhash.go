package dedupe

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
	MinHashShingle = 5  // words
	MinHashBands   = 14 // buckets, in datatrove's words
	MinHashRows    = 8  // hashes a band
	minHashSeed    = 1
)

const mersenne61 = 1<<61 - 1

// MinHash computes signatures as datatrove does by default, so that a corpus of
// hundreds of millions of records can be joined band by band with Spark or with
// datatrove itself, and so that this package decides only on the pairs that come
// of it. No verdict of this package rests on them. It is safe for concurrent use.
//
// Equal to datatrove's: the normalisation of the text, the hash of a shingle
// (XXH64), the permutations (NumPy's RandomState with the seed 1), the width of
// 64 bits, the bands. Not equal: words. Here they are what stands between white
// space. There they are cut by a tokeniser of the language, which for the
// European languages finds the same words but for a few (English "cannot" and
// "gonna" become two, a unit is cut from its number); for languages without
// spaces, whose words need dictionaries, signatures of the two cannot be mixed.
type MinHash struct {
	a, b [MinHashBands * MinHashRows]uint64
}

// NewMinHash draws the permutations.
func NewMinHash() *MinHash {
	var m MinHash
	r := newTwister(minHashSeed)
	for i := range m.a {
		m.a[i] = 1 + r.upTo(mersenne61-2)
	}
	for i := range m.b {
		m.b[i] = r.upTo(mersenne61 - 1)
	}
	return &m
}

// Signature is the signature of a text: for each of the MinHashBands the hex
// digits of its MinHashRows hashes, 16 each, the most significant first. Two
// texts whose bands of one number are the same are candidates. A text of fewer
// than MinHashShingle words has none.
func (m *MinHash) Signature(text string) []string {
	words := strings.FieldsFunc(simplified(text), isPythonSpace)
	if len(words) < MinHashShingle {
		return nil
	}
	var least [MinHashBands * MinHashRows]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	var shingles []uint64
	for i := range len(words) - MinHashShingle + 1 {
		shingles = append(shingles, xxhash.Sum64String(strings.Join(words[i:i+MinHashShingle], " ")))
	}
	slices.Sort(shingles)
	for _, s := range slices.Compact(shingles) {
		for i := range least {
			least[i] = min(least[i], modMersenne61(s*m.a[i]+m.b[i]))
		}
	}
	bands := make([]string, MinHashBands)
	for i := range bands {
		band := make([]byte, 0, 8*MinHashRows)
		for _, h := range least[i*MinHashRows : (i+1)*MinHashRows] {
			for shift := 56; shift >= 0; shift -= 8 {
				band = append(band, byte(h>>shift))
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

// isPythonSpace says whether Python's \s matches: Unicode's white space and the
// four separators of ASCII.
func isPythonSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1C <= r && r <= 0x1F
}

// twister is the generator MT19937 (Matsumoto and Nishimura 1998) as NumPy's
// RandomState uses it.
type twister struct {
	state [624]uint32
	next  int
}

func newTwister(seed uint32) *twister {
	t := &twister{next: 624}
	t.state[0] = seed
	for i := 1; i < len(t.state); i++ {
		before := t.state[i-1]
		t.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
	return t
}

func (t *twister) uint32() uint32 {
	if t.next == len(t.state) {
		t.next = 0
		for i := range t.state {
			y := t.state[i]&0x80000000 | t.state[(i+1)%624]&0x7FFFFFFF
			t.state[i] = t.state[(i+397)%624] ^ y>>1 ^ y&1*0x9908B0DF
		}
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9D2C5680
	y ^= y << 15 & 0xEFC60000
	return y ^ y>>18
}

// upTo draws a number from 0 to most, which lies between 2⁶⁰ and 2⁶¹, as
// RandomState.randint does: 61 bits, again until they are not too many.
func (t *twister) upTo(most uint64) uint64 {
	for {
		high := uint64(t.uint32())
		if x := (high<<32 | uint64(t.uint32())) & mersenne61; x <= most {
			return x
		}
	}
}
