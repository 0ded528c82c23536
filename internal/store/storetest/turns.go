package storetest

import (
	"errors"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// testTurns: hosts are handed out to the runs in turn, whatever waits longer; a run has
// no more than its share while another has work; a run whose time is over gets nothing.
func testTurns(t *testing.T, dsn string) {
	d := open(t, dsn)
	var many []schedule.Link
	for _, host := range []string{"a.example", "b.example", "c.example", "d.example"} {
		many = append(many, link(host, "/1"))
	}
	large := d.beginSpec(store.RunSpec{Source: "gazette", Seeds: many})
	small := d.beginSpec(store.RunSpec{Source: "herald", Seeds: []schedule.Link{link("z.example", "/1", source("herald"))}})
	filter := schedule.Filter{Runs: []schedule.Run{large, small}, MaxHosts: 2}
	claim := func(want string) (task schedule.Task) {
		t.Helper()
		task, err := d.Claim(d.ctx, filter, d.now)
		d.ok(err)
		equal(t, "host", task.Host, want)
		return task
	}
	claim("a.example")
	z := claim("z.example")
	claim("b.example")
	d.finishRobots(z)
	z = claim("z.example")
	var busy schedule.Busy
	d.ok(d.Finish(d.ctx, z, schedule.Outcome{State: schedule.Pending, Due: d.now.Add(time.Second), At: d.now, HostNext: d.now.Add(time.Second)}))
	if task, err := d.Claim(d.ctx, schedule.Filter{Runs: filter.Runs, MaxHosts: 2, Patience: time.Minute}, d.now); !errors.As(err, &busy) && task.Host != "c.example" {
		t.Errorf("%s, %v", task.Host, err)
	} else if err == nil {
		d.ok(d.Release(d.ctx, task))
	}
	d.now = d.now.Add(2 * time.Second)
	z = claim("z.example")
	d.ok(d.Finish(d.ctx, z, d.done()))
	claim("c.example") // nobody else has work
	filter.Runs[0].Until = d.now
	if _, err := d.Claim(d.ctx, filter, d.now); !errors.Is(err, schedule.ErrNoWork) && !errors.As(err, &busy) {
		t.Errorf("when the time of the run is over: %v", err)
	}
	if _, err := d.Claim(d.ctx, schedule.Filter{Runs: filter.Runs[1:]}, d.now); !errors.Is(err, schedule.ErrNoWork) {
		t.Errorf("the other run has no work: %v", err)
	}
}
