package report

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// RunRecord is what is stored of a run.
type RunRecord struct {
	ID       string // "" if there was none
	Started  time.Time
	Ended    time.Time // zero while it is open
	Note     string
	Progress // without Pending
}

// SourceStatus is the state of a source, or of a backfill list.
type SourceStatus struct {
	Source     string // "" for URLs of no source
	Listed     bool   // a backfill list: only LastRun is set
	LastRun    RunRecord
	Pages      int64 // articles that were read, with or without a story; not those that are gone or moved
	Pending    int64
	SetAside   int64
	Reasons    []Count // of those set aside, by what their reasons begin with, the most frequent first
	Failed     int64
	Gone       int64
	Stories    int64            // kept
	Copies     int64            // dropped
	SiteMissed int64            // stories, kept or dropped, on whose pages a rule of the site found nothing
	Changed    []TemplateChange // of the hosts that the source has URLs on, by host
}

// TemplateChange is when the stories of a host began to be in another element.
type TemplateChange struct {
	Host  string
	Since time.Time
}

// Status returns the status of every source, sorted by name, then of the backfill
// lists. It reads through the index of all URLs.
func (r *Reader) Status(ctx context.Context) ([]SourceStatus, error) {
	var all []SourceStatus
	err := r.db.View(ctx, func(t *database.Tx) error {
		sources := map[runKey]*SourceStatus{}
		if err := countURLs(ctx, t, sources); err != nil {
			return err
		}
		if err := countSetAside(ctx, t, sources); err != nil {
			return err
		}
		if err := countStories(ctx, t, sources); err != nil {
			return err
		}
		if err := countMissed(ctx, t, sources); err != nil {
			return err
		}
		if err := templateChanges(ctx, t, sources); err != nil {
			return err
		}
		if err := lastRuns(ctx, t, sources); err != nil {
			return err
		}
		all = all[:0]
		for _, st := range sources {
			all = append(all, *st)
		}
		return subtractUnread(ctx, t, all)
	})
	slices.SortFunc(all, func(a, b SourceStatus) int {
		return cmp.Or(database.Flag(a.Listed)-database.Flag(b.Listed), cmp.Compare(a.Source, b.Source))
	})
	return all, err
}

const selectChanged = `SELECT DISTINCT u.source, o.host, o.changed FROM site o JOIN lane l ON l.host = o.host JOIN url u ON u.lane = l.id
	WHERE o.changed <> 0 AND u.source <> '' ORDER BY o.host`

func templateChanges(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	return t.Each(ctx, selectChanged, nil, func(rows *sql.Rows) error {
		var source string
		var c TemplateChange
		var since int64
		err := rows.Scan(&source, &c.Host, &since)
		c.Since = database.Time(since)
		st := statusOf(sources, source, false)
		st.Changed = append(st.Changed, c)
		return err
	})
}

type runKey struct {
	source string
	listed bool
}

func statusOf(sources map[runKey]*SourceStatus, source string, listed bool) *SourceStatus {
	key := runKey{source, listed}
	if sources[key] == nil {
		sources[key] = &SourceStatus{Source: source, Listed: listed}
	}
	return sources[key]
}

// countStates leaves out what was forgotten: a URL that was closed without having
// been in the frontier has no source.
var countStates = schema.SQL("SELECT source, kind, state, COUNT(*) FROM url WHERE state <> {forgotten} GROUP BY source, kind, state")

func countURLs(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	return t.Each(ctx, countStates, nil, func(rows *sql.Rows) error {
		var source string
		var kind, state int
		var n int64
		if err := rows.Scan(&source, &kind, &state, &n); err != nil {
			return err
		}
		st := statusOf(sources, source, false)
		if kind == schema.Article && (state == schema.Done || state == schema.SetAside) {
			st.Pages += n
		}
		switch state {
		case schema.Pending:
			st.Pending += n
		case schema.SetAside:
			st.SetAside += n
		case schema.Failed:
			st.Failed += n
		case schema.Gone:
			st.Gone += n
		}
		return nil
	})
}

var setAsideReasons = schema.SQL("SELECT source, reason, COUNT(*) FROM url WHERE state = {setAside} GROUP BY source, reason")

