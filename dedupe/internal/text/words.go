// Package text reads a text as the dedupe stage compares it: as a row of
// folded words, by their hashes, and as normalized tokens, by their letters.
//
//	fold.go      a character → its class and its folded form
//	words.go     a text → Words: hashes, flags and places
//	lexicon.go   the stop words and numerals; a text → Prepared: its content words
//	numerals.go  "forty-one", "6.4 thousand" → 41, 6400
//	tokens.go    a text → normalized Tokens, and what counts as the same token
//	phrases.go   commonplace pairs of words, which find no copies
//
// Start at [Lexicon.Prepare]. Everything here is a pure function of the text and
// of the shipped data.
package text

import (
	"unicode"
	"unicode/utf8"
)

// Flags of a word.
const (
	IsNumber = 1 << iota // digits that touch no letter
	IsName               // written with a capital where no sentence starts
	isEast               // a pair of characters of a script without spaces
	IsTitle              // starts with a capital, wherever it is
)

// Words is a text as a row of words. Words are letters of one script in one
// row, or digits in one row: "Su-57's" and "СУ 57" are two and three of them.
// In scripts without spaces each pair of neighbouring characters is a word, and
// so is a character by itself.
type Words struct {
	Hash  []uint32 // of the folded word
	Flag  []uint8
	Place []Place // kept by SplitPlaces only, else nil
}

// Place is where a word is in its text, in bytes; To is behind its end.
type Place struct{ From, To int }

// Count returns the number of words of a text as a reader counts them: runs
// between spaces that hold a letter or a digit, and each character of a script
// without spaces.
func Count(text string) int {
	n, open := 0, false
	for _, r := range text {
		switch c, _, _ := fold(r); {
		case unicode.IsSpace(r):
			open = false
		case c == ideograph:
			n, open = n+1, false
		case (c == letter || c == digit) && !open:
			n, open = n+1, true
		}
	}
	return n
}

// hashing is a word in the making.
type hashing struct {
	h     uint64
	runes int // 0: no word is open
	class class
	flag  uint8
	glued bool // it began right after a word of the other kind
	prev  rune // last ideograph
	from  int  // where the word began; of ideographs, where the last one is
	here  int  // where its end was found
}

// Split cuts a text into words. It takes any bytes; what is not UTF-8 separates
// words.
func Split(text string) Words {
	w := Words{Hash: make([]uint32, 0, len(text)/6), Flag: make([]uint8, 0, len(text)/6)}
	w.read(text)
	return w
}

// SplitPlaces is [Split], and keeps the place of each word.
func SplitPlaces(text string) Words {
	w := Words{Place: make([]Place, 0, len(text)/6)}
	w.read(text)
	return w
}

func (w *Words) read(text string) {
	var cur hashing
	start := true // of a sentence
	for i := 0; i < len(text); {
		if cur.runes > 0 && cur.class == letter { // fast path for ASCII
			from := i
			for i < len(text) && 'a' <= text[i] && text[i] <= 'z' {
				cur.h = step(cur.h, rune(text[i]))
				i++
			}
			if cur.runes += i - from; i == len(text) {
				break
			}
		}
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		c, f, pair := fold(r)
		cur.here = i
		switch c {
		case mark:
		case apostrophe:
			if cur.runes == 0 || cur.class != letter || !endsInCyrillic(text[:i]) {
				w.end(&cur, &start)
			}
		case separator:
			if cur.class == digit && cur.runes > 0 && (r == '.' || r == ',') && digitsAt(text, i+1) > 0 {
				if digitsAt(text, i+1) != 3 { // three make it a thousands separator
					cur.h = step(cur.h, '.')
				}
				break
			}
			w.end(&cur, &start)
			switch r {
			case '.', '!', '?', '\n', '。', '！', '？', '…':
				start = true
			}
		case ideograph:
			w.ideograph(&cur, f, &start, Place{i, i + size})
		default:
			w.letterOrDigit(&cur, c, r, f, pair, &start)
		}
		i += size
	}
	cur.here = len(text)
	w.end(&cur, &start)
}

// letterOrDigit adds one character, r, of the class c and folded as f and pair,
// to the open word, or opens a word with it.
func (w *Words) letterOrDigit(cur *hashing, c class, r, f, pair rune, start *bool) {
	at := cur.here
	if cur.runes > 0 && cur.class != c {
		glued := cur.class != ideograph
		if glued && cur.class == digit {
			cur.glued = true
		}
		w.end(cur, start)
		cur.glued = glued
	}
	if cur.runes == 0 {
		cur.class, cur.from = c, at
		if c == letter && unicode.IsUpper(r) {
			cur.flag = IsTitle
		}
	}
	cur.h, cur.runes = step(cur.h, f), cur.runes+1
	for pair != 0 {
		_, f, pair = fold(pair)
		cur.h, cur.runes = step(cur.h, f), cur.runes+1
	}
}

// digitsAt returns the number of ASCII digits of text from i on, up to 4.
func digitsAt(text string, i int) int {
	n := 0
	for n < 4 && i+n < len(text) && '0' <= text[i+n] && text[i+n] <= '9' {
		n++
	}
	return n
}

// endsInCyrillic reports whether a text ends in a Cyrillic letter.
func endsInCyrillic(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return 0x400 <= r && r < 0x530
}

// ideograph adds one character of a script without spaces.
func (w *Words) ideograph(cur *hashing, r rune, start *bool, at Place) {
	if cur.runes > 0 && cur.class != ideograph {
		w.end(cur, start)
	}
	if cur.runes > 0 {
		w.add(step(step(0, cur.prev), r), isEast, Place{cur.from, at.To})
	}
	cur.class, cur.prev, cur.runes, cur.from = ideograph, r, cur.runes+1, at.From
	*start = false
}

// end closes the open word, if there is one.
func (w *Words) end(cur *hashing, start *bool) {
	if cur.runes == 0 {
		return
	}
	at := Place{cur.from, cur.here}
	switch cur.class {
	case ideograph:
		if cur.runes == 1 {
			w.add(step(0, cur.prev), isEast, at)
		}
	case digit:
		flag := uint8(IsNumber)
		if cur.glued {
			flag = 0
		}
		w.add(cur.h, flag, at)
	default:
		switch {
		case cur.runes == 1:
			cur.flag = 0
		case cur.flag&IsTitle != 0 && !*start:
			cur.flag |= IsName
		}
		w.add(cur.h, cur.flag, at)
	}
	*start = false
	*cur = hashing{}
}

func (w *Words) add(h uint64, flag uint8, at Place) {
	w.Hash = append(w.Hash, uint32(Mix(h)>>32))
	w.Flag = append(w.Flag, flag)
	if w.Place != nil {
		w.Place = append(w.Place, at)
	}
}

// step takes one more rune into the hash of a word.
func step(h uint64, r rune) uint64 {
	return (h ^ uint64(r) ^ 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
}

// Mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of
// the result depends on every bit of x.
func Mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
