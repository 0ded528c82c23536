// Command frontier measures the list of URLs at the size of a large crawl: how
// fast a backfill list is taken in, how long the first task takes to come after
// a start, how many URLs a second are claimed and finished, and what memory
// that needs.
//
//	go run ./frontier -urls 1000000
//
// See the README of this module for what the rows mean.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"winnow/bench/internal/child"
	"winnow/internal/store"
	"winnow/schedule"
)

// limit is how long one step may take.
const limit = 30 * time.Minute

// links is how many links each finished page has, all to its own host: 18 that
// are known, and 2 that are new.
const links = 20

func main() {
	urls := flag.Int("urls", 1_000_000, "URLs of the frontier")
	hosts := flag.Int("hosts", 500, "hosts that they lie on")
	pages := flag.Int("pages", 20_000, "URLs to claim and finish")
	workers := flag.Int("workers", 1, "how many do so at the same time")
	dir := flag.String("dir", "", "folder for the state; a temporary one when it is not given")
	step := flag.String("child", "", "used by the program itself")
	flag.Parse()
	f := frontier{urls: *urls, hosts: *hosts, pages: *pages, workers: *workers, dir: *dir}
	var err error
	if *step != "" {
		err = f.child(*step)
	} else {
		err = f.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "frontier:", err)
		os.Exit(1)
	}
}

type frontier struct {
	urls, hosts, pages, workers int
	dir                         string
}

// told is what a step says of itself.
type told struct {
	Wall time.Duration
	CPU  time.Duration
	Note string
}

func (f *frontier) run() (err error) {
	if f.urls < 1 || f.hosts < 1 || f.workers < 1 {
		return errors.New("-urls, -hosts and -workers begin at 1")
	}
	if f.dir == "" {
		if f.dir, err = os.MkdirTemp("", "winnow-frontier-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(f.dir)) }()
	}
	fmt.Printf("%d URLs of %d hosts\n\n%-34s %10s %10s %8s %8s\n", f.urls, f.hosts, "step", "units", "units/s", "CPU s", "peak MB")
	for _, step := range []struct {
		name, child string
		units       int
	}{
		{"list of 100,000 URLs taken in", "list", min(100_000, f.urls)},
		{"the rest taken in", "rest", max(0, f.urls-100_000)},
		{"started, first task in hand", "start", 1},
		{"pages claimed and finished", "work", f.pages},
	} {
		u, err := child.Self(limit, nil, "-child", step.child, "-urls", strconv.Itoa(f.urls), "-hosts", strconv.Itoa(f.hosts),
			"-pages", strconv.Itoa(f.pages), "-workers", strconv.Itoa(f.workers), "-dir", f.dir)
		if err != nil {
			return err
		}
		if u.TimedOut {
			return fmt.Errorf("%s took more than %v", step.name, limit)
		}
		var t told
		if err := json.Unmarshal(u.Out, &t); err != nil {
			return err
		}
		fmt.Printf("%-34s %10d %10.0f %8.1f %8.0f  in %v%s\n", step.name, step.units, float64(step.units)/t.Wall.Seconds(), t.CPU.Seconds(), float64(u.Peak)/1e6, t.Wall.Round(time.Millisecond), t.Note)
	}
	return nil
}

// child is one step, in a separate process.
func (f *frontier) child(step string) error {
	ctx := context.Background()
	start, cpu := time.Now(), child.CPU()
	s, err := store.Open(ctx, filepath.Join(f.dir, "winnow.db"), store.Options{})
	if err != nil {
		return err
	}
	var t told
	switch step {
	case "list":
		err = f.take(ctx, s, 0, min(100_000, f.urls))
	case "rest":
		for from := 100_000; from < f.urls && err == nil; from += 100_000 {
			err = f.take(ctx, s, from, min(from+100_000, f.urls))
		}
	case "start", "work":
		var run schedule.Run
		if run, err = s.BeginRun(ctx, store.RunSpec{Source: "list", Listed: true}, time.Now()); err != nil {
			break
		}
		if step == "work" {
			if err = f.robots(ctx, s, run); err == nil {
				start, cpu = time.Now(), child.CPU()
				err = f.work(ctx, s, run)
			}
			break
		}
		var task schedule.Task
		if task, err = s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, time.Now()); err == nil {
			t.Wall, t.CPU = time.Since(start), child.CPU()-cpu
			err = s.Release(ctx, task)
		}
	default:
		err = fmt.Errorf("-child %s is unknown", step)
	}
	if t.Wall == 0 {
		t.Wall, t.CPU = time.Since(start), child.CPU()-cpu
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(t)
}

// link is the i-th URL of the list.
func (f *frontier) link(i int) schedule.Link {
	host := fmt.Sprintf("news%04d.example", i%f.hosts)
	return schedule.Link{URL: fmt.Sprintf("https://%s/2026/03/%d-a-story-with-words-in-its-address", host, i*7919%1_000_003), Host: host,
		Kind: schedule.Article, Source: "list", Follow: true, Via: "https://" + host + "/"}
}

func (f *frontier) take(ctx context.Context, s *store.Store, from, to int) error {
	list := make([]schedule.Link, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, f.link(i))
	}
	_, _, _, err := s.AddListed(ctx, list)
	return err
}

// robots answers for the robots.txt of every host.
func (f *frontier) robots(ctx context.Context, s *store.Store, run schedule.Run) error {
	for {
		now := time.Now()
		task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
		if err != nil {
			return err
		}
		if task.Kind != schedule.Robots {
			return s.Release(ctx, task)
		}
		o := schedule.Outcome{State: schedule.Done, At: now, HostNext: now, Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: now}}
		if err := s.Finish(ctx, task, o); err != nil {
			return err
		}
	}
}

// work finishes pages as the loop of a crawl does.
func (f *frontier) work(ctx context.Context, s *store.Store, run schedule.Run) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{}, f.pages)
	enough := errors.New("enough")
	loop := schedule.Loop{Frontier: s, Workers: f.workers}
	err := loop.Run(ctx, schedule.Filter{Runs: []schedule.Run{run}}, func(_ context.Context, t schedule.Task) (schedule.Outcome, error) {
		select {
		case done <- struct{}{}:
		default:
			return schedule.Outcome{}, enough
		}
		now := time.Now()
		o := schedule.Outcome{State: schedule.Done, Status: 200, At: now, HostNext: now, BodySHA: strings.Repeat("ab", 32)}
		n := len(done)
		var host int
		if _, err := fmt.Sscanf(t.Host, "news%d.example", &host); err != nil {
			return schedule.Outcome{}, err
		}
		for i := range links {
			link := f.link(((n+i)*f.hosts + host) % f.urls)
			if i < 2 {
				link.URL += "-" + strconv.Itoa(n)
			}
			o.Links = append(o.Links, link)
		}
		return o, nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}
