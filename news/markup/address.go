package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// headBytes is how much of a page is read for the address that it names.
const headBytes = 256 << 10

// OwnAddress returns the address that an HTML page names as its own: its canonical link,
// or else its og:url; "" if its head has neither. It does not parse the page. The
// address is as the page has it, and need not be a URL.
func OwnAddress(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), headBytes)]))
	other := ""
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return other
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Body:
				return other
			case atom.Link:
				if strings.EqualFold(strings.TrimSpace(value(t, "rel")), "canonical") && value(t, "href") != "" {
					return strings.TrimSpace(value(t, "href"))
				}
			case atom.Meta:
				if strings.EqualFold(value(t, "property"), "og:url") {
					other = strings.TrimSpace(value(t, "content"))
				}
			}
		}
	}
}

// value returns the value of an attribute, "" for none.
func value(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
