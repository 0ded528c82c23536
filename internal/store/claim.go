package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/merge"
	"winnow/internal/store/owner"
	"winnow/internal/store/schema"
	"winnow/news"
	"winnow/schedule"
)

// robotsAge is how long a copy of robots.txt serves (RFC 9309, section 2.4).
const robotsAge = 24 * time.Hour

// pollLeased is how long Claim lets wait at most while another worker has a host of
// the run: the links it finds may bring work.
const pollLeased = 250 * time.Millisecond

// maxSingleQueues is the number of queues up to which each is queried separately.
const maxSingleQueues = 8

// maxTurns is how often one claim looks for a host: each turn puts a host off, takes its
// URLs out of a batch, or fills one, and so there are few.
const maxTurns = 10_000

var errRaced = errors.New("another worker was faster")

// leased is a host that a worker has.
type leased struct {
	host, owner string
	until, run  int64
}

// openRun is a run with its number in the state.
type openRun struct {
	id   int64
	spec schedule.Run
}

// claim is one call of Claim.
type claim struct {
	store   *Store
	tx      *database.Tx
	now     time.Time
	nowMS   int64
	horizon int64              // work that is not due by then is left to a later run
	queues  map[string]openRun // that work may be taken from, with the run it is for
	runs    map[int64]openRun
	leased  []leased

	maxHosts int // of a run, while others have work; 0 means no limit
}

