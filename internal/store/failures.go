package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"winnow/schedule"
)

// Failure is a URL that gave nothing, and why.
type Failure struct {
	URL    string
	Source string
	Kind   schedule.Kind
	State  schedule.State // SetAside, Failed or Gone
	Status int            // HTTP status of the last answer; 0 none
	Reason string
	At     time.Time // of the last try; zero when it was never tried
	Due    time.Time // when it is tried again by itself; zero never
	Listed bool      // of a backfill list
}

// Failures calls do for each URL that is set aside, failed or gone, in the
// order of state, reason and URL; of the named sources, or of all when none is
// named. It holds one at a time; do must not use the store.
func (s *Store) Failures(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return s.view(ctx, func(t *tx) error {
		return t.each(ctx, `SELECT u.url, u.source, u.kind, u.state, u.status, u.reason, u.due, u.listed,
			COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
			FROM url u WHERE u.state IN (3, 4, 5)`+where+" ORDER BY u.state, u.reason, u.url", args, func(rows *sql.Rows) error {
			var f Failure
			var kind, state, listed int
			var due, last int64
			if err := rows.Scan(&f.URL, &f.Source, &kind, &state, &f.Status, &f.Reason, &due, &listed, &last); err != nil {
				return err
			}
			f.Kind, f.State, f.Listed, f.Due, f.At = kindOf(kind), stateOf(state), listed != 0, at(due), at(last)
			return do(f)
		})
	})
}

// DeafHost is a host whose robots.txt cannot be read: nothing else of it is
// asked for.
type DeafHost struct {
	Origin string // scheme://host
	Tries  int    // failures in a row
	Error  string // the last one
	URLs   int64  // that wait for it
}

// DeafHosts gives the hosts whose robots.txt could not be read the last time,
// sorted.
func (s *Store) DeafHosts(ctx context.Context) ([]DeafHost, error) {
	var all []DeafHost
	err := s.view(ctx, func(t *tx) error {
		all = nil
		err := t.each(ctx, "SELECT origin, tries, error FROM robots WHERE tries > 0 ORDER BY origin", nil, func(rows *sql.Rows) error {
			var h DeafHost
			err := rows.Scan(&h.Origin, &h.Tries, &h.Error)
			all = append(all, h)
			return err
		})
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return nil
		}
		waiting := map[string]int64{} // by host
		err = t.each(ctx, "SELECT l.host, COUNT(*) FROM url u JOIN lane l ON l.id = u.lane WHERE u.state = 0 GROUP BY l.host", nil, func(rows *sql.Rows) error {
			var host string
			var n int64
			err := rows.Scan(&host, &n)
			waiting[host] = n
			return err
		})
		for i := range all {
			all[i].URLs = waiting[hostOf(all[i].Origin)]
		}
		return err
	})
	return all, err
}

// ofSources is the condition on url.source, "" for all sources.
func ofSources(sources []string) (where string, args []any) {
	if len(sources) == 0 {
		return "", nil
	}
	for _, source := range sources {
		args = append(args, source)
	}
	return " AND u.source IN (" + marks(1, len(sources)) + ")", args
}

// RetryFailures makes the URLs of a source that are set aside, failed or gone
// pending, as if they had never been read: they are asked for without a
// condition, and judged anew. Those of a source are left to its next run; with
// listed they are left to the next backfill. It gives their number.
func (s *Store) RetryFailures(ctx context.Context, source string, listed bool) (n int64, err error) {
	const which = "state IN (3, 4, 5)"
	err = s.write(ctx, func(t *tx) error {
		if _, err := t.one(ctx, "SELECT COUNT(*) FROM url WHERE source = $1 AND "+which, []any{source}, &n); err != nil || n == 0 {
			return err
		}
		hosts, err := t.hostsOf(ctx, source, which)
		if err != nil {
			return err
		}
		if _, err := t.lockHosts(ctx, slices.Clone(hosts)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE url SET etag = '', last_modified = '', body_sha = '', due = 0 WHERE source = $1 AND "+which, source); err != nil {
			return err
		}
		if !listed {
			return t.makePending(ctx, which, []any{source})
		}
		for _, host := range hosts {
			key := laneKey{host, listedQueue}
			lanes, err := t.lanes(ctx, []laneKey{key})
			if err != nil {
				return err
			}
			if _, err := t.exec(ctx, `UPDATE url SET state = 0, batch = 1, tries = 0, listed = 1, lane = $2
				WHERE source = $1 AND `+which+` AND lane IN (SELECT id FROM lane WHERE host = $3)`, source, lanes[key], host); err != nil {
				return err
			}
			if _, err := t.exec(ctx, makeReady+"host = $1", host); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// hostsOf gives the hosts of those URLs of a source that a condition holds for.
func (t *tx) hostsOf(ctx context.Context, source, where string) ([]string, error) {
	var hosts []string
	err := t.each(ctx, "SELECT DISTINCT l.host FROM lane l WHERE l.id IN (SELECT lane FROM url WHERE source = $1 AND "+where+")", []any{source},
		func(rows *sql.Rows) error {
			var host string
			err := rows.Scan(&host)
			hosts = append(hosts, host)
			return err
		})
	slices.Sort(hosts)
	return hosts, err
}
