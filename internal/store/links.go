package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"winnow/schedule"
)

// maxURL is the longest URL that is kept, in bytes: PostgreSQL's indexes take
// 2,700. The crawler's normalisation stops earlier.
const maxURL = 2048

// knownURL is what a link is merged with.
type knownURL struct {
	schedule.Link
	lane    int64
	kind    int
	state   int
	fetched int64
	hint    string
}

// added is what addLinks did.
type added struct {
	fresh, known, retried int             // URLs
	lanes                 map[int64]bool  // whose pending URLs changed
	sources               map[string]bool // that have more to draw
	reclean               []string        // pages that were read before their hint was this full
	links                 []schedule.Link // as they stand now
}

// addLinks puts links into the frontier. Their hosts are locked by the caller.
// With retry a known URL that failed, is gone or was set aside is tried again.
func (t *tx) addLinks(ctx context.Context, links []schedule.Link, retry bool) (added, error) {
	sum := added{lanes: map[int64]bool{}, sources: map[string]bool{}}
	if len(links) == 0 {
		return sum, nil
	}
	links = mergeBatch(links)
	known, err := t.knownURLs(ctx, links)
	if err != nil {
		return sum, err
	}
	var fresh []schedule.Link
	var keys []laneKey
	for _, link := range links {
		old, ok := known[link.URL]
		if !ok {
			fresh = append(fresh, link)
		} else {
			link = mergeLink(old.Link, link)
		}
		keys = append(keys, laneKey{link.Host, queueOf(link.Source, link.Listed)})
		sum.links = append(sum.links, link)
	}
	lanes, err := t.lanes(ctx, keys)
	if err != nil {
		return sum, err
	}
	if err := t.insertLinks(ctx, fresh, lanes, &sum); err != nil {
		return sum, err
	}
	for _, link := range links {
		if old, ok := known[link.URL]; ok {
			if err := t.mergeInto(ctx, old, link, retry, lanes, &sum); err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// after does what the links mean for lanes and stories.
func (t *tx) after(ctx context.Context, sum added) error {
	for _, url := range sum.reclean {
		if err := t.cleanAgain(ctx, url); err != nil {
			return err
		}
	}
	if err := t.wakeSources(ctx, sum.sources); err != nil {
		return err
	}
	return t.readyLanes(ctx, sum.lanes)
}

// mergeBatch leaves one link a URL, sorted by URL.
func mergeBatch(links []schedule.Link) []schedule.Link {
	byURL := map[string]schedule.Link{}
	for _, link := range links {
		if len(link.URL) > maxURL || link.URL == "" || link.Host == "" {
			continue
		}
		link.Hint = plainHint(link.Hint)
		if old, ok := byURL[link.URL]; ok {
			link = mergeLink(old, link)
		}
		byURL[link.URL] = link
	}
	merged := make([]schedule.Link, 0, len(byURL))
	for _, link := range byURL {
		merged = append(merged, link)
	}
	slices.SortFunc(merged, func(a, b schedule.Link) int { return strings.Compare(a.URL, b.URL) })
	return merged
}

func (t *tx) knownURLs(ctx context.Context, links []schedule.Link) (map[string]knownURL, error) {
	urls := make([]string, len(links))
	hosts := make(map[string]string, len(links))
	for i, link := range links {
		urls[i] = link.URL
		hosts[link.URL] = link.Host
	}
	known := map[string]knownURL{}
	err := chunks(urls, t.dialect.list, func(list []any) error {
		return t.each(ctx, `SELECT url, lane, source, kind, depth, hops, follow, listed, state, fetched_at, hint, via
			FROM url WHERE url IN (`+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var u knownURL
			var follow, listed int
			err := rows.Scan(&u.URL, &u.lane, &u.Source, &u.kind, &u.Depth, &u.Hops, &follow, &listed, &u.state, &u.fetched, &u.hint, &u.Via)
			if err != nil {
				return err
			}
			u.Host, u.Kind, u.Follow, u.Listed = hosts[u.URL], kindOf(u.kind), follow != 0, listed != 0
			u.Hint, err = readHint(u.hint)
			known[u.URL] = u
			return err
		})
	})
	return known, err
}

// readAs gives those of the URLs that are only other names of stories which were
// read from their own pages, on the same host: they need not be asked for.
func (t *tx) readAs(ctx context.Context, urls []string) (pages map[string]string, err error) {
	pages = map[string]string{}
	err = chunks(urls, t.dialect.list, func(list []any) error {
		return t.each(ctx, `SELECT a.url, s.page_url FROM alias a JOIN story s ON s.id = a.story
			WHERE s.rank = 0 AND a.url IN (`+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var alias, page string
			err := rows.Scan(&alias, &page)
			if page != alias && hostOf(page) == hostOf(alias) {
				pages[alias] = page
			}
			return err
		})
	})
	return pages, err
}

// insertLinks adds URLs that are not known. Those that are not listed come into
// a batch when it is drawn.
func (t *tx) insertLinks(ctx context.Context, links []schedule.Link, lanes map[laneKey]int64, sum *added) error {
	var listed []string
	for _, link := range links {
		if link.Listed {
			listed = append(listed, link.URL)
		}
	}
	read, err := t.readAs(ctx, listed)
	if err != nil {
		return err
	}
	for rest := links; len(rest) > 0; {
		n := 1
		for n*2 <= min(len(rest), t.dialect.rows) {
			n *= 2
		}
		if err := t.insertRows(ctx, rest[:n], lanes, read, sum); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (t *tx) insertRows(ctx context.Context, links []schedule.Link, lanes map[laneKey]int64, read map[string]string, sum *added) error {
	const columns = 14
	var values []string
	var args []any
	for i, link := range links {
		hint, err := storeHint(link.Hint)
		if err != nil {
			return err
		}
		state := pending
		if read[link.URL] != "" {
			state = moved
			sum.known++
		} else {
			sum.fresh++
		}
		kind := link.Kind.Priority()
		lane := lanes[laneKey{link.Host, queueOf(link.Source, link.Listed)}]
		if link.Listed {
			sum.lanes[lane] = true
		} else {
			sum.sources[link.Source] = true
		}
		values = append(values, "("+marks(i*columns+1, columns)+")")
		args = append(args, link.URL, lane, link.Source, kind, link.Depth, link.Hops, flag(link.Follow), flag(link.Listed), state, 0, hint, link.Via,
			ms(link.Newest()), flag(link.Listed))
	}
	_, err := t.exec(ctx, `INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, due, hint, via, newest, batch)
		VALUES `+strings.Join(values, ","), args...)
	return err
}

// hostOf is the host of a normalised URL, as in schedule.Link.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// mergeInto merges a link into a known URL.
func (t *tx) mergeInto(ctx context.Context, old knownURL, link schedule.Link, retry bool, lanes map[laneKey]int64, sum *added) error {
	sum.known++
	if old.state == forgotten {
		return nil
	}
	merged := mergeLink(old.Link, link)
	hint, err := storeHint(merged.Hint)
	if err != nil {
		return err
	}
	state := old.state
	switch {
	case retry && (state == failed || state == gone || state == setAside):
		state = pending
		sum.known--
		sum.retried++
	case changedSince(old, merged):
		state = pending
		merged.Listed = link.Listed // the work of the run that learned of the change
	}
	kind := merged.Kind.Priority()
	key := laneKey{merged.Host, queueOf(merged.Source, merged.Listed)}
	lane, ok := lanes[key]
	if !ok {
		more, err := t.lanes(ctx, []laneKey{key})
		if err != nil {
			return err
		}
		lane = more[key]
	}
	if old.fetched > 0 && hint != old.hint {
		sum.reclean = append(sum.reclean, old.URL)
	}
	same := state == old.state && lane == old.lane && kind == old.kind && hint == old.hint && merged.Source == old.Source &&
		merged.Depth == old.Depth && merged.Hops == old.Hops && merged.Via == old.Via && merged.Follow == old.Follow && merged.Listed == old.Listed
	if same {
		return nil
	}
	set := `lane = $2, source = $3, kind = $4, depth = $5, hops = $6, follow = $7, listed = $8, hint = $9, via = $10, newest = $11,
		batch = CASE WHEN CAST($8 AS SMALLINT) = 1 THEN 1 WHEN lane <> $2 OR state <> 0 THEN 0 ELSE batch END`
	if state != old.state {
		set += ", state = 0, due = 0, tries = 0"
	}
	n, err := t.exec(ctx, "UPDATE url SET "+set+" WHERE url = $1", old.URL, lane, merged.Source, kind, merged.Depth, merged.Hops,
		flag(merged.Follow), flag(merged.Listed), hint, merged.Via, ms(merged.Newest()))
	if err == nil && n != 1 {
		err = fmt.Errorf("%s is no longer in the frontier", old.URL) // a bug: its host is locked
	}
	if state == pending {
		sum.lanes[lane], sum.lanes[old.lane] = true, true
		if !merged.Listed {
			sum.sources[merged.Source] = true
		}
	}
	return err
}

// changedSince says whether a feed or sitemap tells that a page which was read
// has changed. Without an earlier word of its own, only a change after the
// reading counts.
func changedSince(old knownURL, merged schedule.Link) bool {
	before, now := old.Hint.Modified, merged.Hint.Modified
	if old.kind != schedule.Article.Priority() || old.state != done && old.state != setAside || !now.After(before) {
		return false
	}
	return !before.IsZero() || now.After(at(old.fetched))
}
