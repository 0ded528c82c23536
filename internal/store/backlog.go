package store

import (
	"context"
	"database/sql"
	"time"

	"winnow/schedule"
)

// Backlog is what a run has left, in URLs, by what keeps it.
type Backlog struct {
	MaxPages int64 // the run has had its pages
	PerHost  int64 // their hosts have had theirs: MaxPagesPerHost
	Waiting  int64 // for a retry, or for a host that rests
	Rest     int64 // nothing: the run was stopped, or others are at it
}

func (b Backlog) all() int64 { return b.MaxPages + b.PerHost + b.Waiting + b.Rest }

// Backlog counts what a run has left, one by one.
func (s *Store) Backlog(ctx context.Context, run schedule.Run, now time.Time) (left Backlog, err error) {
	id, err := runNumber(run.ID)
	if err != nil {
		return left, err
	}
	err = s.view(ctx, func(t *tx) error {
		left, err = t.backlog(ctx, run, id, now.UnixMilli())
		return err
	})
	return left, err
}

// countLeft counts URLs by what keeps them: their hosts' pages, a time, both.
const countLeft = `SELECT CASE WHEN $2 > 0 AND l.run = $1 AND l.pages >= $2 AND u.kind >= 3 THEN 1 ELSE 0 END AS had,
	CASE WHEN u.due > $3 OR h.held = 1 AND h.next_at > $3 THEN 1 ELSE 0 END AS later, CASE WHEN u.kind >= 3 THEN 1 ELSE 0 END AS page, COUNT(*)
	FROM lane l JOIN url u ON u.lane = l.id JOIN host h ON h.host = l.host WHERE u.state = 0 AND `

// backlog counts what waits of a source, or of the lists, then what is in the
// batch.
func (t *tx) backlog(ctx context.Context, run schedule.Run, id, now int64) (left Backlog, err error) {
	var pages int64
	if _, err := t.one(ctx, "SELECT pages FROM run WHERE id = $1", []any{id}, &pages); err != nil {
		return left, err
	}
	full := !run.Listed && run.MaxPages > 0 && pages >= int64(run.MaxPages)
	waits, name := "u.batch = 0 AND u.listed = 0 AND u.source = $4", run.Source
	queue := sourceQueue(run.Source)
	if run.Listed {
		waits, name = "u.batch = 0 AND u.listed = 1 AND l.queue = $4", listedQueue
		queue = listedQueue
	}
	for _, part := range []struct{ where, name string }{{waits, name}, {"u.batch = 1 AND l.queue = $4 AND l.ready < 9223372036854775807", queue}} {
		err := t.each(ctx, countLeft+part.where+" GROUP BY had, later, page", []any{id, run.MaxPagesPerHost, now, part.name}, func(rows *sql.Rows) error {
			var had, later, page, n int64
			err := rows.Scan(&had, &later, &page, &n)
			switch {
			case full && page != 0:
				left.MaxPages += n
			case had != 0:
				left.PerHost += n
			case later != 0:
				left.Waiting += n
			default:
				left.Rest += n
			}
			return err
		})
		if err != nil {
			return left, err
		}
	}
	return left, nil
}
