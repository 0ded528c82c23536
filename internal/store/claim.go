package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"winnow/news"
	"winnow/schedule"
)

// robotsAge is how long a copy of robots.txt serves (RFC 9309, section 2.4).
const robotsAge = 24 * time.Hour

// nudge is the longest wait for a host that another worker has: its links may
// bring work.
const nudge = 250 * time.Millisecond

// askAlone is up to how many queues are asked for one by one.
const askAlone = 8

var errRaced = errors.New("another worker was faster")

// leased is a host that somebody has.
type leased struct {
	host, owner string
	until, run  int64
}

// numbered is a run with its number in the state.
type numbered struct {
	schedule.Run
	id int64
}

// claim is one call of Claim.
type claim struct {
	*tx
	now     time.Time
	nowMS   int64
	horizon int64               // what may not be done before it is left to a later run
	queues  map[string]numbered // what may be taken, and for which run
	runs    map[int64]numbered
	leased  []leased
}

// Claim implements schedule.Frontier. Among the free hosts with work it takes
// the one that has been ready longest, then by name. On SQLite a claim survives the death of the process but not that of
// the machine, which leaves nobody who could use it.
func (s *Store) Claim(ctx context.Context, f schedule.Filter, now time.Time) (schedule.Task, error) {
	var task schedule.Task
	for try := 0; ; try++ {
		var idle error
		err := s.writeLightly(ctx, func(t *tx) (err error) {
			task, err = t.claim(ctx, f, now)
			if idle = nil; nothingToDo(err) {
				idle, err = err, nil
			}
			return err
		})
		if err == nil {
			err = idle
		}
		if !errors.Is(err, errRaced) {
			return task, err
		}
		if try == 3 {
			return schedule.Task{}, schedule.Busy{Until: now.Add(10 * time.Millisecond)}
		}
	}
}

func (t *tx) claim(ctx context.Context, f schedule.Filter, now time.Time) (schedule.Task, error) {
	c := &claim{tx: t, now: now, nowMS: now.UnixMilli(), horizon: now.Add(f.Patience).UnixMilli(), queues: map[string]numbered{}, runs: map[int64]numbered{}}
	if err := c.number(f.Runs); err != nil {
		return schedule.Task{}, err
	}
	if err := c.readLeased(ctx); err != nil {
		return schedule.Task{}, err
	}
	if _, err := c.drawDue(ctx, c.nowMS); err != nil {
		return schedule.Task{}, err
	}
	for {
		host, ready, err := c.freeHost(ctx, c.dialect.skip)
		if err != nil {
			return schedule.Task{}, err
		}
		if ready > c.nowMS {
			if drew, err := c.idle(ctx, ready); !drew {
				return schedule.Task{}, err
			}
			continue
		}
		link, run, err := c.firstURL(ctx, host)
		if err != nil {
			return schedule.Task{}, err
		}
		if link.URL != "" {
			return c.take(ctx, link, run)
		}
	}
}

// idle says what there is to wait for when no host is ready before a moment.
// Before it says that there is nothing, it looks at all that waits: what the
// runs remember of it may be too late.
func (c *claim) idle(ctx context.Context, ready int64) (drew bool, err error) {
	if err := c.waitForAll(ctx, ready); !errors.Is(err, schedule.ErrNoWork) {
		return false, err
	}
	if drew, err := c.drawDue(ctx, never); drew || err != nil {
		return drew, err
	}
	return false, c.waitForAll(ctx, ready)
}

// waitForAll is wait for a host or a batch, whichever comes first.
func (c *claim) waitForAll(ctx context.Context, ready int64) error {
	next, err := c.nextDraw(ctx)
	if err != nil {
		return err
	}
	return c.wait(ctx, min(ready, next))
}

// number lists the queues of the runs.
func (c *claim) number(runs []schedule.Run) error {
	for _, run := range runs {
		id, err := runNumber(run.ID)
		if err != nil {
			return err
		}
		queue := sourceQueue(run.Source)
		if run.Listed {
			queue = listedQueue
		}
		c.runs[id] = numbered{run, id}
		if _, ok := c.queues[queue]; !ok {
			c.queues[queue] = c.runs[id]
		}
	}
	return nil
}

const leasedHosts = "SELECT host, owner, until, run FROM host WHERE until > 0"

