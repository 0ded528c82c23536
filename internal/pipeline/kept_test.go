package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"winnow/clean"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// teaser is a paid story's open part.
func teaser() string {
	return strings.Replace(icePage(1, ""), "</head>", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Six days on the ice","isAccessibleForFree":false}</script></head>`, 1)
}

func TestTeasersAreLeftOrKept(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": teaser()})
	p := newPipeline(t, site.web)
	p.Settler.Options.CleanSettings = "leave"
	if all := refreshed(t, p, false); len(all) != 0 {
		t.Fatalf("%d stories of a teaser that is to be left", len(all))
	}
	u, err := p.Store.URL(t.Context(), site.URL+"/ice")
	if want := "truncated: 52 words, and the page declares that the rest is paid (clean.truncated: leave)"; err != nil || u.State != schedule.SetAside || u.Reason != want {
		t.Fatalf("%s: %s %q (%v), want %q", u.URL, u.State, u.Reason, err, want)
	}
	site.paths()
	p.Admitter.Teasers, p.Settler.Options.CleanSettings = true, "keep"
	d := theIce(t, refreshed(t, p, false), iceWhole(iceText[0]))
	if d.Path == "" || len(d.Story.Marks) == 0 || d.Story.Marks[0] != news.MarkTruncated {
		t.Errorf("file %q, marks %q", d.Path, d.Story.Marks)
	}
	p.Admitter.Teasers, p.Settler.Options.CleanSettings = false, "leave"
	if all := refreshed(t, p, false); len(all) != 0 {
		t.Fatalf("%d stories are left after the setting has changed back", len(all))
	}
	if _, err := filepath.Glob(filepath.Join(filepath.Dir(p.Archive.Dir), d.Path)); err != nil {
		t.Error(err)
	}
	if u, err = p.Store.URL(t.Context(), site.URL+"/ice"); err != nil || u.State != schedule.SetAside || u.Reason == "" {
		t.Errorf("%s is %s %q (%v)", u.URL, u.State, u.Reason, err)
	}
	for _, path := range site.paths() {
		if path == "/ice" {
			t.Error("the page was asked for again")
		}
	}
	// It is asked for, and has not changed: it stays what it was judged to be.
	p.Admitter.Teasers, p.Settler.Options.CleanSettings = true, "keep"
	refreshed(t, p, false)
	theIce(t, refreshed(t, p, true), iceWhole(iceText[0]))
	if u, err = p.Store.URL(t.Context(), site.URL+"/ice"); err != nil || u.State != schedule.Done {
		t.Errorf("%s is %s %q (%v)", u.URL, u.State, u.Reason, err)
	}
}

func TestMinWordsReachesPagesThatWereRead(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": icePage(1, "")})
	p := newPipeline(t, site.web)
	for i, c := range []struct{ words, stories int }{{40, 1}, {60, 0}, {40, 1}} {
		p.Admitter.Cleaner, p.Settler.Options.CleanSettings = clean.New(clean.Options{MinWords: c.words}), fmt.Sprint(c.words)
		all := refreshed(t, p, false)
		if len(all) != c.stories {
			t.Fatalf("step %d, min_words %d: %d stories, want %d", i, c.words, len(all), c.stories)
		}
		_, err := p.Story(t.Context(), site.URL+"/ice")
		if (err == nil) != (c.stories == 1) || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

// TestTwinsAreNamesOfOneStory: whatever page of a story is found, and in which
// order, there is one story under the canonical URL, read from the best page.
func TestTwinsAreNamesOfOneStory(t *testing.T) {
	const own = "/story/ice"
	canonical := `<link rel="canonical" href="` + own + `">`
	pages := map[string]string{
		own:               icePage(1, "", canonical, `<link rel="amphtml" href="/story/ice/amp">`),
		own + "/amp":      icePage(1, "", canonical),
		own + "?amp=1":    icePage(1, ""),
		own + "?print=1":  icePage(1, "", `<meta name="robots" content="noarchive">`),
		"/print" + own:    icePage(1, "", canonical),
		own + "?output=1": icePage(1, "", `<link rel="canonical" href="`+own+`?output=1">`),
	}
	for _, linked := range [][]string{{own}, {own, own + "/amp", own + "?amp=1"}, {own + "/amp"}, {own + "?print=1"}, {"/print" + own, own}, {own + "?output=1", own + "?print=1"}, {own + "?amp=1"}} {
		t.Run(strings.Join(linked, " "), func(t *testing.T) {
			site := newPaper(t, maps.Clone(pages))
			site.set("/", list(linked...))
			p := newPipeline(t, site.web)
			d := theIce(t, refreshed(t, p, false), iceWhole(iceText[0]))
			if d.Story.URL != site.URL+own || d.PageURL != site.URL+own || d.Rank != 0 {
				t.Errorf("published as %s, read from %s, rank %d", d.Story.URL, d.PageURL, d.Rank)
			}
			for _, u := range append(linked, own, own+"/amp") {
				if s, err := p.Story(t.Context(), site.URL+u); err != nil || s.Story.ID != d.Story.ID {
					t.Errorf("%s means %q (%v)", u, s.Story.URL, err)
				}
			}
		})
	}
	// The canonical page is gone: the twin stays, under its name.
	site := newPaper(t, map[string]string{"/": list(own + "?print=1"), own + "?print=1": icePage(1, "")})
	p := newPipeline(t, site.web)
	if d := theIce(t, refreshed(t, p, false), iceWhole(iceText[0])); d.PageURL != site.URL+own+"?print=1" || d.Path == "" {
		t.Errorf("read from %s, file %q", d.PageURL, d.Path)
	}
}

// TestOwnTwinsAreNotAskedFor: a page that links to its print version needs no
// second request; a link to the print version of another page does.
func TestOwnTwinsAreNotAskedFor(t *testing.T) {
	const own = "/story.asp?id=7"
	links := `<p><a href="/print/story.asp?id=7">Print this page</a> <a href="/story.asp?id=7&amp;print=1">Plain</a> <a href="/print/story.asp?id=8">Print the other</a></p>`
	site := newPaper(t, map[string]string{
		"/":                     list(own),
		own:                     strings.Replace(icePage(1, ""), "</article>", "</article>"+links, 1),
		"/print/story.asp?id=7": icePage(1, ""),
		own + "&print=1":        icePage(1, ""),
		"/print/story.asp?id=8": icePage(2, ""),
	})
	p := newPipeline(t, site.web)
	refreshed(t, p, false)
	asked := site.paths()
	if n := countOf(asked, "/print/story.asp"); n != 1 || countOf(asked, "/story.asp") != 1 {
		t.Errorf("asked for %q", asked)
	}
	for _, twin := range []string{"/print/story.asp?id=7", own + "&print=1"} {
		if d, err := p.Story(t.Context(), site.URL+twin); err != nil || d.Story.URL != site.URL+own {
			t.Errorf("%s means %q (%v)", twin, d.Story.URL, err)
		}
	}
}

func countOf(list []string, what string) int {
	n := 0
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}
