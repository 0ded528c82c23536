package warc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// written is a page in an archive.
type written struct {
	url, body, file string
	offset          int64
}

// put writes a page with all kinds of records that belong to one.
func put(t *testing.T, w *Writer, url, body string) written {
	t.Helper()
	e := page(url, body)
	e.Request = http.Header{"User-Agent": {"winnow"}}
	e.Rendered = []byte("<p>rendered: " + body)
	e.Source = "gazette"
	file, offset, err := w.Append(&e)
	if err != nil {
		t.Fatal(err)
	}
	return written{url, body, file, offset}
}

// revisit writes that the page was asked for again.
func revisit(t *testing.T, w *Writer, dir string, p written) {
	t.Helper()
	of, err := OriginalAt(dir, p.file, p.offset)
	if err != nil {
		t.Fatal(err)
	}
	e := page(p.url, "")
	e.Status, e.Request = http.StatusNotModified, http.Header{"User-Agent": {"winnow"}}
	if _, err := w.AppendRevisit(&e, of); err != nil {
		t.Fatal(err)
	}
}

// unpacked is all that the members of a file hold.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestErase takes a page out. newWriter reads what is left by another reader.
func TestErase(t *testing.T) {
	const gone = "https://a.example/gone"
	large := noise(5, 300_000)
	for _, test := range []struct {
		name string
		what func(pages []written) Erasure
		want int // records
	}{
		{"by its URL, with its revisits", func([]written) Erasure { return Erasure{URLs: map[string]bool{gone: true}} }, 4 + 4 + 2},
		{"by its place", func(p []written) Erasure {
			return Erasure{Offsets: map[int64]bool{p[1].offset: true, p[2].offset: true}}
		}, 4 + 4},
		{"another URL", func([]written) Erasure { return Erasure{URLs: map[string]bool{gone + "/": true}} }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			w := newWriter(t, Options{Dir: dir})
			var pages []written
			for _, p := range []struct{ url, body string }{{"https://a.example/1", "one"}, {gone, "secret"}, {gone, "secret " + large}, {"https://a.example/2", "two"}, {"https://a.example/3", "three"}} {
				pages = append(pages, put(t, w, p.url, p.body))
			}
			revisit(t, w, dir, pages[2])
			revisit(t, w, dir, pages[3])
			pages = append(pages, put(t, w, "https://a.example/4", "four"))
			what := test.what(pages)
			path := filepath.Join(dir, pages[0].file)
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := Erase(t.Context(), dir, pages[0].file, what, noon); n != 0 || !errors.Is(err, ErrBusy) {
				t.Errorf("while it is being written: %d, %v", n, err)
			}
			if err := w.Rotate(); err != nil {
				t.Fatal(err)
			}
			n, err := Erase(t.Context(), dir, pages[0].file, what, noon)
			if n != test.want || err != nil {
				t.Fatalf("erased %d records, want %d (%v)", n, test.want, err)
			}
			if test.name == "by its place" {
				what.URLs = map[string]bool{gone: true} // its revisits, which would refer to nothing
				if n, err := Erase(t.Context(), dir, pages[0].file, what, noon); n != 2 || err != nil {
					t.Errorf("the revisit: %d, %v", n, err)
				}
			}
			if n, err := Erase(t.Context(), dir, pages[0].file, what, noon); n != 0 || err != nil {
				t.Errorf("once more: %d, %v", n, err)
			}
			after, err := os.Stat(path)
			if err != nil || after.Size() != before.Size() || test.want > 0 && !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("the file had %d bytes of %v and has %d of %v (%v)", before.Size(), before.ModTime(), after.Size(), after.ModTime(), err)
			}
			for _, p := range pages {
				e, err := ReadAt(dir, p.file, p.offset, 0)
				if p.url == gone && test.want > 0 {
					if !errors.Is(err, ErrNotPage) {
						t.Errorf("the page that is gone: %v, %v", e.URL, err)
					}
				} else if err != nil || e.URL != p.url || string(e.Body) != p.body || !strings.HasSuffix(string(e.Rendered), p.body) || e.Source != "gazette" {
					t.Errorf("%s: %s, %v", p.url, e.URL, err)
				}
			}
			if text := unpacked(t, path); test.want > 0 && (strings.Contains(text, "secret") || strings.Contains(text, gone)) {
				t.Error("something of it is left")
			}
			if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the copy: %v", err)
			}
		})
	}
}

