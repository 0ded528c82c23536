package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// relistAfter is the age from which a feed, sitemap or section is requested again when
// an interrupted run is continued.
const relistAfter = time.Hour

// RunSpec says what a run is for.
type RunSpec struct {
	Source   string // name of the source, or of the list of a backfill run
	Recheck  bool   // request every known page again
	Listed   bool   // a backfill run
	MaxPages int    // see schedule.Run
	MaxLists int    // see schedule.Run
	PerHost  int    // MaxPagesPerHost of schedule.Run
	Seeds    []schedule.Link
	Sources  []string // names of all configured sources; URLs on the seeds' hosts that belong to none of them go to this one
	Reach    Reach    // of the source as it is configured; an ID of 0 derives no links again
	Beyond   []Beyond // earlier reaches that it goes beyond
}

// BeginRun joins the open run of the source, or begins one.
//
// A new run makes the feeds, sitemaps and sections of the source pending (those that
// are gone, or hardly change, only if they are due), and the pages that are due, or with Recheck every
// page that is not pending, whatever it came to. A run that is joined continues where it was; its feeds, sitemaps
// and sections are requested again if they were last read more than an hour ago. URLs
// that an earlier run left pending belong to this one, with all their tries before
// them.
func (s *Store) BeginRun(ctx context.Context, spec RunSpec, now time.Time) (schedule.Run, error) {
	run := schedule.Run{Source: spec.Source, Listed: spec.Listed, MaxPages: spec.MaxPages, MaxLists: spec.MaxLists, MaxPagesPerHost: spec.PerHost}
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
				if err := putBack(ctx, t, lane.SourceQueue(spec.Source)); err != nil {
					return err
				}
			}
			if err := adopt(ctx, t, spec); err != nil {
				return err
			}
			if err := widen(ctx, t, spec.Source, spec.Reach, spec.Beyond); err != nil {
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

// lockSource locks the hosts of the source and of its seeds.
func lockSource(ctx context.Context, t *database.Tx, spec RunSpec) error {
	if spec.Listed || t.Dialect.ForUpdate == "" {
		return nil
	}
	hosts, err := database.Column[string](ctx, t, "SELECT host FROM lane WHERE queue = $1", lane.SourceQueue(spec.Source))
	if err != nil {
		return err
	}
	_, err = lane.LockHosts(ctx, t, append(hosts, linkHosts(spec.Seeds)...))
	return err
}

const adoptURLs = `UPDATE url SET source = $1, lane = CASE WHEN listed = 1 THEN lane ELSE CAST($2 AS BIGINT) END, batch = CASE WHEN listed = 1 THEN batch ELSE 0 END
	WHERE source = $3 AND lane IN (SELECT id FROM lane WHERE host = $4)`

// adopt takes over the URLs on the hosts of the source's seeds that belong to a source
// which is no longer configured (it was renamed, say), or to none (they came from a
// list before the source was configured).
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
	if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
		return err
	}
	for _, stray := range strays {
		if _, err := t.Exec(ctx, adoptReaches, spec.Source, stray); err != nil {
			return err
		}
	}
	for _, host := range hosts {
		own := lane.Key{Host: host, Queue: lane.SourceQueue(spec.Source)}
		lanes, err := lane.Make(ctx, t, []lane.Key{own})
		if err != nil {
			return err
		}
		for _, stray := range strays {
			if _, err := t.Exec(ctx, adoptURLs, spec.Source, lanes[own], stray, host); err != nil {
				return err
			}
		}
		if err := lane.UpdateReady(ctx, t, host); err != nil {
			return err
		}
	}
	return nil
}

// readLists is the condition that a URL is a feed, sitemap or section that was
// read before.
const readLists = "kind <= {section} AND state <> {pending} AND state <> {forgotten}"

// notYetDue leaves out feeds and sitemaps that are due later.
const notYetDue = " AND (kind = {section} OR state <> {done} OR due <= $2)"

var (
	listsDue    = whereURL(readLists+" AND (state <> {gone} OR due <= $2)"+notYetDue, 2)
	listsBefore = whereURL(readLists+" AND fetched_at < $2"+notYetDue, 2)
	pagesDue    = whereURL("kind = {article} AND state IN ({done}, {setAside}, {failed}, {gone}) AND due > 0 AND due <= $2", 2)
	pagesRead   = whereURL("kind = {article} AND state IN ({done}, {setAside}, {failed}, {gone}) AND fetched_run <> $2", 2)
	tried       = whereURL("state = {pending} AND tries > 0 AND listed = 0", 1)
)

// revive makes the known URLs of the source pending that the run has to request.
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
	return makePending(ctx, t, pagesRead, spec.Source, run)
}

func (s *Store) seed(ctx context.Context, t *database.Tx, seeds []schedule.Link) error {
	if len(seeds) == 0 {
		return nil
	}
	if _, err := lane.LockHosts(ctx, t, linkHosts(seeds)); err != nil {
		return err
	}
	sum, err := addLinks(ctx, t, seeds, false, 0)
	if err != nil {
		return err
	}
	return s.followUp(ctx, t, sum)
}

// RunEnd is the end of a run, with a note on how it went.
type RunEnd struct{ ID, Note string }

// EndRun ends a run with a note on how it went. Only the first end of a run counts.
func (s *Store) EndRun(ctx context.Context, id string, now time.Time, note string) error {
	return s.EndRuns(ctx, now, RunEnd{ID: id, Note: note})
}

// EndRuns ends all runs of a pass in one transaction: a pass that is killed while it
// ends is either over or continued.
func (s *Store) EndRuns(ctx context.Context, now time.Time, ends ...RunEnd) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		for _, end := range ends {
			number, err := schema.RunNumber(end.ID)
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
