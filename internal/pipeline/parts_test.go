package pipeline

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"winnow/clean"
	"winnow/clean/siterules"
	"winnow/crawler"
	"winnow/internal/pipeline/importfiles"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// paper is a site whose pages a test sets and changes.
type paper struct {
	*web
	mu    sync.Mutex
	pages map[string]string // by path and query; a number is a status
}

func newPaper(t *testing.T, pages map[string]string) *paper {
	p := &paper{pages: pages}
	p.web = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		body, ok := p.pages[r.RequestURI]
		p.mu.Unlock()
		status, err := strconv.Atoi(body)
		switch {
		case !ok:
			http.NotFound(w, r)
		case err == nil:
			w.WriteHeader(status)
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("ETag", `"`+sha(body)[:12]+`"`)
			if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprint(w, body)
		}
	})
	return p
}

func (p *paper) set(path, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = body
}

// iceText is what one page of the article says.
var iceText = []string{
	"The convoy left the yard before dawn with eleven lorries, two ploughs and a sauna on a sledge, which the drivers had voted for. It took them an hour to reach the river, and another to be sure of its ice.",
	"On the third day the wolves came close to the lorries, looked at the ploughs for a while and went back to the forest they had come from. The drivers heated the sauna that night and slept in shifts.",
	"Then the thaw set in, the ploughs went to the head of the convoy, and nobody on the road spoke of the sauna on the sledge any more. They were home with two days to spare and one lorry fewer.",
}

const iceHead = "Our reporter went along with the last convoy of the winter."

// icePage is page k of the article, from 1; next "" is the last.
func icePage(k int, next string, more ...string) string {
	link := ""
	if next != "" {
		link = `<link rel="next" href="` + next + `">`
	}
	return `<!DOCTYPE html><html lang="en"><head><title>Six days on the ice</title>` + link + strings.Join(more, "") + `</head><body><article><h1>Six days on the ice</h1><p>` + iceHead + `</p><p>` +
		iceText[k-1] + `</p></article></body></html>`
}

func iceWhole(parts ...string) string {
	return strings.Join(append([]string{iceHead}, parts...), "\n\n")
}

// refreshed runs all sources and returns the stories.
func refreshed(t *testing.T, p *crawl, recheck bool) []stories.Stored {
	t.Helper()
	if _, err := p.Refresh(context.Background(), nil, recheck); err != nil {
		t.Fatal(err)
	}
	return allStories(t, p)
}

