package settle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winnow/crawler"
	"winnow/internal/pipeline/admit"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// named is a page that says which URL is its canonical one. Pages of one letter
// have one story, each with a different last sentence.
type named struct {
	letter, url string
	canonical   string // as it claims; "" nothing
	amp         string // the AMP twin that it names
	print       string // the print twin that it links to
	moved       string // it leads there instead
	gone        bool
}

const desk = "https://desk.example"

// tangle has every way in which the pages of one story name each other.
var tangle = []named{
	{letter: "a", url: desk + "/a/1", canonical: desk + "/a/2"}, // a chain
	{letter: "a", url: desk + "/a/2", canonical: desk + "/a/3"},
	{letter: "a", url: desk + "/a/3", canonical: desk + "/a/3"},
	{letter: "b", url: desk + "/b/4", canonical: desk + "/b/3"}, // a chain that ends nowhere
	{letter: "b", url: desk + "/b/3", canonical: desk + "/b/2"},
	{letter: "b", url: desk + "/b/2", canonical: desk + "/b/1"},
	{letter: "c", url: desk + "/c/1", canonical: desk + "/c/2"}, // a circle
	{letter: "c", url: desk + "/c/2", canonical: desk + "/c/1"},
	{letter: "d", url: desk + "/d/1", canonical: desk + "/d/2"}, // a circle of three, and a page that leads into it
	{letter: "d", url: desk + "/d/2", canonical: desk + "/d/3"},
	{letter: "d", url: desk + "/d/3", canonical: desk + "/d/1"},
	{letter: "d", url: desk + "/d/4", canonical: desk + "/d/2"},
	{letter: "e", url: desk + "/e/1", canonical: desk + "/e/2"}, // the canonical page leads on
	{letter: "e", url: desk + "/e/2", moved: desk + "/e/3"},
	{letter: "e", url: desk + "/e/3", canonical: desk + "/e/3"},
	{letter: "f", url: desk + "/f/1", canonical: desk + "/f/3"}, // it is gone
	{letter: "f", url: desk + "/f/2", canonical: desk + "/f/3"},
	{letter: "f", url: desk + "/f/3", gone: true},
	{letter: "g", url: desk + "/g", amp: desk + "/amp/g"}, // an AMP twin that takes itself for canonical
	{letter: "g", url: desk + "/amp/g", canonical: desk + "/amp/g"},
	{letter: "h", url: desk + "/h", canonical: "https://m.desk.example/h"}, // mobile and desktop page name each other
	{letter: "h", url: "https://m.desk.example/h", canonical: desk + "/h"},
	{letter: "i", url: desk + "/i", print: desk + "/print/i"}, // twins name each other, and one a third
	{letter: "i", url: desk + "/print/i", canonical: desk + "/i?amp=1"},
	{letter: "i", url: desk + "/i?amp=1", canonical: desk + "/print/i"},
	{letter: "j", url: desk + "/j/1", canonical: desk + "/j/2"}, // two that are tied by a third page
	{letter: "j", url: desk + "/j/3", canonical: desk + "/j/4"},
	{letter: "j", url: desk + "/j/2", canonical: desk + "/j/4"},
	{letter: "k", url: desk + "/k", canonical: desk + "/"}, // no canonical URL to be believed
	{letter: "l", url: desk + "/l", canonical: "https://other.example/l"},
}

// visit puts a page into the state.
func (r *newsroom) visit(n *named, texts map[string]string) {
	r.t.Helper()
	host := crawler.HostOf(n.url)
	r.read(&piece{host: host, path: strings.TrimPrefix(n.url, "https://"+host)}, "", func(task schedule.Task, o *schedule.Outcome) {
		switch {
		case n.moved != "":
			link, refused := r.Admitter.URLs.Redirect(task, n.moved)
			if refused != "" {
				r.t.Fatal(refused)
			}
			o.State, o.Links = schedule.Moved, []schedule.Link{link}
			return
		case n.gone:
			o.State, o.Status = schedule.Gone, 404
			return
		}
		s := &piece{host: host, path: "/" + n.letter, date: "2026-03-02"}
		one := story(s, texts[n.letter]+"\n\nThis is what stood at "+n.url+" on the day.")
		if one.URL = n.canonical; one.URL == "" {
			one.URL = n.url
		}
		var links []crawler.Link
		if n.amp != "" {
			links = append(links, crawler.Link{URL: n.amp, Rel: crawler.RelAMP})
		}
		if n.print != "" {
			links = append(links, crawler.Link{URL: n.print})
		}
		task.Kind = schedule.Article
		r.Admitter.Classify(task, o, admit.Page{Story: one, Links: links})
		o.Links = nil // which pages come, and when, is what the test decides
	})
}

