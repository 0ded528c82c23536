package storetest

import (
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// hop is the outcome of a robots task that was redirected.
func (d *desk) hop(to string, n int) schedule.Outcome {
	return schedule.Outcome{State: schedule.Pending, At: d.now, HostNext: d.now.Add(2 * time.Second),
		Host: &schedule.HostState{RobotsHop: to, RobotsHops: n, RobotsHopAt: d.now}}
}

// testRobotsHops: a redirect of robots.txt is followed by a separate task, and
// for an hour.
func testRobotsHops(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"))
	d.ok(d.Finish(d.ctx, d.claim(run), d.hop("https://gazette.example/hop", 1)))
	d.now = d.now.Add(2 * time.Second)
	task := d.claim(run)
	equal(t, "the same task", task.URL, "https://gazette.example/robots.txt")
	equal(t, "hop", task.HostState.RobotsHop, "https://gazette.example/hop")
	equal(t, "hops", task.HostState.RobotsHops, 1)
	d.ok(d.Release(d.ctx, task))
	d.now = d.now.Add(time.Hour)
	task = d.claim(run)
	equal(t, "after an hour", task.HostState.RobotsHop, "")
	equal(t, "hops after an hour", task.HostState.RobotsHops, 0)
	d.finishRobots(task)
	equal(t, "then", d.claim(run).URL, "https://gazette.example/a")
}

// testRobotsHopTakesSlot: a hop to another host waits for that host's next slot and takes it,
// whether a worker has the host or not; a worker that has it does not move the slot back.
func testRobotsHopTakesSlot(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("moved.example", "/a"), link("other.example", "/b"), link("other.example", "/c"))
	run.Delay = 2 * time.Second
	moved := d.claim(run) // in the order of their names
	other := d.claim(run)
	equal(t, "first", moved.Host, "moved.example")
	equal(t, "second", other.Host, "other.example")
	d.ok(d.Finish(d.ctx, moved, d.hop("https://other.example/hop", 1)))

	// A request to other.example is on its way: its slot is at 2 s, and counts
	// from its answer, so the hop comes at 4 s and the next request at 6 s.
	d.now = d.now.Add(500 * time.Millisecond)
	d.ok(d.Finish(d.ctx, other, schedule.Outcome{At: d.now, HostNext: d.now.Add(2 * time.Second), Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: d.now}}))
	equal(t, "hop at", d.busy(time.Minute, run).Sub(day), 4*time.Second)
	d.now = day.Add(4 * time.Second)
	moved = d.claim(run)
	equal(t, "hop", moved.HostState.RobotsHop, "https://other.example/hop")
	d.finishRobots(moved)
	equal(t, "the other host at", d.busy(time.Minute, run).Sub(day), 6*time.Second)

	// A host that is not known yet is free.
	d.now = day.Add(time.Hour)
	run = d.beginSpec(store.RunSpec{Source: "else", Seeds: []schedule.Link{link("else.example", "/a", source("else"))}})
	d.ok(d.Finish(d.ctx, d.claim(run), d.hop("https://free.example/hop", 1)))
	equal(t, "a hop to a free host at", d.busy(time.Minute, run).Sub(d.now), 2*time.Second)
}

// testRobotsHopToRestingHost: a hop to a host that asked to be left alone does
// not hold up the next batch of the source.
func testRobotsHopToRestingHost(t *testing.T, dsn string) {
	d := open(t, dsn)
	deep := link("b.example", "/deep")
	deep.Depth = 2
	run := d.begin(link("moved.example", "/1"), link("resting.example", "/1"), deep)
	moved, resting := d.claim(run), d.claim(run)
	d.ok(d.Finish(d.ctx, resting, schedule.Outcome{At: d.now, HostNext: d.now.Add(time.Minute), Hold: true, Host: &schedule.HostState{RobotsStatus: 503, RobotsTries: 1}}))
	d.ok(d.Finish(d.ctx, moved, d.hop("https://resting.example/hop", 1)))
	for _, want := range []string{"https://b.example/robots.txt", deep.URL} {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Hour}, d.now)
		d.ok(err)
		equal(t, "meanwhile", task.URL, want)
		d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Done, Status: 200, At: d.now, BodySHA: "00", Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: d.now}}))
	}
	equal(t, "the hop at", d.busy(time.Hour, run), day.Add(time.Minute))
	d.now = day.Add(time.Minute)
	moved = d.claim(run)
	equal(t, "the hop", moved.HostState.RobotsHop, "https://resting.example/hop")
}

// testLateRobotsHop: when the workers come late to a reserved slot, the other host
// still has its pace before the hop and after it.
func testLateRobotsHop(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("moved.example", "/a"))
	theirs := d.beginSpec(store.RunSpec{Source: "else", Seeds: []schedule.Link{
		link("other.example", "/b", source("else")), link("other.example", "/c", source("else"))}})
	run.Delay, theirs.Delay = 2*time.Second, 2*time.Second
	d.ok(d.Finish(d.ctx, d.claim(run), d.hop("https://other.example/hop", 1))) // its slot is at 2 s

	d.now = day.Add(10 * time.Second)
	other := d.claim(theirs)
	equal(t, "the other host was asked", other.Host, "other.example")
	equal(t, "so that the hop is put off to", d.busy(time.Minute, run).Sub(day), 12*time.Second)
	d.ok(d.Finish(d.ctx, other, schedule.Outcome{At: d.now, HostNext: d.now.Add(2 * time.Second), Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: d.now}}))
	equal(t, "and the other host to", d.busy(time.Minute, theirs).Sub(day), 14*time.Second)

	d.now = day.Add(20 * time.Second)
	equal(t, "the hop", d.claim(run).HostState.RobotsHop, "https://other.example/hop")
	equal(t, "after it the other host rests until", d.busy(time.Minute, theirs).Sub(day), 22*time.Second)
}
