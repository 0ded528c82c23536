package dates

import (
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// token is a run of digits, of letters or of white space, or one other
// character. Digits may be those of any script.
type token struct {
	start, end int    // bytes of the text
	kind       byte   // one of the kinds below, or the ASCII sign itself
	width      int    // digits of a number
	n          int    // value of a number of up to maxDigits digits, -1 of more
	text       string // folded for a word
}

// Kinds of tokens.
const (
	digits = '0'
	word   = 'a'
	space  = ' '
	unit   = 'k' // the character behind a year, a month or a day in Chinese, Japanese and Korean
	hours  = 'h' // the same behind hours
	mins   = 'm' // the same behind minutes
	other  = '?'
)

// maxDigits is the length of the longest number in a date: that of a year.
const maxDigits = 4

// tokens returns the tokens of text.
func tokens(text string) []token {
	out := make([]token, 0, len(text)/3+1)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		k := len(out) - 1
		kind := kindOf(r)
		if u, ok := units[r]; ok && (k >= 0 && out[k].kind == digits || u.always) {
			kind = u.kind
		}
		if k >= 0 && out[k].kind == kind && (kind == digits || kind == word || kind == space) {
			out[k].end = i + size
		} else {
			out = append(out, token{start: i, end: i + size, kind: kind})
			k++
		}
		if kind == digits {
			out[k].addDigit(r)
		}
		i += size
	}
	for i := range out {
		t := &out[i]
		t.text = text[t.start:t.end]
		if t.kind == word {
			t.text = letters.FoldCase(t.text)
		}
	}
	return out
}

// units are the characters behind the numbers of dates and times of day. Those
// of Korean are syllables of other words as well, and count behind digits only.
var units = map[rune]struct {
	kind   byte
	always bool
}{
	'年': {unit, true}, '月': {unit, true}, '日': {unit, true}, '号': {unit, true}, '號': {unit, true},
	'년': {unit, false}, '월': {unit, false}, '일': {unit, false},
	'時': {hours, false}, '时': {hours, false}, '点': {hours, false}, '點': {hours, false}, '시': {hours, false},
	'分': {mins, false}, '분': {mins, false},
}

// kindOf returns the kind of a character that is no unit.
func kindOf(r rune) byte {
	switch {
	case digitOf(r) >= 0:
		return digits
	case unicode.IsLetter(r) || unicode.IsMark(r) || r == '_':
		return word
	case unicode.IsSpace(r):
		return space
	case r < utf8.RuneSelf:
		return byte(r)
	case r == '：':
		return ':'
	case r == '／':
		return '/'
	}
	return other
}

// zeros are the digits zero of the scripts in which dates are written: Latin,
// Arabic, Persian, Devanagari, Bengali, Thai and full width.
var zeros = [...]rune{'0', 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10}

// digitOf returns the value of a digit, -1 when r is none.
func digitOf(r rune) int {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// addDigit adds a digit to a number.
func (t *token) addDigit(r rune) {
	t.width++
	if t.width > maxDigits {
		t.n = -1
		return
	}
	t.n = t.n*10 + digitOf(r)
}

// scanner reads dates and times of day in the tokens of a text.
type scanner struct {
	tokens   []token
	words    *wordlists.Lists
	language string // ISO 639-1; "" when not known
}

// tok returns token i, the zero token where there is none.
func (s *scanner) tok(i int) token {
	if i < 0 || i >= len(s.tokens) {
		return token{}
	}
	return s.tokens[i]
}

// digits reports whether token i is a number of from to to digits.
func (s *scanner) digits(i, from, to int) bool {
	t := s.tok(i)
	return t.kind == digits && t.n >= 0 && t.width >= from && t.width <= to
}

// skip returns the first token from i on that is no white space.
func (s *scanner) skip(i int) int {
	for s.tok(i).kind == space {
		i++
	}
	return i
}
