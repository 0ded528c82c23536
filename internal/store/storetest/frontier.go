package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

func testRobotsFirst(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/feed", kind(schedule.Feed)))
	task := d.claim(run)
	equal(t, "URL", task.URL, "https://gazette.example/robots.txt")
	equal(t, "kind", task.Kind, schedule.Robots)
	equal(t, "source", task.Source, "gazette")
	equal(t, "run", task.Run, run.ID)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 200, RobotsBody: []byte("User-agent: *"), RobotsAt: d.now, Delay: 2500 * time.Millisecond}}))
	task = d.claim(run)
	equal(t, "after robots.txt", task.URL, "https://gazette.example/feed")
	equal(t, "robots.txt", string(task.HostState.RobotsBody), "User-agent: *")
	equal(t, "delay", task.HostState.Delay, 2500*time.Millisecond)
	equal(t, "read", task.HostState.RobotsAt, d.now)
	d.ok(d.Release(d.ctx, task))

	d.now = d.now.Add(24*time.Hour - time.Millisecond)
	task = d.claim(run)
	equal(t, "just before a day", task.Kind, schedule.Feed)
	d.ok(d.Release(d.ctx, task))
	d.now = d.now.Add(3 * time.Second)
	task = d.claim(run)
	equal(t, "after a day", task.Kind, schedule.Robots)
	equal(t, "old copy", string(task.HostState.RobotsBody), "User-agent: *")
}

func testRobotsFail(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"))
	task := d.claim(run)
	next := d.now.Add(90 * time.Second)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, HostNext: next, Host: &schedule.HostState{RobotsStatus: 503, RobotsTries: 1, RobotsError: "503"}}))
	d.wantNoWork(run)
	_, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: 2 * time.Minute}, d.now)
	var busy schedule.Busy
	if !errors.As(err, &busy) || !busy.Until.Equal(next) {
		t.Errorf("with patience: got %v, want Busy until %v", err, next)
	}
	d.now = next
	task = d.claim(run)
	equal(t, "after the back-off", task.Kind, schedule.Robots)
	equal(t, "tries", task.Tries, 1)
	equal(t, "tries", task.HostState.RobotsTries, 1)
	d.finishRobots(task)
	equal(t, "then", d.claim(run).URL, "https://gazette.example/a")
}

func testRobotsByScheme(t *testing.T, dsn string) {
	d := open(t, dsn)
	plain := link("gazette.example", "/a")
	plain.URL = "http://gazette.example/a"
	run := d.begin(plain, link("gazette.example", "/b"))
	var got []string
	for range 4 {
		task := d.claim(run)
		got = append(got, task.URL)
		if task.Kind == schedule.Robots {
			d.finishRobots(task)
		} else {
			d.ok(d.Finish(d.ctx, task, d.done()))
		}
	}
	want := []string{"http://gazette.example/robots.txt", "http://gazette.example/a", "https://gazette.example/robots.txt", "https://gazette.example/b"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func testOrder(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(
		link("gazette.example", "/b"), link("gazette.example", "/a"), link("gazette.example", "/B"), link("gazette.example", "/ä"),
		link("gazette.example", "/z", kind(schedule.Section)), link("gazette.example", "/y", kind(schedule.Sitemap)),
		link("gazette.example", "/x", kind(schedule.Feed)), link("gazette.example", "/c", source("other")),
	)
	var got []string
	for {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
		if errors.Is(err, schedule.ErrNoWork) {
			break
		}
		d.ok(err)
		if task.Kind == schedule.Robots {
			d.finishRobots(task)
			continue
		}
		got = append(got, task.URL[len("https://gazette.example"):])
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	if want := []string{"/x", "/y", "/z", "/B", "/a", "/b", "/ä"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func testHostsTakeTurns(t *testing.T, dsn string) {
	d := open(t, dsn)
	var seeds []schedule.Link
	for _, host := range []string{"c.example", "a.example", "b.example:8443"} {
		seeds = append(seeds, link(host, "/1"), link(host, "/2"))
	}
	run := d.begin(seeds...)
	var got []string
	for range 9 {
		task := d.claim(run)
		got = append(got, task.Host)
		o := d.done()
		o.HostNext = d.now.Add(time.Second)
		if task.Kind == schedule.Robots {
			o.Host = &schedule.HostState{RobotsAt: d.now}
		}
		d.ok(d.Finish(d.ctx, task, o))
		d.now = d.now.Add(400 * time.Millisecond)
	}
	want := []string{"a.example", "b.example:8443", "c.example", "a.example", "b.example:8443", "c.example", "a.example", "b.example:8443", "c.example"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	d.wantNoWork(run)
}

// busy expects Claim to return schedule.Busy, and returns its time.
func (d *desk) busy(patience time.Duration, runs ...schedule.Run) time.Time {
	d.t.Helper()
	_, err := d.Claim(d.ctx, schedule.Filter{Runs: runs, Patience: patience}, d.now)
	var busy schedule.Busy
	if !errors.As(err, &busy) {
		d.t.Fatalf("got %v, want Busy", err)
	}
	if !busy.Until.After(d.now) {
		d.t.Errorf("busy until %v, which is not after %v", busy.Until, d.now)
	}
	return busy.Until
}

func (d *desk) wantNoWork(runs ...schedule.Run) {
	d.t.Helper()
	task, err := d.Claim(d.ctx, schedule.Filter{Runs: runs}, d.now)
	if !errors.Is(err, schedule.ErrNoWork) {
		d.t.Fatalf("got %v %s, want no work", err, task.URL)
	}
}

func testBusy(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"))
	robots := d.claim(run)
	equal(t, "while another worker has the only host", d.busy(0, run), d.now.Add(250*time.Millisecond))
	d.finishRobots(robots)

	task := d.claim(run)
	o := d.done()
	o.HostNext = d.now.Add(1500*time.Microsecond + time.Second)
	d.ok(d.Finish(d.ctx, task, o))
	until := d.busy(time.Minute, run)
	if until.Before(o.HostNext) || until.Sub(o.HostNext) >= time.Millisecond {
		t.Errorf("while the host rests: busy until %v, want %v rounded up", until, o.HostNext)
	}
	d.wantNoWork(run) // without waiting

	d.now = until
	task = d.claim(run)
	equal(t, "the last URL in another worker's hands", d.busy(0, run), d.now.Add(250*time.Millisecond))
	retry := d.now.Add(10 * time.Minute)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, Due: retry, Tries: 1, At: d.now, Status: 503}))
	equal(t, "while a retry waits", d.busy(time.Hour, run), retry)
	if _, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: 9 * time.Minute}, d.now); !errors.Is(err, schedule.ErrNoWork) {
		t.Errorf("a retry beyond patience: %v", err)
	}
	d.now = retry
	task = d.claim(run)
	equal(t, "tries", task.Tries, 1)
	d.ok(d.Finish(d.ctx, task, d.done()))
	d.wantNoWork(run)
}

// testBusyTwice has one host that rests and one that another worker has.
func testBusyTwice(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("a.example", "/1"), link("b.example", "/1"))
	o := schedule.Outcome{Host: &schedule.HostState{RobotsAt: d.now}, HostNext: d.now.Add(10 * time.Second)}
	d.ok(d.Finish(d.ctx, d.claim(run), o))
	d.claim(run)
	equal(t, "busy", d.busy(time.Minute, run), d.now.Add(250*time.Millisecond))
	equal(t, "without patience", d.busy(0, run), d.now.Add(250*time.Millisecond))
	d.now = d.now.Add(9900 * time.Millisecond)
	equal(t, "shortly before the host is free", d.busy(time.Minute, run), day.Add(10*time.Second))
}

