package warc

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRevisit fetches a page again: it has the same bytes, is not modified, or is
// another. The records are compared with sections 6.7 and 5 of the standard.
func TestRevisit(t *testing.T) {
	w := newWriter(t, Options{})
	first := page("https://news.example/1", "<p>one</p>")
	name, offset, err := w.Append(&first)
	if err != nil {
		t.Fatal(err)
	}
	of, err := OriginalAt(w.opts.Dir, name, offset)
	if err != nil || of.URL != first.URL || of.Date != "2024-03-05T12:00:00.250Z" || of.Digest != sha1Of(first.Body) {
		t.Fatalf("the original is %+v, %v", of, err)
	}
	for _, test := range []struct {
		name, body string
		status     int
		profile    string // "" if nothing is written
		truncated  string
	}{
		{"the same bytes", "<p>one</p>", 200, "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest", "length"},
		{"not modified", "", 304, "http://netpreserve.org/warc/1.1/revisit/server-not-modified", ""},
		{"other bytes", "<p>two</p>", 200, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(gzipMembers(t, filepath.Join(w.opts.Dir, name)))
			again := page(first.URL, test.body)
			again.Status, again.Request, again.FetchedAt = test.status, http.Header{"If-None-Match": {`"1"`}}, noon.Add(time.Hour)
			written, err := w.AppendRevisit(&again, of)
			if err != nil || written != (test.profile != "") {
				t.Fatalf("written: %v, %v", written, err)
			}
			members := gzipMembers(t, filepath.Join(w.opts.Dir, name))[before:]
			if !written {
				if len(members) > 0 {
					t.Errorf("%d records all the same", len(members))
				}
				return
			}
			if len(members) != 2 {
				t.Fatalf("%d records, want the revisit and its request", len(members))
			}
			head, block := splitRecord(t, members[0].data)
			for field, want := range map[string]string{
				"WARC-Type": "revisit", "WARC-Profile": test.profile, "WARC-Target-URI": first.URL, "WARC-Date": "2024-03-05T13:00:00.250Z",
				"WARC-Truncated": test.truncated, "WARC-Refers-To": of.ID, "WARC-Refers-To-Target-URI": first.URL, "WARC-Refers-To-Date": of.Date,
				"WARC-Payload-Digest": sha1Of(first.Body), "WARC-Block-Digest": sha1Of(block), "Content-Type": "application/http; msgtype=response",
			} {
				if got := head.Get(field); got != want {
					t.Errorf("%s: %q, want %q", field, got, want)
				}
			}
			if !bytes.HasPrefix(block, []byte("HTTP/1.1 ")) || !bytes.HasSuffix(block, []byte("\r\n\r\n")) {
				t.Errorf("block %q", block)
			}
			request, _ := splitRecord(t, members[1].data)
			if request.Get("WARC-Type") != "request" || request.Get("WARC-Concurrent-To") != head.Get("WARC-Record-ID") {
				t.Errorf("behind it: %v", request)
			}
		})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var pages int
	f, err := os.Open(filepath.Join(w.opts.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, walked := range Entries(f, 0) {
		if walked != nil {
			t.Error(walked)
		}
		pages++
	}
	if pages != 1 {
		t.Errorf("%d pages are read back, want one", pages)
	}
}

func TestOriginalAtRefuses(t *testing.T) {
	w := newWriter(t, Options{})
	saved := page("https://news.example/1", "<p>one</p>")
	saved.Status = 0
	name, offset, err := w.Append(&saved)
	if err != nil {
		t.Fatal(err)
	}
	var bad *BadRecord
	if _, err := OriginalAt(w.opts.Dir, name, offset); !errors.Is(err, ErrNotPage) {
		t.Errorf("a page that was not fetched: %v", err)
	}
	if _, err := OriginalAt(w.opts.Dir, name, offset+1); !errors.As(err, &bad) {
		t.Errorf("in the middle of a record: %v", err)
	}
	for _, name := range []string{"none.warc.gz", "../" + name} {
		if _, err := OriginalAt(w.opts.Dir, name, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
