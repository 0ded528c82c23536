package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// MaxAttempts is the number of attempts on a URL that are kept, the latest ones.
const MaxAttempts = 10

// Attempt is one request for a URL and what it came to.
type Attempt struct {
	At     time.Time
	Run    string         // ID of the run
	State  schedule.State // of the URL after it
	Status int            // HTTP status; 0 if there was no request or no answer
	Reason string         // why it failed or was set aside
	Target string         // where a redirect led
}

// fromURL selects the attempt that only the URL's row has, see putAttempt.
const fromURL = "SELECT url, fetched_at, fetched_run, {done}, status, '', '' FROM url WHERE url = $1 AND fetched_at > 0"

var keepFirstAttempt = schema.SQL("INSERT INTO attempt (url, at, run, state, status, reason, target) " + fromURL + " ON CONFLICT (url, at) DO NOTHING")

const putAttempt = `INSERT INTO attempt (url, at, run, state, status, reason, target) VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (url, at) DO UPDATE SET run = excluded.run, state = excluded.state, status = excluded.status,
	reason = excluded.reason, target = excluded.target`

const dropOldAttempts = `DELETE FROM attempt WHERE url = $1 AND at < (SELECT MIN(at) FROM
	(SELECT at FROM attempt WHERE url = $1 ORDER BY at DESC LIMIT $2) AS latest)`

// putAttempt stores the attempt, before the URL's row is written. Its time is its
// key, so that storing it twice changes nothing. The first attempt on a URL, if it
// succeeded, is only in the URL's row until there is a second one: a crawl of new
// pages writes no attempts.
func (f *finish) putAttempt(ctx context.Context, u urlRow) error {
	o := f.o
	first := u.run == 0 && f.task.Tries == 0
	if o.At.IsZero() || first && o.State == schedule.Done && o.Reason == "" {
		return nil
	}
	if u.run != 0 {
		if _, err := f.tx.Exec(ctx, keepFirstAttempt, f.task.URL); err != nil {
			return err
		}
	}
	target := ""
	if o.State == schedule.Moved && len(o.Links) > 0 {
		target = o.Links[0].URL
	}
	_, err := f.tx.Exec(ctx, putAttempt, f.task.URL, database.Millis(o.At), f.run, schema.StateNumbers[o.State], o.Status, o.Reason, target)
	if err != nil || first { // there are no old ones to delete
		return err
	}
	_, err = f.tx.Exec(ctx, dropOldAttempts, f.task.URL, MaxAttempts)
	return err
}

var lastOutcome = schema.SQL("SELECT state, reason FROM attempt WHERE url = $1 AND state <> {pending} ORDER BY at DESC LIMIT 1")

// keepOutcome gives a page that has not changed the outcome it had before: one
// without a story has none now, for the same reason.
func (f *finish) keepOutcome(ctx context.Context, u urlRow) error {
	o := &f.o
	if o.State != schedule.Done || o.Story != nil || o.Reason != "" || o.Status != 304 && (o.BodySHA == "" || o.BodySHA != u.sha) {
		return nil
	}
	var state int
	var reason string
	found, err := f.tx.One(ctx, lastOutcome, []any{f.task.URL}, &state, &reason)
	if err == nil && found && (state == schema.Done || state == schema.SetAside) {
		o.State, o.Reason = schema.StateOf(state), reason
		if o.State == schedule.SetAside && u.certainty != schedule.Final {
			o.Certainty, o.Due = u.certainty, o.At.Add(u.certainty.Wait(u.looks+1))
		}
	}
	return err
}

var selectAttempts = schema.SQL("SELECT url, at, run, state, status, reason, target FROM attempt WHERE url = $1 UNION ALL " + fromURL +
	" AND state <> {forgotten} AND NOT EXISTS (SELECT 1 FROM attempt WHERE url = $1) ORDER BY 2")

// attemptsOf returns the attempts on a URL, the earliest first.
func attemptsOf(ctx context.Context, t *database.Tx, url string) ([]Attempt, error) {
	var all []Attempt
	err := t.Each(ctx, selectAttempts, []any{url}, func(rows *sql.Rows) error {
		var a Attempt
		var when, run int64
		var state int
		err := rows.Scan(&url, &when, &run, &state, &a.Status, &a.Reason, &a.Target)
		a.At, a.Run, a.State = database.Time(when), strconv.FormatInt(run, 10), schema.StateOf(state)
		all = append(all, a)
		return err
	})
	return all, err
}
