package input

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"testing"
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
			if d := named(row.path, row.path, PageEndings); d.ID != row.id || d.Ending != row.ending {
				t.Errorf("%s: id %q, ending %q", row.path, d.ID, d.Ending)
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
			if got := NotAPage([]byte(row.body)); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Whatever the bytes of a document: an error or the bytes, never more than the
// bound, and never a panic; what gzip packed comes back whole.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("<p>one</p>"))
	f.Add([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := Document{stdin: bytes.NewReader(data)}.Read()
		if err == nil && !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) && !bytes.Equal(body, data) {
			t.Errorf("%q became %q", data, body)
		}
		_ = NotAPage(data)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if body, err := (Document{stdin: &packed}).Read(); err != nil || !bytes.Equal(body, data) {
			t.Errorf("packed and read again: %q, %v", body, err)
		}
	})
}

func TestBytesAtRandomAreNoPage(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		body := make([]byte, 3000)
		for i := range body {
			body[i] = byte(r.Uint32())
		}
		if NotAPage(body) == "" {
			t.Fatalf("the bytes of seed %d pass for a page", seed)
		}
	}
	if what := NotAPage([]byte("<p>A page with one \x01 stray byte in a hundred of them, which some systems leave in what they print, is one.")); what != "" {
		t.Errorf("a page with a stray byte is %s", what)
	}
}
