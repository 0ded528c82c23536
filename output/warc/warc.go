// Package warc writes and reads the archive of pages as fetched: WARC 1.1 (ISO
// 28500:2017), one gzip member per record, which tools for web archives read.
//
// Write with [NewWriter] and [Writer.Append]; read a page back with [ReadAt], and
// files of any tool with [Entries] or [NewReader]; limit the archive with [Prune].
// An [Entry] is a page with what is known of its fetch. encode.go lays it out as
// records, writer.go appends them so that a crash tears at most the end of a file,
// revisit.go writes that a page has not changed. reader.go reads records, past
// damage too, entries.go and body.go make entries of them.
package warc

import (
	"net/http"
	"strings"
	"time"

	"winnow/news"
)

// Entry is one page with what is known of its fetch. It becomes a response record,
// followed by a request record, a conversion record (the page as rendered) and a
// metadata record that refer to it, as far as they have something to say.
type Entry struct {
	URL       string // as requested; must be absolute
	Status    int    // HTTP status; 0 for a page that was not fetched, which becomes a resource record
	Proto     string // of the status line; "" means HTTP/1.1
	Header    http.Header
	Body      []byte    // without Content-Encoding and Transfer-Encoding
	FetchedAt time.Time // UTC, kept to the millisecond; must not be zero
	IP        string    // address of the server, without port; "" when not known
	Request   http.Header
	Truncated Truncation // "" when the body is whole
	Rendered  []byte     // the document, as HTML in UTF-8, after a browser has run its scripts; nil if it was not rendered
	Source    string     // name of the configured source; may be empty
	Hint      news.Hint

	Via   string        // URL of the page that led here; "" for none
	Depth int           // links followed from the start of the site
	Hops  int           // redirects followed
	Took  time.Duration // from the request to the end of the answer; 0 when not known

	// Offset is where the record begins in its file, in bytes. Readers set it;
	// writers ignore it.
	Offset int64
}

// Truncation is the reason for which a body is not complete, in the words of the
// standard (WARC-Truncated, section 5.13).
type Truncation string

// The reasons for which a body is not complete.
const (
	ByLength     Truncation = "length"
	ByTime       Truncation = "time"
	ByDisconnect Truncation = "disconnect"
	ByOther      Truncation = "unspecified"
)

// FromPage returns the entry of a fetched page. request is the header that was
// sent, nil when it is not known; ip is the server's address and may be "".
func FromPage(p *news.Page, request http.Header, ip string) Entry {
	return Entry{
		URL: p.URL, Status: p.Status, Header: p.Header, Body: p.Body, FetchedAt: p.FetchedAt,
		IP: ip, Request: request, Source: p.Source, Hint: p.Hint,
	}
}

// Page returns the page of the entry, to be cleaned again: as rendered, if it was.
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

// Value returns the first value of the field, whatever the case of its name, or "".
func (f Fields) Value(name string) string {
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// Names of fields and media types.
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

// renamed is put before the name of a header that describes the body as it came
// over the wire and not as it is stored. Common Crawl's news archives do the same.
const renamed = "X-Crawler-"

// Fields of a metadata record. The first three are the standard's for crawlers
// (section 6.4), the others winnow's.
const (
	aboutVia    = "via"
	aboutHops   = "hopsFromSeed"
	aboutTook   = "fetchTimeMs"
	aboutSource = "winnow-source"
	aboutHint   = "winnow-hint" // JSON
)
