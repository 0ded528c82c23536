package importfiles

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/crawler"
	"winnow/news"
	"winnow/news/markup"
)

// saved reads a page that a browser or another program saved as a file.
func (m *Importer) saved(f *os.File, path string, at time.Time) capture {
	c := capture{file: path, offset: -1, via: "saved page " + filepath.Base(path), damaged: true}
	var body []byte
	if body, c.err = readSaved(f, m.maxBody()); c.err != nil {
		c.whole = true
		return c
	}
	page := &news.Page{Body: body, Header: map[string][]string{"Content-Type": {"text/html"}}, FetchedAt: m.plausible(at, at)}
	if page.Tree, page.Charset, c.err = markup.Parse(body, ""); c.err != nil {
		return c
	}
	c.url = savedURL(page.Tree)
	if c.url == "" {
		c.err = errors.New("it does not say which URL it was saved from: no canonical link, no og:url, no such comment")
		return c
	}
	if page.URL, c.err = crawler.Normalize(c.url, nil); c.err == nil {
		c.page = page
	}
	return c
}

func readSaved(f io.Reader, limit int64) ([]byte, error) {
	buffered := bufio.NewReader(f)
	var in io.Reader = buffered
	if start, _ := buffered.Peek(2); isGzip(start) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("the gzip file is broken: %w", err)
		}
		in = unzipped
	}
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("it cannot be read to its end: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("it is larger than fetch.max_body, %d bytes", limit)
	}
	return body, nil
}

// savedFrom is how browsers and SingleFile note where a page came from.
var savedFrom = regexp.MustCompile(`(?i)saved from url=(?:\(\d+\))?\s*(https?://\S+)|(?:^|\n)\s*url:\s*(https?://\S+)`)

// savedURL returns the URL that a saved page names as its own: by a canonical link,
// by og:url, or by the comment of the program that saved it.
func savedURL(root *html.Node) string {
	var canonical, og, comment string
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode && comment == "":
			if m := savedFrom.FindStringSubmatch(n.Data); m != nil {
				comment = m[1] + m[2]
			}
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Link && canonical == "" && hasWord(attribute(n, "rel"), "canonical"):
			canonical = absolute(attribute(n, "href"))
		case n.DataAtom == atom.Meta && og == "" && (strings.EqualFold(attribute(n, "property"), "og:url") || strings.EqualFold(attribute(n, "name"), "og:url")):
			og = absolute(attribute(n, "content"))
		}
	}
	for _, found := range []string{canonical, og, comment} {
		if found != "" {
			return found
		}
	}
	return ""
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func hasWord(list, word string) bool {
	for one := range strings.FieldsSeq(list) {
		if strings.EqualFold(one, word) {
			return true
		}
	}
	return false
}

// absolute returns a URL that needs no base, or "".
func absolute(raw string) string {
	if lower := strings.ToLower(raw); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return raw
	}
	return ""
}
