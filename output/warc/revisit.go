package warc

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"winnow/output/disk"
)

// Profiles of revisit records (WARC 1.1, section 6.7.2 and 6.7.3).
const (
	profileSame        = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	profileNotModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// Original is what a revisit record says about the record of the unchanged page.
type Original struct {
	ID, URL, Date string
	Digest        string // of its payload
}

// OriginalAt returns the Original for the response at the place in the archive in
// dir that [Writer.Append] has returned. The error is fs.ErrNotExist when the file
// was pruned, ErrNotPage when there is no response, a *BadRecord or a *disk.Fault.
func OriginalAt(dir, name string, offset int64) (Original, error) {
	if name != filepath.Base(name) || !filepath.IsLocal(name) {
		return Original{}, fmt.Errorf("%q is not a file of an archive: %w", name, fs.ErrNotExist)
	}
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return Original{}, disk.Explain("read", path, err)
	}
	defer f.Close()
	fields, err := headAt(io.NewSectionReader(f, offset, 1<<62-offset))
	if err != nil {
		return Original{}, fmt.Errorf("%s: %w", path, &BadRecord{Offset: offset, Err: err})
	}
	if fields.Value(fieldType) != "response" || fields.Value(fieldPayload) == "" {
		return Original{}, fmt.Errorf("%s, record at byte %d: %w", path, offset, ErrNotPage)
	}
	return Original{ID: fields.Value(fieldID), URL: fields.Value(fieldTarget), Date: fields.Value(fieldDate), Digest: fields.Value(fieldPayload)}, nil
}

// headAt reads the header of a compressed record.
func headAt(r io.Reader) (Fields, error) {
	gz, err := gzip.NewReader(bufio.NewReaderSize(r, 4<<10))
	if err != nil {
		return nil, err
	}
	left := maxHeader
	src := bufio.NewReaderSize(gz, 4<<10)
	if _, err := readLine(src, &left); err != nil {
		return nil, err
	}
	return readFields(src, &left)
}

// AppendRevisit writes that the page of an earlier record was fetched again and had
// not changed, and returns when that is on disk. The entry is the new answer; its
// body is not stored. written is false, and nothing is written, when that body is
// not the original's. Errors are those of Append.
func (w *Writer) AppendRevisit(e *Entry, of Original) (written bool, err error) {
	if e.Status != http.StatusNotModified && digest(e.Body) != of.Digest {
		return false, nil
	}
	records, err := e.records()
	if err != nil {
		return false, err
	}
	page := &records[0]
	profile := profileSame
	if e.Status == http.StatusNotModified {
		profile = profileNotModified
	}
	kept := Fields{{fieldProfile, profile}, {fieldRefers, of.ID}, {fieldRefersURL, of.URL}, {fieldRefersDate, of.Date}, {fieldPayload, of.Digest}}
	for _, f := range page.fields {
		switch f.Name {
		case fieldType:
			f.Value = "revisit"
		case fieldPayload:
			continue
		}
		kept = append(kept, f)
	}
	if profile == profileSame && len(e.Body) > 0 && e.Truncated == "" {
		kept = append(kept, Field{fieldTruncated, string(ByLength)}) // required where a body is left out
	}
	page.fields = kept
	page.block = bytes.TrimSuffix(page.block, e.Body)
	_, _, err = w.append(records)
	return err == nil, err
}
