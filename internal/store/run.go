package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// relistAfter is the age from which a feed, sitemap or section is asked again when
// a run that was interrupted goes on.
const relistAfter = time.Hour

// RunSpec says what a run is for.
type RunSpec struct {
	Source   string // name of the source; of a backfill run the name of the list
	Recheck  bool   // ask for every known page again
	Listed   bool   // a backfill run
	MaxPages int    // see schedule.Run
	PerHost  int    // MaxPagesPerHost of schedule.Run
	Seeds    []schedule.Link
	Sources  []string // names of all configured sources; URLs on the seeds' hosts that belong to none of them go to this one
	Reach    Reach    // of the source as it is configured; zero derives no links again
	Beyond   []Beyond // earlier reaches that it goes beyond
}

// BeginRun joins the open run of the source, or begins one.
//
// A new run makes the feeds, sitemaps and sections of the source pending, those
// that were gone when their revisit is due, and the pages whose revisit is due
// (with Recheck every page that is done). One that is joined goes on where it
// was; its feeds, sitemaps and sections are asked again when they were last
// read more than an hour ago. What was left pending by an earlier run belongs
// to this one, with all its tries.
func (s *Store) BeginRun(ctx context.Context, spec RunSpec, now time.Time) (schedule.Run, error) {
	run := schedule.Run{Source: spec.Source, Listed: spec.Listed, MaxPages: spec.MaxPages, MaxPagesPerHost: spec.PerHost}
	err := s.db.Write(ctx, func(t *database.Tx) error {
		if err := lockSource(ctx, t, spec); err != nil {
			return err
		}
		n, err := t.Exec(ctx, `INSERT INTO run (source, listed, recheck, max_pages, max_host, started) VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT DO NOTHING`,
			spec.Source, database.Flag(spec.Listed), spec.MaxPages, spec.PerHost, now.UnixMilli())
		if err != nil {
			return err
		}
		var id, started int64
		var rechecked, pages, perHost int
		found, err := t.One(ctx, "SELECT id, started, recheck, max_pages, max_host FROM run WHERE source = $1 AND listed = $2 AND ended = 0"+t.Dialect.ForUpdate,
			[]any{spec.Source, database.Flag(spec.Listed)}, &id, &started, &rechecked, &pages, &perHost)
		if err == nil && !found {
			err = fmt.Errorf("the run of %s was ended by another process as this one joined it; run again", spec.Source)
		}
		if err != nil {
			return err
		}
		run.ID, run.Started = strconv.FormatInt(id, 10), database.Time(started)
		if _, err := t.Exec(ctx, "UPDATE run SET max_pages = $2, max_host = $3, draw_at = 0 WHERE id = $1", id, spec.MaxPages, spec.PerHost); err != nil {
			return err
		}
		if spec.Listed {
			if err := openLists(ctx, t); err != nil {
				return err
			}
		} else {
			if n == 1 || pages != spec.MaxPages || perHost != spec.PerHost {
				if err := putBack(ctx, t, sourceQueue(spec.Source)); err != nil {
					return err
				}
			}
			if err := adopt(ctx, t, spec); err != nil {
				return err
			}
			if err := widen(ctx, t, spec); err != nil {
				return err
			}
			if err := revive(ctx, t, spec, id, n == 1, rechecked != 0, now); err != nil {
				return err
			}
		}
		return s.seed(ctx, t, spec.Seeds)
	})
	return run, err
}

// lockSource locks the hosts that the run begins with.
func lockSource(ctx context.Context, t *database.Tx, spec RunSpec) error {
	if spec.Listed || t.Dialect.ForUpdate == "" {
		return nil
	}
	hosts, err := database.Column[string](ctx, t, "SELECT host FROM lane WHERE queue = $1", sourceQueue(spec.Source))
	if err != nil {
		return err
	}
	_, err = lockHosts(ctx, t, append(hosts, linkHosts(spec.Seeds)...))
	return err
}

