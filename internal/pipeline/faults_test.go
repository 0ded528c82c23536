package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/schedule"
)

// TestCrawlDelays: fault 7.
func TestCrawlDelays(t *testing.T) {
	for _, c := range []struct {
		name, said string
		kept       time.Duration
	}{
		{"honoured", "10", 10 * time.Second},
		{"a fraction", "2.5", 2500 * time.Millisecond},
		{"no number", "abc", 0},
		{"a day is capped", "86400", maxCrawlDelay},
		{"negative", "-5", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newWeb(t, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, "User-agent: *\nCrawl-delay: %s\n", c.said)
			})
			p := newPipeline(t, site)
			var log strings.Builder
			p.Log = slog.New(slog.NewTextHandler(&log, nil))
			p.share()
			out := p.Pipeline.robots(t.Context(), schedule.Task{Link: schedule.Link{URL: site.URL + "/robots.txt", Host: crawler.HostOf(site.URL + "/"), Source: "site0"}})
			if out.Host == nil || out.Host.Delay != c.kept || out.HostNext.Sub(out.At) != c.kept {
				t.Errorf("the host rests for %v: %+v", out.HostNext.Sub(out.At), out.Host)
			}
			if warned := strings.Contains(log.String(), "Crawl-delay is longer"); warned != (c.kept == maxCrawlDelay) {
				t.Errorf("the log says %q", log.String())
			}
		})
	}
}

// TestOneHostHoldsItselfOnly: faults 3, 8 and 9. One host hangs, one asks for
// patience, one has no robots.txt to be read: the fourth does not notice.
func TestOneHostHoldsItselfOnly(t *testing.T) {
	hung := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		<-r.Context().Done()
	})
	busy := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	mute := newWeb(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	well := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a", "/b", "/c"))
		case "/a", "/b", "/c":
			fmt.Fprint(w, article(strings.ToUpper(r.URL.Path[1:])+"stadt"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, hung, busy, mute, well)
	var err error
	if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, Timeout: 2 * time.Second,
		AllowPrivate: loopback, Ports: ports(hung, busy, mute, well)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Crawler.Close)
	last := map[string]time.Time{}
	p.Watch = func(t schedule.Task, _ schedule.Outcome) { last[t.Source] = time.Now() }
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		stories int
		broken  bool
	}{{0, true}, {0, true}, {0, true}, {3, false}} {
		if s := summary.Sources[i]; s.Stories != want.stories || s.Broken != want.broken {
			t.Errorf("site %d: %+v", i, s)
		}
	}
	if late := last["site3"].Sub(last["site0"]); late > 0 {
		t.Errorf("the host that is well was ready %v after the one that hangs", late)
	}
	pages := 0
	for _, path := range busy.paths() {
		if path != "/robots.txt" {
			pages++
		}
	}
	if pages != 1 {
		t.Errorf("the host that asked for an hour was asked %d times", pages)
	}
	for _, path := range mute.paths() {
		if path != "/robots.txt" {
			t.Errorf("%s was asked for without a robots.txt", path)
		}
	}
}

