package storetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/schedule"
)

// shelf is what the index should know, in the plainest form.
type shelf map[string]shelved // by URL

type shelved struct {
	prints []uint64
	date   string
}

func (s shelf) candidates(prints []uint64, common, least int) []dedupe.Candidate {
	many := map[uint64]int{}
	for _, own := range s {
		for _, x := range own.prints {
			many[x]++
		}
	}
	var found []dedupe.Candidate
	for url, own := range s {
		n := 0
		for _, x := range prints {
			if many[x] <= common && slices.Contains(own.prints, x) {
				n++
			}
		}
		if n >= least {
			found = append(found, dedupe.Candidate{ID: store.StoryID(url), Shared: n, Prints: len(own.prints), Day: dedupe.Day(own.date)})
		}
	}
	slices.SortFunc(found, func(a, b dedupe.Candidate) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), strings.Compare(a.ID, b.ID))
	})
	return found
}

// somePrints makes prints of which some are shared by a few stories, and some
// by many.
func somePrints(rng *rand.Rand) []uint64 {
	var list []uint64
	for range 12 + rng.IntN(8) {
		x := uint64(rng.IntN(2000))
		if rng.IntN(6) == 0 {
			x = uint64(rng.IntN(3))
		}
		list = append(list, x<<40|x)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// mergeInterrupted merges with less time than that takes, and more each time.
func (d *desk) mergeInterrupted(lease store.Lease) {
	for i := range 8 {
		ctx, cancel := context.WithTimeout(d.ctx, time.Duration(1<<i)*100*time.Microsecond)
		_, err := d.MergePrints(ctx, lease)
		cancel()
		if err == nil {
			return
		}
	}
}

// testIndex compares the packed index with the plainest one, while stories
// come, change and go, and prints are merged in between.
func testIndex(t *testing.T, dsn string) {
	d := open(t, dsn)
	rng := rand.New(rand.NewPCG(3, 4))
	plain := shelf{}
	prints := func() []uint64 { return somePrints(rng) }
	days := []string{"", "2026-03-01", "2026-03-02", "1969-07-20"}
	run := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
	check := func(what string) {
		t.Helper()
		for range 20 {
			asked, common, least := prints(), 5+rng.IntN(30), 1+rng.IntN(3)
			got, err := d.Candidates(d.ctx, asked, common, least)
			d.ok(err)
			if want := plain.candidates(asked, common, least); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", what, got, want)
			}
		}
	}
	for round := range 4 {
		var links []schedule.Link
		for i := range 270 {
			links = append(links, link(fmt.Sprintf("h%d.example", i%7), fmt.Sprintf("/%d/%d", round, i)))
		}
		_, _, _, err := d.AddListed(d.ctx, links)
		d.ok(err)
		for range links {
			task := d.next(run)
			o := d.found(task.URL, "text of "+task.URL, prints())
			o.Story.Story.Date = days[rng.IntN(len(days))]
			plain[task.URL] = shelved{o.Story.Prints, o.Story.Story.Date}
			d.ok(d.Finish(d.ctx, task, o))
		}
		check("before merging")
		lease := d.leaseSettle()
		d.mergeInterrupted(lease)
		check("after interrupted merges")
		_, err = d.MergePrints(d.ctx, lease)
		d.ok(err)
		check("after merging")
		for i := range 30 {
			url := links[rng.IntN(len(links))].URL
			s, err := d.Story(d.ctx, url)
			if i%2 == 0 {
				d.Forget(d.ctx, url, d.now)
				delete(plain, url)
			} else if err == nil {
				now := shelved{prints(), days[rng.IntN(len(days))]}
				if i%3 == 0 {
					now.prints = plain[url].prints // another date only
				}
				plain[url] = now
				s.Story.Title += "!"
				s.Story.Date = now.date
				_, err := d.ReplaceStory(d.ctx, lease, s.Story.ID, s.Stamp, s.Story, now.prints, false)
				d.ok(err)
			}
		}
		check("after changes")
		d.ok(d.ReleaseSettle(d.ctx, lease))
	}
	if n, err := d.MergePrints(d.ctx, d.leaseSettle()); err != nil || n != 0 {
		t.Errorf("merged too few: %d %v", n, err)
	}
	found, err := d.Candidates(d.ctx, nil, 10, 1)
	d.ok(err)
	equal(t, "found by nothing", len(found), 0)
}
