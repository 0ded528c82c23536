package store

import (
	"context"
	"time"

	"winnow/news"
	"winnow/schedule"
)

// ArchivedPage is where a page lies in the archive, with what is known of it.
type ArchivedPage struct {
	URL      string
	Source   string
	Fetched  time.Time
	Status   int // HTTP status
	Archived schedule.Archived
	Hint     news.Hint // as it is known now
}

// ArchivedPage finds the page's latest copy. It returns ErrNotFound when there
// is none.
func (s *Store) ArchivedPage(ctx context.Context, url string) (ArchivedPage, error) {
	page := ArchivedPage{URL: url}
	err := s.view(ctx, func(t *tx) error {
		var fetched int64
		var hint string
		found, err := t.one(ctx, `SELECT p.at, p.status, p.file, p.place, u.source, u.hint FROM page p JOIN url u ON u.url = p.url
			WHERE p.url = $1 ORDER BY p.at DESC, p.file DESC, p.place DESC LIMIT 1`, []any{url},
			&fetched, &page.Status, &page.Archived.File, &page.Archived.Offset, &page.Source, &hint)
		if err == nil && !found {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		page.Fetched = at(fetched)
		page.Hint, err = readHint(hint)
		return err
	})
	return page, err
}

// ArchiveRemoved tells the state that files of the archive are no more.
func (s *Store) ArchiveRemoved(ctx context.Context, files []string) error {
	return s.write(ctx, func(t *tx) error {
		for _, file := range files {
			for _, query := range []string{
				"DELETE FROM page WHERE file = $1",
				"DELETE FROM forgotten WHERE file = $1",
				"UPDATE story SET file = '', place = 0 WHERE file = $1",
				"UPDATE part SET file = '', place = 0 WHERE file = $1",
				"UPDATE revision SET file = '', place = 0 WHERE file = $1",
			} {
				if _, err := t.exec(ctx, query, file); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
