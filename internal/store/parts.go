package store

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
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

// maxPartRows bounds the rows that are read of one article. There are more than
// the article has parts when its addresses have changed.
const maxPartRows = 200

var selectParts = schema.SQL(`SELECT p.url, p.first, p.number, p.record, p.sha, p.file, p.place, COALESCE(u.state, {pending}), COALESCE(u.reason, '')
	FROM part p LEFT JOIN url u ON u.url = p.url WHERE `)

func (s *Store) scanPart(rows *sql.Rows) (ArticlePart, error) {
	var p ArticlePart
	var packed []byte
	var state int
	err := rows.Scan(&p.URL, &p.First, &p.Number, &packed, &p.SHA, &p.Archived.File, &p.Archived.Offset, &state, &p.Reason)
	p.State = stateOf(state)
	if err != nil || packed == nil {
		return p, err
	}
	story, err := s.codec.Unpack(packed)
	p.Story = &story
	return p, err
}

// Parts returns the known pages of the article that begins at a URL, by their
// numbers, then by URL. The first one is among them once it was read.
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

// ArticlePart returns the part at a URL. It returns ErrNotFound when it is known as
// none.
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

// PutPart stores a later part of an article that was read as a page by itself
// before it was known as a part. A story that was made of it goes into that of
// the article. links are what is to be fetched for it.
func (s *Store) PutPart(ctx context.Context, lease stories.Lease, url string, page schedule.PartPage, sha string, place schedule.Archived, links []schedule.Link) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		hosts := []string{hostOf(url)}
		for _, link := range links {
			hosts = append(hosts, link.Host)
		}
		if _, err := lockHosts(ctx, t, hosts); err != nil {
			return err
		}
		sum, err := addLinks(ctx, t, links, false)
		if err != nil {
			return err
		}
		if _, _, err := s.putPart(ctx, t, url, page, sha, place, sum.lanes); err != nil {
			return err
		}
		return s.followUp(ctx, t, sum)
	})
}

// putParts writes what the page means for an article in parts. reclean is the
// article's first page, when its story is to be joined anew.
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
		return nil, nil // nothing new is known of it
	}
	if o.State == schedule.Moved && len(o.Links) > 0 {
		if _, err := claimPart(ctx, f.tx, o.Links[0].URL, f.task.PartOf, f.task.Part, f.lanes); err != nil {
			return nil, err
		}
	}
	return []string{f.task.PartOf}, nil
}

// putPart writes one page of an article and announces the following one, and
// returns the article's first page: another than was thought when it has become
// known meanwhile. late means that the following one was read already.
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

// claimPart makes a page a part of an article. Of two articles that claim it the
// one whose URL is smaller has it, as its smallest number; a page that was taken
// for the first of an article brings its later parts along. late means that it
// was read already; when it is not archived it is asked for once more.
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

// readBefore reports whether a page was read. One of which there is no copy any
// more is asked for again, unconditionally.
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

// foldParts makes an article's later parts names of its story.
func (s *Store) foldParts(ctx context.Context, t *database.Tx, first string) error {
	pages, err := database.Column[string](ctx, t, "SELECT url FROM part WHERE first = $1 AND url <> $1 AND record IS NOT NULL ORDER BY number, url", first)
	if err != nil {
		return err
	}
	return s.Stories.Absorb(ctx, t, first, pages)
}

// lateParts asks for the article to be joined anew whose part a page is, though
// that was not known when the page was cleaned.
func lateParts(ctx context.Context, t *database.Tx, url string, reclean []string) ([]string, error) {
	var first string
	found, err := t.One(ctx, "SELECT first FROM part WHERE url = $1 AND number > 1", []any{url}, &first)
	if found {
		reclean = append(reclean, first)
	}
	return reclean, err
}
