package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/report"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// testHistory follows a URL that a redirect leads to, until its copies in the archive.
func testHistory(t *testing.T, dsn string) {
	d := open(t, dsn)
	old, page := "https://gazette.example/old", "https://gazette.example/page"
	run := d.begin(link("gazette.example", "/old"))
	task := d.next(run)
	to := task.Link
	to.URL, to.Via, to.Hops = page, old, 1
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Moved, Status: 301, At: d.now, Links: []schedule.Link{to}}))

	task = d.next(run)
	first := d.now.Add(time.Second)
	d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, Status: 503, Reason: "status 503", At: first, Due: first, Tries: 1}))
	d.now = first.Add(time.Second)
	task = d.next(run)
	o := d.found(page, "a bridge", nil)
	d.ok(d.Finish(d.ctx, task, o))

	l, err := d.History(d.ctx, page)
	d.ok(err)
	equal(t, "state", l.State, schedule.Done)
	equal(t, "found by", l.Via, old)
	equal(t, "redirects", len(l.Redirects), 1)
	equal(t, "redirect", l.Redirects[0].URL, old)
	equal(t, "robots.txt", l.Robots.RobotsStatus, 404)
	want := []store.Attempt{
		{At: first, Run: run.ID, State: schedule.Pending, Status: 503, Reason: "status 503"},
		{At: d.now, Run: run.ID, State: schedule.Done, Status: 200},
	}
	if !slices.Equal(l.Attempts, want) {
		t.Errorf("attempts: got %+v, want %+v", l.Attempts, want)
	}
	equal(t, "copies", len(l.Copies), 1)
	equal(t, "copy", l.Copies[0], store.Copy{At: d.now, Status: 200, Archived: *o.Archived})

	l, err = d.History(d.ctx, old)
	d.ok(err)
	equal(t, "where the redirect led", l.Attempts[0].Target, page)
	names, err := d.Stories.Names(d.ctx, stories.NewID(page))
	d.ok(err)
	equal(t, "names", fmt.Sprint(names), fmt.Sprint([]string{page}))
	if _, err := d.History(d.ctx, "https://gazette.example/never"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of an unknown URL: %v", err)
	}

	_, err = d.Forget(d.ctx, page, d.now)
	d.ok(err)
	l, err = d.History(d.ctx, page)
	d.ok(err)
	equal(t, "attempts of a forgotten URL", len(l.Attempts), 0)
}

// testAttemptsAreBounded requests one URL many times.
func testAttemptsAreBounded(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.fetch("/b", func(schedule.Task) schedule.Outcome { return d.done() })
	l, err := d.History(d.ctx, "https://gazette.example/b")
	d.ok(err)
	if len(l.Attempts) != 1 || l.Attempts[0].Status != 200 || l.Attempts[0].State != schedule.Done || !l.Attempts[0].At.Equal(d.now) {
		t.Errorf("after one asking: %+v", l.Attempts)
	}
	const asked = store.MaxAttempts + 3
	for i := range asked {
		if i == 2 {
			l, err := d.History(d.ctx, "https://gazette.example/a")
			d.ok(err)
			equal(t, "attempts after two", len(l.Attempts), 2)
		}
		d.fetch("/a", func(schedule.Task) schedule.Outcome {
			o := d.done()
			o.Status = 200 + i
			return o
		})
		d.now = d.now.Add(time.Hour)
	}
	l, err = d.History(d.ctx, "https://gazette.example/a")
	d.ok(err)
	var got, want []int
	for _, a := range l.Attempts {
		got = append(got, a.Status-200)
	}
	for i := asked - store.MaxAttempts; i < asked; i++ {
		want = append(want, i)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the attempts %v, want %v", got, want)
	}
}

// failures lists the failures as "state reason path".
func (d *desk) failures(sources ...string) []string {
	d.t.Helper()
	var all []string
	d.ok(d.Report.Failures(d.ctx, sources, func(f report.Failure) error {
		all = append(all, fmt.Sprintf("%s %s %s", f.State, f.Reason, f.URL[len("https://"):]))
		if !f.At.Equal(d.now) {
			d.t.Errorf("%s: last tried at %v, want %v", f.URL, f.At, d.now)
		}
		return nil
	}))
	return all
}

