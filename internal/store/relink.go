package store

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// The links of a page are derived when it comes, under the settings of that
// moment: its reach. A page that does not change never comes again. So when the
// reach of a source goes beyond an earlier one, the URLs that have the earlier
// one are looked through once more: lists, and pages that are not archived, are
// asked for without a condition, and archived pages are queued in the table
// relink.

// Reach is what decides which links of a source are followed.
type Reach struct {
	Source   string
	ID       int64  // identifies the settings; 0 none
	Settings string // as the pipeline compares them
}

// Beyond is an earlier reach that the one of a run goes beyond.
type Beyond struct {
	ID        int64
	Feeds     bool // in feeds and sitemaps
	Pages     bool // on sections and pages
	FromDepth int  // of these, on those of this depth or more
}

// Reaches returns the reaches under which the links of URLs were derived, of all
// sources.
func (s *Store) Reaches(ctx context.Context) ([]Reach, error) {
	var all []Reach
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT source, id, settings FROM reach ORDER BY source, id", nil, func(rows *sql.Rows) error {
			var r Reach
			err := rows.Scan(&r.Source, &r.ID, &r.Settings)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

const (
	insertReach  = "INSERT INTO reach (source, id, settings) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
	deleteReach  = "DELETE FROM reach WHERE source = $1 AND id = $2 AND id <> $3"
	adoptReaches = "INSERT INTO reach (source, id, settings) SELECT $1, id, settings FROM reach WHERE source = $2 ON CONFLICT DO NOTHING"
)

// widen stores the reach of a source, and has the URLs looked through once more
// whose links were derived under an earlier reach that it goes beyond.
func widen(ctx context.Context, t *database.Tx, source string, reach Reach, earlier []Beyond) error {
	if reach.ID == 0 {
		return nil
	}
	if _, err := t.Exec(ctx, insertReach, source, reach.ID, reach.Settings); err != nil {
		return err
	}
	for _, b := range earlier {
		n, err := t.Exec(ctx, deleteReach, source, b.ID, reach.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			continue // no URL of this source has it
		}
		if err := lookThrough(ctx, t, source, reach.ID, b); err != nil {
			return err
		}
	}
	return nil
}

// beyond is the condition that the links of a URL of reach $2 were derived
// where another goes beyond it: in feeds and sitemaps when $3 is 1, on sections
// and pages from depth $5 on when $4 is 1.
const beyond = "reach = $2 AND (kind < {section} AND $3 = 1 OR kind >= {section} AND $4 = 1 AND depth >= $5)"

// unqueued is beyond for the URLs that are not in the archive.
const unqueued = beyond + " AND url NOT IN (SELECT url FROM relink)"

var (
	selectReach = whereURL("reach = $2", 2)
	askBeyond   = whereURL("state IN ({done}, {setAside}) AND "+unqueued, 5)
	queueBeyond = schema.SQL("INSERT INTO relink (url, ask) SELECT url, 1 FROM url WHERE source = $1 AND kind = {article} AND state IN ({done}, {setAside}) AND " + beyond + `
		AND EXISTS (SELECT 1 FROM page p WHERE p.url = url.url) ON CONFLICT (url) DO UPDATE SET ask = 1`)
	beyondUnconditionally = schema.SQL("UPDATE url SET etag = '', last_modified = '', body_sha = '' WHERE source = $1 AND " + unqueued)
	setReach              = schema.SQL("UPDATE url SET reach = CASE WHEN " + beyond + " THEN 0 ELSE CAST($6 AS BIGINT) END WHERE source = $1 AND reach = $2")
)

// lookThrough has the URLs of a source looked through once more that have a
// reach.
func lookThrough(ctx context.Context, t *database.Tx, source string, reach int64, b Beyond) error {
	hosts, err := database.Column[string](ctx, t, selectReach.hosts, source, b.ID)
	if err != nil {
		return err
	}
	if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
		return err
	}
	where := []any{b.ID, database.Flag(b.Feeds), database.Flag(b.Pages), b.FromDepth}
	args := append([]any{source}, where...)
	for _, query := range []string{queueBeyond, beyondUnconditionally} {
		if _, err := t.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	if err := makePending(ctx, t, askBeyond, source, where...); err != nil {
		return err
	}
	_, err = t.Exec(ctx, setReach, append(args, reach)...)
	return err
}

// Relink is a page whose links are to be derived again.
type Relink struct {
	URL string
	Ask bool // it may be asked for where the archive has it no more
}

// Relinks returns up to limit pages of a source whose links are to be derived
// again from the archive, by their depth, then by URL.
func (s *Store) Relinks(ctx context.Context, source string, limit int) ([]Relink, error) {
	var all []Relink
	err := s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT r.url, r.ask FROM relink r JOIN url u ON u.url = r.url WHERE u.source = $1 ORDER BY u.depth, u.url LIMIT $2",
			[]any{source, limit}, func(rows *sql.Rows) error {
				var r Relink
				var ask int
				err := rows.Scan(&r.URL, &ask)
				r.Ask = ask != 0
				all = append(all, r)
				return err
			})
	})
	return all, err
}

// Relinked is a page whose links were derived again.
type Relinked struct {
	Link  schedule.Link   // of the page, as it was then
	Reach int64           // of its source
	Links []schedule.Link // to be added
}

const (
	deleteRelinked = "DELETE FROM relink WHERE url = $1 AND url IN (SELECT url FROM url WHERE url = $1 AND depth >= $2)"
	noteRelinked   = "UPDATE url SET reach = COALESCE((SELECT id FROM reach WHERE source = $2 AND id = $3), 0) WHERE url = $1"
)

// PutRelinked adds the links of pages that were derived again, and takes the
// pages out of the queue; one that has come nearer to the start meanwhile stays
// in it.
func (s *Store) PutRelinked(ctx context.Context, pages ...Relinked) error {
	var links []schedule.Link
	err := s.db.Write(ctx, func(t *database.Tx) error {
		links = nil
		var hosts []string
		for _, page := range pages {
			hosts = append(append(hosts, page.Link.Host), linkHosts(page.Links)...)
		}
		if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
			return err
		}
		for _, page := range pages {
			sum, err := addLinks(ctx, t, page.Links, false, 0)
			if err == nil {
				err = s.followUp(ctx, t, sum)
			}
			if err != nil {
				return err
			}
			links = append(links, sum.links...)
		}
		for _, page := range pages {
			n, err := t.Exec(ctx, deleteRelinked, page.Link.URL, page.Link.Depth)
			if err == nil && n > 0 {
				_, err = t.Exec(ctx, noteRelinked, page.Link.URL, page.Link.Source, page.Reach)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.known.Add(links)
	}
	return err
}

var askRelink = whereURL("state IN ({done}, {setAside}) AND url = $2", 2)

// SkipRelink takes a page out of the queue whose links cannot be derived again.
// With ask it is pending then, and asked for without a condition.
func (s *Store) SkipRelink(ctx context.Context, page schedule.Link, ask bool) error {
	return s.db.Write(ctx, func(t *database.Tx) error {
		if _, err := lane.LockHosts(ctx, t, []string{page.Host}); err != nil {
			return err
		}
		n, err := t.Exec(ctx, "DELETE FROM relink WHERE url = $1", page.URL)
		if err != nil || n == 0 || !ask {
			return err
		}
		if _, err := t.Exec(ctx, unconditionally+"= $1", page.URL); err != nil {
			return err
		}
		if err := makePending(ctx, t, askRelink, page.Source, page.URL); err != nil {
			return err
		}
		return notifySources(ctx, t, map[string]bool{page.Source: true})
	})
}
