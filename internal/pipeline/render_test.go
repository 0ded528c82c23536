package pipeline

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/crawler/browser"
	"winnow/internal/browsertest"
	"winnow/internal/pipeline/importfiles"
	"winnow/output/warc"
)

// rendering makes the second of a pipeline's sources one that is rendered.
func rendering(t *testing.T, p *crawl, chromium string, sites ...*web) {
	t.Helper()
	p.Options.Timeout = 30 * time.Second
	c, err := crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, AllowPrivate: loopback, Ports: ports(sites...), Chromium: chromium,
		Access: map[string]crawler.Access{"site1": {Site: sites[1].URL, Render: true}}})
	if err != nil {
		t.Fatal(err)
	}
	p.Crawler = c
	t.Cleanup(c.Close)
}

// twoSites are a plain one and one whose stories are put in by a script.
func twoSites(t *testing.T) (plain, scripted *web) {
	plain = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			fmt.Fprint(w, article("Ahlen"))
		default:
			http.NotFound(w, r)
		}
	})
	scripted = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/", "/b":
			fmt.Fprint(w, `<!DOCTYPE html><html><head><title>Pier</title><script src="/app.js"></script></head><body></body></html>`)
		case "/app.js":
			fmt.Fprint(w, `fetch("/data" + location.pathname).then(r => r.text()).then(t => { document.body.innerHTML = t })`)
		case "/data/":
			fmt.Fprint(w, list("/b"))
		case "/data/b":
			_, body, _ := strings.Cut(article("Beelen"), "<body>")
			fmt.Fprint(w, body)
		default:
			http.NotFound(w, r)
		}
	})
	return plain, scripted
}

// TestRenderedSource: links and stories that scripts put in are found; the
// archive holds the page as fetched and as rendered, and makes the story anew.
func TestRenderedSource(t *testing.T) {
	chromium := browsertest.Path(t, browser.Find)
	plain, scripted := twoSites(t)
	p := newPipeline(t, plain, scripted)
	rendering(t, p, chromium, plain, scripted)
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range summary.Sources {
		if s.Stories != 1 || s.Broken {
			t.Errorf("source %d: %+v", i, s)
		}
	}
	s, err := p.Store.Stories.Get(t.Context(), scripted.URL+"/b")
	if err != nil {
		t.Fatal(err)
	}
	entry, err := warc.ReadAt(p.Archive.Dir, s.Archived.File, s.Archived.Offset, 0)
	if err != nil || strings.Contains(string(entry.Body), "Beelen") || !strings.Contains(string(entry.Rendered), "The bridge at Beelen") {
		t.Errorf("archived %q, rendered %q, %v", entry.Body, entry.Rendered, err)
	}
	asFetched, err := p.Store.Stories.Get(t.Context(), plain.URL+"/a")
	if err != nil || !p.Settler.Record(s).Rendered || p.Settler.Record(asFetched).Rendered {
		t.Errorf("the records say rendered: %v, of the plain one %v; %v", p.Settler.Record(s).Rendered, p.Settler.Record(asFetched).Rendered, err)
	}
	x, err := p.Explain(t.Context(), scripted.URL+"/b")
	if err != nil || x.Page == nil || x.Page.Words == 0 || !x.Page.Rendered {
		t.Errorf("explained as %+v, %v", x.Page, err)
	}

	// From the archive alone, the same stories.
	if err := p.Archive.Writer.Rotate(); err != nil {
		t.Fatal(err)
	}
	again := newPipeline(t)
	again.Sources = p.Sources
	in, err := again.Import(t.Context(), p.Archive.Dir, func(u importfiles.Skipped) { t.Error(u) })
	if err != nil || in.Stories != 2 {
		t.Fatalf("%+v, %v", in, err)
	}
	anew, err := again.Store.Stories.Get(t.Context(), scripted.URL+"/b")
	if err != nil || anew.Story.Text() != s.Story.Text() || !anew.Story.Rendered {
		t.Errorf("from the archive: %q, %v", anew.Story.Text(), err)
	}
	moved, err := warc.ReadAt(again.Archive.Dir, anew.Archived.File, anew.Archived.Offset, 0)
	if err != nil || string(moved.Rendered) != string(entry.Rendered) || string(moved.Body) != string(entry.Body) {
		t.Errorf("taken over: %q, rendered %q, %v", moved.Body, moved.Rendered, err)
	}
}

// TestSourceWithoutItsBrowser: nothing of it is requested, it is reported as
// broken, and the others' work is done.
func TestSourceWithoutItsBrowser(t *testing.T) {
	plain, scripted := twoSites(t)
	p := newPipeline(t, plain, scripted)
	none := filepath.Join(t.TempDir(), "none")
	rendering(t, p, none, plain, scripted)
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if one := summary.Sources[0]; one.Stories != 1 || one.Broken {
		t.Errorf("the plain source: %+v", one)
	}
	if two := summary.Sources[1]; !two.Broken || !strings.Contains(two.Trouble, "fetch.chromium") || len(scripted.paths()) > 0 {
		t.Errorf("the source without its browser: %+v", two)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("there is a browser")
	}
}
