package pipeline

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/clean"
	"winnow/crawler"
	"winnow/dedupe"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/explain"
	"winnow/internal/pipeline/importfiles"
	"winnow/internal/pipeline/settle"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/output"
	"winnow/output/warc"
	"winnow/schedule"
)

// web is a site on loopback that notes what it was asked for.
type web struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

// newWeb serves the pages; robots.txt is there when it is among them.
func newWeb(t *testing.T, pages func(w http.ResponseWriter, r *http.Request)) *web {
	t.Helper()
	site := &web{}
	site.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site.mu.Lock()
		site.asked = append(site.asked, r.URL.Path)
		site.mu.Unlock()
		pages(w, r)
	}))
	t.Cleanup(site.Close)
	return site
}

func (s *web) paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	paths := s.asked
	s.asked = nil
	return paths
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// crawl is a pipeline with all its packages on its own state and folder.
type crawl struct {
	*Pipeline
	importer  *importfiles.Importer
	explainer *explain.Explainer
	robots    urlpolicy.Robots
}

// newPipeline returns a whole pipeline over the sites, each a separate source.
// A test may change its sources, cleaner, clock and robots directives.
func newPipeline(t *testing.T, sites ...*web) *crawl {
	t.Helper()
	dir := t.TempDir()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	c := &crawl{Pipeline: &Pipeline{
		Options: Options{Workers: 4, UserAgent: "winnow-test/1.0", Timeout: time.Minute, Retry: schedule.Policy{Retries: 1}, Patience: 100 * time.Millisecond},
		Now:     func() time.Time { return time.Now().UTC() },
		Log:     log,
	}}
	now := func() time.Time { return c.Now() }
	for i, site := range sites {
		scope, err := crawler.NewScope(site.URL+"/", nil, nil)
		ok(err)
		c.Sources = append(c.Sources, Source{Name: fmt.Sprint("site", i), Site: site.URL + "/", Scope: scope, MaxDepth: 3})
	}
	checker, err := dedupe.New(dedupe.Options{})
	ok(err)
	c.Crawler, err = crawler.New(crawler.Options{UserAgent: c.Options.UserAgent, Timeout: c.Options.Timeout,
		AllowPrivate: loopback, Ports: ports(sites...)})
	ok(err)
	t.Cleanup(c.Crawler.Close)
	c.Store, err = store.Open(t.Context(), filepath.Join(dir, "winnow.db"), store.Options{})
	ok(err)
	folder, err := output.Open(filepath.Join(dir, "corpus"), c.Now())
	ok(err)
	c.Archive = &archive.Archive{Dir: filepath.Join(dir, "corpus", "warc"), Store: c.Store, Now: now, Log: log}
	c.Archive.Writer, err = warc.NewWriter(warc.Options{Dir: c.Archive.Dir})
	ok(err)
	t.Cleanup(func() {
		ok(c.Archive.Writer.Close())
		ok(c.Store.Close())
	})
	c.Admitter = &admit.Admitter{Cleaner: clean.New(clean.Options{}), Checker: checker, Store: c.Store, Sites: &admit.Profiles{Store: c.Store}, UserAgent: c.Options.UserAgent}
	c.Settler = &settle.Settler{Options: settle.Options{Text: true, Headline: true}, Store: c.Store, Admitter: c.Admitter,
		Archive: c.Archive, Checker: checker, Folder: folder, Now: now, Log: log}
	c.importer = &importfiles.Importer{Options: importfiles.Options{Workers: 4}, Store: c.Store, Admitter: c.Admitter,
		Archive: c.Archive, Settler: c.Settler, Now: now, Log: log}
	c.explainer = &explain.Explainer{Store: c.Store, Admitter: c.Admitter, Archive: c.Archive, UserAgent: c.Options.UserAgent}
	return c
}

// share hands the packages what the test may have changed.
func (c *crawl) share() {
	c.URLs = URLPolicy(c.Sources, c.robots)
	c.Admitter.URLs, c.importer.URLs, c.explainer.URLs = c.URLs, c.URLs, c.URLs
	c.importer.Options.MaxTime = c.Options.MaxTime
}

func (c *crawl) Refresh(ctx context.Context, names []string, recheck bool) (Summary, error) {
	c.share()
	return c.Pipeline.Refresh(ctx, names, recheck)
}

func (c *crawl) Backfill(ctx context.Context, urls []string) (Summary, Listed, error) {
	c.share()
	return c.Pipeline.Backfill(ctx, urls)
}

func (c *crawl) Import(ctx context.Context, path string, skipped func(importfiles.Skipped)) (importfiles.Result, error) {
	c.share()
	return c.importer.Import(ctx, path, skipped)
}

func (c *crawl) Explain(ctx context.Context, name string) (*explain.Explanation, error) {
	return c.explainer.Explain(ctx, name)
}

// ports are where the sites listen.
func ports(sites ...*web) []string {
	var all []string
	for _, site := range sites {
		all = append(all, strings.TrimPrefix(site.URL, "http://"))
	}
	return all
}

// article is a page that holds a story about a place.
func article(place string) string {
	return fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>Bridge at %[1]s</title></head><body><article><h1>Bridge at %[1]s opens to traffic</h1>
<p>The bridge at %[1]s was opened on Tuesday by the engineers who had worked on it through eleven weeks of rain, frost and rising water.</p>
<p>The mayor of %[1]s said that the old ferry would go on for the winter, and that nobody in %[1]s had believed in the date when it was first named.</p>
<p>Forty vehicles crossed within the hour, the heaviest of them a crane that was needed at the yard behind %[1]s.</p></article></body></html>`, place)
}

func list(links ...string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><head><title>News</title></head><body><ul>")
	for i, link := range links {
		fmt.Fprintf(&b, `<li><a href="%s">The news of the day, number %d of the list</a></li>`, link, i)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

// sha is the SHA-256 of a body, in hex.
func sha(body string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(body))) }

// scope replaces the patterns of the first source.
func (c *crawl) scope(t *testing.T, include, exclude []string) {
	t.Helper()
	scope, err := crawler.NewScope(c.Sources[0].Site, include, exclude)
	if err != nil {
		t.Fatal(err)
	}
	c.Sources[0].Scope = scope
}
