package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"winnow/news"
	"winnow/schedule"
)

// MaxAttempts is how many askings of a URL are remembered, the last ones.
const MaxAttempts = 10

// Attempt is one asking for a URL and what it came to.
type Attempt struct {
	At     time.Time
	Run    string         // id of the run
	State  schedule.State // that the URL came to by it
	Status int            // HTTP status; 0 when nothing was asked, or nothing answered
	Reason string         // why it failed or was set aside
	Target string         // where a redirect led
}

// putAttempt remembers the asking, before the URL's row is written. It is a set
// by the moment: a replay changes nothing. The first asking of a URL, when it
// went well, is told by the URL's row alone until there is a second: a crawl of
// new pages pays nothing.
func (f *finish) putAttempt(ctx context.Context, u urlRow) error {
	o := f.o
	first := u.run == 0 && f.task.Tries == 0
	if o.At.IsZero() || first && o.State == schedule.Done && o.Reason == "" {
		return nil
	}
	if u.run != 0 {
		if _, err := f.exec(ctx, `INSERT INTO attempt (url, at, run, state, status, reason, target)
			SELECT url, fetched_at, fetched_run, 1, status, '', '' FROM url WHERE url = $1 AND fetched_at > 0 ON CONFLICT (url, at) DO NOTHING`, f.task.URL); err != nil {
			return err
		}
	}
	target := ""
	if o.State == schedule.Moved && len(o.Links) > 0 {
		target = o.Links[0].URL
	}
	_, err := f.exec(ctx, `INSERT INTO attempt (url, at, run, state, status, reason, target) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (url, at) DO UPDATE SET run = excluded.run, state = excluded.state, status = excluded.status,
		reason = excluded.reason, target = excluded.target`,
		f.task.URL, ms(o.At), f.run, stateNumbers[o.State], o.Status, o.Reason, target)
	if err != nil || first { // there is nothing to take away
		return err
	}
	_, err = f.exec(ctx, `DELETE FROM attempt WHERE url = $1 AND at < (SELECT MIN(at) FROM
		(SELECT at FROM attempt WHERE url = $1 ORDER BY at DESC LIMIT `+strconv.Itoa(MaxAttempts)+`) AS latest)`, f.task.URL)
	return err
}

// keepJudgement leaves a page that did not change what it was: one that held no
// story holds none now, for the same reason.
func (f *finish) keepJudgement(ctx context.Context, u urlRow) error {
	o := &f.o
	if o.State != schedule.Done || o.Story != nil || o.Reason != "" || o.Status != 304 && (o.BodySHA == "" || o.BodySHA != u.sha) {
		return nil
	}
	var state int
	var reason string
	found, err := f.one(ctx, "SELECT state, reason FROM attempt WHERE url = $1 AND state <> 0 ORDER BY at DESC LIMIT 1", []any{f.task.URL}, &state, &reason)
	if err == nil && found && (state == done || state == setAside) {
		o.State, o.Reason = stateOf(state), reason
	}
	return err
}

// URLRecord is a URL of the frontier as it stands.
type URLRecord struct {
	schedule.Link
	State      schedule.State
	Due        time.Time // Pending: not before; otherwise the revisit, zero never
	Tries      int       // failed tries so far
	Status     int       // HTTP status of the last answer; 0 none
	Reason     string
	Validators news.Validators
	BodySHA    string    // of the last body, hex; "" when none was read
	Fetched    time.Time // last answer that was not a failure; zero never
}

const urlColumns = `source, kind, depth, hops, follow, listed, state, due, tries, status, reason, etag, last_modified, body_sha, fetched_at, hint, via`

// URL gives a URL of the frontier. It returns ErrNotFound when it is not in it.
func (s *Store) URL(ctx context.Context, url string) (URLRecord, error) {
	var r URLRecord
	err := s.view(ctx, func(t *tx) (err error) {
		r, err = t.url(ctx, url)
		return err
	})
	return r, err
}

