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