// countSetAside counts what is set aside by reason.
func countSetAside(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	pages := map[string]map[string]int64{}
	err := t.Each(ctx, setAsideReasons, nil, func(rows *sql.Rows) error {
		var source, reason string
		var n int64
		err := rows.Scan(&source, &reason, &n)
		if pages[source] == nil {
			pages[source] = map[string]int64{}
		}
		pages[source][ReasonKind(reason)] += n
		return err
	})
	for source, reasons := range pages {
		statusOf(sources, source, false).Reasons = sortCounts(reasons)
	}
	return err
}

var countUnread = schema.SQL(`SELECT COUNT(*) FROM url WHERE source = $1 AND kind = {article} AND state = {setAside} AND body_sha = ''
	AND (status < 200 OR status > 299) AND NOT EXISTS (SELECT 1 FROM page WHERE page.url = url.url)`)

// subtractUnread takes those from the pages that were set aside without being
// read.
func subtractUnread(ctx context.Context, t *database.Tx, all []SourceStatus) error {
	for i := range all {
		st := &all[i]
		if st.SetAside == 0 {
			continue
		}
		var unread int64
		if _, err := t.One(ctx, countUnread, []any{st.Source}, &unread); err != nil {
			return err
		}
		st.Pages -= unread
	}
	return nil
}

func countStories(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	return t.Each(ctx, "SELECT source, CASE WHEN duplicate_of = '' THEN 0 ELSE 1 END AS copy, COUNT(*) FROM story GROUP BY source, copy", nil, func(rows *sql.Rows) error {
		var source string
		var dropped bool
		var n int64
		if err := rows.Scan(&source, &dropped, &n); err != nil {
			return err
		}
		if st := statusOf(sources, source, false); dropped {
			st.Copies += n
		} else {
			st.Stories += n
		}
		return nil
	})
}

func countMissed(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	return t.Each(ctx, "SELECT source, COUNT(*) FROM story WHERE site_misses > 0 GROUP BY source", nil, func(rows *sql.Rows) error {
		var source string
		var n int64
		if err := rows.Scan(&source, &n); err != nil {
			return err
		}
		statusOf(sources, source, false).SiteMissed = n
		return nil
	})
}

func lastRuns(ctx context.Context, t *database.Tx, sources map[runKey]*SourceStatus) error {
	return t.Each(ctx, `SELECT id, source, listed, started, ended, note, fetched, unchanged, failed, set_aside, gone, added, revised
		FROM run WHERE id IN (SELECT MAX(id) FROM run GROUP BY source, listed)`, nil, func(rows *sql.Rows) error {
		var id, started, ended int64
		var source string
		var listed bool
		var r RunRecord
		if err := rows.Scan(&id, &source, &listed, &started, &ended, &r.Note,
			&r.Fetched, &r.Unchanged, &r.Failed, &r.SetAside, &r.Gone, &r.Added, &r.Revised); err != nil {
			return err
		}
		r.ID, r.Started, r.Ended = strconv.FormatInt(id, 10), database.Time(started), database.Time(ended)
		statusOf(sources, source, listed).LastRun = r
		return nil
	})
}

// Backlog is the number of URLs that a run has not fetched, by reason.
type Backlog struct {
	MaxPages int64 // the run has had all its pages
	MaxLists int64 // the run has had all its feeds and sitemaps
	PerHost  int64 // their hosts have had all their pages (MaxPagesPerHost)
	Waiting  int64 // they wait for a retry, or for a host that rests
	Rest     int64 // none: the run was stopped, or other workers have them
}

func (b Backlog) all() int64 { return b.MaxPages + b.MaxLists + b.PerHost + b.Waiting + b.Rest }

// Backlog counts the URLs that a run has not fetched.
func (r *Reader) Backlog(ctx context.Context, run schedule.Run, now time.Time) (left Backlog, err error) {
	id, err := schema.RunNumber(run.ID)
	if err != nil {
		return left, err
	}
	err = r.db.View(ctx, func(t *database.Tx) error {
		left, err = backlog(ctx, t, run, id, now.UnixMilli())
		return err
	})
	return left, err
}

// countLeft counts URLs by whether their host has had all its pages, and by whether they
// wait.
const countLeft = `SELECT CASE WHEN $2 > 0 AND l.run = $1 AND l.pages >= $2 AND u.kind >= {section} THEN 1 ELSE 0 END AS had,
	CASE WHEN u.due > $3 OR h.held = 1 AND h.next_at > $3 THEN 1 ELSE 0 END AS later, CASE WHEN u.kind >= {section} THEN 1 ELSE 0 END AS page, COUNT(*)
	FROM lane l JOIN url u ON u.lane = l.id JOIN host h ON h.host = l.host WHERE u.state = {pending} AND `

