package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NoWidth says whether a rune has neither width nor meaning in running text.
// The joiners U+200C and U+200D have one, in Persian and in Hindi.
func NoWidth(r rune) bool {
	switch {
	case r == '\u00ad', r == '\ufeff', r == '\u200b', r == '\u200e', r == '\u200f',
		r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064', r >= '\u2066' && r <= '\u206f':
		return true
	}
	return r >= 0x80 && r < 0xa0 && r != 0x85
}

func Digit(c byte) bool { return '0' <= c && c <= '9' }

// IsWordy says whether r is of a word: a letter, a digit or a mark on one.
func IsWordy(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// What an ASCII character is in a line, as bits.
const (
	LetterByte uint8 = 1 << iota // a letter or a digit
	innerByte                    // a sign that words may have inside
	DigitByte
	UpperByte
	oddByte  // white space other than a blank, or a grave accent: not plain
	bareByte // of BareCut
)

// AsciiClass is what each ASCII character is; 0 for other bytes.
var AsciiClass = func() (t [256]uint8) {
	for c := range utf8.RuneSelf {
		switch {
		case '0' <= c && c <= '9':
			t[c] = LetterByte | DigitByte
		case 'A' <= c && c <= 'Z':
			t[c] = LetterByte | UpperByte
		case 'a' <= c && c <= 'z':
			t[c] = LetterByte
		case c == '\'' || c == '-':
			t[c] = innerByte
		case c >= '\t' && c <= '\r' || c == '`':
			t[c] = oddByte
		}
		if strings.IndexByte(BareCut, byte(c)) >= 0 {
			t[c] |= bareByte
		}
	}
	return t
}()

// Unbroken says whether r is of a script that writes without spaces.
func Unbroken(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// Caseless says whether r is a letter of a script without capitals.
func Caseless(r rune) bool {
	return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r)
}

// Count counts letters and digits.
func Count(s string) int32 {
	n := int32(0)
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			n += int32(AsciiClass[c] & LetterByte)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
		i += size
	}
	return n
}

func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// HasLetters says whether a text has two letters in a row.
func HasLetters(s string) bool {
	last := false
	for _, r := range s {
		l := unicode.IsLetter(r)
		if l && last {
			return true
		}
		last = l
	}
	return false
}
