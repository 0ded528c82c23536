// Package store keeps winnow's state on disk: the frontier of URLs with the
// leases of their hosts, the stories with all that settling needs, and the index
// of the dedupe stage. It and the packages below it are the only ones that speak
// SQL. Every method that changes something is one transaction, on disk when it
// returns. Time comes in as an argument.
//
//	s, err := store.Open(ctx, "state/winnow.db", store.Options{})
//	run, err := s.BeginRun(ctx, store.RunSpec{Source: "vpk", Seeds: seeds}, now)
//	task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
//
// This package is the frontier, and couples it with the stories: [Store.Stories], of
// package stories, and the sites: [Store.Sites], of package sites. [Store.Report], of
// package report, counts and lists for people; [Store.Upkeep], of package upkeep, checks,
// copies and prunes a state. Below them are index (from prints to
// stories), record (a story as stored), merge (links to one URL), lane (the lanes and
// the locks of hosts), schema (the tables and the numbers in them), database (SQLite or
// PostgreSQL) and owner (who holds a lease). Each table is written by one package only;
// others may read it.
//
// A lane is the URLs that one source, or all backfill lists, have on one host. A
// source is fetched in batches (batch.go). To claim is to lease a host and get its
// next URL (claim.go); to finish writes the outcome (finish.go, page.go) with the
// links (links.go) and the part of an article that the page is (parts.go). A tombstone
// is a URL that was forgotten (forget.go). The re-clean queue has the pages without a
// story that are to be cleaned again (reclean.go). Start with claim.go and finish.go.
//
// Locks are taken in one order everywhere, so that transactions wait for each
// other but seldom meet head-on: the settle lease, hosts by name, aliases,
// stories, runs. Whoever changes the URLs of a host holds its row.
package store

import (
	"context"
	"time"

	"winnow/internal/store/database"
	"winnow/internal/store/merge"
	"winnow/internal/store/owner"
	"winnow/internal/store/record"
	"winnow/internal/store/report"
	"winnow/internal/store/sites"
	"winnow/internal/store/stories"
	"winnow/internal/store/upgrade"
	"winnow/internal/store/upkeep"
)

// ErrNotFound is returned when nothing is known under a URL or ID.
var ErrNotFound = stories.ErrNotFound

// Options of a Store.
type Options struct {
	Owner string        // name of this process in leases; "" means [owner.Name]
	Lease time.Duration // after which the lease of a process on another machine ends if it is not renewed; 0 means 2m
}

// Store is the state. It is safe for concurrent use, and several processes may have the
// same state open.
type Store struct {
	Stories *stories.Stories
	Report  *report.Reader
	Sites   *sites.Sites
	Upkeep  *upkeep.State
	db      *database.DB
	codec   *record.Codec
	owner   string
	lease   time.Duration
	known   merge.Cache
}

// Open opens the state at dsn: the path of a SQLite file, which is created
// with its folder when missing, or a postgres:// URL. A state of an older
// version is brought up to date. Errors name the place and the way out.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{owner: o.Owner, lease: o.Lease}
	if s.owner == "" {
		s.owner = owner.Name()
	}
	if s.lease <= 0 {
		s.lease = 2 * time.Minute
	}
	var err error
	if s.codec, err = record.NewCodec(); err != nil {
		return nil, err
	}
	if s.db, err = database.Open(ctx, dsn, upgrade.Steps(s.codec)...); err != nil {
		s.codec.Close()
		return nil, err
	}
	s.Report = report.New(s.db)
	s.Stories = stories.New(s.db, s.codec, s.owner, s.lease)
	s.Sites = sites.New(s.db)
	s.Upkeep = upkeep.New(s.db, s.codec)
	return s, nil
}

// Close closes the state. Leases stay until they are released or run out; those of a
// process that has ended are free.
func (s *Store) Close() error {
	err := s.db.Close()
	s.codec.Close()
	return err
}
