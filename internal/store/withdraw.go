package store

import (
	"context"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// Withdraw takes out a story whose page has none by the present settings: the page is
// set aside for the reason, until due. sketch is that of the page, nil if the page may
// not be kept. Nothing happens if the story has changed since
// it had the stamp.
func (s *Store) Withdraw(ctx context.Context, lease stories.Lease, id string, stamp int64, reason string, due time.Time, sketch *schedule.Sketch) error {
	return s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		if err := lockNames(ctx, t, []string{id}); err != nil {
			return err
		}
		var page string
		found, err := t.One(ctx, "SELECT page_url FROM story WHERE id = $1 AND stamp = $2"+t.Dialect.ForUpdate, []any{id, stamp}, &page)
		if err != nil || !found {
			return err
		}
		if _, err := changeOutcome(ctx, t, page, schema.Done, schema.SetAside, reason, due); err != nil {
			return err
		}
		if sketch != nil {
			err = s.Sites.Put(ctx, t, lane.HostOf(page), page, *sketch)
		} else {
			err = s.Sites.Delete(ctx, t, lane.HostOf(page), page)
		}
		if err != nil {
			return err
		}
		return s.takeOut(ctx, t, id, page)
	})
}

// WithdrawGone takes out up to limit stories whose pages answered 404 or 410 the
// last time, and returns how many it looked at. A page that comes back brings its
// story back.
func (s *Store) WithdrawGone(ctx context.Context, lease stories.Lease, limit int) (looked int, err error) {
	err = s.Stories.WriteSettling(ctx, lease, func(t *database.Tx) error {
		ids, err := database.Column[string](ctx, t, "SELECT id FROM story WHERE gone_at > 0 ORDER BY id LIMIT $1", limit)
		if looked = len(ids); err != nil {
			return err
		}
		if err := lockNames(ctx, t, ids); err != nil {
			return err
		}
		for _, id := range ids {
			var page string
			found, err := t.One(ctx, "SELECT page_url FROM story WHERE id = $1 AND gone_at > 0"+t.Dialect.ForUpdate, []any{id}, &page)
			if err == nil && found { // it is still gone
				err = s.takeOut(ctx, t, id, page)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return looked, err
}

// lockNames locks the hosts of the pages and names of stories.
func lockNames(ctx context.Context, t *database.Tx, ids []string) error {
	var hosts []string
	for _, id := range ids {
		urls, err := database.Column[string](ctx, t, "SELECT page_url FROM story WHERE id = $1 UNION SELECT url FROM alias WHERE story = $1", id)
		if err != nil {
			return err
		}
		for _, url := range urls {
			hosts = append(hosts, lane.HostOf(url))
		}
	}
	_, err := lane.LockHosts(ctx, t, hosts)
	return err
}

// unconditionally makes the next request for URLs unconditional. A condition on url.url
// follows it.
const unconditionally = "UPDATE url SET etag = '', last_modified = '', body_sha = '' WHERE url "

const namesUnconditionally = unconditionally + "IN (SELECT url FROM alias WHERE story = $1)"

// takeOutPage takes out the story that was read from a page, if there is one.
func (s *Store) takeOutPage(ctx context.Context, t *database.Tx, page string) error {
	id, err := s.Stories.OfPage(ctx, t, page)
	if err != nil {
		return err
	}
	return s.takeOut(ctx, t, id, page)
}

// takeOut drops a story, "" for none. Its page and all its other names are requested
// unconditionally the next time: an answer of "not modified" would not bring the story
// back.
func (s *Store) takeOut(ctx context.Context, t *database.Tx, id, page string) error {
	if _, err := t.Exec(ctx, unconditionally+"= $1", page); err != nil || id == "" {
		return err
	}
	if _, err := t.Exec(ctx, namesUnconditionally, id); err != nil {
		return err
	}
	return s.Stories.Drop(ctx, t, id)
}

// changeOutcome changes the outcome of the last visit of a page, if the page is in the
// state from.
func changeOutcome(ctx context.Context, t *database.Tx, url string, from, to int, reason string, due time.Time) (bool, error) {
	n, err := t.Exec(ctx, "UPDATE url SET state = $3, reason = $4, due = $5 WHERE url = $1 AND state = $2", url, from, to, reason, database.MillisUp(due))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.Exec(ctx, `INSERT INTO attempt (url, at, run, state, status, reason, target)
		SELECT url, fetched_at, fetched_run, state, status, reason, '' FROM url WHERE url = $1 AND fetched_at > 0
		ON CONFLICT (url, at) DO UPDATE SET state = excluded.state, reason = excluded.reason`, url)
	return true, err
}