func testFencing(t *testing.T, dsn string) {
	slow := openAs(t, dsn, store.Options{Owner: "elsewhere/1/1", Lease: time.Minute})
	quick := open(t, dsn)
	run := slow.begin(link("gazette.example", "/a"))
	old := slow.next(run)
	quick.now = day.Add(time.Minute - time.Millisecond)
	quick.busy(0, run) // the lease of another machine has to run out
	quick.now = day.Add(time.Minute)
	fresh := quick.claim(run)
	equal(t, "URL", fresh.URL, old.URL)
	if fresh.Lease.Token <= old.Lease.Token {
		t.Errorf("token %d after %d", fresh.Lease.Token, old.Lease.Token)
	}
	o := slow.found(old.URL, "the old worker's text", []uint64{1})
	o.Links = []schedule.Link{link("gazette.example", "/b")}
	o.HostNext = day.Add(time.Hour)
	for _, err := range []error{slow.Finish(slow.ctx, old, o), slow.Release(slow.ctx, old)} {
		if !errors.Is(err, schedule.ErrStale) {
			t.Errorf("with an old token: %v", err)
		}
	}
	if _, err := quick.Stories.Get(quick.ctx, old.URL); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the stale story: %v", err)
	}
	quick.ok(quick.Finish(quick.ctx, fresh, quick.done()))
	quick.wantNoWork(run) // the stale link was not added
	if err := quick.Finish(quick.ctx, fresh, quick.done(link("gazette.example", "/c"))); !errors.Is(err, schedule.ErrStale) {
		t.Errorf("finished twice: %v", err)
	}
	quick.wantNoWork(run)
}

func testLateFinish(t *testing.T, dsn string) {
	d := openAs(t, dsn, store.Options{Owner: "elsewhere/1/1", Lease: time.Second})
	run := d.begin(link("gazette.example", "/a"))
	task := d.next(run)
	d.now = d.now.Add(time.Hour)
	d.ok(d.Finish(d.ctx, task, d.done())) // nobody else claimed the host
	d.wantNoWork(run)
}

func testRelease(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a", hint(news.Hint{Title: "A"})))
	task := d.next(run)
	d.ok(d.Release(d.ctx, task))
	again := d.claim(run)
	task.Lease, again.Lease = schedule.Lease{}, schedule.Lease{}
	equal(t, "URL", again.URL, task.URL)
	equal(t, "title", again.Hint.Title, "A")
	equal(t, "tries", again.Tries, 0)
}

