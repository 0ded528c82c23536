package crawler

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"

	"winnow/crawler/internal/feedscan"
)

// Limits of a sitemap: those of the protocol (sitemaps.org: 50,000 URLs and
// 50 MB a file, unpacked), and of one value.
const (
	MaxSitemapEntries = 50000
	maxSitemapBytes   = 50 << 20
	maxSitemapValue   = 4 << 10
	maxSitemapDepth   = 100
)

// Sitemap is what a sitemap or an index of sitemaps holds.
type Sitemap struct {
	Entries  []Entry // pages
	Children []Entry // further sitemaps, of an index
	Skipped  int     // entries without a usable URL
}

// Errors of [ParseSitemap], besides [ErrTooLarge].
var (
	ErrNotSitemap     = errors.New("not a sitemap")
	ErrTooManyEntries = errors.New("too many entries")
)

// FetchSitemap fetches a sitemap and reads it while it arrives, into
// Answer.Sitemap; what is wrong with it is not an error of the fetch, but
// Answer.SitemapFault. There is no Page. The limit is 50 MiB, that of the
// protocol, in place of Options.MaxBody, and the time limit is twice as long.
// Otherwise answer and error are those of Fetch.
func (c *Crawler) FetchSitemap(ctx context.Context, r Request) (*Answer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: r, accept: acceptSitemap, sitemap: true,
		limit: maxSitemapBytes, more: c.options.Timeout}
	return x.run(ctx, x.direct)
}

// readSitemap reads the sitemap of a 2xx answer. A body that breaks off is an
// error; a sitemap that is too large or broken is not.
func (x *exchange) readSitemap(res *http.Response) error {
	body, done, err := openBody(res, x.limit)
	defer done()
	if err != nil {
		return err
	}
	sum := sha256.New()
	in := &erringReader{r: io.TeeReader(body, sum)}
	sitemap, fault := ParseSitemap(in, res.Header.Get("Content-Type"), x.request.URL)
	if in.err == nil { // the sum is of the whole body
		io.Copy(io.Discard, in)
	}
	if in.err != io.EOF && !errors.Is(in.err, ErrTooLarge) {
		return in.err
	}
	x.answer.Sitemap, x.answer.SitemapFault = &sitemap, fault
	x.answer.BodySHA = hex.EncodeToString(sum.Sum(nil))
	x.answer.Validators = x.validators(res.Header)
	return nil
}

// erringReader records the error that ended r, io.EOF included.
type erringReader struct {
	r   io.Reader
	err error
}

func (e *erringReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil {
		e.err = err
	}
	return n, err
}

// ParseSitemap reads a sitemap (with the news extension), an index of sitemaps, a
// list of URLs as text, or a feed used as a sitemap, plain or gzip, that was
// fetched from the URL base. If it is broken or beyond a limit, what came before
// is returned with an error: ErrNotSitemap for what is not a sitemap at all,
// ErrTooLarge beyond 50 MiB decompressed, ErrTooManyEntries beyond
// MaxSitemapEntries, or one that describes the fault. Memory grows with the
// entries, not with the size of the body; but a feed is read whole, up to 10 MiB.
func ParseSitemap(body io.Reader, contentType, base string) (Sitemap, error) {
	from, err := urlParser.Parse(base)
	if err != nil {
		return Sitemap{}, err
	}
	packed := bufio.NewReader(body)
	body = packed
	if first, _ := packed.Peek(2); isGzip(first) {
		body = newGunzip(packed)
	}
	r := bufio.NewReaderSize(limited(body, maxSitemapBytes), 4<<10)
	start, err := r.Peek(4 << 10)
	if len(start) == 0 && err != nil && err != io.EOF {
		return Sitemap{}, err
	}
	p := &sitemapReader{base: from}
	switch name := feedscan.RootName(start); {
	case name == "urlset" || name == "sitemapindex":
		err = p.xml(sitemapText(r, start))
	case feedscan.IsFeedRoot(name):
		return sitemapOfFeed(r, contentType, base)
	case name != "":
		return Sitemap{}, fmt.Errorf("%w: <%s>", ErrNotSitemap, clip(name, 40))
	default:
		err = p.text(r)
	}
	return p.out, err
}

// sitemapOfFeed reads a feed as a sitemap.
func sitemapOfFeed(r io.Reader, contentType, base string) (Sitemap, error) {
	body, err := readAll(limited(r, defaultMaxBody), 64<<10)
	if err != nil {
		return Sitemap{}, err
	}
	feed, err := ParseFeed(body, contentType, base)
	if err == nil && feed.Omitted > 0 {
		err = fmt.Errorf("%w: of a feed's only the first %d are read", ErrTooManyEntries, MaxFeedEntries)
	}
	return Sitemap{Entries: feed.Entries, Skipped: feed.Skipped}, err
}

// sitemapText returns a reader of the sitemap, which begins with start, in UTF-8.
// Invalid bytes and control characters, which would end the parse, become
// replacement characters and spaces.
func sitemapText(r io.Reader, start []byte) io.Reader {
	label := xmlEncoding(start)
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		r = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case label != "" && !strings.EqualFold(label, "utf-8") && !utf8.Valid(trimPartial(start)):
		if decoded, err := charset.NewReaderLabel(label, r); err == nil {
			r = decoded
		}
	}
	return &controlFilter{unicode.UTF8.NewDecoder().Reader(r)} // replaces ill-formed bytes
}

