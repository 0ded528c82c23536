package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/news"
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

// nothingToDo reports whether Claim found nothing to do now.
func nothingToDo(err error) bool {
	var busy schedule.Busy
	return errors.As(err, &busy) || errors.Is(err, schedule.ErrNoWork)
}

// checkOutcome returns the number of the task's run.
func checkOutcome(task schedule.Task, o schedule.Outcome) (run int64, err error) {
	if _, ok := stateNumbers[o.State]; !ok && task.Kind != schedule.Robots {
		return 0, fmt.Errorf("%s: an outcome has no state %q", task.URL, o.State)
	}
	return runNumber(task.Run)
}

// finish is one call of Finish.
type finish struct {
	store *Store
	tx    *database.Tx
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

// putLinks adds links to the frontier. reclean is the pages whose stories are to be
// cleaned again for it.
func (f *finish) putLinks(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	sum, err := addLinks(ctx, f.tx, links, false)
	f.links = sum.links
	for id := range sum.lanes {
		f.lanes[id] = true
	}
	if err == nil {
		err = notifySources(ctx, f.tx, sum.sources)
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
	reach              int64
}

// putPage writes what a URL came to.
func (f *finish) putPage(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	var u urlRow
	found, err := f.tx.One(ctx, `SELECT lane, fetched_run, source, kind, state, listed, etag, last_modified, body_sha, hint, fetched_at, wait, reach
		FROM url WHERE url = $1`, []any{f.task.URL},
		&u.lane, &u.run, &u.source, &u.kind, &u.state, &u.listed, &u.etag, &u.modified, &u.sha, &u.hint, &u.fetched, &u.wait, &u.reach)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%s: %w", f.task.URL, ErrNotFound)
	}
	if u.state == schema.Forgotten {
		return nil, f.eraseLater(ctx)
	}
	story := f.o.Story
	if story != nil {
		tombstone, err := hasTombstone(ctx, f.tx, f.task.URL, story.Aliases)
		if err != nil {
			return nil, err
		}
		if tombstone {
			if err := f.eraseLater(ctx); err != nil {
				return nil, err
			}
			return nil, f.putURL(ctx, u, schema.Forgotten)
		}
	}
	if err := f.keepOutcome(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putAttempt(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putURL(ctx, u, stateNumbers[f.o.State]); err != nil {
		return nil, err
	}
	if a := f.o.Archived; a != nil {
		if _, err := f.tx.Exec(ctx, "INSERT INTO page (url, at, status, file, place) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			f.task.URL, database.Millis(f.o.At), f.o.Status, a.File, a.Offset); err != nil {
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
		if err := f.store.takeOutPage(ctx, f.tx, f.task.URL); err != nil {
			return nil, err
		}
		if _, err := f.tx.Exec(ctx, "UPDATE part SET record = NULL WHERE url = $1", f.task.URL); err != nil {
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

// putStory writes the story of the task's page, and what it means for the next
// visit and for the run.
func (f *finish) putStory(ctx context.Context, found schedule.Found) error {
	changes, err := f.store.Stories.Put(ctx, f.tx, stories.Page{
		URL: f.task.URL, Source: f.task.Source, At: f.o.At, Archived: f.o.Archived, Found: found,
	})
	f.count.added += changes.Added
	f.count.revised += changes.Revised
	if err != nil || changes.Revised == 0 || f.o.DueRevised.IsZero() || f.o.State != schedule.Done {
		return err
	}
	due := f.o.DueRevised
	_, err = f.tx.Exec(ctx, "UPDATE url SET due = $2, wait = $3 WHERE url = $1",
		f.task.URL, database.MillisUp(due), max(0, database.Millis(due)-database.Millis(f.o.At)))
	return err
}

// putGone notes on the page's story whether the page is there.
func (f *finish) putGone(ctx context.Context, u urlRow) error {
	switch {
	case u.fetched == 0:
		return nil // no story was read from it before
	case f.o.State == schedule.Gone:
		return f.store.Stories.MarkGone(ctx, f.tx, f.task.URL, f.o.At)
	case f.o.State == schedule.Done:
		return f.store.Stories.MarkThere(ctx, f.tx, f.task.URL)
	}
	return nil
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
		u.fetched = database.Millis(o.At)
	}
	if err := f.noteReach(ctx, &u); err != nil {
		return err
	}
	if state != schema.Pending {
		if err := f.countPage(ctx, u, kind, same); err != nil {
			return err
		}
		u.run = f.run
	} else if err := notifySources(ctx, f.tx, map[string]bool{u.source: true}); err != nil {
		return err
	}
	if (state == schema.Done || state == schema.SetAside) && o.Due.After(o.At) {
		u.wait = database.Millis(o.Due) - database.Millis(o.At)
	}
	_, err := f.tx.Exec(ctx, `UPDATE url SET batch = CASE WHEN listed = 1 THEN batch ELSE 0 END, kind = $2, state = $3, due = $4, tries = $5, status = $6, reason = $7,
		etag = $8, last_modified = $9, body_sha = $10, fetched_at = $11, fetched_run = $12, wait = $13, reach = $14 WHERE url = $1`,
		f.task.URL, kind, state, database.MillisUp(o.Due), o.Tries, o.Status, o.Reason, u.etag,
		u.modified, u.sha, u.fetched, u.run, u.wait, u.reach)
	return err
}

// countPage counts a URL that came to an end, once a run. same means that its page
// is what it was before.
func (f *finish) countPage(ctx context.Context, u urlRow, kind int, same bool) error {
	if u.run == f.run {
		return nil
	}
	o, c := f.o, &f.count
	c.fetched = database.Flag(o.Status >= 200 && o.Status < 400 && o.State != schedule.Failed)
	asked := (o.Status != 0 || o.State == schedule.Failed) && kind >= pagesFrom
	c.pages = database.Flag(asked && u.listed == 0)
	c.unchanged = database.Flag(same)
	c.failed = database.Flag(o.State == schedule.Failed)
	c.setAside = database.Flag(o.State == schedule.SetAside)
	c.gone = database.Flag(o.State == schedule.Gone)
	if !asked {
		return nil
	}
	_, err := f.tx.Exec(ctx, "UPDATE lane SET pages = CASE WHEN run = $2 THEN pages + 1 ELSE 1 END, run = $2 WHERE id = $1", u.lane, f.run)
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
