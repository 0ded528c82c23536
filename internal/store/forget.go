package store

import (
	"context"
	"database/sql"
	"errors"
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
	found, err := s.Stories.Get(ctx, urlOrID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Forgotten{}, err
	}
	var gone Forgotten
	err = s.db.Write(ctx, func(t *database.Tx) (err error) {
		gone = Forgotten{ID: found.Story.ID, URLs: []string{urlOrID}}
		if gone.ID != "" {
			if gone.URLs, err = database.Column[string](ctx, t, "SELECT url FROM alias WHERE story = $1 UNION SELECT url FROM part WHERE first = $2",
				gone.ID, found.PageURL); err != nil {
				return err
			}
			gone.URLs = append(gone.URLs, found.PageURL)
		}
		slices.Sort(gone.URLs)
		gone.URLs = slices.Compact(gone.URLs)
		closed, err := closeURLs(ctx, t, gone.URLs)
		if err != nil {
			return err
		}
		if gone.ID == "" && closed == 0 {
			return ErrNotFound
		}
		if gone.Archived, err = forgetPages(ctx, t, gone, now); err != nil {
			return err
		}
		if gone.ID == "" {
			return nil
		}
		return s.Stories.Forget(ctx, t, gone.ID)
	})
	return gone, err
}

var (
	closeURL  = schema.SQL("UPDATE url SET state = {forgotten}, due = 0, reason = 'forgotten', etag = '', last_modified = '', hint = '' WHERE url = $1")
	tombstone = schema.SQL(`INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, reason)
		VALUES ($1, $2, '', {article}, 0, 0, 0, 0, {forgotten}, 'forgotten')`)
)

// closeURLs makes URLs forgotten, those that were never in the frontier too, and
// returns how many were.
func closeURLs(ctx context.Context, t *database.Tx, urls []string) (known int, err error) {
	var hosts []string
	for _, url := range urls {
		hosts = append(hosts, hostOf(url))
	}
	if _, err := lockHosts(ctx, t, hosts); err != nil {
		return 0, err
	}
	for i, url := range urls {
		n, err := t.Exec(ctx, closeURL, url)
		if err != nil {
			return 0, err
		}
		known += int(n)
		if n == 0 && hosts[i] != "" && len(urls) > 1 {
			key := laneKey{hosts[i], sourceQueue("")}
			lanes, err := makeLanes(ctx, t, []laneKey{key})
			if err != nil {
				return 0, err
			}
			if _, err := t.Exec(ctx, tombstone, url, lanes[key]); err != nil {
				return 0, err
			}
		}
		if err := updateReady(ctx, t, hosts[i]); err != nil {
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
