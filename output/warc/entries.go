package warc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"winnow/news"
	"winnow/output/disk"
)

// ErrNotPage is the error of [Record.Entry] for a record that is not a page: a
// request, metadata, a revisit, a host name.
var ErrNotPage = errors.New("the record holds no page")

// ErrEncoding is the error for the body of a page whose content encoding is not
// known, or is not the declared one.
var ErrEncoding = errors.New("the body cannot be decompressed")

// ReadAt returns the page at the place in the archive in dir that [Writer.Append]
// has returned. Its body has at most maxBlock bytes; 0 means DefaultMaxBlock. The
// error is fs.ErrNotExist when the file was pruned, and otherwise a *disk.Fault, a
// *BadRecord or ErrNotPage.
func ReadAt(dir, name string, offset, maxBlock int64) (Entry, error) {
	if name != filepath.Base(name) || !filepath.IsLocal(name) {
		return Entry{}, fmt.Errorf("%q is not a file of an archive: %w", name, fs.ErrNotExist)
	}
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return Entry{}, disk.Explain("read", path, err)
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return Entry{}, disk.Explain("read", path, err)
	}
	r := NewReader(f, maxBlock)
	rec, err := r.Next()
	if err == io.EOF {
		err = &BadRecord{Err: ErrTorn}
	}
	if err != nil {
		return Entry{}, at(err, path, offset)
	}
	entry, err := r.complete(&rec)
	if err != nil {
		return Entry{}, at(err, path, offset)
	}
	entry.Offset = offset
	return entry, nil
}

// at adds the file and the place to an error of reading from offset on.
func at(err error, path string, offset int64) error {
	var bad *BadRecord
	if errors.As(err, &bad) {
		bad.Offset += offset
		return fmt.Errorf("%s: %w", path, bad)
	}
	return fmt.Errorf("%s, record at byte %d: %w", path, offset, err)
}

// Entries returns the pages of a file in their order. An error that is a *BadRecord
// concerns one record, and more may follow; any other error is the last. For
// maxBlock see [NewReader].
func Entries(r io.Reader, maxBlock int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		reader := NewReader(r, maxBlock)
		for {
			entry, err := reader.NextEntry()
			if err == io.EOF {
				return
			}
			var bad *BadRecord
			if !yield(entry, err) || err != nil && !errors.As(err, &bad) {
				return
			}
		}
	}
}

// NextEntry returns the next page, with what the records that follow it say about
// it. Errors are those of Next.
func (r *Reader) NextEntry() (Entry, error) {
	for {
		rec, err := r.Next()
		if err != nil {
			return Entry{}, err
		}
		entry, err := r.complete(&rec)
		switch {
		case errors.Is(err, ErrNotPage):
			continue
		case err != nil:
			return Entry{}, &BadRecord{Offset: rec.Offset, Err: err}
		}
		return entry, nil
	}
}

// complete returns the entry of the record and of the records after it that refer
// to it.
func (r *Reader) complete(rec *Record) (Entry, error) {
	entry, err := rec.entry(r.maxBlock)
	if err != nil {
		return entry, err
	}
	id := rec.Fields.Value(fieldID)
	for id != "" {
		next, err := r.Next()
		if err != nil || next.Fields.Value(fieldConcurrent) != id && next.Fields.Value(fieldRefers) != id || !entry.join(&next) {
			r.ahead, r.aheadErr, r.hasAhead = next, err, true
			break
		}
	}
	return entry, nil
}

// join adds what a request, conversion or metadata record says, and reports whether
// it is one.
func (e *Entry) join(rec *Record) bool {
	switch rec.Type() {
	case "request":
		_, header, _, ok := splitHTTP(rec.Block)
		if ok {
			e.Request = header
		}
		return true
	case "conversion":
		if mediaOf(rec.Fields) == "text/html" {
			e.Rendered = rec.Block
		}
		return true
	case "metadata":
		if mediaOf(rec.Fields) == mediaFields {
			e.learn(rec.Block)
		}
		return true
	}
	return false
}

