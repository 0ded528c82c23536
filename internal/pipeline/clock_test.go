package pipeline

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// TestClockThatWasAhead: what a pass wrote while the clock was two years ahead keeps
// nothing from being asked for when it is right again.
func TestClockThatWasAhead(t *testing.T) {
	busy := true
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/":
			fmt.Fprint(w, list("/a", "/b", "/c"))
		case "/a":
			fmt.Fprint(w, article("Alsen"))
		case "/b":
			if busy {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			fmt.Fprint(w, article("Fulda"))
		case "/c":
			if busy {
				w.Header().Set("Retry-After", "86400")
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, article("Emden"))
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	p.Options.Workers, p.Options.Retry = 1, schedule.Policy{Retries: 3}
	ahead := 2 * 365 * 24 * time.Hour
	p.Now = func() time.Time { return time.Now().UTC().Add(ahead) }
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	// A worker that was killed then has a lease until then.
	run, err := p.Store.BeginRun(t.Context(), store.RunSpec{Source: "site0"}, p.Now())
	if err != nil {
		t.Fatal(err)
	}
	task, err := p.Store.Claim(t.Context(), schedule.Filter{Runs: []schedule.Run{run}, Patience: 48 * time.Hour}, p.Now().Add(25*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	site.paths()
	busy, ahead = false, 0
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for range 2 { // the first one ends the pass of then
		if _, err := p.Refresh(ctx, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	asked := site.paths()
	for _, path := range []string{"/robots.txt", "/", "/a", "/b", "/c"} {
		if !slices.Contains(asked, path) {
			t.Errorf("%s is not asked for: %v", path, asked)
		}
	}
	if err := p.Store.Finish(t.Context(), task, schedule.Outcome{State: schedule.Done, At: p.Now()}); err == nil {
		t.Error("the worker that was killed writes all the same")
	}
	all, err := p.Store.Report.Status(t.Context())
	if err != nil || all[0].Stories+all[0].Copies != 3 {
		t.Errorf("%d stories, %v", all[0].Stories+all[0].Copies, err)
	}
	if n, err := p.Store.Upkeep.MendClock(t.Context(), p.Now()); err != nil || n > 0 {
		t.Errorf("%d times are ahead still, %v", n, err)
	}
}
