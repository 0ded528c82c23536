package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Forgotten is what was taken out for good.
type Forgotten struct {
	ID       string              // of the story; "" when the URL had none
	URLs     []string            // that are not fetched again
	Archived []schedule.Archived // records that are left in the archive, see ForgottenRecords
}

// Forget takes a story out, found by its ID or by any URL that means it: its
// record with all revisions, its prints, its edges and what a person said of it
// go, its file with the next work on the outbox, and its URLs are never fetched
// again. A URL without a story is closed as well. It returns ErrNotFound for what
// is not known.
func (s *Store) Forget(ctx context.Context, urlOrID string, now time.Time) (Forgotten, error) {
	var gone Forgotten
	err := s.db.Write(ctx, func(t *database.Tx) (err error) {
		gone, err = s.forget(ctx, t, urlOrID, now)
		return err
	})
	return gone, err
}

func (s *Store) forget(ctx context.Context, t *database.Tx, urlOrID string, now time.Time) (Forgotten, error) {
	gone, err := s.whatGoes(ctx, t, urlOrID, "")
	if err != nil {
		return gone, err
	}
	var hosts []string
	for _, url := range gone.URLs {
		hosts = append(hosts, hostOf(url))
	}
	if _, err := lockHosts(ctx, t, hosts); err != nil {
		return gone, err
	}
	if t.Dialect.ForUpdate != "" {
		// Locks of stories come after those of hosts. Another transaction may have
		// given the story another ID, or other names, before it was locked.
		locked, err := s.whatGoes(ctx, t, urlOrID, t.Dialect.ForUpdate)
		if err == nil && (locked.ID != gone.ID || !slices.Equal(locked.URLs, gone.URLs)) {
			err = database.ErrRetry
		}
		if err != nil {
			return gone, err
		}
	}
	closed, err := closeURLs(ctx, t, gone.URLs)
	if err == nil && gone.ID == "" && closed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return gone, err
	}
	if gone.Archived, err = forgetPages(ctx, t, gone, now); err != nil || gone.ID == "" {
		return gone, err
	}
	return gone, s.Stories.Forget(ctx, t, gone.ID)
}

// whatGoes returns the story that an ID or a URL means, and the URLs of its pages,
// sorted. lock ends the statement that reads the story's row.
func (s *Store) whatGoes(ctx context.Context, t *database.Tx, urlOrID, lock string) (Forgotten, error) {
	id, page, err := s.Stories.Find(ctx, t, urlOrID, lock)
	if err != nil || id == "" {
		return Forgotten{URLs: []string{urlOrID}}, err
	}
	urls, err := database.Column[string](ctx, t, "SELECT url FROM alias WHERE story = $1 UNION SELECT url FROM part WHERE first = $2", id, page)
	urls = append(urls, page)
	slices.Sort(urls)
	return Forgotten{ID: id, URLs: slices.Compact(urls)}, err
}

var (
	closeURL  = schema.SQL("UPDATE url SET state = {forgotten}, due = 0, reason = 'forgotten', etag = '', last_modified = '', hint = '' WHERE url = $1")
	tombstone = schema.SQL(`INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, reason)
		VALUES ($1, $2, '', {article}, 0, 0, 0, 0, {forgotten}, 'forgotten')`)
)

// closeURLs makes URLs forgotten, those that were never in the frontier too, and
// returns how many were. Their hosts are locked.
func closeURLs(ctx context.Context, t *database.Tx, urls []string) (known int, err error) {
	for _, url := range urls {
		host := hostOf(url)
		n, err := t.Exec(ctx, closeURL, url)
		if err != nil {
			return 0, err
		}
		known += int(n)
		if n == 0 && host != "" && len(urls) > 1 {
			key := laneKey{host, sourceQueue("")}
			lanes, err := makeLanes(ctx, t, []laneKey{key})
			if err != nil {
				return 0, err
			}
			if _, err := t.Exec(ctx, tombstone, url, lanes[key]); err != nil {
				return 0, err
			}
		}
		if err := updateReady(ctx, t, host); err != nil {
			return 0, err
		}
	}
	return known, nil
}

var selectTombstones = schema.SQL("SELECT url FROM url WHERE state = {forgotten} AND url IN ({list})")

// hasTombstone reports whether one of the names of a page, other than its own URL,
// was forgotten.
func hasTombstone(ctx context.Context, t *database.Tx, page string, names []string) (found bool, err error) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == page })
	err = database.EachIn(ctx, t, selectTombstones, names, func(*sql.Rows) error {
		found = true
		return nil
	})
	return found, err
}

// forgetPages moves the places of the URLs' pages to the list of those to be
// removed from the archive.
func forgetPages(ctx context.Context, t *database.Tx, gone Forgotten, now time.Time) ([]schedule.Archived, error) {
	var places []schedule.Archived
	for _, url := range gone.URLs {
		var own []schedule.Archived
		err := t.Each(ctx, "SELECT file, place FROM page WHERE url = $1 ORDER BY at, file, place", []any{url}, func(rows *sql.Rows) error {
			var a schedule.Archived
			err := rows.Scan(&a.File, &a.Offset)
			own = append(own, a)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, a := range own {
			if _, err := t.Exec(ctx, "INSERT INTO forgotten (story, url, file, place, at) VALUES ($1, $2, $3, $4, $5)",
				gone.ID, url, a.File, a.Offset, now.UnixMilli()); err != nil {
				return nil, err
			}
		}
		for _, query := range []string{"DELETE FROM page WHERE url = $1", "DELETE FROM attempt WHERE url = $1", "DELETE FROM part WHERE url = $1"} {
			if _, err := t.Exec(ctx, query, url); err != nil {
				return nil, err
			}
		}
		places = append(places, own...)
	}
	return places, nil
}

// ForgottenRecord is a record that is left in the archive of what was forgotten.
type ForgottenRecord struct {
	StoryID  string // "" when the URL had no story
	URL      string
	Archived schedule.Archived
	At       time.Time // when it was forgotten
}

// ForgottenRecords lists the archive records to be removed by hand, in the
// order in which they were forgotten.
func (s *Store) ForgottenRecords(ctx context.Context) ([]ForgottenRecord, error) {
	var all []ForgottenRecord
	err := s.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, "SELECT story, url, file, place, at FROM forgotten ORDER BY seq", nil, func(rows *sql.Rows) error {
			var r ForgottenRecord
			var when int64
			err := rows.Scan(&r.StoryID, &r.URL, &r.Archived.File, &r.Archived.Offset, &when)
			r.At = database.Time(when)
			all = append(all, r)
			return err
		})
	})
	return all, err
}
