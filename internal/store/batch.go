package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
)

// A source is fetched in batches. A batch is filled from everything that waits, on
// all hosts of the source, in one order: kind, depth, newest first, URL. It holds
// URLs of one kind and depth only. Its hosts are then worked on in parallel, each
// in that order, and the next batch is filled when this one is empty. So the
// contents of a batch depend on what the batches before it found, and not on which
// host was faster: the pages that max_pages lets in, and the depth at which a page
// is found, are the same with any number of workers.
//
// Feeds and sitemaps come before pages, but a site can have thousands of them. After the
// first ones they have a share of the requests, see [shareOfLists], so that a pass that
// is cut short has read stories too.
//
// A page or a host that fails temporarily leaves the batch, and comes into another
// when it is due, so that the others do not wait for it.

// batchSize is the largest number of URLs in a batch. Hosts wait for each other at
// its end, and it is filled within one transaction.
const batchSize = 500

// The share of feeds and sitemaps in the requests of a run, while pages wait: so many
// before all pages, then one for each two pages. When no page waits, so many come in one
// batch before it is looked for pages again.
const (
	firstLists  = 30
	listsInTurn = 20
)

// shareOfLists returns how many feeds and sitemaps may be fetched before the next pages.
func shareOfLists(lists, pages int64) int64 { return max(0, firstLists+pages/2-lists) }

// withoutBatch is the condition that a run of a source has no batch in progress: no
// host has work for it before $2, and at $1, which is now, no worker has a host for
// it.
const withoutBatch = `r.listed = 0
	AND NOT EXISTS (SELECT 1 FROM lane l WHERE l.queue = 'source:' || r.source AND l.ready <= $2)
	AND NOT EXISTS (SELECT 1 FROM host h WHERE h.until > 0 AND h.until > $1 AND h.run = r.id)`

// fillDue fills a batch for each run that has none and may have one by the given
// time. run.draw_at remembers until when a run has to wait, so that the waiting URLs
// are not searched over and over.
func (c *claim) fillDue(ctx context.Context, by int64) (filled bool, err error) {
	var ids []int64
	err = c.eachIdle(ctx, func(id, at int64) {
		if at <= by {
			ids = append(ids, id)
		}
	})
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		ok, next, err := c.fill(ctx, c.runs[id])
		if err != nil {
			return false, err
		}
		if !ok {
			if _, err := c.tx.Exec(ctx, "UPDATE run SET draw_at = $2 WHERE id = $1", id, next); err != nil {
				return false, err
			}
		}
		filled = filled || ok
	}
	return filled, nil
}

// nextBatch returns the earliest time at which a run without a batch may have one,
// schema.Never if there is no such run.
func (c *claim) nextBatch(ctx context.Context) (next int64, err error) {
	next = schema.Never
	err = c.eachIdle(ctx, func(_, at int64) { next = min(next, at) })
	return next, err
}

// selectIdle returns the statement for those of n runs that have no batch.
func selectIdle(n int) string {
	return "SELECT r.id, r.draw_at FROM run r WHERE r.id IN (" + database.Marks(3, n) + ") AND " + withoutBatch + " ORDER BY r.id"
}

// eachIdle calls do for each run of a source that has no batch, with the time from
// which it may have one.
func (c *claim) eachIdle(ctx context.Context, do func(id, at int64)) error {
	var runs []int64
	for _, run := range c.queues {
		if !run.spec.Listed {
			runs = append(runs, run.id)
		}
	}
	return database.Chunks(runs, c.tx.Dialect.MaxList, func(list []any) error {
		return c.tx.Each(ctx, selectIdle(len(list)), append([]any{c.nowMS, c.horizon}, list...), func(rows *sql.Rows) error {
			var id, at int64
			err := rows.Scan(&id, &at)
			if err == nil {
				do(id, at)
			}
			return err
		})
	})
}

// candidate is a URL that may come into a batch.
type candidate struct {
	url, host   string
	kind, depth int
	lane, had   int64 // had: pages that its host has had in this run
	fetched     int64 // when it was last fetched, 0 never
}

// fill fills the next batch of a run. If there is nothing to put in, next is the
// time from which there will be.
func (c *claim) fill(ctx context.Context, run openRun) (filled bool, next int64, err error) {
	for {
		batch, next, err := c.candidates(ctx, run)
		if err != nil || len(batch) == 0 {
			return false, next, err
		}
		if c.tx.Dialect.ForUpdate != "" {
			confirmed, err := c.confirm(ctx, run, batch)
			if err != nil {
				return false, 0, err
			}
			if !confirmed {
				return false, 0, errRaced
			}
		}
		if filled, err = c.open(ctx, run, batch); filled || err != nil {
			return filled, 0, err
		}
	}
}

