package store

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// ArticlePart is a page of an article in parts.
type ArticlePart struct {
	URL      string
	First    string      // URL of the article's first page
	Number   int         // 1 is the first page
	Story    *news.Story // as the page was cleaned by itself; nil until it was read
	SHA      string      // SHA-256 of the body, hex
	Archived schedule.Archived
	State    schedule.State // of the URL
	Reason   string         // why it could not be had
}

// maxPartRows is the largest number of rows that are read of one article. There are
// more rows than parts if the URLs of parts have changed.
const maxPartRows = 200

var selectParts = schema.SQL(`SELECT p.url, p.first, p.number, p.record, p.sha, p.file, p.place, COALESCE(u.state, {pending}), COALESCE(u.reason, '')
	FROM part p LEFT JOIN url u ON u.url = p.url WHERE `)

func (s *Store) scanPart(rows *sql.Rows) (ArticlePart, error) {
	var p ArticlePart
	var packed []byte
	var state int
	err := rows.Scan(&p.URL, &p.First, &p.Number, &packed, &p.SHA, &p.Archived.File, &p.Archived.Offset, &state, &p.Reason)
	p.State = schema.StateOf(state)
	if err != nil || packed == nil {
		return p, err
	}
	story, err := s.codec.Unpack(packed)
	p.Story = &story
	return p, err
}

// Parts returns the known pages of the article that begins at a URL, by number, then by
// URL. The first page is among them once it was read.
func (s *Store) Parts(ctx context.Context, first string) ([]ArticlePart, error) {
	var parts []ArticlePart
	err := s.db.View(ctx, func(t *database.Tx) error {
		parts = nil
		return t.Each(ctx, selectParts+"p.first = $1 ORDER BY p.number, p.url LIMIT $2", []any{first, maxPartRows}, func(rows *sql.Rows) error {
			p, err := s.scanPart(rows)
			parts = append(parts, p)
			return err
		})
	})
	return parts, err
}

// ArticlePart returns the part at a URL. It returns ErrNotFound if the URL is not known
// to be one.
func (s *Store) ArticlePart(ctx context.Context, url string) (part ArticlePart, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		found := false
		err := t.Each(ctx, selectParts+"p.url = $1", []any{url}, func(rows *sql.Rows) (err error) {
			found = true
			part, err = s.scanPart(rows)
			return err
		})
		if err == nil && !found {
			err = ErrNotFound
		}
		return err
	})
	return part, err
}

// PutPart stores a later part of an article that was read before it was known to be
// one. A story that was made of it alone is merged into that of the article. links are
// the URLs to be fetched for it.
func (s *Store) PutPart(ctx context.Context, lease stories.Lease, url string, page schedule.PartPage, sha string, place schedule.Archived, links []schedule.Link) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		hosts := []string{lane.HostOf(url)}
		for _, link := range links {
			hosts = append(hosts, link.Host)
		}
		if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
			return err
		}
		sum, err := addLinks(ctx, t, links, false, 0)
		if err != nil {
			return err
		}
		if _, _, err := s.putPart(ctx, t, url, page, sha, place, sum.lanes); err != nil {
			return err
		}
		return s.followUp(ctx, t, sum)
	})
}

// putParts writes the page as a part of an article, if it is one. reclean is the first
// page of the article if its story is to be joined again.
func (f *finish) putParts(ctx context.Context) (reclean []string, err error) {
	o := &f.o
	if o.Part != nil {
		var place schedule.Archived // none
		if o.Archived != nil {
			place = *o.Archived
		}
		first, late, err := f.store.putPart(ctx, f.tx, f.task.URL, *o.Part, o.BodySHA, place, f.lanes)
		if late || first != f.task.URL {
			reclean = append(reclean, first)
		}
		return reclean, err
	}
	if f.task.PartOf == "" || o.State == schedule.Pending || o.State == schedule.Done && o.Story == nil && o.Reason == "" {
		return nil, nil // it has not changed
	}
	if o.State == schedule.Moved && len(o.Links) > 0 {
		if _, err := claimPart(ctx, f.tx, o.Links[0].URL, f.task.PartOf, f.task.Part, f.lanes); err != nil {
			return nil, err
		}
	}
	return []string{f.task.PartOf}, nil
}

