package siteprofile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"winnow/clean"
	"winnow/clean/siteprofile"
	"winnow/news"
)

// sketchOf returns the sketch of a page.
func sketchOf(t testing.TB, url, html string) *siteprofile.Sketch {
	t.Helper()
	e, err := clean.New(clean.Options{}).ExtractFrom(context.Background(), &news.Page{URL: url, Body: []byte(html)}, nil)
	if err != nil || e.Sketch == nil {
		t.Fatal(url, "no sketch", err)
	}
	return e.Sketch
}

// quarryPage returns a page of an invented site.
func quarryPage(n int) (url, html string) {
	title := func(n int) string { return fmt.Sprintf("Quarry %d sends its slate over the pass by night", n) }
	var b strings.Builder
	fmt.Fprintf(&b, `<html><head><title>%s</title></head><body><div class="n%d wrap"><h1>%s</h1><section data-role="x"><div>`, title(n), n, title(n))
	for k := range 4 {
		fmt.Fprintf(&b, `<p>Wagon %d of the slate train %d stood for a night below the pass, since engine %d had no sand left, its driver told the court of valley %d.</p>`, k, n*13+k, n+k, n%17)
	}
	fmt.Fprintf(&b, `<p>The court went home at %d. <span class="in">Read on: <a href="/q/%d">%s</a></span></p></div>`, n, n+1, title(n+1))
	fmt.Fprintf(&b, `<div class="low"><a href="/q/%d">%s</a><b>%d views</b></div></section></div></body></html>`, n+2, title(n+2), n)
	return fmt.Sprintf("https://quarry.example/q/%d", n), b.String()
}

// An encoded sketch comes back as it was: it is encoded to the same bytes, and the
// profile of such sketches is the same.
func TestSketchEncoding(t *testing.T) {
	var plain, decoded siteprofile.Sample
	for n := range 12 {
		url, html := quarryPage(n)
		s := sketchOf(t, url, html)
		b, err := s.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var again siteprofile.Sketch
		if err := again.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if c, _ := again.MarshalBinary(); !bytes.Equal(b, c) {
			t.Error("encoded again it is another")
		}
		if again.URL() != siteprofile.URLHash(url) {
			t.Error("another URL")
		}
		plain.Add(s)
		decoded.Add(&again)
	}
	if a, b := plain.Profile().Digest(), decoded.Profile().Digest(); a != b || a == 0 {
		t.Errorf("digests %x and %x", a, b)
	}
}

// A page without end costs the store no more than the first blocks of it.
func TestSketchIsBounded(t *testing.T) {
	url, html := quarryPage(1)
	long := sketchOf(t, url, html+strings.Repeat(`<div class="more"><p>One more wagon.</p></div>`, 3*siteprofile.MaxUnits))
	b, _ := long.AppendBinary(nil)
	if most := siteprofile.MaxUnits * 40; len(b) > most {
		t.Errorf("%d bytes, more than %d", len(b), most)
	}
	var short siteprofile.Sketch
	if err := short.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if a, b := siteprofile.Build([]*siteprofile.Sketch{long}), siteprofile.Build([]*siteprofile.Sketch{&short}); a.Digest() != b.Digest() {
		t.Error("a profile of what is stored is another")
	}
}

// What is cut short, has more behind it, or is of another format, is refused.
func TestSketchEncodingRefuses(t *testing.T) {
	url, html := quarryPage(3)
	b, _ := sketchOf(t, url, html).AppendBinary(nil)
	var s siteprofile.Sketch
	for n := range len(b) {
		if err := s.UnmarshalBinary(b[:n]); !errors.Is(err, siteprofile.ErrEncoding) {
			t.Fatalf("%d of %d bytes: %v", n, len(b), err)
		}
	}
	other := append([]byte{b[0] + 1}, b[1:]...)
	for _, bad := range [][]byte{append(bytes.Clone(b), 0), other} {
		if err := s.UnmarshalBinary(bad); !errors.Is(err, siteprofile.ErrEncoding) {
			t.Error(err)
		}
	}
}

// Whatever bytes are read as a sketch, a profile can be built of it, and it is
// encoded to what it was read from, or to no more than that.
func FuzzSketchEncoding(f *testing.F) {
	for n := range 3 {
		url, html := quarryPage(n)
		b, _ := sketchOf(f, url, html).AppendBinary(nil)
		f.Add(b)
	}
	url, html := quarryPage(7)
	known := sketchOf(f, url, html)
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again siteprofile.Sketch
		if s.UnmarshalBinary(b) != nil {
			return
		}
		c, _ := s.AppendBinary(nil)
		if len(c) > len(b) {
			t.Errorf("%d bytes from %d", len(c), len(b))
		}
		if err := again.UnmarshalBinary(c); err != nil {
			t.Fatal(err)
		}
		if siteprofile.Build([]*siteprofile.Sketch{&s, known}).Digest() != siteprofile.Build([]*siteprofile.Sketch{known, &again}).Digest() {
			t.Error("another profile")
		}
	})
}

// Sketches of states from before sketches had fields are read as those of pages without
// any.
func TestOldSketches(t *testing.T) {
	var old siteprofile.Sample
	for n := range 12 {
		b, _ := quarrySketch(t, n).MarshalBinary()
		var s siteprofile.Sketch
		b[0] = 2
		for len(b) > 0 && s.UnmarshalBinary(b) != nil {
			b = b[:len(b)-1] // what followed then is not in it
		}
		old.Add(&s)
	}
	p := old.Profile()
	if d := p.Describe(); d.Pages != 12 || !d.Decides {
		t.Errorf("%d pages, decides: %v", d.Pages, d.Decides)
	}
}

func quarrySketch(t testing.TB, n int) *siteprofile.Sketch {
	url, html := quarryPage(n)
	return sketchOf(t, url, html)
}
