package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"winnow/schedule"
)

// testExclusive has sixteen workers of two processes go through twelve hosts: no two of
// them have a host at the same time, and every URL is done once.
func testExclusive(t *testing.T, dsn string) {
	const hosts, pages = 12, 5
	desks := []*desk{open(t, dsn), open(t, dsn)}
	var seeds []schedule.Link
	for h := range hosts {
		seeds = append(seeds, link(fmt.Sprintf("h%02d.example", h), "/", kind(schedule.Section)))
	}
	run := desks[0].begin(seeds...)
	var mu sync.Mutex
	taken, done := map[string]bool{}, map[string]int{}
	work := func(d *desk) error {
		for {
			task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, day)
			var busy schedule.Busy
			if errors.As(err, &busy) {
				continue
			}
			if errors.Is(err, schedule.ErrNoWork) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			if taken[task.Host] {
				err = fmt.Errorf("%s is with two workers", task.Host)
			}
			taken[task.Host] = true
			done[task.URL]++
			mu.Unlock()
			if err != nil {
				return err
			}
			o := schedule.Outcome{State: schedule.Done, Status: 200, At: day}
			if task.Kind == schedule.Robots {
				o.Host = &schedule.HostState{RobotsStatus: 404, RobotsAt: day}
			} else if task.Kind == schedule.Section {
				for i := range pages { // on this host and on the next, so that transactions lock both
					o.Links = append(o.Links, link(task.Host, article(i)), link(fmt.Sprintf("h%02d.example", (hostNumber(task.Host)+1)%hosts), article(i)))
				}
			}
			mu.Lock()
			taken[task.Host] = false
			mu.Unlock()
			if err := d.Finish(d.ctx, task, o); err != nil {
				return err
			}
		}
	}
	errs := make(chan error)
	for i := range 16 {
		go func() { errs <- work(desks[i%2]) }()
	}
	for range 16 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	equal(t, "URLs done", len(done), hosts*(2+pages))
	for url, n := range done {
		if n != 1 {
			t.Errorf("%s was done %d times", url, n)
		}
	}
}

func hostNumber(host string) (n int) {
	fmt.Sscanf(host, "h%d", &n)
	return n
}

// testOneStoryFromTwoHosts: workers on many hosts find the same stories at the same time.
func testOneStoryFromTwoHosts(t *testing.T, dsn string) {
	const hosts = 8
	d := open(t, dsn)
	var seeds []schedule.Link
	for h := range hosts {
		for i := range 4 {
			seeds = append(seeds, link(fmt.Sprintf("h%02d.example", h), article(i)))
		}
	}
	run := d.begin(seeds...)
	errs := make(chan error)
	for range hosts {
		go func() {
			errs <- func() error {
				for {
					task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, day)
					if errors.Is(err, schedule.ErrNoWork) {
						return nil
					}
					if errors.As(err, new(schedule.Busy)) {
						continue
					}
					if err != nil {
						return err
					}
					o := d.found(task.URL, "one text", []uint64{1, 2, 3}, task.URL, "https://canonical.example"+task.URL[len("https://h00.example"):])
					if task.Kind == schedule.Robots {
						o = schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: day}}
					} else {
						o.Story.Rank = 1
					}
					if err := d.Finish(d.ctx, task, o); err != nil {
						return err
					}
				}
			}()
		}()
	}
	for range hosts {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	all, err := d.Stories.List(d.ctx, "", 100)
	d.ok(err)
	equal(t, "stories", len(all), 4)
	for _, s := range all {
		equal(t, "page of "+s.Story.URL, s.PageURL[:len("https://h00.example")], "https://h00.example")
		equal(t, "revision", s.Rev, 1)
	}
}
