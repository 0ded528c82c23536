package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/feedtext"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// Forgotten is what was taken out for good.
type Forgotten struct {
	ID   string   // of the story; "" when the URL had none
	URLs []string // that are not fetched again
}

// Forget takes out a story, found by its ID or by any URL that means it. Its record,
// revisions, prints, edges and overrides are deleted; its file is put on the outbox,
// and its pages on the list of [Store.ForgottenPages]. Its URLs are never fetched
// again. A URL without a story can be forgotten too. Forget returns ErrNotFound for
// what is not known.
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
		hosts = append(hosts, lane.HostOf(url))
	}
	if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
		return gone, err
	}
	if t.Dialect.ForUpdate != "" {
		// The story is locked after the hosts. Before that, another transaction may
		// have given it another ID or other names.
		locked, err := s.whatGoes(ctx, t, urlOrID, t.Dialect.ForUpdate)
		if err == nil && (locked.ID != gone.ID || !slices.Equal(locked.URLs, gone.URLs)) {
			err = database.ErrRetry
		}
		if err != nil {
			return gone, err
		}
	}
	for _, url := range gone.URLs {
		if err := s.Sites.Delete(ctx, t, lane.HostOf(url), url); err != nil {
			return gone, err
		}
		if err := feedtext.Delete(ctx, t, url); err != nil {
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
	if err := forgetPages(ctx, t, gone, now); err != nil || gone.ID == "" {
		return gone, err
	}
	return gone, s.Stories.Forget(ctx, t, gone.ID)
}

// whatGoes returns the story that an ID or URL means, and the URLs of its pages,
// sorted. lock is put at the end of the statement that reads the story.
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

// closeURLs makes URLs forgotten, including those that never were in the frontier,
// and returns how many were in it. The caller has locked their hosts.
func closeURLs(ctx context.Context, t *database.Tx, urls []string) (known int, err error) {
	for _, url := range urls {
		host := lane.HostOf(url)
		n, err := t.Exec(ctx, closeURL, url)
		if err != nil {
			return 0, err
		}
		known += int(n)
		if n == 0 && host != "" && len(urls) > 1 {
			key := lane.Key{Host: host, Queue: lane.SourceQueue("")}
			lanes, err := lane.Make(ctx, t, []lane.Key{key})
			if err != nil {
				return 0, err
			}
			if _, err := t.Exec(ctx, tombstone, url, lanes[key]); err != nil {
				return 0, err
			}
		}
		if err := lane.UpdateReady(ctx, t, host); err != nil {
			return 0, err
		}
	}
	return known, nil
}

var selectTombstones = schema.SQL("SELECT url FROM url WHERE state = {forgotten} AND url IN ({list})")

// hasTombstone reports whether any of the names of a page, other than its own URL, was
// forgotten.
func hasTombstone(ctx context.Context, t *database.Tx, page string, names []string) (found bool, err error) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == page })
	err = database.EachIn(ctx, t, selectTombstones, names, func(*sql.Rows) error {
		found = true
		return nil
	})
	return found, err
}

const putForgotten = "INSERT INTO forgotten (story, url, file, place, at) VALUES ($1, $2, $3, $4, $5)"

// forgetPages deletes what is known of the URLs' pages, and lists the pages to be
// erased from the archive.
func forgetPages(ctx context.Context, t *database.Tx, gone Forgotten, now time.Time) error {
	for _, url := range gone.URLs {
		if _, err := t.Exec(ctx, `INSERT INTO forgotten (story, url, file, place, at)
			SELECT CAST($1 AS TEXT), url, file, place, CAST($2 AS BIGINT) FROM page WHERE url = $3 ORDER BY at, file, place`, gone.ID, now.UnixMilli(), url); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, putForgotten, gone.ID, url, "", 0, now.UnixMilli()); err != nil {
			return err
		}
		for _, query := range []string{"DELETE FROM page WHERE url = $1", "DELETE FROM attempt WHERE url = $1", "DELETE FROM part WHERE url = $1"} {
			if _, err := t.Exec(ctx, query, url); err != nil {
				return err
			}
		}
	}
	return nil
}

// eraseLater lists a page to be erased from the archive that was fetched while its URL
// was being forgotten.
func (f *finish) eraseLater(ctx context.Context) error {
	if f.o.Status == 0 && f.o.Archived == nil {
		return nil // it left no record
	}
	_, err := f.tx.Exec(ctx, putForgotten, "", f.task.URL, "", 0, database.Millis(f.o.At))
	return err
}

// ForgottenPage is a page that is still to be erased from the archive. The state does
// not know the places of all records of a URL, of revisits for instance: those are
// found by searching the files.
type ForgottenPage struct {
	Seq      int64
	StoryID  string // "" when the URL had no story
	URL      string
	Archived schedule.Archived // File "" means any file, Offset 0 anywhere in it
	At       time.Time         // when it was forgotten
}

// ForgottenPages returns the pages that are still to be erased from the archive,
// in the order in which they were forgotten.
func (s *Store) ForgottenPages(ctx context.Context) ([]ForgottenPage, error) {
	var all []ForgottenPage
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT seq, story, url, file, place, at FROM forgotten ORDER BY seq", nil, func(rows *sql.Rows) error {
			var p ForgottenPage
			var when int64
			err := rows.Scan(&p.Seq, &p.StoryID, &p.URL, &p.Archived.File, &p.Archived.Offset, &when)
			p.At = database.Time(when)
			all = append(all, p)
			return err
		})
	})
	return all, err
}

// PagesErased takes pages off the list that were erased from all files of the archive
// but the busy ones. What is still to be searched for in those stays on the list.
func (s *Store) PagesErased(ctx context.Context, pages []ForgottenPage, busy []string) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		var done []int64
		for _, p := range pages {
			if slices.Contains(busy, p.Archived.File) {
				continue
			}
			done = append(done, p.Seq)
			if p.Archived.File != "" {
				continue
			}
			for _, file := range busy {
				if _, err := t.Exec(ctx, putForgotten, p.StoryID, p.URL, file, 0, database.Millis(p.At)); err != nil {
					return err
				}
			}
		}
		_, err := database.ExecIn(ctx, t, "DELETE FROM forgotten WHERE seq IN ({list})", done)
		return err
	})
}
