package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Finish implements schedule.Frontier. A URL that was forgotten meanwhile stays
// forgotten, and nothing of its page is kept, see ForgottenPages. With a 304, and with an outcome
// that brought no page (Pending, Failed, Gone), validators and body hash that
// are empty leave the stored ones as they are. Links longer than 2,048 bytes
// are left out.
func (s *Store) Finish(ctx context.Context, task schedule.Task, o schedule.Outcome) error {
	run, err := checkOutcome(task, o)
	if err != nil {
		return err
	}
	f := &finish{store: s, task: task, o: o, run: run}
	return s.finish(ctx, f, func(*database.Tx) error { return nil })
}

// FinishAndClaim implements schedule.Frontier. On PostgreSQL, where writers
// wait for each other's rows, it is two transactions.
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

// finish writes an outcome, and does what else belongs to the transaction.
func (s *Store) finish(ctx context.Context, f *finish, also func(*database.Tx) error) error {
	err := s.db.Write(ctx, func(t *database.Tx) error {
		if err := f.write(ctx, t); err != nil {
			return err
		}
		return also(t)
	})
	if err == nil {
		s.known.add(f.links)
	}
	return err
}

// checkOutcome returns the number of the task's run.
func checkOutcome(task schedule.Task, o schedule.Outcome) (run int64, err error) {
	if _, ok := stateNumbers[o.State]; !ok && task.Kind != schedule.Robots {
		return 0, fmt.Errorf("%s: an outcome has no state %q", task.URL, o.State)
	}
	return runNumber(task.Run)
}

func (f *finish) write(ctx context.Context, t *database.Tx) error {
	f.tx, f.lanes, f.count = t, map[int64]bool{}, runCounts{} // it may run again
	own := f.task.Lease.Host
	links := f.store.known.news(f.o.Links)
	hosts := append(linkHosts(links), own)
	if hop := f.hopHost(); hop != "" {
		hosts = append(hosts, hop)
	}
	locked, err := lockHosts(ctx, t, hosts)
	if err != nil {
		return err
	}
	if row := locked[own]; row.until == 0 || row.token != f.task.Lease.Token {
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

var putBackHost = schema.SQL(`UPDATE url SET batch = 0 WHERE state = {pending} AND batch = 1 AND listed = 0
	AND lane IN (SELECT id FROM lane WHERE host = $1)`)

// giveBackHost frees a host. A hop of another host's robots.txt may have reserved
// its next slot meanwhile.
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
	if f.holds() { // what waits for the host comes into a batch again when it may be asked
		if _, err := f.tx.Exec(ctx, putBackHost, own); err != nil {
			return err
		}
	}
	if err := updateReady(ctx, f.tx, own); err != nil {
		return err
	}
	if err := updateLanes(ctx, f.tx, f.lanes); err != nil {
		return err
	}
	return f.putCounts(ctx)
}

// slot returns the host's next slot. One that has begun when the next claim is made has
// begun in its milliseconds too.
func (f *finish) slot() int64 {
	if !f.hop.at.IsZero() {
		return database.Millis(f.hop.at)
	}
	if next := f.o.HostNext; f.now.IsZero() || next.After(f.now) {
		return database.MillisUp(next)
	}
	return database.Millis(f.o.HostNext)
}

// holds reports whether the host is not asked again before its slot because it
// failed or asked for that, or because the host of a hop did.
func (f *finish) holds() bool { return f.o.Hold || f.hop.held }

// putCounts adds to the run what the outcome counts.
func (f *finish) putCounts(ctx context.Context) error {
	c := f.count
	if c == (runCounts{}) {
		return nil
	}
	_, err := f.tx.Exec(ctx, `UPDATE run SET pages = pages + $2, fetched = fetched + $3, unchanged = unchanged + $4, failed = failed + $5,
		set_aside = set_aside + $6, gone = gone + $7, added = added + $8, revised = revised + $9 WHERE id = $1`,
		f.run, c.pages, c.fetched, c.unchanged, c.failed, c.setAside, c.gone, c.added, c.revised)
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
		originOf(f.task.URL), h.RobotsStatus, h.RobotsBody, database.Millis(h.RobotsAt), h.RobotsTries, h.RobotsError, h.Delay.Milliseconds(),
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

// hopAge is how long a redirect of robots.txt is followed. After that, as in a
// later run, robots.txt itself is asked for again.
const hopAge = time.Hour

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
