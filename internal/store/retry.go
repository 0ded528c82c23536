package store

import (
	"context"
	"database/sql"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
)

const (
	failures = "state IN ({setAside}, {failed}, {gone})"
	retried  = "(" + failures + " OR state = {pending} AND tries > 0)"
)

var (
	selectFailures = whereURL(retried, 1)
	countFailures  = schema.SQL("SELECT COUNT(*) FROM url WHERE source = $1 AND " + retried)
	resetFailures  = schema.SQL("UPDATE url SET etag = '', last_modified = '', body_sha = '', due = 0, looks = 0 WHERE source = $1 AND " + retried)
	listFailures   = schema.SQL(`UPDATE url SET state = {pending}, batch = 1, tries = 0, listed = 1, lane = $2
		WHERE source = $1 AND ` + retried + " AND lane IN (SELECT id FROM lane WHERE host = $3)")
)

// RetryFailures makes the URLs of a source that are set aside, failed or gone pending,
// or wait for another try, as if they had never been read, and returns their number. They are requested
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

// leastBetween is the least time between two looks at a URL because a feed names it.
const leastBetween = 6 * time.Hour

// namedAgain selects the URLs of a list without a story, and not for certain, that were
// not looked at in the run, with the last look and the wait after it. If a feed names
// them a quarter of that wait is enough.
var namedAgain = schema.SQL(`SELECT u.url, u.source, u.fetched_run, (SELECT MAX(a.at) FROM attempt a WHERE a.url = u.url), u.wait
	FROM url u WHERE u.url IN ({list}) AND u.kind = {article} AND ` + "u." + failures + ` AND u.certainty > 0 AND u.listed = 0`)

var makeNamedPending = schema.SQL("UPDATE url SET state = {pending}, batch = 0, tries = 0, due = 0 WHERE url IN ({list})")

// lookAgain makes URLs pending that a feed names as stories and that were found to be
// none, by an answer that may have been wrong. The caller has locked their hosts.
func (f *finish) lookAgain(ctx context.Context) error {
	var urls []string
	sources := map[string]bool{}
	at := database.Millis(f.o.At)
	err := database.EachIn(ctx, f.tx, namedAgain, f.o.Named, func(rows *sql.Rows) error {
		var url, source string
		var run int64
		var last sql.NullInt64
		var wait int64
		err := rows.Scan(&url, &source, &run, &last, &wait)
		if err == nil && run != f.run && (at < last.Int64 || at-last.Int64 >= max(leastBetween.Milliseconds(), wait/4)) {
			urls = append(urls, url)
			sources[source] = true
		}
		return err
	})
	if err != nil || len(urls) == 0 {
		return err
	}
	if _, err := database.ExecIn(ctx, f.tx, makeNamedPending, urls); err != nil {
		return err
	}
	return notifySources(ctx, f.tx, sources)
}
