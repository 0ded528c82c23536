package markup

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// minTwice is the number of characters that must have been encoded twice: fewer may
// be meant.
const minTwice = 3

// maxOther bounds the characters that could begin such a sequence and begin none,
// as a share of those that do: in Portuguese Ã is a letter, in Russian Р and С are.
const maxOther = 0.1

// decodeTwice undoes what happens when UTF-8 is read as windows-1252 or -1251 and
// written as UTF-8 again: "Ã©" for é, "вЂ”" for a dash. It returns text itself
// unless that is certain.
func decodeTwice(text []byte) []byte {
	var t twice
	switch {
	case mayBeWestern(text):
		t = twice{text: text, bytesOf: windows1252()}
	case mayBeCyrillic(text):
		t = twice{text: text, bytesOf: windows1251()}
	}
	if t.text == nil || !t.count() {
		return text
	}
	return t.decode()
}

// mayBeWestern reports whether a text has enough letters from Â to ô with another
// character behind them that is not in ASCII. It spares other texts the count.
func mayBeWestern(text []byte) bool {
	n := 0
	for n < minTwice {
		i := bytes.IndexByte(text, 0xc3)
		if i < 0 || i+2 >= len(text) {
			return false
		}
		if text[i+2] >= utf8.RuneSelf {
			n++
		}
		text = text[i+2:]
	}
	return true
}

// mayBeCyrillic is mayBeWestern for windows-1251: it looks for the two most frequent
// vowels, and for quotes and dashes.
func mayBeCyrillic(text []byte) bool {
	n := 0
	for _, twice := range []string{"Р°", "Рµ", "вЂ"} {
		n += bytes.Count(text, []byte(twice))
	}
	return n >= minTwice
}

// lastTwice is a character behind all those of the two code pages.
const lastTwice = 0x2200

// The bytes that are read as a character, 0 for none. Some programs read bytes as
// control characters, all that are in their range or those that the code page
// leaves out.
var (
	windows1252 = sync.OnceValue(func() *[lastTwice]byte { return bytesOf(charmap.Windows1252) })
	windows1251 = sync.OnceValue(func() *[lastTwice]byte { return bytesOf(charmap.Windows1251) })
)

func bytesOf(page *charmap.Charmap) *[lastTwice]byte {
	var table [lastTwice]byte
	for b := 0x80; b < 0xa0; b++ {
		table[b] = byte(b)
	}
	for b := 0x80; b <= 0xff; b++ {
		if r := page.DecodeByte(byte(b)); r < lastTwice {
			table[r] = byte(b)
		}
	}
	return &table
}

// twice is a text that may have been encoded twice.
type twice struct {
	text         []byte
	bytesOf      *[lastTwice]byte
	whole, other [256]int // by first byte: sequences that are whole, characters that begin none
}

// count counts the sequences, and reports whether some are certain.
func (t *twice) count() bool {
	for i := 0; i < len(t.text); {
		if t.text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size, first := t.sequence(i)
		switch {
		case r != utf8.RuneError:
			t.whole[first]++
		case !t.beforeSpace(i + size):
			t.other[first]++
		}
		i += size
	}
	certain := 0
	for first, n := range t.whole {
		if t.isCertain(byte(first)) {
			certain += n
		}
	}
	return certain >= minTwice
}

// isCertain reports whether sequences with that first byte are no accident.
func (t *twice) isCertain(first byte) bool {
	return t.whole[first] > 0 && float64(t.other[first]) <= maxOther*float64(t.whole[first])
}

// aGrave is the first byte of à, whose second is read as a space that does not
// break: tools that tidy up spaces leave the first alone.
const aGrave = 0xc3

// decode returns the text with each sequence that is certain as one character.
func (t *twice) decode() []byte {
	out := make([]byte, 0, len(t.text))
	for i := 0; i < len(t.text); {
		if c := t.text[i]; c < utf8.RuneSelf {
			out = append(out, c)
			i++
			continue
		}
		r, size, first := t.sequence(i)
		switch {
		case !t.isCertain(first):
			out = append(out, t.text[i:i+size]...)
		case r != utf8.RuneError:
			out = utf8.AppendRune(out, r)
		case first == aGrave && t.bytesOf == windows1252() && t.beforeSpace(i+size):
			out = append(out, "à"...)
		default:
			out = append(out, t.text[i:i+size]...)
		}
		i += size
	}
	return out
}

// beforeSpace reports whether white space, or nothing, is at byte i.
func (t *twice) beforeSpace(i int) bool {
	return i == len(t.text) || bytes.IndexByte([]byte(" \t\r\n"), t.text[i]) >= 0
}

// sequence reads the characters at byte i as the bytes of one character. If they
// are none it returns U+FFFD, and the size of the first of them. first is the first
// byte, 0 for a character that is not in the code page.
func (t *twice) sequence(i int) (r rune, size int, first byte) {
	var seq [utf8.UTFMax]byte
	n, at := 0, i
	for n < len(seq) && at < len(t.text) {
		c, width := utf8.DecodeRune(t.text[at:])
		if n == 0 {
			size = width
		}
		if c < utf8.RuneSelf || c >= lastTwice || t.bytesOf[c] == 0 || n > 0 && utf8.RuneStart(t.bytesOf[c]) {
			break
		}
		seq[n] = t.bytesOf[c]
		n, at = n+1, at+width
		if utf8.FullRune(seq[:n]) {
			break
		}
	}
	if n == 0 {
		return utf8.RuneError, size, 0
	}
	if r, k := utf8.DecodeRune(seq[:n]); k == n && n > 1 {
		return r, at - i, seq[0]
	}
	return utf8.RuneError, size, seq[0]
}
