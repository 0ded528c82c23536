// Package letters knows the characters that text is made of: which are letters,
// how two spellings are made equal, and where words, lines and scripts begin and
// end. It is the ground that the other packages of the clean stage stand on.
//
// class.go classifies single characters. fold.go folds case and signs, so that
// spellings compare equal; key.go reduces a text to its letters and digits.
// words.go counts words and numbers; line.go prepares a line for the rules that
// look for labels; tidy.go normalizes white space; script.go tells writing
// systems apart.
//
// Start with [Fold], [Key], [Words] and [NewLine]. Nothing here allocates for
// text that is already in order.
package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold makes two spellings of a line equal: lower case, one space between
// words, plain quotes and dashes, е for ё, no bullet or mark at the start.
func Fold(s string) string { return FoldCase(PlainSigns(s)) }

// FoldCase is lower case with е for ё.
func FoldCase(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && AsciiClass[s[i]]&UpperByte == 0 {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if AsciiClass[c]&UpperByte != 0 {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r >= 'А' && r <= 'Я':
			r += 'а' - 'А'
		case r == 'ё' || r == 'Ё':
			r = 'е'
		case r < 'а' || r > 'я':
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// PlainSigns normalises spaces, quotes, dashes and wide colons, and cuts what
// stands before the first letter, digit or opening quote or bracket.
func PlainSigns(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case ordinary(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case NoWidth(r):
			continue
		default:
			r = plainSign(r)
		}
		if b.Len() == 0 && !isOpening(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ordinary says of most letters, digits and ASCII signs that they are no space,
// have a width and are their own plain sign; it says so of no other rune.
func ordinary(r rune) bool {
	return r > ' ' && r < 0x7f && r != '`' || r >= 0xc0 && r < 0x2b0 || r >= 0x370 && r < 0x1680 || r >= 0x3100 && r < 0xd800
}

// isPlain says whether PlainSigns would leave s as it is.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if first, _ := utf8.DecodeRuneInString(s); !isOpening(first) {
		return false
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ':
			if i+1 == len(s) || s[i+1] == ' ' {
				return false
			}
			i++
		case AsciiClass[c]&oddByte != 0:
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !ordinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || NoWidth(r) || plainSign(r) != r) {
				return false
			}
			i += size
		}
	}
	return true
}

// isOpening says whether a line begins with r: a letter, a digit, an opening
// quote or bracket, or a sign that means something.
func isOpening(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("\"'([©@#¿¡", r)
}

// plainSign gives the plain form of quotes, dashes, brackets and separators.
func plainSign(r rune) rune {
	switch r {
	case '‘', '’', '‛', 'ʼ', '`', '´':
		return '\''
	case '“', '”', '„', '«', '»', '‟':
		return '"'
	case '–', '—', '―', '−', '‐', '‑':
		return '-'
	case '：', '︰':
		return ':'
	case '（':
		return '('
	case '）':
		return ')'
	case '【', '〔':
		return '['
	case '】', '〕':
		return ']'
	case '／', '∕':
		return '/'
	case '｜', '│', '┃', '¦':
		return '|'
	case '·', '∙', '●', '‧', '・', '⋅', '◦', '▪', '■':
		return '•'
	}
	return r
}
