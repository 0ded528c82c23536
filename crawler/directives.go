package crawler

import (
	"net/http"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/crawler/robotstxt"
)

// Directives are what a page asks of crawlers, by a robots meta element or by
// X-Robots-Tag: for all of them, or for this one by its product token. Both
// count, and so does the stricter of several. Nothing here keeps to them; that
// is decided above.
type Directives struct {
	NoIndex   bool // noindex or none: not to be kept as a document of its own
	NoFollow  bool // nofollow or none: links are not to be followed
	NoArchive bool // noarchive: no copy is to be kept
}

// DirectivesOf reads what a page asks of the crawler with that user agent. Fetch
// does so itself.
func DirectivesOf(root *html.Node, header http.Header, userAgent string) Directives {
	d := newDirectives(header, userAgent)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Meta {
			d.meta(attribute(n, "name"), attribute(n, "content"))
		}
	}
	return d.Directives
}

// directives gathers what is said to the crawler of a product token.
type directives struct {
	Directives
	token string // in lower case
}

// newDirectives begins with X-Robots-Tag.
func newDirectives(h http.Header, userAgent string) *directives {
	d := &directives{token: strings.ToLower(robotstxt.ProductToken(userAgent))}
	for _, value := range h.Values("X-Robots-Tag") {
		d.list(value, true)
	}
	return d
}

// meta reads a meta element.
func (d *directives) meta(name, content string) {
	if name = strings.ToLower(strings.TrimSpace(name)); name == "robots" || name != "" && name == d.token {
		d.list(content, false)
	}
}

// list reads directives parted by commas. In a header "bot: a, b" says a and b
// to that bot only, up to the next name.
func (d *directives) list(text string, named bool) {
	forUs := true
	for word := range strings.SplitSeq(strings.ToLower(text), ",") {
		word = strings.TrimSpace(word)
		if name, rest, ok := strings.Cut(word, ":"); ok && named && !hasValue(name) {
			name, word = strings.TrimSpace(name), strings.TrimSpace(rest)
			forUs = name == d.token || name == "robots" || name == "*"
		}
		if !forUs {
			continue
		}
		switch word {
		case "none":
			d.NoIndex, d.NoFollow = true, true
		case "noindex":
			d.NoIndex = true
		case "nofollow":
			d.NoFollow = true
		case "noarchive":
			d.NoArchive = true
		}
	}
}

// hasValue tells the directives that are followed by a colon and a value
// themselves, as the large search engines document them.
func hasValue(name string) bool {
	switch strings.TrimSpace(name) {
	case "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview":
		return true
	}
	return false
}
