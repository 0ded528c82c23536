package markup

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// english has a few characters outside ASCII, as most English pages have.
const english = "The yard laid the keel on Monday. “We are on time,” said Ann Bråten, who leads the programme. Work on the hull goes on until spring, the navy’s office said, and sea trials follow in autumn of the same year."

// damages are the ways in which a few bytes of a page break.
var damages = map[string]func(r *rand.Rand, body []byte, at int) []byte{
	"replaced": func(r *rand.Rand, body []byte, at int) []byte {
		out := bytes.Clone(body)
		out[at] = byte(0x80 + r.IntN(0x80))
		return out
	},
	"lost": func(_ *rand.Rand, body []byte, at int) []byte {
		return append(bytes.Clone(body[:at]), body[at+1:]...)
	},
	"added": func(r *rand.Rand, body []byte, at int) []byte {
		return append(append(bytes.Clone(body[:at]), byte(0x80+r.IntN(0x80))), body[at:]...)
	},
}

// A declared encoding is believed, whatever one to five bytes of the page are.
func TestDecodeBelievesADeclarationOverAFewBrokenBytes(t *testing.T) {
	tests := []struct{ charset, text string }{
		{"utf-8", english}, {"utf-8", french}, {"utf-8", german}, {"utf-8", polish}, {"utf-8", turkish},
		{"utf-8", russian}, {"utf-8", greek}, {"utf-8", arabic}, {"utf-8", chinese}, {"utf-8", korean},
		{"windows-1251", russian}, {"windows-1251", ukrainian}, {"koi8-r", russian}, {"ibm866", russian}, {"iso-8859-5", russian},
		{"gb18030", chinese}, {"gbk", chinese}, {"big5", taiwanese}, {"euc-jp", japanese}, {"shift_jis", japanese}, {"iso-2022-jp", japanese}, {"euc-kr", korean},
		{"iso-8859-2", polish}, {"windows-1250", polish}, {"windows-1250", czech}, {"windows-1252", french}, {"windows-1252", german},
		{"windows-1254", turkish}, {"windows-1253", greek}, {"windows-1255", hebrew}, {"windows-1256", arabic},
	}
	for _, tt := range tests {
		for how, damage := range damages {
			t.Run(fmt.Sprintf("%s/%.8s/%s", tt.charset, tt.text, how), func(t *testing.T) {
				for seed := range uint64(60) {
					r := rand.New(rand.NewPCG(seed, 7))
					body := encode(t, tt.charset, tt.text)
					for range 1 + seed%5 {
						body = damage(r, body, r.IntN(len(body)))
					}
					page := append([]byte(`<html><head><meta charset="`+tt.charset+`"><title>x</title></head><body><p>`), body...)
					page = append(page, "</p></body></html>"...)
					for _, header := range []string{"text/html", "text/html; charset=" + tt.charset} {
						got, name := decode(page, header)
						if name != tt.charset || !bytes.Equal(got, convert(page, tt.charset)) {
							t.Fatalf("seed %d, %s: read as %s: %s", seed, header, name, got)
						}
					}
				}
			})
		}
	}
}

// A character that is cut off in an attribute is U+FFFD, and nothing else changes.
func TestDecodeCutCharacter(t *testing.T) {
	page := `<html><head><meta charset="utf-8"><meta name="description" content="The yard’s new crane%s"></head><body><p>` + english + `</p></body></html>`
	for _, cut := range []string{"\xe2\x80", "\xe2", "\xf0\x9f\x9a", "\xc3", "\xd0"} {
		got, name := Decode(fmt.Appendf(nil, page, cut), "text/html; charset=utf-8")
		if want := fmt.Sprintf(page, "\uFFFD"); string(got) != want || name != UTF8 {
			t.Errorf("%q: %s: %s", cut, name, got)
		}
	}
}
