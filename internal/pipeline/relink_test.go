package pipeline

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"winnow/crawler"
)

// gazette is a site with something to widen to in each of its lists and pages.
// Its pages never change.
type gazette struct {
	*web
	etags bool // answers have an ETag, so that they are asked for conditionally

	mu    sync.Mutex
	asked map[string]int  // since the last look, by path
	plain map[string]bool // asked for without a condition
}

func newGazette(t *testing.T, etags bool, agency string) *gazette {
	g := &gazette{etags: etags, asked: map[string]int{}, plain: map[string]bool{}}
	body := func(path string) string {
		switch path {
		case "/":
			return `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>` +
				strings.Join([]string{`<a href="/a">The news of this day</a>`, `<a href="/shop/start">Shop</a>`, `<a href="/land/start">Land</a>`,
					`<a rel="sponsored" href="/paid-start">Paid</a>`, `<a rel="nofollow" href="/quiet-start">Quiet</a>`}, " ") + `</body></html>`
		case "/a":
			return with(article("Ahlen"), "/shop/a", "/land/a", "/deep", `/paid-a" rel="sponsored`, `/quiet-a" rel="nofollow`)
		case "/deep":
			return with(article("Deepdal"), "/deeper")
		case "/feed":
			return fmt.Sprintf(`<rss version="2.0"><channel><item><link>/a</link></item><item><link>/shop/item</link></item><item><link>/land/item</link></item><item><link>%s/wire</link></item></channel></rss>`, agency)
		case "/map.xml":
			return fmt.Sprintf(`<urlset><url><loc>%[1]s/shop/map</loc></url><url><loc>%[1]s/land/map</loc></url></urlset>`, g.URL)
		case "/robots.txt":
			return "Sitemap: /map.xml\n"
		}
		if slices.Contains([]string{"/sitemap.xml", "/sitemap_index.xml"}, path) {
			return ""
		}
		return article("Town" + strings.ReplaceAll(path, "/", "-"))
	}
	g.web = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		text := body(r.URL.Path)
		if text == "" {
			http.NotFound(w, r)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.asked[r.URL.Path]++
		if r.Header.Get("If-None-Match") == "" {
			g.plain[r.URL.Path] = true
		}
		if g.etags {
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		fmt.Fprint(w, text)
	})
	return g
}

// with is a page with links; what follows a quotation mark is more of the tag.
func with(page string, links ...string) string {
	var b strings.Builder
	for _, link := range links {
		fmt.Fprintf(&b, `<a href="%s">More</a> `, link)
	}
	return strings.Replace(page, "</body>", b.String()+"</body>", 1)
}

// look returns what was asked for since the last look, lists and robots.txt
// apart, and the lists that were asked for without a condition.
func (g *gazette) look(t *testing.T) (pages, lists []string) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	for path, n := range g.asked {
		list := slices.Contains([]string{"/", "/feed", "/map.xml"}, path)
		switch {
		case n > 1:
			t.Errorf("%s was asked for %d times", path, n)
		case path == "/robots.txt":
		case list && g.plain[path]:
			lists = append(lists, path)
		case !list:
			pages = append(pages, path)
		}
	}
	slices.Sort(pages)
	slices.Sort(lists)
	clear(g.asked)
	clear(g.plain)
	return pages, lists
}

// TestWidenedSource: when the settings of a source reach further, what was left
// of its lists and pages comes with the next refresh, although none of them has
// changed. Archived pages are not asked for at all, others once; the refresh
// after it asks for nothing anew, and neither does a narrower setting.
func TestWidenedSource(t *testing.T) {
	for _, c := range []struct {
		name    string
		narrow  func(t *testing.T, p *crawl)
		come    []string // with the widened settings
		offsite bool     // and the page of the agency
		lists   []string // that are asked for without a condition
	}{
		{"exclude", func(t *testing.T, p *crawl) { p.scope(t, nil, []string{"^/shop/"}) },
			[]string{"/shop/a", "/shop/item", "/shop/map", "/shop/start"}, false, []string{"/", "/feed", "/map.xml"}},
		{"include", func(t *testing.T, p *crawl) { p.scope(t, []string{"^/(a|shop.*)$"}, nil) },
			[]string{"/deep", "/deeper", "/land/a", "/land/item", "/land/map", "/land/start", "/paid-a", "/paid-start", "/quiet-a", "/quiet-start"}, false, []string{"/", "/feed", "/map.xml"}},
		{"max_depth", func(_ *testing.T, p *crawl) { p.Sources[0].MaxDepth = 1 },
			[]string{"/deep", "/deeper", "/land/a", "/paid-a", "/quiet-a", "/shop/a"}, false, nil},
		{"paid_links", func(_ *testing.T, p *crawl) { p.Sources[0].PaidLinks = false },
			[]string{"/paid-a", "/paid-start"}, false, []string{"/"}},
		{"robots.nofollow", func(_ *testing.T, p *crawl) { p.robots.IgnoreNoFollow = false },
			[]string{"/quiet-a", "/quiet-start"}, false, []string{"/"}},
		{"offsite", func(_ *testing.T, p *crawl) { p.Sources[0].Offsite = false },
			nil, true, []string{"/feed", "/map.xml"}},
	} {
		for _, how := range []struct {
			name           string
			archive, etags bool
		}{{"archived, ETag", true, true}, {"archived, same bytes", true, false}, {"not archived, ETag", false, true}, {"not archived, same bytes", false, false}} {
			t.Run(c.name+"/"+how.name, func(t *testing.T) {
				agency := newWeb(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, article("Dorsten")) })
				site := newGazette(t, how.etags, agency.URL)
				p := newPipeline(t, site.web)
				var err error
				if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, AllowPrivate: loopback, Ports: ports(site.web, agency)}); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(p.Crawler.Close)
				p.Archive.Policy.None = !how.archive
				refresh := func() {
					t.Helper()
					if _, err := p.Refresh(t.Context(), nil, false); err != nil {
						t.Fatal(err)
					}
				}
				set := func(narrow bool) {
					p.scope(t, nil, nil)
					p.Sources[0].MaxDepth, p.Sources[0].PaidLinks, p.Sources[0].Offsite, p.robots.IgnoreNoFollow = 3, true, true, true
					if narrow {
						c.narrow(t, p)
					}
				}
				set(true)
				refresh()
				first, _ := site.look(t)
				agency.paths()

				set(false)
				refresh()
				pages, lists := site.look(t)
				want := slices.Clone(c.come)
				if !how.archive && !c.offsite { // pages name none of the agency
					want = append(want, first...)
				}
				slices.Sort(want)
				if !slices.Equal(pages, want) {
					t.Errorf("widened: asked for %q, want %q", pages, want)
				}
				if how.etags && !slices.Equal(lists, c.lists) {
					t.Errorf("widened: asked without a condition for %q, want %q", lists, c.lists)
				}
				if asked := agency.paths(); slices.Contains(asked, "/wire") != c.offsite {
					t.Errorf("widened: the agency was asked for %q", asked)
				}
				for _, narrow := range []bool{false, true, true} {
					set(narrow)
					refresh()
					if pages, lists := site.look(t); len(pages) > 0 || how.etags && len(lists) > 0 {
						t.Errorf("narrow %v: asked for %q, and without a condition for %q", narrow, pages, lists)
					}
				}
			})
		}
	}
}

