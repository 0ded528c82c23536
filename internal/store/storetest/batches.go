package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/report"
	"winnow/news"
	"winnow/schedule"
)

// testNewestFirst: dates come from hints, from paths, or are unknown. A feed that is read
// brings a date for one of the pages.
func testNewestFirst(t *testing.T, dsn string) {
	d := open(t, dsn)
	dated := func(hours int) func(*schedule.Link) {
		return hint(news.Hint{Date: day.Add(time.Duration(hours) * time.Hour)})
	}
	deep := link("gazette.example", "/deep", dated(10))
	deep.Depth = 2
	seeds := []schedule.Link{
		link("gazette.example", "/a"), link("gazette.example", "/b"), link("gazette.example", "/dated-later"), deep,
		link("gazette.example", "/new", dated(3)), link("gazette.example", "/newer", dated(4)), link("gazette.example", "/old", dated(-40*24)),
		link("gazette.example", "/2026/03/01/path"), link("gazette.example", "/20260302-path"),
		link("gazette.example", "/changed", hint(news.Hint{Modified: day.Add(-time.Hour)})),
		link("gazette.example", "/section", kind(schedule.Section)), link("gazette.example", "/feed", kind(schedule.Feed)),
	}
	want := []string{"/feed", "/section", "/dated-later", "/newer", "/new", "/20260302-path", "/2026/03/01/path", "/old", "/a", "/b", "/deep"}
	want = slices.Insert(want, 5, "/changed")
	got := d.works(d.begin(seeds...), func(task schedule.Task) schedule.Outcome {
		if task.Kind == schedule.Feed {
			return d.done(link("gazette.example", "/dated-later", dated(5)))
		}
		return d.done()
	})
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	// The same for a list.
	for i := range seeds {
		seeds[i].Host, seeds[i].URL = "list.example", strings.Replace(seeds[i].URL, "gazette", "list", 1)
	}
	_, _, _, err := d.AddListed(d.ctx, seeds[3:10])
	d.ok(err)
	list := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
	got = nil
	for range 7 {
		task := d.next(list)
		got = append(got, task.URL[len("https://list.example"):])
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	if want := []string{"/newer", "/new", "/changed", "/20260302-path", "/2026/03/01/path", "/old", "/deep"}; !slices.Equal(got, want) {
		t.Errorf("a list: got  %q\nwant %q", got, want)
	}
}

// web is a source of three hosts that link to each other: page i links to those
// in web[i].
type web [][]int

func (w web) link(i, depth int) schedule.Link {
	l := link(fmt.Sprintf("h%d.example", i%3), fmt.Sprintf("/%02d", i))
	l.Depth = depth
	return l
}

// crawl has a number of workers go through the web and finish their tasks in any order,
// and returns each page with the depth at which it was requested.
func (w web) crawl(d *desk, spec store.RunSpec, workers int, rng *rand.Rand) (asked []string) {
	d.t.Helper()
	spec.Source, spec.Seeds = "gazette", []schedule.Link{w.link(0, 0)}
	run := d.beginSpec(spec)
	var hands []schedule.Task
	for {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Minute}, d.now)
		if err == nil {
			hands = append(hands, task)
		} else if !errors.As(err, new(schedule.Busy)) && !errors.Is(err, schedule.ErrNoWork) {
			d.t.Fatal(err)
		}
		if len(hands) == 0 {
			if errors.Is(err, schedule.ErrNoWork) {
				d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
				return asked
			}
			d.now = d.now.Add(time.Second)
			continue
		}
		if err == nil && len(hands) < workers {
			continue
		}
		at := rng.IntN(len(hands))
		task = hands[at]
		hands = slices.Delete(hands, at, at+1)
		o := w.fetched(task, d.now)
		o.HostNext = d.now.Add(time.Duration(rng.IntN(3)) * time.Second)
		if task.Kind != schedule.Robots {
			asked = append(asked, fmt.Sprintf("%s at %d", task.URL, task.Depth))
		}
		d.ok(d.Finish(d.ctx, task, o))
	}
}

