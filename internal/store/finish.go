package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"winnow/news"
	"winnow/schedule"
)

// Finish implements schedule.Frontier. A URL that was forgotten meanwhile stays
// forgotten, and nothing of its page is kept. With a 304, and with an outcome
// that brought no page (Pending, Failed, Gone), validators and body hash that
// are empty leave the stored ones as they are. Links longer than 2,048 bytes
// are left out.
func (s *Store) Finish(ctx context.Context, task schedule.Task, o schedule.Outcome) error {
	run, err := checkOutcome(task, o)
	if err != nil {
		return err
	}
	f := &finish{task: task, o: o, run: run}
	return s.finish(ctx, f, func(*tx) error { return nil })
}

// FinishAndClaim implements schedule.Frontier. On PostgreSQL, where writers
// wait for each other's rows, it is two transactions.
func (s *Store) FinishAndClaim(ctx context.Context, task schedule.Task, o schedule.Outcome, filter schedule.Filter, now time.Time) (schedule.Task, error) {
	run, err := checkOutcome(task, o)
	if err != nil {
		return schedule.Task{}, err
	}
	f := &finish{task: task, o: o, run: run, now: now}
	if s.writer == nil {
		if err := s.finish(ctx, f, func(*tx) error { return nil }); err != nil {
			return schedule.Task{}, err
		}
		return s.Claim(ctx, filter, now)
	}
	var next schedule.Task
	var idle error
	err = s.finish(ctx, f, func(t *tx) error {
		var err error
		idle = nil
		if next, err = t.claim(ctx, filter, now); nothingToDo(err) || errors.Is(err, errRaced) {
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
func (s *Store) finish(ctx context.Context, f *finish, also func(*tx) error) error {
	err := s.write(ctx, func(t *tx) error {
		if err := f.finish(ctx, t); err != nil {
			return err
		}
		return also(t)
	})
	if err == nil {
		s.known.add(f.links)
	}
	return err
}

// nothingToDo says that Claim found nothing to do now.
func nothingToDo(err error) bool {
	var busy schedule.Busy
	return errors.As(err, &busy) || errors.Is(err, schedule.ErrNoWork)
}

// checkOutcome gives the number of the task's run.
func checkOutcome(task schedule.Task, o schedule.Outcome) (run int64, err error) {
	if _, ok := stateNumbers[o.State]; !ok && task.Kind != schedule.Robots {
		return 0, fmt.Errorf("%s: an outcome has no state %q", task.URL, o.State)
	}
	return runNumber(task.Run)
}

// finish is one call of Finish.
type finish struct {
	*tx
	task  schedule.Task
	o     schedule.Outcome
	run   int64
	now   time.Time       // of the claim that follows; zero when none does
	lanes map[int64]bool  // beside those of the task's host
	links []schedule.Link // as they stand afterwards
	hop   hopSlot
	count runCounts
}

// runCounts is what one outcome adds to its run.
type runCounts struct{ pages, fetched, unchanged, failed, setAside, gone, added, revised int }

func (f *finish) finish(ctx context.Context, t *tx) error {
	f.tx, f.lanes, f.count = t, map[int64]bool{}, runCounts{} // it may run again
	own := f.task.Lease.Host
	hosts := []string{own}
	if hop := f.hopHost(); hop != "" {
		hosts = append(hosts, hop)
	}
	links := f.known.fresh(f.o.Links)
	for _, link := range links {
		if link.Host != "" {
			hosts = append(hosts, link.Host)
		}
	}
	locked, err := f.lockHosts(ctx, hosts)
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
	slices.Sort(reclean)
	for _, url := range slices.Compact(reclean) {
		if err := f.cleanAgain(ctx, url); err != nil {
			return err
		}
	}
	return f.giveBack(ctx)
}

// giveBack frees the host, moves its slot and writes the run's counts.
func (f *finish) giveBack(ctx context.Context) error {
	own := f.task.Lease.Host
	var err error
	if f.o.HostNext.IsZero() {
		_, err = f.exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE host = $1", own)
	} else {
		_, err = f.exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0, held = $3, next_at = CASE WHEN reserved > $2 THEN reserved ELSE $2 END WHERE host = $1", own, f.slot(), flag(f.holds()))
	}
	if err == nil && f.o.Pause > 0 && f.o.Pause.Milliseconds() != f.task.HostState.Pause.Milliseconds() {
		_, err = f.exec(ctx, "UPDATE host SET pause = $2 WHERE host = $1", own, f.o.Pause.Milliseconds())
	}
	if err != nil {
		return err
	}
	if f.holds() { // what waits for the host is drawn again when it may be
		if _, err := f.exec(ctx, "UPDATE url SET batch = 0 WHERE state = 0 AND batch = 1 AND listed = 0 AND lane IN (SELECT id FROM lane WHERE host = $1)", own); err != nil {
			return err
		}
	}
	if _, err := f.exec(ctx, makeReady+"host = $1", own); err != nil {
		return err
	}
	if err := f.readyLanes(ctx, f.lanes); err != nil {
		return err
	}
	return f.putCounts(ctx)
}

// slot is the host's next. One that has begun when the next claim is made has
// begun in its milliseconds too.
func (f *finish) slot() int64 {
	if !f.hop.at.IsZero() {
		return ms(f.hop.at)
	}
	if next := f.o.HostNext; f.now.IsZero() || next.After(f.now) {
		return msUp(next)
	}
	return ms(f.o.HostNext)
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
	_, err := f.exec(ctx, `UPDATE run SET pages = pages + $2, fetched = fetched + $3, unchanged = unchanged + $4, failed = failed + $5,
		set_aside = set_aside + $6, gone = gone + $7, added = added + $8, revised = revised + $9 WHERE id = $1`,
		f.run, c.pages, c.fetched, c.unchanged, c.failed, c.setAside, c.gone, c.added, c.revised)
	return err
}

func (f *finish) putRobots(ctx context.Context) error {
	h := f.o.Host
	if h == nil {
		return nil
	}
	_, err := f.exec(ctx, `INSERT INTO robots (origin, status, body, at, tries, error, delay, hop, hops, hop_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (origin) DO UPDATE SET status = excluded.status, body = excluded.body, at = excluded.at,
		tries = excluded.tries, error = excluded.error, delay = excluded.delay, hop = excluded.hop, hops = excluded.hops, hop_at = excluded.hop_at`,
		originOf(f.task.URL), h.RobotsStatus, h.RobotsBody, ms(h.RobotsAt), h.RobotsTries, h.RobotsError, h.Delay.Milliseconds(),
		h.RobotsHop, h.RobotsHops, ms(h.RobotsHopAt))
	return err
}

func (f *finish) putLinks(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	sum, err := f.addLinks(ctx, links, false)
	f.links = sum.links
	for id := range sum.lanes {
		f.lanes[id] = true
	}
	if err == nil {
		err = f.wakeSources(ctx, sum.sources)
	}
	return sum.reclean, err
}

// urlRow is what Finish needs to know of its URL.
type urlRow struct {
	lane, run, fetched int64
	wait               int64
	source             string
	kind, state        int
	listed             int
	etag, modified     string
	sha, hint          string
}

// putPage writes what a URL came to.
func (f *finish) putPage(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	var u urlRow
	found, err := f.one(ctx, `SELECT lane, fetched_run, source, kind, state, listed, etag, last_modified, body_sha, hint, fetched_at, wait
		FROM url WHERE url = $1`, []any{f.task.URL},
		&u.lane, &u.run, &u.source, &u.kind, &u.state, &u.listed, &u.etag, &u.modified, &u.sha, &u.hint, &u.fetched, &u.wait)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%s: %w", f.task.URL, ErrNotFound)
	}
	if u.state == forgotten {
		return nil, nil
	}
	story := f.o.Story
	if story != nil {
		taboo, err := f.forgottenAlias(ctx, f.task.URL, story.Aliases)
		if err != nil {
			return nil, err
		}
		if taboo {
			return nil, f.putURL(ctx, u, forgotten)
		}
	}
	if err := f.keepJudgement(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putAttempt(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putURL(ctx, u, stateNumbers[f.o.State]); err != nil {
		return nil, err
	}
	if a := f.o.Archived; a != nil {
		if _, err := f.exec(ctx, "INSERT INTO page (url, at, status, file, place) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			f.task.URL, ms(f.o.At), f.o.Status, a.File, a.Offset); err != nil {
			return nil, err
		}
	}
	if reclean, err = f.putLinks(ctx, links); err != nil {
		return nil, err
	}
	if story != nil {
		if err := f.putStory(ctx, *story); err != nil {
			return nil, err
		}
		if hint, err := storeHint(f.task.Hint); err != nil {
			return nil, err
		} else if hint != u.hint {
			// The hint grew while the page was being read.
			reclean = append(reclean, f.task.URL)
		}
	}
	if f.o.Withdraw {
		if err := f.withdraw(ctx, f.task.URL); err != nil {
			return nil, err
		}
		if _, err := f.exec(ctx, "UPDATE part SET record = NULL WHERE url = $1", f.task.URL); err != nil {
			return nil, err
		}
	}
	more, err := f.putParts(ctx)
	if err != nil {
		return nil, err
	}
	reclean = append(reclean, more...)
	return reclean, f.putGone(ctx, u)
}

// putGone notes on the page's story whether the page is there.
func (f *finish) putGone(ctx context.Context, u urlRow) (err error) {
	if u.fetched == 0 {
		return nil // no story was read from it before
	}
	if f.o.State == schedule.Gone {
		_, err = f.exec(ctx, "UPDATE story SET gone_at = $2 WHERE page_url = $1 AND gone_at = 0", f.task.URL, ms(f.o.At))
	} else if f.o.State == schedule.Done {
		_, err = f.exec(ctx, "UPDATE story SET gone_at = 0 WHERE page_url = $1 AND gone_at > 0", f.task.URL)
	}
	return err
}

// putURL writes the URL's own row.
func (f *finish) putURL(ctx context.Context, u urlRow, state int) error {
	o := f.o
	kind := u.kind
	if o.Kind != "" && o.Kind != schedule.Robots {
		kind = o.Kind.Priority()
	}
	keep := o.Status == 304 || o.State == schedule.Pending || o.State == schedule.Failed || o.State == schedule.Gone
	if !keep || o.Validators != (news.Validators{}) {
		u.etag, u.modified = o.Validators.ETag, o.Validators.LastModified
	}
	same := o.Status == 304 || o.BodySHA != "" && o.BodySHA == u.sha
	if !keep || o.BodySHA != "" {
		u.sha = o.BodySHA
	}
	if o.State != schedule.Pending && o.State != schedule.Failed && !o.At.IsZero() {
		u.fetched = ms(o.At)
	}
	if state != pending {
		if err := f.countPage(ctx, u, kind, same); err != nil {
			return err
		}
		u.run = f.run
	} else if err := f.wakeSources(ctx, map[string]bool{u.source: true}); err != nil {
		return err
	}
	if (state == done || state == setAside) && o.Due.After(o.At) {
		u.wait = ms(o.Due) - ms(o.At)
	}
	_, err := f.exec(ctx, `UPDATE url SET batch = CASE WHEN listed = 1 THEN batch ELSE 0 END, kind = $2, state = $3, due = $4, tries = $5, status = $6, reason = $7,
		etag = $8, last_modified = $9, body_sha = $10, fetched_at = $11, fetched_run = $12, wait = $13 WHERE url = $1`,
		f.task.URL, kind, state, msUp(o.Due), o.Tries, o.Status, o.Reason, u.etag,
		u.modified, u.sha, u.fetched, u.run, u.wait)
	return err
}

// countPage counts a URL that came to an end, once a run. same says that its page
// is what it was before.
func (f *finish) countPage(ctx context.Context, u urlRow, kind int, same bool) error {
	if u.run == f.run {
		return nil
	}
	o, c := f.o, &f.count
	c.fetched = flag(o.Status >= 200 && o.Status < 400 && o.State != schedule.Failed)
	asked := (o.Status != 0 || o.State == schedule.Failed) && kind >= pagesFrom
	c.pages = flag(asked && u.listed == 0)
	c.unchanged = flag(same)
	c.failed = flag(o.State == schedule.Failed)
	c.setAside = flag(o.State == schedule.SetAside)
	c.gone = flag(o.State == schedule.Gone)
	if !asked {
		return nil
	}
	_, err := f.exec(ctx, "UPDATE lane SET pages = CASE WHEN run = $2 THEN pages + 1 ELSE 1 END, run = $2 WHERE id = $1", u.lane, f.run)
	return err
}

// Release implements schedule.Frontier.
func (s *Store) Release(ctx context.Context, task schedule.Task) error {
	return s.writeLightly(ctx, func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE host = $1 AND token = $2 AND until > 0",
			task.Lease.Host, task.Lease.Token)
		if err == nil && n == 0 {
			err = schedule.ErrStale
		}
		return err
	})
}
