package stories

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/news"
)

// Pages of one story name each other: a page its canonical URL, that page another one, a
// page its AMP version. All pages that are connected by such names are one story, and
// its ID is made from the canonical URL of the best of them, whatever the order in which
// they came. Stories that turn out to be one are folded. After the first verdict, which
// publishes the ID, a story keeps its ID and is not folded into another: if two
// published stories are one, the dedupe stage finds that they are copies.

// folding is a story as fold sees it.
type folding struct {
	id, page string
	num      int64
	rank     int
	fixed    bool // its ID was published, or there is an override on it
}

// errMoved makes the transaction start again: another one has folded, renamed or dropped
// a story that was looked up. It does not occur on SQLite, which has one writer.
var errMoved = fmt.Errorf("the story went elsewhere meanwhile: %w", database.ErrRetry)

// better reports whether a story is read from a page rather than from another.
func better(rank int, page string, thanRank int, than string) bool {
	return cmp.Or(cmp.Compare(rank, thanRank), cmp.Compare(page, than)) < 0
}

// meant returns the stories that names mean, by name; names without one are left out.
func (p *put) meant(ctx context.Context, names []string) (map[string]string, error) {
	known := map[string]string{}
	err := database.EachIn(ctx, p.tx, "SELECT url, story FROM alias WHERE url IN ({list})", names, func(rows *sql.Rows) error {
		var name, id string
		err := rows.Scan(&name, &id)
		known[name] = id
		return err
	})
	return known, err
}