// tangledTexts returns the texts of the stories of tangle, by letter.
func tangledTexts() map[string]string {
	texts, p := map[string]string{}, newPress(7)
	for _, n := range tangle {
		if texts[n.letter] == "" {
			texts[n.letter] = strings.Join(p.paragraphs(5), "\n\n")
		}
	}
	return texts
}

// Which page of a story comes first makes no difference: neither to the stories,
// nor to their IDs and URLs, nor to the files.
func TestPagesThatNameEachOtherInAnyOrder(t *testing.T) {
	texts := tangledTexts()
	var want map[string]string
	for seed := range uint64(12) {
		r := newNewsroom(t)
		for _, i := range rand.New(rand.NewPCG(seed, 5)).Perm(len(tangle)) {
			r.visit(&tangle[i], texts)
		}
		_, files := r.settled()
		for d, err := range r.Corpus(t.Context()) {
			r.ok(err)
			names, err := r.Store.Stories.Names(t.Context(), d.Story.ID)
			r.ok(err)
			files["story "+d.Story.ID] = fmt.Sprint(d.Story.URL, " from ", d.PageURL, " of ", d.Verdict.DuplicateOf, " ", names)
		}
		if seed == 0 {
			want = files
		} else if !maps.Equal(files, want) {
			for _, key := range slices.Sorted(maps.Keys(merged(files, want))) {
				if files[key] != want[key] {
					t.Errorf("order %d: %s\ngot  %s\nwant %s", seed, key, files[key], want[key])
				}
			}
		}
	}
	for _, c := range []struct{ name, url, page string }{
		{"the end of the chain", "/a/3", "/a/3"},
		{"a chain that ends nowhere: the first by URL", "/b/1", "/b/2"},
		{"a circle", "/c/2", "/c/1"},
		{"a circle of three", "/d/2", "/d/1"},
		{"whose canonical page leads on: the other is its copy", "/e/2", "/e/1"},
		{"whose canonical page is gone", "/f/3", "/f/1"},
		{"with an AMP twin", "/g", "/g"},
		{"with a mobile twin", "/h", "/h"},
		{"with two twins", "/i", "/i"},
		{"tied by a third page", "/j/2", "/j/1"},
		{"no canonical page: the front page", "/k", "/k"},
		{"no canonical page: another site", "/l", "/l"},
	} {
		if got := want["story "+stories.NewID(desk+c.url)]; !strings.HasPrefix(got, desk+c.url+" from "+desk+c.page+" of  ") {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
	kept := 0
	for key := range want {
		if strings.HasSuffix(key, ".txt") {
			kept++
		}
	}
	if kept != 12 {
		t.Errorf("%d files of 12 stories", kept)
	}
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// Once an ID is published it stays, whatever page comes later; and of what turns
// out to be one story one is kept.
func TestPublishedIDsStay(t *testing.T) {
	texts := tangledTexts()
	for seed := range uint64(4) {
		r, random := newNewsroom(t), rand.New(rand.NewPCG(seed, 6))
		published := map[string]string{} // id → letter
		publish := func() map[string]string {
			t.Helper()
			_, files := r.settled()
			for d, err := range r.Corpus(t.Context()) {
				r.ok(err)
				published[d.Story.ID] = d.Story.Title
			}
			return files
		}
		for _, i := range random.Perm(len(tangle)) {
			r.visit(&tangle[i], texts)
			if random.IntN(3) == 0 {
				publish()
			}
		}
		if files := publish(); len(files) != 12 {
			t.Errorf("order %d: %d files of 12 stories", seed, len(files))
		}
		for id, letter := range published {
			d, err := r.Store.Stories.Get(t.Context(), id)
			if err != nil || d.Story.ID != id || d.Story.Title != letter {
				t.Errorf("order %d: %s was %s and is %s %s: %v", seed, id, letter, d.Story.ID, d.Story.Title, err)
			}
		}
	}
}
