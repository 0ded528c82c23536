package letters

import (
	"unicode"
	"unicode/utf8"
)

// Truncate returns the longest prefix of text that has at most n bytes and
// splits no character.
func Truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// IsLineBreak reports whether r ends a line.
func IsLineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// NormalizeSpace returns s with one blank for each run of white space, none at
// its ends, and without control and invisible characters.
func NormalizeSpace(s string) string {
	if isNormalized(s) {
		return s
	}
	var buf [512]byte
	b := TextBuilder{text: buf[:0]}
	b.Add(s)
	return b.String()
}

// isNormalized reports whether NormalizeSpace would return s as it is.
func isNormalized(s string) bool {
	space := true
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ':
			if space {
				return false
			}
			space = true
			i++
		case c < ' ' || c == 0x7f:
			return false
		case c < utf8.RuneSelf:
			space = false
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isOrdinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || IsInvisible(r) || unicode.IsControl(r)) {
				return false
			}
			space = false
			i += size
		}
	}
	return !space || s == ""
}

// TextBuilder builds text with the white space of [NormalizeSpace]. The zero
// TextBuilder is ready to use.
type TextBuilder struct {
	text  []byte
	space bool // a blank is due before the next character
}

// Add appends s. Without white space between them, two texts added one after
// the other make one word.
func (b *TextBuilder) Add(s string) {
	for i := 0; i < len(s); {
		if c := s[i]; c > ' ' && c < 0x7f {
			from := i
			for i++; i < len(s) && s[i] > ' ' && s[i] < 0x7f; i++ {
			}
			b.write(s[from:i])
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isOrdinary(r):
			b.write(s[i : i+size])
		case unicode.IsSpace(r):
			b.space = true
		case IsInvisible(r) || unicode.IsControl(r):
		case r == utf8.RuneError:
			b.write("\uFFFD")
		default:
			b.write(s[i : i+size])
		}
		i += size
	}
}

// AddSpace appends white space.
func (b *TextBuilder) AddSpace() { b.space = true }

// write appends text that has no white space in it.
func (b *TextBuilder) write(s string) {
	if b.space && len(b.text) > 0 {
		b.text = append(b.text, ' ')
	}
	b.space = false
	b.text = append(b.text, s...)
}

// String returns the text so far.
func (b *TextBuilder) String() string { return string(b.text) }

// Len returns the length of the text so far, in bytes.
func (b *TextBuilder) Len() int { return len(b.text) }

// Reset empties b and keeps its memory.
func (b *TextBuilder) Reset() { b.text, b.space = b.text[:0], false }