func (t *tx) url(ctx context.Context, url string) (URLRecord, error) {
	r := URLRecord{Link: schedule.Link{URL: url, Host: hostOf(url)}}
	var kind, follow, listed, state int
	var due, fetched int64
	var hint string
	found, err := t.one(ctx, "SELECT "+urlColumns+" FROM url WHERE url = $1", []any{url},
		&r.Source, &kind, &r.Depth, &r.Hops, &follow, &listed, &state, &due, &r.Tries, &r.Status, &r.Reason,
		&r.Validators.ETag, &r.Validators.LastModified, &r.BodySHA, &fetched, &hint, &r.Via)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return r, err
	}
	r.Kind, r.Follow, r.Listed, r.State = kindOf(kind), follow != 0, listed != 0, stateOf(state)
	r.Due, r.Fetched = at(due), at(fetched)
	r.Hint, err = readHint(hint)
	return r, err
}

// stateOf is the state with the number in url.state.
func stateOf(number int) schedule.State {
	for state, n := range stateNumbers {
		if n == number {
			return state
		}
	}
	return schedule.State(strconv.Itoa(number)) // a newer winnow's
}

// Copy is a copy of a page in the archive.
type Copy struct {
	At       time.Time
	Status   int // HTTP status; 0 for a page that came from a file
	Archived schedule.Archived
}

// Life is all that the state knows of a URL.
type Life struct {
	URLRecord
	Robots   schedule.HostState // of its scheme and host; zero when it was never asked
	Found    []URLRecord        // the redirects that led here, the first one first
	Attempts []Attempt          // the last MaxAttempts, the earliest first
	Copies   []Copy             // in the archive, the earliest first
}

// maxFound bounds the redirects that are walked back.
const maxFound = 20

// Life tells of a URL. It returns ErrNotFound when it is not in the frontier.
func (s *Store) Life(ctx context.Context, url string) (Life, error) {
	var l Life
	err := s.view(ctx, func(t *tx) (err error) {
		l = Life{}
		if l.URLRecord, err = t.url(ctx, url); err != nil {
			return err
		}
		if l.Robots, err = t.hostState(ctx, originOf(url)); err != nil {
			return err
		}
		if l.Found, err = t.redirectsTo(ctx, l.URLRecord); err != nil {
			return err
		}
		if l.Attempts, err = t.attempts(ctx, url); err != nil {
			return err
		}
		return t.each(ctx, "SELECT at, status, file, place FROM page WHERE url = $1 ORDER BY at, file, place", []any{url}, func(rows *sql.Rows) error {
			var c Copy
			var when int64
			err := rows.Scan(&when, &c.Status, &c.Archived.File, &c.Archived.Offset)
			c.At = at(when)
			l.Copies = append(l.Copies, c)
			return err
		})
	})
	return l, err
}

func (t *tx) attempts(ctx context.Context, url string) ([]Attempt, error) {
	var all []Attempt
	err := t.each(ctx, `SELECT at, run, state, status, reason, target FROM attempt WHERE url = $1
		UNION ALL SELECT fetched_at, fetched_run, 1, status, '', '' FROM url WHERE url = $1 AND fetched_at > 0 AND state <> 6
			AND NOT EXISTS (SELECT 1 FROM attempt WHERE url = $1) ORDER BY 1`, []any{url}, func(rows *sql.Rows) error {
		var a Attempt
		var when, run int64
		var state int
		err := rows.Scan(&when, &run, &state, &a.Status, &a.Reason, &a.Target)
		a.At, a.Run, a.State = at(when), strconv.FormatInt(run, 10), stateOf(state)
		all = append(all, a)
		return err
	})
	return all, err
}

// redirectsTo walks the redirects back from a URL.
func (t *tx) redirectsTo(ctx context.Context, to URLRecord) ([]URLRecord, error) {
	var chain []URLRecord
	seen := map[string]bool{to.URL: true}
	for to.Hops > 0 && !seen[to.Via] && len(chain) < maxFound {
		from, err := t.url(ctx, to.Via)
		if err == ErrNotFound {
			break
		}
		if err != nil {
			return nil, err
		}
		seen[from.URL] = true
		chain = append(chain, from)
		to = from
	}
	slices.Reverse(chain)
	return chain, nil
}

// Names gives the URLs that mean a story, sorted.
func (s *Store) Names(ctx context.Context, id string) ([]string, error) {
	var names []string
	err := s.view(ctx, func(t *tx) error {
		names = nil
		return t.each(ctx, "SELECT url FROM alias WHERE story = $1 ORDER BY url", []any{id}, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names = append(names, name)
			return err
		})
	})
	return names, err
}
