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
	host, owner      string
	until, run, page int64
}

// claim is one call of Claim.
type claim struct {
	*tx
	now    time.Time
	nowMS  int64
	queues map[string]schedule.Run // what may be taken, and for which run
	runs   map[int64]bool
	leased []leased
}

// Claim implements schedule.Frontier. Among the free hosts with work it takes
// the one that has been ready longest, then by name. Sections and articles
// beyond a run's MaxPages are not handed out; those in other workers' hands
// count. On SQLite a claim survives the death of the process but not that of
// the machine, which leaves nobody who could use it.
func (s *Store) Claim(ctx context.Context, f schedule.Filter, now time.Time) (schedule.Task, error) {
	var task schedule.Task
	for try := 0; ; try++ {
		err := s.writeLightly(ctx, func(t *tx) (err error) {
			task, err = t.claim(ctx, f, now)
			return err
		})
		if !errors.Is(err, errRaced) {
			return task, err
		}
		if try == 3 {
			return schedule.Task{}, schedule.Busy{Until: now.Add(10 * time.Millisecond)}
		}
	}
}

func (t *tx) claim(ctx context.Context, f schedule.Filter, now time.Time) (schedule.Task, error) {
	c := &claim{tx: t, now: now, nowMS: now.UnixMilli(), queues: map[string]schedule.Run{}, runs: map[int64]bool{}}
	if err := c.readLeased(ctx); err != nil {
		return schedule.Task{}, err
	}
	if err := c.openQueues(ctx, f.Runs); err != nil {
		return schedule.Task{}, err
	}
	host, ready, err := c.freeHost(ctx, c.dialect.skip)
	if err != nil {
		return schedule.Task{}, err
	}
	if ready > c.nowMS {
		return schedule.Task{}, c.wait(ctx, ready, f.Patience)
	}
	link, run, err := c.firstURL(ctx, host)
	if err != nil {
		return schedule.Task{}, err
	}
	return c.take(ctx, link, run)
}

const leasedHosts = "SELECT host, owner, until, run, page FROM host WHERE until > 0"