// trimPartial removes the part of a character at the end of b.
func trimPartial(b []byte) []byte {
	for i := 0; i < utf8.UTFMax && len(b) > 0; i++ {
		if r, n := utf8.DecodeLastRune(b); r != utf8.RuneError || n != 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return b
}

// controlFilter replaces the control characters that XML forbids by spaces.
type controlFilter struct{ r io.Reader }

func (c *controlFilter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' {
			p[i] = ' '
		}
	}
	return n, err
}

// sitemapReader collects the entries of one sitemap.
type sitemapReader struct {
	base  *whatwg.Url
	out   Sitemap
	stack []string          // local names of the open elements
	value []byte            // text of the innermost one, at most maxSitemapValue bytes
	entry map[string]string // of the entry that is open: element → text
}

// xml reads urlset and sitemapindex. It uses raw tokens, with which tags need not
// match.
func (p *sitemapReader) xml(r io.Reader) error {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // done in sitemapText
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			if len(p.stack) > 0 {
				return p.broken(fmt.Errorf("<%s> is not closed", clip(p.stack[0], 40)))
			}
			return nil
		}
		if err != nil {
			return p.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(p.stack) == maxSitemapDepth {
				return p.broken(fmt.Errorf("more than %d elements deep", maxSitemapDepth))
			}
			p.stack = append(p.stack, strings.ToLower(t.Name.Local))
			p.value = p.value[:0]
			if p.isEntry() {
				p.entry = make(map[string]string, 4)
			}
		case xml.CharData:
			if room := maxSitemapValue - len(p.value); room > 0 {
				p.value = append(p.value, t[:min(len(t), room)]...)
			}
		case xml.EndElement:
			if err := p.end(strings.ToLower(t.Name.Local)); err != nil {
				return err
			}
		}
	}
}

// broken returns the error for a sitemap that cannot be read further.
func (p *sitemapReader) broken(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%w: only the first %d entries are read", err, p.count())
	}
	return fmt.Errorf("broken sitemap after %d entries: %w", p.count(), err)
}

func (p *sitemapReader) count() int { return len(p.out.Entries) + len(p.out.Children) }

// isEntry reports whether the innermost element is a url or a sitemap.
func (p *sitemapReader) isEntry() bool {
	n := len(p.stack)
	return n == 2 && (p.stack[1] == "url" || p.stack[1] == "sitemap")
}

// end closes an element. The error is that of add.
func (p *sitemapReader) end(name string) error {
	at := -1
	for i := len(p.stack) - 1; i >= 0; i-- {
		if p.stack[i] == name {
			at = i
			break
		}
	}
	if at < 0 {
		return nil
	}
	p.stack = p.stack[:at+1]
	if p.isEntry() {
		err := p.add()
		p.entry = nil
		p.stack = p.stack[:at]
		return err
	}
	if p.entry != nil {
		inNews := at == 3 && p.stack[2] == "news"
		switch {
		case at == 2 && (name == "loc" || name == "lastmod"), inNews && (name == "title" || name == "publication_date"):
			if _, known := p.entry[name]; !known {
				p.entry[name] = strings.TrimSpace(string(p.value))
			}
		}
	}
	p.value = p.value[:0]
	p.stack = p.stack[:at]
	return nil
}

// errFull is the error for the first entry beyond the limit.
var errFull = fmt.Errorf("%w: only the first %d are read", ErrTooManyEntries, MaxSitemapEntries)

// add adds the entry that has ended, or returns errFull.
func (p *sitemapReader) add() error {
	to, err := normalize(p.entry["loc"], p.base)
	if err != nil || p.entry["loc"] == "" {
		p.out.Skipped++
		return nil
	}
	if p.count() == MaxSitemapEntries {
		return errFull
	}
	e := Entry{URL: to}
	e.Hint.Modified = parseDate(p.entry["lastmod"])
	if p.stack[1] == "sitemap" {
		p.out.Children = append(p.out.Children, e)
		return nil
	}
	e.Hint.Date = parseDate(p.entry["publication_date"])
	e.Hint.Title = clipRunes(plainText(p.entry["title"]), maxTitle)
	p.out.Entries = append(p.out.Entries, e)
	return nil
}

// text reads a list of URLs, one a line.
func (p *sitemapReader) text(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<10)
	for lines.Scan() {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		to, err := normalize(string(line), nil)
		if err != nil {
			p.out.Skipped++
			if len(p.out.Entries) == 0 && p.out.Skipped >= 20 {
				return ErrNotSitemap
			}
			continue
		}
		if len(p.out.Entries) == MaxSitemapEntries {
			return errFull
		}
		p.out.Entries = append(p.out.Entries, Entry{URL: to})
	}
	if err := lines.Err(); err != nil {
		return p.broken(err)
	}
	if len(p.out.Entries) == 0 {
		return ErrNotSitemap
	}
	return nil
}