func testFailures(t *testing.T, dsn string) {
	d := open(t, dsn)
	outcomes := map[string]schedule.Outcome{
		"/gone":    {State: schedule.Gone, Status: 404, Reason: "status 404"},
		"/wall-b":  {State: schedule.SetAside, Status: 200, Reason: "wall", BodySHA: "aa", Validators: news.Validators{ETag: `"1"`}, Due: day.Add(9 * time.Hour)},
		"/wall-a":  {State: schedule.SetAside, Status: 200, Reason: "wall"},
		"/cut":     {State: schedule.Failed, Reason: "connection reset"},
		"/done":    {State: schedule.Done, Status: 200},
		"/waiting": {State: schedule.Pending, Status: 503, Reason: "status 503", Tries: 1, Due: day.Add(time.Hour)},
	}
	var seeds []schedule.Link
	for path := range outcomes {
		seeds = append(seeds, link("gazette.example", path))
	}
	run := d.begin(seeds...)
	d.works(run, func(task schedule.Task) schedule.Outcome {
		o := outcomes[task.URL[len("https://gazette.example"):]]
		o.At = d.now
		return o
	})
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	_, _, _, err := d.AddListed(d.ctx, []schedule.Link{link("faraway.example", "/x", source("backfill"))})
	d.ok(err)
	list := d.beginSpec(store.RunSpec{Source: "backfill", Listed: true})
	d.works(list, func(schedule.Task) schedule.Outcome {
		return schedule.Outcome{State: schedule.Failed, Reason: "host not found", At: d.now}
	})

	own := []string{"set_aside wall gazette.example/wall-a", "set_aside wall gazette.example/wall-b",
		"failed connection reset gazette.example/cut"}
	if got, want := d.failures(), append(slices.Clone(own), "failed host not found faraway.example/x", "gone status 404 gazette.example/gone"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := d.failures("gazette", "none"), append(own, "gone status 404 gazette.example/gone"); !slices.Equal(got, want) {
		t.Errorf("of a source: got %q, want %q", got, want)
	}
	stop := errors.New("enough")
	if err := d.Report.Failures(d.ctx, nil, func(report.Failure) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}

	n, err := d.RetryFailures(d.ctx, "gazette", false)
	d.ok(err)
	equal(t, "tried again", n, 5)
	n, err = d.RetryFailures(d.ctx, "backfill", true)
	d.ok(err)
	equal(t, "listed, tried again", n, 1)
	equal(t, "left", len(d.failures()), 0)
	run = d.begin()
	d.now = d.now.Add(time.Minute)
	conditional := ""
	paths := d.works(run, func(task schedule.Task) schedule.Outcome {
		conditional += task.Validators.ETag + task.BodySHA
		return d.done()
	})
	slices.Sort(paths)
	if want := []string{"/cut", "/gone", "/waiting", "/wall-a", "/wall-b"}; !slices.Equal(paths, want) {
		t.Errorf("the next run asks for %q, want %q", paths, want)
	}
	equal(t, "what they are asked with", conditional, "")
	equal(t, "the next backfill asks for", d.next(list).URL, "https://faraway.example/x")
}

func testUnreachableHosts(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"), link("other.example", "/c"))
	for range 2 {
		task := d.claim(run)
		if task.Host == "other.example" {
			d.finishRobots(task)
			continue
		}
		d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, HostNext: d.now.Add(time.Hour),
			Host: &schedule.HostState{RobotsTries: 3, RobotsError: "host not found"}}))
	}
	for _, c := range []struct {
		sources []string
		want    []report.UnreachableHost
	}{
		{nil, []report.UnreachableHost{{Origin: "https://gazette.example", Error: "host not found", URLs: 2}}},
		{[]string{"gazette"}, []report.UnreachableHost{{Origin: "https://gazette.example", Error: "host not found", URLs: 2}}},
		{[]string{"another"}, nil},
	} {
		hosts, err := d.Report.UnreachableHosts(d.ctx, c.sources...)
		d.ok(err)
		if !slices.Equal(hosts, c.want) {
			t.Errorf("of %q: got %+v, want %+v", c.sources, hosts, c.want)
		}
	}
}

