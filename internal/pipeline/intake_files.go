package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	"winnow/output/warc"
	"winnow/schedule"
)

// capture is one page of a file, or the reason why there is none.
type capture struct {
	file   string
	offset int64 // of the record; -1 for a saved page, or a file as a whole
	via    string
	page   *news.Page
	entry  warc.Entry         // what else the record tells; its body is the page's
	own    *schedule.Archived // where the page lies, when the file is of our own archive
	url    string             // as the record has it, for messages
	err    error
	whole  bool // err ends the reading of the file
}

// errNoPage is the error of a capture that holds no HTML page, such as a
// redirect or a picture.
var errNoPage = errors.New("no HTML page")

// The names of files that hold pages.
var (
	warcEndings  = []string{".warc", ".warc.gz"}
	savedEndings = []string{".html", ".htm", ".html.gz", ".htm.gz"}
)

func hasEnding(name string, endings []string) bool {
	name = strings.ToLower(name)
	for _, ending := range endings {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// HoldsPages says whether a path is to be read by TakeIn: a folder, a WARC file
// or a saved HTML page, told by its name or by how its content begins.
func HoldsPages(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || hasEnding(path, warcEndings) || hasEnding(path, savedEndings) {
		return err == nil, err
	}
	start, err := beginning(path)
	text := bytes.ToLower(bytes.TrimLeft(start, "\ufeff \t\r\n"))
	return bytes.HasPrefix(start, []byte("WARC/")) || bytes.HasPrefix(text, []byte("<!doctype html")) || bytes.HasPrefix(text, []byte("<html")), err
}

// beginning is how a file begins, uncompressed; what cannot be uncompressed is
// given as it is.
func beginning(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	start, _ := in.Peek(512) // fewer at the end of a short file
	if !isGzip(start) {
		return start, nil
	}
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		return start, nil
	}
	plain := make([]byte, 512)
	n, _ := io.ReadFull(unzipped, plain)
	return plain[:n], nil
}

func isGzip(b []byte) bool { return bytes.HasPrefix(b, []byte{0x1f, 0x8b}) }

// captures walks through the pages of a file, or of the files below a folder in
// the order of their names. yield's errors end it.
func (p *Pipeline) captures(ctx context.Context, root string, yield func(capture) error) (files int, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return 0, err
	}
	if !info.IsDir() {
		return 1, p.captureFile(ctx, root, yield)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return yield(capture{file: path, offset: -1, err: err, whole: true})
		case d.IsDir() || !hasEnding(path, warcEndings) && !hasEnding(path, savedEndings):
			return nil
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil // a link to a folder
		}
		files++
		return p.captureFile(ctx, path, yield)
	})
	return files, err
}

func (p *Pipeline) captureFile(ctx context.Context, path string, yield func(capture) error) error {
	f, err := os.Open(path)
	if err != nil {
		return yield(capture{file: path, offset: -1, err: err, whole: true})
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return yield(capture{file: path, offset: -1, err: err, whole: true})
	}
	isSaved := hasEnding(path, savedEndings)
	if !isSaved && !hasEnding(path, warcEndings) {
		start, err := beginning(path)
		isSaved = err == nil && !bytes.HasPrefix(start, []byte("WARC/"))
	}
	if isSaved {
		return yield(p.saved(f, path, info.ModTime()))
	}
	return p.records(ctx, f, path, info.ModTime(), yield)
}

// records walks through a WARC file.
func (p *Pipeline) records(ctx context.Context, f *os.File, path string, saved time.Time, yield func(capture) error) error {
	limit := p.maxBody()
	reader := warc.NewReader(f, limit+1<<20) // a record has a header besides
	own := p.inArchive(path)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		entry, err := reader.NextEntry()
		if err == io.EOF {
			return nil
		}
		c := capture{file: path, offset: entry.Offset, url: entry.URL, via: "warc file " + filepath.Base(path), err: err}
		var bad *warc.BadRecord
		switch {
		case errors.As(err, &bad):
			c.offset, c.err = bad.Offset, bad.Err
		case err != nil:
			c.offset, c.whole = -1, true
		default:
			if own != "" {
				c.own = &schedule.Archived{File: own, Offset: entry.Offset}
			}
			c.page, c.err = p.pageOf(entry, saved)
			c.entry = entry
		}
		if err := yield(c); err != nil || c.whole {
			return err
		}
	}
}

// pageOf is the page of a record, as a fetch would have given it.
func (p *Pipeline) pageOf(e warc.Entry, saved time.Time) (*news.Page, error) {
	page := e.Page()
	switch {
	case page.Status != 0 && (page.Status < 200 || page.Status > 299 || page.Status == 206):
		return nil, fmt.Errorf("%w: HTTP status %d", errNoPage, page.Status)
	case e.Truncated != "":
		return nil, fmt.Errorf("the body is not whole (%s)", e.Truncated)
	}
	var err error
	if page.URL, err = crawler.Normalize(e.URL, nil); err != nil {
		return nil, err
	}
	if page.Body, err = crawler.CheckPage(page.Body, page.ContentType(), p.maxBody()); err != nil {
		if errors.Is(err, crawler.ErrNotHTML) {
			err = fmt.Errorf("%w: %w", errNoPage, err)
		}
		return nil, err
	}
	page.FetchedAt = p.plausible(page.FetchedAt, saved)
	return page, nil
}

// webBegan is before the first page of news was on the web; an earlier date is
// none.
var webBegan = time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC)

// plausible is when a page was fetched: as the record says, else when the file
// was last written, and never in the future. The state counts milliseconds.
func (p *Pipeline) plausible(said, saved time.Time) time.Time {
	now := p.Now()
	for _, at := range []time.Time{said, saved} {
		if at.After(webBegan) && !at.After(now) {
			return at.UTC().Truncate(time.Millisecond)
		}
	}
	return now.UTC().Truncate(time.Millisecond)
}

// inArchive is the name of a file of this corpus's own archive, "" for any
// other file.
func (p *Pipeline) inArchive(path string) string {
	dir, err := os.Stat(filepath.Dir(path))
	archive, errArchive := os.Stat(p.Options.ArchiveDir)
	if err != nil || errArchive != nil || !os.SameFile(dir, archive) {
		return ""
	}
	return filepath.Base(path)
}

// saved reads a page that a browser or another program saved as a file.
func (p *Pipeline) saved(f *os.File, path string, at time.Time) capture {
	c := capture{file: path, offset: -1, via: "saved page " + filepath.Base(path)}
	var body []byte
	if body, c.err = readSaved(f, p.maxBody()); c.err != nil {
		c.whole = true
		return c
	}
	page := &news.Page{Body: body, Header: map[string][]string{"Content-Type": {"text/html"}}, FetchedAt: p.plausible(at, at)}
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

// savedURL is the URL that a saved page names as its own: by a canonical link,
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

// absolute is a URL that needs no base, or "".
func absolute(raw string) string {
	if lower := strings.ToLower(raw); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return raw
	}
	return ""
}
