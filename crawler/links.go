package crawler

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Values of Link.Rel.
const (
	RelNext      = "next"      // the next page of an article or of a list
	RelFeed      = "feed"      // RSS, Atom or JSON feed
	RelCanonical = "canonical" // the URL that the page declares as its own
	RelAMP       = "amphtml"   // the AMP version of the page
	RelAPI       = "api"       // the root of the REST API of WordPress
	RelRefresh   = "refresh"   // target of a meta refresh within maxRefresh: a redirect, if the page has no other content
)

// Link is a link of a page.
type Link struct {
	URL      string // normalised
	Rel      string // one of the Rel constants, or ""
	Text     string // of the link, or of its image; white space collapsed, at most 300 runes
	NoFollow bool   // rel=nofollow, or by the Directives of the page
	Paid     bool   // rel=sponsored
}

// Limits of the links of one page. The longest real lists have a few thousand.
const (
	MaxLinks    = 10000
	maxLinkText = 300 // runes
)

// linkFinder collects the links of one document.
type linkFinder struct {
	base       *whatwg.Url
	self       string // the page's own URL
	directives *directives
	links      []Link
	seen       map[[2]string]int // URL and Rel → index in links
}

// LinksOf returns the links of a page that was fetched before, in document order,
// as Fetch does: pageURL is normalised, and the page's robots directives to the
// crawler with that user agent mark links.
func LinksOf(root *html.Node, pageURL string, header http.Header, userAgent string) []Link {
	return findLinks(root, pageURL, header, newDirectives(header, userAgent))
}

// findLinks returns the first MaxLinks links of a document in document order,
// each URL once for each Rel, without those to the page itself, then those of its
// header. It adds the robots meta elements of the document to d.
func findLinks(root *html.Node, pageURL string, header http.Header, d *directives) []Link {
	f := &linkFinder{self: pageURL, directives: d, seen: make(map[[2]string]int)}
	var err error
	if f.base, err = urlParser.Parse(pageURL); err != nil {
		return nil
	}
	hasBase := false
	for n := range root.Descendants() { // base and meta may come after links that they apply to
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Base:
			href := attribute(n, "href")
			if href == "" || hasBase {
				continue
			}
			hasBase = true // only the first one counts, even if it is not valid
			if base, err := urlParser.BasicParser(href, f.base, nil, whatwg.NoState); err == nil && !base.OpaquePath() {
				f.base = base
			}
		case atom.Meta:
			d.meta(attribute(n, "name"), attribute(n, "content"))
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			f.element(n)
		}
	}
	for _, value := range header.Values("Link") {
		f.header(value)
	}
	return f.links
}

func (f *linkFinder) element(n *html.Node) {
	switch n.DataAtom {
	case atom.A, atom.Area:
		href := attribute(n, "href")
		if href == "" {
			return
		}
		rel := strings.Fields(strings.ToLower(attribute(n, "rel")))
		link := Link{NoFollow: f.directives.NoFollow || slices.Contains(rel, "nofollow"), Paid: slices.Contains(rel, "sponsored"), Text: linkText(n)}
		if slices.Contains(rel, "next") {
			link.Rel = RelNext
		}
		f.add(href, link)
	case atom.Link:
		if rel := relOfLink(n); rel != "" {
			f.add(attribute(n, "href"), Link{Rel: rel, Text: clipRunes(collapse(attribute(n, "title")), maxLinkText)})
		}
	case atom.Meta:
		if strings.EqualFold(attribute(n, "http-equiv"), "refresh") {
			if href, soon := refreshTarget(attribute(n, "content")); href != "" {
				link := Link{NoFollow: f.directives.NoFollow}
				if soon {
					link.Rel = RelRefresh
				}
				f.add(href, link)
			}
		}
	}
}

// apiRel is the relation by which WordPress announces its API, in pages and headers.
const apiRel = "https://api.w.org/"

