package clean

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/clean/siteprofile"
	"winnow/news"
)

// The words of an invented site that no rule of ours knows.
const (
	pitch   = "The lighthouse keepers among our readers pay for every lamp that burns in this house."
	pointer = "Further along the coast: "
	legend  = "A ferry leaves its berth at dawn while gulls circle above the mole."
)

// coastPage returns a page of an invented site: the story sits in a box that says
// nothing, with a recurring box inside and a list of other stories below.
func coastPage(n int) *news.Page {
	paragraph := func(k int) string { return coastParagraph(n, k) }
	var b strings.Builder
	fmt.Fprintf(&b, `<html><head><title>%s</title></head><body><div class="x1"><h1>%s</h1>`, coastTitle(n), coastTitle(n))
	fmt.Fprintf(&b, `<div class="k9z"><div class="q%d"><p>%s</p></div>`, n, paragraph(1))
	fmt.Fprintf(&b, `<div class="m3"><p>%s</p></div>`, pitch)
	fmt.Fprintf(&b, `<p>%s</p><p>%s<a href="/s/%d">%s</a></p><p>%s</p></div>`, paragraph(2), pointer, n+1, coastTitle(n+1), paragraph(3))
	b.WriteString(`</div><div class="z5">`)
	for k := 2; k < 9; k++ {
		fmt.Fprintf(&b, `<div><a href="/s/%d">%s</a><p>A word on it.</p></div>`, n+k, coastTitle(n+k))
	}
	b.WriteString(`</div></body></html>`)
	return &news.Page{URL: fmt.Sprintf("https://coast.example/s/%d", n), Body: []byte(b.String())}
}

// coastParagraph returns a sentence that no other page has.
func coastParagraph(n, k int) string {
	return fmt.Sprintf("On day %d the harbour council of town %d weighed plan number %d for the northern mole and sent it back to the %s committee.", n, n*7+k, n*31+k, ordinal(n+k))
}

func coastTitle(n int) string {
	return fmt.Sprintf("Council of town %d turns down the mole of the %s summer", n, ordinal(n))
}

func ordinal(n int) string {
	return []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"}[n%11]
}

// profileOf returns the profile of pages.
func profileOf(t *testing.T, x *Extractor, pages []*news.Page) *siteprofile.Profile {
	t.Helper()
	var sample siteprofile.Sample
	for _, p := range pages {
		e, err := x.ExtractFrom(context.Background(), p, nil)
		if err != nil || e.Sketch == nil {
			t.Fatal(p.URL, "no sketch", err)
		}
		sample.Add(e.Sketch)
	}
	return sample.Profile()
}

func coastPages(n int) (pages []*news.Page) {
	for i := range n {
		pages = append(pages, coastPage(i))
	}
	return pages
}

// With the profile of its site a story has its text and nothing else, and each cut
// says on how many pages its reason rests.
func TestAProfileCutsWhatTheSiteRepeats(t *testing.T) {
	x := New(Options{})
	pages := coastPages(24)
	profile := profileOf(t, x, pages)
	for _, p := range []*news.Page{pages[3], coastPage(400)} { // of the sample, and new
		e, err := x.ExtractFrom(context.Background(), p, profile)
		if err != nil {
			t.Fatal(err)
		}
		story, text := e.Story, e.Story.Text()
		if story.Kind != news.KindStory || strings.Count(text, "harbour council") != 3 {
			t.Errorf("%s: %s %s, text\n%s", p.URL, story.Kind, story.KindWhy, text)
		}
		for _, noise := range []string{pitch, pointer, "A word on it"} {
			if strings.Contains(text, noise) {
				t.Errorf("%s: %q is in the text", p.URL, noise)
			}
		}
		i := slices.IndexFunc(story.Removals, func(r news.Removal) bool { return r.Text == pitch })
		if i < 0 || !strings.Contains(story.Removals[i].Why, "pages of this site") {
			t.Errorf("%s: no removal tells of the pitch: %+v", p.URL, story.Removals)
		}
	}
}

