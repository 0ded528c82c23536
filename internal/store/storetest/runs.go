package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/report"
	"winnow/news"
	"winnow/schedule"
)

// works finishes all pending URLs with the outcomes that make returns, and returns the
// URLs' paths in their order.
func (d *desk) works(run schedule.Run, make func(schedule.Task) schedule.Outcome) (paths []string) {
	d.t.Helper()
	for {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
		if errors.Is(err, schedule.ErrNoWork) {
			return paths
		}
		d.ok(err)
		if task.Kind == schedule.Robots {
			d.finishRobots(task)
			continue
		}
		paths = append(paths, task.URL[len("https://gazette.example"):])
		d.ok(d.Finish(d.ctx, task, make(task)))
	}
}

func (d *desk) wantPaths(what string, run schedule.Run, want ...string) {
	d.t.Helper()
	got := d.works(run, func(schedule.Task) schedule.Outcome { return d.done() })
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func testRuns(t *testing.T, dsn string) {
	d := open(t, dsn)
	seeds := []schedule.Link{link("gazette.example", "/feed", kind(schedule.Feed)), link("gazette.example", "/map", kind(schedule.Sitemap)),
		link("gazette.example", "/news", kind(schedule.Section)), link("gazette.example", "/due"), link("gazette.example", "/later"),
		link("gazette.example", "/never"), link("gazette.example", "/gone"), link("gazette.example", "/moved")}
	run := d.begin(seeds...)
	equal(t, "started", run.Started, day)
	d.works(run, func(task schedule.Task) schedule.Outcome {
		o := d.done()
		switch task.URL[len("https://gazette.example"):] {
		case "/due":
			o.Due = day.Add(2 * time.Hour)
		case "/later":
			o.Due = day.Add(48 * time.Hour)
		case "/gone":
			o.State, o.Due = schedule.Gone, day.Add(time.Hour)
		case "/moved":
			o.State, o.Due = schedule.Moved, day.Add(time.Hour)
		}
		return o
	})

	d.now = day.Add(30 * time.Minute)
	joined := d.begin(seeds...)
	equal(t, "joined", joined.ID, run.ID)
	equal(t, "started", joined.Started, day)
	d.wantPaths("joined soon", joined)
	d.now = day.Add(90 * time.Minute)
	d.wantPaths("joined an hour later", d.begin(), "/feed", "/map", "/news")
	d.ok(d.EndRun(d.ctx, run.ID, d.now, "well"))
	d.ok(d.EndRun(d.ctx, run.ID, d.now.Add(time.Hour), "ended twice"))

	d.now = day.Add(3 * time.Hour)
	second := d.begin(append(seeds, link("gazette.example", "/added"))...)
	equal(t, "another run", second.ID != run.ID, true)
	d.wantPaths("the second run", second, "/feed", "/map", "/news", "/added", "/due", "/gone")
	d.ok(d.EndRun(d.ctx, second.ID, d.now, ""))

	d.now = day.Add(4 * time.Hour)
	recheck := store.RunSpec{Source: "gazette", Recheck: true}
	third := d.beginSpec(recheck)
	d.wantPaths("a recheck", third, "/feed", "/map", "/news", "/added", "/due", "/gone", "/later", "/never")
	d.wantPaths("a recheck that goes on", d.beginSpec(recheck))

	all, err := d.Report.Status(d.ctx)
	d.ok(err)
	equal(t, "sources", len(all), 1)
	equal(t, "last run", all[0].LastRun.ID, third.ID)
	equal(t, "open", all[0].LastRun.Ended, time.Time{})
	equal(t, "fetched", all[0].LastRun.Fetched, 8)
	equal(t, "pages", all[0].Pages, 5)
}

// testRecheckJoins joins an open run with a recheck: what the run has read is not requested
// again.
func testRecheckJoins(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/old"))
	d.wantPaths("first run", run, "/old")
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.begin(link("gazette.example", "/new"))
	d.wantPaths("second run", run, "/new")
	d.wantPaths("recheck", d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true}), "/old")
}

func testTriesStartAgain(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"))
	task := d.next(run)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, Tries: 2, Due: day.Add(time.Minute), At: d.now, Status: 503}))
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.begin()
	d.wantNoWork(run) // the due time stays
	d.now = day.Add(time.Minute)
	equal(t, "tries in the next run", d.claim(run).Tries, 0)
}

func testProgress(t *testing.T, dsn string) {
	d := open(t, dsn)
	var seeds []schedule.Link
	for i := range 8 {
		seeds = append(seeds, link("gazette.example", article(i)))
	}
	run := d.begin(seeds...)
	outcomes := []schedule.Outcome{
		{State: schedule.Done, Status: 200}, {State: schedule.Done, Status: 304}, {State: schedule.Failed, Status: 503},
		{State: schedule.Gone, Status: 404}, {State: schedule.SetAside, Status: 200}, {State: schedule.Pending, Status: 503, Due: day.Add(time.Hour), Tries: 1},
	}
	for _, o := range outcomes {
		o.At = d.now
		d.ok(d.Finish(d.ctx, d.next(run), o))
	}
	task := d.next(run)
	d.ok(d.Finish(d.ctx, task, d.found(task.URL, "a story", []uint64{1})))
	got, err := d.Report.Progress(d.ctx, []schedule.Run{run})
	d.ok(err)
	equal(t, "progress", got, report.Progress{Pending: 2, Fetched: 4, Unchanged: 1, Failed: 1, SetAside: 1, Gone: 1, Added: 1})
}

// testValidators follows the validators of a page over its answers.
func testValidators(t *testing.T, dsn string) {
	d := open(t, dsn)
	l := link("gazette.example", "/a")
	first := news.Validators{ETag: `"1"`, LastModified: "Mon, 02 Mar 2026 06:00:00 GMT"}
	for _, step := range []struct {
		name string
		o    schedule.Outcome
		want news.Validators
		sha  string
	}{
		{"a page", schedule.Outcome{State: schedule.Done, Status: 200, Validators: first, BodySHA: "aa"}, first, "aa"},
		{"304 without validators", schedule.Outcome{State: schedule.Done, Status: 304}, first, "aa"},
		{"a failure", schedule.Outcome{State: schedule.Failed, Status: 503}, first, "aa"},
		{"304 with another", schedule.Outcome{State: schedule.Done, Status: 304, Validators: news.Validators{ETag: `"2"`}}, news.Validators{ETag: `"2"`}, "aa"},
		{"a page without validators", schedule.Outcome{State: schedule.Done, Status: 200, BodySHA: "bb"}, news.Validators{}, "bb"},
	} {
		step.o.At, step.o.Due = d.now, d.now
		run := d.begin(l)
		d.ok(d.Finish(d.ctx, d.next(run), step.o))
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
		run = d.begin()
		task := d.next(run)
		equal(t, step.name+": validators", task.Validators, step.want)
		equal(t, step.name+": body", task.BodySHA, step.sha)
		d.ok(d.Release(d.ctx, task))
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	}
}

func testKindOfPage(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"))
	task := d.next(run)
	o := d.done()
	o.Kind = schedule.Feed
	d.ok(d.Finish(d.ctx, task, o))
	d.wantPaths("the rest", run, "/b")
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.beginSpec(store.RunSpec{Source: "gazette", MaxPages: 1, Seeds: []schedule.Link{link("gazette.example", "/c")}})
	task = d.next(run)
	equal(t, "first", task.URL, "https://gazette.example/a")
	equal(t, "kind", task.Kind, schedule.Feed)
}
