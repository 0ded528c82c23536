package storetest

import (
	"testing"
	"time"

	"winnow/schedule"
)

// testSiteMisses counts the stories on whose pages a rule of the site found nothing, while
// the site and its rules change.
func testSiteMisses(t *testing.T, dsn string) {
	d := open(t, dsn)
	missed := func(what string, want int64) {
		t.Helper()
		all, err := d.Report.Status(d.ctx)
		d.ok(err)
		equal(t, what, all[0].SiteMissed, want)
	}
	put := func(path string, misses ...string) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetch(path, func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "text of "+path, []uint64{1})
			o.Story.Story.SiteMisses = misses
			return o
		})
	}
	put("/a")
	missed("no rules", 0)
	put("/a", "body (gazette.example.txt:3)")
	missed("the site has changed", 1)
	put("/b", "body (gazette.example.txt:3)", "title (gazette.example.txt:1)")
	missed("two pages, three rules", 2)
	put("/a")
	missed("the rules were mended", 1)

	s, err := d.Stories.Get(d.ctx, "https://gazette.example/b")
	d.ok(err)
	equal(t, "what was missed", len(s.Story.SiteMisses), 2)
	lease := d.leaseSettle()
	s.Story.SiteMisses = nil
	_, err = d.replace(lease, &s, s.Story, nil, false)
	d.ok(err)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	missed("cleaned again", 0)

	put("/c", "date (gazette.example.txt:2)")
	missed("a third", 1)
	_, err = d.Forget(d.ctx, "https://gazette.example/c", d.now)
	d.ok(err)
	missed("forgotten", 0)
}
