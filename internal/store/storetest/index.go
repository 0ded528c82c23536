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
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// shelf is what the index should contain, as a plain map.
type shelf map[string]shelved // by URL

type shelved struct {
	prints []uint64
	date   string
}

func (s *shelved) has(x uint64) bool {
	return slices.Contains(s.prints, x)
}

func (s shelf) candidates(q dedupe.Query) []dedupe.Candidate {
	many := map[uint64]int{}
	for _, one := range s {
		for _, x := range one.prints {
			many[x]++
		}
	}
	var found []dedupe.Candidate
	for url, one := range s {
		n := 0
		for _, x := range q.Prints {
			if many[x] <= q.Common && one.has(x) {
				n++
			}
		}
		c := dedupe.Candidate{Same: q.Exact != 0 && one.has(q.Exact), Shared: n, Prints: len(one.prints), Day: dedupe.Day(one.date)}
		if (c.Same || n >= q.Least) && stories.NewID(url) != q.ID && (q.Enough == nil || q.Enough(c)) {
			c.ID = stories.NewID(url)
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b dedupe.Candidate) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), strings.Compare(a.ID, b.ID))
	})
	return found
}

// somePrints returns prints, some of which a few stories share, and some many.
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

// mergeInterrupted merges with too little time, and with more each time.
func (d *desk) mergeInterrupted(lease stories.Lease) {
	for i := range 8 {
		ctx, cancel := context.WithTimeout(d.ctx, time.Duration(1<<i)*100*time.Microsecond)
		_, err := d.Stories.MergePrints(ctx, lease)
		cancel()
		if err == nil {
			return
		}
	}
}

// testIndex compares the index with a plain one, while stories are added, changed and
// deleted, and prints are merged in between.
func testIndex(t *testing.T, dsn string) {
	d := open(t, dsn)
	rng := rand.New(rand.NewPCG(3, 4))
	plain := shelf{}
	prints := func() []uint64 { return somePrints(rng) }
	var urls []string
	days := []string{"", "2026-03-01", "2026-03-02", "1969-07-20"}
	run := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
	check := func(what string) {
		t.Helper()
		for range 20 {
			q := dedupe.Query{Prints: prints(), Common: 5 + rng.IntN(30), Least: 1 + rng.IntN(3)}
			if url := urls[rng.IntN(len(urls))]; rng.IntN(2) == 0 {
				q.ID = stories.NewID(url)
				if one, there := plain[url]; there {
					q.Prints = one.prints
				}
			}
			if rng.IntN(2) == 0 {
				q.Exact = q.Prints[rng.IntN(len(q.Prints))]
			}
			if rng.IntN(2) == 0 {
				q.Enough = func(c dedupe.Candidate) bool { return c.Same && c.Day == 0 || c.Shared*5 > c.Prints }
			}
			got, err := d.Stories.Candidates(d.ctx, q)
			d.ok(err)
			if want := plain.candidates(q); !slices.Equal(got, want) {
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
			urls = append(urls, task.URL)
			o := d.found(task.URL, "text of "+task.URL, prints())
			o.Story.Story.Date = days[rng.IntN(len(days))]
			plain[task.URL] = shelved{o.Story.Prints, o.Story.Story.Date}
			d.ok(d.Finish(d.ctx, task, o))
		}
		check("before merging")
		lease := d.leaseSettle()
		d.mergeInterrupted(lease)
		check("after interrupted merges")
		_, err = d.Stories.MergePrints(d.ctx, lease)
		d.ok(err)
		check("after merging")
		for i := range 30 {
			url := links[rng.IntN(len(links))].URL
			s, err := d.Stories.Get(d.ctx, url)
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
				_, err := d.replace(lease, &s, s.Story, now.prints, false)
				d.ok(err)
			}
		}
		check("after changes")
		d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	}
	if n, err := d.Stories.MergePrints(d.ctx, d.leaseSettle()); err != nil || n != 0 {
		t.Errorf("merged too few: %d %v", n, err)
	}
	found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Common: 10, Least: 1})
	d.ok(err)
	equal(t, "found by nothing", len(found), 0)
}

// testIndexOfTwo queries one process while another changes which prints are common.
func testIndexOfTwo(t *testing.T, dsn string) {
	d, other := open(t, dsn), open(t, dsn)
	run := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
	var links []schedule.Link
	for i := range 120 {
		links = append(links, link("h.example", fmt.Sprintf("/%d", i)))
	}
	_, _, _, err := d.AddListed(d.ctx, links)
	d.ok(err)
	for i := range links {
		task := d.next(run)
		prints := []uint64{uint64(1000 + i)}
		if i < 104 {
			prints = append(prints, 7)
		}
		d.ok(d.Finish(d.ctx, task, d.found(task.URL, "text of "+task.URL, prints)))
	}
	holders := func() int {
		t.Helper()
		found, err := other.Stories.Candidates(other.ctx, dedupe.Query{Prints: []uint64{7}, Common: 102, Least: 1})
		other.ok(err)
		return len(found)
	}
	forget := func() {
		t.Helper()
		found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{7}, Common: 999, Least: 1})
		d.ok(err)
		_, err = d.Forget(d.ctx, found[0].ID, d.now)
		d.ok(err)
	}
	equal(t, "of 104 that wait", holders(), 0)
	lease := d.leaseSettle()
	if n, err := d.Stories.MergePrints(d.ctx, lease); err != nil || n != len(links) {
		t.Fatalf("merged %d: %v", n, err)
	}
	equal(t, "of 104", holders(), 0)
	forget()
	equal(t, "of 103", holders(), 0)
	forget()
	equal(t, "of 102", holders(), 102)
	forget()
	equal(t, "of 101", holders(), 101)
}
