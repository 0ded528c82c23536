package letters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SameKey says whether a text has that Key.
func SameKey(s, key string) bool {
	n, ok := PrefixKey(s, key)
	return ok && n == len(key)
}

// PrefixKey says whether the Key of a text is one that key begins with,
// and gives its length in bytes.
func PrefixKey(s, key string) (n int, ok bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			class := AsciiClass[c]
			if class&LetterByte == 0 {
				continue
			}
			if class&UpperByte != 0 {
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

// Key is a text's letters and digits in lower case.
func Key(s string) string {
	var key strings.Builder
	key.Grow(len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			switch class := AsciiClass[c]; {
			case class&UpperByte != 0:
				key.WriteByte(c + 'a' - 'A')
			case class&LetterByte != 0:
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
