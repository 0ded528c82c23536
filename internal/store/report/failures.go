package report

import (
	"context"
	"database/sql"
	"time"

	"winnow/internal/store/database"
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
	At     time.Time          // of the last try; zero if it was never tried
	Sure   schedule.Certainty // that there is no story; Pending: of the last look
	Due    time.Time          // when it is tried again without being told to; zero never
	Listed bool               // from a backfill list
}

var failuresFrom = schema.SQL(`SELECT u.url, u.source, u.kind, u.state, u.status, u.reason, u.certainty, u.due, u.listed,
	COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
	FROM url u WHERE u.state IN ({setAside}, {failed}, {gone})`)

// Failures calls do for each URL that is set aside, failed or gone, in the order of
// state, reason and URL: those of the named sources, or of all if none is named. do
// must not use the store.
func (r *Reader) Failures(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return r.eachFailure(ctx, failuresFrom+where+" ORDER BY u.state, u.reason, u.url", args, do)
}

func (r *Reader) eachFailure(ctx context.Context, query string, args []any, do func(Failure) error) error {
	return r.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, query, args, func(rows *sql.Rows) error {
			var f Failure
			var kind, state int
			var due, last int64
			if err := rows.Scan(&f.URL, &f.Source, &kind, &state, &f.Status, &f.Reason, &f.Sure, &due, &f.Listed, &last); err != nil {
				return err
			}
			f.Kind, f.State, f.Due, f.At = schema.KindOf(kind), schema.StateOf(state), database.Time(due), database.Time(last)
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
func (r *Reader) UnreachableHosts(ctx context.Context, sources ...string) ([]UnreachableHost, error) {
	where, args := ofSources(sources)
	var all []UnreachableHost
	err := r.db.View(ctx, func(t *database.Tx) error {
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
var waitingFrom = schema.SQL(`SELECT u.url, u.source, u.kind, u.state, u.status, CASE WHEN r.error IS NULL THEN u.reason ELSE 'robots.txt: ' || r.error END AS why, u.certainty, u.due, u.listed,
	COALESCE((SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.fetched_at)
	FROM url u JOIN lane l ON l.id = u.lane LEFT JOIN` + unreachable + `
	WHERE u.state = {pending} AND (r.error IS NOT NULL
		OR u.reason <> '' AND {pending} = (SELECT a.state FROM attempt a WHERE a.url = u.url ORDER BY a.at DESC LIMIT 1))`)

// Waiting calls do for each URL that waits for an unreachable host, or for another
// try, in the order of reason and URL: those of the named sources, or of all if none
// is named. do must not use the store.
func (r *Reader) Waiting(ctx context.Context, sources []string, do func(Failure) error) error {
	where, args := ofSources(sources)
	return r.eachFailure(ctx, waitingFrom+where+" ORDER BY why, u.url", args, do)
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
func (r *Reader) Trouble(ctx context.Context, source string) (reason, url string, err error) {
	err = r.db.View(ctx, func(t *database.Tx) error {
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
