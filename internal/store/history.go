package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/merge"
	"winnow/internal/store/schema"
	"winnow/news"
	"winnow/schedule"
)

// URLRecord is a URL of the frontier as it is now.
type URLRecord struct {
	schedule.Link
	State      schedule.State
	Due        time.Time // Pending: not before then; otherwise of the next visit, zero never
	Tries      int       // failed tries so far
	Status     int       // HTTP status of the last answer; 0 none
	Reason     string
	Validators news.Validators
	BodySHA    string    // of the last body, hex; "" when none was read
	Fetched    time.Time // last answer that was not a failure; zero never
}

const urlColumns = `source, kind, depth, hops, follow, listed, state, due, tries, status, reason, etag, last_modified, body_sha, fetched_at, hint, via`

// URL returns a URL of the frontier. It returns ErrNotFound if it is not in it.
func (s *Store) URL(ctx context.Context, url string) (URLRecord, error) {
	var r URLRecord
	err := s.db.View(ctx, func(t *database.Tx) (err error) {
		r, err = urlRecord(ctx, t, url)
		return err
	})
	return r, err
}

func urlRecord(ctx context.Context, t *database.Tx, url string) (URLRecord, error) {
	r := URLRecord{Link: schedule.Link{URL: url, Host: lane.HostOf(url)}}
	var kind, state int
	var due, fetched int64
	var hint string
	found, err := t.One(ctx, "SELECT "+urlColumns+" FROM url WHERE url = $1", []any{url},
		&r.Source, &kind, &r.Depth, &r.Hops, &r.Follow, &r.Listed, &state, &due, &r.Tries, &r.Status, &r.Reason,
		&r.Validators.ETag, &r.Validators.LastModified, &r.BodySHA, &fetched, &hint, &r.Via)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return r, err
	}
	r.Kind, r.State = schema.KindOf(kind), schema.StateOf(state)
	r.Due, r.Fetched = database.Time(due), database.Time(fetched)
	r.Hint, err = merge.UnpackHint(hint)
	return r, err
}

// Copy is a copy of a page in the archive.
type Copy struct {
	At       time.Time
	Status   int // HTTP status; 0 for a page that came from a file
	Archived schedule.Archived
}

// History is everything that the state knows of a URL.
type History struct {
	URLRecord
	Robots    schedule.HostState // of its scheme and host; zero if never requested
	Redirects []URLRecord        // that led here, in their order
	Attempts  []Attempt          // the latest MaxAttempts, earliest first
	Copies    []Copy             // in the archive, earliest first
}

// maxRedirects is the largest number of redirects that are followed back.
const maxRedirects = 20

// History returns everything known of a URL. It returns ErrNotFound if it is not in
// the frontier.
func (s *Store) History(ctx context.Context, url string) (History, error) {
	var h History
	err := s.db.View(ctx, func(t *database.Tx) (err error) {
		h = History{}
		if h.URLRecord, err = urlRecord(ctx, t, url); err != nil {
			return err
		}
		if h.Robots, err = lane.HostState(ctx, t, lane.OriginOf(url)); err != nil {
			return err
		}
		if h.Redirects, err = redirectsTo(ctx, t, h.URLRecord); err != nil {
			return err
		}
		if h.Attempts, err = attemptsOf(ctx, t, url); err != nil {
			return err
		}
		return t.Each(ctx, "SELECT at, status, file, place FROM page WHERE url = $1 ORDER BY at, file, place", []any{url}, func(rows *sql.Rows) error {
			var c Copy
			var when int64
			err := rows.Scan(&when, &c.Status, &c.Archived.File, &c.Archived.Offset)
			c.At = database.Time(when)
			h.Copies = append(h.Copies, c)
			return err
		})
	})
	return h, err
}

// redirectsTo follows redirects back from a URL.
func redirectsTo(ctx context.Context, t *database.Tx, to URLRecord) ([]URLRecord, error) {
	var chain []URLRecord
	seen := map[string]bool{to.URL: true}
	for to.Hops > 0 && !seen[to.Via] && len(chain) < maxRedirects {
		from, err := urlRecord(ctx, t, to.Via)
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

// ArchivedPage is the place of a page in the archive, and what is known of the page.
type ArchivedPage struct {
	URL      string
	Source   string
	Fetched  time.Time
	Status   int // HTTP status
	Archived schedule.Archived
	Hint     news.Hint // as it is known now
}

// ArchivedPage returns the latest copy of a page. It returns ErrNotFound if there is
// none.
func (s *Store) ArchivedPage(ctx context.Context, url string) (ArchivedPage, error) {
	page := ArchivedPage{URL: url}
	err := s.db.View(ctx, func(t *database.Tx) error {
		var fetched int64
		var hint string
		found, err := t.One(ctx, `SELECT p.at, p.status, p.file, p.place, u.source, u.hint FROM page p JOIN url u ON u.url = p.url
			WHERE p.url = $1 ORDER BY p.at DESC, p.file DESC, p.place DESC LIMIT 1`, []any{url},
			&fetched, &page.Status, &page.Archived.File, &page.Archived.Offset, &page.Source, &hint)
		if err == nil && !found {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		page.Fetched = database.Time(fetched)
		page.Hint, err = merge.UnpackHint(hint)
		return err
	})
	return page, err
}

// ArchiveRemoved deletes the places of pages in files that were removed from the
// archive.
func (s *Store) ArchiveRemoved(ctx context.Context, files []string) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		for _, file := range files {
			for _, query := range []string{
				"DELETE FROM page WHERE file = $1",
				"DELETE FROM forgotten WHERE file = $1",
				"UPDATE part SET file = '', place = 0 WHERE file = $1",
			} {
				if _, err := t.Exec(ctx, query, file); err != nil {
					return err
				}
			}
			if err := s.Stories.ArchiveRemoved(ctx, t, file); err != nil {
				return err
			}
		}
		return nil
	})
}
