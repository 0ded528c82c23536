package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strconv"

	"winnow/schedule"
)

// A source is fetched in batches. A batch is drawn from all that waits, over
// all hosts of the source, in one order: kind, depth, the newest first, URL;
// and holds URLs of one kind and depth only. Its hosts are then worked off at
// the same time, each in that order, and the next batch is drawn when nothing
// of it is left. What a batch holds is thus decided by what the batches before
// it have found, all of it, and not by which host was the quicker one: which
// pages max_pages lets in, and how deep a page is found to lie, are the same
// with any number of workers.
//
// What fails for a while, a page or a host, leaves the batch and is drawn again
// when it is due, so that nobody waits for it.

// batchMost is how many URLs a batch has at most. Hosts wait for each other at
// its end; it is made within a transaction.
const batchMost = 500

// pagesFrom is the kind from which on max_pages counts.
var pagesFrom = schedule.Section.Priority()

// withoutBatch says whether a run of a source has no batch in work: no host
// that has work of it before the moment $2, and, now at $1, none that is with a
// worker.
const withoutBatch = `r.listed = 0
	AND NOT EXISTS (SELECT 1 FROM lane l WHERE l.queue = 'source:' || r.source AND l.ready <= $2)
	AND NOT EXISTS (SELECT 1 FROM host h WHERE h.until > 0 AND h.until > $1 AND h.run = r.id)`

// drawDue draws batches for those runs that have none and where there may be
// one by the moment. What a run has to wait for is kept with it, so that nobody
// looks through all that waits again and again.
func (c *claim) drawDue(ctx context.Context, by int64) (drew bool, err error) {
	var ids []int64
	err = c.eachIdle(ctx, func(rows *sql.Rows) error {
		var id, at int64
		err := rows.Scan(&id, &at)
		if at <= by {
			ids = append(ids, id)
		}
		return err
	})
	for _, id := range ids {
		ok, next, err := c.draw(ctx, c.runs[id])
		if err != nil {
			return false, err
		}
		if !ok {
			if _, err := c.exec(ctx, "UPDATE run SET draw_at = $2 WHERE id = $1", id, next); err != nil {
				return false, err
			}
		}
		drew = drew || ok
	}
	return drew, err
}

// nextDraw is the earliest moment at which a run without a batch may have one.
func (c *claim) nextDraw(ctx context.Context) (next int64, err error) {
	next = never
	err = c.eachIdle(ctx, func(rows *sql.Rows) error {
		var id, at int64
		err := rows.Scan(&id, &at)
		next = min(next, at)
		return err
	})
	return next, err
}

func idleRuns(n int) string {
	return "SELECT r.id, r.draw_at FROM run r WHERE r.id IN (" + marks(3, n) + ") AND " + withoutBatch + " ORDER BY r.id"
}

// eachIdle gives the runs of sources that have no batch.
func (c *claim) eachIdle(ctx context.Context, scan func(*sql.Rows) error) error {
	var runs []int64
	for _, run := range c.queues {
		if !run.Listed {
			runs = append(runs, run.id)
		}
	}
	return chunks(runs, c.dialect.list, func(list []any) error {
		return c.each(ctx, idleRuns(len(list)), append([]any{c.nowMS, c.horizon}, list...), scan)
	})
}

// wakeSources says that there is something new to draw for sources.
func (t *tx) wakeSources(ctx context.Context, sources map[string]bool) error {
	for _, source := range slices.Sorted(maps.Keys(sources)) {
		if _, err := t.exec(ctx, "UPDATE run SET draw_at = 0 WHERE source = $1 AND listed = 0 AND ended = 0 AND draw_at > 0", source); err != nil {
			return err
		}
	}
	return nil
}

// candidate is a URL that may be drawn.
type candidate struct {
	url, host   string
	kind, depth int
	lane, had   int64 // pages that its host had in this run
	fetched     int64 // when it was, 0 never
}