// storyID returns the ID of the story that the page belongs to: the story that was read
// from it before; else the one that its canonical URL, or another of its names, means;
// else a new one, made from the canonical URL. Several stories are folded into one.
func (p *put) storyID(ctx context.Context, names []string, known map[string]string) (string, error) {
	var ids []string
	own, err := p.stories.OfPage(ctx, p.tx, p.page.URL)
	if err != nil {
		return "", err
	}
	if own != "" {
		ids = append(ids, own)
	}
	for _, name := range names {
		if id := known[name]; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch len(ids) {
	case 0:
		return NewID(names[0]), nil
	case 1:
		return ids[0], p.hold(ctx, ids[0])
	}
	return p.fold(ctx, ids)
}

// hold keeps others from folding, renaming or dropping a story until the
// transaction ends. SQLite has one writer anyway.
func (p *put) hold(ctx context.Context, id string) error {
	if p.tx.Dialect.ForUpdate == "" {
		return nil
	}
	var num int64
	found, err := p.tx.One(ctx, "SELECT num FROM story WHERE id = $1"+p.tx.Dialect.ForUpdate, []any{id}, &num)
	if err == nil && !found {
		err = errMoved
	}
	return err
}

// fold makes one story of several that are not published yet, and returns its ID: that
// of the first published one, else that of the one with the best page.
func (p *put) fold(ctx context.Context, ids []string) (string, error) {
	all, err := p.foldings(ctx, ids)
	if err != nil {
		return "", err
	}
	if len(all) < len(ids) && p.tx.Dialect.ForUpdate != "" {
		return "", errMoved
	}
	if len(all) == 0 {
		return ids[0], nil
	}
	into := slices.MinFunc(all, func(a, b folding) int {
		switch {
		case a.fixed != b.fixed:
			return database.Flag(b.fixed) - database.Flag(a.fixed)
		case a.fixed:
			return slices.Index(ids, a.id) - slices.Index(ids, b.id)
		case better(a.rank, a.page, b.rank, b.page):
			return -1
		}
		return 1
	})
	for _, from := range all {
		if from.fixed || from.id == into.id {
			continue
		}
		if better(from.rank, from.page, into.rank, into.page) {
			if err := p.takeOver(ctx, &into, from); err != nil {
				return "", err
			}
		}
		if _, err := p.tx.Exec(ctx, "UPDATE alias SET story = $2 WHERE story = $1", from.id, into.id); err != nil {
			return "", err
		}
		if err := p.stories.Drop(ctx, p.tx, from.id); err != nil {
			return "", err
		}
		p.changes.Added--
	}
	return into.id, nil
}

// foldings locks the stories and reads what fold needs to know of them.
func (p *put) foldings(ctx context.Context, ids []string) (all []folding, err error) {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	for _, id := range sorted {
		one := folding{id: id}
		var said, judged int
		found, err := p.tx.One(ctx, `SELECT num, rank, page_url, CASE WHEN verdict = '' THEN 0 ELSE 1 END,
			(SELECT COUNT(*) FROM override WHERE a = story.id) + (SELECT COUNT(*) FROM override WHERE b <> '' AND b = story.id)
			FROM story WHERE id = $1`+p.tx.Dialect.ForUpdate, []any{id}, &one.num, &one.rank, &one.page, &judged, &said)
		if err != nil {
			return nil, err
		}
		if one.fixed = judged+said > 0; found {
			all = append(all, one)
		}
	}
	return all, nil
}

// takeOver replaces the page of a story by that of another, which is better.
func (p *put) takeOver(ctx context.Context, into *folding, from folding) error {
	story, err := p.stories.recordOf(ctx, p.tx, from.id)
	if err != nil {
		return err
	}
	story.ID = into.id
	record, _, err := p.stories.codec.Pack(&story)
	if err != nil {
		return err
	}
	if err := p.stories.index.Move(ctx, p.tx, from.num, into.num); err != nil {
		return err
	}
	_, err = p.tx.Exec(ctx, `UPDATE story SET stamp = story.stamp + 1, page_url = o.page_url, rank = o.rank, source = o.source, text_sha = o.text_sha, record = $3, site = o.site, profile = o.profile, alone_sha = o.alone_sha, record_sha = o.record_sha,
		crawled_at = o.crawled_at, changed_at = CASE WHEN story.text_sha = o.text_sha THEN story.changed_at ELSE o.changed_at END,
		file = o.file, place = o.place, site_misses = o.site_misses, dirty = story.dirty | o.dirty, gone_at = o.gone_at
		FROM story o WHERE story.num = $1 AND o.num = $2`, into.num, from.num, record)
	into.rank, into.page = from.rank, from.page
	return err
}

// putAliases stores the names of the story. known are those that meant a story before.
// A name that means another story keeps that meaning, unless that story is folded into
// this one.
func (p *put) putAliases(ctx context.Context, id string, names []string, known map[string]string) error {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	met := []string{id}
	for _, name := range sorted {
		if known[name] != "" {
			continue
		}
		n, err := p.tx.Exec(ctx, "INSERT INTO alias (url, story) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING", name, id)
		if err != nil {
			return err
		}
		if n == 0 { // a page on another host came first
			var other string
			if _, err := p.tx.One(ctx, "SELECT story FROM alias WHERE url = $1", []any{name}, &other); err != nil {
				return err
			}
			if other != "" && !slices.Contains(met, other) {
				met = append(met, other)
			}
		}
	}
	if len(met) > 1 {
		var err error
		if id, err = p.fold(ctx, met); err != nil {
			return err
		}
	}
	if len(met) > 1 || len(known) > 0 {
		return p.rename(ctx, id)
	}
	return nil
}

var renameStory = schema.SQL("UPDATE story SET id = $2, record = $3, stamp = stamp + 1, dirty = dirty | {judge} WHERE num = $1")

// rename changes the ID of a story that is not published to that of its best page.
func (p *put) rename(ctx context.Context, id string) error {
	all, err := p.foldings(ctx, []string{id})
	if err != nil || len(all) == 0 || all[0].fixed {
		return err
	}
	story, err := p.stories.recordOf(ctx, p.tx, id)
	if err != nil {
		return err
	}
	want := NewID(story.URL)
	if want == id || len(story.URL) > MaxURL {
		return nil
	}
	taken := 0
	if _, err := p.tx.One(ctx, "SELECT 1 FROM story WHERE id = $1", []any{want}, &taken); err != nil || taken > 0 {
		return err
	}
	if err := dropEdges(ctx, p.tx, id); err != nil {
		return err
	}
	story.ID = want
	record, _, err := p.stories.codec.Pack(&story)
	if err != nil {
		return err
	}
	_, err = p.tx.Exec(ctx, renameStory, all[0].num, want, record)
	return err
}

// recordOf returns a story as it was read.
func (s *Stories) recordOf(ctx context.Context, t *database.Tx, id string) (news.Story, error) {
	var packed []byte
	if found, err := t.One(ctx, "SELECT record FROM story WHERE id = $1", []any{id}, &packed); err != nil || !found {
		return news.Story{}, cmp.Or(err, ErrNotFound)
	}
	return s.codec.Unpack(packed)
}

// Absorb makes the URLs of later pages of an article names of the story that was read
// from the first page, if there is one, and drops the stories that were made of the
// later pages alone.
func (s *Stories) Absorb(ctx context.Context, t *database.Tx, first string, pages []string) error {
	id, err := s.OfPage(ctx, t, first)
	if err != nil || id == "" {
		return err
	}
	own := map[string]string{}
	err = database.EachIn(ctx, t, "SELECT page_url, id FROM story WHERE page_url IN ({list})", pages, func(rows *sql.Rows) error {
		var page, id string
		err := rows.Scan(&page, &id)
		own[page] = id
		return err
	})
	if err != nil {
		return err
	}
	for _, page := range pages {
		if old := own[page]; old != "" && old != id {
			if _, err := t.Exec(ctx, "UPDATE alias SET story = $2 WHERE story = $1", old, id); err != nil {
				return err
			}
			if err := s.Drop(ctx, t, old); err != nil {
				return err
			}
		}
		if _, err := t.Exec(ctx, "INSERT INTO alias (url, story) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING", page, id); err != nil {
			return err
		}
	}
	return nil
}
