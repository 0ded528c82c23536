package store

import (
	"context"
	"database/sql"

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

const partColumns = `SELECT p.url, p.first, p.number, p.record, p.sha, p.file, p.place, COALESCE(u.state, 0), COALESCE(u.reason, '')
	FROM part p LEFT JOIN url u ON u.url = p.url WHERE `

func (s *Store) scanPart(rows *sql.Rows) (ArticlePart, error) {
	var p ArticlePart
	var record []byte
	var state int
	err := rows.Scan(&p.URL, &p.First, &p.Number, &record, &p.SHA, &p.Archived.File, &p.Archived.Offset, &state, &p.Reason)
	p.State = stateOf(state)
	if err != nil || record == nil {
		return p, err
	}
	story, err := s.unpack(record)
	p.Story = &story
	return p, err
}

// Parts gives the known pages of the article that begins at a URL, by their
// numbers, then by URL. The first one is among them once it was read.
func (s *Store) Parts(ctx context.Context, first string) ([]ArticlePart, error) {
	var parts []ArticlePart
	err := s.view(ctx, func(t *tx) error {
		parts = nil
		return t.each(ctx, partColumns+"p.first = $1 ORDER BY p.number, p.url LIMIT $2", []any{first, maxPartRows}, func(rows *sql.Rows) error {
			p, err := s.scanPart(rows)
			parts = append(parts, p)
			return err
		})
	})
	return parts, err
}

// ArticlePart gives the part at a URL. It returns ErrNotFound when it is known as
// none.
func (s *Store) ArticlePart(ctx context.Context, url string) (part ArticlePart, err error) {
	err = s.view(ctx, func(t *tx) error {
		found := false
		err := t.each(ctx, partColumns+"p.url = $1", []any{url}, func(rows *sql.Rows) (err error) {
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

// PutPart stores a later part of an article that was read as a page of its own
// before it was known as a part. A story that was made of it goes into that of
// the article. links are what is to be fetched for it.
func (s *Store) PutPart(ctx context.Context, lease Lease, url string, page schedule.PartPage, sha string, place schedule.Archived, links []schedule.Link) error {
	return s.settling(ctx, lease, func(t *tx) error {
		hosts := []string{hostOf(url)}
		for _, link := range links {
			hosts = append(hosts, link.Host)
		}
		if _, err := t.lockHosts(ctx, hosts); err != nil {
			return err
		}
		sum, err := t.addLinks(ctx, links, false)
		if err != nil {
			return err
		}
		if _, _, err := t.putPart(ctx, url, page, sha, place, sum.lanes); err != nil {
			return err
		}
		return t.after(ctx, sum)
	})
}

// putParts writes what the page means for an article in parts. reclean is the
// article's first page, when its story is to be joined anew.
func (f *finish) putParts(ctx context.Context) (reclean []string, err error) {
	o := &f.o
	if o.Part != nil {
		file, offset := f.archivedAt("", 0)
		first, late, err := f.putPart(ctx, f.task.URL, *o.Part, o.BodySHA, schedule.Archived{File: file, Offset: offset}, f.lanes)
		if late || first != f.task.URL {
			reclean = append(reclean, first)
		}
		return reclean, err
	}
	if f.task.PartOf == "" || o.State == schedule.Pending || o.State == schedule.Done && o.Story == nil && o.Reason == "" {
		return nil, nil // nothing new is known of it
	}
	if o.State == schedule.Moved && len(o.Links) > 0 {
		if _, err := f.claimPart(ctx, o.Links[0].URL, f.task.PartOf, f.task.Part, f.lanes); err != nil {
			return nil, err
		}
	}
	return []string{f.task.PartOf}, nil
}

// putPart writes one page of an article and announces the following one, and
// gives the article's first page: another than was thought when it has become
// known meanwhile. late says that the following one was read already.
func (t *tx) putPart(ctx context.Context, url string, page schedule.PartPage, sha string, place schedule.Archived, lanes map[int64]bool) (first string, late bool, err error) {
	record, _, err := t.pack(&page.Story)
	if err != nil {
		return "", false, err
	}
	number := 0
	if _, err := t.one(ctx, `INSERT INTO part (url, first, number, record, sha, file, place) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (url) DO UPDATE SET record = excluded.record, sha = excluded.sha, file = excluded.file, place = excluded.place
		RETURNING first, number`,
		[]any{url, page.First, page.Number, record, sha, place.File, place.Offset}, &first, &number); err != nil {
		return "", false, err
	}
	if page.Next != "" && page.Next != first {
		if late, err = t.claimPart(ctx, page.Next, first, number+1, lanes); err != nil {
			return first, late, err
		}
	}
	return first, late, t.foldParts(ctx, first)
}

// claimPart makes a page a part of an article. Of two articles that claim it the
// one whose URL is smaller has it, as its smallest number; a page that was taken
// for the first of an article brings its later parts along. late says that it
// was read already; when it is not archived it is asked for once more.
func (t *tx) claimPart(ctx context.Context, url, first string, number int, lanes map[int64]bool) (late bool, err error) {
	var was string
	var wasNumber int
	found, err := t.one(ctx, "SELECT first, number FROM part WHERE url = $1"+t.dialect.lock, []any{url}, &was, &wasNumber)
	switch {
	case err != nil:
		return false, err
	case !found:
		_, err = t.exec(ctx, "INSERT INTO part (url, first, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", url, first, number)
	case was == url && url != first:
		_, err = t.exec(ctx, "UPDATE part SET first = $2, number = number + $3 WHERE first = $1", url, first, number-1)
	case first < was || first == was && number < wasNumber:
		_, err = t.exec(ctx, "UPDATE part SET first = $2, number = $3 WHERE url = $1", url, first, number)
	default:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return t.readBefore(ctx, url, lanes)
}

// readBefore says whether a page was read. One of which there is no copy any
// more is asked for again, unconditionally.
func (t *tx) readBefore(ctx context.Context, url string, lanes map[int64]bool) (bool, error) {
	var lane int64
	var state, copies int
	found, err := t.one(ctx, `SELECT u.lane, u.state, (SELECT COUNT(*) FROM page p WHERE p.url = u.url) + (SELECT COUNT(*) FROM part q WHERE q.url = u.url AND q.record IS NOT NULL)
		FROM url u WHERE u.url = $1`, []any{url}, &lane, &state, &copies)
	if err != nil || !found || state != done && state != setAside {
		return false, err
	}
	if copies > 0 {
		return true, nil
	}
	lanes[lane] = true
	_, err = t.exec(ctx, "UPDATE url SET state = 0, due = 0, tries = 0, etag = '', last_modified = '', body_sha = '' WHERE url = $1", url)
	return false, err
}

// foldParts makes the names of an article's later parts names of its story, and
// takes out the stories that were made of them by themselves.
func (t *tx) foldParts(ctx context.Context, first string) error {
	var id string
	if found, err := t.one(ctx, "SELECT id FROM story WHERE page_url = $1 ORDER BY id LIMIT 1", []any{first}, &id); err != nil || !found {
		return err
	}
	var urls []string
	own := map[string]string{}
	err := t.each(ctx, `SELECT p.url, COALESCE(s.id, '') FROM part p LEFT JOIN story s ON s.page_url = p.url
		WHERE p.first = $1 AND p.url <> $1 AND p.record IS NOT NULL ORDER BY p.number, p.url`, []any{first}, func(rows *sql.Rows) error {
		var url, story string
		err := rows.Scan(&url, &story)
		urls, own[url] = append(urls, url), story
		return err
	})
	if err != nil {
		return err
	}
	for _, url := range urls {
		if old := own[url]; old != "" && old != id {
			if _, err := t.exec(ctx, "UPDATE alias SET story = $2 WHERE story = $1", old, id); err != nil {
				return err
			}
			if err := t.dropStory(ctx, old); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "INSERT INTO alias (url, story) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING", url, id); err != nil {
			return err
		}
	}
	return nil
}

// lateParts asks for the article to be joined anew whose part a page is, though
// that was not known when the page was cleaned.
func (t *tx) lateParts(ctx context.Context, url string, reclean []string) ([]string, error) {
	var first string
	found, err := t.one(ctx, "SELECT first FROM part WHERE url = $1 AND number > 1", []any{url}, &first)
	if found {
		reclean = append(reclean, first)
	}
	return reclean, err
}

// revise keeps the story as it stands as a revision.
func (t *tx) revise(ctx context.Context, id string) error {
	for _, query := range []string{
		`INSERT INTO revision (story, rev, crawled_at, text_sha, record, file, place)
			SELECT id, rev, crawled_at, text_sha, record, file, place FROM story WHERE id = $1`,
		"UPDATE story SET rev = rev + 1 WHERE id = $1",
	} {
		if _, err := t.exec(ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}
