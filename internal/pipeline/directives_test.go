package pipeline

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winnow/crawler"
	"winnow/internal/pipeline/importfiles"
	"winnow/schedule"
)

// TestForbiddenRobotsBySetting: fault 4.
func TestForbiddenRobotsBySetting(t *testing.T) {
	for _, c := range []struct {
		name   string
		deny   bool
		status int
		pages  bool
	}{
		{"403 allows", false, 403, true},
		{"403 closes", true, 403, false},
		{"401 closes", true, 401, false},
		{"404 allows all the same", true, 404, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					fmt.Fprint(w, list("/a"))
					return
				}
				w.WriteHeader(c.status)
			})
			p := newPipeline(t, site)
			p.robots.DenyForbidden = c.deny
			if _, err := p.Refresh(t.Context(), nil, false); err != nil {
				t.Fatal(err)
			}
			if asked := site.paths(); slices.Contains(asked, "/") != c.pages {
				t.Errorf("asked for %q", asked)
			}
			x, err := p.Explain(t.Context(), site.URL+"/")
			if err != nil {
				t.Fatal(err)
			}
			if u := x.URLs[0]; u.Robots.Allowed != c.pages || !c.pages && !strings.Contains(u.Reason, fmt.Sprint(c.status)) {
				t.Errorf("explained as %+v: %s", u.Robots, u.Reason)
			}
		})
	}
}

// TestRobotsDirectives: noindex, nofollow and noarchive, kept and ignored.
func TestRobotsDirectives(t *testing.T) {
	for _, c := range []struct {
		name, tag string
		ignore    func(*crawl)
		stories   int
		state     schedule.State
		reason    string // its beginning
		archived  bool
		follows   bool
	}{
		{name: "none", stories: 1, state: schedule.Done, archived: true, follows: true},
		{name: "noindex", tag: "noindex", state: schedule.SetAside, reason: "noindex", archived: true, follows: true},
		{name: "noindex ignored", tag: "noindex", ignore: func(p *crawl) { p.Admitter.IgnoreNoIndex = true }, stories: 1, state: schedule.Done, archived: true, follows: true},
		{name: "nofollow", tag: "nofollow", stories: 1, state: schedule.Done, archived: true},
		{name: "nofollow ignored", tag: "nofollow", ignore: func(p *crawl) { p.robots.IgnoreNoFollow = true }, stories: 1, state: schedule.Done, archived: true, follows: true},
		{name: "noarchive", tag: "noarchive", stories: 1, state: schedule.Done, reason: "not archived", follows: true},
		{name: "noarchive ignored", tag: "noarchive", ignore: func(p *crawl) { p.Archive.IgnoreNoArchive = true }, stories: 1, state: schedule.Done, archived: true, follows: true},
		{name: "to another crawler", tag: "otherbot: noindex, nofollow, noarchive", stories: 1, state: schedule.Done, archived: true, follows: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					fmt.Fprint(w, list("/a"))
				case "/a":
					w.Header().Set("X-Robots-Tag", c.tag)
					fmt.Fprint(w, strings.Replace(article("Alsen"), "</article>", `</article><a href="/b">The next story of this paper</a>`, 1))
				default:
					http.NotFound(w, r)
				}
			})
			p := newPipeline(t, site)
			if c.ignore != nil {
				c.ignore(p)
			}
			summary, err := p.Refresh(t.Context(), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			if n := summary.Sources[0].Stories; n != c.stories {
				t.Errorf("%d stories, want %d", n, c.stories)
			}
			if asked := site.paths(); slices.Contains(asked, "/b") != c.follows {
				t.Errorf("asked for %q", asked)
			}
			x, err := p.Explain(t.Context(), site.URL+"/a")
			if err != nil {
				t.Fatal(err)
			}
			if u := x.URLs[0]; u.State != c.state || !strings.HasPrefix(u.Reason, c.reason) || (u.Reason == "") != (c.reason == "") || (len(u.Copies) == 1) != c.archived {
				t.Errorf("%s: %s; copies %q", u.State, u.Reason, u.Copies)
			}
		})
	}
}

