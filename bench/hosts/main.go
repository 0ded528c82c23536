// Command hosts measures what a host that hangs costs the others: winnow
// serves so many sites on loopback and refreshes them, once all well, once with one
// of them hanging in the middle of each page until the others are ready.
//
//	go run ./hosts -hosts 20
//
// See the README of this module for what the figures mean.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"winnow/bench/internal/site"
	"winnow/internal/cli"
)

func main() {
	hosts := flag.Int("hosts", 20, "sites, of which one hangs")
	pages := flag.Int("pages", 30, "stories of a site")
	workers := flag.Int("workers", 8, "hosts talked to at the same time")
	delay := flag.Duration("delay", 200*time.Millisecond, "between two requests to a host")
	rounds := flag.Int("rounds", 3, "how often; the medians count")
	flag.Parse()
	if err := run(*hosts, *pages, *workers, *delay, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "hosts:", err)
		os.Exit(1)
	}
}

func run(hosts, pages, workers int, delay time.Duration, rounds int) error {
	if hosts < 2 || pages < 1 || rounds < 1 {
		return errors.New("-hosts begins at 2, -pages and -rounds at 1")
	}
	var well, hanging []time.Duration
	for range rounds {
		for _, one := range []struct {
			hangs bool
			took  *[]time.Duration
		}{{false, &well}, {true, &hanging}} {
			took, err := refresh(hosts, pages, workers, delay, one.hangs)
			if err != nil {
				return err
			}
			*one.took = append(*one.took, took)
		}
	}
	slices.Sort(well)
	slices.Sort(hanging)
	a, b := well[rounds/2], hanging[rounds/2]
	fmt.Printf("%d hosts ready, all %d well:    %6.2f s\n", hosts-1, hosts, a.Seconds())
	fmt.Printf("%d hosts ready, one hanging:  %6.2f s\n", hosts-1, b.Seconds())
	fmt.Printf("lost: %.1f %%\n", 100*(b.Seconds()/a.Seconds()-1))
	return nil
}

// web is the sites, and what is known of their being ready.
type web struct {
	mu    sync.Mutex
	last  time.Time       // a story of one that is well was asked for
	left  map[string]bool // stories not asked for yet, of those that are well
	ready chan struct{}   // closed when none is left
}

// refresh returns the time from the start of a refresh to the last story of the
// sites that are well.
func refresh(hosts, pages, workers int, delay time.Duration, hangs bool) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "winnow-hosts-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	all := &web{left: map[string]bool{}, ready: make(chan struct{})}
	var config strings.Builder
	fmt.Fprintf(&config, "corpus: %s\nstate: %s\nfetch: {workers: %d, delay: %v, timeout: 10m, allow_private: [127.0.0.0/8]}\nsources:\n",
		filepath.Join(dir, "corpus"), filepath.Join(dir, "state.db"), workers, delay)
	for i := range hosts {
		server := httptest.NewServer(all.site(i, pages, hangs && i == 0))
		defer server.Close()
		fmt.Fprintf(&config, "  - {name: site%d, site: '%s/'}\n", i, server.URL)
	}
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
		return 0, err
	}
	start := time.Now()
	if code := cli.Main([]string{"-c", path, "-q", "refresh"}, os.Stdin, io.Discard, os.Stderr); code != 0 {
		return 0, fmt.Errorf("winnow refresh ended with status %d", code)
	}
	if len(all.left) > 0 {
		return 0, fmt.Errorf("%d stories were not asked for", len(all.left))
	}
	return all.last.Sub(start), nil
}

// site serves the i-th site. The first one is not waited for.
func (w *web) site(i, pages int, hangs bool) http.HandlerFunc {
	s := &site.Site{Stories: pages, Size: 20 << 10}
	if i > 0 {
		for n := range pages {
			w.left[fmt.Sprintf("%d/story/%d", i, n)] = true
		}
	}
	return func(out http.ResponseWriter, r *http.Request) {
		if hangs && r.URL.Path != "/robots.txt" {
			out.Header().Set("Content-Type", "text/html")
			fmt.Fprint(out, "<html>")
			out.(http.Flusher).Flush()
			select {
			case <-w.ready:
			case <-r.Context().Done():
			}
			return
		}
		s.ServeHTTP(out, r)
		w.mu.Lock()
		defer w.mu.Unlock()
		key := fmt.Sprint(i, r.URL.Path)
		if w.left[key] {
			delete(w.left, key)
			if w.last = time.Now(); len(w.left) == 0 {
				close(w.ready)
			}
		}
	}
}
