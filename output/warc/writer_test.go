package warc

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
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
