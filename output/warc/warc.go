// Package warc writes and reads the archive of pages as fetched: WARC 1.1
// (ISO 28500:2017), one gzip member a record, as any tool for web archives
// reads it. Open an archive for writing with NewWriter, read a page back with
// ReadAt, walk through the files of others with NewReader, and keep the folder
// in bounds with Prune.
package warc

import (
	"net/http"
	"strings"
	"time"

	"winnow/news"
)

// Entry is one page with what is known of its fetch. It becomes a response
// record, and behind it, where there is something to say, a request record, a
// conversion record (the page as rendered) and a metadata record that refer to
// it.
type Entry struct {
	URL       string // as asked for; must be absolute
	Status    int    // HTTP status; 0 for a page that was not fetched, which becomes a resource record
	Proto     string // of the status line; "" means HTTP/1.1
	Header    http.Header
	Body      []byte    // after Content-Encoding and Transfer-Encoding were undone
	FetchedAt time.Time // UTC, kept to the millisecond; must not be zero
	IP        string    // address of the server, without port; "" when not known
	Request   http.Header
	Truncated Truncation // "" when the body is whole
	Rendered  []byte     // the document, as HTML in UTF-8, after a browser has run its scripts; nil when none did
	Source    string     // name of the configured source; may be empty
	Hint      news.Hint

	Via   string        // URL of the page that led here; "" when none did
	Depth int           // links followed from the start of the site
	Hops  int           // redirects followed
	Took  time.Duration // from the request to the end of the answer; 0 when not known

	// Offset is where the record begins in its file, as Writer.Append gave it.
	// Readers set it; for writers it means nothing.
	Offset int64
}

// Truncation says why a body is not whole, in the words of the standard
// (WARC-Truncated, section 5.13).
type Truncation string

// The reasons for a body that is not whole.
const (
	ByLength     Truncation = "length"
	ByTime       Truncation = "time"
	ByDisconnect Truncation = "disconnect"
	ByOther      Truncation = "unspecified"
)

// FromPage is the entry of a fetched page. request is what was sent, nil when
// that is not known; ip may be empty.
func FromPage(p *news.Page, request http.Header, ip string) Entry {
	return Entry{
		URL: p.URL, Status: p.Status, Header: p.Header, Body: p.Body, FetchedAt: p.FetchedAt,
		IP: ip, Request: request, Source: p.Source, Hint: p.Hint,
	}
}

// Page is the page of the entry, ready to be cleaned again: as rendered, if it
// was.
func (e *Entry) Page() *news.Page {
	p := &news.Page{
		URL: e.URL, Status: e.Status, Header: e.Header, Body: e.Body, FetchedAt: e.FetchedAt,
		Source: e.Source, Hint: e.Hint,
	}
	if e.Rendered != nil {
		p.Body, p.Rendered, p.Header = e.Rendered, true, e.Header.Clone()
		if p.Header == nil {
			p.Header = http.Header{}
		}
		p.Header.Set(fieldMedia, mediaRendered)
	}
	return p
}

// Field is one named field of a record's header.
type Field struct{ Name, Value string }

// Fields are the named fields of a record in their order.
type Fields []Field

// Value is the first value of the field, whatever the case of its name, or "".
func (f Fields) Value(name string) string {
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// Names of fields and media types that both sides speak of.
const (
	fieldType       = "WARC-Type"
	fieldID         = "WARC-Record-ID"
	fieldDate       = "WARC-Date"
	fieldTarget     = "WARC-Target-URI"
	fieldConcurrent = "WARC-Concurrent-To"
	fieldRefers     = "WARC-Refers-To"
	fieldIP         = "WARC-IP-Address"
	fieldTruncated  = "WARC-Truncated"
	fieldBlock      = "WARC-Block-Digest"
	fieldPayload    = "WARC-Payload-Digest"
	fieldProfile    = "WARC-Profile"
	fieldRefersURL  = "WARC-Refers-To-Target-URI"
	fieldRefersDate = "WARC-Refers-To-Date"
	fieldLength     = "Content-Length"
	fieldMedia      = "Content-Type"

	mediaRequest  = "application/http; msgtype=request"
	mediaResponse = "application/http; msgtype=response"
	mediaFields   = "application/warc-fields"
	mediaRendered = "text/html; charset=utf-8"
)

// renamed is put before the name of a header that described the body as it
// came over the wire and no longer holds for the body as stored. Common Crawl's
// news archives do the same.
const renamed = "X-Crawler-"

// Fields of a metadata record: the first three are those that the standard
// names for crawlers (section 6.4), the others winnow's own.
const (
	aboutVia    = "via"
	aboutHops   = "hopsFromSeed"
	aboutTook   = "fetchTimeMs"
	aboutSource = "winnow-source"
	aboutHint   = "winnow-hint" // JSON
)
