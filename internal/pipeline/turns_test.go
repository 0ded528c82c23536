package pipeline

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestSourceThatTakesLong: a source whose pages never end is left at its max_time, and
// the next pass goes on with it; the other one is read whole meanwhile, by one worker.
func TestSourceThatTakesLong(t *testing.T) {
	serve := func(pages int) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			var links []string
			for i := range pages {
				links = append(links, fmt.Sprintf("/story%d", i))
			}
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, list(links...))
			case "/robots.txt", "/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/news-sitemap.xml":
				http.NotFound(w, r)
			default:
				fmt.Fprint(w, article(r.Host+r.URL.Path))
			}
		}
	}
	large, small := newWeb(t, serve(400)), newWeb(t, serve(5))
	p := newPipeline(t, large, small)
	p.Options.Workers = 1
	p.Sources[0].Delay, p.Sources[0].MaxTime = 100*time.Millisecond, 4*time.Second
	p.Sources[1].Delay = 100 * time.Millisecond
	asked := 0
	for pass := range 2 {
		summary, err := p.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		one, other := summary.Sources[0], summary.Sources[1]
		if one.Left.MaxTime == 0 || one.Broken || summary.OutOfTime {
			t.Errorf("pass %d: the large source leaves %v, broken %v, the pass is out of time %v", pass, one.Left, one.Broken, summary.OutOfTime)
		}
		if pass == 0 && (other.Stories != 5 || other.Left.All() > 0) {
			t.Errorf("the small source has %d stories, and leaves %v", other.Stories, other.Left)
		}
		for _, path := range large.paths() {
			if len(path) > len("/story") && path[:6] == "/story" {
				asked++
			}
		}
	}
	all, err := p.Store.Report.Status(t.Context())
	if err != nil || all[0].Stories+all[0].Copies != int64(asked) || asked == 0 {
		t.Errorf("%d stories of %d requests, %v", all[0].Stories+all[0].Copies, asked, err)
	}
	if note := all[0].LastRun.Note; note == "" {
		t.Error("the run has no note that it was stopped")
	}
}
