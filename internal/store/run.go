package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"time"

	"winnow/schedule"
)

// stale is the age from which a feed, sitemap or section is asked again when a
// run that was interrupted goes on.
const stale = time.Hour

// RunSpec says what a run is for.
type RunSpec struct {
	Source   string // name of the source; of a backfill run the name of the list
	Recheck  bool   // ask for every known page again
	Listed   bool   // a backfill run
	MaxPages int    // see schedule.Run
	PerHost  int    // MaxPagesPerHost of schedule.Run
	Seeds    []schedule.Link
	Sources  []string // names of all configured sources; URLs on the seeds' hosts that belong to none of them go to this one
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
	err := s.write(ctx, func(t *tx) error {
		if err := t.lockSource(ctx, spec); err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO run (source, listed, recheck, max_pages, max_host, started) VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT DO NOTHING`,
			spec.Source, flag(spec.Listed), spec.MaxPages, spec.PerHost, now.UnixMilli())
		if err != nil {
			return err
		}
		var id, started int64
		var rechecked, pages, perHost int
		found, err := t.one(ctx, "SELECT id, started, recheck, max_pages, max_host FROM run WHERE source = $1 AND listed = $2 AND ended = 0"+t.dialect.lock,
			[]any{spec.Source, flag(spec.Listed)}, &id, &started, &rechecked, &pages, &perHost)
		if err == nil && !found {
			err = fmt.Errorf("the run of %s was ended by another process as this one joined it; run again", spec.Source)
		}
		if err != nil {
			return err
		}
		run.ID, run.Started = strconv.FormatInt(id, 10), at(started)
		if _, err := t.exec(ctx, "UPDATE run SET max_pages = $2, max_host = $3, draw_at = 0 WHERE id = $1", id, spec.MaxPages, spec.PerHost); err != nil {
			return err
		}
		if spec.Listed {
			if err := t.openLists(ctx); err != nil {
				return err
			}
		} else {
			if n == 1 || pages != spec.MaxPages || perHost != spec.PerHost {
				if err := t.putBack(ctx, sourceQueue(spec.Source)); err != nil {
					return err
				}
			}
			if err := t.adopt(ctx, spec); err != nil {
				return err
			}
			if err := t.revive(ctx, spec, id, n == 1, rechecked != 0, now); err != nil {
				return err
			}
		}
		return t.seed(ctx, spec.Seeds)
	})
	return run, err
}

// lockSource locks the hosts that the run begins with.
func (t *tx) lockSource(ctx context.Context, spec RunSpec) error {
	if spec.Listed || t.dialect.lock == "" {
		return nil
	}
	var hosts []string
	err := t.each(ctx, "SELECT host FROM lane WHERE queue = $1", []any{sourceQueue(spec.Source)},
		func(rows *sql.Rows) error {
			var host string
			err := rows.Scan(&host)
			hosts = append(hosts, host)
			return err
		})
	if err != nil {
		return err
	}
	for _, seed := range spec.Seeds {
		if seed.Host != "" {
			hosts = append(hosts, seed.Host)
		}
	}
	_, err = t.lockHosts(ctx, hosts)
	return err
}

// adopt takes over what lies on the hosts of the source's seeds and belongs to
// a source that is configured no more (it was renamed, say), or to none (it
// came from a list before the source was configured).
func (t *tx) adopt(ctx context.Context, spec RunSpec) error {
	if len(spec.Sources) == 0 {
		return nil
	}
	var strays []string
	err := t.each(ctx, "SELECT DISTINCT source FROM run UNION SELECT 'backfill'", nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		if !slices.Contains(spec.Sources, name) {
			strays = append(strays, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	var hosts []string
	for _, seed := range spec.Seeds {
		hosts = append(hosts, seed.Host)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if _, err := t.lockHosts(ctx, hosts); err != nil {
		return err
	}
	for _, host := range hosts {
		own := laneKey{host, sourceQueue(spec.Source)}
		lanes, err := t.lanes(ctx, []laneKey{own})
		if err != nil {
			return err
		}
		for _, stray := range strays {
			if _, err := t.exec(ctx, `UPDATE url SET source = $1, lane = CASE WHEN listed = 1 THEN lane ELSE CAST($2 AS BIGINT) END, batch = CASE WHEN listed = 1 THEN batch ELSE 0 END
				WHERE source = $3 AND lane IN (SELECT id FROM lane WHERE host = $4)`, spec.Source, lanes[own], stray, host); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, makeReady+"host = $1", host); err != nil {
			return err
		}
	}
	return nil
}

// revive makes the known URLs of the source pending that the run has to ask.
func (t *tx) revive(ctx context.Context, spec RunSpec, run int64, fresh, rechecked bool, now time.Time) error {
	const lists, pages = "kind <= 3", "kind = 4"
	type set struct {
		where string
		args  []any
	}
	sets := []set{}
	if fresh {
		sets = append(sets,
			set{lists + " AND state <> 0 AND state <> 6 AND (state <> 5 OR due <= $2)", []any{spec.Source, now.UnixMilli()}},
			set{pages + " AND state IN (1, 3, 4, 5) AND due > 0 AND due <= $2", []any{spec.Source, now.UnixMilli()}},
			set{"state = 0 AND tries > 0 AND listed = 0", []any{spec.Source}})
	} else {
		sets = append(sets, set{lists + " AND state <> 0 AND state <> 6 AND fetched_at < $2", []any{spec.Source, now.Add(-stale).UnixMilli()}})
	}
	if spec.Recheck && !rechecked {
		sets = append(sets, set{pages + " AND state = 1 AND fetched_run <> $2", []any{spec.Source, run}})
		if _, err := t.exec(ctx, "UPDATE run SET recheck = 1 WHERE id = $1", run); err != nil {
			return err
		}
	}
	for _, set := range sets {
		if err := t.makePending(ctx, set.where, set.args); err != nil {
			return err
		}
	}
	return nil
}

// makePending makes URLs of a source pending, host by host, and moves those
// that once came from a backfill list into the source's own work. The first
// argument is the source.
func (t *tx) makePending(ctx context.Context, where string, args []any) error {
	hosts := map[string]bool{}
	err := t.each(ctx, "SELECT DISTINCT l.host FROM lane l WHERE l.id IN (SELECT lane FROM url WHERE source = $1 AND "+where+")", args,
		func(rows *sql.Rows) error {
			var host string
			err := rows.Scan(&host)
			hosts[host] = true
			return err
		})
	if err != nil || len(hosts) == 0 {
		return err
	}
	source := args[0].(string)
	var names []string
	var keys []laneKey
	for host := range hosts {
		names = append(names, host)
		keys = append(keys, laneKey{host, sourceQueue(source)})
	}
	if _, err := t.lockHosts(ctx, names); err != nil {
		return err
	}
	if _, err := t.lanes(ctx, keys); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE url SET state = 0, batch = 0, tries = 0, listed = 0, due = CASE WHEN state = 0 THEN due ELSE 0 END,
		lane = (SELECT mine.id FROM lane mine, lane old WHERE old.id = url.lane AND mine.host = old.host AND mine.queue = $`+strconv.Itoa(len(args)+1)+`)
		WHERE source = $1 AND `+where, append(args, sourceQueue(source))...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := t.exec(ctx, makeReady+"host = $1", name); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) seed(ctx context.Context, seeds []schedule.Link) error {
	if len(seeds) == 0 {
		return nil
	}
	var hosts []string
	for _, seed := range seeds {
		if seed.Host != "" {
			hosts = append(hosts, seed.Host)
		}
	}
	if _, err := t.lockHosts(ctx, hosts); err != nil {
		return err
	}
	sum, err := t.addLinks(ctx, seeds, false)
	if err != nil {
		return err
	}
	return t.after(ctx, sum)
}

// RunEnd is the end of a run, with a word on how it went.
type RunEnd struct{ ID, Note string }

// EndRun ends a run with a word on how it went. Of several, the first counts.
func (s *Store) EndRun(ctx context.Context, id string, now time.Time, note string) error {
	return s.EndRuns(ctx, now, RunEnd{ID: id, Note: note})
}

// EndRuns ends all runs of a pass, in one transaction: a pass that is killed as
// it ends is either over or gone on with.
func (s *Store) EndRuns(ctx context.Context, now time.Time, ends ...RunEnd) error {
	return s.write(ctx, func(t *tx) error {
		for _, end := range ends {
			number, err := runNumber(end.ID)
			if err != nil {
				return err
			}
			if _, err := t.exec(ctx, "UPDATE run SET ended = $2, note = $3 WHERE id = $1 AND ended = 0", number, now.UnixMilli(), end.Note); err != nil {
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
	err := s.view(ctx, func(t *tx) error {
		sum = Progress{}
		for _, run := range runs {
			id, err := runNumber(run.ID)
			if err != nil {
				return err
			}
			var p Progress
			if _, err := t.one(ctx, "SELECT fetched, unchanged, failed, set_aside, gone, added, revised FROM run WHERE id = $1", []any{id},
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
			left, err := t.backlog(ctx, run, id, never)
			if err != nil {
				return err
			}
			sum.Pending += left.all()
		}
		return nil
	})
	return sum, err
}

// Reached says whether a run of a source has read anything, be it that nothing
// had changed.
func (s *Store) Reached(ctx context.Context, run schedule.Run) (bool, error) {
	id, err := runNumber(run.ID)
	if err != nil {
		return false, err
	}
	var one int
	reached := false
	err = s.view(ctx, func(t *tx) error {
		reached, err = t.one(ctx, "SELECT 1 FROM url WHERE source = $1 AND fetched_run = $2 AND state = 1 LIMIT 1", []any{run.Source, id}, &one)
		return err
	})
	return reached, err
}