// A page judged without a profile, or with one of few pages, is judged by itself.
func TestFewPagesDecideNothing(t *testing.T) {
	x := New(Options{})
	page := coastPage(7)
	alone, err := x.Extract(context.Background(), page)
	if err != nil {
		t.Fatal(err)
	}
	for n := range siteprofile.MinPages {
		e, err := x.ExtractFrom(context.Background(), page, profileOf(t, x, coastPages(n)))
		if err != nil || e.Story.Text() != alone.Text() {
			t.Errorf("with %d pages the text is another: %v", n, err)
		}
	}
}

// The text of a page is the same in whatever order the pages of its site came.
func TestAProfileIsAFunctionOfTheSet(t *testing.T) {
	x := New(Options{})
	pages := coastPages(90) // more than a sample
	text := func() string {
		e, err := x.ExtractFrom(context.Background(), pages[5], profileOf(t, x, pages))
		if err != nil {
			t.Fatal(err)
		}
		return e.Story.Text()
	}
	first := text()
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(pages), func(i, k int) { pages[i], pages[k] = pages[k], pages[i] })
	for i, p := range pages {
		if p.URL == coastPage(5).URL {
			pages[5], pages[i] = pages[i], pages[5]
		}
	}
	if again := text(); again != first {
		t.Errorf("in another order:\n%s\nbefore:\n%s", again, first)
	}
}

// What one story quotes stays, though it is pitched elsewhere on the site.
func TestASentenceThatRecursOnFewPagesStays(t *testing.T) {
	x := New(Options{})
	pages := coastPages(24)
	for _, n := range []int{2, 9} {
		pages[n].Body = []byte(strings.Replace(string(pages[n].Body), "<p>On day", "<p>"+legend+"</p><p>On day", 1))
	}
	e, err := x.ExtractFrom(context.Background(), pages[2], profileOf(t, x, pages))
	if err != nil || !strings.Contains(e.Story.Text(), legend) {
		t.Errorf("%v: the quoted sentence is gone from\n%s", err, e.Story.Text())
	}
}

// A profile can be read by people: which elements hold the stories, which boxes are
// cut, which texts recur, each with what the pages show of it.
func TestDescribe(t *testing.T) {
	x := New(Options{})
	pages := coastPages(24)
	d := profileOf(t, x, pages).Describe()
	for _, p := range pages[:3] {
		if err := x.Illustrate(context.Background(), p, d); err != nil {
			t.Fatal(err)
		}
	}
	if !d.Decides || d.Pages != 24 || d.Stories != 24 {
		t.Errorf("%+v", d)
	}
	if len(d.Containers) != 1 || d.Containers[0].Name != "div.x* > div.k*z" || !strings.HasPrefix(d.Containers[0].Examples[0], "On day 0") {
		t.Errorf("containers: %+v", d.Containers)
	}
	i := slices.IndexFunc(d.Boxes, func(b siteprofile.Box) bool { return b.Cut && b.Name == "div.k*z > div.m*" })
	if i < 0 || d.Boxes[i].Pages != 24 || !slices.Equal(d.Boxes[i].Examples, []string{pitch}) {
		t.Errorf("boxes: %+v", d.Boxes)
	}
	if !slices.ContainsFunc(d.Texts, func(r siteprofile.RecurringText) bool { return r.Pages == 24 && r.Text == pitch }) {
		t.Errorf("texts: %+v", d.Texts)
	}
	if none := (*siteprofile.Profile)(nil).Describe(); none.Decides || x.Illustrate(context.Background(), pages[0], none) != nil {
		t.Error("no profile is described as one that decides")
	}
}

