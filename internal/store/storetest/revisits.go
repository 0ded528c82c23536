package storetest

import (
	"testing"
	"time"

	"winnow/schedule"
)

// testRevisits visits a story again and again: a visit that finds another text is followed
// by the next one sooner, and each task has the wait that was planned.
func testRevisits(t *testing.T, dsn string) {
	d := open(t, dsn)
	const usual, soon = 48 * time.Hour, 12 * time.Hour
	a := link("gazette.example", "/a")
	for _, visit := range []struct {
		name, text string
		was, then  time.Duration
	}{
		{"first", "a text", 0, usual},
		{"the same text", "a text", usual, usual},
		{"another text", "b text", usual, soon},
		{"the same again", "b text", soon, usual},
	} {
		d.read(a, func(task schedule.Task) schedule.Outcome {
			equal(t, visit.name+": wait", task.Wait, visit.was)
			o := d.found(task.URL, visit.text, []uint64{1})
			o.Due, o.DueRevised = d.now.Add(usual), d.now.Add(soon)
			return o
		})
		u, err := d.URL(d.ctx, a.URL)
		d.ok(err)
		equal(t, visit.name+": due", u.Due.Sub(d.now), visit.then)
		d.now = u.Due
	}
}
