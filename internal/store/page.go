package store

import (
	"cmp"
	"context"
	"fmt"

	"winnow/internal/store/database"
	"winnow/internal/store/feedtext"
	"winnow/internal/store/lane"
	"winnow/internal/store/merge"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// putPage writes the outcome of a task that is not for robots.txt. reclean is the pages
// whose stories are to be cleaned again.
func (f *finish) putPage(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	u, err := f.readURL(ctx)
	if err != nil {
		return nil, err
	}
	if u.state == schema.Forgotten {
		return nil, f.eraseLater(ctx)
	}
	if f.o.Story != nil {
		tombstone, err := hasTombstone(ctx, f.tx, f.task.URL, f.o.Story.Aliases)
		if err == nil && tombstone {
			if err = f.eraseLater(ctx); err == nil {
				err = f.putURL(ctx, u, schema.Forgotten)
			}
		}
		if err != nil || tombstone {
			return nil, err
		}
	}
	if err := f.keepOutcome(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putAttempt(ctx, u); err != nil {
		return nil, err
	}
	if err := f.putURL(ctx, u, schema.StateNumbers[f.o.State]); err != nil {
		return nil, err
	}
	if a := f.o.Archived; a != nil {
		if _, err := f.tx.Exec(ctx, "INSERT INTO page (url, at, status, file, place) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			f.task.URL, database.Millis(f.o.At), f.o.Status, a.File, a.Offset); err != nil {
			return nil, err
		}
	}
	if err := f.putSketch(ctx); err != nil {
		return nil, err
	}
	reclean, err = f.putLinks(ctx, links)
	if err == nil {
		err = f.putTexts(ctx)
	}
	if err == nil {
		err = f.lookAgain(ctx)
	}
	if err != nil {
		return nil, err
	}
	more, err := f.putContent(ctx, u)
	return append(reclean, more...), err
}

// putSketch stores the sketch of the page. A page that holds no story alone may hold one
// by the profile of its site: it is queued to be cleaned again.
func (f *finish) putSketch(ctx context.Context) error {
	host := lane.HostOf(f.task.URL)
	if f.o.Withdraw {
		return f.store.Sites.Delete(ctx, f.tx, host, f.task.URL)
	}
	if f.o.Sketch == nil {
		return nil
	}
	if err := f.store.Sites.Put(ctx, f.tx, host, f.task.URL, *f.o.Sketch); err != nil || f.o.State != schedule.SetAside && f.o.Kind != schedule.Section || f.o.Archived == nil {
		return err
	}
	_, err := f.tx.Exec(ctx, "INSERT INTO again (url) SELECT $1 FROM site WHERE host = $2 AND digest <> 0 ON CONFLICT DO NOTHING", f.task.URL, host)
	return err
}

// readURL reads the row of the task's URL.
func (f *finish) readURL(ctx context.Context) (u urlRow, err error) {
	found, err := f.tx.One(ctx, `SELECT lane, fetched_run, source, kind, state, listed, etag, last_modified, body_sha, hint, fetched_at, wait, reach, looks, certainty
		FROM url WHERE url = $1`, []any{f.task.URL},
		&u.lane, &u.run, &u.source, &u.kind, &u.state, &u.listed, &u.etag, &u.modified, &u.sha, &u.hint, &u.fetched, &u.wait, &u.reach, &u.looks, &u.certainty)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", f.task.URL, ErrNotFound)
	}
	return u, err
}

// putContent writes what is on the page: a story, or none any more, and its part of an
// article.
func (f *finish) putContent(ctx context.Context, u urlRow) (reclean []string, err error) {
	if f.o.Story != nil {
		if err := f.putStory(ctx, *f.o.Story); err != nil {
			return nil, err
		}
		if err := feedtext.Use(ctx, f.tx, f.task.URL); err != nil {
			return nil, err
		}
		hint, err := merge.PackHint(f.task.Hint)
		if err != nil {
			return nil, err
		}
		if hint != u.hint { // it grew while the page was being read
			reclean = append(reclean, f.task.URL)
		}
	}
	if f.o.Withdraw {
		if err := f.store.takeOutPage(ctx, f.tx, f.task.URL); err != nil {
			return nil, err
		}
		if _, err := f.tx.Exec(ctx, "UPDATE part SET record = NULL WHERE url = $1", f.task.URL); err != nil {
			return nil, err
		}
	}
	more, err := f.putParts(ctx)
	if err != nil {
		return nil, err
	}
	return append(reclean, more...), f.putGone(ctx, u)
}

// putLinks adds links to the frontier. reclean is the pages whose stories are to be
// cleaned again.
func (f *finish) putLinks(ctx context.Context, links []schedule.Link) (reclean []string, err error) {
	sum, err := addLinks(ctx, f.tx, links, false, f.run)
	f.links = sum.links
	for id := range sum.lanes {
		f.lanes[id] = true
	}
	if err == nil {
		err = notifySources(ctx, f.tx, sum.sources)
	}
	return sum.reclean, err
}

// putStory writes the story of the page, and brings forward the next visit of a page
// whose text has changed.
func (f *finish) putStory(ctx context.Context, found schedule.Found) error {
	changes, err := f.store.Stories.Put(ctx, f.tx, stories.Page{
		URL: f.task.URL, Site: cmp.Or(found.Site, lane.HostOf(f.task.URL)), Source: f.task.Source, At: f.o.At, Archived: f.o.Archived, Found: found,
	})
	f.count.added += changes.Added
	f.count.revised += changes.Revised
	if err != nil || changes.Revised == 0 || f.o.DueRevised.IsZero() || f.o.State != schedule.Done {
		return err
	}
	due := f.o.DueRevised
	_, err = f.tx.Exec(ctx, "UPDATE url SET due = $2, wait = $3 WHERE url = $1",
		f.task.URL, database.MillisUp(due), max(0, database.Millis(due)-database.Millis(f.o.At)))
	return err
}

// putGone marks the story of the page as gone, or as there again.
func (f *finish) putGone(ctx context.Context, u urlRow) error {
	switch {
	case u.fetched == 0:
		return nil // it had no story before
	case f.o.State == schedule.Gone:
		return f.store.Stories.MarkGone(ctx, f.tx, f.task.URL, f.o.At)
	case f.o.State == schedule.Done:
		return f.store.Stories.MarkThere(ctx, f.tx, f.task.URL)
	}
	return nil
}

// putURL writes the row of the URL.
func (f *finish) putURL(ctx context.Context, u urlRow, state int) error {
	o := f.o
	kind := u.kind
	if o.Kind != "" && o.Kind != schedule.Robots {
		kind = o.Kind.Priority()
	}
	keep := o.Status == 304 || o.State == schedule.Pending || o.State == schedule.Failed || o.State == schedule.Gone
	if !keep || o.Validators != (news.Validators{}) {
		u.etag, u.modified = o.Validators.ETag, o.Validators.LastModified
	}
	same := o.Status == 304 || o.BodySHA != "" && o.BodySHA == u.sha
	if !keep || o.BodySHA != "" {
		u.sha = o.BodySHA
	}
	if o.State != schedule.Pending && o.State != schedule.Failed && !o.At.IsZero() {
		u.fetched = database.Millis(o.At)
	}
	if err := f.noteReach(ctx, &u); err != nil {
		return err
	}
	if state != schema.Pending {
		if err := f.countPage(ctx, u, kind, same); err != nil {
			return err
		}
		u.run = f.run
	} else if err := notifySources(ctx, f.tx, map[string]bool{u.source: true}); err != nil {
		return err
	}
	switch o.State {
	case schedule.SetAside, schedule.Failed, schedule.Gone:
		u.looks, u.certainty = u.looks+1, o.Certainty
	case schedule.Done, schedule.Moved:
		u.looks, u.certainty = 0, schedule.Final
	}
	if o.State == schedule.SetAside && o.Certainty != schedule.Final { // what was found is not what is wanted
		u.etag, u.modified = "", ""
	}
	if state != schema.Pending && o.Due.After(o.At) {
		u.wait = database.Millis(o.Due) - database.Millis(o.At)
	} else if state == schema.Done && kind < pagesFrom {
		u.wait = 0 // every pass requests it
	}
	_, err := f.tx.Exec(ctx, `UPDATE url SET batch = CASE WHEN listed = 1 THEN batch ELSE 0 END, kind = $2, state = $3, due = $4, tries = $5, status = $6, reason = $7,
		etag = $8, last_modified = $9, body_sha = $10, fetched_at = $11, fetched_run = $12, wait = $13, reach = $14, looks = $15, certainty = $16,
		newest = CASE WHEN CAST($17 AS BIGINT) <> 0 THEN $17 ELSE newest END WHERE url = $1`,
		f.task.URL, kind, state, database.MillisUp(o.Due), o.Tries, o.Status, o.Reason, u.etag,
		u.modified, u.sha, u.fetched, u.run, u.wait, u.reach, u.looks, u.certainty, database.Millis(o.Newest))
	return err
}

// countPage counts a URL, once in a run, that is no longer pending. same means that its
// page has not changed.
func (f *finish) countPage(ctx context.Context, u urlRow, kind int, same bool) error {
	if u.run == f.run {
		return nil
	}
	o, c := f.o, &f.count
	c.fetched = database.Flag(o.Status >= 200 && o.Status < 400 && o.State != schedule.Failed)
	asked := o.Status != 0 || o.State == schedule.Failed
	c.lists = database.Flag(asked && kind < pagesFrom)
	asked = asked && kind >= pagesFrom
	c.pages = database.Flag(asked && u.listed == 0)
	c.unchanged = database.Flag(same)
	c.failed = database.Flag(o.State == schedule.Failed)
	c.setAside = database.Flag(o.State == schedule.SetAside)
	c.gone = database.Flag(o.State == schedule.Gone)
	if !asked {
		return nil
	}
	_, err := f.tx.Exec(ctx, "UPDATE lane SET pages = CASE WHEN run = $2 THEN pages + 1 ELSE 1 END, run = $2 WHERE id = $1", u.lane, f.run)
	return err
}

// noteReach notes under which reach the links of the outcome were derived. A
// process whose settings were superseded may have left links that are wanted
// now: its page is asked for without a condition the next time.
func (f *finish) noteReach(ctx context.Context, u *urlRow) error {
	if f.o.Reach == 0 {
		return nil
	}
	found, err := f.tx.One(ctx, "SELECT id FROM reach WHERE source = $1 AND id = $2", []any{f.task.Source, f.o.Reach}, &u.reach)
	if err == nil && !found {
		u.reach, u.etag, u.modified, u.sha = 0, "", "", ""
	}
	return err
}
