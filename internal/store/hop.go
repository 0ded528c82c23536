package store

import (
	"context"
	"time"

	"winnow/internal/store/database"
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
	var held bool
	if _, err := f.tx.One(ctx, "SELECT next_at, until, pause, held FROM host WHERE host = $1", []any{host}, &next, &until, &pause, &held); err != nil {
		return err
	}
	known, err := hostState(ctx, f.tx, originOf(f.o.Host.RobotsHop))
	if err != nil {
		return err
	}
	pace := max(f.o.HostNext.Sub(f.o.At).Milliseconds(), known.Delay.Milliseconds(), pause)
	slot := max(database.MillisUp(f.o.HostNext), next)
	if until > database.Millis(f.o.At) { // a request is on its way, and the pace counts from its answer
		slot = max(slot, next+pace)
	}
	f.hop = hopSlot{at: database.Time(slot), held: held && next > database.Millis(f.o.At)}
	if _, err = f.tx.Exec(ctx, "UPDATE host SET next_at = $2, reserved = $2 WHERE host = $1", host, slot+pace); err != nil {
		return err
	}
	return updateReady(ctx, f.tx, host)
}

// hopHost returns the other host that a redirect of robots.txt leads to, "" when
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