// fetched returns the outcome of a task of the web.
func (w web) fetched(task schedule.Task, now time.Time) schedule.Outcome {
	o := schedule.Outcome{State: schedule.Done, Status: 200, At: now, HostNext: now}
	if task.Kind == schedule.Robots {
		o.Host = &schedule.HostState{RobotsStatus: 404, RobotsAt: now}
		return o
	}
	var page int
	fmt.Sscanf(task.URL[len("https://h0.example/"):], "%d", &page)
	for _, to := range w[page] {
		if task.Depth < 4 {
			o.Links = append(o.Links, w.link(to, task.Depth+1))
		}
	}
	return o
}

// together has three processes with four workers each go through the web.
func (w web) together(t *testing.T, dsn string, spec store.RunSpec) (asked []string) {
	t.Helper()
	spec.Source, spec.Seeds = "gazette", []schedule.Link{w.link(0, 0)}
	var desks []*desk
	var run schedule.Run
	for range 3 {
		d := open(t, dsn)
		run = d.beginSpec(spec)
		desks = append(desks, d)
	}
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(5, 6))
	var all sync.WaitGroup
	for _, d := range desks {
		all.Go(func() {
			loop := schedule.Loop{Frontier: d, Workers: 4}
			err := loop.Run(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Minute}, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
				mu.Lock()
				if task.Kind != schedule.Robots {
					asked = append(asked, fmt.Sprintf("%s at %d", task.URL, task.Depth))
				}
				long := time.Duration(rng.IntN(5)) * time.Millisecond
				mu.Unlock()
				time.Sleep(long)
				return w.fetched(task, time.Now()), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return asked
}

// testHostsOfASource: which pages of a source are requested, and at which depth, does not
// depend on the number of workers, nor on which of them is faster.
func testHostsOfASource(t *testing.T, fresh func() string) {
	rng := rand.New(rand.NewPCG(3, 4))
	w := make(web, 40)
	for i := range w {
		for range 3 {
			w[i] = append(w[i], rng.IntN(len(w)))
		}
	}
	for _, spec := range []store.RunSpec{{MaxPages: 14}, {PerHost: 3}, {}} {
		var want, once []string
		for round, workers := range []int{1, 2, 3, 3} {
			d := open(t, fresh())
			first := w.crawl(d, spec, workers, rng)
			got := slices.Concat(first, w.crawl(d, spec, workers, rng))
			slices.Sort(first)
			slices.Sort(got)
			if round == 0 {
				want, once = got, first
			} else if !slices.Equal(got, want) {
				t.Errorf("%+v, %d workers:\n got %q\nwant %q", spec, workers, got, want)
			}
		}
		got := w.together(t, fresh(), spec)
		slices.Sort(got)
		if !slices.Equal(got, once) {
			t.Errorf("%+v, three processes:\n got %q\nwant %q", spec, got, once)
		}
		if spec.MaxPages > 0 {
			equal(t, "pages of two runs", len(want), 2*14)
		}
	}
}

// testMaxPagesPerHost: each host has its share in each run.
func testMaxPagesPerHost(t *testing.T, dsn string) {
	d := open(t, dsn)
	seeds := []schedule.Link{link("gazette.example", "/feed", kind(schedule.Feed))}
	for i := range 5 {
		seeds = append(seeds, link("gazette.example", article(i)), link("shop.example", article(i)))
	}
	spec := store.RunSpec{Source: "gazette", MaxPages: 7, PerHost: 2, Seeds: seeds}
	hosts := func(run schedule.Run) (hosts []string) {
		t.Helper()
		for {
			task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
			if errors.Is(err, schedule.ErrNoWork) {
				slices.Sort(hosts)
				return hosts
			}
			d.ok(err)
			if task.Kind == schedule.Robots {
				d.finishRobots(task)
				continue
			}
			hosts = append(hosts, task.Host)
			d.ok(d.Finish(d.ctx, task, d.done()))
		}
	}
	run := d.beginSpec(spec)
	equal(t, "claimed", strings.Join(hosts(run), " "), "gazette.example gazette.example gazette.example shop.example shop.example")
	left, err := d.Report.Backlog(d.ctx, run, d.now)
	d.ok(err)
	equal(t, "left", left, report.Backlog{PerHost: 6})
	equal(t, "joined", len(hosts(d.beginSpec(spec))), 0)
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 3, PerHost: 2})
	equal(t, "claimed in the second run", len(hosts(run)), 1+3)
	left, err = d.Report.Backlog(d.ctx, run, d.now)
	d.ok(err)
	equal(t, "left by the second run", left, report.Backlog{MaxPages: 3})
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))

	list := store.RunSpec{Source: "list", Listed: true, PerHost: 2}
	var listed []schedule.Link
	for i := range 5 {
		listed = append(listed, link("x.example", article(i)), link("y.example", article(i)))
	}
	_, _, _, err = d.AddListed(d.ctx, listed)
	d.ok(err)
	for round, want := range []int{4, 4, 2, 0} {
		run := d.beginSpec(list)
		equal(t, fmt.Sprint("URLs of the list, call ", round), len(hosts(run)), want)
		left, err := d.Report.Backlog(d.ctx, run, d.now)
		d.ok(err)
		equal(t, fmt.Sprint("left of the list, call ", round), left.PerHost+left.Rest, int64(max(0, 6-4*round)))
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	}
}