// TestEraseTornRecord: what a crash left of a page goes too.
func TestEraseTornRecord(t *testing.T) {
	dir := t.TempDir()
	w := newWriter(t, Options{Dir: dir})
	first := put(t, w, "https://a.example/1", "one")
	last := put(t, w, "https://a.example/gone", noise(1, 50_000))
	if err := w.Rotate(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, last.file)
	if err := os.Truncate(path, last.offset+20_000); err != nil {
		t.Fatal(err)
	}
	n, err := Erase(t.Context(), dir, last.file, Erasure{URLs: map[string]bool{last.url: true}}, noon)
	if n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if e, err := ReadAt(dir, first.file, first.offset, 0); err != nil || string(e.Body) != "one" {
		t.Errorf("the page before it: %v", err)
	}
	if text := unpacked(t, path); strings.Contains(text, last.url) {
		t.Error("something of it is left")
	}
}

func TestEraseNothing(t *testing.T) {
	dir := t.TempDir()
	name := "winnow-20240305120000250-00000000-00000.warc.gz"
	if _, err := Erase(t.Context(), dir, name, Erasure{}, noon); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that was pruned: %v", err)
	}
	if _, err := Erase(t.Context(), dir, "../"+name, Erasure{}, noon); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file elsewhere: %v", err)
	}
	w := newWriter(t, Options{Dir: dir})
	p := put(t, w, "https://a.example/1", "one")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Erase(ctx, dir, p.file, Erasure{URLs: map[string]bool{p.url: true}}, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled context: %v", err)
	}
	if _, err := ReadAt(dir, p.file, p.offset, 0); err != nil {
		t.Errorf("the page: %v", err)
	}
}

// TestBlanks fills every size from that of the smallest record on.
func TestBlanks(t *testing.T) {
	var sizes []int64
	for _, e := range []Entry{{URL: "http://a", FetchedAt: noon}, {URL: "http://a", FetchedAt: noon, Status: 200}} {
		w := newWriter(t, Options{})
		name, offset, err := w.Append(&e)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(w.opts.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size()-offset)
	}
	least := min(sizes[0], sizes[1])
	for n := least; n < least+3000; n++ {
		sizes = append(sizes, n)
	}
	for _, n := range []int64{1 << 16, 1 << 17, 10 * (storedHead + storedMost), 1 << 20} {
		for d := int64(-30); d < 30; d++ {
			sizes = append(sizes, n+d)
		}
	}
	for _, n := range sizes {
		var b bytes.Buffer
		if err := writeBlank(&b, n, noon); err != nil || int64(b.Len()) != n {
			t.Fatalf("%d bytes for %d: %v", b.Len(), n, err)
		}
		r := NewReader(&b, 0)
		rec, err := r.Next()
		if err != nil || rec.Type() != "metadata" || len(bytes.Trim(rec.Block, " ")) > 0 {
			t.Fatalf("%d bytes: %+v, %v", n, rec.Fields, err)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("%d bytes: behind it: %v", n, err)
		}
	}
	if err := writeBlank(io.Discard, 100, noon); err == nil {
		t.Error("100 bytes were filled")
	}
}

const erasedPages = 60

func erasedURL(i int) string { return fmt.Sprintf("https://a.example/%d", i) }

// childEraser erases page after page of the only file until it is killed, and
// tells each that is gone.
func childEraser(dir string) int {
	files, err := Files(dir)
	if err != nil || len(files) != 1 {
		return 1
	}
	for i := range erasedPages {
		if _, err := Erase(context.Background(), dir, files[0], Erasure{URLs: map[string]bool{erasedURL(i): true}}, noon); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(i)
	}
	return 0
}

// TestEraserKilled kills erasers at random moments: every page that is not erased
// is at its place, none that was reported as erased is left, and another eraser
// ends the work.
func TestEraserKilled(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 4 {
		dir := t.TempDir()
		w := newWriter(t, Options{Dir: dir})
		var pages []written
		for i := range erasedPages {
			pages = append(pages, put(t, w, erasedURL(i), noise(uint64(i), 20_000)))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		cmd := child(t, "eraser", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		told, after := bufio.NewScanner(out), rng.IntN(erasedPages/2)
		erased := 0
		for told.Scan() {
			if erased++; erased == after {
				time.AfterFunc(time.Duration(rng.IntN(3000))*time.Microsecond, func() { cmd.Process.Kill() })
			}
		}
		cmd.Wait()
		for i, p := range pages {
			e, err := ReadAt(dir, p.file, p.offset, 0)
			switch {
			case i < erased && !errors.Is(err, ErrNotPage):
				t.Errorf("%s was erased: %v", p.url, err)
			case i > erased && (err != nil || string(e.Body) != p.body): // of the next one either holds
				t.Errorf("%s: %v", p.url, err)
			}
		}
		if _, err := Erase(t.Context(), dir, pages[0].file, Erasure{URLs: map[string]bool{pages[erasedPages-1].url: true}}, noon); err != nil {
			t.Error(err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*.new")); err != nil || len(left) > 0 {
			t.Errorf("left over: %q, %v", left, err)
		}
	}
}