// learn adds what the block of a metadata record says.
func (e *Entry) learn(block []byte) {
	left := len(block) + 1
	fields, _ := readFields(bufio.NewReader(bytes.NewReader(block)), &left) // the block ends without an empty line
	e.Via, e.Source = fields.Value(aboutVia), fields.Value(aboutSource)
	hops := fields.Value(aboutHops)
	e.Depth, e.Hops = strings.Count(hops, "L"), strings.Count(hops, "R")
	if ms, err := strconv.ParseInt(fields.Value(aboutTook), 10, 32); err == nil && ms > 0 {
		e.Took = time.Duration(ms) * time.Millisecond
	}
	var hint news.Hint
	if json.Unmarshal([]byte(fields.Value(aboutHint)), &hint) == nil {
		e.Hint = hint
	}
}

// Entry returns the page of a response or resource record, with its header parsed
// and its body decompressed. The error is ErrNotPage for a record of another type,
// or of another scheme than http and https; ErrMalformed, ErrTooLarge or
// ErrEncoding.
func (r *Record) Entry() (Entry, error) { return r.entry(DefaultMaxBlock) }

func (r *Record) entry(maxBody int64) (Entry, error) {
	e := Entry{
		URL:       strings.Trim(r.Fields.Value(fieldTarget), "<>"), // some tools put brackets around it in WARC 1.0
		IP:        r.Fields.Value(fieldIP),
		Truncated: Truncation(strings.ToLower(r.Fields.Value(fieldTruncated))),
		Offset:    r.Offset,
	}
	if !hasPrefixFold(e.URL, "http://") && !hasPrefixFold(e.URL, "https://") {
		return e, ErrNotPage
	}
	if date, err := time.Parse(time.RFC3339Nano, r.Fields.Value(fieldDate)); err == nil {
		e.FetchedAt = date.UTC()
	}
	switch r.Type() {
	case "resource":
		e.Header = http.Header{}
		if media := r.Fields.Value(fieldMedia); media != "" {
			e.Header.Set(fieldMedia, media)
		}
		e.Body = r.Block
		return e, nil
	case "response":
		if media := mediaOf(r.Fields); media != "application/http" && media != "" {
			return e, ErrNotPage
		}
	default:
		return e, ErrNotPage
	}
	start, header, body, ok := splitHTTP(r.Block)
	proto, rest, _ := strings.Cut(start, " ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err := strconv.Atoi(code)
	if !ok || err != nil || status < 100 || status > 999 || !hasPrefixFold(proto, "HTTP/") {
		return e, fmt.Errorf("%w: its HTTP answer begins with %.60q", ErrMalformed, start)
	}
	e.Status, e.Proto, e.Header = status, proto, header
	e.Body, err = decodeBody(header, body, maxBody)
	return e, err
}

// splitHTTP splits an HTTP message into its first line, its header and its body.
// As browsers do, it skips lines that are not fields.
func splitHTTP(block []byte) (start string, header http.Header, body []byte, ok bool) {
	header = http.Header{}
	line, rest, found := bytes.Cut(block, []byte("\n"))
	if !found && len(line) == 0 {
		return "", header, nil, false
	}
	start = strings.TrimSpace(string(line))
	for {
		line, rest, found = bytes.Cut(rest, []byte("\n"))
		if line = bytes.TrimRight(line, "\r"); len(line) == 0 {
			return start, header, rest, true
		}
		if name, value, colon := strings.Cut(string(line), ":"); colon && isToken(name) {
			key := textproto.CanonicalMIMEHeaderKey(name)
			header[key] = append(header[key], strings.TrimSpace(value))
		}
		if !found {
			return start, header, nil, true
		}
	}
}

// mediaOf returns the media type of a record without parameters, in lower case.
func mediaOf(f Fields) string {
	media, _, _ := strings.Cut(f.Value(fieldMedia), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// isCorrupt reports whether err is damage in compressed data, and not an error of
// the file.
func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}
