package endtoend

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/internal/pgtest"
)

func TestSameCorpusWithAnyNumberOfWorkers(t *testing.T) {
	want := undisturbed(t)
	for _, workers := range []int{2, 16} {
		s := newSite(t, workers, "")
		for day := 1; day <= 2; day++ {
			s.web.SetDay(day)
			s.run(t, "refresh")
		}
		same(t, fmt.Sprintf("%d workers", workers), want, s)
	}
}

func TestThreeProcessesShareTheWork(t *testing.T) {
	want := undisturbed(t)
	states := map[string]string{"sqlite": ""}
	if pgtest.LeftOut() == "" {
		cluster, err := pgtest.Start()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := cluster.Stop(); err != nil {
				t.Error(err)
			}
		})
		states["postgres"] = cluster.URL("public")
	}
	for name, state := range states {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, 4, state)
			for day := 1; day <= 2; day++ {
				s.web.SetDay(day)
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						c := s.command("refresh")
						var stderr strings.Builder
						c.Stderr = &stderr
						if err := c.Run(); err != nil {
							t.Errorf("%v\n%s", err, stderr.String())
						}
					})
				}
				all.Wait()
			}
			same(t, "three processes", want, s)
			once(t, s)
		})
	}
}

// once checks that no page was asked for twice without a condition.
func once(t *testing.T, s *site) {
	t.Helper()
	seen := map[string]int{}
	for _, r := range s.web.Requests() {
		if r.Status == 200 && !r.Conditional && r.Path != "/robots.txt" {
			seen[r.Site+r.Path]++
		}
	}
	for page, n := range seen {
		if n > 1 {
			t.Errorf("%s was fetched %d times", page, n)
		}
	}
}

func TestStopBySignalFinishesAndGoesOn(t *testing.T) {
	want := undisturbed(t)
	s := newSite(t, 4, "")
	for day := 1; day <= 2; day++ {
		s.web.SetDay(day)
		c := s.command("refresh")
		var stderr strings.Builder
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(400*time.Millisecond, func() { _ = c.Process.Signal(os.Interrupt) })
		if err := c.Wait(); err != nil && !strings.Contains(stderr.String(), "the next run continues from here") {
			t.Fatalf("stopped by a signal: %v\n%s", err, stderr.String())
		}
		s.run(t, "refresh")
	}
	same(t, "stopped", want, s)
	once(t, s)
}
