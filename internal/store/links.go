package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/merge"
	"winnow/internal/store/schema"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// knownURL is a row of the frontier that a link is merged with.
type knownURL struct {
	link    schedule.Link
	lane    int64
	kind    int
	state   int
	fetched int64
	run     int64 // that last brought it to an end
	newest  int64
	hint    string
}

// linkChanges is what addLinks did.
type linkChanges struct {
	run                   int64           // that found the links; 0 for none
	added, known, retried int             // URLs
	lanes                 map[int64]bool  // whose pending URLs changed
	sources               map[string]bool // for which there may be a new batch
	reclean               []string        // pages that were read with less of a hint
	links                 []schedule.Link // as they are now
}

// addLinks puts links into the frontier. The caller has locked their hosts. With retry
// a known URL that failed, is gone or was set aside is tried again. run is the run that
// found them, 0 for none.
func addLinks(ctx context.Context, t *database.Tx, links []schedule.Link, retry bool, run int64) (linkChanges, error) {
	sum := linkChanges{run: run, lanes: map[int64]bool{}, sources: map[string]bool{}}
	if len(links) == 0 {
		return sum, nil
	}
	links = mergeLinks(links)
	known, err := knownURLs(ctx, t, links)
	if err != nil {
		return sum, err
	}
	var unknown []schedule.Link
	var keys []lane.Key
	for _, link := range links {
		old, ok := known[link.URL]
		if !ok {
			unknown = append(unknown, link)
		} else {
			link = merge.Links(old.link, link)
		}
		keys = append(keys, lane.Key{Host: link.Host, Queue: lane.QueueOf(link.Source, link.Listed)})
		sum.links = append(sum.links, link)
	}
	lanes, err := lane.Make(ctx, t, keys)
	if err != nil {
		return sum, err
	}
	if err := insertLinks(ctx, t, unknown, lanes, &sum); err != nil {
		return sum, err
	}
	for _, link := range links {
		if old, ok := known[link.URL]; ok {
			if err := mergeInto(ctx, t, old, link, retry, lanes, &sum); err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// followUp brings lanes, sources and stories up to date with new links.
func (s *Store) followUp(ctx context.Context, t *database.Tx, sum linkChanges) error {
	if err := s.markReclean(ctx, t, sum.reclean); err != nil {
		return err
	}
	if err := notifySources(ctx, t, sum.sources); err != nil {
		return err
	}
	return lane.Update(ctx, t, sum.lanes)
}

// markReclean marks the stories of pages to be cleaned again.
func (s *Store) markReclean(ctx context.Context, t *database.Tx, pages []string) error {
	slices.Sort(pages)
	for _, page := range slices.Compact(pages) {
		if err := s.Stories.MarkReclean(ctx, t, page); err != nil {
			return err
		}
	}
	return nil
}

// mergeLinks returns one link for each URL, sorted by URL.
func mergeLinks(links []schedule.Link) []schedule.Link {
	byURL := map[string]schedule.Link{}
	for _, link := range links {
		if len(link.URL) > stories.MaxURL || link.URL == "" || link.Host == "" {
			continue
		}
		link.Hint = merge.PlainHint(link.Hint)
		if old, ok := byURL[link.URL]; ok {
			link = merge.Links(old, link)
		}
		byURL[link.URL] = link
	}
	return slices.SortedFunc(maps.Values(byURL), func(a, b schedule.Link) int { return strings.Compare(a.URL, b.URL) })
}

func knownURLs(ctx context.Context, t *database.Tx, links []schedule.Link) (map[string]knownURL, error) {
	urls := make([]string, len(links))
	hosts := make(map[string]string, len(links))
	for i, link := range links {
		urls[i] = link.URL
		hosts[link.URL] = link.Host
	}
	known := map[string]knownURL{}
	err := database.EachIn(ctx, t, `SELECT url, lane, source, kind, depth, hops, follow, listed, state, fetched_at, fetched_run, newest, hint, via
		FROM url WHERE url IN ({list})`, urls, func(rows *sql.Rows) error {
		var u knownURL
		l := &u.link
		err := rows.Scan(&l.URL, &u.lane, &l.Source, &u.kind, &l.Depth, &l.Hops, &l.Follow, &l.Listed, &u.state, &u.fetched, &u.run, &u.newest, &u.hint, &l.Via)
		if err != nil {
			return err
		}
		l.Host, l.Kind = hosts[l.URL], schema.KindOf(u.kind)
		l.Hint, err = merge.UnpackHint(u.hint)
		known[l.URL] = u
		return err
	})
	return known, err
}

// readAs returns those of the URLs that are only other names of stories which were
// read from their canonical pages on the same host: they need not be requested.
func readAs(ctx context.Context, t *database.Tx, urls []string) (map[string]bool, error) {
	read := map[string]bool{}
	err := database.EachIn(ctx, t, `SELECT a.url, s.page_url FROM alias a JOIN story s ON s.id = a.story
		WHERE s.rank = 0 AND a.url IN ({list})`, urls, func(rows *sql.Rows) error {
		var alias, page string
		err := rows.Scan(&alias, &page)
		if page != alias && lane.HostOf(page) == lane.HostOf(alias) {
			read[alias] = true
		}
		return err
	})
	return read, err
}

// insertLinks adds unknown URLs. Those that are not listed come into a batch when it is
// filled.
func insertLinks(ctx context.Context, t *database.Tx, links []schedule.Link, lanes map[lane.Key]int64, sum *linkChanges) error {
	var listed []string
	for _, link := range links {
		if link.Listed {
			listed = append(listed, link.URL)
		}
	}
	read, err := readAs(ctx, t, listed)
	if err != nil {
		return err
	}
	for rest := links; len(rest) > 0; {
		n := 1
		for n*2 <= min(len(rest), t.Dialect.MaxRows) {
			n *= 2
		}
		if err := insertRows(ctx, t, rest[:n], lanes, read, sum); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func insertRows(ctx context.Context, t *database.Tx, links []schedule.Link, lanes map[lane.Key]int64, read map[string]bool, sum *linkChanges) error {
	const columns = 14
	var values []string
	var args []any
	for i, link := range links {
		hint, err := merge.PackHint(link.Hint)
		if err != nil {
			return err
		}
		state := schema.Pending
		if read[link.URL] {
			state = schema.Moved
			sum.known++
		} else {
			sum.added++
		}
		kind := link.Kind.Priority()
		id := lanes[lane.Key{Host: link.Host, Queue: lane.QueueOf(link.Source, link.Listed)}]
		if link.Listed {
			sum.lanes[id] = true
		} else {
			sum.sources[link.Source] = true
		}
		values = append(values, "("+database.Marks(i*columns+1, columns)+")")
		args = append(args, link.URL, id, link.Source, kind, link.Depth, link.Hops, database.Flag(link.Follow), database.Flag(link.Listed), state, 0, hint, link.Via,
			database.Millis(link.Newest()), database.Flag(link.Listed))
	}
	_, err := t.Exec(ctx, `INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, due, hint, via, newest, batch)
		VALUES `+strings.Join(values, ","), args...)
	return err
}

const setMerged = `UPDATE url SET lane = $2, source = $3, kind = $4, depth = $5, hops = $6, follow = $7, listed = $8, hint = $9, via = $10, newest = $11,
	batch = CASE WHEN CAST($8 AS SMALLINT) = 1 THEN 1 WHEN lane <> $2 OR state <> {pending} THEN 0 ELSE batch END`

var (
	mergeURL     = schema.SQL(setMerged + " WHERE url = $1")
	mergePending = schema.SQL(setMerged + ", state = {pending}, due = 0, tries = 0 WHERE url = $1") // of a URL that was not pending
)

// mergeInto merges a link into a known URL.
func mergeInto(ctx context.Context, t *database.Tx, old knownURL, link schedule.Link, retry bool, lanes map[lane.Key]int64, sum *linkChanges) error {
	sum.known++
	if old.state == schema.Forgotten {
		return nil
	}
	merged := merge.Links(old.link, link)
	hint, err := merge.PackHint(merged.Hint)
	if err != nil {
		return err
	}
	state := old.state
	switch {
	case retry && (state == schema.Failed || state == schema.Gone || state == schema.SetAside):
		state = schema.Pending
		sum.known--
		sum.retried++
	case changedSince(old, merged, sum.run):
		state = schema.Pending
		merged.Listed = link.Listed // it is work of the run that learned of the change
	}
	kind := merged.Kind.Priority()
	key := lane.Key{Host: merged.Host, Queue: lane.QueueOf(merged.Source, merged.Listed)}
	id, ok := lanes[key]
	if !ok {
		more, err := lane.Make(ctx, t, []lane.Key{key})
		if err != nil {
			return err
		}
		id = more[key]
	}
	if old.fetched > 0 && hint != old.hint {
		sum.reclean = append(sum.reclean, old.link.URL)
	}
	same := state == old.state && id == old.lane && kind == old.kind && hint == old.hint && merged.Source == old.link.Source &&
		merged.Depth == old.link.Depth && merged.Hops == old.link.Hops && merged.Via == old.link.Via &&
		merged.Follow == old.link.Follow && merged.Listed == old.link.Listed
	if same {
		return nil
	}
	query := mergeURL
	if state != old.state {
		query = mergePending
	}
	newest := database.Millis(merged.Newest())
	if kind == schema.Sitemap && old.fetched > 0 {
		newest = old.newest // see schedule.Outcome.Newest
	}
	n, err := t.Exec(ctx, query, old.link.URL, id, merged.Source, kind, merged.Depth, merged.Hops,
		database.Flag(merged.Follow), database.Flag(merged.Listed), hint, merged.Via, newest)
	if err == nil && n != 1 {
		err = fmt.Errorf("%s is no longer in the frontier", old.link.URL) // Unreachable: its host is locked.
	}
	if err == nil && merged.Depth < old.link.Depth && old.kind == schema.Article && (state == schema.Done || state == schema.SetAside) {
		_, err = t.Exec(ctx, relinkNearer, old.link.URL)
	}
	if state == schema.Pending {
		sum.lanes[id], sum.lanes[old.lane] = true, true
		if !merged.Listed {
			sum.sources[merged.Source] = true
		}
	}
	return err
}

// changedSince reports whether a feed or sitemap says that a page has changed since it
// was read, or an index that a sitemap has. If it gave no time before, only a time after
// the reading counts. A sitemap is read once in a run: indexes may be in a circle.
func changedSince(old knownURL, merged schedule.Link, run int64) bool {
	before, now := old.link.Hint.Modified, merged.Hint.Modified
	if old.kind != schema.Article && (old.kind != schema.Sitemap || old.run == run) || old.state != schema.Done && old.state != schema.SetAside || !now.After(before) {
		return false
	}
	return !before.IsZero() || now.After(database.Time(old.fetched))
}

// relinkNearer queues a page that was read before a shorter path to it was found: links
// that were too deep may be near enough now.
const relinkNearer = `INSERT INTO relink (url, ask) SELECT url, 0 FROM url
	WHERE url = $1 AND reach <> 0 AND EXISTS (SELECT 1 FROM page p WHERE p.url = url.url) ON CONFLICT DO NOTHING`