// readLeased reads who has which host, and frees the hosts of the dead.
func (c *claim) readLeased(ctx context.Context) error {
	var all []leased
	err := c.each(ctx, leasedHosts, nil, func(rows *sql.Rows) error {
		var l leased
		err := rows.Scan(&l.host, &l.owner, &l.until, &l.run)
		all = append(all, l)
		return err
	})
	if err != nil {
		return err
	}
	ended := map[string]bool{c.owner: false}
	for _, l := range all {
		gone, known := ended[l.owner]
		if !known {
			gone = dead(l.owner)
			ended[l.owner] = gone
			if gone {
				if _, err := c.exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE owner = $1 AND until > 0", l.owner); err != nil {
					return err
				}
			}
		}
		if !gone && l.until > c.nowMS {
			c.leased = append(c.leased, l)
		}
	}
	return nil
}

const oneQueue = "= $1"

func freeHost(which string, now int) string {
	return `SELECT l.host, l.ready FROM lane l JOIN host h ON h.host = l.host
		WHERE l.queue ` + which + ` AND l.ready < 9223372036854775807 AND h.until <= $` + strconv.Itoa(now) + `
		ORDER BY l.ready, l.host LIMIT 1`
}

// freeHost finds the free host that is, or will be, ready first.
func (c *claim) freeHost(ctx context.Context, lock string) (host string, ready int64, err error) {
	ready = never
	ask := func(queues []any) error {
		var h string
		var r int64
		which := oneQueue
		if len(queues) > 1 {
			which = "IN (" + marks(1, len(queues)) + ")"
		}
		found, err := c.one(ctx, freeHost(which, len(queues)+1)+lock, append(queues, c.nowMS), &h, &r)
		if found && (r < ready || r == ready && h < host) {
			host, ready = h, r
		}
		return err
	}
	var several []string
	for queue := range c.queues {
		// A queue asked for alone is read in the order of its index, as far as
		// the first free host; of several all hosts with work are sorted. The
		// listed queue may have very many.
		if queue == listedQueue || len(c.queues) <= askAlone {
			if err := ask([]any{queue}); err != nil {
				return "", 0, err
			}
			continue
		}
		several = append(several, queue)
	}
	err = chunks(several, c.dialect.list, ask)
	return host, ready, err
}

