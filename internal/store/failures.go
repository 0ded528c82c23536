package store

import (
	"context"
	"database/sql"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Failure is a URL that brought no story, and why.
type Failure struct {
	URL    string
	Source string
	Kind   schedule.Kind
	State  schedule.State // SetAside, Failed or Gone; Pending when it waits
	Status int            // HTTP status of the last answer; 0 none
	Reason string
	At     time.Time // of the last try; zero if it was never tried
	Due    time.Time // when it is tried again without being told to; zero never
	Listed bool      // from a backfill list
}

var failuresFrom = schema.SQL(`SELECT u.url, u.source, u.kind, u.state, u.status, u.reason, u.due, u.listed,
	COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
	FROM url u WHERE u.state IN ({setAside}, {failed}, {gone})`)

// Failures calls do for each URL that is set aside, failed or gone, in the order of
// state, reason and URL: those of the named sources, or of all if none is named. do
// must not use the store.
func (s *Store) Failures(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return s.eachFailure(ctx, failuresFrom+where+" ORDER BY u.state, u.reason, u.url", args, do)
}

func (s *Store) eachFailure(ctx context.Context, query string, args []any, do func(Failure) error) error {
	return s.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, query, args, func(rows *sql.Rows) error {
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

// unreachable joins table robots as r: each robots.txt that could not be read the
// last time. Nothing else of its host is requested until it is.
const unreachable = ` robots r ON r.tries > 0 AND (r.origin = 'http://' || l.host OR r.origin = 'https://' || l.host)
	AND SUBSTR(u.url, 1, LENGTH(r.origin) + 1) = r.origin || '/'`

// UnreachableHost is a host whose robots.txt cannot be read.
type UnreachableHost struct {
	Origin string // scheme://host
	Error  string // the last one
	URLs   int64  // that wait for it
	Listed int64  // of these, URLs from backfill lists
}

var unreachableHosts = schema.SQL("SELECT r.origin, r.error, COUNT(*), SUM(u.listed) FROM url u JOIN lane l ON l.id = u.lane JOIN" + unreachable + " WHERE u.state = {pending}")

// UnreachableHosts returns, sorted, the hosts whose robots.txt could not be read the
// last time and for which URLs wait: URLs of the named sources, or of all if none is
// named.
func (s *Store) UnreachableHosts(ctx context.Context, sources ...string) ([]UnreachableHost, error) {
	where, args := ofSources(sources)
	var all []UnreachableHost
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, unreachableHosts+where+" GROUP BY r.origin, r.error ORDER BY r.origin", args, func(rows *sql.Rows) error {
			var h UnreachableHost
			err := rows.Scan(&h.Origin, &h.Error, &h.URLs, &h.Listed)
			all = append(all, h)
			return err
		})
	})
	return all, err
}

// waitingFrom selects the pending URLs that are to be tried again, and those whose
// host is unreachable.
var waitingFrom = schema.SQL(`SELECT u.url, u.source, u.kind, u.state, u.status, CASE WHEN r.error IS NULL THEN u.reason ELSE 'robots.txt: ' || r.error END AS why, u.due, u.listed,
	COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
	FROM url u JOIN lane l ON l.id = u.lane LEFT JOIN` + unreachable + `
	WHERE u.state = {pending} AND (r.error IS NOT NULL
		OR u.reason <> '' AND {pending} = (SELECT a.state FROM attempt a WHERE a.url = u.url ORDER BY a.at DESC LIMIT 1))`)

// Waiting calls do for each URL that waits for an unreachable host, or for another
// try, in the order of reason and URL: those of the named sources, or of all if none
// is named. do must not use the store.
func (s *Store) Waiting(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return s.eachFailure(ctx, waitingFrom+where+" ORDER BY why, u.url", args, do)
}

// troubles select what is wrong with a source, the first that finds something: its
// start page, a robots.txt that its URLs wait for, its other lists.
var troubles = []string{
	schema.SQL("SELECT reason, url FROM url WHERE source = $1 AND kind = {section} AND depth = 0 AND state <> {done} AND reason <> '' ORDER BY url LIMIT 1"),
	schema.SQL("SELECT 'robots.txt: ' || r.error, r.origin || '/robots.txt' FROM url u JOIN lane l ON l.id = u.lane JOIN" + unreachable + " WHERE u.source = $1 AND u.state = {pending} ORDER BY r.origin LIMIT 1"),
	schema.SQL("SELECT reason, url FROM url WHERE source = $1 AND kind <= {section} AND state <> {done} AND reason <> '' ORDER BY kind DESC, url LIMIT 1"),
}

// Trouble returns why a source could not be read the last time, and the URL that
// failed; "" if nothing is known.
func (s *Store) Trouble(ctx context.Context, source string) (reason, url string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		for _, query := range troubles {
			found, err := t.One(ctx, query, []any{source}, &reason, &url)
			if err != nil || found {
				return err
			}
		}
		return nil
	})
	return reason, url, err
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
	selectFailures = whereURL(failures, 1)
	countFailures  = schema.SQL("SELECT COUNT(*) FROM url WHERE source = $1 AND " + failures)
	resetFailures  = schema.SQL("UPDATE url SET etag = '', last_modified = '', body_sha = '', due = 0 WHERE source = $1 AND " + failures)
	listFailures   = schema.SQL(`UPDATE url SET state = {pending}, batch = 1, tries = 0, listed = 1, lane = $2
		WHERE source = $1 AND ` + failures + " AND lane IN (SELECT id FROM lane WHERE host = $3)")
)

// RetryFailures makes the URLs of a source that are set aside, failed or gone pending,
// as if they had never been read, and returns their number. They are requested
// unconditionally: by the next run of the source, or with listed by the next
// backfill.
func (s *Store) RetryFailures(ctx context.Context, source string, listed bool) (n int64, err error) {
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := t.One(ctx, countFailures, []any{source}, &n); err != nil || n == 0 {
			return err
		}
		hosts, err := database.Column[string](ctx, t, selectFailures.hosts, source)
		if err != nil {
			return err
		}
		if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, resetFailures, source); err != nil {
			return err
		}
		if !listed {
			return makePending(ctx, t, selectFailures, source)
		}
		for _, host := range hosts {
			key := lane.Key{Host: host, Queue: lane.ListedQueue}
			lanes, err := lane.Make(ctx, t, []lane.Key{key})
			if err != nil {
				return err
			}
			if _, err := t.Exec(ctx, listFailures, source, lanes[key], host); err != nil {
				return err
			}
			if err := lane.UpdateReady(ctx, t, host); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