// testHostsThatFail: the others do not wait for a host that asks for a pause, or for a page
// that is tried again; both come into a batch again when they are due.
func testHostsThatFail(t *testing.T, dsn string) {
	d := open(t, dsn)
	deep := link("b.example", "/deep")
	deep.Depth = 2
	run := d.begin(link("a.example", "/1"), link("a.example", "/2"), link("b.example", "/1"), deep)
	filter := schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Hour}
	next := func(want string) schedule.Task {
		t.Helper()
		for {
			task, err := d.Claim(d.ctx, filter, d.now)
			d.ok(err)
			if task.Kind != schedule.Robots {
				equal(t, "URL", strings.TrimPrefix(task.URL, "https://"), want)
				return task
			}
			d.finishRobots(task)
		}
	}
	first, second := next("a.example/1"), next("b.example/1")
	retry := d.now.Add(10 * time.Second)
	d.ok(d.Finish(d.ctx, first, schedule.Outcome{State: schedule.Pending, Tries: 1, Due: retry, At: d.now, HostNext: d.now.Add(time.Minute), Hold: true}))
	equal(t, "while b's page is in work", d.busy(time.Hour, run), d.now.Add(250*time.Millisecond))
	d.ok(d.Finish(d.ctx, second, d.done()))
	third := next("b.example/deep") // a's pages have left the batch
	d.ok(d.Finish(d.ctx, third, schedule.Outcome{State: schedule.Pending, Tries: 1, Due: retry, At: d.now}))
	left, err := d.Report.Backlog(d.ctx, run, d.now)
	d.ok(err)
	equal(t, "left", left, report.Backlog{Waiting: 3})
	equal(t, "then", d.busy(time.Hour, run), retry)
	d.now = retry
	d.ok(d.Finish(d.ctx, next("b.example/deep"), d.done()))
	equal(t, "then", d.busy(time.Hour, run), day.Add(time.Minute))
	d.now = day.Add(time.Minute)
	d.ok(d.Finish(d.ctx, next("a.example/1"), d.done()))
	d.ok(d.Finish(d.ctx, next("a.example/2"), d.done()))
	d.wantNoWork(run)
}

// testBeyondPatience: a host that rests for longer than a run waits does not
// keep the others from their next batch.
func testBeyondPatience(t *testing.T, dsn string) {
	d := open(t, dsn)
	deep := link("b.example", "/deep")
	deep.Depth = 2
	run := d.begin(link("a.example", "/1"), link("a.example", "/2"), link("b.example", "/1"), deep)
	a := d.next(run)
	o := d.done()
	o.HostNext = d.now.Add(time.Hour)
	d.ok(d.Finish(d.ctx, a, o))
	d.ok(d.Finish(d.ctx, d.next(run), d.done()))
	last := d.next(run)
	equal(t, "URL", last.URL, deep.URL)
	d.ok(d.Finish(d.ctx, last, d.done()))
	d.wantNoWork(run)
	equal(t, "with patience", d.busy(2*time.Hour, run), day.Add(time.Hour))
	d.now = d.now.Add(time.Hour)
	equal(t, "an hour later", d.claim(run).URL, "https://a.example/2")
}

