package store

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
)

// Place is where the archive has a page.
type Place struct {
	URL    string
	Offset int64
}

// ArchivedFiles returns the files of the archive that pages are in, sorted.
func (s *Store) ArchivedFiles(ctx context.Context) (files []string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		files, err = database.Column[string](ctx, t, "SELECT DISTINCT file FROM page ORDER BY file")
		return err
	})
	return files, err
}

// ArchivedIn returns the places of the pages in a file of the archive, in their order.
func (s *Store) ArchivedIn(ctx context.Context, file string) (places []Place, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		places = nil
		return t.Each(ctx, "SELECT url, place FROM page WHERE file = $1 ORDER BY place, url", []any{file}, func(rows *sql.Rows) error {
			var p Place
			err := rows.Scan(&p.URL, &p.Offset)
			places = append(places, p)
			return err
		})
	})
	return places, err
}

// ArchiveLost deletes places of pages which the archive should have in a file and has
// not. The pages are read whole at their next visit, and archived again.
func (s *Store) ArchiveLost(ctx context.Context, file string, lost []Place) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		for _, p := range lost {
			if _, err := t.Exec(ctx, "UPDATE url SET etag = '', last_modified = '', body_sha = '' WHERE url = $1", p.URL); err != nil {
				return err
			}
			for _, query := range []string{
				"DELETE FROM page WHERE file = $1 AND place = $2",
				"UPDATE part SET file = '', place = 0 WHERE file = $1 AND place = $2",
			} {
				if _, err := t.Exec(ctx, query, file, p.Offset); err != nil {
					return err
				}
			}
			if err := s.Stories.ArchiveLost(ctx, t, file, p.Offset); err != nil {
				return err
			}
		}
		return nil
	})
}
