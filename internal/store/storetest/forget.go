package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// testForget forgets a story with a revision, with a copy, and with an edge to a third
// story.
func testForget(t *testing.T, dsn string) {
	d := open(t, dsn)
	var ids []string
	for i := range 4 {
		d.fetch(article(i), func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, fmt.Sprint("text ", i), []uint64{1, 2, 3}, task.URL, task.URL+"/canonical")
			o.Archived = &schedule.Archived{File: "x.warc.gz", Offset: int64(i)}
			return o
		})
		ids = append(ids, stories.NewID("https://gazette.example"+article(i)+"/canonical"))
	}
	url, id := "https://gazette.example"+article(0), ids[0]
	d.fetch(article(0), func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "a second text", nil, task.URL, url+"/canonical")
	})
	d.settleAll()
	lease := d.leaseSettle()
	s, err := d.Stories.Get(d.ctx, ids[1])
	d.ok(err)
	_, err = d.Stories.Settle(d.ctx, lease, []stories.Settled{{ID: ids[1], Stamp: s.Stamp, Verdict: news.Verdict{ID: ids[1], DuplicateOf: id}}})
	d.ok(err)
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[2], Edges: []dedupe.Edge{{A: min(id, ids[2]), B: max(id, ids[2]), Relation: "copy"}}}))
	for _, task := range d.outbox() {
		_, err := d.Stories.OutboxDone(d.ctx, task)
		d.ok(err)
	}

	gone, err := d.Forget(d.ctx, url, day)
	d.ok(err)
	equal(t, "ID", gone.ID, id)
	if want := []string{url, url + "/canonical"}; !slices.Equal(gone.URLs, want) {
		t.Errorf("URLs: got %q, want %q", gone.URLs, want)
	}
	pages, err := d.ForgottenPages(d.ctx)
	d.ok(err)
	want := []store.ForgottenPage{
		{StoryID: id, URL: url, Archived: schedule.Archived{File: "a.warc.gz", Offset: 29}, At: day},
		{StoryID: id, URL: url, Archived: schedule.Archived{File: "x.warc.gz"}, At: day},
		{StoryID: id, URL: url, At: day},
		{StoryID: id, URL: url + "/canonical", At: day},
	}
	for i := range pages {
		pages[i].Seq = 0
	}
	if !slices.Equal(pages, want) {
		t.Errorf("pages to be erased:\n%v\nwant\n%v", pages, want)
	}
	tasks := d.outbox()
	equal(t, "tasks", len(tasks), 2)
	equal(t, "last task", tasks[len(tasks)-1].Path, "text/"+id)
	if _, err := d.Stories.Get(d.ctx, url); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the story: %v", err)
	}
	edges, err := d.Stories.Edges(d.ctx, ids)
	d.ok(err)
	equal(t, "edges", len(edges), 0)
	var dirty []string
	some, err := d.Stories.Dirty(d.ctx, "", 10)
	d.ok(err)
	for _, s := range some {
		dirty = append(dirty, s.Story.ID)
	}
	if want := []string{min(ids[1], ids[2]), max(ids[1], ids[2])}; !slices.Equal(dirty, want) {
		t.Errorf("dirty: got %q, want %q", dirty, want)
	}
	found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{1, 2, 3}, Common: 10, Least: 1})
	d.ok(err)
	equal(t, "found by prints", len(found), 3)
	status, err := d.Report.Status(d.ctx)
	d.ok(err)
	equal(t, "sources", len(status), 1) // none without a name, for the URL that was never in the frontier
	equal(t, "source", status[0].Source, "gazette")
}

// testForgottenStays tries the ways by which a forgotten story might come back.
func testForgottenStays(t *testing.T, dsn string) {
	d := open(t, dsn)
	url := "https://gazette.example/a"
	d.fetch("/a", func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "a text", nil, task.URL, url+"/canonical")
	})
	gone, err := d.Forget(d.ctx, url, day)
	d.ok(err)
	d.wantPaths("links to it", d.begin(link("gazette.example", "/a"), link("gazette.example", "/a/canonical")))
	_, known, _, err := d.AddListed(d.ctx, []schedule.Link{link("gazette.example", "/a")})
	d.ok(err)
	equal(t, "known", known, 1)
	d.wantNoWork(d.beginSpec(store.RunSpec{Source: "list", Listed: true}))
	d.fetch("/twin", func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "a text", nil, task.URL, url+"/canonical")
	})
	if _, err := d.Stories.Get(d.ctx, "https://gazette.example/twin"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a twin of the story: %v", err)
	}
	for _, name := range []string{url + "x", "0123", gone.ID} {
		if _, err := d.Forget(d.ctx, name, day); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("forget %s: %v", name, err)
		}
	}
}

// testForgetInProgress forgets pages while they are being fetched.
func testForgetInProgress(t *testing.T, dsn string) {
	d := open(t, dsn)
	run := d.begin(link("gazette.example", "/a"), link("gazette.example", "/b"))
	for i := range 2 {
		task := d.next(run)
		_, err := d.Forget(d.ctx, task.URL, d.now)
		d.ok(err)
		o := d.done()
		if i == 0 {
			o = d.found(task.URL, "a text", []uint64{1})
		}
		before, err := d.ForgottenPages(d.ctx)
		d.ok(err)
		d.ok(d.Finish(d.ctx, task, o))
		after, err := d.ForgottenPages(d.ctx)
		d.ok(err)
		equal(t, "pages to be erased, one more", len(after), len(before)+1)
		equal(t, "the page that was fetched meanwhile", after[len(after)-1].URL, task.URL)
		if _, err := d.Stories.Get(d.ctx, task.URL); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the story: %v", err)
		}
	}
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	d.wantNoWork(d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true}))
}

// testErased erases forgotten pages from the archive while one of its files is busy.
func testErased(t *testing.T, dsn string) {
	d := open(t, dsn)
	for i, file := range []string{"a.warc.gz", "b.warc.gz"} {
		d.fetch(article(i), func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "a text", nil)
			o.Archived = &schedule.Archived{File: file, Offset: 500}
			return o
		})
		_, err := d.Forget(d.ctx, "https://gazette.example"+article(i), d.now)
		d.ok(err)
	}
	left := func(what string, want ...string) []store.ForgottenPage {
		t.Helper()
		pages, err := d.ForgottenPages(d.ctx)
		d.ok(err)
		var got []string
		for _, p := range pages {
			got = append(got, fmt.Sprint(strings.TrimPrefix(p.URL, "https://gazette.example"), " ", p.Archived.File, " ", p.Archived.Offset))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
		return pages
	}
	a, b := article(0), article(1)
	pages := left("forgotten", a+" a.warc.gz 500", a+"  0", b+" b.warc.gz 500", b+"  0")
	d.ok(d.PagesErased(d.ctx, pages, []string{"b.warc.gz"}))
	pages = left("one file is busy", b+" b.warc.gz 500", a+" b.warc.gz 0", b+" b.warc.gz 0")
	d.ok(d.PagesErased(d.ctx, pages, []string{"b.warc.gz"}))
	pages = left("it still is", b+" b.warc.gz 500", a+" b.warc.gz 0", b+" b.warc.gz 0")
	d.ok(d.PagesErased(d.ctx, pages, nil))
	left("it is no longer")
}
