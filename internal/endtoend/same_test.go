package endtoend

import (
	"fmt"
	"strings"
	"sync"
	"testing"

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
		states["postgres"] = postgres(t).URL("public")
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

// postgres starts a server that ends with the test.
func postgres(t *testing.T) *pgtest.Cluster {
	t.Helper()
	cluster, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}
