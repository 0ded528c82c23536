package warc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestStandard checks a file against the rules of ISO 28500:2017, with a separate
// reader.
func TestStandard(t *testing.T) {
	w := newWriter(t, Options{Software: "winnow/1.0", UserAgent: "winnow/1.0 (+https://example.org)"})
	first := page("https://news.example/ü?q=1", "<p>one</p>")
	first.Request, first.Source = http.Header{"Accept": {"*/*"}}, "news"
	first.Via, first.Depth, first.Hops, first.Took = "https://news.example/", 2, 1, 1500*time.Millisecond
	second := page("https://news.example/2", "<p>two</p>")
	var offsets []int64
	var name string
	for _, e := range []*Entry{&first, &second} {
		file, offset, err := w.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		name, offsets = file, append(offsets, offset)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	members := gzipMembers(t, filepath.Join(w.opts.Dir, name))
	var kinds []string
	responses := map[string]bool{}
	ids := map[string]bool{}
	for _, m := range members {
		head, block := splitRecord(t, m.data)
		kind := head.Get("WARC-Type")
		kinds = append(kinds, kind)
		id := head.Get("WARC-Record-ID")
		if !regexp.MustCompile(`^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$`).MatchString(id) || ids[id] {
			t.Errorf("%s: id %q is no UUID or not the first", kind, id)
		}
		ids[id] = true
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", head.Get("WARC-Date")); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if got, want := head.Get("Warc-Block-Digest"), sha1Of(block); got != want {
			t.Errorf("%s: block digest %s, want %s", kind, got, want)
		}
		if kind != "warcinfo" && head.Get("WARC-Target-URI") == "" || head.Get("Content-Type") == "" {
			t.Errorf("%s: no target or no type: %v", kind, head)
		}
		switch kind {
		case "response":
			responses[id] = true
			answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(block)), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil || head.Get("Warc-Payload-Digest") != sha1Of(body) {
				t.Errorf("payload digest %s of %q, %v", head.Get("Warc-Payload-Digest"), body, err)
			}
			if m.offset != offsets[len(responses)-1] {
				t.Errorf("response %d at %d, Append said %d", len(responses), m.offset, offsets[len(responses)-1])
			}
		case "request":
			sent, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(block)))
			if err != nil || sent.Host != "news.example" || sent.RequestURI != "/%C3%BC?q=1" {
				t.Errorf("request %q: %v", block, err)
			}
			fallthrough
		case "metadata":
			if kind == "metadata" && string(block) != "via: https://news.example/\r\nhopsFromSeed: LLR\r\nfetchTimeMs: 1500\r\nwinnow-source: news\r\n" {
				t.Errorf("metadata %q", block)
			}
			if !responses[head.Get("WARC-Concurrent-To")] {
				t.Errorf("%s is concurrent to %q, which is no response before it", kind, head.Get("WARC-Concurrent-To"))
			}
		case "warcinfo":
			if head.Get("WARC-Filename") != name || !bytes.Contains(block, []byte("software: winnow/1.0\r\n")) {
				t.Errorf("warcinfo: %v %q", head, block)
			}
		}
	}
	if want := []string{"warcinfo", "response", "request", "metadata", "response"}; !gocmp.Equal(kinds, want) {
		t.Errorf("records %v, want %v", kinds, want)
	}
}

type member struct {
	offset int64
	data   []byte
}

// gzipMembers decompresses a file member by member, by the standard library.
func gzipMembers(t *testing.T, path string) []member {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src := bytes.NewReader(raw)
	var all []member
	for src.Len() > 0 {
		offset := int64(len(raw) - src.Len())
		z, err := gzip.NewReader(src)
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, member{offset, data})
	}
	return all
}

// splitRecord splits a record by section 4 of the standard.
func splitRecord(t *testing.T, data []byte) (textproto.MIMEHeader, []byte) {
	t.Helper()
	head, rest, found := bytes.Cut(data, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	if !found || lines[0] != "WARC/1.1" {
		t.Fatalf("record begins with %.40q", data)
	}
	fields := textproto.MIMEHeader{}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.ContainsAny(line, "\r\n") || len(fields[textproto.CanonicalMIMEHeaderKey(name)]) > 0 {
			t.Fatalf("field %q is malformed or repeated", line)
		}
		fields.Set(name, value)
	}
	block, ended := bytes.CutSuffix(rest, []byte("\r\n\r\n"))
	if !ended || fields.Get("Content-Length") != strconv.Itoa(len(block)) {
		t.Fatalf("block of %d bytes, Content-Length %s, ends in two line ends: %v", len(block), fields.Get("Content-Length"), ended)
	}
	return fields, block
}

func sha1Of(b []byte) string {
	sum := sha1.Sum(b)
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}