// draw draws the next batch of a run. Where there is nothing to draw, next is
// the moment from which there will be.
func (c *claim) draw(ctx context.Context, run numbered) (drew bool, next int64, err error) {
	for {
		batch, next, err := c.candidates(ctx, run)
		if err != nil || len(batch) == 0 {
			return false, next, err
		}
		if c.dialect.lock != "" {
			sure, err := c.sure(ctx, run, batch)
			if err != nil {
				return false, 0, err
			}
			if !sure {
				return false, 0, errRaced
			}
		}
		if drew, err = c.open(ctx, run, batch); drew || err != nil {
			return drew, 0, err
		}
	}
}

// sure locks what a batch is made of, in the order in which Finish does, and
// says whether it is still what is to be drawn.
func (c *claim) sure(ctx context.Context, run numbered, batch []candidate) (bool, error) {
	var hosts []string
	for _, b := range batch {
		hosts = append(hosts, b.host)
	}
	err := c.each(ctx, "SELECT host FROM lane WHERE queue = $1 AND ready < 9223372036854775807", []any{sourceQueue(run.Source)}, func(rows *sql.Rows) error {
		var host string
		err := rows.Scan(&host)
		hosts = append(hosts, host)
		return err
	})
	if err != nil {
		return false, err
	}
	if _, err := c.lockHosts(ctx, hosts); err != nil {
		return false, err
	}
	var open int64
	if _, err := c.one(ctx, "SELECT id FROM run WHERE id = $1"+c.dialect.lock, []any{run.id}, &open); err != nil {
		return false, err
	}
	idle, err := c.one(ctx, "SELECT r.id FROM run r WHERE r.id = $3 AND "+withoutBatch, []any{c.nowMS, c.horizon, run.id}, &open)
	if err != nil || !idle {
		return false, err
	}
	again, _, err := c.candidates(ctx, run)
	return slices.Equal(batch, again), err
}

// waiting are the URLs of a source that may be drawn at some time: up to a
// kind, and of sections and articles those of hosts that have not had their
// pages. The order of the tables is that in which they are to be read.
const waiting = ` FROM url u CROSS JOIN lane l CROSS JOIN host h
	WHERE u.source = $1 AND u.state = 0 AND u.batch = 0 AND u.listed = 0 AND u.kind <= $2 AND l.id = u.lane AND h.host = l.host
	AND (u.kind < 3 OR CAST($3 AS BIGINT) = 0 OR l.run <> $4 OR l.pages < $3)`

// drawn is read in the order of url_waiting.
const drawn = "SELECT u.url, l.host, u.kind, u.depth, u.lane, CASE WHEN l.run = $4 THEN l.pages ELSE 0 END, u.fetched_at" + waiting +
	` AND u.due + 0 <= $5 AND (h.next_at <= $5 OR h.held = 0 AND h.next_at <= $6)
	ORDER BY u.kind, u.depth, u.newest DESC, u.url LIMIT $7`

// firstDraw is the moment from which something may be drawn.
const firstDraw = "SELECT MIN(CASE WHEN h.next_at > u.due THEN h.next_at ELSE u.due END)" + waiting

// errEnough ends the reading of rows.
var errEnough = errors.New("enough was read")