var hostsInWork = schema.SQL("SELECT host FROM lane WHERE queue = $1 AND ready < {never}")

// confirm locks the hosts of a batch, in the order in which Finish does, and reports
// whether the batch still has to consist of these URLs.
func (c *claim) confirm(ctx context.Context, run openRun, batch []candidate) (bool, error) {
	hosts, err := database.Column[string](ctx, c.tx, hostsInWork, lane.SourceQueue(run.spec.Source))
	if err != nil {
		return false, err
	}
	for _, b := range batch {
		hosts = append(hosts, b.host)
	}
	if _, err := lane.LockHosts(ctx, c.tx, hosts); err != nil {
		return false, err
	}
	var open int64
	if _, err := c.tx.One(ctx, "SELECT id FROM run WHERE id = $1"+c.tx.Dialect.ForUpdate, []any{run.id}, &open); err != nil {
		return false, err
	}
	idle, err := c.tx.One(ctx, "SELECT r.id FROM run r WHERE r.id = $3 AND "+withoutBatch, []any{c.nowMS, c.horizon, run.id}, &open)
	if err != nil || !idle {
		return false, err
	}
	again, _, err := c.candidates(ctx, run)
	return slices.Equal(batch, again), err
}

// waiting selects the URLs of a source that may come into a batch at some time: those
// of the kinds from $5 to $2, and of sections and articles only those of hosts that have
// not yet had all their pages. The tables are in the order in which they are to be read.
const waiting = ` FROM url u CROSS JOIN lane l CROSS JOIN host h
	WHERE u.source = $1 AND u.state = {pending} AND u.batch = 0 AND u.listed = 0 AND u.kind <= $2 AND u.kind >= $5 AND l.id = u.lane AND h.host = l.host
	AND (u.kind < {section} OR CAST($3 AS BIGINT) = 0 OR l.run <> $4 OR l.pages < $3)`

var (
	// selectNext reads in the order of the index url_waiting.
	selectNext = schema.SQL("SELECT u.url, l.host, u.kind, u.depth, u.lane, CASE WHEN l.run = $4 THEN l.pages ELSE 0 END, u.fetched_at" + waiting +
		` AND u.due + 0 <= $6 AND (h.next_at <= $6 OR h.held = 0 AND h.next_at <= $7)
		ORDER BY u.kind, u.depth, u.newest DESC, u.url LIMIT $8`)
	// selectNextAt is the earliest time at which something may come into a batch.
	selectNextAt = schema.SQL("SELECT MIN(CASE WHEN h.next_at > u.due THEN h.next_at ELSE u.due END)" + waiting)
)

// errEnough ends the reading of rows.
var errEnough = errors.New("enough was read")

// candidates returns the URLs of the next batch, in order. If there are none, next is
// the time from which there will be.
func (c *claim) candidates(ctx context.Context, run openRun) (batch []candidate, next int64, err error) {
	left, err := c.quotaLeft(ctx, run)
	if err != nil {
		return nil, 0, err
	}
	if left.pages > 0 && left.share == 0 { // it is the turn of pages
		pages := left
		pages.lists = 0
		if batch, _, err = c.candidatesOf(ctx, run, pages); err != nil || len(batch) > 0 {
			return batch, 0, err
		}
		left.lists = min(left.lists, listsInTurn)
	} else if left.pages > 0 {
		left.lists = min(left.lists, left.share)
	}
	return c.candidatesOf(ctx, run, left)
}

