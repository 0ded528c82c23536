package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/internal/testweb"
)

func TestIDsOfDocuments(t *testing.T) {
	for _, row := range []struct{ name, path, id, ending string }{
		{"page", "a/b.html", "a/b", ".html"},
		{"short ending", "b.htm", "b", ".htm"},
		{"capitals", "B.HTML.GZ", "B", ".html"},
		{"compressed", "b.html.gz", "b", ".html"},
		{"text", "b.want.txt", "b.want", ".txt"},
		{"one ending only", "b.txt.html", "b.txt", ".html"},
		{"other kinds keep their name", "b.jpeg", "b.jpeg", ""},
		{"without an ending", "b", "b", ""},
		{"compressed without an ending", "b.gz", "b", ""},
		{"nothing but an ending", "a/.html", "a/.html", ".html"},
		{"nothing but .gz", ".gz", ".gz", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if d := named(row.path, row.path, pageEndings); d.id != row.id || d.ending != row.ending {
				t.Errorf("%s: id %q, ending %q", row.path, d.id, d.ending)
			}
		})
	}
}

func TestNotAPage(t *testing.T) {
	for _, row := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"HTML", "<!DOCTYPE html><p>Hallo", ""},
		{"text", "Hallo", ""},
		{"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", ""},
		{"UTF-16 with its mark", "\xff\xfeH\x00a\x00l\x00l\x00o\x00", ""},
		{"a stray control byte", "<p>one\x01 and much text behind it</p>", ""},
		{"XML", "<?xml version=\"1.0\"?><a/>", ""},
		{"PDF", "%PDF-1.7\n", "application/pdf"},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"},
		{"ZIP", "PK\x03\x04\x14\x00", "application/zip"},
		{"random bytes", "\x00\x01\x02\x03abc\x04\x05\x06\x07", "binary data"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := notAPage([]byte(row.body)); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// brokenPipe is a writer whose reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestABrokenPipeEndsCleaning(t *testing.T) {
	e := &env{stdin: strings.NewReader(""), stdout: brokenPipe{}, stderr: io.Discard, quiet: true}
	err := e.clean(context.Background(), cleanFlags{json: true}, []string{savePages(t)})
	if err == nil {
		t.Error("nobody read the output, and nothing was said")
	}
}

func TestCleaningStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, quiet: true}
	if err := e.clean(ctx, cleanFlags{json: true}, []string{savePages(t)}); err == nil {
		t.Error("a stopped run says that all is done")
	}
}

// savePages writes the stories of the test web as pages into a folder.
func savePages(t testing.TB) string {
	t.Helper()
	web, err := testweb.Start(testweb.Options{Day: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer web.Close()
	dir := t.TempDir()
	for i, s := range web.Truth() {
		page := "<html><head><title>" + s.Title + "</title></head><body><article><h1>" + s.Title + "</h1><p>" +
			strings.ReplaceAll(s.Text, "\n\n", "</p><p>") + "</p></article></body></html>"
		name := filepath.Join(dir, string(rune('a'+i%26))+s.Site+filepath.Base(s.URL)+".html")
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Whatever the bytes of a document: an error or the bytes, never more than the
// bound, and never a panic; what gzip packed comes back whole.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("<p>one</p>"))
	f.Add([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := document{stdin: bytes.NewReader(data)}.read()
		if err == nil && !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) && !bytes.Equal(body, data) {
			t.Errorf("%q became %q", data, body)
		}
		_ = notAPage(data)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if body, err := (document{stdin: &packed}).read(); err != nil || !bytes.Equal(body, data) {
			t.Errorf("packed and read again: %q, %v", body, err)
		}
	})
}

func BenchmarkCleanFolder(b *testing.B) {
	dir := savePages(b)
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, quiet: true}
	for b.Loop() {
		if err := e.clean(context.Background(), cleanFlags{json: true}, []string{dir}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBytesAtRandomAreNoPage(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		body := make([]byte, 3000)
		for i := range body {
			body[i] = byte(r.Uint32())
		}
		if notAPage(body) == "" {
			t.Fatalf("the bytes of seed %d pass for a page", seed)
		}
	}
	if what := notAPage([]byte("<p>A page with one \x01 stray byte in a hundred of them, which some systems leave in what they print, is one.")); what != "" {
		t.Errorf("a page with a stray byte is %s", what)
	}
}