// orchardPage returns a page of an invented site whose template differs with kind.
func orchardPage(kind, n int) *news.Page {
	tag := []string{"div", "section", "article", "main", "td", "li"}[kind%6]
	var b strings.Builder
	fmt.Fprintf(&b, `<html><head><title>Orchard %d of grower %d is grubbed up</title></head><body><div class="%c-top">Grower %d</div>`, n, kind, 'a'+kind, kind)
	for k := range kind % 4 {
		fmt.Fprintf(&b, `<div class="%c-wrap-%c">`, 'a'+kind, 'a'+k)
	}
	if tag == "td" {
		b.WriteString("<table><tr>")
	}
	fmt.Fprintf(&b, `<%s class="%c-text" data-%c="1"><h1>Orchard %d of grower %d is grubbed up</h1>`, tag, 'a'+kind, 'a'+kind, n, kind)
	for k := range 5 {
		fmt.Fprintf(&b, `<p class="%c-p">Row %d of orchard %d went to the saw on day %d, since nobody in valley %d buys the small apples that grower %d had planted there.</p>`, 'a'+kind, k, n, n+k, n*3+k, kind)
	}
	fmt.Fprintf(&b, `</%s></body></html>`, tag)
	return &news.Page{URL: fmt.Sprintf("https://orchard.example/%d/%d", kind, n), Body: []byte(b.String())}
}

// A host that shows the pages of many sites, as archives do, teaches nothing.
func TestAHostOfManySitesDecidesNothing(t *testing.T) {
	x := New(Options{})
	var pages []*news.Page
	for kind := range 24 {
		pages = append(pages, orchardPage(kind, kind))
	}
	if p := profileOf(t, x, pages); p.Digest() != 0 || p.Describe().Decides {
		t.Error("the profile of a host of many sites decides")
	}
}

// A page of a template that the profile does not know is judged alone. When some pages
// have come, the profile knows it.
func TestANewTemplateIsJudgedAlone(t *testing.T) {
	x := New(Options{})
	pages := coastPages(24)
	fresh := orchardPage(1, 99)
	alone, err := x.Extract(context.Background(), fresh)
	if err != nil || alone.Kind != news.KindStory {
		t.Fatal(alone.Kind, alone.KindWhy, err)
	}
	for n := range 6 {
		e, err := x.ExtractFrom(context.Background(), fresh, profileOf(t, x, pages))
		if err != nil || e.Story.Text() != alone.Text() || e.Story.Kind != news.KindStory {
			t.Errorf("with %d pages of the template: %s %s\n%s", n, e.Story.Kind, e.Story.KindWhy, e.Story.Text())
		}
		pages = append(pages, orchardPage(1, n))
	}
}

// dated gives a page a day of publication.
func dated(p *news.Page, day int) *news.Page {
	stamp := fmt.Sprintf(`<head><meta property="article:published_time" content="%s">`, time.Date(2031, 3, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day).Format(time.RFC3339))
	p.Body = []byte(strings.Replace(string(p.Body), "<head>", stamp, 1))
	return p
}

// A change of a site's template is told by its profile, which knows the pages of the
// new one after a few. Two templates in use at once are no change.
func TestAChangeOfTheTemplateIsTold(t *testing.T) {
	x := New(Options{})
	var pages, mixed []*news.Page
	for n := range 20 {
		pages = append(pages, dated(coastPage(n), n))
		mixed = append(mixed, dated(coastPage(n), 2*n), dated(orchardPage(1, n), 2*n+1))
	}
	if since := profileOf(t, x, pages).Changed(); !since.IsZero() {
		t.Errorf("one template has changed on %v", since)
	}
	if since := profileOf(t, x, mixed).Changed(); !since.IsZero() {
		t.Errorf("two templates at once have changed on %v", since)
	}
	fresh, err := x.ExtractFrom(context.Background(), orchardPage(1, 99), nil)
	if err != nil {
		t.Fatal(err)
	}
	if profileOf(t, x, pages).Knows(fresh.Sketch) {
		t.Error("a template is known that no page has had")
	}
	for n := range 4 {
		pages = append(pages, dated(orchardPage(1, n), 20+n))
	}
	p := profileOf(t, x, pages)
	if since := p.Changed(); since.Format(time.DateOnly) != "2031-03-21" || !p.Knows(fresh.Sketch) || !p.Describe().Changed.Equal(since) {
		t.Errorf("changed on %v, the new template is known: %v", since, p.Knows(fresh.Sketch))
	}
}
