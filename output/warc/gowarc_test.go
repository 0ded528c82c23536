package warc

import (
	"bytes"
	stdgzip "compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nlnwa/gowarc/v3"
)

// otherReader reads archives by gowarc, a reader that is not ours, and checks
// each record against what it claims and against what our reader makes of it.
// The zero value is ready for use.
type otherReader struct {
	ids     map[string]bool
	refers  []reference
	types   map[string]int // records of each type
	digests int            // that were checked
	faults  []string
}

// reference is a field of a record that names another record.
type reference struct{ file, id, field, target string }

func (o *otherReader) fault(file, id, format string, args ...any) {
	o.faults = append(o.faults, fmt.Sprintf("%s, %s: %s", filepath.Base(file), id, fmt.Sprintf(format, args...)))
}

// read reads a file. Whether the records exist that its records name is checked
// by references, once all files are read.
func (o *otherReader) read(file string) error {
	if o.ids == nil {
		o.ids, o.types = map[string]bool{}, map[string]int{}
	}
	theirs, err := gowarc.NewWarcFileReader(file, 0, gowarc.WithSyntaxErrorPolicy(gowarc.ErrWarn), gowarc.WithSpecViolationPolicy(gowarc.ErrWarn),
		gowarc.WithUnknownRecordTypePolicy(gowarc.ErrWarn), gowarc.WithBlockErrorPolicy(gowarc.ErrWarn))
	if err != nil {
		return err
	}
	defer theirs.Close()
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	ours := NewReader(f, 0)
	for record, err := range theirs.Records() {
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := o.record(file, &record, ours); err != nil {
			return fmt.Errorf("%s, record at byte %d: %w", file, record.Offset, err)
		}
		record.Close()
	}
	if _, err := ours.Next(); err != io.EOF {
		o.fault(file, "the end", "our reader reads on: %v", err)
	}
	return nil
}

// record checks one record, and that ours is the same.
func (o *otherReader) record(file string, r *gowarc.Record, ours *Reader) error {
	record, header := r.WarcRecord, r.WarcRecord.WarcHeader()
	id := header.Get(gowarc.WarcRecordID)
	if id == "" || o.ids[id] {
		o.fault(file, id, "the ID is missing, or another record's too")
	}
	o.ids[id] = true
	o.types[record.Type().String()]++
	for _, field := range []string{gowarc.WarcRefersTo, gowarc.WarcConcurrentTo} {
		for _, target := range header.GetAll(field) {
			o.refers = append(o.refers, reference{file, id, field, target})
		}
	}
	invalid, err := record.ValidateDigest() // and Content-Length
	if err != nil {
		return err
	}
	for _, err := range append(slices.Clone(r.Validation), invalid...) {
		o.fault(file, id, "%v", err)
	}
	for _, field := range []string{gowarc.WarcBlockDigest, gowarc.WarcPayloadDigest} {
		if header.Has(field) {
			o.digests++
		} else if field == gowarc.WarcBlockDigest || record.Type() == gowarc.Response {
			o.fault(file, id, "no %s", field)
		}
	}
	return o.compare(file, id, r, ours)
}

// compare reads the next record by our reader too.
func (o *otherReader) compare(file, id string, r *gowarc.Record, ours *Reader) error {
	own, err := ours.Next()
	if err != nil {
		return fmt.Errorf("our reader: %w", err)
	}
	raw, err := r.WarcRecord.Block().RawBytes()
	if err != nil {
		return err
	}
	block, err := io.ReadAll(raw)
	if err != nil {
		return err
	}
	if own.Offset != r.Offset || own.Type() != r.WarcRecord.Type().String() || !bytes.Equal(own.Block, block) {
		o.fault(file, id, "our reader makes it a %s of %d bytes at %d, not a %s of %d at %d",
			own.Type(), len(own.Block), own.Offset, r.WarcRecord.Type(), len(block), r.Offset)
	}
	for _, field := range own.Fields {
		if !slices.Contains(r.WarcRecord.WarcHeader().GetAll(field.Name), field.Value) {
			o.fault(file, id, "our reader makes %s %q", field.Name, field.Value)
		}
	}
	response, ok := r.WarcRecord.Block().(gowarc.HttpResponseBlock)
	if !ok || r.WarcRecord.Type() != gowarc.Response {
		return nil
	}
	entry, err := own.entry(ours.maxBlock)
	if err != nil {
		return fmt.Errorf("our reader: %w", err)
	}
	payload, err := response.PayloadBytes()
	if err != nil {
		return err
	}
	body, err := io.ReadAll(payload)
	if err != nil {
		return err
	}
	if entry.Status != response.HttpStatusCode() || entry.Status == 0 || !bytes.Equal(entry.Body, body) {
		o.fault(file, id, "our reader makes it status %d with %d bytes, not %d with %d", entry.Status, len(entry.Body), response.HttpStatusCode(), len(body))
	}
	return nil
}

