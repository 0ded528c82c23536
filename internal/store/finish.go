package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Finish implements schedule.Frontier. A URL that was forgotten meanwhile stays
// forgotten, and nothing of its page is kept, see [Store.ForgottenPages]. With a 304,
// and with an outcome that brought no page (Pending, Failed, Gone), empty validators
// and an empty body hash leave the stored ones as they are. Links longer than
// [stories.MaxURL] are left out.
func (s *Store) Finish(ctx context.Context, task schedule.Task, o schedule.Outcome) error {
	run, err := checkOutcome(task, o)
	if err != nil {
		return err
	}
	f := &finish{store: s, task: task, o: o, run: run}
	return s.finish(ctx, f, func(*database.Tx) error { return nil })
}

// FinishAndClaim implements schedule.Frontier. On PostgreSQL, where writers wait for
// each other's rows, it takes two transactions.
func (s *Store) FinishAndClaim(ctx context.Context, task schedule.Task, o schedule.Outcome, filter schedule.Filter, now time.Time) (schedule.Task, error) {
	run, err := checkOutcome(task, o)
	if err != nil {
		return schedule.Task{}, err
	}
	f := &finish{store: s, task: task, o: o, run: run, now: now}
	if !s.db.OneWriter() {
		if err := s.finish(ctx, f, func(*database.Tx) error { return nil }); err != nil {
			return schedule.Task{}, err
		}
		return s.Claim(ctx, filter, now)
	}
	var next schedule.Task
	var idle error
	err = s.finish(ctx, f, func(t *database.Tx) error {
		var err error
		idle = nil
		if next, err = s.claim(ctx, t, filter, now); nothingToDo(err) || errors.Is(err, errRaced) {
			idle, err = err, nil
		}
		return err
	})
	if err != nil {
		return schedule.Task{}, err
	}
	if errors.Is(idle, errRaced) {
		idle = schedule.Busy{Until: now.Add(time.Millisecond)}
	}
	return next, idle
}

// finish writes an outcome, and calls also in the same transaction.
func (s *Store) finish(ctx context.Context, f *finish, also func(*database.Tx) error) error {
	err := s.db.Write(ctx, func(t *database.Tx) error {
		if err := f.write(ctx, t); err != nil {
			return err
		}
		return also(t)
	})
	if err == nil {
		s.known.Add(f.links)
	}
	return err
}

// checkOutcome returns the number of the task's run.
func checkOutcome(task schedule.Task, o schedule.Outcome) (run int64, err error) {
	if _, ok := schema.StateNumbers[o.State]; !ok && task.Kind != schedule.Robots {
		return 0, fmt.Errorf("%s: an outcome has no state %q", task.URL, o.State)
	}
	return schema.RunNumber(task.Run)
}

func (f *finish) write(ctx context.Context, t *database.Tx) error {
	f.tx, f.lanes, f.count = t, map[int64]bool{}, runCounts{} // it may run again
	own := f.task.Lease.Host
	links := f.store.known.Unknown(f.o.Links)
	hosts := append(linkHosts(links), own)
	for _, text := range f.o.Texts {
		hosts = append(hosts, lane.HostOf(text.URL))
	}
	for _, url := range f.o.Named {
		hosts = append(hosts, lane.HostOf(url))
	}
	if hop := f.hopHost(); hop != "" {
		hosts = append(hosts, hop)
	}
	locked, err := lane.LockHosts(ctx, t, hosts)
	if err != nil {
		return err
	}
	if row := locked[own]; row.Until == 0 || row.Token != f.task.Lease.Token {
		return schedule.ErrStale
	}
	var reclean []string
	if f.task.Kind == schedule.Robots {
		if err = f.putRobots(ctx); err == nil {
			err = f.reserveHop(ctx)
		}
		if err == nil {
			reclean, err = f.putLinks(ctx, links)
		}
	} else {
		reclean, err = f.putPage(ctx, links)
	}
	if err != nil {
		return err
	}
	if err := f.store.markReclean(ctx, t, reclean); err != nil {
		return err
	}
	return f.giveBack(ctx)
}

