package store

import (
	"context"
	"time"

	"winnow/schedule"
)

// hopAge is how long a redirect of robots.txt is followed. After that, as in a
// later run, robots.txt itself is asked for again.
const hopAge = time.Hour

// hopSlot is when the next redirect of a robots.txt may be followed, if it
// leads to another host. Zero when there is none.
type hopSlot struct {
	at   time.Time
	held bool // as in schedule.Outcome.Hold
}

// reserveHop gives a redirect of robots.txt that leads to another host the next
// slot of that host, which is locked. A lease that somebody has on it stays.
func (f *finish) reserveHop(ctx context.Context) error {
	f.hop = hopSlot{}
	host := f.hopHost()
	if host == "" {
		return nil
	}
	var next, until, pause int64
	var held int
	if _, err := f.one(ctx, "SELECT next_at, until, pause, held FROM host WHERE host = $1", []any{host}, &next, &until, &pause, &held); err != nil {
		return err
	}
	known, err := f.hostState(ctx, originOf(f.o.Host.RobotsHop))
	if err != nil {
		return err
	}
	pace := max(f.o.HostNext.Sub(f.o.At).Milliseconds(), known.Delay.Milliseconds(), pause)
	slot := max(msUp(f.o.HostNext), next)
	if until > ms(f.o.At) { // a request is on its way, and the pace counts from its answer
		slot = max(slot, next+pace)
	}
	f.hop = hopSlot{at: at(slot), held: held != 0 && next > ms(f.o.At)}
	if _, err = f.exec(ctx, "UPDATE host SET next_at = $2, reserved = $2 WHERE host = $1", host, slot+pace); err != nil {
		return err
	}
	_, err = f.exec(ctx, makeReady+"host = $1", host)
	return err
}

// hopHost is the other host that a redirect of robots.txt leads to, "" when
// there is none.
func (f *finish) hopHost() string {
	if f.task.Kind != schedule.Robots || f.o.Host == nil || f.o.Host.RobotsHop == "" {
		return ""
	}
	if host := hostOf(f.o.Host.RobotsHop); host != f.task.Lease.Host {
		return host
	}
	return ""
}
