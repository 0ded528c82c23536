package pipeline

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"winnow/internal/store/report"
	"winnow/schedule"
)

// TestRunsCountWhatHappened holds every count of a run, and of its source,
// against what a site did on three days.
func TestRunsCountWhatHappened(t *testing.T) {
	var day atomic.Int64
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprintf(w, "User-agent: *\nDisallow: /closed\nSitemap: http://%s/map.xml\n", r.Host)
		case "/map.xml":
			fmt.Fprintf(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://%s/changes</loc></url></urlset>`, r.Host)
		case "/":
			links := []string{"/tagged", "/plain", "/copy", "/short", "/missing", "/broken", "/cut", "/old", "/closed"}
			if day.Load() > 0 {
				links = append(links, "/late")
			}
			if day.Load() > 1 {
				links = append(links, "/later", "/latest", "/last")
			}
			fmt.Fprint(w, list(links...))
		case "/tagged":
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprint(w, article("Alsen"))
		case "/plain":
			fmt.Fprint(w, article("Beelen"))
		case "/copy":
			fmt.Fprint(w, article("Beelen"))
		case "/changes":
			fmt.Fprint(w, article([]string{"Camen", "Castrop", "Castrop"}[day.Load()]))
		case "/short":
			fmt.Fprint(w, "<html><title>Brief</title><body><p>Nothing has happened at the bridge today.</p></body></html>")
		case "/broken":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/cut": // fewer bytes than announced
			w.Header().Set("Content-Length", "100000")
			fmt.Fprint(w, article("Celle"))
		case "/old":
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
		case "/new":
			fmt.Fprint(w, article("Dorsten"))
		case "/late":
			fmt.Fprint(w, article("Emden"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Options.Retry = schedule.Policy{}
	rejected := []report.Count{{Reason: "robots.txt does not allow it", Pages: 1}, {Reason: "short", Pages: 1}}
	start, later := time.Now().UTC(), time.Duration(0)
	p.Now = func() time.Time { return start.Add(later) }
	for i, c := range []struct {
		name     string
		after    time.Duration
		recheck  bool
		maxPages int
		unread   int // rejected pages that are unchanged, and so were not read
		run      report.Progress
		source   report.SourceStatus
	}{
		{"everything is new", 0, false, 0, 0,
			// /, map.xml, tagged, plain, copy, changes, short, old, new
			report.Progress{Fetched: 9, Failed: 2, SetAside: 2, Gone: 1, Added: 5},
			report.SourceStatus{Pages: 6, SetAside: 2, Reasons: rejected, Failed: 2, Gone: 1, Stories: 4, Copies: 1}},
		{"all are asked for again", 25 * time.Hour, true, 0, 1,
			// /, map.xml, tagged, plain, copy, changes, short, new, late; all but /, changes and late as before
			report.Progress{Fetched: 9, Unchanged: 6, Failed: 2, SetAside: 2, Gone: 1, Added: 1, Revised: 1},
			report.SourceStatus{Pages: 7, SetAside: 2, Reasons: rejected, Failed: 2, Gone: 1, Stories: 5, Copies: 1}},
		{"one page is allowed", time.Hour, false, 1, 0,
			report.Progress{Fetched: 2, Unchanged: 1},
			report.SourceStatus{Pages: 7, SetAside: 2, Reasons: rejected, Failed: 2, Gone: 1, Stories: 5, Copies: 1, Pending: 3}},
	} {
		day.Store(int64(i))
		later += c.after
		p.Sources[0].MaxPages = c.maxPages
		summary, err := p.Refresh(t.Context(), nil, c.recheck)
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.Store.Report.Status(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%d sources, %v", len(all), err)
		}
		got := all[0]
		if got.LastRun.Progress != c.run {
			t.Errorf("%s: the run\ngot  %+v\nwant %+v\nasked for %s", c.name, got.LastRun.Progress, c.run, strings.Join(site.paths(), " "))
		}
		if got.LastRun.Started != p.Now().Truncate(time.Millisecond) || got.LastRun.Ended.IsZero() {
			t.Errorf("%s: ran from %v to %v", c.name, got.LastRun.Started, got.LastRun.Ended)
		}
		tally := summary.Sources[0]
		if int64(tally.Rejected+c.unread) != c.run.SetAside || int64(tally.Failed) != c.run.Failed || tally.Left.All() != c.source.Pending || tally.Broken {
			t.Errorf("%s: the summary says %+v", c.name, tally)
		}
		got.Source, got.LastRun = "", report.RunRecord{}
		if !reflect.DeepEqual(got, c.source) {
			t.Errorf("%s: the source\ngot  %+v\nwant %+v", c.name, got, c.source)
		}
	}
}
