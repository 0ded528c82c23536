package clean

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"winnow/clean/siteprofile"
	"winnow/news"
)

// noticePage returns a page of another template than that of the coast: some paragraphs,
// and more lines that lead to other pages.
func noticePage(path string, paragraphs, teasers int) *news.Page {
	title := "Warehouse three at the outer lock"
	var b strings.Builder
	fmt.Fprintf(&b, `<html><head><title>%[1]s</title></head><body><main class="board"><h1>%[1]s</h1>`, title)
	for k := range paragraphs {
		fmt.Fprintf(&b, `<p>Keeper %d of the %s lock counted %d barges and wrote to warehouse %d that the %s gate no longer shuts by itself.</p>`, 9+k, ordinal(3+k), 14+k, 3+k*13, ordinal(9+k*7))
	}
	b.WriteString(`<ul class="more">`)
	for k := range teasers {
		fmt.Fprintf(&b, `<li><a href="/x/%d">Notice %d of the %s lock is posted at the gate of the harbour</a></li>`, 3+k, 15+k, ordinal(3+k))
	}
	b.WriteString(`</ul></main></body></html>`)
	return &news.Page{URL: "https://coast.example" + path, Body: []byte(b.String())}
}

// named makes a page one that a feed names.
func named(p *news.Page) *news.Page {
	p.Hint.Title = "An item"
	return p
}

// What addresses the pages of a site have helps to tell what a page is that alone could
// be one or the other: a story where the feed's items are, and a list where none is.
func TestKindByAddress(t *testing.T) {
	x := New(Options{})
	var pages []*news.Page
	for n := range 24 {
		pages = append(pages, named(coastPage(n)))
	}
	profile := profileOf(t, x, pages)
	for _, tt := range []struct {
		name         string
		page         *news.Page
		alone, known string
		why          string
	}{
		{"as items have", noticePage("/s/400", 2, 40), news.KindSection, news.KindStory, "a feed names 24 of 24 pages with an address such as /s/{number}"},
		{"as no item has", noticePage("/topics/lock", 4, 20), news.KindStory, news.KindSection, "a feed names 24 pages of this site, and none with an address such as /topics/{word}"},
		{"as no item has, and surely a story", noticePage("/topics/lock", 4, 0), news.KindStory, news.KindStory, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := x.ExtractFrom(context.Background(), tt.page, profile)
			if err != nil || e.Alone.Kind != tt.alone || e.Story.Kind != tt.known || !strings.Contains(e.Story.KindWhy, tt.why) {
				t.Errorf("alone %s, with the site %s (%s), %v", e.Alone.Kind, e.Story.Kind, e.Story.KindWhy, err)
			}
		})
	}
	want := []siteprofile.Address{{Form: "/s/{number}", Pages: 24, Named: 24, Stories: 24}}
	if d := profile.Describe(); !slices.Equal(d.Addresses, want) {
		t.Errorf("described as %+v", d.Addresses)
	}
}

// Two pages say less than many, and what a page's own address is counts for others alone.
func TestAddressesByTheirNumber(t *testing.T) {
	x := New(Options{})
	last := int32(0)
	for _, n := range []int{3, 6, 24} {
		var pages []*news.Page
		for i := range n {
			pages = append(pages, named(coastPage(i)))
		}
		profile := profileOf(t, x, pages)
		other, err := x.ExtractFrom(context.Background(), coastPage(100), profile)
		if err != nil {
			t.Fatal(err)
		}
		lean, _ := profile.ByAddress(other.Sketch)
		if lean <= last || lean > 4*siteprofile.OddsUnit {
			t.Errorf("of %d pages: %d, before %d", n, lean, last)
		}
		last = lean
		known, err := x.ExtractFrom(context.Background(), pages[0], profile)
		if err != nil {
			t.Fatal(err)
		}
		if own, _ := profile.ByAddress(known.Sketch); own >= lean {
			t.Errorf("of %d pages: %d for one of them, %d for another", n, own, lean)
		}
	}
}
