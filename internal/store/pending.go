package store

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
)

// selection is a set of the URLs of a source, which is parameter $1, as two
// statements: hosts selects their hosts, update makes them pending.
type selection struct{ hosts, update string }

// whereURL returns the selection of a condition with the parameters from $2 to
// $params.
func whereURL(condition string, params int) selection {
	return selection{
		hosts: schema.SQL("SELECT DISTINCT l.host FROM lane l WHERE l.id IN (SELECT lane FROM url WHERE source = $1 AND " + condition + ")"),
		update: schema.SQL(`UPDATE url SET state = {pending}, batch = 0, tries = 0, listed = 0, due = CASE WHEN state = {pending} THEN due ELSE 0 END,
			lane = (SELECT mine.id FROM lane mine, lane old WHERE old.id = url.lane AND mine.host = old.host AND mine.queue = $` + strconv.Itoa(params+1) + `)
			WHERE source = $1 AND ` + condition),
	}
}

// makePending makes URLs of a source pending, host by host, and moves those that once
// came from a backfill list to the lanes of the source. args are the parameters of the
// selection after the source.
func makePending(ctx context.Context, t *database.Tx, set selection, source string, args ...any) error {
	args = append([]any{source}, args...)
	hosts, err := database.Column[string](ctx, t, set.hosts, args...)
	if err != nil || len(hosts) == 0 {
		return err
	}
	var keys []lane.Key
	for _, host := range hosts {
		keys = append(keys, lane.Key{Host: host, Queue: lane.SourceQueue(source)})
	}
	if _, err := lane.LockHosts(ctx, t, hosts); err != nil {
		return err
	}
	if _, err := lane.Make(ctx, t, keys); err != nil {
		return err
	}
	if _, err = t.Exec(ctx, set.update, append(args, lane.SourceQueue(source))...); err != nil {
		return err
	}
	for _, host := range hosts {
		if err := lane.UpdateReady(ctx, t, host); err != nil {
			return err
		}
	}
	return nil
}

// notifySources resets run.draw_at of the open runs of sources for which there is new
// work.
func notifySources(ctx context.Context, t *database.Tx, sources map[string]bool) error {
	for _, source := range slices.Sorted(maps.Keys(sources)) {
		if _, err := t.Exec(ctx, "UPDATE run SET draw_at = 0 WHERE source = $1 AND listed = 0 AND ended = 0 AND draw_at > 0", source); err != nil {
			return err
		}
	}
	return nil
}