// candidatesOf is candidates within a quota.
func (c *claim) candidatesOf(ctx context.Context, run openRun, left quota) (batch []candidate, next int64, err error) {
	from, to := int64(0), int64(schema.Article)
	if left.lists <= 0 {
		from = pagesFrom
	}
	if left.pages <= 0 {
		to = pagesFrom - 1
	}
	args := []any{run.spec.Source, to, run.spec.MaxPagesPerHost, run.id, from}
	taken := map[int64]int64{} // by lane
	err = c.tx.Each(ctx, selectNext, append(args, c.nowMS, c.horizon, batchSize), func(rows *sql.Rows) error {
		var u candidate
		if err := rows.Scan(&u.url, &u.host, &u.kind, &u.depth, &u.lane, &u.had, &u.fetched); err != nil {
			return err
		}
		if len(batch) > 0 && (u.kind != batch[0].kind || u.depth != batch[0].depth) {
			return errEnough
		}
		most := left.lists
		if u.kind >= pagesFrom {
			most = left.pages
		}
		if int64(len(batch)) >= most {
			return errEnough
		}
		if u.kind >= pagesFrom {
			if most := int64(run.spec.MaxPagesPerHost); most > 0 && u.had+taken[u.lane] >= most {
				return nil
			}
			taken[u.lane]++
		}
		batch = append(batch, u)
		return nil
	})
	if len(batch) > 0 && (err == nil || errors.Is(err, errEnough)) {
		return batch, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	var first sql.NullInt64
	_, err = c.tx.One(ctx, selectNextAt, args, &first)
	if !first.Valid {
		first.Int64 = schema.Never
	}
	return nil, first.Int64, err
}

// quota is what a run may still fetch.
type quota struct {
	pages, lists int64 // by max_pages and max_lists, and at most what a batch holds
	share        int64 // of lists, before the next pages
}

// quotaLeft returns what max_pages and max_lists leave.
func (c *claim) quotaLeft(ctx context.Context, run openRun) (quota, error) {
	left := quota{pages: batchSize, lists: batchSize}
	var pages, lists int64
	_, err := c.tx.One(ctx, "SELECT pages, lists FROM run WHERE id = $1", []any{run.id}, &pages, &lists)
	if most := int64(run.spec.MaxPages); most > 0 {
		left.pages = max(0, most-pages)
	}
	if most := int64(run.spec.MaxLists); most > 0 {
		left.lists = max(0, most-lists)
	}
	left.share = shareOfLists(lists, pages)
	return left, err
}

var (
	putInBatch = schema.SQL("UPDATE url SET batch = 1 WHERE state = {pending} AND url IN ({list})")
	nameMoved  = schema.SQL("UPDATE url SET state = {moved} WHERE state = {pending} AND url IN ({list})")
)

// open puts the URLs into the batch, except new ones that have turned out to be only
// other names of stories that were read. What is left of the batch before, on hosts
// that asked for a long pause, goes back.
func (c *claim) open(ctx context.Context, run openRun, batch []candidate) (filled bool, err error) {
	if err := putBack(ctx, c.tx, lane.SourceQueue(run.spec.Source)); err != nil {
		return false, err
	}
	var urls, never, names []string
	lanes := map[int64]bool{}
	for _, b := range batch {
		if b.fetched == 0 {
			never = append(never, b.url)
		}
	}
	read, err := readAs(ctx, c.tx, never)
	if err != nil {
		return false, err
	}
	for _, b := range batch {
		lanes[b.lane] = true
		if read[b.url] {
			names = append(names, b.url)
		} else {
			urls = append(urls, b.url)
		}
	}
	moved, err := database.ExecIn(ctx, c.tx, nameMoved, names)
	if err != nil {
		return false, err
	}
	put, err := database.ExecIn(ctx, c.tx, putInBatch, urls)
	if err != nil {
		return false, err
	}
	if moved+put != int64(len(batch)) {
		return false, fmt.Errorf("%d of %d URLs that wait for a batch of %s are there: %w", moved+put, len(batch), run.spec.Source, database.ErrDamaged)
	}
	if _, err := c.tx.Exec(ctx, "UPDATE run SET draw_at = 0 WHERE id = $1 AND draw_at > 0", run.id); err != nil {
		return false, err
	}
	return len(urls) > 0, lane.Update(ctx, c.tx, lanes)
}

var lanesInWork = schema.SQL("SELECT id FROM lane WHERE queue = $1 AND ready < {never}")

// putBack takes the URLs of a source out of its batch. The caller has locked its
// hosts.
func putBack(ctx context.Context, t *database.Tx, queue string) error {
	ids, err := database.Column[int64](ctx, t, lanesInWork, queue)
	if err != nil {
		return err
	}
	lanes := map[int64]bool{}
	for _, id := range ids {
		lanes[id] = true
	}
	return emptyLanes(ctx, t, lanes)
}

var emptyLane = schema.SQL("UPDATE url SET batch = 0 WHERE lane = $1 AND state = {pending} AND batch = 1")

// emptyLanes takes all URLs of lanes out of their batches.
func emptyLanes(ctx context.Context, t *database.Tx, lanes map[int64]bool) error {
	for id := range lanes {
		if _, err := t.Exec(ctx, emptyLane, id); err != nil {
			return err
		}
	}
	return lane.Update(ctx, t, lanes)
}

var (
	hostsOfListed = schema.SQL("SELECT DISTINCT l.host FROM url u JOIN lane l ON l.id = u.lane WHERE u.state = {pending} AND u.batch = 0 AND u.listed = 1")
	openListed    = schema.SQL("UPDATE url SET batch = 1 WHERE state = {pending} AND batch = 0 AND listed = 1")
)

// openLists puts the listed URLs back whose hosts had all their pages in an earlier
// run.
func openLists(ctx context.Context, t *database.Tx) error {
	hosts, err := database.Column[string](ctx, t, hostsOfListed)
	if err != nil || len(hosts) == 0 {
		return err
	}
	if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, openListed); err != nil {
		return err
	}
	for _, host := range hosts {
		if err := lane.UpdateReady(ctx, t, host); err != nil {
			return err
		}
	}
	return nil
}