// Claim implements schedule.Frontier. Among the free hosts with work it takes
// the one that has been ready longest, and of several the first by name. On SQLite a
// claim survives a crash of the process, but not one of the machine: then nobody is
// left who could use it.
func (s *Store) Claim(ctx context.Context, f schedule.Filter, now time.Time) (schedule.Task, error) {
	var task schedule.Task
	for try := 0; ; try++ {
		var idle error
		err := s.db.WriteLightly(ctx, func(t *database.Tx) (err error) {
			task, err = s.claim(ctx, t, f, now)
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

func (s *Store) claim(ctx context.Context, t *database.Tx, f schedule.Filter, now time.Time) (schedule.Task, error) {
	c := &claim{store: s, tx: t, now: now, nowMS: now.UnixMilli(), horizon: now.Add(f.Patience).UnixMilli(),
		maxHosts: f.MaxHosts, queues: map[string]openRun{}, runs: map[int64]openRun{}}
	if err := c.number(f.Runs); err != nil {
		return schedule.Task{}, err
	}
	if err := c.readLeased(ctx); err != nil {
		return schedule.Task{}, err
	}
	if _, err := c.fillDue(ctx, c.nowMS); err != nil {
		return schedule.Task{}, err
	}
	for range maxTurns {
		host, ready, err := c.freeHost(ctx, c.tx.Dialect.SkipLocked)
		if err != nil {
			return schedule.Task{}, err
		}
		if ready > c.nowMS {
			if filled, err := c.idle(ctx, ready); !filled {
				return schedule.Task{}, err
			}
			continue
		}
		link, run, err := c.firstURL(ctx, host)
		if err != nil {
			return schedule.Task{}, err
		}
		if link.URL != "" {
			if task, err := c.take(ctx, link, run); !errors.Is(err, errPutOff) {
				return task, err
			}
		}
	}
	return schedule.Task{}, fmt.Errorf("there is always a host with work, and never a URL: %w", database.ErrDamaged)
}

// idle is called when no host is ready before the given time. Its error says what to
// wait for. Before it returns schedule.ErrNoWork it searches everything that waits,
// since run.draw_at may be too late; filled reports that it filled a batch.
func (c *claim) idle(ctx context.Context, ready int64) (filled bool, err error) {
	if err := c.waitForAll(ctx, ready); !errors.Is(err, schedule.ErrNoWork) {
		return false, err
	}
	if filled, err := c.fillDue(ctx, schema.Never); filled || err != nil {
		return filled, err
	}
	return false, c.waitForAll(ctx, ready)
}

// waitForAll is wait for a host or for the next batch, whichever comes first.
func (c *claim) waitForAll(ctx context.Context, ready int64) error {
	next, err := c.nextBatch(ctx)
	if err != nil {
		return err
	}
	return c.wait(ctx, min(ready, next))
}

// number fills in the queues of the runs that have time left, and their numbers in the
// state.
func (c *claim) number(runs []schedule.Run) error {
	for _, run := range runs {
		if !run.Until.IsZero() && !c.now.Before(run.Until) {
			continue
		}
		id, err := schema.RunNumber(run.ID)
		if err != nil {
			return err
		}
		queue := lane.QueueOf(run.Source, run.Listed)
		c.runs[id] = openRun{id, run}
		if _, ok := c.queues[queue]; !ok {
			c.queues[queue] = c.runs[id]
		}
	}
	return nil
}

const leasedHosts = "SELECT host, owner, until, run FROM host WHERE until > 0"

// readLeased reads which worker has which host, and frees the hosts of processes that
// have ended.
func (c *claim) readLeased(ctx context.Context) error {
	var all []leased
	err := c.tx.Each(ctx, leasedHosts, nil, func(rows *sql.Rows) error {
		var l leased
		err := rows.Scan(&l.host, &l.owner, &l.until, &l.run)
		all = append(all, l)
		return err
	})
	if err != nil {
		return err
	}
	ended := map[string]bool{c.store.owner: false}
	for _, l := range all {
		gone, known := ended[l.owner]
		if !known {
			gone = owner.Ended(l.owner)
			ended[l.owner] = gone
			if gone {
				if _, err := c.tx.Exec(ctx, "UPDATE host SET until = 0, owner = '', run = 0 WHERE owner = $1 AND until > 0", l.owner); err != nil {
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

const freeInQueues = "SELECT l.host, l.ready FROM lane l JOIN host h ON h.host = l.host WHERE l.queue "

var andReady = schema.SQL(" AND l.ready < {never} AND h.until <= $")

// selectFree returns the statement for the free host that is ready first among
// those of n queues; the last parameter is now.
func selectFree(n int) string {
	which := "= $1"
	if n > 1 {
		which = "IN (" + database.Marks(1, n) + ")"
	}
	return freeInQueues + which + andReady + strconv.Itoa(n+1) + " ORDER BY l.ready, l.host LIMIT 1"
}

// freeHost finds the free host that is ready first, among those of the runs that have
// the fewest hosts in work; if none is ready now, the one that will be first. A run that
// has maxHosts gets another one only if no other run has hosts with work.
func (c *claim) freeHost(ctx context.Context, lock string) (host string, ready int64, err error) {
	ready = schema.Never
	for _, turn := range c.turns() {
		if c.maxHosts > 0 && turn.hosts >= c.maxHosts && ready < schema.Never {
			break
		}
		h, r, err := c.freeAmong(ctx, turn.queues, lock)
		if err != nil {
			return "", 0, err
		}
		if r < ready || r == ready && h < host {
			host, ready = h, r
		}
		if ready <= c.nowMS {
			break
		}
	}
	return host, ready, nil
}

// turn is the queues of the runs that have so many hosts in work.
type turn struct {
	hosts  int
	queues []string
}

// turns returns the queues, those of the runs with the fewest hosts in work first.
func (c *claim) turns() []turn {
	working := map[int64]int{}
	for _, l := range c.leased {
		working[l.run]++
	}
	byHosts := map[int][]string{}
	for queue, run := range c.queues {
		byHosts[working[run.id]] = append(byHosts[working[run.id]], queue)
	}
	var all []turn
	for _, n := range slices.Sorted(maps.Keys(byHosts)) {
		all = append(all, turn{n, byHosts[n]})
	}
	return all
}

// freeAmong finds the free host of the queues that is, or will be, ready first.
func (c *claim) freeAmong(ctx context.Context, queues []string, lock string) (host string, ready int64, err error) {
	ready = schema.Never
	ask := func(queues []any) error {
		var h string
		var r int64
		found, err := c.tx.One(ctx, selectFree(len(queues))+lock, append(queues, c.nowMS), &h, &r)
		if found && (r < ready || r == ready && h < host) {
			host, ready = h, r
		}
		return err
	}
	var several []string
	for _, queue := range queues {
		// A single queue is read in the order of its index, up to the first free
		// host. For several queues all hosts with work are sorted, and the listed
		// queue may have very many.
		if queue == lane.ListedQueue || len(queues) <= maxSingleQueues {
			if err := ask([]any{queue}); err != nil {
				return "", 0, err
			}
			continue
		}
		several = append(several, queue)
	}
	err = database.Chunks(several, c.tx.Dialect.MaxList, ask)
	return host, ready, err
}

var queuesOf = schema.SQL("SELECT queue FROM lane WHERE host = $1 AND ready < {never}")

// wait returns schedule.Busy with the time to ask again, or schedule.ErrNoWork if
// there is no work up to the horizon.
func (c *claim) wait(ctx context.Context, ready int64) error {
	if c.tx.Dialect.SkipLocked != "" {
		// Hosts whose rows another transaction has locked were passed over.
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
		until = database.Time(ready)
	}
	for _, l := range c.leased {
		_, ours := c.runs[l.run]
		if !ours {
			queues, err := database.Column[string](ctx, c.tx, queuesOf, l.host)
			if err != nil {
				return err
			}
			ours = slices.ContainsFunc(queues, func(queue string) bool {
				_, wanted := c.queues[queue]
				return wanted
			})
		}
		if ours && (until.IsZero() || c.now.Add(pollLeased).Before(until)) {
			until = c.now.Add(pollLeased)
		}
	}
	if until.IsZero() {
		return schedule.ErrNoWork
	}
	for _, run := range c.runs {
		if end := run.spec.Until; !end.IsZero() && end.Before(until) {
			until = end
		}
	}
	return schedule.Busy{Until: until}
}

// firstURL returns the next URL of the host for any of the runs. There is none if the
// host has had all its pages of a list; its URLs leave the batch then.
func (c *claim) firstURL(ctx context.Context, host string) (best schedule.Task, run openRun, err error) {
	type readyLane struct {
		id, run, pages int64
		queue          string
	}
	var lanes []readyLane
	err = c.tx.Each(ctx, "SELECT id, queue, run, pages FROM lane WHERE host = $1 AND ready <= $2", []any{host, c.nowMS}, func(rows *sql.Rows) error {
		var l readyLane
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
		if most := own.spec.MaxPagesPerHost; own.spec.Listed && most > 0 && l.run == own.id && l.pages >= int64(most) {
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
		if c.tx.Dialect.SkipLocked == "" { // nobody else writes: the lanes say that there is a URL
			return best, run, fmt.Errorf("the URLs of %s that are due are missing: %w", host, database.ErrDamaged)
		}
		return best, run, errRaced
	}
	return best, run, emptyLanes(ctx, c.tx, full)
}

// selectFirst reads in the order of the index url_order, up to the first URL that is
// due. "+ 0" keeps SQLite from reading all due URLs by url_due and sorting them.
var selectFirst = schema.SQL(`SELECT url, source, kind, depth, hops, follow, listed, tries, looks, etag, last_modified, body_sha, wait, hint, via,
	COALESCE((SELECT p.first FROM part p WHERE p.url = url.url AND p.number > 1), ''), COALESCE((SELECT p.number FROM part p WHERE p.url = url.url AND p.number > 1), 0)
	FROM url WHERE lane = $1 AND state = {pending} AND batch = 1 AND due + 0 <= $2 ORDER BY kind, depth, newest DESC, url LIMIT 1`)

func (c *claim) firstOf(ctx context.Context, id int64) (task schedule.Task, found bool, err error) {
	var kind int
	var wait int64
	var hint string
	found, err = c.tx.One(ctx, selectFirst, []any{id, c.nowMS},
		&task.URL, &task.Source, &kind, &task.Depth, &task.Hops, &task.Follow, &task.Listed, &task.Tries, &task.Looks,
		&task.Validators.ETag, &task.Validators.LastModified, &task.BodySHA, &wait, &hint, &task.Via, &task.PartOf, &task.Part)
	if err != nil || !found {
		return task, false, err
	}
	task.Kind = schema.KindOf(kind)
	task.Wait = time.Duration(wait) * time.Millisecond
	task.Hint, err = merge.UnpackHint(hint)
	return task, true, err
}

// take leases the host for the task, or for its robots.txt if that is due.
func (c *claim) take(ctx context.Context, task schedule.Task, run openRun) (schedule.Task, error) {
	origin := lane.OriginOf(task.URL)
	var err error
	if task.HostState, err = lane.HostState(ctx, c.tx, origin); err != nil {
		return schedule.Task{}, err
	}
	if read := task.HostState.RobotsAt; read.IsZero() || !c.now.Before(read.Add(robotsAge)) {
		task.Link = schedule.Link{URL: origin + "/robots.txt", Host: task.Host, Source: task.Source, Kind: schedule.Robots, Listed: task.Listed}
		task.Validators, task.BodySHA, task.Wait, task.Tries = news.Validators{}, "", 0, task.HostState.RobotsTries
		task.PartOf, task.Part, task.Looks = "", 0, 0
		if hopped := task.HostState.RobotsHopAt; !c.now.Before(hopped.Add(hopAge)) {
			task.HostState.RobotsHop, task.HostState.RobotsHops, task.HostState.RobotsHopAt = "", 0, time.Time{}
		}
	}
	until := c.now.Add(c.store.lease)
	task.Run = run.spec.ID
	task.Lease = schedule.Lease{Host: task.Host, Until: until.UTC()}
	var token, pause int64
	found, err := c.tx.One(ctx, "SELECT token, pause FROM host WHERE host = $1 AND until <= $2 AND next_at <= $2"+c.tx.Dialect.ForUpdate, []any{task.Host, c.nowMS}, &token, &pause)
	if err == nil && !found {
		err = errRaced
	}
	if err != nil {
		return task, err
	}
	if err := c.followHop(ctx, task, run); err != nil {
		return schedule.Task{}, err
	}
	task.Lease.Token, task.HostState.Pause = token+1, time.Duration(pause)*time.Millisecond
	// The slot moves on at once: a process that is killed in the middle of a
	// request has sent it all the same.
	slot := c.now.Add(max(run.spec.Delay, task.HostState.Delay, task.HostState.Pause))
	_, err = c.tx.Exec(ctx, "UPDATE host SET token = $2, owner = $3, until = $4, run = $5, next_at = $6 WHERE host = $1",
		task.Host, task.Lease.Token, c.store.owner, until.UnixMilli(), run.id, database.MillisUp(slot))
	if err == nil && slot.After(c.now) {
		err = lane.UpdateReady(ctx, c.tx, task.Host)
	}
	return task, err
}

// nothingToDo reports whether Claim found nothing to do now.
func nothingToDo(err error) bool {
	var busy schedule.Busy
	return errors.As(err, &busy) || errors.Is(err, schedule.ErrNoWork)
}
