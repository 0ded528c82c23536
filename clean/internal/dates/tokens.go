package dates

import (
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// token is a run of digits, of letters or of white space, or one other
// character.
type token struct {
	start, end int    // bytes of the text
	kind       byte   // digits, word, space, unit, other, or the ASCII sign itself
	n          int    // value of up to maxDigits digits, -1 of more
	text       string // folded for a word
}

// Kinds of tokens.
const (
	digits = '0'
	word   = 'a'
	space  = ' '
	unit   = 'k' // the character behind a year, a month or a day in Chinese and Japanese
	other  = '?'
)

// maxDigits is the length of the longest number in a date: that of a year.
const maxDigits = 4

// tokens returns the tokens of text.
func tokens(text string) []token {
	out := make([]token, 0, len(text)/3+1)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		kind := byte(other)
		switch {
		case r >= '0' && r <= '9':
			kind = digits
		case r == '年' || r == '月' || r == '日' || r == '号':
			kind = unit
		case unicode.IsLetter(r) || unicode.IsMark(r) || r == '_':
			kind = word
		case unicode.IsSpace(r):
			kind = space
		case r < 0x80:
			kind = byte(r)
		}
		end := i + size
		if k := len(out) - 1; k >= 0 && out[k].kind == kind && (kind == digits || kind == word || kind == space) {
			out[k].end = end
		} else {
			out = append(out, token{start: i, end: end, kind: kind})
		}
		i = end
	}
	for i := range out {
		t := &out[i]
		t.text = text[t.start:t.end]
		switch t.kind {
		case digits:
			if t.end-t.start > maxDigits {
				t.n = -1
				continue
			}
			for _, c := range t.text {
				t.n = t.n*10 + int(c-'0')
			}
		case word:
			t.text = letters.FoldCase(t.text)
		}
	}
	return out
}

// scanner reads dates and times of day in the tokens of a text.
type scanner struct {
	tokens     []token
	words      *wordlists.Lists
	monthFirst bool // 1/2/2006 is January 2nd
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
	return t.kind == digits && t.n >= 0 && t.end-t.start >= from && t.end-t.start <= to
}

// skip returns the first token from i on that is no white space.
func (s *scanner) skip(i int) int {
	for s.tok(i).kind == space {
		i++
	}
	return i
}