// putPart writes one page of an article, and claims the following page for it. It
// returns the first page of the article, which may have changed meanwhile; late means
// that the following page was read already.
func (s *Store) putPart(ctx context.Context, t *database.Tx, url string, page schedule.PartPage, sha string, place schedule.Archived, lanes map[int64]bool) (first string, late bool, err error) {
	packed, _, err := s.codec.Pack(&page.Story)
	if err != nil {
		return "", false, err
	}
	number := 0
	if _, err := t.One(ctx, `INSERT INTO part (url, first, number, record, sha, file, place) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (url) DO UPDATE SET record = excluded.record, sha = excluded.sha, file = excluded.file, place = excluded.place
		RETURNING first, number`,
		[]any{url, page.First, page.Number, packed, sha, place.File, place.Offset}, &first, &number); err != nil {
		return "", false, err
	}
	if page.Next != "" && page.Next != first {
		if late, err = claimPart(ctx, t, page.Next, first, number+1, lanes); err != nil {
			return first, late, err
		}
	}
	return first, late, s.foldParts(ctx, t, first)
}

// claimPart makes a page a part of an article. If two articles claim it, it belongs to
// the one whose URL sorts first, with the smallest number. A page that was taken for
// the first of an article brings its later parts along. late means that it was read
// already; if there is no copy of it, it is requested again.
func claimPart(ctx context.Context, t *database.Tx, url, first string, number int, lanes map[int64]bool) (late bool, err error) {
	var was string
	var wasNumber int
	found, err := t.One(ctx, "SELECT first, number FROM part WHERE url = $1"+t.Dialect.ForUpdate, []any{url}, &was, &wasNumber)
	switch {
	case err != nil:
		return false, err
	case !found:
		_, err = t.Exec(ctx, "INSERT INTO part (url, first, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", url, first, number)
	case was == url && url != first:
		_, err = t.Exec(ctx, "UPDATE part SET first = $2, number = number + $3 WHERE first = $1", url, first, number-1)
	case first < was || first == was && number < wasNumber:
		_, err = t.Exec(ctx, "UPDATE part SET first = $2, number = $3 WHERE url = $1", url, first, number)
	default:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return readBefore(ctx, t, url, lanes)
}

var askAgain = schema.SQL("UPDATE url SET state = {pending}, due = 0, tries = 0, etag = '', last_modified = '', body_sha = '' WHERE url = $1")

// readBefore reports whether a page was read and there is a copy of it. If there is no
// copy any more, it is requested again, unconditionally.
func readBefore(ctx context.Context, t *database.Tx, url string, lanes map[int64]bool) (bool, error) {
	var lane int64
	var state, copies int
	found, err := t.One(ctx, `SELECT u.lane, u.state, (SELECT COUNT(*) FROM page p WHERE p.url = u.url) + (SELECT COUNT(*) FROM part q WHERE q.url = u.url AND q.record IS NOT NULL)
		FROM url u WHERE u.url = $1`, []any{url}, &lane, &state, &copies)
	if err != nil || !found || state != schema.Done && state != schema.SetAside {
		return false, err
	}
	if copies > 0 {
		return true, nil
	}
	lanes[lane] = true
	_, err = t.Exec(ctx, askAgain, url)
	return false, err
}

// foldParts makes the URLs of an article's later parts names of its story.
func (s *Store) foldParts(ctx context.Context, t *database.Tx, first string) error {
	pages, err := database.Column[string](ctx, t, "SELECT url FROM part WHERE first = $1 AND url <> $1 AND record IS NOT NULL ORDER BY number, url", first)
	if err != nil {
		return err
	}
	return s.Stories.Absorb(ctx, t, first, pages)
}

// lateParts adds to reclean the first page of the article that a page is a part of,
// though that was not known when the page was cleaned.
func lateParts(ctx context.Context, t *database.Tx, url string, reclean []string) ([]string, error) {
	var first string
	found, err := t.One(ctx, "SELECT first FROM part WHERE url = $1 AND number > 1", []any{url}, &first)
	if found {
		reclean = append(reclean, first)
	}
	return reclean, err
}
