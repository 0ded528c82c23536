package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"
)

// RunRecord is what is kept of a run.
type RunRecord struct {
	ID       string // "" when there was none
	Started  time.Time
	Ended    time.Time // zero while it is open
	Note     string
	Progress // without Pending
}

// SourceStatus is how a source, or a backfill list, stands.
type SourceStatus struct {
	Source     string // "" for URLs of no source
	Listed     bool   // a backfill list: only its last run is told
	LastRun    RunRecord
	Pages      int64 // articles that were read, whatever they held; those that are gone or lead elsewhere not
	Pending    int64
	SetAside   int64
	Failed     int64
	Gone       int64
	Stories    int64 // kept
	Copies     int64 // dropped
	SiteMissed int64 // stories, kept and dropped, on whose pages rules of the site found nothing
}

// Status tells of every source, sorted by name, then of the backfill lists. It
// reads through the index of all URLs.
func (s *Store) Status(ctx context.Context) ([]SourceStatus, error) {
	var all []SourceStatus
	err := s.view(ctx, func(t *tx) error {
		sources := map[runKey]*SourceStatus{}
		if err := t.countURLs(ctx, sources); err != nil {
			return err
		}
		if err := t.countStories(ctx, sources); err != nil {
			return err
		}
		if err := t.countMissed(ctx, sources); err != nil {
			return err
		}
		if err := t.lastRuns(ctx, sources); err != nil {
			return err
		}
		all = all[:0]
		for _, st := range sources {
			all = append(all, *st)
		}
		return t.takeUnread(ctx, all)
	})
	slices.SortFunc(all, func(a, b SourceStatus) int {
		return cmp.Or(flag(a.Listed)-flag(b.Listed), cmp.Compare(a.Source, b.Source))
	})
	return all, err
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

func (t *tx) countURLs(ctx context.Context, sources map[runKey]*SourceStatus) error {
	return t.each(ctx, "SELECT source, kind, state, COUNT(*) FROM url GROUP BY source, kind, state", nil, func(rows *sql.Rows) error {
		var source string
		var kind, state int
		var n int64
		if err := rows.Scan(&source, &kind, &state, &n); err != nil {
			return err
		}
		st := statusOf(sources, source, false)
		if kind == 4 && (state == done || state == setAside) {
			st.Pages += n
		}
		switch state {
		case pending:
			st.Pending += n
		case setAside:
			st.SetAside += n
		case failed:
			st.Failed += n
		case gone:
			st.Gone += n
		}
		return nil
	})
}

// takeUnread takes those from the pages that were set aside without being read.
func (t *tx) takeUnread(ctx context.Context, all []SourceStatus) error {
	for i := range all {
		st := &all[i]
		if st.SetAside == 0 {
			continue
		}
		var unread int64
		if _, err := t.one(ctx, `SELECT COUNT(*) FROM url WHERE source = $1 AND kind = 4 AND state = 3 AND body_sha = ''
			AND (status < 200 OR status > 299) AND NOT EXISTS (SELECT 1 FROM page WHERE page.url = url.url)`, []any{st.Source}, &unread); err != nil {
			return err
		}
		st.Pages -= unread
	}
	return nil
}

func (t *tx) countStories(ctx context.Context, sources map[runKey]*SourceStatus) error {
	return t.each(ctx, "SELECT source, CASE WHEN duplicate_of = '' THEN 0 ELSE 1 END AS copy, COUNT(*) FROM story GROUP BY source, copy", nil, func(rows *sql.Rows) error {
		var source string
		var dropped int
		var n int64
		if err := rows.Scan(&source, &dropped, &n); err != nil {
			return err
		}
		if st := statusOf(sources, source, false); dropped != 0 {
			st.Copies += n
		} else {
			st.Stories += n
		}
		return nil
	})
}

func (t *tx) countMissed(ctx context.Context, sources map[runKey]*SourceStatus) error {
	return t.each(ctx, "SELECT source, COUNT(*) FROM story WHERE site_misses > 0 GROUP BY source", nil, func(rows *sql.Rows) error {
		var source string
		var n int64
		if err := rows.Scan(&source, &n); err != nil {
			return err
		}
		statusOf(sources, source, false).SiteMissed = n
		return nil
	})
}

func (t *tx) lastRuns(ctx context.Context, sources map[runKey]*SourceStatus) error {
	return t.each(ctx, `SELECT id, source, listed, started, ended, note, fetched, unchanged, failed, set_aside, gone, added, revised
		FROM run WHERE id IN (SELECT MAX(id) FROM run GROUP BY source, listed)`, nil, func(rows *sql.Rows) error {
		var id, started, ended int64
		var source string
		var listed int
		var r RunRecord
		if err := rows.Scan(&id, &source, &listed, &started, &ended, &r.Note,
			&r.Fetched, &r.Unchanged, &r.Failed, &r.SetAside, &r.Gone, &r.Added, &r.Revised); err != nil {
			return err
		}
		r.ID, r.Started, r.Ended = strconv.FormatInt(id, 10), at(started), at(ended)
		statusOf(sources, source, listed != 0).LastRun = r
		return nil
	})
}
