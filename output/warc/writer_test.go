package warc

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"winnow/news"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 250e6, time.UTC)

func newWriter(t testing.TB, o Options) *Writer {
	t.Helper()
	o.Dir = cmp.Or(o.Dir, t.TempDir())
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	w, err := NewWriter(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Close()
		if t, ok := t.(*testing.T); ok {
			readByGowarc(t, o.Dir)
		}
	})
	return w
}

func page(url, body string) Entry {
	return Entry{
		URL: url, Status: 200, Body: []byte(body), FetchedAt: noon, Proto: "HTTP/1.1",
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
	}
}

func TestRoundTrip(t *testing.T) {
	with := func(change func(*Entry)) Entry {
		e := page("https://news.example/a", "<p>Two boats left port.</p>")
		change(&e)
		return e
	}
	sized := func(e Entry) Entry { // as a reader returns it
		if e.Status == 0 {
			return e
		}
		e.Header = e.Header.Clone()
		e.Header.Set("Content-Length", strconv.Itoa(len(e.Body)))
		return e
	}
	for _, test := range []struct {
		name        string
		entry, want Entry
	}{
		{"plain", with(func(*Entry) {}), with(func(*Entry) {})},
		{"not UTF-8", with(func(e *Entry) { e.Body = []byte("\xcf\xf0\xe8\x00\xff") }), with(func(e *Entry) { e.Body = []byte("\xcf\xf0\xe8\x00\xff") })},
		{"empty body", with(func(e *Entry) { e.Body = []byte{} }), with(func(e *Entry) { e.Body = []byte{} })},
		{"body of line ends", with(func(e *Entry) { e.Body = []byte("\r\n\r\nWARC/1.1\r\n\r\n") }), with(func(e *Entry) { e.Body = []byte("\r\n\r\nWARC/1.1\r\n\r\n") })},
		{"not found", with(func(e *Entry) { e.Status = 404 }), with(func(e *Entry) { e.Status = 404 })},
		{"was compressed",
			with(func(e *Entry) {
				e.Header["Content-Encoding"] = []string{"gzip"}
				e.Header["Transfer-Encoding"] = []string{"chunked"}
				e.Header["Content-Length"] = []string{"7"}
			}),
			with(func(e *Entry) {
				e.Header["X-Crawler-Content-Encoding"] = []string{"gzip"}
				e.Header["X-Crawler-Transfer-Encoding"] = []string{"chunked"}
				e.Header["X-Crawler-Content-Length"] = []string{"7"}
			})},
		{"header in two lines",
			with(func(e *Entry) { e.Header["Link"] = []string{"</a>; rel=x", "</b>"} }),
			with(func(e *Entry) { e.Header["Link"] = []string{"</a>; rel=x", "</b>"} })},
		{"header that would end early",
			with(func(e *Entry) { e.Header["X-Odd"] = []string{"a\r\n\r\nb"}; e.Header["X Odd:"] = []string{"c"} }),
			with(func(e *Entry) { e.Header["X-Odd"] = []string{"a    b"}; e.Header["X-Odd-"] = []string{"c"} })},
		{"hint and source",
			with(func(e *Entry) { e.Source = "vestnik"; e.Hint = news.Hint{Title: "Лодки", Date: noon} }),
			with(func(e *Entry) { e.Source = "vestnik"; e.Hint = news.Hint{Title: "Лодки", Date: noon} })},
		{"request without its secrets",
			with(func(e *Entry) {
				e.Request = http.Header{"User-Agent": {"winnow/1"}, "Cookie": {"s=1"}, "Authorization": {"Basic eA=="}}
			}),
			with(func(e *Entry) {
				e.Request = http.Header{"Host": {"news.example"}, "User-Agent": {"winnow/1"}, "X-Crawler-Withheld": {"Authorization", "Cookie"}}
			})},
		{"address and truncation",
			with(func(e *Entry) { e.IP = "2001:db8::1"; e.Truncated = ByTime }),
			with(func(e *Entry) { e.IP = "2001:db8::1"; e.Truncated = ByTime })},
		{"rendered",
			with(func(e *Entry) { e.Rendered = []byte("<p>Three boats left.</p>"); e.Source = "vestnik" }),
			with(func(e *Entry) { e.Rendered = []byte("<p>Three boats left.</p>"); e.Source = "vestnik" })},
		{"saved page",
			with(func(e *Entry) { e.Status, e.Proto = 0, "" }),
			with(func(e *Entry) { e.Status, e.Proto = 0, "" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWriter(t, Options{})
			name, offset, err := w.Append(&test.entry)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ReadAt(w.opts.Dir, name, offset, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := sized(test.want)
			want.Offset = offset
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRendered: the rendered page follows the page as fetched, as a conversion of
// it, and is the one that is cleaned again; the entry after it is another page.
func TestRendered(t *testing.T) {
	w := newWriter(t, Options{})
	entry := page("https://news.example/a", "<p>Loading</p>")
	entry.Header.Set("Content-Type", "text/html; charset=windows-1251")
	entry.Rendered = []byte("<p>Лодки</p>")
	name, offset, err := w.Append(&entry)
	if err != nil {
		t.Fatal(err)
	}
	next := page("https://news.example/b", "<p>Next</p>")
	if _, _, err := w.Append(&next); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAt(w.opts.Dir, name, offset, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p := got.Page(); string(p.Body) != "<p>Лодки</p>" || p.ContentType() != "text/html; charset=utf-8" || string(got.Body) != "<p>Loading</p>" {
		t.Errorf("page %q (%s), as fetched %q", p.Body, p.ContentType(), got.Body)
	}
	if got.Header.Get("Content-Type") != "text/html; charset=windows-1251" {
		t.Errorf("the header as fetched became %v", got.Header)
	}
	f, err := os.Open(filepath.Join(w.opts.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var kinds, bodies []string
	for r := NewReader(f, 0); ; {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, rec.Type())
		if rec.Type() == "conversion" && (rec.Fields.Value("WARC-Refers-To") == "" || rec.Fields.Value("Content-Type") != "text/html; charset=utf-8") {
			t.Errorf("conversion record: %v", rec.Fields)
		}
	}
	if want := "warcinfo response conversion response"; strings.Join(kinds, " ") != want {
		t.Errorf("records %q, want %s", kinds, want)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for e, err := range Entries(f, 0) {
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(e.Page().Body))
	}
	if strings.Join(bodies, "|") != "<p>Лодки</p>|<p>Next</p>" {
		t.Errorf("pages %q", bodies)
	}
}

func TestPageRoundTrip(t *testing.T) {
	p := news.Page{
		URL: "https://news.example/a", Status: 200, Header: http.Header{"Etag": {`"1"`}}, Body: []byte("x"),
		FetchedAt: noon, Source: "vestnik", Hint: news.Hint{Summary: "s"},
	}
	w := newWriter(t, Options{})
	entry := FromPage(&p, http.Header{}, "192.0.2.1")
	name, offset, err := w.Append(&entry)
	if err != nil {
		t.Fatal(err)
	}
	entry, err = ReadAt(w.opts.Dir, name, offset, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.Header.Set("Content-Length", "1")
	if diff := gocmp.Diff(&p, entry.Page()); diff != "" {
		t.Error(diff)
	}
}

func TestAppendRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Entry)
	}{
		{"relative URL", func(e *Entry) { e.URL = "/a" }},
		{"no URL", func(e *Entry) { e.URL = "" }},
		{"URL with a line end", func(e *Entry) { e.URL = "https://news.example/a\r\nWARC-Type: x" }},
		{"URL with a space", func(e *Entry) { e.URL = "https://news.example/a b" }},
		{"no time", func(e *Entry) { e.FetchedAt = time.Time{} }},
		{"year 10000", func(e *Entry) { e.FetchedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"status 99", func(e *Entry) { e.Status = 99 }},
		{"address with a port", func(e *Entry) { e.IP = "192.0.2.1:80" }},
		{"unknown truncation", func(e *Entry) { e.Truncated = "lazy" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWriter(t, Options{})
			e := page("https://news.example/a", "x")
			test.change(&e)
			if _, _, err := w.Append(&e); err == nil {
				t.Error("no error")
			}
			if files, _ := os.ReadDir(w.opts.Dir); len(files) > 0 {
				t.Errorf("%s was made for nothing", files[0].Name())
			}
		})
	}
}

func TestNewWriterRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"no folder":          {},
		"name with a slash":  {Dir: "x", Name: "a/b"},
		"name in upper case": {Dir: "x", Name: "A"},
		"negative size":      {Dir: "x", MaxFile: -1},
	} {
		if _, err := NewWriter(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestClosed(t *testing.T) {
	w := newWriter(t, Options{})
	e := page("https://news.example/a", "x")
	if _, _, err := w.Append(&e); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Append(&e); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
}

// TestConcurrentWriters uses two writers from many goroutines in one folder, with
// small files: every page is at the place that Append returned.
func TestConcurrentWriters(t *testing.T) {
	dir := t.TempDir()
	type place struct {
		name   string
		offset int64
		body   string
	}
	var mu sync.Mutex
	var places []place
	var wg sync.WaitGroup
	for writer := range 2 {
		w := newWriter(t, Options{Dir: dir, MaxFile: 4000})
		for worker := range 8 {
			wg.Go(func() {
				for i := range 12 {
					body := fmt.Sprintf("writer %d worker %d page %d", writer, worker, i)
					e := page("https://news.example/a", body)
					name, offset, err := w.Append(&e)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					places = append(places, place{name, offset, body})
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, p := range places {
		e, err := ReadAt(dir, p.name, p.offset, 0)
		if err != nil || string(e.Body) != p.body {
			t.Errorf("%s at %d: %q, %v; want %q", p.name, p.offset, e.Body, err, p.body)
		}
		seen[p.name] = true
	}
	files, err := archiveFiles(dir)
	if err != nil || len(files) < 10 || len(files) != len(seen) {
		t.Errorf("%d files, %d of them used, error %v; want the same, and at least 10", len(files), len(seen), err)
	}
	for _, f := range files {
		if f.size > 4000 {
			t.Errorf("%s has %d bytes", f.name, f.size)
		}
	}
}

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

// storyPage returns a page of about 60 KB that compresses as pages do.
func storyPage() Entry {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, `<div class="item-%d"><a href="/news/%x">Story %d of the %d</a><p>The ministry said that %d units arrived on day %d.</p></div>`+"\n", i%7, i*7919, i, i*31, i*17%97, i%28)
	}
	return page("https://news.example/story", b.String())
}

func BenchmarkAppend(b *testing.B) {
	w := newWriter(b, Options{})
	e := storyPage()
	b.SetBytes(int64(len(e.Body)))
	for b.Loop() {
		if _, _, err := w.Append(&e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendParallel(b *testing.B) {
	w := newWriter(b, Options{})
	e := storyPage()
	b.SetBytes(int64(len(e.Body)))
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := w.Append(&e); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkEncode is Append without the disk.
func BenchmarkEncode(b *testing.B) {
	w := newWriter(b, Options{})
	c := w.coder.Get().(*coder)
	e := storyPage()
	b.SetBytes(int64(len(e.Body)))
	b.ReportAllocs()
	for b.Loop() {
		c.buf.Reset()
		records, err := e.records()
		if err == nil {
			err = encode(&c.buf, c.gz, records)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.buf.Len())/float64(len(e.Body)), "ratio")
}