// candidates are what the next batch is made of, in order. Where there are
// none, next is the moment from which there are.
func (c *claim) candidates(ctx context.Context, run numbered) (batch []candidate, next int64, err error) {
	left, err := c.pagesLeft(ctx, run)
	if err != nil {
		return nil, 0, err
	}
	kind := schedule.Article.Priority()
	if left <= 0 {
		kind = pagesFrom - 1
	}
	args := []any{run.Source, kind, run.MaxPagesPerHost, run.id}
	taken := map[int64]int64{} // by lane
	err = c.each(ctx, drawn, append(args, c.nowMS, c.horizon, batchMost), func(rows *sql.Rows) error {
		var u candidate
		if err := rows.Scan(&u.url, &u.host, &u.kind, &u.depth, &u.lane, &u.had, &u.fetched); err != nil {
			return err
		}
		if len(batch) > 0 && (u.kind != batch[0].kind || u.depth != batch[0].depth) {
			return errEnough
		}
		if u.kind >= pagesFrom {
			if int64(len(batch)) >= left {
				return errEnough
			}
			if most := int64(run.MaxPagesPerHost); most > 0 && u.had+taken[u.lane] >= most {
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
	_, err = c.one(ctx, firstDraw, args, &first)
	if !first.Valid {
		first.Int64 = never
	}
	return nil, first.Int64, err
}

// pagesLeft is how many pages max_pages leaves.
func (c *claim) pagesLeft(ctx context.Context, run numbered) (int64, error) {
	if run.MaxPages <= 0 {
		return batchMost, nil
	}
	var pages int64
	_, err := c.one(ctx, "SELECT pages FROM run WHERE id = $1", []any{run.id}, &pages)
	return int64(run.MaxPages) - pages, err
}

// open makes a batch of the URLs, less new ones that are only other names of
// stories which were read meanwhile. What the batch before has left, of hosts
// that ask to be left alone for long, goes back.
func (c *claim) open(ctx context.Context, run numbered, batch []candidate) (drew bool, err error) {
	if err := c.putBack(ctx, sourceQueue(run.Source)); err != nil {
		return false, err
	}
	var urls, fresh, names []string
	lanes := map[int64]bool{}
	for _, b := range batch {
		if b.fetched == 0 {
			fresh = append(fresh, b.url)
		}
	}
	read, err := c.readAs(ctx, fresh)
	if err != nil {
		return false, err
	}
	for _, b := range batch {
		lanes[b.lane] = true
		if read[b.url] != "" {
			names = append(names, b.url)
		} else {
			urls = append(urls, b.url)
		}
	}
	for _, set := range []struct {
		what string
		urls []string
	}{{"state = " + strconv.Itoa(moved), names}, {"batch = 1", urls}} {
		if err := chunks(set.urls, c.dialect.list, func(list []any) error {
			_, err := c.exec(ctx, "UPDATE url SET "+set.what+" WHERE state = 0 AND url IN ("+marks(1, len(list))+")", list...)
			return err
		}); err != nil {
			return false, err
		}
	}
	if _, err := c.exec(ctx, "UPDATE run SET draw_at = 0 WHERE id = $1 AND draw_at > 0", run.id); err != nil {
		return false, err
	}
	return len(urls) > 0, c.readyLanes(ctx, lanes)
}

// putBack takes the URLs of a source out of its batch. Its hosts are locked.
func (t *tx) putBack(ctx context.Context, queue string) error {
	lanes := map[int64]bool{}
	err := t.each(ctx, "SELECT id FROM lane WHERE queue = $1 AND ready < 9223372036854775807", []any{queue}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		lanes[id] = true
		return err
	})
	if err != nil {
		return err
	}
	return t.emptyLanes(ctx, lanes)
}

// emptyLanes takes all URLs of lanes out of their batches.
func (t *tx) emptyLanes(ctx context.Context, lanes map[int64]bool) error {
	for id := range lanes {
		if _, err := t.exec(ctx, "UPDATE url SET batch = 0 WHERE lane = $1 AND state = 0 AND batch = 1", id); err != nil {
			return err
		}
	}
	return t.readyLanes(ctx, lanes)
}

// openLists lets the hosts of the lists have pages again that had theirs in an
// earlier run.
func (t *tx) openLists(ctx context.Context) error {
	var hosts []string
	err := t.each(ctx, "SELECT DISTINCT l.host FROM url u JOIN lane l ON l.id = u.lane WHERE u.state = 0 AND u.batch = 0 AND u.listed = 1", nil, func(rows *sql.Rows) error {
		var host string
		err := rows.Scan(&host)
		hosts = append(hosts, host)
		return err
	})
	if err != nil || len(hosts) == 0 {
		return err
	}
	if _, err := t.lockHosts(ctx, hosts); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "UPDATE url SET batch = 1 WHERE state = 0 AND batch = 0 AND listed = 1"); err != nil {
		return err
	}
	for _, host := range hosts {
		if _, err := t.exec(ctx, makeReady+"host = $1", host); err != nil {
			return err
		}
	}
	return nil
}
