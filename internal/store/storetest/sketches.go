package storetest

import (
	"fmt"
	"slices"
	"testing"

	"winnow/internal/store/sites"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// sketched reads a page of gazette.example with a sketch of the rank, and a story if it
// has text.
func (d *desk) sketched(n int, rank uint64, text string) {
	d.fetch(fmt.Sprint("/", n), func(task schedule.Task) schedule.Outcome {
		o := d.found(task.URL, text, nil)
		if text == "" {
			o.State, o.Story, o.Reason = schedule.SetAside, nil, "section: a list"
		}
		o.Sketch = &schedule.Sketch{Hash: uint64(n) << 56, Rank: rank, Data: fmt.Append(nil, "page ", n)}
		return o
	})
}

// pages returns the pages whose sketches are kept, by rank.
func (d *desk) pages(host string) (urls []string) {
	all, err := d.Sites.Sketches(d.ctx, host)
	d.ok(err)
	for _, s := range all {
		urls = append(urls, s.URL)
	}
	return urls
}

// testSample stores more sketches than a sample has, in two orders.
func testSample(t *testing.T, dsn string) {
	d := open(t, dsn)
	const pages = sites.MaxSketches + 6
	for n := range pages {
		d.sketched(n, uint64(1000-n), "a text")
	}
	got := d.pages("gazette.example")
	equal(t, "kept", len(got), sites.MaxSketches)
	equal(t, "first", got[0], fmt.Sprint("https://gazette.example/", pages-1))
	equal(t, "last", got[len(got)-1], "https://gazette.example/6")
	site, err := d.Sites.Get(d.ctx, "gazette.example")
	d.ok(err)
	d.sketched(pages, 1001, "a text")
	again, err := d.Sites.Get(d.ctx, "gazette.example")
	d.ok(err)
	equal(t, "stamp after a page that is not in the sample", again.Stamp, site.Stamp)
	if !slices.Equal(d.pages("gazette.example"), got) {
		t.Error("a page with a larger rank has changed the sample")
	}
	_, err = d.Forget(d.ctx, got[0], d.now)
	d.ok(err)
	equal(t, "kept without a forgotten page", len(d.pages("gazette.example")), sites.MaxSketches-1)
}

// testSketchOfAFeed: a story that is read from a feed belongs to another site than one
// that is read from its page, and each page has one sketch.
func testSketchOfAFeed(t *testing.T, dsn string) {
	d := open(t, dsn)
	feeds := sites.OfFeeds("gazette.example")
	read := func(site string) {
		d.fetch("/1", func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "a text", nil)
			o.Sketch, o.Story.Site = &schedule.Sketch{Site: site, Hash: 1, Rank: 1, Data: []byte("a page")}, site
			return o
		})
	}
	check := func(what string, ofPages, ofFeeds int) {
		t.Helper()
		equal(t, what+": sketches of pages", len(d.pages("gazette.example")), ofPages)
		equal(t, what+": sketches of feeds", len(d.pages(feeds)), ofFeeds)
	}
	read(feeds)
	check("a feed", 0, 1)
	d.settleAll()
	lease := d.leaseSettle()
	_, err := d.Profiled(d.ctx, lease, sites.Site{Name: feeds, Stamp: 1}, sites.Profile{Digest: 7})
	d.ok(err)
	dirty, err := d.Stories.Dirty(d.ctx, "", 10)
	d.ok(err)
	equal(t, "stories to be cleaned again by the profile of feeds", len(dirty), 1)
	replaced, err := d.StoryCleaned(d.ctx, lease, &dirty[0], stories.Cleaned{Story: dirty[0].Story, Profile: 7},
		&schedule.Sketch{Site: feeds, Hash: 1, Rank: 1, Data: []byte("a page")})
	d.ok(err)
	equal(t, "replaced", replaced, true)
	_, err = d.Profiled(d.ctx, lease, sites.Site{Name: "gazette.example"}, sites.Profile{Digest: 8})
	d.ok(err)
	_, err = d.Profiled(d.ctx, lease, sites.Site{Name: feeds, Stamp: 1}, sites.Profile{Digest: 9})
	d.ok(err)
	s, err := d.Stories.Get(d.ctx, "https://gazette.example/1")
	d.ok(err)
	equal(t, "to be cleaned again", s.Reclean, true)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	read("")
	check("the page instead", 1, 0)
	read(feeds)
	check("the feed again", 0, 1)
	_, err = d.Forget(d.ctx, "https://gazette.example/1", d.now)
	d.ok(err)
	check("forgotten", 0, 0)
}

// testProfiled notes profiles, and looks at what is to be cleaned again by them.
func testProfiled(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.sketched(1, 1, "a text")
	d.sketched(2, 2, "")
	d.settleAll()
	lease := d.leaseSettle()
	profiled := func(digest uint64, want bool, reclean ...string) {
		t.Helper()
		stale, err := d.Sites.Stale(d.ctx, 10)
		d.ok(err)
		equal(t, "stale sites", len(stale), 1)
		changed, err := d.Profiled(d.ctx, lease, stale[0], sites.Profile{Digest: digest, Changed: day})
		d.ok(err)
		equal(t, "changed", changed, want)
		queue, err := d.RecleanQueue(d.ctx, 10)
		d.ok(err)
		dirty, err := d.Stories.Dirty(d.ctx, "", 10)
		d.ok(err)
		for _, s := range dirty {
			if s.Reclean {
				queue = append(queue, s.PageURL)
			}
		}
		if !slices.Equal(queue, reclean) {
			t.Errorf("to be cleaned again by profile %d: %v, want %v", digest, queue, reclean)
		}
	}
	profiled(0, false)
	stale, err := d.Sites.Stale(d.ctx, 10)
	d.ok(err)
	equal(t, "stale after its profile was made", len(stale), 0)

	d.sketched(3, 3, "") // while the site has no profile, it is not queued
	profiled(7, true, "https://gazette.example/2", "https://gazette.example/3", "https://gazette.example/1")
	for _, page := range []string{"https://gazette.example/2", "https://gazette.example/3"} {
		d.ok(d.SkipReclean(d.ctx, lease, page))
	}
	s, err := d.Stories.Get(d.ctx, "https://gazette.example/1")
	d.ok(err)
	alone, cut := s.Story, s.Story
	cut.Blocks = cut.Blocks[:0:0]
	replaced, err := d.StoryCleaned(d.ctx, lease, &s, stories.Cleaned{Story: cut, Alone: &alone, Profile: 7}, nil)
	d.ok(err)
	equal(t, "replaced", replaced, true)
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))

	// The page alone is as before, whatever its profile cut: that is no revision. It may
	// be another by the profile all the same, and so may a new page.
	d.sketched(1, 1, "a text")
	s, err = d.Stories.Get(d.ctx, s.Story.ID)
	d.ok(err)
	equal(t, "revision", s.Rev, 1)
	equal(t, "text as it was cut", s.Story.Text(), "")
	equal(t, "read again", s.Reclean, true)
	d.sketched(4, 4, "b text")
	s, err = d.Stories.Get(d.ctx, "https://gazette.example/4")
	d.ok(err)
	equal(t, "a new story is read by the profile", s.Reclean && s.Judge, true)
	d.sketched(5, 5, "")
	queue, err := d.RecleanQueue(d.ctx, 10)
	d.ok(err)
	equal(t, "a new page without a story is too", fmt.Sprint(queue), "[https://gazette.example/5]")
	d.sketched(1, 1, "another text")
	s, err = d.Stories.Get(d.ctx, "https://gazette.example/1")
	d.ok(err)
	equal(t, "revision", s.Rev, 2)
}
