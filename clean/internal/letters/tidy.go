package letters

import (
	"unicode"
	"unicode/utf8"
)

// FirstBytes cuts text to at most n bytes, at the end of a letter.
func FirstBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// LineBreak says whether r ends a line.
func LineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// TidyLine puts one space for each run of spaces, and takes out what has no
// width and the control characters.
func TidyLine(s string) string {
	if isTidy(s) {
		return s
	}
	var room [512]byte
	t := TidyText{Text: room[:0]}
	t.Add(s)
	return string(t.Text)
}

// TidyText is text that is made tidy while it is put together.
type TidyText struct {
	Text  []byte
	Space bool // one is due before the next rune
}

func (t *TidyText) Add(s string) {
	for i := 0; i < len(s); {
		if c := s[i]; c > ' ' && c < 0x7f {
			from := i
			for i++; i < len(s) && s[i] > ' ' && s[i] < 0x7f; i++ {
			}
			t.write(s[from:i])
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case ordinary(r):
			t.write(s[i : i+size])
		case unicode.IsSpace(r):
			t.Space = true
		case NoWidth(r) || unicode.IsControl(r):
		case r == utf8.RuneError:
			t.write("\uFFFD")
		default:
			t.write(s[i : i+size])
		}
		i += size
	}
}

// write appends text that has no space in it.
func (t *TidyText) write(s string) {
	if t.Space && len(t.Text) > 0 {
		t.Text = append(t.Text, ' ')
	}
	t.Space = false
	t.Text = append(t.Text, s...)
}

// isTidy says whether TidyLine would leave s as it is.
func isTidy(s string) bool {
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
			if !ordinary(r) && (r == utf8.RuneError || unicode.IsSpace(r) || NoWidth(r) || unicode.IsControl(r)) {
				return false
			}
			space = false
			i += size
		}
	}
	return !space || s == ""
}
