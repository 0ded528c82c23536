package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/crawler/browser"
	"winnow/crawler/robotstxt"
	"winnow/internal/browsertest"
	"winnow/news"
)

// shop is a site whose story a script inserts, from data of another host.
type shop struct {
	mu    sync.Mutex
	asked []string
	heads map[string]http.Header
}

const shell = `<!DOCTYPE html><html><head><title>Pier</title><script src="/app.js"></script><script src="http://cdn.example/lib.js"></script><script src="http://tracker.example/t.js"></script></head>
<body><main>Loading</main><script src="/closed/secret.js"></script></body></html>`

func (s *shop) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Host+r.URL.Path)
	s.heads[r.Host+r.URL.Path] = r.Header.Clone()
	s.mu.Unlock()
	switch r.Host + r.URL.Path {
	case "paper.example/story", "paper.example/other":
		w.Header().Set("Content-Type", "text/html; charset=windows-1251")
		w.Header().Set("ETag", `"shell"`)
		fmt.Fprint(w, shell)
	case "paper.example/app.js":
		http.Redirect(w, r, "/app.v2.js", http.StatusFound)
	case "paper.example/app.v2.js":
		fmt.Fprint(w, `addEventListener("load", async () => {
			const d = await (await fetch("http://api.paper.example/story.json")).json();
			let inside = "closed"; try { await fetch("http://127.0.0.1/inside"); inside = "open" } catch {}
			document.querySelector("main").innerHTML = "<h1>" + lib(d.title) + "</h1><p>" + d.text + "</p><p>" + inside + "</p><a href='/next'>Next</a>" })`)
	case "cdn.example/lib.js":
		fmt.Fprint(w, `const lib = t => t.toUpperCase()`)
	case "api.paper.example/story.json":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"title": "Пирс открыт", "text": "The pier was opened on Tuesday."}`)
	case "cdn.example/robots.txt", "api.paper.example/robots.txt":
		http.NotFound(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *shop) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.asked
	s.asked = nil
	return taken
}

func newShop(t *testing.T) (*Crawler, *shop) {
	t.Helper()
	path := browsertest.Path(t, browser.Find)
	s := &shop{heads: map[string]http.Header{}}
	var address string
	c, base := serve(t, s.serve, func(o *Options) {
		o.Timeout, o.Chromium = 30*time.Second, path
		address = "127.0.0.1:" + o.Ports[0]
		o.Resolve = map[string]string{}
		for _, host := range []string{"paper.example", "api.paper.example", "cdn.example", "tracker.example"} {
			o.Resolve[host] = address
		}
		o.Access = map[string]Access{"paper": {Site: "http://paper.example/", Render: true, RenderHosts: []string{"cdn.example"}, Headers: map[string]Secret{"X-Key": "s3cret"}}}
	})
	_ = base
	return c, s
}

// TestRendered: the scripts of a page run; what they load is fetched as pages are,
// from the site and the RenderHosts.
func TestRendered(t *testing.T) {
	c, s := newShop(t)
	ask := Request{URL: "http://paper.example/story", Source: "paper", Run: "1", Validators: news.Validators{ETag: `"shell"`},
		Robots: robotstxt.Parse([]byte("User-agent: *\nDisallow: /closed/"))}
	answer, err := c.Fetch(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if body := string(answer.Page.Body); !strings.Contains(body, "<h1>ПИРС ОТКРЫТ</h1><p>The pier was opened on Tuesday.</p><p>closed</p>") {
		t.Errorf("the page became %s", body)
	}
	if string(answer.Raw.Body) != shell || answer.Raw.Header.Get("Content-Type") != "text/html; charset=windows-1251" || !answer.Rendered {
		t.Errorf("rendered %v; as received %q", answer.Rendered, answer.Raw.Body)
	}
	if answer.Page.ContentType() != "text/html; charset=utf-8" || answer.Validators != (news.Validators{}) {
		t.Errorf("%s, %+v", answer.Page.ContentType(), answer.Validators)
	}
	if !slices.ContainsFunc(answer.Links, func(l Link) bool { return l.URL == "http://paper.example/next" }) {
		t.Errorf("links %v", answer.Links)
	}
	asked := s.taken()
	slices.Sort(asked)
	want := []string{"api.paper.example/robots.txt", "api.paper.example/story.json", "cdn.example/lib.js", "cdn.example/robots.txt",
		"paper.example/app.js", "paper.example/app.v2.js", "paper.example/story"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	for at, h := range s.heads {
		if own := strings.HasPrefix(at, "paper.example/"); (h.Get("X-Key") != "") != own || h.Get("User-Agent") != agent || h.Get("If-None-Match") != "" {
			t.Errorf("%s was asked for with %v", at, h)
		}
	}
	// The same page has the same bytes, and the run does not fetch the script again.
	first := answer.BodySHA
	if answer, err = c.Fetch(t.Context(), ask); err != nil || answer.BodySHA != first {
		t.Errorf("rendered again: %v, the same bytes: %v", err, err == nil && answer.BodySHA == first)
	}
	if asked, want := s.taken(), []string{"paper.example/story", "api.paper.example/story.json"}; !slices.Equal(asked, want) {
		t.Errorf("the second time: asked for %q, want %q", asked, want)
	}
}

// TestCrawlDelayHoldsForScripts: Crawl-delay is obeyed while a page is rendered.
func TestCrawlDelayHoldsForScripts(t *testing.T) {
	c, s := newShop(t)
	answer, err := c.Fetch(t.Context(), Request{URL: "http://paper.example/story", Source: "paper", Robots: robotstxt.Parse([]byte("User-agent: *\nCrawl-delay: 3600"))})
	if !errors.Is(err, errNotLoaded) || !strings.Contains(err.Error(), "1h0m0s") || answer.Page != nil {
		t.Errorf("rendered %v: %v", answer.Page != nil, err)
	}
	if asked := s.taken(); slices.ContainsFunc(asked, func(at string) bool { return strings.HasPrefix(at, "paper.example/") && at != "paper.example/story" }) {
		t.Errorf("asked for %q", asked)
	}
}

// TestNoBrowserIsReported: before anything is fetched.
func TestNoBrowserIsReported(t *testing.T) {
	asked := false
	c, base := serve(t, func(http.ResponseWriter, *http.Request) { asked = true }, func(o *Options) {
		o.Chromium = filepath.Join(t.TempDir(), "none")
		o.Access = map[string]Access{"paper": {Site: "http://127.0.0.1/", Render: true}}
	})
	if err := c.Ready("paper"); !errors.Is(err, browser.ErrNoBrowser) {
		t.Errorf("ready: %v", err)
	}
	if err := c.Ready("another"); err != nil {
		t.Errorf("a source that is not rendered: %v", err)
	}
	_, err := c.Fetch(t.Context(), Request{URL: base + "/a", Source: "paper"})
	if e := fetchError(t, err); !errors.Is(err, browser.ErrNoBrowser) || !e.Temporary || asked {
		t.Errorf("%v, temporary %v, asked %v", err, e.Temporary, asked)
	}
}
