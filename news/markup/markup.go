// Package markup decodes and parses the bytes of a page. Start with [Parse], or
// with [Decode] for UTF-8 without a tree. The result depends on the bytes and on
// the declared media type only.
//
// Pages declare wrong encodings, nest elements a hundred thousand deep, and may be
// made to slow parsers down. Decode (markup.go) uses a declared encoding
// (declared.go) only if the bytes fit it, and otherwise detects one (detect.go).
// Parse builds the tree of the HTML standard if that takes time linear in the size
// of the page, else a flatter tree with the same text (flatten.go).
package markup

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// UTF8 is the WHATWG name of UTF-8.
const UTF8 = "utf-8"

// ErrEmpty is the error of [Parse] for a body of nothing but white space.
var ErrEmpty = errors.New("the page is empty")

// Parse decodes body, see [Decode], and parses it. charset is the WHATWG name of
// the encoding of body. The error is ErrEmpty for a body of nothing but white
// space; every other body has a tree.
func Parse(body []byte, contentType string) (root *html.Node, charset string, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, UTF8, ErrEmpty
	}
	text, charset := Decode(body, contentType)
	if costly(text) {
		return flatten(text), charset, nil
	}
	root, err = html.Parse(bytes.NewReader(text))
	if err != nil { // more than 512 open elements
		return flatten(text), charset, nil
	}
	return root, charset, nil
}

// Decode returns body in UTF-8, and the WHATWG name of the encoding that it had.
// contentType is the Content-Type header; it may be empty or wrong. In order of
// precedence the evidence is: a byte order mark; bytes that are valid UTF-8; a
// declaration in the header, then in a meta element, if all but a few bytes fit it;
// the bytes alone. Bytes that are not valid in the encoding become U+FFFD. Text that
// was encoded twice is decoded twice. The result may share memory with body.
func Decode(body []byte, contentType string) (text []byte, name string) {
	text, name = decode(body, contentType)
	return decodeTwice(text), name
}

func decode(body []byte, contentType string) (text []byte, name string) {
	if rest, name := byteOrderMark(body); name != "" {
		return convert(rest, name), name
	}
	if name := wideUnits(body); name != "" {
		return convert(body, name), name
	}
	valid, escapes := utf8.Valid(body), bytes.IndexByte(body, 0x1b) >= 0
	if valid && !escapes {
		return body, UTF8
	}
	declared := declarations(body, contentType)
	if escapes && shiftsByEscape(body, declared) {
		return convert(body, "iso-2022-jp"), "iso-2022-jp"
	}
	if valid {
		return body, UTF8
	}
	if mostlyUTF8(body) || onlyDamaged(body) {
		return convert(body, UTF8), UTF8
	}
	sample := foreignText(body)
	for _, name := range declared {
		if name == UTF8 && damagedUTF8(body) || fits(name, sample) {
			return convert(body, name), name
		}
	}
	name = detect(sample)
	return convert(body, name), name
}

// convert decodes body from the encoding of that WHATWG name.
func convert(body []byte, name string) []byte {
	if name == UTF8 {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if name == "gbk" {
		name = "gb18030" // its decoder is that of gb18030 (WHATWG Encoding, 10.1.1)
	}
	enc, _ := charset.Lookup(name)
	if enc == nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return text
}

// byteOrderMark returns the encoding of a mark at the start of body, and what
// follows the mark; "" and body without one.
func byteOrderMark(body []byte) (rest []byte, name string) {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:], UTF8
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return body[2:], "utf-16le"
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return body[2:], "utf-16be"
	}
	return body, ""
}

// wideUnits returns the encoding of UTF-16 without a mark, "" for anything else.
// Markup is mostly ASCII, so that every second byte of the start is zero.
func wideUnits(body []byte) string {
	head := body[:min(len(body), 512)&^1]
	if len(head) < 16 {
		return ""
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	switch half := len(head) / 2; {
	case zeros[1] > half*8/10 && zeros[0] < half/10:
		return "utf-16le"
	case zeros[0] > half*8/10 && zeros[1] < half/10:
		return "utf-16be"
	}
	return ""
}

// shiftsByEscape reports whether body, which has escapes, is ISO-2022-JP, whose
// bytes are all ASCII.
func shiftsByEscape(body []byte, declared []string) bool {
	for _, seq := range []string{"\x1b$B", "\x1b$@"} {
		if bytes.Contains(body, []byte(seq)) && (bytes.Contains(body, []byte("\x1b(B")) || bytes.Contains(body, []byte("\x1b(J"))) {
			return true
		}
	}
	return len(declared) > 0 && declared[0] == "iso-2022-jp"
}

// mostlyUTF8 reports whether body is UTF-8 with a few breaks: at least ten valid
// sequences for each of them. In other encodings valid sequences are rare accidents.
func mostlyUTF8(body []byte) bool {
	whole, broken := sequences(body)
	return whole >= 10*broken
}

// fewBreaks is how many breaks a page may have that is still the UTF-8 which it
// declares, with a single valid sequence. A broken byte makes one or two.
const fewBreaks = 10

// damagedUTF8 reports whether body, which is declared to be UTF-8, is that with breaks
// in it: not more than there are valid sequences, or a few with any such sequence.
// Text in another encoding has many more bytes that UTF-8 does not have there.
func damagedUTF8(body []byte) bool {
	whole, broken := sequences(body)
	return whole >= broken || whole > 0 && broken <= fewBreaks
}

// sequences counts the valid sequences of UTF-8 outside ASCII in body, and its breaks:
// a cut sequence is one, and so is each other byte outside ASCII.
func sequences(body []byte) (whole, broken int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			broken++
			size = cutSequence(body[i:])
		} else {
			whole++
		}
		i += size
	}
	return whole, broken
}

// cutSequence returns the length of the incomplete sequence that body begins with, 1
// when its first byte begins none.
func cutSequence(body []byte) int {
	want := 0
	switch lead := body[0]; {
	case lead >= 0xf0 && lead <= 0xf4:
		want = 3
	case lead >= 0xe0 && lead < 0xf0:
		want = 2
	}
	n := 1
	for n < want && n < len(body) && body[n]&0xc0 == 0x80 {
		n++
	}
	return n
}

// onlyDamaged reports whether the only invalid bytes of body are 0xFE and 0xFF,
// which UTF-8 never has. They are rare letters in the Latin encodings, and never
// the only ones of a text; in other encodings every word has other letters too.
func onlyDamaged(body []byte) bool {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 && body[i] < 0xfe {
			return false
		}
		i += size
	}
	return true
}
