// Package sites is the part of the state that is about the sites that pages come
// from: of each host the sketches of some of its pages, and which profile was made of
// them. Package store hands it the transaction in which a page is stored
// ([Sites.Put]).
//
// The sketches of a host are a sample of its pages that does not depend on their order:
// those with the smallest ranks. A host whose sample has changed since its
// profile was made is stale ([Sites.Stale]).
//
// A site is named by its host. The texts of a host's feeds are a site by themselves, see
// [OfFeeds]: what feeds repeat is not what pages repeat.
package sites

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"time"

	"winnow/internal/store/database"
	"winnow/schedule"
)

// MaxSketches is the largest number of sketches that are kept of a host. It bounds the
// state: a sketch is 1 to 20 kB.
const MaxSketches = 64

// OfFeeds returns the name of the site that the texts of a host's feeds are.
func OfFeeds(host string) string { return host + feeds }

const feeds = " feeds"

// Sites is the sites of one state. It is safe for concurrent use.
type Sites struct{ db *database.DB }

// New returns the sites in a state.
func New(db *database.DB) *Sites { return &Sites{db} }

// Site is a site with sketches.
type Site struct {
	Name   string
	Stamp  int64  // grows with every change of its sketches
	Digest uint64 // of the profile that was last made; 0 when that knows nothing, or none was made
	Stale  bool   // the sketches have changed since
}

// Put stores the sketch of a page of a host, if it belongs to the sample. The caller has
// locked the host, or there is nobody else to add to it.
func (s *Sites) Put(ctx context.Context, t *database.Tx, host, url string, sketch schedule.Sketch) error {
	name, hash := cmp.Or(sketch.Site, host), int64(sketch.Hash)
	for _, other := range []string{host, OfFeeds(host)} {
		if other != name {
			if err := remove(ctx, t, other, sketch.Hash); err != nil {
				return err
			}
		}
	}
	var data []byte
	known, err := t.One(ctx, "SELECT data FROM sketch WHERE host = $1 AND hash = $2", []any{name, hash}, &data)
	if err != nil || known && bytes.Equal(data, sketch.Data) {
		return err
	}
	if known {
		if _, err := t.Exec(ctx, "DELETE FROM sketch WHERE host = $1 AND hash = $2", name, hash); err != nil {
			return err
		}
	}
	var last, lastHash int64 // in a full sample
	full, err := t.One(ctx, "SELECT rank, hash FROM sketch WHERE host = $1 ORDER BY rank, hash LIMIT 1 OFFSET $2", []any{name, MaxSketches - 1}, &last, &lastHash)
	if err != nil || full && cmp.Or(cmp.Compare(int64(sketch.Rank), last), cmp.Compare(hash, lastHash)) > 0 {
		return err
	}
	if full {
		if _, err := t.Exec(ctx, "DELETE FROM sketch WHERE host = $1 AND hash = $2", name, lastHash); err != nil {
			return err
		}
	}
	if _, err := t.Exec(ctx, "INSERT INTO sketch (host, hash, rank, url, data) VALUES ($1, $2, $3, $4, $5)",
		name, hash, int64(sketch.Rank), url, sketch.Data); err != nil {
		return err
	}
	return changed(ctx, t, name)
}

// remove deletes the sketch of a page, by the hash of its URL, if the site has it.
func remove(ctx context.Context, t *database.Tx, name string, hash uint64) error {
	n, err := t.Exec(ctx, "DELETE FROM sketch WHERE host = $1 AND hash = $2", name, int64(hash))
	if err != nil || n == 0 {
		return err
	}
	return changed(ctx, t, name)
}

// Delete deletes the sketch of a page of a host that may not be kept.
func (s *Sites) Delete(ctx context.Context, t *database.Tx, host, url string) error {
	for _, name := range []string{host, OfFeeds(host)} {
		n, err := t.Exec(ctx, "DELETE FROM sketch WHERE host = $1 AND url = $2", name, url)
		if err == nil && n > 0 {
			err = changed(ctx, t, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func changed(ctx context.Context, t *database.Tx, name string) error {
	_, err := t.Exec(ctx, "INSERT INTO site (host, stamp) VALUES ($1, 1) ON CONFLICT (host) DO UPDATE SET stamp = site.stamp + 1", name)
	return err
}

const selectSite = "SELECT host, stamp, digest, CASE WHEN stamp <> seen THEN 1 ELSE 0 END FROM site "

// Get returns what is known of a site; the zero Stamp when nothing is.
func (s *Sites) Get(ctx context.Context, name string) (Site, error) {
	found, err := s.list(ctx, "WHERE host = $1", name)
	if err != nil || len(found) == 0 {
		return Site{Name: name}, err
	}
	return found[0], nil
}

// Stale returns up to limit sites, in the order of their names, whose sketches have
// changed since their profiles were made.
func (s *Sites) Stale(ctx context.Context, limit int) ([]Site, error) {
	return s.list(ctx, "WHERE stamp <> seen ORDER BY host LIMIT $1", limit)
}

func (s *Sites) list(ctx context.Context, where string, args ...any) (found []Site, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		found = nil
		return t.Each(ctx, selectSite+where, args, func(rows *sql.Rows) error {
			var one Site
			var digest int64
			err := rows.Scan(&one.Name, &one.Stamp, &digest, &one.Stale)
			one.Digest = uint64(digest)
			found = append(found, one)
			return err
		})
	})
	return found, err
}

// Sketch is a sketch of the sample.
type Sketch struct {
	URL  string
	Data []byte
}

// Sketches returns the sketches of a site, by their ranks.
func (s *Sites) Sketches(ctx context.Context, name string) (all []Sketch, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		all = nil
		return t.Each(ctx, "SELECT url, data FROM sketch WHERE host = $1 ORDER BY rank, hash", []any{name}, func(rows *sql.Rows) error {
			var one Sketch
			err := rows.Scan(&one.URL, &one.Data)
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// Profile is what the state notes of a profile.
type Profile struct {
	Digest  uint64
	Changed time.Time // since when the site has had another template; zero for never
}

// SetProfile notes which profile was made of the sketches that a site had at a stamp,
// and reports whether it is another than before.
func (s *Sites) SetProfile(ctx context.Context, t *database.Tx, name string, stamp int64, profile Profile) (other bool, err error) {
	var was int64
	if _, err := t.One(ctx, "SELECT digest FROM site WHERE host = $1"+t.Dialect.ForUpdate, []any{name}, &was); err != nil {
		return false, err
	}
	_, err = t.Exec(ctx, "UPDATE site SET seen = $2, digest = $3, changed = $4 WHERE host = $1", name, stamp, int64(profile.Digest), database.Millis(profile.Changed))
	return was != int64(profile.Digest), err
}
