package crawler

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// Limits of ParseSitemap: those of the protocol (sitemaps.org, 50,000 URLs and
// 50 MB a file, unpacked), and of one value.
const (
	MaxSitemapEntries = 50000
	maxSitemapBytes   = 50 << 20
	maxSitemapValue   = 4 << 10
	maxSitemapDepth   = 100
)

// Sitemap is what a sitemap or an index of sitemaps holds.
type Sitemap struct {
	Entries   []Entry // pages
	Children  []Entry // further sitemaps, of an index
	Truncated bool    // there is more than MaxSitemapEntries or 50 MiB of it
	Skipped   int     // entries without a usable URL
}

// ErrNotSitemap is the error of ParseSitemap for what is no sitemap at all.
var ErrNotSitemap = errors.New("not a sitemap")

// ParseSitemap reads a sitemap (with the news extension), an index, a list of
// URLs as text, or a feed used as a sitemap, plain or gzip, that came from the
// URL base. Of a broken one it gives what came before the fault, together with
// an error that says what is wrong. It streams: memory is bounded by the
// limits, not by what the body unpacks to.
func ParseSitemap(body []byte, contentType, base string) (Sitemap, error) {
	from, err := urlParser.Parse(base)
	if err != nil {
		return Sitemap{}, err
	}
	var in io.Reader = bytes.NewReader(body)
	if isGzip(body) {
		in = newGunzip(in)
	}
	r := bufio.NewReaderSize(&limitReader{r: in, left: maxSitemapBytes, limit: maxSitemapBytes}, 4<<10)
	start, err := r.Peek(4 << 10)
	if len(start) == 0 && err != nil && err != io.EOF {
		return Sitemap{}, err
	}
	p := &sitemapReader{base: from}
	switch name := rootName(start); {
	case name == "urlset" || name == "sitemapindex":
		err = p.xml(sitemapText(r, start))
	case isFeedRoot(name):
		return sitemapOfFeed(r, contentType, base)
	case name != "":
		return Sitemap{}, fmt.Errorf("%w: <%s>", ErrNotSitemap, clip(name, 40))
	default:
		err = p.text(r)
	}
	if errors.Is(err, ErrTooLarge) {
		p.out.Truncated = true
	}
	return p.out, err
}

func sitemapOfFeed(r io.Reader, contentType, base string) (Sitemap, error) {
	body, err := readAll(&limitReader{r: r, left: defaultMaxBody, limit: defaultMaxBody}, 64<<10)
	if err != nil {
		return Sitemap{}, err
	}
	feed, err := ParseFeed(body, contentType, base)
	return Sitemap{Entries: feed.Entries, Truncated: feed.Left > 0, Skipped: feed.Skipped}, err
}

// sitemapText is the sitemap as UTF-8. Bytes that are none, and control
// characters, would end the parse: they become replacement characters and
// spaces.
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

// trimPartial cuts a character that the end of a peek may have cut in two.
func trimPartial(b []byte) []byte {
	for i := 0; i < utf8.UTFMax && len(b) > 0; i++ {
		if r, n := utf8.DecodeLastRune(b); r != utf8.RuneError || n != 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return b
}

// controlFilter makes spaces of the control characters that XML forbids.
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
	stack []string // local names of the open elements
	value []byte   // of the innermost one that is of use
	entry map[string]string
}

// xml reads urlset and sitemapindex. Raw tokens are used, since they do not
// mind tags that do not match.
func (p *sitemapReader) xml(r io.Reader) error {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // done in sitemapText
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			if len(p.stack) > 0 {
				return fmt.Errorf("broken sitemap after %d entries: <%s> is not closed", p.count(), clip(p.stack[0], 40))
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("broken sitemap after %d entries: %w", p.count(), err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(p.stack) == maxSitemapDepth {
				return fmt.Errorf("broken sitemap after %d entries: more than %d elements deep", p.count(), maxSitemapDepth)
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
			if done := p.end(strings.ToLower(t.Name.Local)); done {
				return nil
			}
		}
	}
}

func (p *sitemapReader) count() int { return len(p.out.Entries) + len(p.out.Children) }

// isEntry says whether the innermost element is a url or a sitemap.
func (p *sitemapReader) isEntry() bool {
	n := len(p.stack)
	return n == 2 && (p.stack[1] == "url" || p.stack[1] == "sitemap")
}

// end closes an element and says whether the limit of entries was passed.
func (p *sitemapReader) end(name string) bool {
	at := -1
	for i := len(p.stack) - 1; i >= 0; i-- {
		if p.stack[i] == name {
			at = i
			break
		}
	}
	if at < 0 {
		return false
	}
	p.stack = p.stack[:at+1]
	if p.isEntry() {
		full := p.add()
		p.entry = nil
		p.stack = p.stack[:at]
		return full
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
	return false
}

// add files the entry that has just ended, and says whether it was one too many.
func (p *sitemapReader) add() bool {
	to, err := normalize(p.entry["loc"], p.base)
	if err != nil || p.entry["loc"] == "" {
		p.out.Skipped++
		return false
	}
	if p.count() == MaxSitemapEntries {
		p.out.Truncated = true
		return true
	}
	e := Entry{URL: to}
	e.Hint.Modified = parseDate(p.entry["lastmod"])
	if p.stack[1] == "sitemap" {
		p.out.Children = append(p.out.Children, e)
		return false
	}
	e.Hint.Date = parseDate(p.entry["publication_date"])
	e.Hint.Title = clipRunes(plainText(p.entry["title"]), maxTitle)
	p.out.Entries = append(p.out.Entries, e)
	return false
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
			p.out.Truncated = true
			return nil
		}
		p.out.Entries = append(p.out.Entries, Entry{URL: to})
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("broken sitemap after %d entries: %w", len(p.out.Entries), err)
	}
	if len(p.out.Entries) == 0 {
		return ErrNotSitemap
	}
	return nil
}