// TestNoIndexHoldsForFilesToo: the archive of a crawl makes the corpus that the
// crawl made.
func TestNoIndexHoldsForFilesToo(t *testing.T) {
	dir := t.TempDir()
	for name, page := range map[string]string{"a": article("Alsen"), "b": strings.Replace(article("Beelen"), "<title>", `<meta name="robots" content="noindex"><title>`, 1)} {
		page = strings.Replace(page, "<title>", `<link rel="canonical" href="https://press.example/`+name+`"><title>`, 1)
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := newPipeline(t)
	in, err := p.Import(t.Context(), dir, func(u importfiles.Skipped) { t.Error(u) })
	if err != nil {
		t.Fatal(err)
	}
	if in.Pages != 2 || in.Stories != 1 || in.Rejected != 1 {
		t.Errorf("%+v", in)
	}
}

// TestLinksThatSitesMark: fault 22. Paid links, and links of feeds to other
// sites, are taken when the source says so, and only then.
func TestLinksThatSitesMark(t *testing.T) {
	for _, c := range []struct {
		name          string
		paid, offsite bool
	}{{"neither", false, false}, {"paid", true, false}, {"other sites", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			agency := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/wire":
					http.Redirect(w, r, "/wire-story", http.StatusFound)
				case "/wire-story":
					fmt.Fprint(w, strings.Replace(article("Dorsten"), "</article>", `</article><a href="/more">More stories of this agency</a>`, 1))
				default:
					http.NotFound(w, r)
				}
			})
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><p>News</p><a rel="sponsored" href="/bought">Bought</a></body></html>`)
				case "/feed":
					fmt.Fprintf(w, `<rss version="2.0"><channel><item><title>Wire</title><link>%s/wire</link></item></channel></rss>`, agency.URL)
				default:
					http.NotFound(w, r)
				}
			})
			p := newPipeline(t, site)
			p.Sources[0].PaidLinks, p.Sources[0].Offsite = c.paid, c.offsite
			var err error
			if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, AllowPrivate: loopback, Ports: ports(site, agency)}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.Crawler.Close)
			summary, err := p.Refresh(t.Context(), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			if asked := site.paths(); slices.Contains(asked, "/bought") != c.paid {
				t.Errorf("the site was asked for %q", asked)
			}
			asked := agency.paths()
			if slices.Contains(asked, "/wire-story") != c.offsite || slices.Contains(asked, "/more") {
				t.Errorf("the agency was asked for %q", asked)
			}
			if got := summary.Sources[0].Stories == 1; got != c.offsite {
				t.Errorf("%d stories", summary.Sources[0].Stories)
			}
		})
	}
}

// TestMetaRefresh: a page that only leads on is a redirect, also for a list,
// whose pages' links are not followed; a story that does is a story.
func TestMetaRefresh(t *testing.T) {
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			fmt.Fprint(w, `<html><head><title>Moved</title><meta http-equiv="refresh" content="0; url=/new"></head><body>This page has moved.</body></html>`)
		case "/new":
			fmt.Fprint(w, article("Neuss"))
		case "/live":
			fmt.Fprint(w, strings.Replace(article("Lippe"), "<title>", `<meta http-equiv="refresh" content="5; url=/elsewhere"><title>`, 1))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	summary, _, err := p.Backfill(t.Context(), []string{site.URL + "/old", site.URL + "/live"})
	if err != nil {
		t.Fatal(err)
	}
	if summary.Sources[0].Stories != 2 {
		t.Errorf("%d stories", summary.Sources[0].Stories)
	}
	if asked := site.paths(); !slices.Contains(asked, "/new") || slices.Contains(asked, "/elsewhere") {
		t.Errorf("asked for %q", asked)
	}
	x, err := p.Explain(t.Context(), site.URL+"/old")
	if err != nil || x.URLs[0].State != schedule.Moved || x.URLs[0].Attempts[0].Target != site.URL+"/new" {
		t.Errorf("%+v, %v", x.URLs, err)
	}
}
