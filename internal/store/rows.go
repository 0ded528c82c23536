package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// stateNumbers are the states as url.state has them.
var stateNumbers = map[schedule.State]int{
	schedule.Pending: schema.Pending, schedule.Done: schema.Done, schedule.Moved: schema.Moved, schedule.SetAside: schema.SetAside,
	schedule.Failed: schema.Failed, schedule.Gone: schema.Gone, schedule.Forgotten: schema.Forgotten,
}

// stateOf returns the state with the number in url.state.
func stateOf(number int) schedule.State {
	for state, n := range stateNumbers {
		if n == number {
			return state
		}
	}
	return schedule.State(strconv.Itoa(number)) // of a newer winnow
}

// kindOf returns the kind with the number in url.kind, which is
// schedule.Kind.Priority.
func kindOf(number int) schedule.Kind {
	switch number {
	case schema.Feed:
		return schedule.Feed
	case schema.Sitemap:
		return schedule.Sitemap
	case schema.Section:
		return schedule.Section
	}
	return schedule.Article
}

// A run of a source takes its work from the queue of the source, a backfill run from
// the listed queue.
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

// lockHosts locks the rows of hosts in the order of their names, and creates those that
// are missing.
func lockHosts(ctx context.Context, t *database.Tx, hosts []string) (map[string]hostRow, error) {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	found := make(map[string]hostRow, len(hosts))
	read := func(names []string) error {
		query := "SELECT host, token, until, next_at FROM host WHERE host IN ({list}) ORDER BY host" + t.Dialect.ForUpdate
		return database.EachIn(ctx, t, query, names, func(rows *sql.Rows) error {
			var host string
			var row hostRow
			err := rows.Scan(&host, &row.token, &row.until, &row.next)
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

type laneKey struct{ host, queue string }

// makeLanes returns the lanes of hosts, and creates those that are wanted and missing.
// The caller has locked the hosts.
func makeLanes(ctx context.Context, t *database.Tx, wanted []laneKey) (map[laneKey]int64, error) {
	var hosts []string
	for _, key := range wanted {
		hosts = append(hosts, key.host)
	}
	slices.Sort(hosts)
	found := map[laneKey]int64{}
	err := database.EachIn(ctx, t, "SELECT id, host, queue FROM lane WHERE host IN ({list})", slices.Compact(hosts), func(rows *sql.Rows) error {
		var id int64
		var key laneKey
		err := rows.Scan(&id, &key.host, &key.queue)
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
		if _, err := t.One(ctx, "INSERT INTO lane (host, queue) VALUES ($1, $2) RETURNING id", []any{key.host, key.queue}, &id); err != nil {
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

// updateReady brings lane.ready up to date for all lanes of a host.
func updateReady(ctx context.Context, t *database.Tx, host string) error {
	_, err := t.Exec(ctx, setHostReady, host)
	return err
}

// updateLanes is updateReady for single lanes.
func updateLanes(ctx context.Context, t *database.Tx, ids map[int64]bool) error {
	_, err := database.ExecIn(ctx, t, setLanesReady, slices.Sorted(maps.Keys(ids)))
	return err
}

// hostOf returns the host of a normalised URL, as in schedule.Link.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// originOf returns the scheme and host of a normalised URL.
func originOf(url string) string {
	scheme, _, _ := strings.Cut(url, "://")
	return scheme + "://" + hostOf(url)
}

// hostState returns what is known of an origin, except the pause of its host.
func hostState(ctx context.Context, t *database.Tx, origin string) (schedule.HostState, error) {
	var state schedule.HostState
	var read, delay, hopped int64
	_, err := t.One(ctx, "SELECT status, body, at, tries, error, delay, hop, hops, hop_at FROM robots WHERE origin = $1", []any{origin},
		&state.RobotsStatus, &state.RobotsBody, &read, &state.RobotsTries, &state.RobotsError, &delay, &state.RobotsHop, &state.RobotsHops, &hopped)
	state.RobotsHopAt = database.Time(hopped)
	state.RobotsAt, state.Delay = database.Time(read), time.Duration(delay)*time.Millisecond
	return state, err
}

// linkHosts returns the hosts of links, except of links without one.
func linkHosts(links []schedule.Link) []string {
	var hosts []string
	for _, link := range links {
		if link.Host != "" {
			hosts = append(hosts, link.Host)
		}
	}
	return hosts
}

// runNumber returns the number of the run with an ID.
func runNumber(id string) (int64, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		return 0, fmt.Errorf("%q is not the ID of a run", id)
	}
	return number, nil
}

// pagesFrom is the kind from which on max_pages counts.
const pagesFrom = schema.Section

var putBackHost = schema.SQL(`UPDATE url SET batch = 0 WHERE state = {pending} AND batch = 1 AND listed = 0
	AND lane IN (SELECT id FROM lane WHERE host = $1)`)