const adoptURLs = `UPDATE url SET source = $1, lane = CASE WHEN listed = 1 THEN lane ELSE CAST($2 AS BIGINT) END, batch = CASE WHEN listed = 1 THEN batch ELSE 0 END
	WHERE source = $3 AND lane IN (SELECT id FROM lane WHERE host = $4)`

// adopt takes over what is on the hosts of the source's seeds and belongs to
// a source that is configured no more (it was renamed, say), or to none (it
// came from a list before the source was configured).
func adopt(ctx context.Context, t *database.Tx, spec RunSpec) error {
	if len(spec.Sources) == 0 {
		return nil
	}
	strays, err := database.Column[string](ctx, t, "SELECT DISTINCT source FROM run UNION SELECT 'backfill'")
	if err != nil {
		return err
	}
	strays = slices.DeleteFunc(strays, func(name string) bool { return slices.Contains(spec.Sources, name) })
	var hosts []string
	for _, seed := range spec.Seeds {
		hosts = append(hosts, seed.Host)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if _, err := lockHosts(ctx, t, hosts); err != nil {
		return err
	}
	for _, stray := range strays {
		if _, err := t.Exec(ctx, adoptReaches, spec.Source, stray); err != nil {
			return err
		}
	}
	for _, host := range hosts {
		own := laneKey{host, sourceQueue(spec.Source)}
		lanes, err := makeLanes(ctx, t, []laneKey{own})
		if err != nil {
			return err
		}
		for _, stray := range strays {
			if _, err := t.Exec(ctx, adoptURLs, spec.Source, lanes[own], stray, host); err != nil {
				return err
			}
		}
		if err := updateReady(ctx, t, host); err != nil {
			return err
		}
	}
	return nil
}

// selection is a set of the URLs of a source, which is parameter $1, as two
// statements: hosts selects their hosts, update makes them pending.
type selection struct{ hosts, update string }

// whereURL returns the selection of a condition with the parameters from $2 to
// $params.
func whereURL(condition string, params int) selection {
	return selection{
		hosts: schema.SQL("SELECT DISTINCT l.host FROM lane l WHERE l.id IN (SELECT lane FROM url WHERE source = $1 AND " + condition + ")"),
		update: schema.SQL(`UPDATE url SET state = {pending}, batch = 0, tries = 0, listed = 0, due = CASE WHEN state = {pending} THEN due ELSE 0 END,
			lane = (SELECT mine.id FROM lane mine, lane old WHERE old.id = url.lane AND mine.host = old.host AND mine.queue = $` + strconv.Itoa(params+1) + `)
			WHERE source = $1 AND ` + condition),
	}
}

// readLists is the condition that a URL is a feed, sitemap or section that was
// read before.
const readLists = "kind <= {section} AND state <> {pending} AND state <> {forgotten}"

var (
	listsDue    = whereURL(readLists+" AND (state <> {gone} OR due <= $2)", 2)
	listsBefore = whereURL(readLists+" AND fetched_at < $2", 2)
	pagesDue    = whereURL("kind = {article} AND state IN ({done}, {setAside}, {failed}, {gone}) AND due > 0 AND due <= $2", 2)
	pagesDone   = whereURL("kind = {article} AND state = {done} AND fetched_run <> $2", 2)
	tried       = whereURL("state = {pending} AND tries > 0 AND listed = 0", 1)
)

// revive makes the known URLs of the source pending that the run has to ask.
func revive(ctx context.Context, t *database.Tx, spec RunSpec, run int64, began, rechecked bool, now time.Time) error {
	if began {
		if err := makePending(ctx, t, listsDue, spec.Source, now.UnixMilli()); err != nil {
			return err
		}
		if err := makePending(ctx, t, pagesDue, spec.Source, now.UnixMilli()); err != nil {
			return err
		}
		if err := makePending(ctx, t, tried, spec.Source); err != nil {
			return err
		}
	} else if err := makePending(ctx, t, listsBefore, spec.Source, now.Add(-relistAfter).UnixMilli()); err != nil {
		return err
	}
	if !spec.Recheck || rechecked {
		return nil
	}
	if _, err := t.Exec(ctx, "UPDATE run SET recheck = 1 WHERE id = $1", run); err != nil {
		return err
	}
	return makePending(ctx, t, pagesDone, spec.Source, run)
}

// makePending makes URLs of a source pending, host by host, and moves those that
// once came from a backfill list into the source's own work. args are those of the
// selection behind the source.
func makePending(ctx context.Context, t *database.Tx, set selection, source string, args ...any) error {
	args = append([]any{source}, args...)
	hosts, err := database.Column[string](ctx, t, set.hosts, args...)
	if err != nil || len(hosts) == 0 {
		return err
	}
	var keys []laneKey
	for _, host := range hosts {
		keys = append(keys, laneKey{host, sourceQueue(source)})
	}
	if _, err := lockHosts(ctx, t, hosts); err != nil {
		return err
	}
	if _, err := makeLanes(ctx, t, keys); err != nil {
		return err
	}
	if _, err = t.Exec(ctx, set.update, append(args, sourceQueue(source))...); err != nil {
		return err
	}
	for _, host := range hosts {
		if err := updateReady(ctx, t, host); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) seed(ctx context.Context, t *database.Tx, seeds []schedule.Link) error {
	if len(seeds) == 0 {
		return nil
	}
	if _, err := lockHosts(ctx, t, linkHosts(seeds)); err != nil {
		return err
	}
	sum, err := addLinks(ctx, t, seeds, false)
	if err != nil {
		return err
	}
	return s.followUp(ctx, t, sum)
}

// RunEnd is the end of a run, with a note on how it went.
type RunEnd struct{ ID, Note string }

// EndRun ends a run with a note on how it went. Of several, the first counts.
func (s *Store) EndRun(ctx context.Context, id string, now time.Time, note string) error {
	return s.EndRuns(ctx, now, RunEnd{ID: id, Note: note})
}

// EndRuns ends all runs of a pass, in one transaction: a pass that is killed as
// it ends is either over or gone on with.
func (s *Store) EndRuns(ctx context.Context, now time.Time, ends ...RunEnd) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		for _, end := range ends {
			number, err := runNumber(end.ID)
			if err != nil {
				return err
			}
			if _, err := t.Exec(ctx, "UPDATE run SET ended = $2, note = $3 WHERE id = $1 AND ended = 0", number, now.UnixMilli(), end.Note); err != nil {
				return err
			}
		}
		return nil
	})
}

