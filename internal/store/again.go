package store

import (
	"context"
	"database/sql"
	"time"

	"winnow/schedule"
)

// Again gives up to limit pages that held no story and are to be cleaned again
// from the archive, in the order of their URLs.
func (s *Store) Again(ctx context.Context, limit int) ([]string, error) {
	var urls []string
	err := s.view(ctx, func(t *tx) error {
		urls = nil
		return t.each(ctx, "SELECT url FROM again ORDER BY url LIMIT $1", []any{limit}, func(rows *sql.Rows) error {
			var url string
			err := rows.Scan(&url)
			urls = append(urls, url)
			return err
		})
	})
	return urls, err
}

// AgainDone stores what cleaning a page again has come to that held no story: a
// story, or another reason why it holds none, and when it is due. The task is that of the page. A
// page that has been fetched, or is to be, meanwhile is left as it is.
func (s *Store) AgainDone(ctx context.Context, lease Lease, task schedule.Task, o schedule.Outcome) error {
	return s.settling(ctx, lease, func(t *tx) error {
		hosts := []string{hostOf(task.URL)}
		for _, link := range o.Links {
			hosts = append(hosts, link.Host)
		}
		if _, err := t.lockHosts(ctx, hosts); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM again WHERE url = $1", task.URL); err != nil {
			return err
		}
		changed, err := t.rejudge(ctx, task.URL, setAside, stateNumbers[o.State], o.Reason, o.Due)
		if err != nil || !changed || o.Story == nil && o.Part == nil {
			return err
		}
		f := &finish{tx: t, task: task, o: o, lanes: map[int64]bool{}}
		if o.Story != nil {
			taboo, err := f.forgottenAlias(ctx, f.task.URL, o.Story.Aliases)
			if err != nil || taboo {
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
		for _, url := range reclean {
			if err := t.cleanAgain(ctx, url); err != nil {
				return err
			}
		}
		return t.readyLanes(ctx, f.lanes)
	})
}

// AgainSkip leaves a page as it is that cannot be cleaned again.
func (s *Store) AgainSkip(ctx context.Context, lease Lease, url string) error {
	return s.settling(ctx, lease, func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM again WHERE url = $1", url)
		return err
	})
}

// Withdraw takes out a story whose page holds none by the settings of now: its
// page is set aside for the reason, until due. Nothing happens when the story has
// changed since it had the stamp.
func (s *Store) Withdraw(ctx context.Context, lease Lease, id string, stamp int64, reason string, due time.Time) error {
	return s.settling(ctx, lease, func(t *tx) error {
		if err := t.lockNames(ctx, []string{id}); err != nil {
			return err
		}
		var page string
		found, err := t.one(ctx, "SELECT page_url FROM story WHERE id = $1 AND stamp = $2"+t.dialect.lock, []any{id, stamp}, &page)
		if err != nil || !found {
			return err
		}
		if _, err := t.rejudge(ctx, page, done, setAside, reason, due); err != nil {
			return err
		}
		return t.takeOut(ctx, id, page)
	})
}

// WithdrawGone takes out up to limit stories whose pages answered 404 or 410 the
// last time, and says how many it looked at. A page that comes back brings its
// story back.
func (s *Store) WithdrawGone(ctx context.Context, lease Lease, limit int) (int, error) {
	var ids []string
	err := s.settling(ctx, lease, func(t *tx) error {
		ids = nil
		if err := t.each(ctx, "SELECT id FROM story WHERE gone_at > 0 ORDER BY id LIMIT $1", []any{limit}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}); err != nil {
			return err
		}
		if err := t.lockNames(ctx, ids); err != nil {
			return err
		}
		for _, id := range ids {
			var page string
			found, err := t.one(ctx, "SELECT page_url FROM story WHERE id = $1 AND gone_at > 0"+t.dialect.lock, []any{id}, &page)
			if err == nil && found { // not back meanwhile
				err = t.takeOut(ctx, id, page)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids), err
}

// lockNames locks the hosts of the pages and names of stories.
func (t *tx) lockNames(ctx context.Context, ids []string) error {
	var hosts []string
	for _, id := range ids {
		if err := t.each(ctx, "SELECT page_url FROM story WHERE id = $1 UNION SELECT url FROM alias WHERE story = $1", []any{id}, func(rows *sql.Rows) error {
			var url string
			err := rows.Scan(&url)
			hosts = append(hosts, hostOf(url))
			return err
		}); err != nil {
			return err
		}
	}
	_, err := t.lockHosts(ctx, hosts)
	return err
}

// withdraw takes out the story that was read from a page, if there is one.
func (t *tx) withdraw(ctx context.Context, page string) error {
	var id string
	if _, err := t.one(ctx, "SELECT id FROM story WHERE page_url = $1 ORDER BY id LIMIT 1", []any{page}, &id); err != nil {
		return err
	}
	return t.takeOut(ctx, id, page)
}

// askAnew has URLs asked for unconditionally; which, the end of it says.
const askAnew = "UPDATE url SET etag = '', last_modified = '', body_sha = '' WHERE url "

// takeOut drops a story, "" for none. Its page and all its other names are asked
// for unconditionally the next time: that they have not changed would not bring
// the story back.
func (t *tx) takeOut(ctx context.Context, id, page string) error {
	if _, err := t.exec(ctx, askAnew+"= $1", page); err != nil || id == "" {
		return err
	}
	if _, err := t.exec(ctx, askAnew+"IN (SELECT url FROM alias WHERE story = $1)", id); err != nil {
		return err
	}
	return t.dropStory(ctx, id)
}

// rejudge changes what the last reading of a page came to, if it stands where it
// is thought to stand.
func (t *tx) rejudge(ctx context.Context, url string, from, to int, reason string, due time.Time) (bool, error) {
	n, err := t.exec(ctx, "UPDATE url SET state = $3, reason = $4, due = $5 WHERE url = $1 AND state = $2", url, from, to, reason, msUp(due))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(ctx, `INSERT INTO attempt (url, at, run, state, status, reason, target)
		SELECT url, fetched_at, fetched_run, state, status, reason, '' FROM url WHERE url = $1 AND fetched_at > 0
		ON CONFLICT (url, at) DO UPDATE SET state = excluded.state, reason = excluded.reason`, url)
	return true, err
}
