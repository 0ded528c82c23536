package dedupe

import (
	"unicode"
	"unicode/utf8"
)

// Flags of a word.
const (
	isNumber = 1 << iota // digits that touch no letter
	isName               // written with a capital where no sentence starts
	isStop               // too common to tell two stories apart
	isEast               // a pair of characters of a script without spaces
	isTitle              // starts with a capital, wherever it stands
)

// words is a text as a row of words. Words are letters of one script in one
// row, or digits in one row: "Su-57's" and "СУ 57" are two and three of them.
// In scripts without spaces each pair of neighbouring characters is a word, and
// so is a character that stands alone.
type words struct {
	hash []uint32 // of the folded word
	flag []uint8
	at   []place // kept only where asked for
}

// place is where a word stands in its text, in bytes; to is behind its end.
type place struct{ from, to int }

// WordCount is the number of words of a text as a reader counts them, by which
// the fullest copy is chosen: what stands between spaces and holds a letter or a
// digit, and each character of a script without spaces.
func WordCount(text string) int {
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
	from  int  // where the word began; of ideographs, where the last one stands
	here  int  // where its end was found
}

// split turns a text into words. It takes any bytes; what is not UTF-8
// separates words.
func split(text string) words {
	w := words{hash: make([]uint32, 0, len(text)/6), flag: make([]uint8, 0, len(text)/6)}
	w.take(text)
	return w
}

// splitPlaces is split, and keeps where each word stands.
func splitPlaces(text string) words {
	w := words{at: make([]place, 0, len(text)/6)}
	w.take(text)
	return w
}

func (w *words) take(text string) {
	var cur hashing
	start := true // of a sentence
	for i := 0; i < len(text); {
		if cur.runes > 0 && cur.class == letter { // the common case, without further ado
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
			if cur.runes == 0 || cur.class != letter || !inCyrillic(text[:i]) {
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
			w.ideograph(&cur, f, &start, place{i, i + size})
		default:
			if cur.runes > 0 && cur.class != c {
				glued := cur.class != ideograph
				if glued && cur.class == digit {
					cur.glued = true
				}
				w.end(&cur, &start)
				cur.glued = glued
			}
			if cur.runes == 0 {
				cur.class, cur.from = c, i
				if c == letter && unicode.IsUpper(r) {
					cur.flag = isTitle
				}
			}
			cur.h, cur.runes = step(cur.h, f), cur.runes+1
			for pair != 0 {
				_, f, pair = fold(pair)
				cur.h, cur.runes = step(cur.h, f), cur.runes+1
			}
		}
		i += size
	}
	cur.here = len(text)
	w.end(&cur, &start)
}

// digitsAt counts the ASCII digits of text from i on, up to 4.
func digitsAt(text string, i int) int {
	n := 0
	for n < 4 && i+n < len(text) && '0' <= text[i+n] && text[i+n] <= '9' {
		n++
	}
	return n
}

// inCyrillic says whether a text ends in a Cyrillic letter.
func inCyrillic(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return 0x400 <= r && r < 0x530
}

// ideograph takes in one character of a script without spaces.
func (w *words) ideograph(cur *hashing, r rune, start *bool, at place) {
	if cur.runes > 0 && cur.class != ideograph {
		w.end(cur, start)
	}
	if cur.runes > 0 {
		w.add(step(step(0, cur.prev), r), isEast, place{cur.from, at.to})
	}
	cur.class, cur.prev, cur.runes, cur.from = ideograph, r, cur.runes+1, at.from
	*start = false
}

// end closes the open word, if there is one.
func (w *words) end(cur *hashing, start *bool) {
	if cur.runes == 0 {
		return
	}
	at := place{cur.from, cur.here}
	switch cur.class {
	case ideograph:
		if cur.runes == 1 {
			w.add(step(0, cur.prev), isEast, at)
		}
	case digit:
		flag := uint8(isNumber)
		if cur.glued {
			flag = 0
		}
		w.add(cur.h, flag, at)
	default:
		switch {
		case cur.runes == 1:
			cur.flag = 0
		case cur.flag&isTitle != 0 && !*start:
			cur.flag |= isName
		}
		w.add(cur.h, cur.flag, at)
	}
	*start = false
	*cur = hashing{}
}

func (w *words) add(h uint64, flag uint8, at place) {
	w.hash = append(w.hash, uint32(mix(h)>>32))
	w.flag = append(w.flag, flag)
	if w.at != nil {
		w.at = append(w.at, at)
	}
}

// step takes one more rune into the hash of a word.
func step(h uint64, r rune) uint64 {
	return (h ^ uint64(r) ^ 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of
// the result depends on every bit of x.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