func allStories(t *testing.T, p *crawl) []stories.Stored {
	t.Helper()
	var all []stories.Stored
	for d, err := range p.Settler.Corpus(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// theIce is the only story there is, with the text.
func theIce(t *testing.T, all []stories.Stored, want string) stories.Stored {
	t.Helper()
	if len(all) != 1 {
		for _, d := range all {
			t.Logf("%s: %q (missing %q, next %q)", d.Story.URL, d.Story.Text(), d.Story.Missing, d.Story.NextPage)
		}
		t.Fatalf("%d stories, want one", len(all))
	}
	if got := all[0].Story.Text(); got != want {
		t.Fatalf("text:\n%s\nwant:\n%s\n(missing %q)", got, want, all[0].Story.Missing)
	}
	return all[0]
}

func TestArticleInPartsIsOneStory(t *testing.T) {
	for _, c := range []struct {
		name    string
		urls    []string // of the parts
		linked  []int    // those that the front page links
		archive bool
	}{
		{"query", []string{"/ice", "/ice?page=2", "/ice?page=3"}, []int{0}, true},
		{"not archived", []string{"/ice", "/ice?page=2", "/ice?page=3"}, []int{0}, false},
		{"parts are linked too", []string{"/ice/", "/ice/2/", "/ice/3/"}, []int{0, 1, 2}, true},
		{"later parts are read first", []string{"/ice.html", "/ice-2.html", "/ice-3.html"}, []int{0, 1, 2}, true},
		{"read first and not archived", []string{"/ice.html", "/ice-2.html", "/ice-3.html"}, []int{0, 1, 2}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var links []string
			for _, k := range c.linked {
				links = append(links, c.urls[k])
			}
			next := append(c.urls[1:len(c.urls):len(c.urls)], "")
			pages := map[string]string{"/": list(links...)}
			for k, u := range c.urls {
				pages[u] = icePage(k+1, next[k])
			}
			site := newPaper(t, pages)
			p := newPipeline(t, site.web)
			p.Archive.Policy.None = !c.archive
			d := theIce(t, refreshed(t, p, false), iceWhole(iceText...))
			if d.Story.Missing != "" || len(d.Story.Parts) != 3 || d.Rev != 1 || len(d.Story.Marks) != 0 {
				t.Errorf("missing %q, parts %+v, revision %d, marks %q", d.Story.Missing, d.Story.Parts, d.Rev, d.Story.Figures)
			}
			if d.PageURL != site.URL+c.urls[0] || d.Story.ID != stories.NewID(site.URL+c.urls[0]) {
				t.Errorf("the story is %s, read from %s", d.Story.ID, d.PageURL)
			}
			record := p.Settler.Record(d)
			for k, u := range record.Parts {
				if u != site.URL+c.urls[k] || (record.PartRecords[k] != "") != c.archive {
					t.Errorf("part %d: %s in %q", k+1, u, record.PartRecords[k])
				}
				if s, err := p.Story(t.Context(), u); err != nil || s.Story.ID != d.Story.ID {
					t.Errorf("%s means %q (%v)", u, s.Story.URL, err)
				}
			}
			// Again: all pages answer 304, and nothing is lost.
			d = theIce(t, refreshed(t, p, true), iceWhole(iceText...))
			if d.Rev != 1 {
				t.Errorf("revision %d though nothing has changed", d.Rev)
			}
			// The pages are cleaned again because the settings are others.
			p.Settler.Options.CleanSettings = "one"
			theIce(t, refreshed(t, p, false), iceWhole(iceText...))
			p.Settler.Options.CleanSettings = "another"
			theIce(t, refreshed(t, p, false), iceWhole(iceText...))
		})
	}
}

func TestChangedPartsAreRevisions(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": icePage(1, "/ice?page=2"), "/ice?page=2": icePage(2, "")})
	p := newPipeline(t, site.web)
	theIce(t, refreshed(t, p, false), iceWhole(iceText[0], iceText[1]))
	later := strings.ReplaceAll(icePage(2, ""), "wolves", "foxes")
	site.set("/ice?page=2", later)
	d := theIce(t, refreshed(t, p, true), iceWhole(iceText[0], strings.ReplaceAll(iceText[1], "wolves", "foxes")))
	if d.Rev != 2 {
		t.Errorf("a part that changed makes revision %d, want 2", d.Rev)
	}
	site.set("/ice", strings.ReplaceAll(icePage(1, "/ice?page=2"), "sauna", "piano"))
	d = theIce(t, refreshed(t, p, true), iceWhole(strings.ReplaceAll(iceText[0], "sauna", "piano"), strings.ReplaceAll(iceText[1], "wolves", "foxes")))
	if d.Rev != 3 {
		t.Errorf("a first page that changed makes revision %d, want 3", d.Rev)
	}
	site.set("/ice", strings.ReplaceAll(icePage(1, ""), "sauna", "piano"))
	d = theIce(t, refreshed(t, p, true), iceWhole(strings.ReplaceAll(iceText[0], "sauna", "piano")))
	if d.Rev != 4 || len(d.Story.Parts) != 0 || d.Story.Missing != "" {
		t.Errorf("an article that lost its second page: revision %d, parts %v, missing %q", d.Rev, d.Story.Parts, d.Story.Missing)
	}
}

func TestMissingPartsAreReportedAndTriedAgain(t *testing.T) {
	const second = "/ice?page=2"
	for _, c := range []struct{ name, robots, page, missing string }{
		{"gone", "", "404", `status 404 Not Found`},
		{"broken", "", "500", `status 500 Internal Server Error`},
		{"forbidden by robots.txt", "User-agent: *\nDisallow: /*page=\n", icePage(2, ""), `robots.txt does not allow it`},
		{"a wall", "", `<title>Log in</title><p>Please log in to read on.</p><form><input type="password"></form>`, `wall: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			pages := map[string]string{"/": list("/ice"), "/ice": icePage(1, second), second: c.page}
			if c.robots != "" {
				pages["/robots.txt"] = c.robots
			}
			site := newPaper(t, pages)
			p := newPipeline(t, site.web)
			p.Options.Retry = schedule.Policy{}
			d := theIce(t, refreshed(t, p, false), iceWhole(iceText[0]))
			want := "part 2, " + site.URL + second
			if !strings.HasPrefix(d.Story.Missing, want) || !strings.Contains(d.Story.Missing, c.missing) || d.Path == "" {
				t.Fatalf("missing %q, want %q; file %q", d.Story.Missing, want+" … "+c.missing, d.Path)
			}
			if len(d.Story.Figures) == 0 || d.Story.Figures[0] != "truncated: "+d.Story.Missing {
				t.Errorf("figures %q", d.Story.Figures)
			}
			if c.robots != "" {
				return // robots.txt is read again tomorrow
			}
			site.set(second, icePage(2, ""))
			if n, err := p.Store.RetryFailures(t.Context(), "site0", false); n == 0 || err != nil {
				t.Fatalf("%d URLs are to be tried again (%v)", n, err)
			}
			d = theIce(t, refreshed(t, p, false), iceWhole(iceText[0], iceText[1]))
			if d.Story.Missing != "" || d.Rev != 1 {
				t.Errorf("after it came: missing %q, revision %d", d.Story.Missing, d.Rev)
			}
		})
	}
}

func TestPartsWithoutEndAreCapped(t *testing.T) {
	number := regexp.MustCompile(`page=(\d+)`)
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		k := 1
		if m := number.FindStringSubmatch(r.URL.RawQuery); m != nil {
			k, _ = strconv.Atoi(m[1])
		}
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/ice"))
		case "/ice":
			fmt.Fprint(w, strings.ReplaceAll(icePage(1, fmt.Sprintf("/ice?page=%d", k+1)), "eleven", fmt.Sprintf("%d hundred", k)))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Options.Retry = schedule.Policy{}
	all := refreshed(t, p, false)
	if len(all) != 1 || len(all[0].Story.Parts) != clean.MaxParts || all[0].Story.Missing != "more than 20 parts" {
		t.Fatalf("%d stories, %d parts, missing %q", len(all), len(all[0].Story.Parts), all[0].Story.Missing)
	}
	asked := 0
	for _, path := range site.paths() {
		if path == "/ice" {
			asked++
		}
	}
	if asked != clean.MaxParts {
		t.Errorf("%d pages were asked for, want %d", asked, clean.MaxParts)
	}
}

func TestNextStoryIsNoPart(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/story-1"), "/story-1": strings.Replace(article("Vik"), "</title>", `</title><link rel="next" href="/story-2">`, 1), "/story-2": strings.ReplaceAll(icePage(1, ""), "</p>", " "+iceText[2]+"</p>")})
	p := newPipeline(t, site.web)
	all := refreshed(t, p, false)
	if len(all) != 2 {
		t.Fatalf("%d stories, want two", len(all))
	}
	for _, d := range all {
		if len(d.Story.Parts) != 0 || d.Story.Missing != "" {
			t.Errorf("%s has parts %v, missing %q", d.Story.URL, d.Story.Parts, d.Story.Missing)
		}
	}
}

// siteRules reads rules for the host of a site on loopback.
func siteRules(t *testing.T, text string) *siterules.Rules {
	t.Helper()
	file, wrong := siterules.Parse("rules", 1, text)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	var rules *siterules.Rules
	return rules.WithSource("site0", file)
}

func TestNextPageOfSiteRules(t *testing.T) {
	more := func(page, next string) string {
		return strings.Replace(page, "</article>", `<a class="on" href="`+next+`">Go on</a></article>`, 1)
	}
	site := newPaper(t, map[string]string{"/": list("/a-thaw", "/ice"), "/ice": more(icePage(1, ""), "/b-wolves"), "/b-wolves": more(icePage(2, ""), "/a-thaw"), "/a-thaw": more(icePage(3, ""), "/ice")})
	p := newPipeline(t, site.web)
	p.Admitter.Cleaner = clean.New(clean.Options{Sites: siteRules(t, "next_page_link: //link[@rel='none']\nnext_page_link: //a[@class='on'][not(@href='/ice')]")})
	d := theIce(t, refreshed(t, p, false), iceWhole(iceText...))
	if d.PageURL != site.URL+"/ice" || d.Story.Missing != "" {
		t.Errorf("read from %s, missing %q", d.PageURL, d.Story.Missing)
	}
}

func TestSinglePageOfSiteRules(t *testing.T) {
	whole := strings.Replace(icePage(1, "", `<link rel="canonical" href="/ice">`), iceText[0], strings.Join(iceText, "</p><p>"), 1)
	site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": strings.Replace(icePage(1, "/ice?page=2"), "</article>", `<a class="all" href="/ice?all=1">On one page</a></article>`, 1), "/ice?all=1": whole})
	p := newPipeline(t, site.web)
	p.Admitter.Cleaner = clean.New(clean.Options{Sites: siteRules(t, "single_page_link: //a[@class='all']")})
	d := theIce(t, refreshed(t, p, false), iceWhole(iceText...))
	if d.PageURL != site.URL+"/ice?all=1" || d.Story.URL != site.URL+"/ice" {
		t.Errorf("read from %s, published as %s", d.PageURL, d.Story.URL)
	}
	theIce(t, refreshed(t, p, true), iceWhole(iceText...))

	// The whole is not there: the first part stays, and says so.
	site = newPaper(t, map[string]string{"/": list("/ice"), "/ice": site.pages["/ice"]})
	p = newPipeline(t, site.web)
	p.Admitter.Cleaner = clean.New(clean.Options{Sites: siteRules(t, "single_page_link: //a[@class='all']")})
	d = theIce(t, refreshed(t, p, false), iceWhole(iceText[0]))
	if want := "the whole is on " + site.URL + "/ice?all=1, which has not been fetched yet"; d.Story.Missing != want {
		t.Errorf("missing %q, want %q", d.Story.Missing, want)
	}
}

// TestPartsFromTheArchive: the state is lost, and made anew from the archive.
func TestPartsFromTheArchive(t *testing.T) {
	for _, urls := range [][]string{{"/ice", "/ice?page=2", "/ice?page=3"}, {"/ice.html", "/ice-2.html", "/ice-3.html"}} {
		site := newPaper(t, map[string]string{"/": list(urls...), urls[0]: icePage(1, urls[1]), urls[1]: icePage(2, urls[2]), urls[2]: icePage(3, "")})
		p := newPipeline(t, site.web)
		before := theIce(t, refreshed(t, p, false), iceWhole(iceText...))
		if err := p.Archive.Writer.Rotate(); err != nil {
			t.Fatal(err)
		}
		again := newPipeline(t, site.web)
		if _, err := again.Import(t.Context(), p.Archive.Dir, func(u importfiles.Skipped) { t.Error(u) }); err != nil {
			t.Fatal(err)
		}
		after := theIce(t, allStories(t, again), iceWhole(iceText...))
		if after.Story.ID != before.Story.ID || len(after.Story.Parts) != 3 || after.Story.Missing != "" {
			t.Errorf("%s: story %s became %s, parts %v, missing %q", urls[1], before.Story.ID, after.Story.ID, after.Story.Parts, after.Story.Missing)
		}
	}
}

func TestForgottenArticleTakesItsPartsAlong(t *testing.T) {
	site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": icePage(1, "/ice?page=2"), "/ice?page=2": icePage(2, "")})
	p := newPipeline(t, site.web)
	refreshed(t, p, false)
	if _, err := p.Forget(t.Context(), site.URL+"/ice?page=2"); err != nil {
		t.Fatal(err)
	}
	site.set("/", list("/ice", "/ice?page=2"))
	if all := refreshed(t, p, true); len(all) != 0 {
		t.Errorf("%d stories came back", len(all))
	}
}

// TestPartsOfAListedPage: a list may name pages that no source would take.
func TestPartsOfAListedPage(t *testing.T) {
	site := newPaper(t, map[string]string{"/ice": icePage(1, "/ice?page=2"), "/ice?page=2": icePage(2, "")})
	p := newPipeline(t, site.web)
	scope, err := crawler.NewScope(site.URL+"/", []string{"^/news/"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Sources[0].Scope = scope
	if _, _, err := p.Backfill(t.Context(), []string{site.URL + "/ice"}); err != nil {
		t.Fatal(err)
	}
	d := theIce(t, allStories(t, p), iceWhole(iceText[0], iceText[1]))
	if d.Story.Missing != "" || len(d.Story.Parts) != 2 {
		t.Errorf("missing %q, parts %v", d.Story.Missing, d.Story.Parts)
	}
}