// testWaiting: what waits for an unreachable host, or to be tried again, is known
// with its reason, and so is the trouble of the source.
func testWaiting(t *testing.T, dsn string) {
	d := open(t, dsn)
	front := link("gazette.example", "/", kind(schedule.Section), func(l *schedule.Link) { l.Depth = 0 })
	tried, failed := link("other.example", "/tried"), link("other.example", "/untried")
	trouble := func() string {
		t.Helper()
		reason, url, err := d.Report.Trouble(d.ctx, "gazette")
		d.ok(err)
		return reason + " " + url
	}
	waiting := func(sources ...string) (all []string) {
		t.Helper()
		d.ok(d.Report.Waiting(d.ctx, sources, func(f report.Failure) error {
			all = append(all, fmt.Sprint(f.State, " ", f.URL, " ", f.Reason))
			return nil
		}))
		return all
	}
	run := d.begin(front, tried, failed)
	equal(t, "trouble before anything was tried", trouble(), " ")
	for range 3 {
		task := d.claim(run)
		switch {
		case task.Host == "gazette.example":
			d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, HostNext: d.now.Add(time.Hour),
				Host: &schedule.HostState{RobotsTries: 1, RobotsError: "host not found"}}))
		case task.Kind == schedule.Robots:
			d.finishRobots(task)
		default:
			d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Pending, Tries: 1, At: d.now, Status: 429, Reason: "status 429", Due: d.now.Add(time.Hour), HostNext: d.now.Add(time.Hour), Hold: true}))
		}
	}
	want := []string{"pending https://gazette.example/ robots.txt: host not found", "pending https://other.example/tried status 429"}
	if got := waiting(); !slices.Equal(got, want) {
		t.Errorf("waiting: %q, want %q", got, want)
	}
	if got := waiting("another"); len(got) > 0 {
		t.Errorf("of another source: %q", got)
	}
	equal(t, "trouble with robots.txt", trouble(), "robots.txt: host not found https://gazette.example/robots.txt")
	d.now = d.now.Add(2 * time.Hour)
	for {
		task := d.claim(run)
		if task.Kind == schedule.Robots {
			d.finishRobots(task)
			continue
		}
		if task.URL == front.URL {
			d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Gone, At: d.now, Status: 404, Reason: "status 404"}))
			break
		}
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	equal(t, "trouble with the start page", trouble(), "status 404 https://gazette.example/")
}

// testUnchangedStaysSetAside requests a page again that was set aside.
func testUnchangedStaysSetAside(t *testing.T, dsn string) {
	d := open(t, dsn)
	wall := schedule.Outcome{State: schedule.SetAside, Status: 200, Reason: "wall", At: d.now, BodySHA: "aa", Due: d.now}
	d.fetch("/a", func(schedule.Task) schedule.Outcome { return wall })
	for _, again := range []schedule.Outcome{{Status: 304}, {Status: 200, BodySHA: "aa"}} {
		d.now = d.now.Add(time.Hour)
		again.State, again.At, again.Due = schedule.Done, d.now, d.now
		d.fetch("/a", func(schedule.Task) schedule.Outcome { return again })
		if got := d.failures(); !slices.Equal(got, []string{"set_aside wall gazette.example/a"}) {
			t.Errorf("with status %d: %q", again.Status, got)
		}
	}
	d.now = d.now.Add(time.Hour)
	d.fetch("/a", func(schedule.Task) schedule.Outcome { return d.done() })
	equal(t, "failures after the page has changed", len(d.failures()), 0)
}

// testImport imports pages from a file while another worker has the host.
func testImport(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/b"), link("gazette.example", "/known"))
	task := d.next(run)
	equal(t, "in work", task.URL, "https://gazette.example/b")
	files := d.beginSpec(store.RunSpec{Source: "files", Listed: true})
	read := func(path, text string, at time.Time) {
		t.Helper()
		l := link("gazette.example", path)
		l.Listed = true
		o := d.found(l.URL, text, nil)
		o.At = at
		d.ok(d.Import(d.ctx, schedule.Task{Link: l, Run: files.ID}, o))
	}
	read("/new", "a harbour", day.AddDate(-1, 0, 0))
	read("/known", "a bridge", day.AddDate(-1, 0, 0))
	read("/known", "a longer bridge", day.AddDate(0, -1, 0))

	s, err := d.Stories.Get(d.ctx, "https://gazette.example/known")
	d.ok(err)
	equal(t, "revision", s.Rev, 2)
	equal(t, "read", s.Crawled, day.AddDate(0, -1, 0))
	u, err := d.URL(d.ctx, "https://gazette.example/new")
	d.ok(err)
	equal(t, "state", u.State, schedule.Done)
	equal(t, "listed", u.Listed, true)

	d.ok(d.Finish(d.ctx, task, d.done())) // its lease was not touched
	d.wantNoWork(run, files)              // and /known need not be fetched
	progress, err := d.Report.Progress(d.ctx, []schedule.Run{files})
	d.ok(err)
	equal(t, "stories of the run", progress.Added, 2)
	equal(t, "revised in the run", progress.Revised, 1)

	_, err = d.Forget(d.ctx, "https://gazette.example/new", d.now)
	d.ok(err)
	read("/new", "a harbour", day)
	if _, err := d.Stories.Get(d.ctx, "https://gazette.example/new"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a forgotten story came back: %v", err)
	}
	l := link("gazette.example", "/other")
	if err := d.Import(d.ctx, schedule.Task{Link: l, Run: files.ID}, schedule.Outcome{State: schedule.Gone}); err == nil {
		t.Error("a page that is gone was imported")
	}
}
