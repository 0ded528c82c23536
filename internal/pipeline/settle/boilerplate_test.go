package settle

import (
	"fmt"
	"strings"
	"testing"

	"winnow/news"
)

// Words of the publisher go from the third story on that has them, also from
// the first two; they come back when fewer have them. That is no revision.
func TestBoilerplate(t *testing.T) {
	p, r := newPress(3), newNewsroom(t)
	var pages []*piece
	for i := range 4 {
		s := &piece{host: "coast.example", path: fmt.Sprint("/s/", i), date: "2026-03-02", text: strings.Join(append(p.paragraphs(4), boilerplateText), "\n\n")}
		pages = append(pages, s)
	}
	own := strings.Join(p.paragraphs(4), "\n\n")
	with := func(what string, want int) {
		t.Helper()
		_, files := r.settled()
		n := 0
		for _, body := range files {
			n += strings.Count(body, boilerplateText)
		}
		if n != want {
			t.Errorf("%s: the words of the publisher are in %d files of %d, want %d", what, n, len(files), want)
		}
		for d, err := range r.Corpus(t.Context()) {
			r.ok(err)
			removed := len(d.Story.Removals) == 1 && d.Story.Removals[0] == news.Removal{Rule: news.BoilerplateRule, Why: news.BoilerplateWhy, Text: boilerplateText}
			if removed != (want == 0 && strings.Contains(d.Read.Text(), boilerplateText)) {
				t.Errorf("%s: %s: removals %v", what, d.Story.URL, d.Story.Removals)
			}
			if removed == strings.Contains(d.Story.Text(), boilerplateText) && d.Read.Text() != own {
				t.Errorf("%s: %s: removed %v, but text %q", what, d.Story.URL, removed, d.Story.Text())
			}
		}
	}
	r.read(pages[0], pages[0].text)
	r.read(pages[1], pages[1].text)
	with("two stories", 2)
	r.read(pages[2], pages[2].text)
	with("three", 0)
	r.read(pages[3], pages[3].text)
	with("four", 0)
	r.read(pages[1], pages[1].text)
	with("one read again", 0)
	for _, s := range pages {
		d, err := r.Store.Stories.Get(t.Context(), s.url())
		r.ok(err)
		if d.Rev != 1 {
			t.Errorf("%s has revision %d", s.url(), d.Rev)
		}
	}
	r.read(pages[0], own)
	with("one without them now", 0)
	_, err := r.Store.Forget(t.Context(), pages[1].url(), r.Now())
	r.ok(err)
	with("one taken out", 2)
	r.read(pages[0], pages[0].text)
	with("three again", 0)
}

// BenchmarkSettle settles 200 stories of four sites, with words of the publisher
// under each and without.
func BenchmarkSettle(b *testing.B) {
	for _, c := range []struct{ name, line string }{{"plain", ""}, {"boilerplate", "\n\n" + boilerplateText}} {
		b.Run(c.name, func(b *testing.B) {
			const stories = 200
			for b.Loop() {
				b.StopTimer()
				p, r := newPress(4), newNewsroom(b)
				for i := range stories {
					s := &piece{host: fmt.Sprintf("paper%d.example", i%4), path: fmt.Sprint("/s/", i), date: "2026-03-02"}
					r.read(s, strings.Join(p.paragraphs(8), "\n\n")+c.line)
				}
				b.StartTimer()
				_, err := r.Settle(b.Context())
				r.ok(err)
			}
			b.ReportMetric(float64(stories)*float64(b.N)/b.Elapsed().Seconds(), "stories/s")
		})
	}
}