// TestWidenedSourceLeadsOn: an exclude is removed, and what it had left leads
// on: to a page that a redirect names, and by a shorter way to a page that was
// too deep for its links to be followed.
func TestWidenedSourceLeadsOn(t *testing.T) {
	for _, archive := range []bool{true, false} {
		t.Run(fmt.Sprint("archived: ", archive), func(t *testing.T) {
			pages := map[string]string{
				"/":         with(list("/one", "/old"), "/shop/hub"),
				"/one":      with(article("Einsiedel"), "/two"),
				"/two":      with(article("Zweibach"), "/far"),
				"/far":      with(article("Farfeld"), "/beyond"),
				"/beyond":   article("Ultima"),
				"/shop/hub": with(article("Hubbach"), "/far"),
				"/shop/new": article("Neuenfeld"),
			}
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/old" {
					http.Redirect(w, r, "/shop/new", http.StatusMovedPermanently)
					return
				}
				if pages[r.URL.Path] == "" {
					http.NotFound(w, r)
					return
				}
				fmt.Fprint(w, pages[r.URL.Path])
			})
			p := newPipeline(t, site)
			p.Archive.Policy.None = !archive
			p.scope(t, nil, []string{"^/shop/"})
			for _, step := range []struct {
				name           string
				come, archived []string // asked for; those of archived apart when they are archived
			}{
				{"excluded", []string{"/far", "/old", "/one", "/two"}, nil},
				{"widened", []string{"/beyond", "/old", "/shop/hub", "/shop/new"}, []string{"/far", "/one", "/two"}},
				{"again", nil, nil},
			} {
				if _, err := p.Refresh(t.Context(), nil, false); err != nil {
					t.Fatal(err)
				}
				asked := slices.DeleteFunc(site.paths(), func(path string) bool {
					return path == "/" || strings.Contains(path, "sitemap") || path == "/robots.txt"
				})
				want := slices.Clone(step.come)
				if !archive {
					want = append(want, step.archived...)
				}
				slices.Sort(asked)
				slices.Sort(want)
				if !slices.Equal(asked, want) {
					t.Errorf("%s: asked for %q, want %q", step.name, asked, want)
				}
				p.scope(t, nil, nil)
			}
		})
	}
}

// TestWidenedSourceWithoutItsArchive: a page that the archive has no more is
// asked for once.
func TestWidenedSourceWithoutItsArchive(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/a"), "/a": with(article("Ahlen"), "/shop/a"), "/shop/a": article("Laden")})
	p := newPipeline(t, site.web)
	p.scope(t, nil, []string{"^/shop/"})
	refreshed(t, p, false)
	if err := p.Archive.Writer.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(p.Archive.Dir); err != nil {
		t.Fatal(err)
	}
	site.paths()
	p.scope(t, nil, nil)
	refreshed(t, p, false)
	refreshed(t, p, false)
	asked := strings.Join(slices.DeleteFunc(site.paths(), func(path string) bool { return !strings.HasSuffix(path, "/a") }), " ")
	if asked != "/a /shop/a" {
		t.Errorf("asked for %q", asked)
	}
}

// TestWidenedSourceOnRecheck: pages that are requested again by the same pass,
// conditionally, are looked through in the archive all the same.
func TestWidenedSourceOnRecheck(t *testing.T) {
	site := newGazette(t, true, "https://agency.example")
	p := newPipeline(t, site.web)
	p.scope(t, nil, []string{"^/shop/"})
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	site.look(t)
	p.scope(t, nil, nil)
	if _, err := p.Refresh(t.Context(), nil, true); err != nil {
		t.Fatal(err)
	}
	site.mu.Lock()
	plain := site.plain["/a"]
	site.mu.Unlock()
	if pages, _ := site.look(t); !slices.Contains(pages, "/shop/a") || !slices.Contains(pages, "/a") || plain {
		t.Errorf("asked for %q, of these /a without a condition: %v", pages, plain)
	}
}
