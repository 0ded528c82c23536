package pipeline

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"winnow/schedule"
)

// months is a site whose sitemap is an index of monthly sitemaps, the first one of
// January 2000, each with one story.
type months struct {
	*crawl
	site    *web
	lists   int               // number of monthly sitemaps
	lastmod map[int]time.Time // that the index says of each; zero none
	later   time.Duration     // that the clock is ahead
}

func (m *months) path(list int) string {
	return fmt.Sprintf("/sitemap-%d-%02d.xml", 2000+list/12, list%12+1)
}

func newMonths(t *testing.T, lists int) *months {
	m := &months{lists: lists, lastmod: map[int]time.Time{}}
	m.site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			fmt.Fprintf(w, "Sitemap: %s/index.xml\n", m.site.URL)
		case r.URL.Path == "/":
			fmt.Fprint(w, "<html><body><p>News of the day.</p></body></html>")
		case r.URL.Path == "/index.xml":
			fmt.Fprint(w, "<sitemapindex>")
			for i := range m.lists {
				fmt.Fprintf(w, "<sitemap><loc>%s%s</loc>", m.site.URL, m.path(i))
				if at := m.lastmod[i]; !at.IsZero() {
					fmt.Fprintf(w, "<lastmod>%s</lastmod>", at.Format(time.RFC3339))
				}
				fmt.Fprint(w, "</sitemap>")
			}
			fmt.Fprint(w, "</sitemapindex>")
		case strings.HasPrefix(r.URL.Path, "/sitemap-"):
			fmt.Fprintf(w, "<urlset><url><loc>%s/story%s</loc></url></urlset>", m.site.URL, strings.TrimSuffix(r.URL.Path[8:], ".xml"))
		case strings.HasPrefix(r.URL.Path, "/story"):
			fmt.Fprint(w, article("Place"+r.URL.Path[7:]))
		default:
			http.NotFound(w, r)
		}
	})
	m.crawl = newPipeline(t, m.site)
	m.Options.Workers = 1
	m.Now = func() time.Time { return time.Now().UTC().Add(m.later) }
	return m
}

// pass makes a pass and returns the paths of the monthly sitemaps, and the number of
// stories, in the order of the requests.
func (m *months) pass(t *testing.T) (lists []string, stories int, summary SourceSummary) {
	t.Helper()
	m.site.paths()
	all, err := m.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range m.site.paths() {
		if strings.HasPrefix(path, "/sitemap-") {
			lists = append(lists, path)
		} else if strings.HasPrefix(path, "/story") {
			stories++
		}
	}
	return lists, stories, all.Sources[0]
}

// TestOldSitemapsAreNotAskedForAgain: the sitemaps of an index that says when they
// changed are asked for when they did, and else once a month.
func TestOldSitemapsAreNotAskedForAgain(t *testing.T) {
	m := newMonths(t, 40)
	for i := range m.lists {
		m.lastmod[i] = m.Now().AddDate(0, -1, 0)
	}
	if lists, stories, _ := m.pass(t); len(lists) != 40 || stories != 40 {
		t.Fatalf("the first pass asked for %d lists and %d stories", len(lists), stories)
	}
	m.later += time.Hour
	if lists, _, _ := m.pass(t); len(lists) > 0 {
		t.Errorf("an hour later %v", lists)
	}
	m.later += time.Hour
	m.lastmod[7] = m.Now()
	if lists, _, _ := m.pass(t); !slices.Equal(lists, []string{m.path(7)}) {
		t.Errorf("one has changed: %v", lists)
	}
	m.later += time.Hour
	if lists, _, _ := m.pass(t); len(lists) > 0 {
		t.Errorf("its index says no more than before, and the sitemap was found unchanged: %v", lists)
	}
	m.later += 31 * 24 * time.Hour
	if lists, _, _ := m.pass(t); len(lists) != 40 {
		t.Errorf("a month later %d", len(lists))
	}
}

