package endtoend

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"winnow/output/warc"
)

// TestRecheckLeavesRevisits asks for every page again: those that have not
// changed come into the archive as revisits, each of a response that is there.
func TestRecheckLeavesRevisits(t *testing.T) {
	s := undisturbedCopy(t)
	responses := map[string]bool{}
	count := func() (revisits int) {
		clear(responses)
		var refers []string
		files, err := filepath.Glob(filepath.Join(archiveOf(s), "*.warc.gz"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, r := range warcRecords(t, file) {
				switch r.Type() {
				case "response":
					responses[r.Fields.Value("WARC-Record-ID")] = true
				case "revisit":
					refers = append(refers, r.Fields.Value("WARC-Refers-To"))
				}
			}
		}
		for _, id := range refers {
			if !responses[id] {
				t.Errorf("a revisit refers to %q, which is not there", id)
			}
		}
		return len(refers)
	}
	before := count()
	pages := len(responses)
	asked := len(s.web.Requests())
	s.run(t, "refresh", "--recheck")
	unchanged := 0
	for _, r := range s.web.Requests()[asked:] {
		if r.Status == 304 {
			unchanged++
		}
	}
	if got := count() - before; got < 20 || got > unchanged {
		t.Errorf("%d revisits were added, and %d requests were answered with 304", got, unchanged)
	}
	if added := len(responses) - pages; added > 5 { // lists that are no sections differ from time to time
		t.Errorf("%d responses were added, though no story had changed", added)
	}
}

// warcRecords are those of a file.
func warcRecords(t *testing.T, file string) (all []warc.Record) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r := warc.NewReader(f, 0); ; {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
}
