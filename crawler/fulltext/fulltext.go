// Package fulltext holds stories whose text comes from a feed or from the interface of
// a site, and not from its pages.
//
// A [Text] is packed as a JSON Feed of one item (https://jsonfeed.org/version/1.1),
// which is what the archive has of it, and what any reader of feeds can read. [Page]
// makes an HTML page of the packed form, to be cleaned by the same rules as any.
package fulltext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/news"
)

// MediaType is that of a packed Text.
const MediaType = "application/feed+json"

// MaxText is the size of the longest text that is taken, in bytes of HTML.
const MaxText = 1 << 20

// Text is a story as a feed has it.
type Text struct {
	URL       string // of the story's page, normalised
	Title     string // plain text
	HTML      string // the content
	Authors   []string
	Tags      []string
	Published time.Time // zero when not known
	Modified  time.Time // likewise
}

const version = "https://jsonfeed.org/version/1.1"

// document is a JSON Feed.
type document struct {
	Version string `json:"version"`
	Title   string `json:"title"`
	Items   []item `json:"items"`
}

type item struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Title     string    `json:"title,omitempty"`
	HTML      string    `json:"content_html"`
	Published time.Time `json:"date_published,omitzero"`
	Modified  time.Time `json:"date_modified,omitzero"`
	Authors   []author  `json:"authors,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
}

type author struct {
	Name string `json:"name"`
}

// Pack returns a text as a JSON Feed of one item. Equal texts have equal bytes.
func (t *Text) Pack() []byte {
	one := item{ID: t.URL, URL: t.URL, Title: t.Title, HTML: t.HTML, Published: t.Published, Modified: t.Modified, Tags: t.Tags}
	for _, name := range t.Authors {
		one.Authors = append(one.Authors, author{name})
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document{Version: version, Title: t.Title, Items: []item{one}}); err != nil {
		panic(err) // unreachable: texts, and times of four-digit years, can be encoded
	}
	return b.Bytes()
}

// IsPacked reports whether a body of a content type may be a packed Text.
func IsPacked(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == MediaType
}

// ErrNotPacked is the error of Page for a body that is not a packed Text.
var ErrNotPacked = errors.New("not a JSON Feed of this one item")

// Page returns the HTML page of a packed text: a copy of page with another body, and
// with what the text says of itself as its hint.
func Page(page *news.Page) (*news.Page, error) {
	var doc document
	if err := json.Unmarshal(page.Body, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPacked, err)
	}
	if doc.Version != version || len(doc.Items) != 1 || doc.Items[0].URL != page.URL {
		return nil, ErrNotPacked
	}
	one := *page
	one.Tree, one.Charset = nil, ""
	one.Header = http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	one.Body = doc.Items[0].page()
	return &one, nil
}

// page returns an HTML page.
func (t *item) page() []byte {
	var b bytes.Buffer
	meta := func(key, name, content string) {
		if content != "" {
			fmt.Fprintf(&b, "<meta %s=%q content=\"%s\">\n", key, name, html.EscapeString(content))
		}
	}
	title := html.EscapeString(t.Title)
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s</title>\n<link rel=\"canonical\" href=\"%s\">\n", title, html.EscapeString(t.URL))
	meta("property", "og:type", "article")
	meta("property", "og:title", t.Title)
	for _, a := range t.Authors {
		meta("name", "author", a.Name)
	}
	if !t.Published.IsZero() {
		meta("property", "article:published_time", t.Published.UTC().Format(time.RFC3339))
	}
	if !t.Modified.IsZero() {
		meta("property", "article:modified_time", t.Modified.UTC().Format(time.RFC3339))
	}
	for _, tag := range t.Tags {
		meta("property", "article:tag", tag)
	}
	fmt.Fprintf(&b, "</head><body><article><h1>%s</h1>\n%s\n</article></body></html>\n", title, t.HTML)
	return b.Bytes()
}

// Bounds between a whole text and a teaser, in words; in letters where words are not
// separated by spaces.
const (
	wholeWords   = 60
	wholeLetters = 400
	longWords    = 20 // letters a word has at most on average, where there are spaces
)

// Whole reports whether a content can be a whole story: it is long enough, and does not
// end in an ellipsis or with a link to the page that has the rest.
func Whole(content, page string) bool {
	if len(content) > MaxText {
		return false
	}
	nodes, err := xhtml.ParseFragment(strings.NewReader(content), &xhtml.Node{Type: xhtml.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return false
	}
	var text strings.Builder
	var last strings.Builder // since the last block began
	links := 0               // letters of links to the page itself, since then
	for _, n := range nodes {
		flatten(n, page, &text, &last, &links)
	}
	letters := 0
	for _, r := range text.String() {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	words := len(strings.Fields(text.String()))
	if words < wholeWords && (letters < wholeLetters || letters < words*longWords) {
		return false
	}
	if end := strings.TrimRight(text.String(), " \t\r\n\u00a0])}»”\""); strings.HasSuffix(end, "…") || strings.HasSuffix(end, "...") {
		return false
	}
	tail := letterCount(last.String())
	return links == 0 || tail > links+longWords // a last line that is a link to the rest
}

func letterCount(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// flatten adds the text of a node. last and links are of the last block that has text.
func flatten(n *xhtml.Node, page string, text, last *strings.Builder, links *int) {
	switch {
	case n.Type == xhtml.TextNode:
		text.WriteString(n.Data)
		last.WriteString(n.Data)
		return
	case n.Type != xhtml.ElementNode || n.DataAtom == atom.Script || n.DataAtom == atom.Style:
		return
	}
	block := blocks[n.DataAtom]
	if block && hasText(n) {
		text.WriteByte(' ')
		last.Reset()
		*links = 0
	}
	for c := range n.ChildNodes() {
		flatten(c, page, text, last, links)
	}
	if block {
		text.WriteByte(' ')
	}
	if n.DataAtom == atom.A && samePage(attribute(n, "href"), page) {
		var own strings.Builder
		for c := range n.Descendants() {
			if c.Type == xhtml.TextNode {
				own.WriteString(c.Data)
			}
		}
		*links += letterCount(own.String())
	}
}

// blocks are the elements that begin a new line.
var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Br: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.H1: true, atom.H2: true,
	atom.H3: true, atom.H4: true, atom.Blockquote: true, atom.Section: true, atom.Article: true, atom.Table: true, atom.Tr: true, atom.Figure: true}

func hasText(n *xhtml.Node) bool {
	if n.DataAtom == atom.Br {
		return true
	}
	for c := range n.Descendants() {
		if c.Type == xhtml.TextNode && strings.TrimSpace(c.Data) != "" {
			return true
		}
	}
	return false
}

// samePage reports whether a link leads to the page, whatever its parameters and
// wherever on it.
func samePage(href, page string) bool {
	at, err := url.Parse(page)
	if err != nil || href == "" || strings.HasPrefix(href, "#") {
		return false
	}
	to, err := at.Parse(href)
	return err == nil && to.Host == at.Host && strings.TrimSuffix(to.Path, "/") == strings.TrimSuffix(at.Path, "/")
}

func attribute(n *xhtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
