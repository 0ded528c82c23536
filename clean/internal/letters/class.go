// Package letters classifies characters and normalizes text: what is a letter,
// when two spellings are equal, and where words, lines and sentences end. The
// other packages of the clean stage build on it.
//
//   - class.go: single characters and writing systems
//   - fold.go: equal spellings, see [Fold] and [Key]
//   - words.go: words, numbers and ends of sentences, see [CountWords]
//   - line.go: [Line], one line in the forms that rules compare
//   - space.go: white space, see [NormalizeSpace]
//
// Start with [Fold], [Key], [CountWords] and [NewLine]. Functions that return
// text return their argument, without allocating, where it is in order already.
package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Class is what a character is within a line: a set of bits, to be asked by
// its methods. The zero Class is a sign that is of no word.
type Class uint8

const (
	wordBit    Class = 1 << iota // a letter or a digit
	innerBit                     // a sign that words may have inside
	digitBit                     // a digit
	upperBit                     // a capital
	foldedBit                    // white space other than the blank, or a grave accent, which FoldSigns replaces
	trailedBit                   // one of trailing
)

// trailing holds the signs at the end of a line that do not distinguish two
// labels, see [TrimTrailing].
const trailing = " .:!…>\"'-|•*"

// asciiClasses holds the class of each ASCII character, 0 for other bytes.
var asciiClasses = func() (t [256]Class) {
	for c := range utf8.RuneSelf {
		switch {
		case '0' <= c && c <= '9':
			t[c] = wordBit | digitBit
		case 'A' <= c && c <= 'Z':
			t[c] = wordBit | upperBit
		case 'a' <= c && c <= 'z':
			t[c] = wordBit
		case c == '\'' || c == '-':
			t[c] = innerBit
		case c >= '\t' && c <= '\r' || c == '`':
			t[c] = foldedBit
		}
		if strings.IndexByte(trailing, byte(c)) >= 0 {
			t[c] |= trailedBit
		}
	}
	return t
}()

// ASCIIClass returns the class of an ASCII character, 0 for other bytes.
func ASCIIClass(c byte) Class { return asciiClasses[c] }

// FirstClass returns the class of the first character of s and its length in
// bytes. A mark on a letter counts as a letter. It panics when s is empty.
func FirstClass(s string) (class Class, size int) {
	if s[0] >= utf8.RuneSelf {
		return wideClass(s)
	}
	return asciiClasses[s[0]], 1
}

// wideClass is FirstClass for text that begins beyond ASCII.
func wideClass(s string) (class Class, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsUpper(r):
		return wordBit | upperBit, size
	case unicode.IsLetter(r), unicode.IsMark(r):
		return wordBit, size
	case unicode.IsDigit(r):
		return wordBit | digitBit, size
	}
	return 0, size
}

// IsWord reports whether the character is a letter or a digit.
func (c Class) IsWord() bool { return c&wordBit != 0 }

// IsLetter reports whether the character is a letter.
func (c Class) IsLetter() bool { return c&(wordBit|digitBit) == wordBit }

// IsDigit reports whether the character is a digit.
func (c Class) IsDigit() bool { return c&digitBit != 0 }

// IsUpper reports whether the character is a capital.
func (c Class) IsUpper() bool { return c&upperBit != 0 }

// IsDigit reports whether c is an ASCII digit.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsWordRune reports whether r belongs to a word: a letter, a digit or a mark
// on one.
func IsWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// IsInvisible reports whether r has neither width nor meaning in running text.
// The joiners U+200C and U+200D have a meaning, in Persian and in Hindi.
func IsInvisible(r rune) bool {
	switch {
	case r == '\u00ad', r == '\ufeff', r == '\u200b', r == '\u200e', r == '\u200f',
		r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064', r >= '\u2066' && r <= '\u206f':
		return true
	}
	return r >= 0x80 && r < 0xa0 && r != 0x85 // C1 controls; U+0085 ends a line
}

// IsUnspaced reports whether r belongs to a script that puts no spaces between
// words.
func IsUnspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// IsCaseless reports whether r is a letter of a script without capitals. Georgian has
// some, but they begin no sentences.
func IsCaseless(r rune) bool {
	return unicode.IsLetter(r) && (!unicode.IsUpper(r) && !unicode.IsLower(r) || r >= 0x10D0 && r <= 0x10FF)
}

// Count returns the number of letters and digits in s. So that lengths are comparable,
// a character that is a syllable or a word, as in Chinese, Japanese, Korean and Thai,
// counts as two, and a vowel sign on a letter of an Indic script as one.
func Count(s string) int32 {
	n := int32(0)
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			n += int32(asciiClasses[c] & wordBit)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isDense(r):
			n += 2
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r >= 0x0900 && r <= 0x0DFF && unicode.IsMark(r):
			n++
		}
		i += size
	}
	return n
}

// isDense reports whether r is a syllable or a word: kana, Han, a syllable of Hangul,
// or a letter of Thai, which writes few vowels.
func isDense(r rune) bool {
	return r >= 0x0E01 && (r <= 0x0E46 || r >= 0x3041 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0x20000 && r <= 0x3FFFF) && unicode.IsLetter(r)
}

// HasLetterPair reports whether s has two letters in a row.
func HasLetterPair(s string) bool {
	after := false
	for _, r := range s {
		letter := unicode.IsLetter(r)
		if letter && after {
			return true
		}
		after = letter
	}
	return false
}

// Script is a group of writing systems.
type Script int

// The scripts that the rules distinguish.
const (
	NoScript Script = iota - 1 // no letters, or none of the scripts prevails
	Latin
	Cyrillic
	Arabic
	Unspaced // Chinese, Japanese and Thai, see [IsUnspaced]
	OtherScript
	scripts // their number
)

// ScriptCounts holds the number of letters of each [Script].
type ScriptCounts [scripts]int

// CountScripts counts the letters of text by script.
func CountScripts(text string) (counts ScriptCounts) {
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case r < 0x250: // the end of Latin Extended-B
			counts[Latin]++
		case unicode.Is(unicode.Cyrillic, r):
			counts[Cyrillic]++
		case unicode.Is(unicode.Arabic, r):
			counts[Arabic]++
		case IsUnspaced(r):
			counts[Unspaced]++
		default:
			counts[OtherScript]++
		}
	}
	return counts
}

// Main returns the script of at least two thirds of the letters, [NoScript]
// when there is none.
func (c ScriptCounts) Main() Script {
	best, all := NoScript, 0
	for k, n := range c {
		all += n
		if n > 0 && (best == NoScript || n > c[best]) {
			best = Script(k)
		}
	}
	if best == NoScript || c[best]*3 < all*2 {
		return NoScript
	}
	return best
}
