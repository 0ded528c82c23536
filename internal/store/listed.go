package store

import (
	"context"
	"slices"
	"strings"

	"winnow/schedule"
)

// listBatch is how many links of a list go into one transaction.
const listBatch = 2000

// AddListed puts the URLs of a backfill list into the frontier. New ones are
// pending, listed; pending ones become listed; those that failed, are gone or
// were set aside are tried again; what is done, moved or forgotten stays so.
// Each link counts once: a second one of a URL counts as known. It goes in
// portions, and may be repeated after a failure.
func (s *Store) AddListed(ctx context.Context, links []schedule.Link) (fresh, known, retried int, err error) {
	links = slices.Clone(links)
	for i := range links {
		links[i].Listed = true
	}
	// Sorted by host, a portion locks few of them.
	slices.SortStableFunc(links, func(a, b schedule.Link) int { return strings.Compare(a.Host, b.Host) })
	for portion := range slices.Chunk(links, listBatch) {
		var hosts []string
		for _, link := range portion {
			if link.Host != "" {
				hosts = append(hosts, link.Host)
			}
		}
		var sum added
		err = s.write(ctx, func(t *tx) (err error) {
			if _, err = t.lockHosts(ctx, slices.Clone(hosts)); err != nil {
				return err
			}
			if sum, err = t.addLinks(ctx, portion, true); err != nil {
				return err
			}
			return t.after(ctx, sum)
		})
		if err != nil {
			return fresh, known, retried, err
		}
		fresh += sum.fresh
		retried += sum.retried
		known += len(portion) - sum.fresh - sum.retried
	}
	return fresh, known, retried, nil
}
