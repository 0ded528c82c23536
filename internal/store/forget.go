package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"winnow/schedule"
)

// Taken is what was taken out for good.
type Taken struct {
	ID       string              // of the story; "" when the URL had none
	URLs     []string            // that are not fetched again
	Archived []schedule.Archived // records that are left in the archive, see ForgottenRecords
}

// Forget takes a story out, found by its ID or by any URL that means it: its
// record with all revisions, its prints, its edges and what a person said of it go, its file with the
// next work on the outbox, and its URLs are never fetched again. A URL without
// a story is closed as well. It returns ErrNotFound for what is not known.
func (s *Store) Forget(ctx context.Context, urlOrID string, now time.Time) (Taken, error) {
	found, err := s.Story(ctx, urlOrID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Taken{}, err
	}
	var taken Taken
	err = s.write(ctx, func(t *tx) (err error) {
		taken = Taken{ID: found.Story.ID, URLs: []string{urlOrID}}
		if taken.ID != "" {
			taken.URLs = []string{found.PageURL}
			if err := t.each(ctx, "SELECT url FROM alias WHERE story = $1", []any{taken.ID}, func(rows *sql.Rows) error {
				var url string
				err := rows.Scan(&url)
				taken.URLs = append(taken.URLs, url)
				return err
			}); err != nil {
				return err
			}
			if err := t.each(ctx, "SELECT url FROM part WHERE first = $1", []any{found.PageURL}, func(rows *sql.Rows) error {
				var url string
				err := rows.Scan(&url)
				taken.URLs = append(taken.URLs, url)
				return err
			}); err != nil {
				return err
			}
		}
		slices.Sort(taken.URLs)
		taken.URLs = slices.Compact(taken.URLs)
		closed, err := t.closeURLs(ctx, taken.URLs)
		if err != nil {
			return err
		}
		if taken.ID == "" && closed == 0 {
			return ErrNotFound
		}
		if taken.Archived, err = t.forgetPages(ctx, taken, now); err != nil {
			return err
		}
		if taken.ID == "" {
			return nil
		}
		return t.forgetStory(ctx, taken.ID)
	})
	return taken, err
}

// closeURLs makes URLs forgotten, those that were never in the frontier too,
// and says how many were.
func (t *tx) closeURLs(ctx context.Context, urls []string) (int, error) {
	var hosts []string
	for _, url := range urls {
		hosts = append(hosts, hostOf(url))
	}
	if _, err := t.lockHosts(ctx, slices.Clone(hosts)); err != nil {
		return 0, err
	}
	known := 0
	for i, url := range urls {
		n, err := t.exec(ctx, "UPDATE url SET state = 6, due = 0, reason = 'forgotten', etag = '', last_modified = '', hint = '' WHERE url = $1", url)
		if err != nil {
			return 0, err
		}
		known += int(n)
		if n == 0 && hosts[i] != "" && len(urls) > 1 {
			key := laneKey{hosts[i], sourceQueue("")}
			lanes, err := t.lanes(ctx, []laneKey{key})
			if err != nil {
				return 0, err
			}
			if _, err := t.exec(ctx, `INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, reason)
				VALUES ($1, $2, '', 4, 0, 0, 0, 0, 6, 'forgotten')`, url, lanes[key]); err != nil {
				return 0, err
			}
		}
		if _, err := t.exec(ctx, makeReady+"host = $1", hosts[i]); err != nil {
			return 0, err
		}
	}
	return known, nil
}

// forgetPages moves the places of the URLs' pages to the list of those to be
// removed from the archive.
func (t *tx) forgetPages(ctx context.Context, taken Taken, now time.Time) ([]schedule.Archived, error) {
	var places []schedule.Archived
	for _, url := range taken.URLs {
		var own []schedule.Archived
		err := t.each(ctx, "SELECT file, place FROM page WHERE url = $1 ORDER BY at, file, place", []any{url}, func(rows *sql.Rows) error {
			var a schedule.Archived
			err := rows.Scan(&a.File, &a.Offset)
			own = append(own, a)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, a := range own {
			if _, err := t.exec(ctx, "INSERT INTO forgotten (story, url, file, place, at) VALUES ($1, $2, $3, $4, $5)",
				taken.ID, url, a.File, a.Offset, now.UnixMilli()); err != nil {
				return nil, err
			}
		}
		for _, query := range []string{"DELETE FROM page WHERE url = $1", "DELETE FROM attempt WHERE url = $1", "DELETE FROM part WHERE url = $1"} {
			if _, err := t.exec(ctx, query, url); err != nil {
				return nil, err
			}
		}
		places = append(places, own...)
	}
	return places, nil
}

// forgetStory deletes the story with what a person said of it, and has those
// judged again that it touched.
func (t *tx) forgetStory(ctx context.Context, id string) error {
	if err := t.dropStory(ctx, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, "DELETE FROM override WHERE a = $1 OR b = $1", id)
	return err
}

// dropStory deletes the story and has those judged again that it touched.
func (t *tx) dropStory(ctx context.Context, id string) error {
	var num int64
	var path string
	var record []byte
	found, err := t.one(ctx, "SELECT num, path, record FROM story WHERE id = $1"+t.dialect.lock, []any{id}, &num, &path, &record)
	if err != nil || !found {
		return err
	}
	story, err := t.unpack(record)
	if err != nil {
		return err
	}
	if err := t.staleHouse(ctx, &story); err != nil {
		return err
	}
	if path != "" {
		if err := t.putOutbox(ctx, FileTask{Action: Remove, Path: path, StoryID: id}); err != nil {
			return err
		}
	}
	if err := t.putOutbox(ctx, FileTask{Action: Part, Part: num / PartSize}); err != nil {
		return err
	}
	if err := t.dropPrints(ctx, num); err != nil {
		return err
	}
	if err := t.dropEdges(ctx, id); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM revision WHERE story = $1",
		"DELETE FROM alias WHERE story = $1",
		"DELETE FROM story WHERE id = $1",
	} {
		if _, err := t.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

// touched has the stories judged again that a story touches.
const touched = `UPDATE story SET dirty = dirty | 1, stamp = stamp + 1 WHERE id <> $1 AND id IN (
	SELECT id FROM story WHERE duplicate_of = $1 AND duplicate_of <> ''
	UNION ALL SELECT b FROM edge WHERE a = $1 UNION ALL SELECT a FROM edge WHERE b = $1
	UNION ALL SELECT b FROM override WHERE a = $1 UNION ALL SELECT a FROM override WHERE b = $1 AND b <> '')`

// dropEdges deletes the story's edges and has those judged again that it touched.
func (t *tx) dropEdges(ctx context.Context, id string) error {
	if _, err := t.exec(ctx, touched, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, "DELETE FROM edge WHERE a = $1 OR b = $1", id)
	return err
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
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, "SELECT story, url, file, place, at FROM forgotten ORDER BY seq", nil, func(rows *sql.Rows) error {
			var r ForgottenRecord
			var when int64
			err := rows.Scan(&r.StoryID, &r.URL, &r.Archived.File, &r.Archived.Offset, &when)
			r.At = at(when)
			all = append(all, r)
			return err
		})
	})
	return all, err
}