// header adds the links of a Link header (RFC 8288) that are used: that of the API.
func (f *linkFinder) header(value string) {
	for {
		_, rest, found := strings.Cut(value, "<")
		if !found {
			return
		}
		href, rest, found := strings.Cut(rest, ">")
		if !found {
			return
		}
		parameters, next, _ := strings.Cut(rest, "<")
		if strings.Contains(strings.ToLower(parameters), apiRel) {
			f.add(href, Link{Rel: RelAPI})
		}
		value = "<" + next
	}
}

// relOfLink returns the Rel of a link element, "" for one that is not used.
func relOfLink(n *html.Node) string {
	rel := strings.Fields(strings.ToLower(attribute(n, "rel")))
	switch {
	case slices.Contains(rel, apiRel):
		return RelAPI
	case slices.Contains(rel, "canonical"):
		return RelCanonical
	case slices.Contains(rel, "amphtml"):
		return RelAMP
	case slices.Contains(rel, "next"):
		return RelNext
	case slices.Contains(rel, "alternate") || slices.Contains(rel, "feed"):
		switch mediaType(attribute(n, "type")) {
		case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss", "application/atom", "text/rss+xml":
			return RelFeed
		}
		if slices.Contains(rel, "feed") {
			return RelFeed
		}
	}
	return ""
}

// add adds a link, or merges it with a known one of the same URL and Rel.
func (f *linkFinder) add(href string, link Link) {
	href = strings.TrimSpace(href)
	if strings.HasPrefix(href, "#") {
		return
	}
	to, err := normalize(href, f.base)
	if err != nil || to == f.self && link.Rel != RelCanonical {
		return // mailto:, javascript:, …
	}
	link.URL = to
	key := [2]string{to, link.Rel}
	if i, ok := f.seen[key]; ok {
		if known := &f.links[i]; known.Text == "" {
			known.Text = link.Text
		}
		f.links[i].NoFollow = f.links[i].NoFollow && link.NoFollow
		f.links[i].Paid = f.links[i].Paid && link.Paid
		return
	}
	if len(f.links) == MaxLinks {
		return
	}
	f.seen[key] = len(f.links)
	f.links = append(f.links, link)
}

// linkText returns the text of a link or, without one, its image's alternative
// text or its label.
func linkText(a *html.Node) string {
	var b strings.Builder
	alt := ""
	for n := range a.Descendants() {
		switch {
		case n.Type == html.TextNode && !isHidden(n.Parent):
			b.WriteString(n.Data)
			b.WriteByte(' ')
		case n.DataAtom == atom.Img && alt == "":
			alt = attribute(n, "alt")
		}
		if b.Len() > 8*maxLinkText {
			break
		}
	}
	for _, text := range []string{b.String(), alt, attribute(a, "aria-label"), attribute(a, "title")} {
		if text = collapse(text); text != "" {
			return clipRunes(text, maxLinkText)
		}
	}
	return ""
}

func isHidden(n *html.Node) bool {
	return n != nil && (n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Noscript)
}

// maxRefresh is the longest wait of a meta refresh that acts as a redirect, in
// seconds. Pages that reload themselves wait for minutes.
const maxRefresh = 10

// refreshTarget returns the URL of <meta http-equiv=refresh content="0; url=…">,
// and whether the wait is at most maxRefresh.
func refreshTarget(content string) (target string, soon bool) {
	wait, rest, ok := strings.Cut(content, ";")
	if !ok {
		if wait, rest, ok = strings.Cut(content, ","); !ok {
			return "", false
		}
	}
	name, target, ok := strings.Cut(rest, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "url") {
		return "", false
	}
	wait = strings.TrimSpace(wait)
	seconds, err := strconv.ParseFloat(wait, 64)
	soon = err == nil && strings.Trim(wait, "0123456789.") == "" && seconds <= maxRefresh
	return strings.Trim(strings.TrimSpace(target), `'"`), soon
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// collapse replaces each run of white space by one space.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// clipRunes returns the first n runes of s.
func clipRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
