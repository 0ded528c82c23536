package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Moved is a URL that answered with a redirect the last time.
type Moved struct {
	schedule.Link
	Target string // where the redirect led
	Run    string // ID of the run
}

// movedFrom selects URLs that redirected the last time. A condition follows it, and
// closes the bracket. What RejectMoved has set aside is among them.
var movedFrom = schema.SQL(`SELECT m.* FROM (SELECT u.url, u.source, u.kind, u.depth, u.hops, u.listed, u.fetched_run,
	COALESCE((SELECT a.target FROM attempt a WHERE a.url = u.url ORDER BY a.at DESC LIMIT 1), '') AS target
	FROM url u WHERE u.state IN ({moved}, {setAside}) AND `)

// MovedIn returns the URLs of a source that redirected in a run, sorted by URL.
func (s *Store) MovedIn(ctx context.Context, run schedule.Run, source string) (all []Moved, err error) {
	id, err := schema.RunNumber(run.ID)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		query := movedFrom + schema.SQL("u.state = {moved} AND u.source = $1 AND u.fetched_run = $2) AS m WHERE m.target <> '' ORDER BY m.url")
		return t.Each(ctx, query, []any{source, id}, scanMoved(&all))
	})
	return all, err
}

// RedirectsOf returns those of the URLs that redirected the last time, in any run,
// also if that was rejected.
func (s *Store) RedirectsOf(ctx context.Context, urls []string) (all []Moved, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return database.EachIn(ctx, t, movedFrom+"u.url IN ({list})) AS m WHERE m.target <> '' ORDER BY m.url", urls, scanMoved(&all))
	})
	return all, err
}

func scanMoved(all *[]Moved) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var m Moved
		var kind int
		var run int64
		err := rows.Scan(&m.URL, &m.Source, &kind, &m.Depth, &m.Hops, &m.Listed, &run, &m.Target)
		m.Host, m.Kind, m.Run = lane.HostOf(m.URL), schema.KindOf(kind), strconv.FormatInt(run, 10)
		*all = append(*all, m)
		return err
	}
}

const countRejected = "UPDATE run SET set_aside = set_aside + 1 WHERE id = $1"

// RejectMoved sets a URL aside that redirects, for the reason, until due. It reports
// whether it was still one that redirects.
func (s *Store) RejectMoved(ctx context.Context, m Moved, reason string, due time.Time) (rejected bool, err error) {
	run, err := schema.RunNumber(m.Run)
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := lane.LockHosts(ctx, t, []string{m.Host}); err != nil {
			return err
		}
		rejected, err = changeOutcome(ctx, t, m.URL, schema.Moved, schema.SetAside, reason, due)
		if err == nil && rejected {
			_, err = t.Exec(ctx, countRejected, run)
		}
		return err
	})
	return rejected, err
}

var retryMoved = schema.SQL("UPDATE url SET state = {pending}, batch = listed, tries = 0, due = 0 WHERE url = $1 AND state IN ({moved}, {setAside})")

// RetryMoved has a URL fetched again that redirects, by the run that is open.
func (s *Store) RetryMoved(ctx context.Context, m Moved) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := lane.LockHosts(ctx, t, []string{m.Host}); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, retryMoved, m.URL); err != nil {
			return err
		}
		if err := notifySources(ctx, t, map[string]bool{m.Source: true}); err != nil {
			return err
		}
		return lane.UpdateReady(ctx, t, m.Host)
	})
}
