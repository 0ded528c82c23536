package upkeep

import (
	"context"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Pruned counts what Prune has removed.
type Pruned struct {
	URLs     int64
	Attempts int64
	Runs     int64
}

// pruneURLs is how many URLs are removed in one transaction.
const pruneURLs = 1000

// selectDead selects URLs that have been without a story for long, and of which the
// state knows nothing that a later decision could rest on: no page in the archive, no
// story, no part of one. Tombstones stay, and so do lists and what lists of backfills
// named.
var selectDead = schema.SQL(`SELECT u.url FROM url u WHERE u.state IN ({gone}, {failed}, {setAside}) AND u.kind = {article} AND u.listed = 0 AND u.fetched_at < $1 AND u.due < $2
	AND NOT EXISTS (SELECT 1 FROM page p WHERE p.url = u.url) AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.url = u.url)
	AND NOT EXISTS (SELECT 1 FROM story s WHERE s.page_url = u.url) AND NOT EXISTS (SELECT 1 FROM part p WHERE p.url = u.url OR p.first = u.url)
	AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.url = u.url AND t.at >= $1)
	ORDER BY u.url LIMIT $3`)

// Prune removes dead URLs that were last asked for before the given time, with the
// statuses of their requests, and runs that ended before it, but for the last one of
// each source. A URL that a page or feed still names is found again, and is new then.
// The space is given back to the system where it is a file.
func (s *State) Prune(ctx context.Context, before, now time.Time) (p Pruned, err error) {
	for {
		var removed int64
		err := s.db.Write(ctx, func(t *database.Tx) error {
			removed = 0
			dead, err := database.Column[string](ctx, t, selectDead, database.Millis(before), database.Millis(now), pruneURLs)
			if err != nil || len(dead) == 0 {
				return err
			}
			for _, table := range []string{"attempt", "relink", "again", "feed_text", "url"} {
				n, err := database.ExecIn(ctx, t, "DELETE FROM "+table+" WHERE url IN ({list})", dead)
				if err != nil {
					return err
				}
				switch table {
				case "attempt":
					p.Attempts += n
				case "url":
					removed = n
				}
			}
			return nil
		})
		if err != nil {
			return p, err
		}
		if removed == 0 {
			break
		}
		p.URLs += removed
	}
	err = s.db.Write(ctx, func(t *database.Tx) (err error) {
		p.Runs, err = t.Exec(ctx, "DELETE FROM run WHERE ended > 0 AND ended < $1 AND id NOT IN (SELECT MAX(id) FROM run GROUP BY source, listed)", database.Millis(before))
		return err
	})
	if err != nil {
		return p, err
	}
	return p, s.db.Compact(ctx)
}
