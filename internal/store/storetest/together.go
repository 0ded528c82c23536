package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// testFinishAndClaim goes through two hosts; each task is claimed while the one before it is
// finished.
func testFinishAndClaim(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("a.example", "/1"), link("a.example", "/2"), link("b.example", "/1"))
	all := schedule.Filter{Runs: []schedule.Run{run}}
	task := d.claim(run)
	stale := task
	var seen []string
	for {
		seen = append(seen, task.URL)
		o := d.done()
		o.HostNext = d.now.Add(300 * time.Microsecond) // within the millisecond of the next claim
		if task.Kind == schedule.Robots {
			o.Host = &schedule.HostState{RobotsStatus: 404, RobotsAt: d.now}
		}
		d.now = d.now.Add(400 * time.Microsecond)
		var err error
		if task, err = d.FinishAndClaim(d.ctx, task, o, all, d.now); errors.Is(err, schedule.ErrNoWork) {
			break
		}
		d.ok(err)
	}
	equal(t, "tasks", fmt.Sprint(seen), "[https://a.example/robots.txt https://b.example/robots.txt https://a.example/1 https://b.example/1 https://a.example/2]")

	d.begin(link("a.example", "/3"))
	if got, err := d.FinishAndClaim(d.ctx, stale, d.done(link("a.example", "/4")), all, d.now); !errors.Is(err, schedule.ErrStale) {
		t.Errorf("an old token: got %+v, %v", got, err)
	}
	if _, err := d.URL(d.ctx, "https://a.example/4"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its link: %v", err)
	}
	task = d.claim(run)
	equal(t, "left alone", task.URL, "https://a.example/3")
	o := d.done(link("c.example", "/1"))
	o.HostNext = d.now.Add(time.Minute)
	task, err := d.FinishAndClaim(d.ctx, task, o, all, d.now)
	d.ok(err)
	equal(t, "new host", task.URL, "https://c.example/robots.txt")
	_, err = d.FinishAndClaim(d.ctx, task, schedule.Outcome{State: schedule.Pending, HostNext: d.now.Add(time.Hour), Host: &schedule.HostState{RobotsTries: 1}},
		schedule.Filter{Runs: all.Runs, Patience: 2 * time.Hour}, d.now)
	var busy schedule.Busy
	if !errors.As(err, &busy) || busy.Until.Sub(d.now) < 59*time.Minute {
		t.Errorf("a host that rests: %v", err)
	}
}

// testKnownLinks finds the same links again and again, in several processes: one has its
// own writes in the cache, and one nothing.
func testKnownLinks(t *testing.T, fresh func() string) {
	rng := rand.New(rand.NewPCG(3, 4))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	var pages [][]schedule.Link
	for range 40 {
		var links []schedule.Link
		for range 4 {
			l := link("gazette.example", article(rng.IntN(30)), kind([]schedule.Kind{schedule.Section, schedule.Article, schedule.Article}[rng.IntN(3)]), source(pick("gazette", "herald")))
			l.Depth, l.Hops, l.Follow, l.Via = 1+rng.IntN(2), rng.IntN(9), rng.IntN(8) == 0, pick("u", "v", "w")
			if rng.IntN(30) == 0 {
				l.Hint = news.Hint{Title: pick("Tank", "Tanks"), Modified: day.Add(-time.Duration(rng.IntN(5)) * time.Hour)}
			}
			links = append(links, l)
		}
		pages = append(pages, links)
	}
	crawl := func(desks ...*desk) []schedule.Link {
		var seeds []schedule.Link
		for i := range pages {
			seeds = append(seeds, link("index.example", article(i), kind(schedule.Feed)))
		}
		run := desks[0].begin(seeds...)
		for i := range pages {
			d := desks[i%len(desks)]
			task := d.next(run)
			d.ok(d.Finish(d.ctx, task, d.done(pages[i]...)))
		}
		var got []schedule.Link
		for i := range 30 {
			u, err := desks[0].URL(desks[0].ctx, "https://gazette.example"+article(i))
			if !errors.Is(err, store.ErrNotFound) {
				desks[0].ok(err)
			}
			got = append(got, u.Link)
		}
		return got
	}
	got := crawl(open(t, fresh()))
	var forgetful []*desk
	dsn := fresh()
	for range pages {
		forgetful = append(forgetful, open(t, dsn))
	}
	if want := crawl(forgetful...); !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	dsn = fresh()
	if two := crawl(open(t, dsn), open(t, dsn)); !reflect.DeepEqual(two, got) {
		t.Errorf("two processes:\n got %+v\nwant %+v", two, got)
	}
}

// testWritesTogether finishes tasks of many hosts at the same time, some with an old token
// and some with a canceled context: each has the result that it would have alone.
func testWritesTogether(t *testing.T, dsn string) {
	const hosts = 24
	d := open(t, dsn)
	var seeds []schedule.Link
	for h := range hosts {
		seeds = append(seeds, link(fmt.Sprintf("h%02d.example", h), "/1"))
	}
	run := d.begin(seeds...)
	for range hosts {
		d.finishRobots(d.claim(run))
	}
	ended, end := context.WithCancel(d.ctx)
	end()
	var tasks []schedule.Task
	for range hosts {
		tasks = append(tasks, d.claim(run))
	}
	var all sync.WaitGroup
	errs := make([]error, hosts)
	for i, task := range tasks {
		all.Go(func() {
			ctx := d.ctx
			switch i % 3 {
			case 1:
				task.Lease.Token--
			case 2:
				ctx = ended
			}
			errs[i] = d.Finish(ctx, task, d.done(link(task.Host, "/2")))
		})
	}
	all.Wait()
	for i, task := range tasks {
		want := []error{nil, schedule.ErrStale, context.Canceled}[i%3]
		if !errors.Is(errs[i], want) {
			t.Errorf("%s: got %v, want %v", task.Host, errs[i], want)
		}
		_, err := d.URL(d.ctx, "https://"+task.Host+"/2")
		if found := err == nil; found != (want == nil) {
			t.Errorf("%s: after %v its link: %v", task.Host, want, err)
		}
	}
}
