package store

import (
	"context"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/internal/store/sites"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// The re-clean queue is the pages that held no story and are to be cleaned again
// from the archive, since the settings have changed (settings.go) or more is known of
// their site. Stories are
// marked themselves, see stories.Stored.Reclean.

// StoryCleaned stores the result of cleaning the page of a story again, see
// [stories.Stories.Replace] for replaced, and the sketch of the page; nil leaves that as
// it is.
func (s *Store) StoryCleaned(ctx context.Context, lease stories.Lease, d *stories.Stored, c stories.Cleaned, sketch *schedule.Sketch) (replaced bool, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		replaced, err = s.Stories.Replace(ctx, t, d.Story.ID, d.Stamp, c)
		if err != nil || !replaced || sketch == nil {
			return err
		}
		return s.Sites.Put(ctx, t, lane.HostOf(d.PageURL), d.PageURL, *sketch)
	})
	return replaced && err == nil, err
}

// Profiled notes which profile was made of the sketches that a site had, see
// [sites.Sites.SetProfile]. If it is a new one, the stories of the site are to be cleaned
// again, and its pages without a story are queued.
func (s *Store) Profiled(ctx context.Context, lease stories.Lease, site sites.Site, profile sites.Profile) (changed bool, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		if changed, err = s.Sites.SetProfile(ctx, t, site.Name, site.Stamp, profile); err != nil || !changed {
			return err
		}
		if err := s.Stories.MarkSite(ctx, t, site.Name, profile.Digest); err != nil {
			return err
		}
		_, err := t.Exec(ctx, queueSite, site.Name)
		return err
	})
	return changed && err == nil, err
}

// SketchAgain deletes the sketches of pages of a site, and has all its pages cleaned
// again from the archive, which makes new ones: others may belong to the sample then.
func (s *Store) SketchAgain(ctx context.Context, lease stories.Lease, site string, urls []string) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		for _, url := range urls {
			if err := s.Sites.Delete(ctx, t, lane.HostOf(url), url); err != nil {
				return err
			}
		}
		if err := s.Stories.MarkHost(ctx, t, site); err != nil {
			return err
		}
		_, err := t.Exec(ctx, queueSite, site)
		return err
	})
}

// RecleanQueue returns up to limit pages of the re-clean queue, in the order of
// their URLs.
func (s *Store) RecleanQueue(ctx context.Context, limit int) (urls []string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		urls, err = database.Column[string](ctx, t, "SELECT url FROM again ORDER BY url LIMIT $1", limit)
		return err
	})
	return urls, err
}

var sectionToArticle = schema.SQL("UPDATE url SET kind = {article} WHERE url = $1 AND kind = {section} AND state = {done}")

// Recleaned takes a page out of the re-clean queue and stores the outcome of cleaning
// it: a story, or a new reason why there is none, and when it is due. The task is that
// of the page; of one that was taken for a section the
// outcome's Kind says what it is now. A page that was fetched or made pending meanwhile is left as it is.
func (s *Store) Recleaned(ctx context.Context, lease stories.Lease, task schedule.Task, o schedule.Outcome) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		hosts := []string{lane.HostOf(task.URL)}
		for _, link := range o.Links {
			hosts = append(hosts, link.Host)
		}
		if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, "DELETE FROM again WHERE url = $1", task.URL); err != nil {
			return err
		}
		if o.Sketch != nil {
			if err := s.Sites.Put(ctx, t, lane.HostOf(task.URL), task.URL, *o.Sketch); err != nil {
				return err
			}
		}
		if o.Kind == schedule.Section {
			return nil
		}
		from := schema.SetAside
		if o.Kind == schedule.Article {
			from = schema.Done
			if _, err := t.Exec(ctx, sectionToArticle, task.URL); err != nil {
				return err
			}
		}
		changed, err := changeOutcome(ctx, t, task.URL, from, schema.StateNumbers[o.State], o.Reason, o.Due)
		if err != nil || !changed || o.Story == nil && o.Part == nil {
			return err
		}
		f := &finish{store: s, tx: t, task: task, o: o, lanes: map[int64]bool{}}
		if o.Story != nil {
			tombstone, err := hasTombstone(ctx, t, task.URL, o.Story.Aliases)
			if err != nil || tombstone {
				return err
			}
		}
		if _, err := f.putLinks(ctx, o.Links); err != nil {
			return err
		}
		if o.Story != nil {
			if err := f.putStory(ctx, *o.Story); err != nil {
				return err
			}
		}
		reclean, err := f.putParts(ctx)
		if err != nil {
			return err
		}
		if err := s.markReclean(ctx, t, reclean); err != nil {
			return err
		}
		return lane.Update(ctx, t, f.lanes)
	})
}

// SkipReclean takes a page that cannot be cleaned again out of the re-clean queue.
func (s *Store) SkipReclean(ctx context.Context, lease stories.Lease, url string) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		_, err := t.Exec(ctx, "DELETE FROM again WHERE url = $1", url)
		return err
	})
}