// testFoundByOthers: a source with nothing left gets another batch when another source
// finds a page of it, or a retry is due, though the others still have work.
func testFoundByOthers(t *testing.T, dsn string) {
	d := open(t, dsn)
	mine := d.begin(link("a.example", "/1"), link("a.example", "/2"))
	theirs := d.beginSpec(store.RunSpec{Source: "other", Seeds: []schedule.Link{
		link("t.example", "/1", source("other")), link("t.example", "/2", source("other")), link("t.example", "/3", source("other")), link("t.example", "/4", source("other"))}})
	retry := d.now.Add(time.Minute)
	next := func(want string) schedule.Task {
		t.Helper()
		task := d.next(mine, theirs)
		equal(t, "next", strings.TrimPrefix(task.URL, "https://"), want)
		return task
	}
	d.ok(d.Finish(d.ctx, next("a.example/1"), schedule.Outcome{State: schedule.Pending, Tries: 1, Due: retry, At: d.now}))
	d.ok(d.Finish(d.ctx, next("a.example/2"), d.done()))
	d.ok(d.Finish(d.ctx, next("t.example/1"), d.done()))
	d.ok(d.Finish(d.ctx, next("t.example/2"), d.done(link("a.example", "/3"))))
	d.ok(d.Finish(d.ctx, next("a.example/3"), d.done()))
	d.ok(d.Finish(d.ctx, next("t.example/3"), d.done()))
	d.now = retry
	last := next("t.example/4")
	d.ok(d.Finish(d.ctx, next("a.example/1"), d.done()))
	d.ok(d.Finish(d.ctx, last, d.done()))
	d.wantNoWork(mine, theirs)
}

// testRestOfABatch: max_pages counts a page of a batch that was left to later.
func testRestOfABatch(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 2, Seeds: []schedule.Link{link("a.example", "/1"), link("a.example", "/2"), link("b.example", "/1")}})
	o := d.done()
	o.HostNext = d.now.Add(time.Hour)
	d.ok(d.Finish(d.ctx, d.next(run), o))
	last := d.next(run)
	equal(t, "in place of what has to wait", last.URL, "https://b.example/1")
	d.ok(d.Finish(d.ctx, last, d.done()))
	d.now = d.now.Add(time.Hour)
	d.wantNoWork(run)
}

// testSlowerThanPatience: while a page is in progress no other batch is filled, even if its
// host will rest for longer than a run waits.
func testSlowerThanPatience(t *testing.T, dsn string) {
	d := open(t, dsn)
	deep := link("b.example", "/deep")
	deep.Depth = 2
	run := d.begin(link("a.example", "/1"), deep)
	d.finishRobots(d.claim(run))
	run.Delay = 2 * time.Hour
	task := d.claim(run)
	equal(t, "while it is in work", d.busy(time.Hour, run), d.now.Add(250*time.Millisecond))
	d.ok(d.Finish(d.ctx, task, d.done()))
	equal(t, "then", d.claim(run).Host, deep.Host)
}

// testNewRunsFillNewBatches: the batch of an earlier run, or of one with other limits, is
// filled again.
func testNewRunsFillNewBatches(t *testing.T, dsn string) {
	d := open(t, dsn)
	old, young := link("gazette.example", "/2026/02/01/"), link("gazette.example", "/2026/03/01/")
	run := d.begin(old)
	d.ok(d.Release(d.ctx, d.next(run)))
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.begin(young)
	task := d.next(run)
	equal(t, "first of the second run", task.URL, young.URL)
	d.ok(d.Release(d.ctx, task))
	run = d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 1, Seeds: []schedule.Link{link("gazette.example", "/2026/03/02/")}})
	task = d.next(run)
	equal(t, "first with another bound", task.URL, "https://gazette.example/2026/03/02/")
	d.ok(d.Finish(d.ctx, task, d.done()))
	d.wantNoWork(run)
}

// testBatchesAreBounded has more URLs than fit into a batch.
func testBatchesAreBounded(t *testing.T, dsn string) {
	d := open(t, dsn)
	var seeds []schedule.Link
	const pages = 1100
	for i := range pages {
		seeds = append(seeds, link(fmt.Sprintf("h%d.example", i%2), fmt.Sprintf("/%04d", i)))
	}
	run := d.begin(seeds...)
	got := 0
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
		got++
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	equal(t, "pages", got, pages)
}