// Progress is how far runs have come, in URLs, and what they found.
type Progress struct {
	Pending   int64 // still to be fetched, later tries included
	Fetched   int64 // answers of 2xx and 3xx that came whole, once a URL, robots.txt apart
	Unchanged int64 // of these, those with a 304 or the same bytes as before
	Failed    int64 // URLs that failed every try
	SetAside  int64 // URLs that hold no story, or may not be asked for
	Gone      int64 // 404 and 410
	Added     int64 // stories that are new, copies among them
	Revised   int64 // stories whose text has changed
}

// Progress sums the runs up. It counts pending URLs one by one: ask now and
// then, not after each page.
func (s *Store) Progress(ctx context.Context, runs []schedule.Run) (Progress, error) {
	var sum Progress
	err := s.db.View(ctx, func(t *database.Tx) error {
		sum = Progress{}
		for _, run := range runs {
			id, err := runNumber(run.ID)
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

var reachedURL = schema.SQL("SELECT 1 FROM url WHERE source = $1 AND fetched_run = $2 AND state = {done} LIMIT 1")

// Reached reports whether a run of a source has read anything, be it that nothing
// had changed.
func (s *Store) Reached(ctx context.Context, run schedule.Run) (reached bool, err error) {
	id, err := runNumber(run.ID)
	if err != nil {
		return false, err
	}
	var one int
	err = s.db.View(ctx, func(t *database.Tx) error {
		reached, err = t.One(ctx, reachedURL, []any{run.Source, id}, &one)
		return err
	})
	return reached, err
}
