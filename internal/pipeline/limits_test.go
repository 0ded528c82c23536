package pipeline

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/importfiles"
)

// TestPassThatIsOutOfTime stops passes on a clock that goes on by a second
// whenever it is read: what came is written, what is left is reported, and the next
// pass goes on there.
func TestPassThatIsOutOfTime(t *testing.T) {
	const pages = 30
	serve := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			var links []string
			for i := range pages {
				links = append(links, fmt.Sprintf("/story/%02d", i))
			}
			fmt.Fprint(w, list(links...))
			return
		}
		if number, ok := strings.CutPrefix(r.URL.Path, "/story/"); ok {
			fmt.Fprint(w, article("Number"+number+strings.Repeat(" of the "+number+number+" towns", 20)))
			return
		}
		http.NotFound(w, r)
	}
	start := func(t *testing.T) (*crawl, *web) {
		site := newWeb(t, serve)
		p := newPipeline(t, site)
		p.Options.Workers = 1
		begun, ticks := p.Now(), atomic.Int64{}
		p.Now = func() time.Time { return begun.Add(time.Duration(ticks.Add(1)) * time.Second) }
		return p, site
	}
	texts := func(p *crawl) int {
		found, err := filepath.Glob(filepath.Join(filepath.Dir(p.Archive.Dir), "text", "*", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, path := range found {
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				n++
			}
		}
		return n
	}
	note := func(p *crawl) string {
		all, err := p.Store.Report.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last := all[len(all)-1].LastRun
		if last.Ended.IsZero() {
			t.Errorf("the run is open: %+v", all)
		}
		return last.Note
	}
	t.Run("refresh", func(t *testing.T) {
		p, _ := start(t)
		p.Options.MaxTime = 50 * time.Second
		s, err := p.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		one := s.Sources[0]
		if !s.OutOfTime || one.Broken || one.Stories < 2 || one.Stories >= pages || one.Left.MaxTime != int64(pages-one.Stories) || one.Left.All() != one.Left.MaxTime {
			t.Errorf("the first pass: %+v, out of time: %v", one, s.OutOfTime)
		}
		if n := texts(p); n != one.Stories {
			t.Errorf("%d of %d stories were written", n, one.Stories)
		}
		if want := fmt.Sprintf("stopped after 50s, as max_time says: %d left", one.Left.MaxTime); note(p) != want {
			t.Errorf("the record says %q, want %q", note(p), want)
		}
		p.Options.MaxTime = 0
		if s, err = p.Refresh(t.Context(), nil, false); err != nil {
			t.Fatal(err)
		}
		if s.OutOfTime || s.Sources[0].Left.All() != 0 || texts(p) != pages || note(p) != "" {
			t.Errorf("the second pass: %+v, %d texts, %q", s.Sources[0], texts(p), note(p))
		}
	})
	t.Run("refresh without time for anything", func(t *testing.T) {
		p, site := start(t)
		p.Options.MaxTime = time.Second
		s, err := p.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if one := s.Sources[0]; !s.OutOfTime || one.Broken || one.Left.MaxTime != 1 || len(site.paths()) != 0 {
			t.Errorf("%+v, out of time: %v", one, s.OutOfTime)
		}
	})
	t.Run("backfill", func(t *testing.T) {
		p, site := start(t)
		var urls []string
		for i := range pages {
			urls = append(urls, fmt.Sprintf("%s/story/%02d", site.URL, i))
		}
		p.Options.MaxTime = 40 * time.Second
		stories := 0
		for round := range 2 {
			s, taken, err := p.Backfill(t.Context(), urls)
			if err != nil {
				t.Fatal(err)
			}
			one := s.Sources[0]
			stories += one.Stories
			if s.OutOfTime != (round == 0) || one.Left.All() != int64(pages-stories) || taken.New != pages*(1-round) || one.Stories == 0 {
				t.Errorf("call %d: %+v, taken %+v, out of time: %v", round, one, taken, s.OutOfTime)
			}
			p.Options.MaxTime = 0
		}
		if texts(p) != pages {
			t.Errorf("%d texts", texts(p))
		}
	})
	t.Run("pages from files", func(t *testing.T) {
		p, _ := start(t)
		dir := t.TempDir()
		for i := range pages {
			page := strings.Replace(article(fmt.Sprintf("Town%02d", i)), "<head>", fmt.Sprintf(`<head><link rel="canonical" href="https://gazette.example/%02d">`, i), 1)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.html", i)), []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p.Options.MaxTime = 20 * time.Second
		first, err := p.Import(t.Context(), dir, func(u importfiles.Skipped) { t.Error(u) })
		if err != nil || !first.OutOfTime || first.Pages == 0 || first.Pages >= pages || note(p) != "stopped after 20s, as max_time says" {
			t.Fatalf("the first call: %+v, %v, %q", first, err, note(p))
		}
		p.Options.MaxTime = 0
		second, err := p.Import(t.Context(), dir, func(u importfiles.Skipped) { t.Error(u) })
		if err != nil || second.OutOfTime || second.Pages != pages-first.Pages || second.Known != first.Pages {
			t.Errorf("the second call: %+v after %+v, %v", second, first, err)
		}
	})
}

func TestWhatIsLeftIsReported(t *testing.T) {
	for _, test := range []struct {
		name string
		left Left
		want string
	}{
		{"nothing", Left{}, ""},
		{"one cause", Left{MaxPages: 120}, "120 by max_pages"},
		{"every cause", Left{MaxPages: 1, MaxPagesPerHost: 2, MaxTime: 3, Waiting: 4}, "1 by max_pages, 2 by max_pages_per_host, 3 by max_time, 4 waiting for a retry or their host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.left.String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLargeSitemap: stories that a sitemap of more than max_body names are
// found, and a sitemap that is not read whole says so.
func TestLargeSitemap(t *testing.T) {
	caption := strings.Repeat("The crew on the quay. ", 1<<20/22)
	var site *web
	site = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprintf(w, "Sitemap: %[1]s/large.xml\nSitemap: %[1]s/broken.xml\n", site.URL)
		case "/large.xml":
			fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for i := range 12 {
				fmt.Fprintf(w, "<url><loc>%s/story/%02d</loc><caption>%s</caption></url>", site.URL, i, caption)
			}
			fmt.Fprint(w, "</urlset>")
		case "/broken.xml":
			fmt.Fprintf(w, "<urlset><url><loc>%s/story/99</loc></url><url>", site.URL)
		default:
			if number, ok := strings.CutPrefix(r.URL.Path, "/story/"); ok {
				fmt.Fprint(w, article("Number"+number+strings.Repeat(" of the "+number+number+" towns", 20)))
				return
			}
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Crawler.Close()
	var err error
	if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, Timeout: time.Minute, AllowPrivate: loopback, Ports: ports(site)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Crawler.Close)
	var log strings.Builder
	p.Log = slog.New(slog.NewTextHandler(&log, nil))
	s, err := p.Refresh(t.Context(), nil, false)
	if err != nil || s.Sources[0].Stories != 13 {
		t.Errorf("%+v, %v", s.Sources[0], err)
	}
	if !strings.Contains(log.String(), "broken sitemap after 1 entries") || strings.Contains(log.String(), "large.xml") {
		t.Errorf("the log says %s", log.String())
	}
}
