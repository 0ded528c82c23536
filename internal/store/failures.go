package store

import (
	"context"
	"database/sql"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Failure is a URL that brought nothing, and why.
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

var failuresFrom = schema.SQL(`SELECT u.url, u.source, u.kind, u.state, u.status, u.reason, u.due, u.listed,
	COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
	FROM url u WHERE u.state IN ({setAside}, {failed}, {gone})`)

// Failures calls do for each URL that is set aside, failed or gone, in the
// order of state, reason and URL; of the named sources, or of all when none is
// named. It holds one at a time; do must not use the store.
func (s *Store) Failures(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return s.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, failuresFrom+where+" ORDER BY u.state, u.reason, u.url", args, func(rows *sql.Rows) error {
			var f Failure
			var kind, state int
			var due, last int64
			if err := rows.Scan(&f.URL, &f.Source, &kind, &state, &f.Status, &f.Reason, &due, &f.Listed, &last); err != nil {
				return err
			}
			f.Kind, f.State, f.Due, f.At = kindOf(kind), stateOf(state), database.Time(due), database.Time(last)
			return do(f)
		})
	})
}

// UnreachableHost is a host whose robots.txt cannot be read: nothing else of it is
// asked for.
type UnreachableHost struct {
	Origin string // scheme://host
	Tries  int    // failures in a row
	Error  string // the last one
	URLs   int64  // that wait for it
}

var pendingByHost = schema.SQL("SELECT l.host, COUNT(*) FROM url u JOIN lane l ON l.id = u.lane WHERE u.state = {pending} GROUP BY l.host")

// UnreachableHosts returns the hosts whose robots.txt could not be read the last
// time, sorted.
func (s *Store) UnreachableHosts(ctx context.Context) ([]UnreachableHost, error) {
	var all []UnreachableHost
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		err := t.Each(ctx, "SELECT origin, tries, error FROM robots WHERE tries > 0 ORDER BY origin", nil, func(rows *sql.Rows) error {
			var h UnreachableHost
			err := rows.Scan(&h.Origin, &h.Tries, &h.Error)
			all = append(all, h)
			return err
		})
		if err != nil || len(all) == 0 {
			return err
		}
		waiting := map[string]int64{} // by host
		err = t.Each(ctx, pendingByHost, nil, func(rows *sql.Rows) error {
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

// ofSources returns the condition on url.source, "" for all sources.
func ofSources(sources []string) (where string, args []any) {
	if len(sources) == 0 {
		return "", nil
	}
	for _, source := range sources {
		args = append(args, source)
	}
	return " AND u.source IN (" + database.Marks(1, len(sources)) + ")", args
}

const failures = "state IN ({setAside}, {failed}, {gone})"

var (
	selectFailures   = whereURL(failures, 1)
	countFailures    = schema.SQL("SELECT COUNT(*) FROM url WHERE source = $1 AND " + failures)
	askFailuresAnew  = schema.SQL("UPDATE url SET etag = '', last_modified = '', body_sha = '', due = 0 WHERE source = $1 AND " + failures)
	makeFailuresList = schema.SQL(`UPDATE url SET state = {pending}, batch = 1, tries = 0, listed = 1, lane = $2
		WHERE source = $1 AND ` + failures + " AND lane IN (SELECT id FROM lane WHERE host = $3)")
)

// RetryFailures makes the URLs of a source that are set aside, failed or gone
// pending, as if they had never been read: they are asked for without a
// condition, and judged anew. Those of a source are left to its next run; with
// listed they are left to the next backfill. It returns their number.
func (s *Store) RetryFailures(ctx context.Context, source string, listed bool) (n int64, err error) {
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := t.One(ctx, countFailures, []any{source}, &n); err != nil || n == 0 {
			return err
		}
		hosts, err := database.Column[string](ctx, t, selectFailures.hosts, source)
		if err != nil {
			return err
		}
		if _, err := lockHosts(ctx, t, hosts); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, askFailuresAnew, source); err != nil {
			return err
		}
		if !listed {
			return makePending(ctx, t, selectFailures, source)
		}
		for _, host := range hosts {
			key := laneKey{host, listedQueue}
			lanes, err := makeLanes(ctx, t, []laneKey{key})
			if err != nil {
				return err
			}
			if _, err := t.Exec(ctx, makeFailuresList, source, lanes[key], host); err != nil {
				return err
			}
			if err := updateReady(ctx, t, host); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
