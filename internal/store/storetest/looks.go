package storetest

import (
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// testLooks: looks in a row that find no story are counted until one does; a doubtful
// answer leaves no validators; a feed has such a URL looked at again, but not at once
// and not one that is no story for certain.
func testLooks(t *testing.T, dsn string) {
	d := open(t, dsn)
	const url = "https://gazette.example/a"
	at := func(c schedule.Certainty, wantLooks int) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetch("/a", func(task schedule.Task) schedule.Outcome {
			equal(t, "looks before", task.Looks, wantLooks)
			return schedule.Outcome{State: schedule.SetAside, Status: 200, Reason: "no", Certainty: c, BodySHA: "sha",
				Validators: news.Validators{ETag: `"bad"`}, At: d.now, Due: d.now.Add(c.Wait(task.Looks + 1)), HostNext: d.now}
		})
	}
	feed := func(want schedule.State) {
		t.Helper()
		d.fetchAs(schedule.Feed, "/feed", func(schedule.Task) schedule.Outcome {
			o := d.done()
			o.Named = []string{url, "https://gazette.example/unknown"}
			return o
		})
		u, err := d.URL(d.ctx, url)
		d.ok(err)
		equal(t, "state after the feed", u.State, want)
	}
	at(schedule.Doubtful, 0)
	d.now = d.now.Add(5 * time.Hour)
	feed(schedule.SetAside)
	d.now = d.now.Add(2 * time.Hour)
	feed(schedule.Pending)
	d.fetch("/a", func(task schedule.Task) schedule.Outcome {
		equal(t, "looks before an unchanged page", task.Looks, 1)
		equal(t, "validators", task.Validators, news.Validators{})
		return schedule.Outcome{State: schedule.Done, Status: 200, BodySHA: "sha", At: d.now, Due: d.now.Add(90 * 24 * time.Hour), HostNext: d.now}
	})
	u, err := d.URL(d.ctx, url)
	d.ok(err)
	equal(t, "state of an unchanged page", u.State, schedule.SetAside)
	equal(t, "wait of an unchanged page", u.Due.Sub(d.now).Round(time.Second), 48*time.Hour)
	at(schedule.Final, 2)
	d.now = d.now.Add(20 * 24 * time.Hour)
	feed(schedule.SetAside)
	d.fetch("/a", func(task schedule.Task) schedule.Outcome { return d.found(url, "the story", []uint64{1}) })
	at(schedule.Doubtful, 0)
	if n, err := d.RetryFailures(d.ctx, "gazette", false); err != nil || n != 1 {
		t.Errorf("%d URLs are tried again, %v", n, err)
	}
	at(schedule.Doubtful, 0)
	run := d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true})
	u, err = d.URL(d.ctx, url)
	d.ok(err)
	equal(t, "state at a recheck", u.State, schedule.Pending)
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
}

// testClock: times that were written by a clock that was years ahead are brought back,
// once; those that are planned by the right clock are left alone.
func testClock(t *testing.T, dsn string) {
	d := open(t, dsn)
	right := d.now
	plan := func() {
		d.fetch("/a", func(schedule.Task) schedule.Outcome {
			return schedule.Outcome{State: schedule.SetAside, Status: 200, Reason: "no", At: d.now, Due: d.now.Add(90 * 24 * time.Hour), HostNext: d.now.Add(24 * time.Hour)}
		})
	}
	d.now = right.AddDate(2, 0, 0)
	plan()
	n, err := d.Upkeep.MendClock(d.ctx, d.now)
	d.ok(err)
	equal(t, "brought back by the clock that was ahead", n, 0)
	d.now = right
	n, err = d.Upkeep.MendClock(d.ctx, d.now)
	d.ok(err)
	if n < 4 {
		t.Errorf("%d times are brought back: of the host, its robots.txt, the URL twice, the run", n)
	}
	n, err = d.Upkeep.MendClock(d.ctx, d.now)
	d.ok(err)
	equal(t, "brought back the second time", n, 0)
	u, err := d.URL(d.ctx, "https://gazette.example/a")
	d.ok(err)
	equal(t, "due", u.Due, d.now)
	d.finishRobots(d.claim(d.begin()))
}
