// Package percent writes URLs in one percent-encoding (RFC 3986, section 6.2.2),
// so that two spellings of a path can be compared byte by byte. Start with
// [Recode].
package percent

import "strings"

const upperHex = "0123456789ABCDEF"

// Recode returns s in one percent-encoding: unreserved characters are bare, and
// so is what is bare already where bare allows it. All else is encoded, with
// upper-case digits. Recoding a result returns the result.
func Recode(s string, bare func(byte) bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			v := unhex(s[i+1])<<4 | unhex(s[i+2])
			if IsUnreserved(v) {
				b.WriteByte(v)
			} else {
				Write(&b, v)
			}
			i += 2
		case bare(c):
			b.WriteByte(c)
		default:
			Write(&b, c)
		}
	}
	return b.String()
}

// Write appends c, encoded.
func Write(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(upperHex[c>>4])
	b.WriteByte(upperHex[c&15])
}

// IsUnreserved reports whether c means the same encoded and bare: RFC 3986,
// section 2.3.
func IsUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