// readLeased reads who has which host, and frees the hosts of the dead.
func (c *claim) readLeased(ctx context.Context) error {
	var all []leased
	err := c.each(ctx, leasedHosts, nil, func(rows *sql.Rows) error {
		var l leased
		err := rows.Scan(&l.host, &l.owner, &l.until, &l.run, &l.page)
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
				if _, err := c.exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0, page = 0 WHERE owner = $1 AND until > 0", l.owner); err != nil {
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

// openQueues lists the queues of the runs, less those whose max_pages is reached.
func (c *claim) openQueues(ctx context.Context, runs []schedule.Run) error {
	var bounded []int64
	for _, run := range runs {
		id, err := runNumber(run.ID)
		if err != nil {
			return err
		}
		c.runs[id] = true
		if run.MaxPages > 0 && !run.Listed {
			bounded = append(bounded, id)
		}
	}
	pages, err := c.pagesOf(ctx, bounded)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Listed {
			if _, ok := c.queues[listedQueue]; !ok {
				c.queues[listedQueue] = run
			}
			continue
		}
		c.queues[feedQueue(run.Source)] = run
		if id, _ := runNumber(run.ID); run.MaxPages <= 0 || pages[id] < run.MaxPages {
			c.queues[pageQueue(run.Source)] = run
		}
	}
	return nil
}

// pagesOf counts the pages of runs that max_pages counts, with those in work.
func (c *claim) pagesOf(ctx context.Context, runs []int64) (map[int64]int, error) {
	pages := make(map[int64]int, len(runs))
	err := chunks(runs, c.dialect.list, func(list []any) error {
		return c.each(ctx, "SELECT id, pages FROM run WHERE id IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var id int64
			var n int
			err := rows.Scan(&id, &n)
			pages[id] = n
			return err
		})
	})
	for _, l := range c.leased {
		pages[l.run] += int(l.page)
	}
	return pages, err
}

// full says whether the run has its max_pages, with those in work. The answer
// holds until the transaction ends.
func (c *claim) full(ctx context.Context, run schedule.Run) (bool, error) {
	if run.MaxPages <= 0 {
		return false, nil
	}
	id, err := runNumber(run.ID)
	if err != nil {
		return false, err
	}
	var pages int
	if _, err := c.one(ctx, "SELECT pages FROM run WHERE id = $1"+c.dialect.lock, []any{id}, &pages); err != nil {
		return false, err
	}
	_, err = c.one(ctx, `SELECT pages + (SELECT COUNT(*) FROM host WHERE until > 0 AND until > $2 AND run = $1 AND page = 1)
		FROM run WHERE id = $1`, []any{id, c.nowMS}, &pages)
	return pages >= run.MaxPages, err
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

// wait says when to ask again, or that there is no work.
func (c *claim) wait(ctx context.Context, ready int64, patience time.Duration) error {
	if c.dialect.skip != "" {
		// A host whose row another transaction has locked was passed over.
		var err error
		if _, ready, err = c.freeHost(ctx, ""); err != nil {
			return err
		}
		if ready <= c.nowMS {
			return errRaced
		}
	}
	var until time.Time
	if ready < never && !at(ready).After(c.now.Add(patience)) {
		until = at(ready)
	}
	for _, l := range c.leased {
		ours := c.runs[l.run]
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

// firstURL is the next URL of the host among the open queues.
func (c *claim) firstURL(ctx context.Context, host string) (schedule.Task, schedule.Run, error) {
	type lane struct {
		id    int64
		queue string
	}
	var lanes []lane
	err := c.each(ctx, "SELECT id, queue FROM lane WHERE host = $1 AND ready <= $2", []any{host, c.nowMS}, func(rows *sql.Rows) error {
		var l lane
		err := rows.Scan(&l.id, &l.queue)
		if _, open := c.queues[l.queue]; open {
			lanes = append(lanes, l)
		}
		return err
	})
	if err != nil {
		return schedule.Task{}, schedule.Run{}, err
	}
	var best schedule.Task
	var run schedule.Run
	for _, l := range lanes {
		task, found, err := c.firstOf(ctx, l.id)
		if err != nil {
			return schedule.Task{}, schedule.Run{}, err
		}
		task.Host = host
		if found && (best.URL == "" || task.Kind.Priority() < best.Kind.Priority() || task.Kind == best.Kind && task.URL < best.URL) {
			best, run = task, c.queues[l.queue]
		}
	}
	if best.URL == "" {
		return schedule.Task{}, schedule.Run{}, errRaced
	}
	return best, run, nil
}

// firstURL is read in the order of url_order, up to the first URL that is due.
// "+ 0" keeps SQLite from reading all that are due by url_due, to sort them.
const firstURL = `SELECT url, source, kind, depth, hops, follow, listed, tries, etag, last_modified, body_sha, wait, hint, via,
	COALESCE((SELECT p.first FROM part p WHERE p.url = url.url AND p.number > 1), ''), COALESCE((SELECT p.number FROM part p WHERE p.url = url.url AND p.number > 1), 0)
	FROM url WHERE lane = $1 AND state = 0 AND due + 0 <= $2 ORDER BY kind, url LIMIT 1`

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
func (c *claim) take(ctx context.Context, task schedule.Task, run schedule.Run) (schedule.Task, error) {
	id, err := runNumber(run.ID)
	if err != nil {
		return schedule.Task{}, err
	}
	origin := originOf(task.URL)
	if task.HostState, err = c.hostState(ctx, origin); err != nil {
		return schedule.Task{}, err
	}
	counts := !run.Listed && task.Kind.Priority() >= schedule.Section.Priority()
	if read := task.HostState.RobotsAt; read.IsZero() || !c.now.Before(read.Add(robotsAge)) {
		task.Link = schedule.Link{URL: origin + "/robots.txt", Host: task.Host, Source: task.Source, Kind: schedule.Robots, Listed: task.Listed}
		task.Validators, task.BodySHA, task.Wait, task.Tries = news.Validators{}, "", 0, task.HostState.RobotsTries
		task.PartOf, task.Part = "", 0
		counts = false
	}
	if counts && c.dialect.lock != "" {
		// The row of the run makes claims at the same moment count each other.
		full, err := c.full(ctx, run)
		if err != nil {
			return schedule.Task{}, err
		}
		if full {
			return schedule.Task{}, errRaced
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
	_, err = c.exec(ctx, "UPDATE host SET token = $2, owner = $3, until = $4, run = $5, page = $6, next_at = $7 WHERE host = $1",
		task.Host, task.Lease.Token, c.owner, until.UnixMilli(), id, flag(counts), msUp(slot))
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

func (c *claim) hostState(ctx context.Context, origin string) (schedule.HostState, error) {
	var state schedule.HostState
	var read, delay int64
	_, err := c.one(ctx, "SELECT status, body, at, tries, error, delay FROM robots WHERE origin = $1", []any{origin},
		&state.RobotsStatus, &state.RobotsBody, &read, &state.RobotsTries, &state.RobotsError, &delay)
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
