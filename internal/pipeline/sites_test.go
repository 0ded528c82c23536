package pipeline

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/clean/siteprofile"
	"winnow/internal/pipeline/explain"
	"winnow/internal/store/stories"
)

// pierPitch recurs on a site of which no rule knows anything.
const pierPitch = "Every lantern along this pier is lit by somebody who has paid for a week of its oil."

// pierPage is a page of that site: the pitch stands between two paragraphs.
func pierPage(n int) string {
	var b strings.Builder
	title := fmt.Sprintf("Convoy %d reaches the %s pier of Tollvik", n, pierWords[n%len(pierWords)])
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="en"><head><title>%[1]s</title></head><body><div class="u7"><h1>%[1]s</h1><div class="w3">`, title)
	for k := range 3 {
		fmt.Fprintf(&b, `<p>Lorry %d of the %s column carried crate %d over the %s bridge before the tide came in behind it.</p>`,
			n*17+k, pierWords[(n+k)%len(pierWords)], n*n+k, pierWords[(n*3+k*5)%len(pierWords)])
		if k == 1 {
			fmt.Fprintf(&b, `<div class="d9"><p>%s</p></div>`, pierPitch)
		}
	}
	b.WriteString("</div></div></body></html>")
	return b.String()
}

var pierWords = []string{"northern", "eastern", "wooden", "narrow", "upper", "lower", "longest", "oldest", "second", "stone", "outer"}

// newPierPage is a page of the site after it has been built anew.
func newPierPage(n int) string {
	page := strings.NewReplacer(`class="u7"`, `id="app" class="shell"`, `class="w3"`, `class="story-column"`, `class="d9"`, `class="lantern-card"`).Replace(pierPage(n))
	return strings.Replace(page, "</div></div>", `</div><aside class="rail"><ul><li><a href="/lamps">Lamps</a></li></ul></aside></div>`, 1)
}

// dated is a page with the day of its publication in the head.
func dated(page, day string) string {
	return strings.Replace(page, "</title>", `</title><meta property="article:published_time" content="`+day+`T08:00:00Z">`, 1)
}

func pierPages(n int) map[string]string {
	pages, links := map[string]string{}, []string(nil)
	for i := range n {
		path := fmt.Sprint("/convoy/", i)
		pages[path], links = pierPage(i), append(links, path)
	}
	pages["/"] = list(links...)
	return pages
}

// withPitch counts the stories whose text has the pitch, and those that have it among
// what was removed by their site.
func withPitch(all []stories.Stored) (inText, removed int) {
	for _, d := range all {
		if strings.Contains(d.Story.Text(), pierPitch) {
			inText++
		}
		for _, r := range d.Story.Removals {
			if r.Rule == siteprofile.Rule && r.Text == pierPitch && r.Why != "" {
				removed++
			}
		}
	}
	return inText, removed
}

// What recurs on the pages of a site is cut when all of a run are known, whatever their
// order. That is no revision, and what one page changes is.
func TestSitesAreLearnedFromTheirPages(t *testing.T) {
	const pages = 16
	texts := [2]map[string]string{{}, {}}
	for i, workers := range []int{1, 8} {
		site := newPaper(t, pierPages(pages))
		p := newPipeline(t, site.web)
		p.Options.Workers = workers
		all := refreshed(t, p, false)
		if inText, removed := withPitch(all); len(all) != pages || inText != 0 || removed != pages {
			t.Errorf("%d workers: %d stories, %d with the pitch, %d from which the site's profile removed it", workers, len(all), inText, removed)
		}
		for _, d := range all {
			if d.Rev != 1 || d.Profile == 0 {
				t.Errorf("%s: revision %d, profile %d", d.PageURL, d.Rev, d.Profile)
			}
			texts[i][strings.TrimPrefix(d.PageURL, site.URL)] = d.Story.Text()
		}
		x, err := p.Explain(t.Context(), site.URL+"/convoy/3")
		if err != nil || !strings.Contains(fmt.Sprintf("%+v", x.Page), pierPitch) {
			t.Errorf("explained: %+v, %v", x, err)
		}
		site.set("/convoy/3", strings.Replace(pierPage(3), "Lorry 51", "Tractor 51", 1))
		for _, d := range refreshed(t, p, true) {
			want := int64(1)
			if strings.HasSuffix(d.PageURL, "/convoy/3") {
				want = 2
			}
			if d.Rev != want || strings.Contains(d.Story.Text(), pierPitch) {
				t.Errorf("%s after a change of one page: revision %d\n%s", d.PageURL, d.Rev, d.Story.Text())
			}
		}
	}
	if !maps.Equal(texts[0], texts[1]) {
		t.Error("the texts depend on the number of workers")
	}
}

// The texts of a site are a function of its pages, however many are known at the end of
// each pass. With too few of them nothing is cut, and what was comes back.
func TestSitesAreAFunctionOfTheirPages(t *testing.T) {
	const pages = 14
	var want map[string]string
	for seed := range uint64(3) {
		all, known := pierPages(pages), map[string]string{"/": list()}
		site := newPaper(t, known)
		p := newPipeline(t, site.web)
		order, links := rand.New(rand.NewPCG(seed, 1)).Perm(pages), []string(nil)
		for i, n := range order {
			path := fmt.Sprint("/convoy/", n)
			links = append(links, path)
			site.set(path, all[path])
			if seed > 0 && i%5 == 2 {
				site.set("/", list(links...))
				refreshed(t, p, false)
			}
		}
		site.set("/", list(links...))
		got := map[string]string{}
		for _, d := range refreshed(t, p, false) {
			got[strings.TrimPrefix(d.PageURL, site.URL)] = d.Story.Text()
		}
		if seed == 0 {
			want = got
		}
		if len(got) != pages || !maps.Equal(got, want) {
			t.Errorf("order %d: %d texts, which are others than in one pass", seed, len(got))
		}
		for n := range pages - 2 {
			if _, err := p.Store.Forget(t.Context(), fmt.Sprint(site.URL, "/convoy/", n), p.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Settler.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		left := allStories(t, p)
		if inText, removed := withPitch(left); len(left) != 2 || inText != 2 || removed != 0 {
			t.Errorf("of two pages: %d stories, %d with the pitch, %d from which it was removed", len(left), inText, removed)
		}
	}
}

// A page that is not archived is judged when it is fetched, by what is known of its site
// then, and never again.
func TestSitesOfPagesThatAreNotArchived(t *testing.T) {
	const first, more = 12, 4
	pages := pierPages(first)
	site := newPaper(t, pages)
	p := newPipeline(t, site.web)
	p.Archive.Policy.None = true
	before := map[string]string{}
	for _, d := range refreshed(t, p, false) {
		before[d.Story.ID] = d.Story.Text()
	}
	all, links := pierPages(first+more), []string(nil)
	for n := range first + more {
		path := fmt.Sprint("/convoy/", n)
		links = append(links, path)
		site.set(path, all[path])
	}
	site.set("/", list(links...))
	found := refreshed(t, p, false)
	if len(before) != first || len(found) != first+more {
		t.Fatalf("%d stories, then %d", len(before), len(found))
	}
	for _, d := range found {
		text := d.Story.Text()
		if was, known := before[d.Story.ID]; known && text != was || !known && (d.Profile == 0 || strings.Contains(text, pierPitch)) || d.Rev != 1 {
			t.Errorf("%s: revision %d, profile %d\n%s\nbefore: %s", d.PageURL, d.Rev, d.Profile, text, was)
		}
	}
}

// What is known of a site in a format of another version is made again from the archive.
func TestSketchesOfAnotherVersion(t *testing.T) {
	const pages = 16
	site := newPaper(t, pierPages(pages))
	p := newPipeline(t, site.web)
	refreshed(t, p, false)
	host := strings.TrimPrefix(site.URL, "http://")
	known := func() (urls []string) {
		sketches, err := p.Store.Sites.Sketches(t.Context(), host)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sketches {
			if sketch := new(siteprofile.Sketch); sketch.UnmarshalBinary(s.Data) == nil {
				urls = append(urls, s.URL)
			}
		}
		return urls
	}
	before := known()
	state, err := sql.Open("sqlite", filepath.Join(filepath.Dir(filepath.Dir(p.Archive.Dir)), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	if _, err := state.Exec("UPDATE sketch SET data = x'0102' || substr(data, 3)"); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Exec("UPDATE site SET stamp = stamp + 1"); err != nil {
		t.Fatal(err)
	}
	if left := known(); len(before) < pages || len(left) > 0 {
		t.Fatalf("%d sketches, %d of them after they were made unreadable", len(before), len(left))
	}
	all := refreshed(t, p, false)
	if inText, removed := withPitch(all); len(all) != pages || inText != 0 || removed != pages {
		t.Errorf("%d stories, %d with the pitch, %d from which it was removed", len(all), inText, removed)
	}
	for _, d := range all {
		if d.Rev != 1 || d.Profile == 0 {
			t.Errorf("%s: revision %d, profile %d", d.PageURL, d.Rev, d.Profile)
		}
	}
	if after := known(); !slices.Equal(before, after) {
		t.Errorf("made again: %v, want %v", after, before)
	}
}

// A site that is built anew is followed within a few pages, and the state tells it.
func TestASiteThatChangesItsTemplate(t *testing.T) {
	pages, links := map[string]string{}, []string(nil)
	publish := func(n int, page, day string) {
		path := fmt.Sprint("/convoy/", n)
		pages[path], links = dated(page, day), append(links, path)
		pages["/"] = list(links...)
	}
	for n := range 10 {
		publish(n, pierPage(n), fmt.Sprintf("2026-03-%02d", n+1))
	}
	site := newPaper(t, pages)
	p := newPipeline(t, site.web)
	changed := func() (hosts []string) {
		all, err := p.Store.Report.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			for _, c := range s.Changed {
				hosts = append(hosts, c.Host+" "+c.Since.Format(time.DateOnly))
			}
		}
		return hosts
	}
	refreshed(t, p, false)
	if hosts := changed(); len(hosts) > 0 {
		t.Errorf("before the change: %v", hosts)
	}
	site.mu.Lock()
	for n := 10; n < 15; n++ {
		publish(n, newPierPage(n), fmt.Sprintf("2026-03-%02d", n+10))
	}
	site.mu.Unlock()
	all := refreshed(t, p, false)
	if inText, removed := withPitch(all); len(all) != 15 || inText != 0 || removed != 15 {
		t.Errorf("%d stories, %d with the pitch, %d from which it was removed", len(all), inText, removed)
	}
	host := strings.TrimPrefix(site.URL, "http://")
	if hosts := changed(); len(hosts) != 1 || hosts[0] != host+" 2026-03-20" {
		t.Errorf("after the change: %v", hosts)
	}
	known, err := p.explainer.Site(t.Context(), site.URL+"/convoy/1")
	if err != nil || known.Host != host || known.Changed.IsZero() || !known.Settled || len(known.Containers) < 2 {
		t.Errorf("%+v, %v", known, err)
	}
}

// What the feed of a site names has addresses of a form, and a page whose address has it
// too is a story, though alone it looks like a list. The like of it elsewhere is a list.
// This does not depend on the order of the pages.
func TestAddressesAreLearnedFromFeeds(t *testing.T) {
	const pages = 16
	board := func(name string, paragraphs, links int) string {
		var b strings.Builder
		fmt.Fprintf(&b, `<html lang="en"><head><title>Warehouse three at the outer %[1]s</title></head><body><main class="%[1]s"><h1>Warehouse three at the outer %[1]s</h1>`, name)
		for k := range paragraphs {
			fmt.Fprintf(&b, `<p>Keeper %d of the %s %s counted %d barges and wrote to warehouse %d that the %s gate no longer shuts by itself.</p>`, 9+k, pierWords[3+k], name, 14+k, 3+k*13, pierWords[(9+k*7)%11])
		}
		fmt.Fprintf(&b, `<ul class="more-%s">`, name)
		for k := range links {
			fmt.Fprintf(&b, `<li><a href="/x/%d">Notice %d of the %s %s is posted at the gate of the harbour</a></li>`, 3+k, 15+k, pierWords[(3+k)%11], name)
		}
		return b.String() + `</ul></main></body></html>`
	}
	for _, workers := range []int{1, 8} {
		var site *web
		site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			var n int
			switch _, err := fmt.Sscanf(r.URL.Path, "/convoy/%d", &n); {
			case r.URL.Path == "/":
				fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>`+list("/convoy/400", "/topics/lock")+`</body></html>`)
			case r.URL.Path == "/feed":
				w.Header().Set("Content-Type", "application/rss+xml")
				fmt.Fprint(w, `<rss version="2.0"><channel><title>Pier</title>`)
				for k := range pages {
					fmt.Fprintf(w, `<item><title>Convoy %d</title><link>%s/convoy/%d</link></item>`, k, site.URL, k)
				}
				fmt.Fprint(w, `</channel></rss>`)
			case r.URL.Path == "/topics/lock":
				fmt.Fprint(w, board("lock", 2, 26))
			case err == nil && n == 400:
				fmt.Fprint(w, board("weir", 2, 26))
			case err == nil && n < pages:
				fmt.Fprint(w, pierPage(n))
			default:
				http.NotFound(w, r)
			}
		})
		p := newPipeline(t, site)
		p.Options.Workers = workers
		got := map[string]bool{}
		for _, d := range refreshed(t, p, false) {
			got[strings.TrimPrefix(d.PageURL, site.URL)] = true
		}
		if len(got) != pages+1 || !got["/convoy/400"] || got["/topics/lock"] {
			t.Errorf("%d workers: the stories are %v", workers, slices.Sorted(maps.Keys(got)))
		}
		x, err := p.Explain(t.Context(), site.URL+"/topics/lock")
		if err != nil || !strings.Contains(x.Page.Why, "a feed names 16 pages of this site, and none with an address such as /topics/{word}") {
			t.Errorf("%d workers: /topics/lock: %+v, %v", workers, x.Page, err)
		}
		known, err := p.explainer.Site(t.Context(), site.URL)
		if err != nil || len(known.Addresses) == 0 || known.Addresses[0] != (explain.SiteAddress{Form: "/convoy/{number}", Pages: 17, Named: 16, Stories: 16}) {
			t.Errorf("%d workers: %+v, %v", workers, known, err)
		}
	}
}
