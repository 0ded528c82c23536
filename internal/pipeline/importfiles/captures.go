package importfiles

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
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"winnow/crawler"
	"winnow/crawler/fulltext"
	"winnow/news"
	"winnow/output/warc"
	"winnow/schedule"
)

// capture is one page of a file, or the reason why there is none.
type capture struct {
	file   string
	offset int64 // of the record; -1 for a saved page, or a file as a whole
	via    string
	page   *news.Page
	entry  warc.Entry         // what else the record holds; its body is the page's
	own    *schedule.Archived // where the page is, when the file is of our own archive
	url    string             // as the record has it, for messages
	err    error
	whole  bool // err ends the reading of the file

	damaged bool // the record itself is, or the page was named and cannot be used
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

// HoldsPages reports whether a path is to be imported, and is no list of URLs: a
// folder, a WARC file or a saved HTML page, by its name or by how its content
// begins.
func HoldsPages(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || hasEnding(path, warcEndings) || hasEnding(path, savedEndings) {
		return err == nil, err
	}
	start, err := beginning(path)
	text := bytes.ToLower(bytes.TrimLeft(start, "\ufeff \t\r\n"))
	return bytes.HasPrefix(start, []byte("WARC/")) || bytes.HasPrefix(text, []byte("<!doctype html")) || bytes.HasPrefix(text, []byte("<html")), err
}

// beginning returns how a file begins, uncompressed; what cannot be uncompressed
// as it is.
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
func (m *Importer) captures(ctx context.Context, root string, yield func(capture) error) (files int, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return 0, err
	}
	if !info.IsDir() {
		return 1, m.captureFile(ctx, root, yield)
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
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil // a link to a folder; a pipe, socket or device, which may have no end
		}
		files++
		return m.captureFile(ctx, path, yield)
	})
	return files, err
}

func (m *Importer) captureFile(ctx context.Context, path string, yield func(capture) error) error {
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
		return yield(m.saved(f, path, info.ModTime()))
	}
	return m.records(ctx, f, path, info.ModTime(), yield)
}

// records walks through a WARC file.
func (m *Importer) records(ctx context.Context, f *os.File, path string, saved time.Time, yield func(capture) error) error {
	limit := m.maxBody()
	reader := warc.NewReader(f, limit+1<<20) // a record has a header besides
	own := m.Archive.Own(path)
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
			c.offset, c.err, c.damaged = bad.Offset, bad.Err, true
		case err != nil:
			c.offset, c.whole = -1, true
		default:
			if own != "" {
				c.own = &schedule.Archived{File: own, Offset: entry.Offset}
			}
			c.page, c.err = m.pageOf(entry, saved)
			c.entry = entry
		}
		if err := yield(c); err != nil || c.whole {
			return err
		}
	}
}

// pageOf returns the page of a record, as a fetch would have.
func (m *Importer) pageOf(e warc.Entry, saved time.Time) (*news.Page, error) {
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
	if fulltext.IsPacked(page.ContentType()) {
		_, err = fulltext.Page(page)
	} else {
		page.Body, err = crawler.CheckPage(page.Body, page.ContentType(), m.maxBody())
	}
	if errors.Is(err, crawler.ErrNotHTML) || errors.Is(err, fulltext.ErrNotPacked) {
		err = fmt.Errorf("%w: %w", errNoPage, err)
	}
	if err != nil {
		return nil, err
	}
	page.FetchedAt = m.plausible(page.FetchedAt, saved)
	return page, nil
}

// webBegan is before the first page of news was on the web; an earlier date is
// none.
var webBegan = time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC)

// plausible returns when a page was fetched: as the record says, else when the
// file was last written, and never in the future. The state counts milliseconds.
func (m *Importer) plausible(said, saved time.Time) time.Time {
	now := m.Now()
	for _, at := range []time.Time{said, saved} {
		if at.After(webBegan) && !at.After(now) {
			return at.UTC().Truncate(time.Millisecond)
		}
	}
	return now.UTC().Truncate(time.Millisecond)
}

// maxBody is the largest body of a page, in bytes.
func (m *Importer) maxBody() int64 {
	if m.Options.MaxBody > 0 {
		return m.Options.MaxBody
	}
	return warc.DefaultMaxBlock
}
