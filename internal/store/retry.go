package store

import (
	"context"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
)

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