// TestHangingHostHoldsNobody: fault 9. Of twenty hosts one hangs in the middle of
// a page for as long as the others have anything to do. Two workers are enough:
// a host takes one of them, and never more.
func TestHangingHostHoldsNobody(t *testing.T) {
	const hosts = 20
	othersDone := make(chan struct{})
	hung := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "<html>")
		w.(http.Flusher).Flush()
		select {
		case <-othersDone:
		case <-r.Context().Done():
			t.Error("the page was given up before the others were ready")
		}
	})
	sites := []*web{hung}
	for i := range hosts - 1 {
		sites = append(sites, newWeb(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, list("/a"))
			case "/a":
				fmt.Fprint(w, article(fmt.Sprint("Stadt", i)))
			case "/robots.txt":
				fmt.Fprint(w, "Sitemap: /none.xml")
			default:
				http.NotFound(w, r)
			}
		}))
	}
	p := newPipeline(t, sites...)
	p.Options.Workers = 2
	var err error
	if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, Timeout: time.Hour, AllowPrivate: loopback, Ports: ports(sites...)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Crawler.Close)
	ready := map[string]bool{}
	p.Watch = func(t schedule.Task, o schedule.Outcome) {
		if o.Story == nil {
			return
		}
		if ready[t.Source] = true; len(ready) == hosts-1 {
			close(othersDone)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	if _, err := p.Refresh(ctx, nil, false); err != nil {
		t.Fatalf("%d hosts were ready: %v", len(ready), err)
	}
}

// TestSameBytesAreNotWrittenAgain: fault 15. The server sends a new ETag each
// time for the same page, and then none.
func TestSameBytesAreNotWrittenAgain(t *testing.T) {
	var mu sync.Mutex
	etag, place := 0, "Ahlen"
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			if etag++; etag < 3 {
				w.Header().Set("ETag", fmt.Sprintf(`"%d"`, etag))
			}
			fmt.Fprint(w, article(place))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	for pass, want := range []struct {
		place       string
		wrote, revs int
	}{{"Ahlen", 1, 1}, {"Ahlen", 0, 1}, {"Ahlen", 0, 1}, {"Beelen", 1, 2}} {
		mu.Lock()
		place = want.place
		mu.Unlock()
		site.paths()
		summary, err := p.Refresh(t.Context(), nil, true)
		if err != nil {
			t.Fatal(err)
		}
		asked := false
		for _, path := range site.paths() {
			asked = asked || path == "/a"
		}
		if !asked || summary.Settled.Wrote != want.wrote {
			t.Errorf("pass %d: asked %v, %d files written, want %d", pass, asked, summary.Settled.Wrote, want.wrote)
		}
		s, err := p.Store.Stories.Get(t.Context(), site.URL+"/a")
		if err != nil || s.Rev != int64(want.revs) {
			t.Errorf("pass %d: revision %d, %v", pass, s.Rev, err)
		}
	}
}

// TestListsThatLeadNowhere: fault 22. A sitemap index names itself and another
// in a circle, and a feed sells links to other sites.
func TestListsThatLeadNowhere(t *testing.T) {
	other := newWeb(t, http.NotFound)
	var site *web
	site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		index := func(names ...string) {
			fmt.Fprint(w, `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for _, name := range names {
				fmt.Fprintf(w, "<sitemap><loc>%s%s</loc></sitemap>", site.URL, name)
			}
			fmt.Fprint(w, "</sitemapindex>")
		}
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><p>News</p></body></html>`)
		case "/sitemap.xml":
			index("/sitemap.xml", "/more.xml")
		case "/more.xml":
			index("/sitemap.xml", "/more.xml?again=1", "/more.xml")
		case "/feed":
			fmt.Fprintf(w, `<rss version="2.0"><channel><item><title>Paid</title><link>%s/paid</link></item><item><title>Own</title><link>%s/a</link></item></channel></rss>`, other.URL, site.URL)
		case "/a":
			fmt.Fprint(w, article("Alsen"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	summary, err := p.Refresh(ctx, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Sources[0].Stories != 1 {
		t.Errorf("%d stories", summary.Sources[0].Stories)
	}
	if asked := other.paths(); len(asked) > 0 {
		t.Errorf("the other site was asked for %q", asked)
	}
	seen := map[string]int{}
	for _, path := range site.paths() {
		seen[path]++
	}
	if seen["/sitemap.xml"] != 1 || seen["/more.xml"] > 2 {
		t.Errorf("asked: %v", seen)
	}
}

// TestFolderInTheWayStopsTheRun: fault 2. The folder of the text files cannot be
// written: the run stops with an error that names it, and goes on when it can.
func TestFolderInTheWayStopsTheRun(t *testing.T) {
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			fmt.Fprint(w, article("Aken"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	text := filepath.Join(filepath.Dir(p.Archive.Dir), "text")
	if err := os.RemoveAll(text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(text, []byte("a file where the folder should be"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Refresh(t.Context(), nil, false); err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("with a file in the way: %v", err)
	}
	if err := os.Remove(text); err != nil {
		t.Fatal(err)
	}
	site.paths()
	summary, err := p.Refresh(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(text, "*", "*", "*.txt"))
	if err != nil || len(files) != 1 {
		t.Errorf("%d files, %v; %+v", len(files), err, summary.Settled)
	}
	for _, path := range site.paths() {
		if path == "/a" {
			t.Error("the page was fetched again")
		}
	}
}

// TestTroubleIsReportedByEveryRun: the reason for which a source cannot be
// reached does not get lost while its host, or its start page, is left alone.
func TestTroubleIsReportedByEveryRun(t *testing.T) {
	for _, c := range []struct {
		name    string
		serve   http.HandlerFunc
		trouble string // its beginning
	}{
		{"robots.txt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "robots.txt: HTTP status 503 ("},
		{"gone", http.NotFound, "status 404 Not Found ("},
		{"to be left alone", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "status 429"},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newWeb(t, c.serve)
			p := newPipeline(t, site)
			p.Options.Retry = schedule.Policy{}
			var first string
			for run := range 3 {
				summary, err := p.Refresh(t.Context(), nil, false)
				if err != nil {
					t.Fatal(err)
				}
				one := summary.Sources[0]
				if run == 0 {
					first = one.Trouble
				}
				if !one.Broken || one.Trouble != first || !strings.HasPrefix(one.Trouble, c.trouble) {
					t.Errorf("run %d: broken %v, %q; the first one said %q", run+1, one.Broken, one.Trouble, first)
				}
				if asked := site.paths(); run > 0 && len(asked) > 0 {
					t.Logf("run %d asked for %q", run+1, asked)
				}
			}
			if all, err := p.Store.Report.Status(t.Context()); err != nil || all[0].LastRun.Note != first {
				t.Errorf("the note of the last run: %q, %v", all[0].LastRun.Note, err)
			}
		})
	}
}

// TestRobotsRedirectedToARefusedPlace: rules that winnow may not read are not known,
// which is not the same as none.
func TestRobotsRedirectedToARefusedPlace(t *testing.T) {
	for name, target := range map[string]string{
		"address": "http://10.0.0.1/robots.txt",
		"port":    "http://127.0.0.1:6379/robots.txt",
	} {
		t.Run(name, func(t *testing.T) {
			moved := true
			site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/robots.txt" && moved:
					http.Redirect(w, r, target, http.StatusFound)
				case r.URL.Path == "/robots.txt":
					fmt.Fprint(w, "User-agent: *\nDisallow: /closed\n")
				case r.URL.Path == "/":
					fmt.Fprint(w, list("/open", "/closed"))
				default:
					fmt.Fprint(w, article("Esbjerg"))
				}
			})
			p := newPipeline(t, site)
			p.Options.Retry = schedule.Policy{}
			later := time.Duration(0)
			p.Now = func() time.Time { return time.Now().UTC().Add(later) }
			summary, err := p.Refresh(t.Context(), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range site.paths() {
				if path != "/robots.txt" {
					t.Errorf("%s was asked for, although the rules are not known", path)
				}
			}
			if one := summary.Sources[0]; !one.Broken || !strings.HasPrefix(one.Trouble, "robots.txt: forbidden "+name) {
				t.Errorf("broken %v: %q", one.Broken, one.Trouble)
			}
			moved, later = false, 2*time.Hour
			if summary, err = p.Refresh(t.Context(), nil, false); err != nil {
				t.Fatal(err)
			}
			if asked := site.paths(); !slices.Contains(asked, "/open") || slices.Contains(asked, "/closed") {
				t.Errorf("when the rules can be read, %v is asked for: %+v", asked, summary.Sources[0])
			}
		})
	}
}
