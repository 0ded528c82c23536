package store

import (
	"context"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// The re-clean queue is the pages that held no story and are to be cleaned again
// from the archive, since the settings have changed (settings.go). Stories are
// marked themselves, see stories.Stored.Reclean.

// RecleanQueue returns up to limit pages of the re-clean queue, in the order of
// their URLs.
func (s *Store) RecleanQueue(ctx context.Context, limit int) (urls []string, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		urls, err = database.Column[string](ctx, t, "SELECT url FROM again ORDER BY url LIMIT $1", limit)
		return err
	})
	return urls, err
}

// Recleaned takes a page out of the re-clean queue and stores the outcome of cleaning
// it: a story, or a new reason why there is none, and when it is due. The task is that
// of the page. A page that was fetched or made pending meanwhile is left as it is.
func (s *Store) Recleaned(ctx context.Context, lease stories.Lease, task schedule.Task, o schedule.Outcome) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		hosts := []string{hostOf(task.URL)}
		for _, link := range o.Links {
			hosts = append(hosts, link.Host)
		}
		if _, err := lockHosts(ctx, t, hosts); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, "DELETE FROM again WHERE url = $1", task.URL); err != nil {
			return err
		}
		changed, err := changeOutcome(ctx, t, task.URL, schema.SetAside, stateNumbers[o.State], o.Reason, o.Due)
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
		return updateLanes(ctx, t, f.lanes)
	})
}

// SkipReclean takes a page that cannot be cleaned again out of the re-clean queue.
func (s *Store) SkipReclean(ctx context.Context, lease stories.Lease, url string) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		_, err := t.Exec(ctx, "DELETE FROM again WHERE url = $1", url)
		return err
	})
}
