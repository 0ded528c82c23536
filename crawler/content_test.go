package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestNotHTML: a body that is not a page is refused by its type or its bytes.
func TestNotHTML(t *testing.T) {
	jpeg := "\xff\xd8\xff\xe0\x00\x10JFIF\x00" + strings.Repeat("\x07", 4000)
	pdf := "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat("0000000000 65535 f \n", 300)
	for _, tc := range []struct{ name, contentType, body, reason string }{
		{"pdf", "application/pdf", pdf, "not HTML: application/pdf"},
		{"pdf as html", "text/html", pdf, "not HTML: the body is application/pdf"},
		{"jpeg", "image/jpeg", jpeg, "not HTML: image/jpeg"},
		{"jpeg as html", "text/html; charset=utf-8", jpeg, "not HTML: the body is image/jpeg"},
		{"binary as html", "text/html", strings.Repeat("\x01\x02\x03a", 300), "not HTML: the body is application/octet-stream"},
		{"json", "application/json", `{"a":1}`, "not HTML: application/json"},
		{"text", "text/plain", "Plain words.", "not HTML: text/plain"},
		{"feed as html", "text/html", `<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>`, "not HTML: a feed"},
		{"feed as xml", "application/xml", `<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>`, "not HTML: application/xml"},
		{"html as text", "text/plain", page, ""},
		{"html without a type", "", page, ""},
		{"html as octets", "application/octet-stream", page, ""},
		{"xhtml as xml", "text/xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Yes</p></body></html>`, ""},
		{"text called html", "text/html", "BM is how a bitmap begins, and this sentence too.", ""},
		{"a stray control character", "text/html", "<p>One \x01 stray." + strings.Repeat(" Words.", 40), ""},
		{"empty", "text/html", "", ""},
		{"UTF-16", "text/html; charset=utf-16le", utf16(page), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if tc.contentType != "" {
					w.Header().Set("Content-Type", tc.contentType)
				}
				fmt.Fprint(w, tc.body)
			})
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
			if tc.reason == "" {
				if err != nil || answer.Page.Tree == nil {
					t.Errorf("%+v, %v", answer, err)
				}
				return
			}
			if e := fetchError(t, err); e.Reason != tc.reason || e.Temporary || !errors.Is(err, ErrNotHTML) || answer.Page != nil {
				t.Errorf("%+v", e)
			}
		})
	}
}

func utf16(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// TestCharsets: fault 16. The tree is UTF-8 whatever the page and its header say.
func TestCharsets(t *testing.T) {
	russian := "Корвет вышел в море"
	cp1251 := string([]byte{0xca, 0xee, 0xf0, 0xe2, 0xe5, 0xf2, 0x20, 0xe2, 0xfb, 0xf8, 0xe5, 0xeb, 0x20, 0xe2, 0x20, 0xec, 0xee, 0xf0, 0xe5})
	koi8 := string([]byte{0xeb, 0xcf, 0xd2, 0xd7, 0xc5, 0xd4, 0x20, 0xd7, 0xd9, 0xdb, 0xc5, 0xcc, 0x20, 0xd7, 0x20, 0xcd, 0xcf, 0xd2, 0xc5})
	for _, tc := range []struct{ name, contentType, body string }{
		{"utf-8", "text/html; charset=utf-8", "<html><body><p>" + russian},
		{"windows-1251 by header", "text/html; charset=windows-1251", "<html><body><p>" + cp1251},
		{"koi8-r by header", "text/html; charset=KOI8-R", "<html><body><p>" + koi8},
		{"windows-1251 by meta", "text/html", `<html><head><meta charset="windows-1251"></head><body><p>` + cp1251},
		{"utf-8 called latin-1", "text/html; charset=iso-8859-1", "<html><body><p>" + russian},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", tc.contentType)
				fmt.Fprint(w, tc.body)
			})
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
			if err != nil {
				t.Fatal(err)
			}
			if text := textOf(answer.Page.Tree); text != russian {
				t.Errorf("%q, charset %s", text, answer.Page.Charset)
			}
			if string(answer.Page.Body) != tc.body {
				t.Error("the body is not as received")
			}
		})
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return collapse(b.String())
}

// TestDeep: fault 20. x/net/html gives up beyond 512 open elements.
func TestDeep(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>"+strings.Repeat("<div>", 100000)+`<p>Deep text</p><a href="/next">Next</a>`)
	})
	answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(answer.Page.Tree); !strings.Contains(text, "Deep text") {
		t.Errorf("text %q", text)
	}
	if len(answer.Links) != 1 || answer.Links[0].URL != base+"/next" {
		t.Errorf("links %v", answer.Links)
	}
}