var (
	countSource = schema.SQL(countLeft + "u.batch = 0 AND u.listed = 0 AND u.source = $4 GROUP BY had, later, page")
	countListed = schema.SQL(countLeft + "u.batch = 0 AND u.listed = 1 AND l.queue = $4 GROUP BY had, later, page")
	countBatch  = schema.SQL(countLeft + "u.batch = 1 AND l.queue = $4 AND l.ready < {never} GROUP BY had, later, page")
)

// backlog counts the waiting URLs of a source or of the lists, then those in the batch.
func backlog(ctx context.Context, t *database.Tx, run schedule.Run, id, now int64) (left Backlog, err error) {
	var pages, lists int64
	if _, err := t.One(ctx, "SELECT pages, lists FROM run WHERE id = $1", []any{id}, &pages, &lists); err != nil {
		return left, err
	}
	full := !run.Listed && run.MaxPages > 0 && pages >= int64(run.MaxPages)
	read := !run.Listed && run.MaxLists > 0 && lists >= int64(run.MaxLists)
	count := func(query, of string) error {
		return t.Each(ctx, query, []any{id, run.MaxPagesPerHost, now, of}, func(rows *sql.Rows) error {
			var had, later, page bool
			var n int64
			err := rows.Scan(&had, &later, &page, &n)
			switch {
			case full && page:
				left.MaxPages += n
			case read && !page:
				left.MaxLists += n
			case had:
				left.PerHost += n
			case later:
				left.Waiting += n
			default:
				left.Rest += n
			}
			return err
		})
	}
	queue := lane.QueueOf(run.Source, run.Listed)
	if run.Listed {
		err = count(countListed, queue)
	} else {
		err = count(countSource, run.Source)
	}
	if err == nil {
		err = count(countBatch, queue)
	}
	return left, err
}

// Progress is how far runs have come, in URLs, and how many stories they found.
type Progress struct {
	Pending   int64 // still to be fetched, including for another try
	Fetched   int64 // complete answers of 2xx and 3xx, one for each URL, without robots.txt
	Unchanged int64 // of these, answers of 304 or with the same bytes as before
	Failed    int64 // URLs that failed at every try
	SetAside  int64 // URLs without a story, or that may not be requested
	Gone      int64 // 404 and 410
	Added     int64 // stories that are new, copies among them
	Revised   int64 // stories whose text has changed
}

// Progress returns the sum over the runs. It counts pending URLs one by one: call it now
// and then, not after each page.
func (r *Reader) Progress(ctx context.Context, runs []schedule.Run) (Progress, error) {
	var sum Progress
	err := r.db.View(ctx, func(t *database.Tx) error {
		sum = Progress{}
		for _, run := range runs {
			id, err := schema.RunNumber(run.ID)
			if err != nil {
				return err
			}
			var p Progress
			if _, err := t.One(ctx, "SELECT fetched, unchanged, failed, set_aside, gone, added, revised FROM run WHERE id = $1", []any{id},
				&p.Fetched, &p.Unchanged, &p.Failed, &p.SetAside, &p.Gone, &p.Added, &p.Revised); err != nil {
				return err
			}
			sum.Fetched += p.Fetched
			sum.Unchanged += p.Unchanged
			sum.Failed += p.Failed
			sum.SetAside += p.SetAside
			sum.Gone += p.Gone
			sum.Added += p.Added
			sum.Revised += p.Revised
			left, err := backlog(ctx, t, run, id, schema.Never)
			if err != nil {
				return err
			}
			sum.Pending += left.all()
		}
		return nil
	})
	return sum, err
}

var doneInRun = schema.SQL("SELECT 1 FROM url WHERE source = $1 AND fetched_run = $2 AND state = {done} LIMIT 1")

// HasRead reports whether a run of a source has read anything, changed or not.
func (r *Reader) HasRead(ctx context.Context, run schedule.Run) (read bool, err error) {
	id, err := schema.RunNumber(run.ID)
	if err != nil {
		return false, err
	}
	var one int
	err = r.db.View(ctx, func(t *database.Tx) error {
		read, err = t.One(ctx, doneInRun, []any{run.Source, id}, &one)
		return err
	})
	return read, err
}