// wait says when to ask again, or that there is no work before the moment.
func (c *claim) wait(ctx context.Context, ready int64) error {
	if c.dialect.skip != "" {
		// A host whose row another transaction has locked was passed over.
		_, all, err := c.freeHost(ctx, "")
		if err != nil {
			return err
		}
		if ready = min(ready, all); ready <= c.nowMS {
			return errRaced
		}
	}
	var until time.Time
	if ready <= c.horizon {
		until = at(ready)
	}
	for _, l := range c.leased {
		_, ours := c.runs[l.run]
		if !ours {
			err := c.each(ctx, "SELECT queue FROM lane WHERE host = $1 AND ready < 9223372036854775807", []any{l.host}, func(rows *sql.Rows) error {
				var queue string
				err := rows.Scan(&queue)
				if _, wanted := c.queues[queue]; wanted {
					ours = true
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		if ours && (until.IsZero() || c.now.Add(nudge).Before(until)) {
			until = c.now.Add(nudge)
		}
	}
	if until.IsZero() {
		return schedule.ErrNoWork
	}
	return schedule.Busy{Until: until}
}

// firstURL is the next URL of the host among the runs' own. There is none when
// the host has had its pages of a list, which it is then told.
func (c *claim) firstURL(ctx context.Context, host string) (best schedule.Task, run numbered, err error) {
	type lane struct {
		id, run, pages int64
		queue          string
	}
	var lanes []lane
	err = c.each(ctx, "SELECT id, queue, run, pages FROM lane WHERE host = $1 AND ready <= $2", []any{host, c.nowMS}, func(rows *sql.Rows) error {
		var l lane
		err := rows.Scan(&l.id, &l.queue, &l.run, &l.pages)
		if _, wanted := c.queues[l.queue]; wanted {
			lanes = append(lanes, l)
		}
		return err
	})
	if err != nil {
		return best, run, err
	}
	full := map[int64]bool{}
	for _, l := range lanes {
		own := c.queues[l.queue]
		if most := own.MaxPagesPerHost; own.Listed && most > 0 && l.run == own.id && l.pages >= int64(most) {
			full[l.id] = true
			continue
		}
		task, found, err := c.firstOf(ctx, l.id)
		if err != nil {
			return best, run, err
		}
		task.Host = host
		if found && (best.URL == "" || task.Kind.Priority() < best.Kind.Priority() || task.Kind == best.Kind && task.URL < best.URL) {
			best, run = task, own
		}
	}
	if best.URL == "" && len(full) == 0 {
		return best, run, errRaced
	}
	return best, run, c.emptyLanes(ctx, full)
}

// firstURL is read in the order of url_order, up to the first URL that is due.
// "+ 0" keeps SQLite from reading all that are due by url_due, to sort them.
const firstURL = `SELECT url, source, kind, depth, hops, follow, listed, tries, etag, last_modified, body_sha, wait, hint, via,
	COALESCE((SELECT p.first FROM part p WHERE p.url = url.url AND p.number > 1), ''), COALESCE((SELECT p.number FROM part p WHERE p.url = url.url AND p.number > 1), 0)
	FROM url WHERE lane = $1 AND state = 0 AND batch = 1 AND due + 0 <= $2 ORDER BY kind, depth, newest DESC, url LIMIT 1`

func (c *claim) firstOf(ctx context.Context, lane int64) (task schedule.Task, found bool, err error) {
	var kind, follow, listed int
	var wait int64
	var hint string
	found, err = c.one(ctx, firstURL, []any{lane, c.nowMS},
		&task.URL, &task.Source, &kind, &task.Depth, &task.Hops, &follow, &listed, &task.Tries,
		&task.Validators.ETag, &task.Validators.LastModified, &task.BodySHA, &wait, &hint, &task.Via, &task.PartOf, &task.Part)
	if err != nil || !found {
		return task, false, err
	}
	task.Kind, task.Follow, task.Listed = kindOf(kind), follow != 0, listed != 0
	task.Wait = time.Duration(wait) * time.Millisecond
	task.Hint, err = readHint(hint)
	return task, true, err
}

// take leases the host for the task, or for its robots.txt when that is due.
func (c *claim) take(ctx context.Context, task schedule.Task, run numbered) (schedule.Task, error) {
	origin := originOf(task.URL)
	var err error
	if task.HostState, err = c.hostState(ctx, origin); err != nil {
		return schedule.Task{}, err
	}
	if read := task.HostState.RobotsAt; read.IsZero() || !c.now.Before(read.Add(robotsAge)) {
		task.Link = schedule.Link{URL: origin + "/robots.txt", Host: task.Host, Source: task.Source, Kind: schedule.Robots, Listed: task.Listed}
		task.Validators, task.BodySHA, task.Wait, task.Tries = news.Validators{}, "", 0, task.HostState.RobotsTries
		task.PartOf, task.Part = "", 0
		if hopped := task.HostState.RobotsHopAt; !c.now.Before(hopped.Add(hopAge)) {
			task.HostState.RobotsHop, task.HostState.RobotsHops, task.HostState.RobotsHopAt = "", 0, time.Time{}
		}
	}
	until := c.now.Add(c.lease)
	task.Run = run.ID
	task.Lease = schedule.Lease{Host: task.Host, Until: until.UTC()}
	var token, pause int64
	found, err := c.one(ctx, "SELECT token, pause FROM host WHERE host = $1 AND until <= $2 AND next_at <= $2"+c.dialect.lock, []any{task.Host, c.nowMS}, &token, &pause)
	if err == nil && !found {
		err = errRaced
	}
	if err != nil {
		return task, err
	}
	task.Lease.Token, task.HostState.Pause = token+1, time.Duration(pause)*time.Millisecond
	// The slot moves on at once: a process that is killed in the middle of a
	// request has spoken to the host all the same.
	slot := c.now.Add(max(run.Delay, task.HostState.Delay, task.HostState.Pause))
	_, err = c.exec(ctx, "UPDATE host SET token = $2, owner = $3, until = $4, run = $5, next_at = $6 WHERE host = $1",
		task.Host, task.Lease.Token, c.owner, until.UnixMilli(), run.id, msUp(slot))
	if err == nil && slot.After(c.now) {
		_, err = c.exec(ctx, makeReady+"host = $1", task.Host)
	}
	return task, err
}

// originOf is the scheme and host of a normalised URL.
func originOf(url string) string {
	scheme, _, _ := strings.Cut(url, "://")
	return scheme + "://" + hostOf(url)
}

func (t *tx) hostState(ctx context.Context, origin string) (schedule.HostState, error) {
	var state schedule.HostState
	var read, delay, hopped int64
	_, err := t.one(ctx, "SELECT status, body, at, tries, error, delay, hop, hops, hop_at FROM robots WHERE origin = $1", []any{origin},
		&state.RobotsStatus, &state.RobotsBody, &read, &state.RobotsTries, &state.RobotsError, &delay, &state.RobotsHop, &state.RobotsHops, &hopped)
	state.RobotsHopAt = at(hopped)
	state.RobotsAt, state.Delay = at(read), time.Duration(delay)*time.Millisecond
	return state, err
}

// runNumber is the number that stands for a run's ID.
func runNumber(id string) (int64, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		return 0, fmt.Errorf("%q is not the ID of a run", id)
	}
	return number, nil
}
