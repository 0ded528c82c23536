// Package lane keeps the lanes of the frontier and the rows of their hosts. A lane is
// the URLs that one source, or all backfill lists, have on one host ([Key]).
//
// Whoever changes the URLs of a host calls [LockHosts] first, [Make] for lanes that may
// be missing, and [UpdateReady] or [Update] at the end, so that a claim finds the lanes
// that have work. [HostState] is what is known of the robots.txt of an origin.
package lane

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// ListedQueue is the queue of the URLs of backfill lists.
const ListedQueue = "listed"

// SourceQueue returns the queue of the URLs of a source.
func SourceQueue(source string) string { return "source:" + source }

// QueueOf returns the queue from which a run of a source, or a backfill run, takes its
// work.
func QueueOf(source string, listed bool) string {
	if listed {
		return ListedQueue
	}
	return SourceQueue(source)
}

// HostRow is the lease of a host, and its next slot.
type HostRow struct {
	Token int64 // of the lease
	Until int64 // when the lease ends, in Unix milliseconds; 0 if there is none
	Next  int64 // when the host may be asked again, in Unix milliseconds
}

// LockHosts locks the rows of hosts in the order of their names, and creates those that
// are missing.
func LockHosts(ctx context.Context, t *database.Tx, hosts []string) (map[string]HostRow, error) {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	found := make(map[string]HostRow, len(hosts))
	read := func(names []string) error {
		query := "SELECT host, token, until, next_at FROM host WHERE host IN ({list}) ORDER BY host" + t.Dialect.ForUpdate
		return database.EachIn(ctx, t, query, names, func(rows *sql.Rows) error {
			var host string
			var row HostRow
			err := rows.Scan(&host, &row.Token, &row.Until, &row.Next)
			found[host] = row
			return err
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
		if _, err := t.Exec(ctx, "INSERT INTO host (host) VALUES ($1) ON CONFLICT (host) DO NOTHING", host); err != nil {
			return nil, err
		}
	}
	return found, read(missing)
}

// Key names a lane.
type Key struct{ Host, Queue string }

// Make returns the numbers of the lanes of hosts, and creates those that are wanted and missing.
// The caller has locked the hosts.
func Make(ctx context.Context, t *database.Tx, wanted []Key) (map[Key]int64, error) {
	var hosts []string
	for _, key := range wanted {
		hosts = append(hosts, key.Host)
	}
	slices.Sort(hosts)
	found := map[Key]int64{}
	err := database.EachIn(ctx, t, "SELECT id, host, queue FROM lane WHERE host IN ({list})", slices.Compact(hosts), func(rows *sql.Rows) error {
		var id int64
		var key Key
		err := rows.Scan(&id, &key.Host, &key.Queue)
		found[key] = id
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, key := range wanted {
		if _, ok := found[key]; ok {
			continue
		}
		var id int64
		if _, err := t.One(ctx, "INSERT INTO lane (host, queue) VALUES ($1, $2) RETURNING id", []any{key.Host, key.Queue}, &id); err != nil {
			return nil, err
		}
		found[key] = id
	}
	return found, nil
}

// setReady computes lane.ready from the pending URLs of the batch and the slot of the
// host.
const setReady = `UPDATE lane SET ready = COALESCE((
	SELECT CASE WHEN u.due > (SELECT h.next_at FROM host h WHERE h.host = lane.host) THEN u.due
		ELSE (SELECT h.next_at FROM host h WHERE h.host = lane.host) END
	FROM url u WHERE u.lane = lane.id AND u.state = {pending} AND u.batch = 1 ORDER BY u.due LIMIT 1), {never}) WHERE `

var (
	setHostReady  = schema.SQL(setReady + "host = $1")
	setLanesReady = schema.SQL(setReady + "id IN ({list})")
)

// UpdateReady brings lane.ready up to date for all lanes of a host.
func UpdateReady(ctx context.Context, t *database.Tx, host string) error {
	_, err := t.Exec(ctx, setHostReady, host)
	return err
}

// Update is UpdateReady for single lanes.
func Update(ctx context.Context, t *database.Tx, ids map[int64]bool) error {
	_, err := database.ExecIn(ctx, t, setLanesReady, slices.Sorted(maps.Keys(ids)))
	return err
}

// HostOf returns the host of a normalised URL, as in schedule.Link.
func HostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// OriginOf returns the scheme and host of a normalised URL.
func OriginOf(url string) string {
	scheme, _, _ := strings.Cut(url, "://")
	return scheme + "://" + HostOf(url)
}

// HostState returns what is known of an origin, except the pause of its host.
func HostState(ctx context.Context, t *database.Tx, origin string) (schedule.HostState, error) {
	var state schedule.HostState
	var read, delay, hopped int64
	_, err := t.One(ctx, "SELECT status, body, at, tries, error, delay, hop, hops, hop_at FROM robots WHERE origin = $1", []any{origin},
		&state.RobotsStatus, &state.RobotsBody, &read, &state.RobotsTries, &state.RobotsError, &delay, &state.RobotsHop, &state.RobotsHops, &hopped)
	state.RobotsHopAt = database.Time(hopped)
	state.RobotsAt, state.Delay = database.Time(read), time.Duration(delay)*time.Millisecond
	return state, err
}

// PutBackHost is the statement that takes the pending URLs of a host, $1, out of the
// batches of its sources.
var PutBackHost = schema.SQL(`UPDATE url SET batch = 0 WHERE state = {pending} AND batch = 1 AND listed = 0
	AND lane IN (SELECT id FROM lane WHERE host = $1)`)
