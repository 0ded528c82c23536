package pipeline

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/schedule"
)

// TestRobotsRedirectsArePaced: a robots.txt that leads over its own host to
// another one is read by one request at a time, each in the slot of the host
// that it goes to, and nothing else of its host is asked for before it is read.
func TestRobotsRedirectsArePaced(t *testing.T) {
	const delay = 10 * time.Second
	now := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	type visit struct {
		path string
		at   time.Time
	}
	visits := map[*web][]visit{}
	var moved, busy *web
	moved = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		visits[moved] = append(visits[moved], visit{r.URL.Path, now})
		switch r.URL.Path {
		case "/robots.txt":
			http.Redirect(w, r, "/hop1", http.StatusMovedPermanently)
		case "/hop1":
			http.Redirect(w, r, busy.URL+"/hop2", http.StatusFound)
		case "/":
			fmt.Fprint(w, list("/closed", "/open"))
		default:
			fmt.Fprint(w, article("Alsen"))
		}
	})
	busy = newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		visits[busy] = append(visits[busy], visit{r.URL.Path, now})
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/hop2":
			http.Redirect(w, r, "/hop3", http.StatusFound)
		case "/hop3":
			fmt.Fprint(w, "User-agent: *\nDisallow: /closed\n")
		default:
			fmt.Fprint(w, article("Fulda"+strings.TrimPrefix(r.URL.Path, "/story")))
		}
	})
	p := newPipeline(t, moved, busy)
	p.Now = func() time.Time { return now }
	for i := range p.Sources {
		p.Sources[i].Delay = delay
	}
	p.share()
	begin := func(source string, pages ...string) schedule.Run {
		spec := store.RunSpec{Source: source}
		for _, page := range pages {
			spec.Seeds = append(spec.Seeds, schedule.Link{URL: page, Host: crawler.HostOf(page), Source: source, Kind: schedule.Section, Follow: true})
		}
		run, err := p.Store.BeginRun(t.Context(), spec, now)
		if err != nil {
			t.Fatal(err)
		}
		run.Delay = delay
		return run
	}
	var pages []string
	for i := range 8 {
		pages = append(pages, fmt.Sprintf("%s/story%d", busy.URL, i))
	}
	filter := schedule.Filter{Runs: []schedule.Run{begin("site0", moved.URL+"/"), begin("site1", pages...)}, Patience: time.Hour}
	for range 1000 {
		task, err := p.Store.Claim(t.Context(), filter, now)
		var wait schedule.Busy
		if errors.As(err, &wait) {
			now = wait.Until
			continue
		}
		if errors.Is(err, schedule.ErrNoWork) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Step(t.Context(), task)
		if err == nil {
			err = p.Store.Finish(t.Context(), task, out)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for site, all := range visits {
		for i := 1; i < len(all); i++ {
			if gap := all[i].at.Sub(all[i-1].at); gap < delay {
				t.Errorf("%s: %s came %v after %s, the pace is %v", site.URL, all[i].path, gap, all[i-1].path, delay)
			}
		}
	}
	asked := func(site *web, path string) int {
		return slices.IndexFunc(visits[site], func(v visit) bool { return v.path == path })
	}
	if asked(moved, "/hop1") != 1 || asked(moved, "/") != 2 || asked(moved, "/open") < 0 || asked(moved, "/closed") >= 0 {
		t.Errorf("the host that moved its robots.txt was asked for %v", visits[moved])
	}
	hop2, hop3 := asked(busy, "/hop2"), asked(busy, "/hop3")
	if hop2 < 0 || hop3 < hop2 || hop3 > 6 || asked(busy, "/story7") < 0 {
		t.Errorf("the other host was asked for %v", visits[busy])
	}
	if read := visits[busy][hop3].at; visits[moved][2].at.Before(read) {
		t.Errorf("%s was asked for before robots.txt was read", visits[moved][2].path)
	}
}
