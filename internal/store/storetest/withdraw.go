package storetest

import (
	"errors"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// testTakenOut: all pages of a story that was taken out are requested unconditionally the
// next time, so that each of them can bring it back; and a page that is there again
// meanwhile keeps its story.
func testTakenOut(t *testing.T, dsn string) {
	d := open(t, dsn)
	validators := news.Validators{ETag: `"1"`, LastModified: "Mon, 02 Mar 2026 06:00:00 GMT"}
	visit := func(l schedule.Link, o schedule.Outcome) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		o.At, o.Due, o.Validators = d.now, d.now.Add(time.Minute), validators
		visited := false
		run := d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true, Seeds: []schedule.Link{l}})
		d.works(run, func(task schedule.Task) schedule.Outcome {
			if task.URL == l.URL {
				visited = true
				return o
			}
			return schedule.Outcome{State: schedule.Done, Status: 304, At: d.now}
		})
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
		if !visited {
			t.Fatalf("%s was not visited", l.URL)
		}
	}
	gone := schedule.Outcome{State: schedule.Gone, Status: 404, Reason: "status 404"}
	lease, err := d.Stories.LeaseSettle(d.ctx, d.now)
	d.ok(err)
	withdrawGone := func(want int) {
		t.Helper()
		n, err := d.WithdrawGone(d.ctx, lease, 9)
		d.ok(err)
		equal(t, "gone", n, want)
	}
	for i, c := range []struct {
		name string
		out  bool
		do   func(page schedule.Link, s stories.Stored)
	}{
		{"there again", false, func(page schedule.Link, s stories.Stored) {
			visit(page, gone)
			visit(page, schedule.Outcome{State: schedule.Done, Status: 304})
			withdrawGone(0)
		}},
		{"gone", true, func(page schedule.Link, s stories.Stored) {
			visit(page, gone)
			withdrawGone(1)
		}},
		{"by settings", true, func(page schedule.Link, s stories.Stored) {
			d.ok(d.Withdraw(d.ctx, lease, s.Story.ID, s.Stamp, "too short", d.now, nil))
		}},
		{"by what the page asks", true, func(page schedule.Link, s stories.Stored) {
			visit(page, schedule.Outcome{State: schedule.SetAside, Status: 200, Reason: "noindex", Withdraw: true})
		}},
	} {
		page, twin := link("gazette.example", article(i)), link("amp.example", article(i))
		read := func(l schedule.Link, rank int) {
			o := d.found(l.URL, "a bridge", nil, l.URL, page.URL)
			o.Story.Rank = rank
			visit(l, o)
		}
		read(page, 0)
		read(twin, 1)
		s, err := d.Stories.Get(d.ctx, twin.URL)
		d.ok(err)
		equal(t, "page of the story", s.PageURL, page.URL)
		c.do(page, s)
		if _, err := d.Stories.Get(d.ctx, s.Story.ID); errors.Is(err, store.ErrNotFound) != c.out {
			t.Errorf("%s: the story: %v", c.name, err)
		}
		for _, l := range []schedule.Link{page, twin} {
			u, err := d.URL(d.ctx, l.URL)
			d.ok(err)
			if unconditional := u.Validators == (news.Validators{}) && u.BodySHA == ""; unconditional != c.out {
				t.Errorf("%s: %s is asked for with %+v, body %q", c.name, l.URL, u.Validators, u.BodySHA)
			}
		}
		read(twin, 1)
		_, err = d.Stories.Get(d.ctx, twin.URL)
		d.ok(err)
	}
}
