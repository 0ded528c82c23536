package store

import (
	"context"
	"errors"
	"time"

	"winnow/internal/store/database"
	"winnow/schedule"
)

// errPutOff is the error of take for a task whose host was put off.
var errPutOff = errors.New("the host of a redirect of robots.txt is not free")

// followHop prepares the request for a redirect of robots.txt that leads to another
// host. All workers may have been busy when the slot came that reserveHop has
// reserved: the other host rests from now on. If it was asked meanwhile, the task's
// host is put off to its next slot, and the error is errPutOff.
func (c *claim) followHop(ctx context.Context, task schedule.Task, run openRun) error {
	hop := task.HostState.RobotsHop
	host := hostOf(hop)
	if task.Kind != schedule.Robots || hop == "" || host == task.Host {
		return nil
	}
	var next, reserved, pause int64
	var held bool
	if _, err := c.tx.One(ctx, "SELECT next_at, reserved, pause, held FROM host WHERE host = $1"+c.tx.Dialect.ForUpdate, []any{host},
		&next, &reserved, &pause, &held); err != nil {
		return err
	}
	known, err := hostState(ctx, c.tx, originOf(hop))
	if err != nil {
		return err
	}
	pace := max(run.spec.Delay, known.Delay, time.Duration(pause)*time.Millisecond).Milliseconds()
	putOff := next > c.nowMS && next != reserved
	if putOff {
		if _, err := c.tx.Exec(ctx, "UPDATE host SET next_at = $2, held = $3 WHERE host = $1", task.Host, next, database.Flag(held)); err != nil {
			return err
		}
		if held {
			if _, err := c.tx.Exec(ctx, putBackHost, task.Host); err != nil {
				return err
			}
		}
		if err := updateReady(ctx, c.tx, task.Host); err != nil {
			return err
		}
		next += pace
	} else {
		next = max(next, c.nowMS+pace)
	}
	if _, err := c.tx.Exec(ctx, "UPDATE host SET next_at = $2, reserved = $2 WHERE host = $1", host, next); err != nil {
		return err
	}
	if err := updateReady(ctx, c.tx, host); err != nil {
		return err
	}
	if putOff {
		return errPutOff
	}
	return nil
}