func testPace(t *testing.T, dsn string) {
	d := openAs(t, dsn, store.Options{Owner: "elsewhere/1/1", Lease: time.Second})
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"))
	run.Delay = 10 * time.Second
	d.finishRobots(d.claim(run))
	d.now = d.now.Add(10 * time.Second)
	d.claim(run) // and the process crashes
	start := d.now
	d.now = d.now.Add(2 * time.Second)
	equal(t, "after a death", d.busy(time.Minute, run), start.Add(10*time.Second))
	d.now = start.Add(10 * time.Second)
	equal(t, "then", d.claim(run).URL, "https://gazette.example/a")
}

// testPause: the pause that a host's response times call for is stored with the host, for
// every scheme, source and process.
func testPause(t *testing.T, dsn string) {
	d := openAs(t, dsn, store.Options{Owner: "elsewhere/1/1", Lease: time.Second})
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"), link("gazette.example", "/c"))
	d.finishRobots(d.claim(run))
	task := d.claim(run)
	equal(t, "at first", task.HostState.Pause, 0)
	o := d.done()
	o.HostNext, o.Pause = d.now, 7500*time.Millisecond
	d.ok(d.Finish(d.ctx, task, o))
	task = d.claim(run) // and the process crashes
	equal(t, "kept", task.HostState.Pause, 7500*time.Millisecond)
	start := d.now
	d.now = d.now.Add(2 * time.Second)
	equal(t, "after a death", d.busy(time.Minute, run), start.Add(7500*time.Millisecond))
	d.now = start.Add(8 * time.Second)
	task = d.claim(run)
	o = d.done()
	o.HostNext = d.now
	d.ok(d.Finish(d.ctx, task, o))
	equal(t, "an outcome without a pause leaves it", d.claim(run).HostState.Pause, 7500*time.Millisecond)
}

func testMaxPages(t *testing.T, dsn string) {
	d := open(t, dsn)
	seeds := []schedule.Link{link("gazette.example", "/feed", kind(schedule.Feed)), link("gazette.example", "/news", kind(schedule.Section)), link("b.example", "/a/000")}
	for i := range 6 {
		seeds = append(seeds, link("gazette.example", article(i)))
	}
	spec := store.RunSpec{Source: "gazette", MaxPages: 4, Seeds: seeds}
	run := d.beginSpec(spec)
	took := func() (urls []string) {
		for {
			task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
			if errors.Is(err, schedule.ErrNoWork) {
				return urls
			}
			d.ok(err)
			if task.Kind == schedule.Robots {
				d.finishRobots(task)
				continue
			}
			urls = append(urls, task.URL[len("https://"):])
			o := d.done()
			o.HostNext = d.now
			d.ok(d.Finish(d.ctx, task, o))
			d.now = d.now.Add(time.Second)
		}
	}
	got := took()
	equal(t, "URLs claimed", len(got), 5) // the feed does not count
	again := d.beginSpec(spec)
	equal(t, "joined", again.ID, run.ID)
	equal(t, "after a restart", len(took()), 0)
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.beginSpec(spec)
	got = append(got, took()...)
	slices.Sort(got)
	equal(t, "URLs claimed in two runs", len(slices.Compact(got)), 1+1+4+2)
}

func testMaxPagesInProgress(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 2, Seeds: []schedule.Link{
		link("a.example", "/1"), link("b.example", "/1"), link("b.example", "/feed", kind(schedule.Feed)), link("c.example", "/1")}})
	feed := d.next(run)
	equal(t, "first", feed.URL, "https://b.example/feed")
	d.busy(0, run) // it may bring something that comes before the pages
	d.ok(d.Finish(d.ctx, feed, d.done(link("d.example", "/2026/11/20/"))))
	first, second := d.next(run), d.next(run)
	equal(t, "hosts in work", first.Host+", "+second.Host, "a.example, d.example")
	d.busy(0, run) // two pages are in progress, and no more are allowed
	for _, task := range []schedule.Task{first, second} {
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	d.wantNoWork(run)
}

func testListedApart(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 1, Seeds: []schedule.Link{link("gazette.example", "/z")}})
	fresh, known, retried, err := d.AddListed(d.ctx, []schedule.Link{link("gazette.example", "/a"), link("gazette.example", "/b"), link("c.example", "/c", source(""))})
	d.ok(err)
	equal(t, "counts", [3]int{fresh, known, retried}, [3]int{3, 0, 0})
	equal(t, "the source's run", d.next(run).URL, "https://gazette.example/z")
	list := d.beginSpec(store.RunSpec{Source: "urls.txt", Listed: true})
	equal(t, "the list's run", d.next(list).URL, "https://c.example/c")
}

func testRunFilter(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.begin(link("gazette.example", "/a"))
	other := d.beginSpec(store.RunSpec{Source: "other", Seeds: []schedule.Link{link("other.example", "/a", source("other"))}})
	task := d.next(other)
	equal(t, "URL", task.URL, "https://other.example/a")
	d.ok(d.Finish(d.ctx, task, d.done()))
	d.wantNoWork(other)
	d.wantNoWork()
}
