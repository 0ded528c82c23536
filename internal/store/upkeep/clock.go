package upkeep

import (
	"context"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
)

// The longest that anything is planned ahead, with a margin for the clocks of several
// machines. What is further ahead was written while a clock was wrong.
const (
	clockSkew   = time.Hour
	longestRest = 25 * time.Hour      // of a host, or before another try: crawler.MaxRetryAfter
	longestWait = 91 * 24 * time.Hour // before a page is looked at again, see schedule.Adapt and schedule.Certainty
)

// mends bring times back that are too far ahead: $1 is now, $2 the latest time that is
// plausible there.
var mends = []struct {
	ahead time.Duration
	query string
}{
	{clockSkew, "UPDATE host SET until = 0, owner = '', run = 0 WHERE until > $2 AND CAST($1 AS BIGINT) > 0"},
	{clockSkew, "UPDATE lease SET until = 0, owner = '' WHERE until > $2 AND CAST($1 AS BIGINT) > 0"},
	{clockSkew, "UPDATE robots SET at = 0, hop_at = 0 WHERE (at > $2 OR hop_at > $2) AND CAST($1 AS BIGINT) > 0"},
	{clockSkew, "UPDATE url SET fetched_at = $1 WHERE fetched_at > $2"},
	{longestRest, schema.SQL("UPDATE url SET due = $1 WHERE due > $2 AND state = {pending}")},
	{longestWait, schema.SQL("UPDATE url SET due = $1 WHERE due > $2 AND state <> {pending}")},
	{clockSkew, "UPDATE run SET started = $1 WHERE started > $2"},
	{clockSkew, "UPDATE run SET ended = $1 WHERE ended > $2"},
}

// MendClock brings back the times of the state that lie implausibly far ahead of now,
// since the clock was wrong when they were written: rests of hosts, leases, waits. It
// returns the number of rows that it changed, 0 as a rule.
func (s *State) MendClock(ctx context.Context, now time.Time) (mended int64, err error) {
	err = s.db.Write(ctx, func(t *database.Tx) error {
		mended = 0
		rest := now.Add(longestRest).UnixMilli()
		hosts, err := database.Column[string](ctx, t, "SELECT host FROM host WHERE next_at > $1 OR until > $2", rest, now.Add(clockSkew).UnixMilli())
		if err != nil {
			return err
		}
		var ahead int
		found, err := t.One(ctx, "SELECT 1 FROM run WHERE started > $1 OR ended > $1 LIMIT 1", []any{now.Add(clockSkew).UnixMilli()}, &ahead)
		if err != nil || !found && len(hosts) == 0 {
			return err // nothing was written by a clock that was ahead, and the URLs, of which there may be millions, need no look
		}
		more, err := database.Column[string](ctx, t, schema.SQL("SELECT DISTINCT l.host FROM lane l JOIN url u ON u.lane = l.id WHERE u.state = {pending} AND u.due > $1"), rest)
		if err != nil {
			return err
		}
		hosts = append(hosts, more...)
		if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
			return err
		}
		n, err := t.Exec(ctx, "UPDATE host SET next_at = $1, held = 0 WHERE next_at > $2", now.UnixMilli(), rest)
		if err != nil {
			return err
		}
		mended += n
		for _, m := range mends {
			n, err := t.Exec(ctx, m.query, now.UnixMilli(), now.Add(m.ahead).UnixMilli())
			if err != nil {
				return err
			}
			mended += n
		}
		for _, host := range hosts {
			if err := lane.UpdateReady(ctx, t, host); err != nil {
				return err
			}
		}
		return nil
	})
	return mended, err
}