// TestSitemapsThatDoNotChangeAreAskedForLessOften: nor does an index have to say
// anything.
func TestSitemapsThatDoNotChangeAreAskedForLessOften(t *testing.T) {
	m := newMonths(t, 10)
	var asked []int
	for range 8 {
		lists, _, _ := m.pass(t)
		asked = append(asked, len(lists))
		m.later += 24*time.Hour + time.Minute
	}
	// On the second day they are found unchanged; then after 1, 2 and 4 days.
	if want := []int{10, 10, 10, 0, 10, 0, 0, 0}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v sitemaps day by day, want %v", asked, want)
	}
}

// TestListsDoNotStarveStories: of very many sitemaps a pass reads the newest months
// first, stories in between, and no more than max_lists; the next pass goes on there.
func TestListsDoNotStarveStories(t *testing.T) {
	m := newMonths(t, 110)
	m.Sources[0].MaxLists = 36 // with the index
	var read []string
	for pass := range 4 {
		m.site.paths()
		all, err := m.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		paths := m.site.paths()
		var lists []string
		first := -1
		for i, path := range paths {
			if strings.HasPrefix(path, "/sitemap-") {
				lists = append(lists, path)
			}
			if strings.HasPrefix(path, "/story") && first < 0 {
				first = i
			}
		}
		if pass < 3 && (len(lists) < 30 || len(lists) > 35) {
			t.Errorf("pass %d read %d lists", pass, len(lists))
		}
		if pass == 0 && (first < 0 || first > 40 || lists[0] != m.path(109) || all.Sources[0].Left.MaxLists != 110-int64(len(lists))) {
			t.Errorf("the first story is request %d of %d, the first list %s; left: %s", first, len(paths), lists[0], all.Sources[0].Left)
		}
		for _, list := range lists {
			if len(read) < m.lists && slices.Contains(read, list) {
				t.Errorf("pass %d read %s again, before all were read", pass, list)
			}
			read = append(read, list)
		}
		m.later += time.Minute
	}
	if len(read) < 110 {
		t.Errorf("%d lists were read", len(read))
	}
	if all, err := m.Store.Report.Status(t.Context()); err != nil || all[0].Stories+all[0].Copies != 110 {
		t.Errorf("%d stories, %v", all[0].Stories+all[0].Copies, err)
	}
}

// TestIndexesWithoutEnd: an index of indexes of indexes, each of thirty, is followed two
// levels deep, the reason is recorded, and stories are read meanwhile.
func TestIndexesWithoutEnd(t *testing.T) {
	var site *web
	site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			fmt.Fprint(w, list("/a", "/b"))
		case r.URL.Path == "/a" || r.URL.Path == "/b":
			fmt.Fprint(w, article("Place"+r.URL.Path[1:]))
		case strings.HasPrefix(r.URL.Path, "/sitemap.xml"):
			n, _ := strconv.Atoi(r.URL.Query().Get("n"))
			fmt.Fprint(w, "<sitemapindex>")
			for i := range 6 {
				fmt.Fprintf(w, "<sitemap><loc>%s/sitemap.xml?n=%d</loc><lastmod>%s</lastmod></sitemap>", site.URL, n*6+i+1, time.Now().UTC().Format(time.RFC3339))
			}
			fmt.Fprint(w, "</sitemapindex>")
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Options.Retry = schedule.Policy{}
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	lists, stories := 0, 0
	for _, path := range site.paths() {
		switch path {
		case "/sitemap.xml":
			lists++
		case "/a", "/b":
			stories++
		}
	}
	if lists != 1+6+36 || stories != 2 {
		t.Errorf("asked for %d sitemaps and %d stories", lists, stories)
	}
	u, err := p.Store.URL(t.Context(), site.URL+"/sitemap.xml?n=7")
	if err != nil || u.Reason != "sitemap: 6 further sitemaps are not read: indexes in indexes 3 deep" {
		t.Errorf("%q, %v", u.Reason, err)
	}
}
