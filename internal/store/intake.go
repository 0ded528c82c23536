package store

import (
	"context"
	"fmt"
	"slices"

	"winnow/schedule"
)

// TakeIn writes what a page came to that was not fetched but read from a file:
// its URL is put into the frontier, or merged into the one that is known, and
// the outcome finished, in one transaction. The host needs no lease, since
// nothing is asked of it, and its slot stays where it is; the links of the
// outcome are put in too. A forgotten URL stays forgotten.
func (s *Store) TakeIn(ctx context.Context, task schedule.Task, o schedule.Outcome) error {
	run, err := runNumber(task.Run)
	if err != nil {
		return err
	}
	if o.State != schedule.Done && o.State != schedule.SetAside {
		return fmt.Errorf("%s: a page from a file cannot be %q", task.URL, o.State)
	}
	task.Lease.Host = task.Host
	return s.write(ctx, func(t *tx) error {
		f := &finish{tx: t, task: task, o: o, run: run, lanes: map[int64]bool{}}
		hosts := []string{task.Host}
		for _, link := range o.Links {
			if link.Host != "" {
				hosts = append(hosts, link.Host)
			}
		}
		if _, err := t.lockHosts(ctx, hosts); err != nil {
			return err
		}
		own, err := t.addLinks(ctx, []schedule.Link{task.Link}, false)
		if err != nil {
			return err
		}
		for id := range own.lanes {
			f.lanes[id] = true
		}
		if task.PartOf == "" {
			if own.reclean, err = t.lateParts(ctx, task.URL, own.reclean); err != nil {
				return err
			}
		}
		reclean, err := f.putPage(ctx, o.Links)
		if err != nil {
			return err
		}
		reclean = append(reclean, own.reclean...)
		slices.Sort(reclean)
		for _, url := range slices.Compact(reclean) {
			if err := t.cleanAgain(ctx, url); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, makeReady+"host = $1", task.Host); err != nil {
			return err
		}
		if err := t.readyLanes(ctx, f.lanes); err != nil {
			return err
		}
		return f.putCounts(ctx)
	})
}
