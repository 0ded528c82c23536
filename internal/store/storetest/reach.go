package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// testReach: what a source reaches further than before is looked through once
// more: archived pages are queued, others asked for without a condition.
func testReach(t *testing.T, dsn string) {
	d := open(t, dsn)
	front := link("gazette.example", "/", kind(schedule.Section), func(l *schedule.Link) { l.Depth = 0 })
	feed := link("gazette.example", "/feed", kind(schedule.Feed))
	stored, plain := link("gazette.example", "/archived"), link("gazette.example", "/plain")
	deep := link("gazette.example", "/deep", func(l *schedule.Link) { l.Depth = 2 })
	for _, l := range []*schedule.Link{&front, &feed, &stored, &plain, &deep} {
		l.Follow = true
	}
	spec := func(source string, reach int64, beyond ...store.Beyond) store.RunSpec {
		return store.RunSpec{Source: source, Seeds: []schedule.Link{front, feed}, Sources: []string{source},
			Reach: store.Reach{Source: source, ID: reach, Settings: fmt.Sprint("settings ", reach)}, Beyond: beyond}
	}
	// pass makes a run, and returns what was asked for, with a mark for those
	// that were asked without a condition.
	pass := func(spec store.RunSpec, derivedUnder int64) (asked string) {
		t.Helper()
		d.now = d.now.Add(time.Second)
		run := d.beginSpec(spec)
		for {
			task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Hour}, d.now)
			var busy schedule.Busy
			if errors.As(err, &busy) {
				d.now = busy.Until
				continue
			}
			if errors.Is(err, schedule.ErrNoWork) {
				break
			}
			d.ok(err)
			if task.Kind == schedule.Robots {
				d.finishRobots(task)
				continue
			}
			asked += " " + task.URL[len("https://gazette.example"):]
			o := d.done()
			o.Validators, o.Reach = news.Validators{ETag: "1"}, derivedUnder
			if task.Validators.ETag == "" {
				asked += "!"
			} else {
				o.Status, o.Reach = 304, 0
			}
			if task.URL == front.URL {
				o.Links = []schedule.Link{stored, plain, deep}
			}
			if task.URL == stored.URL {
				o.Archived = &schedule.Archived{File: "a.warc.gz", Offset: 1}
			}
			d.ok(d.Finish(d.ctx, task, o))
		}
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
		return asked
	}
	queued := func(source string) string {
		t.Helper()
		pages, err := d.Relinks(d.ctx, source, 10)
		d.ok(err)
		return fmt.Sprint(pages)
	}
	equal(t, "the first pass", pass(spec("gazette", 1), 1), " /feed! /! /archived! /plain! /deep!")
	equal(t, "the same reach", pass(spec("gazette", 1), 1), " /feed /")
	equal(t, "pages from depth 2", pass(spec("gazette", 2, store.Beyond{ID: 1, Pages: true, FromDepth: 2}), 2), " /feed / /deep!")
	equal(t, "no archived page", queued("gazette"), "[]")
	reaches, err := d.Reaches(d.ctx)
	d.ok(err)
	equal(t, "reaches", fmt.Sprint(reaches), "[{gazette 2 settings 2}]")
	equal(t, "feeds", pass(spec("gazette", 3, store.Beyond{ID: 2, Feeds: true}), 3), " /feed! /")
	equal(t, "a narrower one", pass(spec("gazette", 4), 4), " /feed /")

	// A source that was renamed, and reaches further.
	front.Source, feed.Source = "renamed", "renamed"
	further := spec("renamed", 5, store.Beyond{ID: 3, Feeds: true, Pages: true}, store.Beyond{ID: 4, Feeds: true, Pages: true})
	equal(t, "everything", pass(further, 5), " /feed! /! /plain! /deep!")
	equal(t, "an archived page", queued("renamed"), fmt.Sprint([]store.Relink{{URL: stored.URL, Ask: true}}))
	equal(t, "once more", pass(further, 5), " /feed /")
	stored.Source = "renamed"
	found := link("gazette.example", "/found", source("renamed"))
	nearer := stored
	nearer.Depth = 2 // as it was when its links were derived
	d.ok(d.PutRelinked(d.ctx, store.Relinked{Link: nearer, Reach: 5, Links: []schedule.Link{found}}))
	equal(t, "a page that came nearer meanwhile", queued("renamed"), fmt.Sprint([]store.Relink{{URL: stored.URL, Ask: true}}))
	d.ok(d.PutRelinked(d.ctx, store.Relinked{Link: stored, Reach: 5, Links: []schedule.Link{found}}))
	equal(t, "derived", queued("renamed"), "[]")
	equal(t, "what was found", pass(further, 5), " /feed / /found!")

	// The archive has the page no more.
	equal(t, "further again", pass(spec("renamed", 6, store.Beyond{ID: 5, Pages: true, FromDepth: 1}), 6), " /feed / /found! /plain! /deep!")
	d.ok(d.SkipRelink(d.ctx, stored, true))
	equal(t, "not in the archive", pass(spec("renamed", 6), 6), " /feed / /archived!")

	// Another process has begun with other settings meanwhile.
	other := link("gazette.example", "/other", source("renamed"), func(l *schedule.Link) { l.Follow = true })
	changed := spec("renamed", 6)
	changed.Seeds = append(changed.Seeds, other)
	pass(changed, 99)
	u, err := d.URL(d.ctx, other.URL)
	d.ok(err)
	equal(t, "the next request has a condition", u.Validators.ETag != "" || u.BodySHA != "", false)
}
