package store

import (
	"context"
	"errors"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/schedule"
)

// hopAge is how long a redirect of robots.txt is followed. After that, as in a
// later run, robots.txt itself is asked for again.
const hopAge = time.Hour

// reserveHop reserves the next slot of another host for a redirect of robots.txt that
// leads there. The other host is locked; a lease on it stays.
func (f *finish) reserveHop(ctx context.Context) error {
	f.hop = hopSlot{}
	host := f.hopHost()
	if host == "" {
		return nil
	}
	var next, until, pause int64
	var rests bool
	if _, err := f.tx.One(ctx, "SELECT next_at, until, pause, held FROM host WHERE host = $1", []any{host}, &next, &until, &pause, &rests); err != nil {
		return err
	}
	known, err := lane.HostState(ctx, f.tx, lane.OriginOf(f.o.Host.RobotsHop))
	if err != nil {
		return err
	}
	pace := max(f.o.HostNext.Sub(f.o.At).Milliseconds(), known.Delay.Milliseconds(), pause)
	slot := max(database.MillisUp(f.o.HostNext), next)
	if until > database.Millis(f.o.At) { // a request is on its way, and the pace counts from its answer
		slot = max(slot, next+pace)
	}
	f.hop = hopSlot{at: database.Time(slot), rests: rests && next > database.Millis(f.o.At)}
	if _, err = f.tx.Exec(ctx, "UPDATE host SET next_at = $2, reserved = $2 WHERE host = $1", host, slot+pace); err != nil {
		return err
	}
	return lane.UpdateReady(ctx, f.tx, host)
}

// hopHost returns the other host that a redirect of robots.txt leads to, "" when
// there is none.
func (f *finish) hopHost() string {
	if f.task.Kind != schedule.Robots || f.o.Host == nil || f.o.Host.RobotsHop == "" {
		return ""
	}
	if host := lane.HostOf(f.o.Host.RobotsHop); host != f.task.Lease.Host {
		return host
	}
	return ""
}

// errPutOff is the error of take for a task whose host was put off.
var errPutOff = errors.New("the host of a redirect of robots.txt is not free")

// followHop prepares the request for a redirect of robots.txt that leads to another
// host. All workers may have been busy when the slot came that reserveHop has
// reserved: the other host rests from now on. If it was asked meanwhile, the task's
// host is put off to its next slot, and the error is errPutOff.
func (c *claim) followHop(ctx context.Context, task schedule.Task, run openRun) error {
	hop := task.HostState.RobotsHop
	host := lane.HostOf(hop)
	if task.Kind != schedule.Robots || hop == "" || host == task.Host {
		return nil
	}
	var next, reserved, pause int64
	var rests bool
	if _, err := c.tx.One(ctx, "SELECT next_at, reserved, pause, held FROM host WHERE host = $1"+c.tx.Dialect.ForUpdate, []any{host},
		&next, &reserved, &pause, &rests); err != nil {
		return err
	}
	known, err := lane.HostState(ctx, c.tx, lane.OriginOf(hop))
	if err != nil {
		return err
	}
	pace := max(run.spec.Delay, known.Delay, time.Duration(pause)*time.Millisecond).Milliseconds()
	putOff := next > c.nowMS && next != reserved
	if putOff {
		if _, err := c.tx.Exec(ctx, "UPDATE host SET next_at = $2, held = $3 WHERE host = $1", task.Host, next, database.Flag(rests)); err != nil {
			return err
		}
		if rests {
			if _, err := c.tx.Exec(ctx, lane.PutBackHost, task.Host); err != nil {
				return err
			}
		}
		if err := lane.UpdateReady(ctx, c.tx, task.Host); err != nil {
			return err
		}
		next += pace
	} else {
		next = max(next, c.nowMS+pace)
	}
	if _, err := c.tx.Exec(ctx, "UPDATE host SET next_at = $2, reserved = $2 WHERE host = $1", host, next); err != nil {
		return err
	}
	if err := lane.UpdateReady(ctx, c.tx, host); err != nil {
		return err
	}
	if putOff {
		return errPutOff
	}
	return nil
}
