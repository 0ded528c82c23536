package crawler

import (
	"net/http"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/crawler/robotstxt"
)

// Directives are the robots directives of a page, from robots meta elements and
// X-Robots-Tag headers, for all crawlers or for this one by its product token. Of
// several the strictest counts. The crawler reports them; the caller obeys them.
type Directives struct {
	NoIndex   bool // noindex or none: the page is not to be indexed
	NoFollow  bool // nofollow or none: its links are not to be followed
	NoArchive bool // noarchive: no copy is to be kept
}

// DirectivesOf returns the directives of a page for the crawler with that user
// agent. [Crawler.Fetch] reads them itself; this is for pages from elsewhere.
func DirectivesOf(root *html.Node, header http.Header, userAgent string) Directives {
	d := newDirectives(header, userAgent)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Meta {
			d.meta(attribute(n, "name"), attribute(n, "content"))
		}
	}
	return d.Directives
}

// directives collects the Directives for one product token.
type directives struct {
	Directives
	token string // in lower case
}

// newDirectives returns the directives of a response header.
func newDirectives(h http.Header, userAgent string) *directives {
	d := &directives{token: strings.ToLower(robotstxt.ProductToken(userAgent))}
	for _, value := range h.Values("X-Robots-Tag") {
		d.list(value, true)
	}
	return d
}

// meta adds those of a meta element.
func (d *directives) meta(name, content string) {
	if name = strings.ToLower(strings.TrimSpace(name)); name == "robots" || name != "" && name == d.token {
		d.list(content, false)
	}
}

// list adds directives that are separated by commas. In a header (named), "bot:
// a, b" means a and b for that bot only, up to the next name.
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

// hasValue reports whether a directive has a colon and a value, as the large
// search engines document them.
func hasValue(name string) bool {
	switch strings.TrimSpace(name) {
	case "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview":
		return true
	}
	return false
}
