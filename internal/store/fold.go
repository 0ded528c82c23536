package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"winnow/news"
)

// Pages that mean one story name each other: a page its canonical URL, that one
// another, a page its AMP twin. The story is what hangs together by such names,
// and its ID is made from the canonical URL that the best of its pages claims,
// whatever the order in which the pages came. Stories that turn out to be one are
// folded. That ends with the first judgement, which publishes an ID: such a story
// keeps it and is folded into no other. That it tells the same is for the dedupe
// stage to find then.

// folding is a story as fold sees it.
type folding struct {
	id, page string
	num      int64
	rank     int
	fixed    bool // its ID was published, or a person has spoken of it
}

// better says whether a page stands for a story rather than another.
func better(rank int, page string, thanRank int, than string) bool {
	return cmp.Or(cmp.Compare(rank, thanRank), cmp.Compare(page, than)) < 0
}

// meant gives the stories that names mean, those that mean one.
func (t *tx) meant(ctx context.Context, names []string) (map[string]string, error) {
	known := map[string]string{}
	err := chunks(names, t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT url, story FROM alias WHERE url IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var name, id string
			err := rows.Scan(&name, &id)
			known[name] = id
			return err
		})
	})
	return known, err
}

// storyID finds the story that the task's page belongs to: the one it stands for
// already; else the one that is known by its canonical URL, or by another of its
// names; else a new one, named after the canonical URL.
func (f *finish) storyID(ctx context.Context, names []string, known map[string]string) (string, error) {
	var ids []string
	var own string
	if found, err := f.one(ctx, "SELECT id FROM story WHERE page_url = $1 ORDER BY id LIMIT 1", []any{f.task.URL}, &own); err != nil {
		return "", err
	} else if found {
		ids = append(ids, own)
	}
	for _, name := range names {
		if id := known[name]; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch len(ids) {
	case 0:
		return StoryID(names[0]), nil
	case 1:
		return ids[0], f.hold(ctx, ids[0])
	}
	return f.fold(ctx, ids)
}

// hold keeps others from folding, renaming or dropping a story until the
// transaction ends. SQLite has one writer anyway.
func (f *finish) hold(ctx context.Context, id string) error {
	if f.dialect.lock == "" {
		return nil
	}
	var num int64
	found, err := f.one(ctx, "SELECT num FROM story WHERE id = $1"+f.dialect.lock, []any{id}, &num)
	if err == nil && !found {
		err = errMoved
	}
	return err
}

// fold makes one story of several that are not published yet. It gives the ID
// of the first that is published, else of the one that the others went into.
func (f *finish) fold(ctx context.Context, ids []string) (string, error) {
	all, err := f.foldings(ctx, ids)
	if err != nil {
		return "", err
	}
	if len(all) < len(ids) && f.dialect.lock != "" {
		return "", errMoved
	}
	if len(all) == 0 {
		return ids[0], nil
	}
	into := slices.MinFunc(all, func(a, b folding) int {
		switch {
		case a.fixed != b.fixed:
			return flag(b.fixed) - flag(a.fixed)
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
			if err := f.takeOver(ctx, &into, from); err != nil {
				return "", err
			}
		}
		if _, err := f.exec(ctx, "UPDATE alias SET story = $2 WHERE story = $1", from.id, into.id); err != nil {
			return "", err
		}
		if err := f.dropStory(ctx, from.id); err != nil {
			return "", err
		}
		f.count.added--
	}
	return into.id, nil
}

// foldings locks the stories and says how they stand.
func (f *finish) foldings(ctx context.Context, ids []string) (all []folding, err error) {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	for _, id := range sorted {
		one := folding{id: id}
		var said, judged int
		found, err := f.one(ctx, `SELECT num, rank, page_url, CASE WHEN verdict = '' THEN 0 ELSE 1 END,
			(SELECT COUNT(*) FROM override WHERE a = story.id) + (SELECT COUNT(*) FROM override WHERE b <> '' AND b = story.id)
			FROM story WHERE id = $1`+f.dialect.lock, []any{id}, &one.num, &one.rank, &one.page, &judged, &said)
		if err != nil {
			return nil, err
		}
		if one.fixed = judged+said > 0; found {
			all = append(all, one)
		}
	}
	return all, nil
}

// takeOver gives a story the page of another, which is better than its own.
func (f *finish) takeOver(ctx context.Context, into *folding, from folding) error {
	before, err := f.recordOf(ctx, into.id)
	if err != nil {
		return err
	}
	if err := f.staleHouse(ctx, &before); err != nil {
		return err
	}
	story, err := f.recordOf(ctx, from.id)
	if err != nil {
		return err
	}
	story.ID = into.id
	record, sha, err := f.pack(&story)
	if err != nil {
		return err
	}
	if err := f.dropPrints(ctx, into.num); err != nil {
		return err
	}
	if _, err := f.exec(ctx, "UPDATE prints SET story = $2 WHERE story = $1", from.num, into.num); err != nil {
		return err
	}
	_, err = f.exec(ctx, `UPDATE story SET stamp = story.stamp + 1, page_url = o.page_url, rank = o.rank, source = o.source, text_sha = $3, record = $4,
		crawled_at = o.crawled_at, changed_at = CASE WHEN story.text_sha = $3 THEN story.changed_at ELSE o.changed_at END,
		file = o.file, place = o.place, site_misses = o.site_misses, house = '', dirty = story.dirty | o.dirty, gone_at = o.gone_at
		FROM story o WHERE story.num = $1 AND o.num = $2`, into.num, from.num, sha, record)
	into.rank, into.page = from.rank, from.page
	return err
}

// putAliases records the names, none of which meant a story but those that are
// known. A name that means another story already goes on meaning it, unless that
// one is folded into this.
func (f *finish) putAliases(ctx context.Context, id string, names []string, known map[string]string) error {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	met := []string{id}
	for _, name := range sorted {
		if known[name] != "" {
			continue
		}
		n, err := f.exec(ctx, "INSERT INTO alias (url, story) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING", name, id)
		if err != nil {
			return err
		}
		if n == 0 { // a page of another host was faster
			var other string
			if _, err := f.one(ctx, "SELECT story FROM alias WHERE url = $1", []any{name}, &other); err != nil {
				return err
			}
			if other != "" && !slices.Contains(met, other) {
				met = append(met, other)
			}
		}
	}
	if len(met) > 1 {
		var err error
		if id, err = f.fold(ctx, met); err != nil {
			return err
		}
	}
	if len(met) > 1 || len(known) > 0 {
		return f.rename(ctx, id)
	}
	return nil
}

// rename gives a story that is not published the ID that its best page means.
func (f *finish) rename(ctx context.Context, id string) error {
	all, err := f.foldings(ctx, []string{id})
	if err != nil || len(all) == 0 || all[0].fixed {
		return err
	}
	story, err := f.recordOf(ctx, id)
	if err != nil {
		return err
	}
	want := StoryID(story.URL)
	if want == id || len(story.URL) > maxURL {
		return nil
	}
	taken := 0
	if _, err := f.one(ctx, "SELECT 1 FROM story WHERE id = $1", []any{want}, &taken); err != nil || taken > 0 {
		return err
	}
	if err := f.dropEdges(ctx, id); err != nil {
		return err
	}
	story.ID = want
	record, _, err := f.pack(&story)
	if err != nil {
		return err
	}
	_, err = f.exec(ctx, "UPDATE story SET id = $2, record = $3, stamp = stamp + 1, dirty = dirty | 1 WHERE num = $1", all[0].num, want, record)
	return err
}

// recordOf is a story as it was read.
func (t *tx) recordOf(ctx context.Context, id string) (news.Story, error) {
	var packed []byte
	if found, err := t.one(ctx, "SELECT record FROM story WHERE id = $1", []any{id}, &packed); err != nil || !found {
		return news.Story{}, cmp.Or(err, ErrNotFound)
	}
	return t.unpack(packed)
}