// references checks that each record that is named is in one of the files.
func (o *otherReader) references() {
	for _, r := range o.refers {
		if !o.ids[r.target] {
			o.fault(r.file, r.id, "%s names no record of these files: %s", r.field, r.target)
		}
	}
}

func (o *otherReader) String() string {
	var types []string
	for _, name := range slices.Sorted(maps.Keys(o.types)) {
		types = append(types, fmt.Sprintf("%d %s", o.types[name], name))
	}
	return fmt.Sprintf("%d records (%s), %d digests and %d references", len(o.ids), strings.Join(types, ", "), o.digests, len(o.refers))
}

// TestFilesByGowarc reads the archives that the variable WINNOW_WARC names, each
// a file or a folder: those of a whole crawl, see .ci/endtoend.
func TestFilesByGowarc(t *testing.T) {
	places := filepath.SplitList(os.Getenv("WINNOW_WARC"))
	if len(places) == 0 {
		t.Skip("WINNOW_WARC names no archive")
	}
	var o otherReader
	for _, place := range places {
		files := []string{place}
		if info, err := os.Stat(place); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(place, "*.warc.gz")); err != nil || len(files) == 0 {
				t.Fatalf("%s: no archive, %v", place, err)
			}
		}
		for _, file := range files {
			if err := o.read(file); err != nil {
				t.Error(err)
			}
		}
	}
	o.references()
	for _, fault := range o.faults {
		t.Error(fault)
	}
	if o.types["response"] == 0 {
		t.Error("no response")
	}
	t.Log(&o)
}

// readByGowarc reads the archive that a test has written and closed.
func readByGowarc(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var o otherReader
	for _, file := range files {
		if err := o.read(file); err != nil {
			t.Error(err)
		}
	}
	o.references()
	for _, fault := range o.faults {
		t.Error(fault)
	}
}

// TestGowarcSeesFaults damages archives: what is checked is found.
func TestGowarcSeesFaults(t *testing.T) {
	good := archive(t)
	z, err := stdgzip.NewReader(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	records := strings.SplitAfter(string(plain), "\r\n\r\nWARC/1.1\r\n")
	for i := range records[:len(records)-1] {
		records[i] = strings.TrimSuffix(records[i], "WARC/1.1\r\n")
		records[i+1] = "WARC/1.1\r\n" + records[i+1]
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"as it was", "", "", ""},
		{"another body", "<p>page 1</p>", "<p>page 7</p>", "block: "},
		{"another payload digest", "WARC-Payload-Digest: sha1:", "WARC-Payload-Digest: sha1:A", "payload: "},
		{"no block digest", "WARC-Block-Digest", "X-Digest", "no WARC-Block-Digest"},
		{"no payload digest", "WARC-Payload-Digest", "X-Digest", "no WARC-Payload-Digest"},
		{"reference to nothing", "WARC-Concurrent-To: <urn:uuid:", "WARC-Concurrent-To: <urn:uuid:0", "names no record"},
		{"no ID", "WARC-Record-ID", "X-ID", "WARC-Record-ID"},
		{"no type", "WARC-Type", "X-Type", "WARC-Type"},
		{"no date", "WARC-Date", "X-Date", "WARC-Date"},
		{"length", "Content-Length: 1", "Content-Length: 2", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file strings.Builder
			for _, record := range records {
				file.WriteString(zipped(strings.Replace(record, test.old, test.new, 1)))
			}
			path := filepath.Join(t.TempDir(), "a.warc.gz")
			if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			var o otherReader
			err := o.read(path)
			o.references()
			all := fmt.Sprint(o.faults, err)
			if clean := err == nil && len(o.faults) == 0; clean != (test.name == "as it was") || !strings.Contains(all, test.want) {
				t.Errorf("%s", all)
			}
		})
	}
}
