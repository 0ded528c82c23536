package store

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"winnow/schedule"
)

// never is lane.ready of a lane without pending URLs.
const never = math.MaxInt64

// Numbers of schedule.State in url.state.
const (
	pending = iota
	done
	moved
	setAside
	failed
	gone
	forgotten
)

var stateNumbers = map[schedule.State]int{
	schedule.Pending: pending, schedule.Done: done, schedule.Moved: moved, schedule.SetAside: setAside,
	schedule.Failed: failed, schedule.Gone: gone, schedule.Forgotten: forgotten,
}

// kindOf is the kind with the number, see schedule.Kind.Priority.
func kindOf(number int) schedule.Kind {
	switch number {
	case 1:
		return schedule.Feed
	case 2:
		return schedule.Sitemap
	case 3:
		return schedule.Section
	}
	return schedule.Article
}

// Queues: a run over a source takes that of the source, a backfill run the
// listed one.
const listedQueue = "listed"

func sourceQueue(source string) string { return "source:" + source }

func queueOf(source string, listed bool) string {
	if listed {
		return listedQueue
	}
	return sourceQueue(source)
}

type hostRow struct {
	token, until, next int64
}

// lockHosts locks the hosts' rows in the order of their names, and makes those
// that are missing.
func (t *tx) lockHosts(ctx context.Context, hosts []string) (map[string]hostRow, error) {
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	found := make(map[string]hostRow, len(hosts))
	read := func(names []string) error {
		return chunks(names, t.dialect.list, func(list []any) error {
			return t.each(ctx, "SELECT host, token, until, next_at FROM host WHERE host IN ("+marks(1, len(list))+") ORDER BY host"+t.dialect.lock,
				list, func(rows *sql.Rows) error {
					var host string
					var row hostRow
					err := rows.Scan(&host, &row.token, &row.until, &row.next)
					found[host] = row
					return err
				})
		})
	}
	if err := read(hosts); err != nil {
		return nil, err
	}
	var missing []string
	for _, host := range hosts {
		if _, ok := found[host]; ok {
			continue
		}
		missing = append(missing, host)
		if _, err := t.exec(ctx, "INSERT INTO host (host) VALUES ($1) ON CONFLICT (host) DO NOTHING", host); err != nil {
			return nil, err
		}
	}
	return found, read(missing)
}

type laneKey struct{ host, queue string }

// lanes gives the lanes of the hosts, which are locked, and makes those that
// are wanted and missing.
func (t *tx) lanes(ctx context.Context, wanted []laneKey) (map[laneKey]int64, error) {
	var hosts []string
	for _, key := range wanted {
		hosts = append(hosts, key.host)
	}
	slices.Sort(hosts)
	found := map[laneKey]int64{}
	err := chunks(slices.Compact(hosts), t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT id, host, queue FROM lane WHERE host IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var id int64
			var key laneKey
			err := rows.Scan(&id, &key.host, &key.queue)
			found[key] = id
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	for _, key := range wanted {
		if _, ok := found[key]; ok {
			continue
		}
		var id int64
		if _, err := t.one(ctx, "INSERT INTO lane (host, queue) VALUES ($1, $2) RETURNING id", []any{key.host, key.queue}, &id); err != nil {
			return nil, err
		}
		found[key] = id
	}
	return found, nil
}

// makeReady makes lane.ready anew from the pending URLs of the batch and the
// host's slot.
const makeReady = `UPDATE lane SET ready = COALESCE((
	SELECT CASE WHEN u.due > (SELECT h.next_at FROM host h WHERE h.host = lane.host) THEN u.due
		ELSE (SELECT h.next_at FROM host h WHERE h.host = lane.host) END
	FROM url u WHERE u.lane = lane.id AND u.state = 0 AND u.batch = 1 ORDER BY u.due LIMIT 1), 9223372036854775807) WHERE `

func (t *tx) readyLanes(ctx context.Context, ids map[int64]bool) error {
	var list []int64
	for id := range ids {
		list = append(list, id)
	}
	slices.Sort(list)
	return chunks(list, t.dialect.list, func(list []any) error {
		_, err := t.exec(ctx, makeReady+"id IN ("+marks(1, len(list))+")", list...)
		return err
	})
}
