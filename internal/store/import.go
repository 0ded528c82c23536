package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"winnow/internal/store/database"
	"winnow/internal/store/lane"
	"winnow/internal/store/schema"
	"winnow/schedule"
)

// listChunk is the number of links of a list that go into one transaction.
const listChunk = 2000

// AddListed puts the URLs of a backfill list into the frontier, and returns how many
// were new, known, or are tried again. New ones are pending and listed; pending ones
// become listed; those that failed, are gone or were set aside are tried again; those
// that are done, moved or forgotten stay as they are. A second link to a URL counts as
// known. AddListed works in several transactions, and may be repeated after an error.
func (s *Store) AddListed(ctx context.Context, links []schedule.Link) (added, known, retried int, err error) {
	links = slices.Clone(links)
	for i := range links {
		links[i].Listed = true
	}
	// Sorted by host, a chunk locks few of them.
	slices.SortStableFunc(links, func(a, b schedule.Link) int { return strings.Compare(a.Host, b.Host) })
	for chunk := range slices.Chunk(links, listChunk) {
		var sum linkChanges
		err = s.db.Write(ctx, func(t *database.Tx) (err error) {
			if _, err = lane.LockHosts(ctx, t, linkHosts(chunk)); err != nil {
				return err
			}
			if sum, err = addLinks(ctx, t, chunk, true, 0); err != nil {
				return err
			}
			return s.followUp(ctx, t, sum)
		})
		if err != nil {
			return added, known, retried, err
		}
		added += sum.added
		retried += sum.retried
		known += len(chunk) - sum.added - sum.retried
	}
	return added, known, retried, nil
}

// Import stores the outcome of a page that was not fetched but read from a file, in
// one transaction: its URL is added to the frontier or merged with the known one, then
// it is finished, and its links are added. The host needs no lease, since nothing is
// requested, and keeps its slot. A forgotten URL stays forgotten.
func (s *Store) Import(ctx context.Context, task schedule.Task, o schedule.Outcome) error {
	run, err := schema.RunNumber(task.Run)
	if err != nil {
		return err
	}
	if o.State != schedule.Done && o.State != schedule.SetAside {
		return fmt.Errorf("%s: a page from a file cannot be %q", task.URL, o.State)
	}
	task.Lease.Host = task.Host
	return s.db.Write(ctx, func(t *database.Tx) error {
		f := &finish{store: s, tx: t, task: task, o: o, run: run, lanes: map[int64]bool{}}
		if _, err := lane.LockHosts(ctx, t, append(linkHosts(o.Links), task.Host)); err != nil {
			return err
		}
		own, err := addLinks(ctx, t, []schedule.Link{task.Link}, false, 0)
		if err != nil {
			return err
		}
		for id := range own.lanes {
			f.lanes[id] = true
		}
		if task.PartOf == "" {
			if own.reclean, err = lateParts(ctx, t, task.URL, own.reclean); err != nil {
				return err
			}
		}
		reclean, err := f.putPage(ctx, o.Links)
		if err != nil {
			return err
		}
		if err := s.markReclean(ctx, t, append(reclean, own.reclean...)); err != nil {
			return err
		}
		if err := lane.UpdateReady(ctx, t, task.Host); err != nil {
			return err
		}
		if err := lane.Update(ctx, t, f.lanes); err != nil {
			return err
		}
		return f.putCounts(ctx)
	})
}