// giveBackHost frees a host. A redirect of another host's robots.txt may have
// reserved its next slot meanwhile.
const giveBackHost = `UPDATE host SET until = 0, owner = '', run = 0, held = $3,
	next_at = CASE WHEN reserved > $2 THEN reserved ELSE $2 END WHERE host = $1`

// giveBack frees the host, moves its slot and writes the run's counts.
func (f *finish) giveBack(ctx context.Context) error {
	own := f.task.Lease.Host
	var err error
	if f.o.HostNext.IsZero() {
		_, err = f.tx.Exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE host = $1", own)
	} else {
		_, err = f.tx.Exec(ctx, giveBackHost, own, f.slot(), database.Flag(f.holds()))
	}
	if err == nil && f.o.Pause > 0 && f.o.Pause.Milliseconds() != f.task.HostState.Pause.Milliseconds() {
		_, err = f.tx.Exec(ctx, "UPDATE host SET pause = $2 WHERE host = $1", own, f.o.Pause.Milliseconds())
	}
	if err != nil {
		return err
	}
	if f.holds() { // its URLs come into a batch again when it has rested
		if _, err := f.tx.Exec(ctx, lane.PutBackHost, own); err != nil {
			return err
		}
	}
	if err := lane.UpdateReady(ctx, f.tx, own); err != nil {
		return err
	}
	if err := lane.Update(ctx, f.tx, f.lanes); err != nil {
		return err
	}
	return f.putCounts(ctx)
}

// slot returns the host's next slot, rounded up; down if it has begun by the time of
// the claim that follows.
func (f *finish) slot() int64 {
	if !f.hop.at.IsZero() {
		return database.Millis(f.hop.at)
	}
	if next := f.o.HostNext; f.now.IsZero() || next.After(f.now) {
		return database.MillisUp(next)
	}
	return database.Millis(f.o.HostNext)
}

// holds reports whether the host rests until its slot because it failed or asked for
// that, or because the host of a hop did, see schedule.Outcome.Hold.
func (f *finish) holds() bool { return f.o.Hold || f.hop.rests }

// putCounts adds to the run what the outcome counts.
func (f *finish) putCounts(ctx context.Context) error {
	c := f.count
	if c == (runCounts{}) {
		return nil
	}
	_, err := f.tx.Exec(ctx, `UPDATE run SET pages = pages + $2, fetched = fetched + $3, unchanged = unchanged + $4, failed = failed + $5,
		set_aside = set_aside + $6, gone = gone + $7, added = added + $8, revised = revised + $9, lists = lists + $10 WHERE id = $1`,
		f.run, c.pages, c.fetched, c.unchanged, c.failed, c.setAside, c.gone, c.added, c.revised, c.lists)
	return err
}

func (f *finish) putRobots(ctx context.Context) error {
	h := f.o.Host
	if h == nil {
		return nil
	}
	_, err := f.tx.Exec(ctx, `INSERT INTO robots (origin, status, body, at, tries, error, delay, hop, hops, hop_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (origin) DO UPDATE SET status = excluded.status, body = excluded.body, at = excluded.at,
		tries = excluded.tries, error = excluded.error, delay = excluded.delay, hop = excluded.hop, hops = excluded.hops, hop_at = excluded.hop_at`,
		lane.OriginOf(f.task.URL), h.RobotsStatus, h.RobotsBody, database.Millis(h.RobotsAt), h.RobotsTries, h.RobotsError, h.Delay.Milliseconds(),
		h.RobotsHop, h.RobotsHops, database.Millis(h.RobotsHopAt))
	return err
}

// Release implements schedule.Frontier.
func (s *Store) Release(ctx context.Context, task schedule.Task) error {
	return s.db.WriteLightly(ctx, func(t *database.Tx) error {
		n, err := t.Exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE host = $1 AND token = $2 AND until > 0",
			task.Lease.Host, task.Lease.Token)
		if err == nil && n == 0 {
			err = schedule.ErrStale
		}
		return err
	})
}
