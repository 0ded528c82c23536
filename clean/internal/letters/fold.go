package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns the form in which two spellings of a line are equal: that of
// [FoldSigns] and [FoldCase].
func Fold(s string) string { return FoldCase(FoldSigns(s)) }

// FoldCase returns s in lower case, with е for ё.
func FoldCase(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && asciiClasses[s[i]]&upperBit == 0 {
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
			if asciiClasses[c]&upperBit != 0 {
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

// Lower returns strings.ToLower(s). It is faster for the short ASCII names of
// classes and elements, most of which are in lower case.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' || s[i] >= utf8.RuneSelf {
			return strings.ToLower(s)
		}
	}
	return s
}

// FoldSigns returns s with one blank between words, ASCII quotes, dashes, colons
// and brackets, one sign for all bullets, and nothing before the first letter,
// digit, opening quote or bracket.
func FoldSigns(s string) string {
	if hasFoldedSigns(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case isOrdinary(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case IsInvisible(r):
			continue
		default:
			r = foldSign(r)
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

// hasFoldedSigns reports whether FoldSigns would return s as it is.
func hasFoldedSigns(s string) bool {
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
		case asciiClasses[c]&foldedBit != 0:
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isOrdinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || IsInvisible(r) || foldSign(r) != r) {
				return false
			}
			i += size
		}
	}
	return true
}

// isOrdinary reports whether r is in the ranges of most letters, digits and
// ASCII signs. Such a rune is visible, is no white space, and foldSign returns
// it as it is.
func isOrdinary(r rune) bool {
	return r > ' ' && r < 0x7f && r != '`' || r >= 0xc0 && r < 0x2b0 || r >= 0x370 && r < 0x1680 || r >= 0x3100 && r < 0xd800
}

// isOpening reports whether a line may begin with r: a letter, a digit, an
// opening quote or bracket, or a sign with a meaning.
func isOpening(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("\"'([©@#¿¡", r)
}

// foldSign returns the one form of quotes, dashes, brackets and separators, and
// other runes as they are.
func foldSign(r rune) rune {
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

// Key returns the letters and digits of s in lower case: what is equal in two
// spellings of a title.
func Key(s string) string {
	var key strings.Builder
	key.Grow(len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			switch class := asciiClasses[c]; {
			case class&upperBit != 0:
				key.WriteByte(c + 'a' - 'A')
			case class&wordBit != 0:
				key.WriteByte(c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			key.WriteRune(unicode.ToLower(r))
		}
		i += size
	}
	return key.String()
}

// SameKey reports whether key is the [Key] of s, without making it.
func SameKey(s, key string) bool {
	n, ok := PrefixKey(s, key)
	return ok && n == len(key)
}

// PrefixKey reports whether key begins with the [Key] of s, and returns the
// length of that Key in bytes.
func PrefixKey(s, key string) (n int, ok bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			class := asciiClasses[c]
			if class&wordBit == 0 {
				continue
			}
			if class&upperBit != 0 {
				c += 'a' - 'A'
			}
			if n == len(key) || key[n] != c {
				return 0, false
			}
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			next, size := utf8.DecodeRuneInString(key[n:])
			if next != unicode.ToLower(r) {
				return 0, false
			}
			n += size
		}
	}
	return n, true
}
