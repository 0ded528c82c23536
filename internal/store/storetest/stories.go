package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

func testStory(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.read(link("gazette.example", "/a?x"), func(task schedule.Task) schedule.Outcome {
		o := d.found(task.URL, "a text", []uint64{1, 2}, task.URL, "https://gazette.example/a")
		o.Story.Story.Authors = []string{"A. Author"}
		o.Archived = &schedule.Archived{File: "one.warc.gz", Offset: 77}
		return o
	})
	want := stories.NewID("https://gazette.example/a")
	for _, name := range []string{want, "https://gazette.example/a", "https://gazette.example/a?x"} {
		s, err := d.Stories.Get(d.ctx, name)
		d.ok(err)
		equal(t, "ID", s.Story.ID, want)
		equal(t, "text", s.Story.Text(), "a text")
		equal(t, "author", s.Story.Authors[0], "A. Author")
		equal(t, "page", s.PageURL, "https://gazette.example/a?x")
		equal(t, "revision", s.Rev, 1)
		equal(t, "crawled", s.Crawled, day)
		equal(t, "place", s.Archived, schedule.Archived{File: "one.warc.gz", Offset: 77})
		equal(t, "to be judged", s.Judge, true)
	}
	if _, err := d.Stories.Get(d.ctx, "https://gazette.example/b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
	page, err := d.ArchivedPage(d.ctx, "https://gazette.example/a?x")
	d.ok(err)
	equal(t, "archived", page.Archived, schedule.Archived{File: "one.warc.gz", Offset: 77})
	equal(t, "fetched", page.Fetched, day)
	d.ok(d.ArchiveRemoved(d.ctx, []string{"one.warc.gz"}))
	if _, err := d.ArchivedPage(d.ctx, "https://gazette.example/a?x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after its file was removed: %v", err)
	}
	s, err := d.Stories.Get(d.ctx, want)
	d.ok(err)
	equal(t, "place", s.Archived, schedule.Archived{})
}

// fetch requests a page again, and finishes it with the outcome that make returns.
func (d *desk) fetch(path string, make func(schedule.Task) schedule.Outcome) {
	d.t.Helper()
	l := link("gazette.example", path)
	run := d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true, Seeds: []schedule.Link{l}})
	for {
		task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
		if errors.Is(err, schedule.ErrNoWork) {
			break
		}
		d.ok(err)
		switch {
		case task.Kind == schedule.Robots:
			d.finishRobots(task)
		case task.URL == l.URL:
			d.ok(d.Finish(d.ctx, task, make(task)))
		default:
			d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: schedule.Done, Status: 304, At: d.now}))
		}
	}
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
}

// testPrefix: IDs are found by their beginning.
func testPrefix(t *testing.T, dsn string) {
	d := open(t, dsn)
	ids := d.readSome(40)
	with := func(prefix string, limit int) string {
		t.Helper()
		got, err := d.Stories.WithPrefix(d.ctx, prefix, limit)
		d.ok(err)
		return strings.Join(got, " ")
	}
	equal(t, "the whole ID", with(ids[7], 2), ids[7])
	equal(t, "nearly the whole ID", with(ids[7][:31], 2), ids[7])
	equal(t, "all", with("", 100), strings.Join(ids, " "))
	equal(t, "the first two", with("", 2), strings.Join(ids[:2], " "))
	for _, digit := range "0123456789abcdef" {
		var want []string
		for _, id := range ids {
			if strings.HasPrefix(id, string(digit)) {
				want = append(want, id)
			}
		}
		equal(t, "those with "+string(digit), with(string(digit), 100), strings.Join(want, " "))
	}
}

func testRevisions(t *testing.T, dsn string) {
	d := open(t, dsn)
	story := func() stories.Stored {
		t.Helper()
		s, err := d.Stories.Get(d.ctx, "https://gazette.example/a")
		d.ok(err)
		return s
	}
	put := func(text, title string, removals ...news.Removal) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetch("/a", func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, text, []uint64{1})
			o.Story.Story.Title, o.Story.Story.Removals = title, removals
			return o
		})
	}
	put("one", "Title")
	d.settleAll()
	settled := story()

	put("one", "Title", news.Removal{Rule: "ads", Text: "Buy"})
	s := story()
	equal(t, "after the same text: dirty", s.Judge, false)
	equal(t, "after the same text: stamp", s.Stamp, settled.Stamp)
	equal(t, "what was cut", len(s.Story.Removals), 1)
	equal(t, "crawled", s.Crawled, settled.Crawled)

	put("one", "Other title")
	s = story()
	equal(t, "after another title: dirty", s.Judge, true)
	equal(t, "after another title: revision", s.Rev, 1)
	equal(t, "after another title: changed", s.Changed, settled.Changed)

	put("two", "Other title")
	s = story()
	equal(t, "after another text: revision", s.Rev, 2)
	equal(t, "after another text: changed", s.Changed, d.now)
	equal(t, "ID", s.Story.ID, settled.Story.ID)
	old, err := d.Stories.Revisions(d.ctx, s.Story.ID)
	d.ok(err)
	equal(t, "earlier texts", len(old), 1)
	equal(t, "earlier text", old[0].Story.Text(), "one")
	equal(t, "earlier title", old[0].Story.Title, "Other title")

	d.now = d.now.Add(time.Hour)
	d.fetch("/a", func(schedule.Task) schedule.Outcome {
		return schedule.Outcome{State: schedule.Gone, Status: 410, At: d.now}
	})
	s = story()
	equal(t, "gone", s.Gone, d.now)
	equal(t, "text of a page that is gone", s.Story.Text(), "two")
}

// testRanks reads four pages of one story in every order.
func testRanks(t *testing.T, fresh func() string) {
	pages := []struct {
		path string
		rank int
	}{{"/amp/a", 2}, {"/a", 0}, {"/a.html", 1}, {"/a-too", 1}}
	var orders [][]int
	var permute func(done, rest []int)
	permute = func(done, rest []int) {
		if len(rest) == 0 {
			orders = append(orders, slices.Clone(done))
		}
		for i, x := range rest {
			permute(append(slices.Clone(done), x), slices.Delete(slices.Clone(rest), i, i+1))
		}
	}
	permute(nil, []int{0, 1, 2, 3})
	for _, order := range orders[:12] {
		d := open(t, fresh())
		for i, n := range order {
			best := slices.MinFunc(order[:i+1], func(x, y int) int {
				if c := pages[x].rank - pages[y].rank; c != 0 {
					return c
				}
				if pages[x].path < pages[y].path {
					return -1
				}
				return 1
			})
			page := link("gazette.example", pages[n].path)
			_, _, _, err := d.AddListed(d.ctx, []schedule.Link{page})
			d.ok(err)
			run := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
			d.works(run, func(task schedule.Task) schedule.Outcome {
				o := d.found(task.URL, "text of "+task.URL, []uint64{uint64(n)}, task.URL, "https://gazette.example/a")
				o.Story.Rank = pages[n].rank
				return o
			})
			all, err := d.Stories.List(d.ctx, "", 10)
			d.ok(err)
			equal(t, fmt.Sprint("stories after ", order[:i+1]), len(all), 1)
			equal(t, fmt.Sprint("page after ", order[:i+1]), all[0].PageURL, "https://gazette.example"+pages[best].path)
			equal(t, "text", all[0].Story.Text(), "text of https://gazette.example"+pages[best].path)
			equal(t, "revision", all[0].Rev, 1)
			equal(t, "ID", all[0].Story.ID, stories.NewID("https://gazette.example/a"))
		}
	}
}

// testNames follows a story through changes of its canonical URL.
func testNames(t *testing.T, dsn string) {
	d := open(t, dsn)
	put := func(path, canonical string) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetch(path, func(task schedule.Task) schedule.Outcome {
			return d.found(task.URL, "text of "+path, nil, task.URL, "https://gazette.example"+canonical)
		})
	}
	id := func(path string) string {
		t.Helper()
		s, err := d.Stories.Get(d.ctx, "https://gazette.example"+path)
		d.ok(err)
		return s.Story.ID
	}
	put("/a", "/a")
	first := id("/a")
	d.settleAll()
	put("/a", "/b")
	equal(t, "after a change of the canonical URL", id("/a"), first)
	equal(t, "under the new name", id("/b"), first)
	put("/c", "/b")
	equal(t, "another page of it", id("/c"), first)
	all, err := d.Stories.List(d.ctx, "", 10)
	d.ok(err)
	equal(t, "stories", len(all), 1)
	put("/d", "/d")
	d.settleAll()
	put("/d", "/a")
	equal(t, "a published story keeps its ID when its page names another", id("/d"), stories.NewID("https://gazette.example/d"))
}

// testFold folds stories whose pages name each other.
func testFold(t *testing.T, dsn string) {
	d := open(t, dsn)
	put := func(path, canonical string, rank int) {
		t.Helper()
		d.now = d.now.Add(time.Hour)
		d.fetch(path, func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "text of "+path, []uint64{1, 2, uint64(len(path))}, task.URL, "https://gazette.example"+canonical)
			o.Story.Rank = rank
			return o
		})
	}
	check := func(name string, count int, page, means string, paths ...string) {
		t.Helper()
		all, err := d.Stories.List(d.ctx, "", 10)
		d.ok(err)
		equal(t, name+": stories", len(all), count)
		for _, path := range paths {
			s, err := d.Stories.Get(d.ctx, "https://gazette.example"+path)
			d.ok(err)
			equal(t, name+": ID of "+path, s.Story.ID, stories.NewID("https://gazette.example"+means))
			equal(t, name+": page", s.PageURL, "https://gazette.example"+page)
			equal(t, name+": text", s.Story.Text(), "text of "+page)
		}
	}
	put("/b", "/c", 1)
	put("/d", "/d", 0)
	check("apart", 2, "/b", "/c", "/b", "/c")
	put("/c", "/d", 1)
	check("folded", 1, "/d", "/d", "/b", "/c", "/d")
	found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{1, 2}, Common: 10, Least: 1})
	d.ok(err)
	equal(t, "in the index", len(found), 1)

	d.settleAll()
	put("/f", "/e", 1)
	put("/g", "/h", 1)
	put("/e", "/h", 1)
	check("named after the best page", 2, "/e", "/h", "/e", "/f", "/g", "/h")
	d.settleAll()
	put("/i", "/j", 1)
	put("/j", "/h", 1)
	check("published, and one that was not", 2, "/e", "/h", "/h", "/i", "/j")
	put("/k", "/d", 0)
	put("/d", "/h", 0)
	check("both published", 2, "/d", "/d", "/d", "/c", "/k")
}

func testPaging(t *testing.T, dsn string) {
	d := open(t, dsn)
	var want []string
	for i := range 7 {
		d.read(link("gazette.example", article(i)), func(task schedule.Task) schedule.Outcome {
			return d.found(task.URL, fmt.Sprint("text ", i), nil)
		})
		want = append(want, stories.NewID("https://gazette.example"+article(i)))
	}
	slices.Sort(want)
	for name, list := range map[string]func(after string) ([]stories.Stored, error){
		"stories": func(after string) ([]stories.Stored, error) { return d.Stories.List(d.ctx, after, 3) },
		"dirty":   func(after string) ([]stories.Stored, error) { return d.Stories.Dirty(d.ctx, after, 3) },
		"part":    func(after string) ([]stories.Stored, error) { return d.Stories.ListShard(d.ctx, 0, after, 3) },
	} {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			some, err := list(after)
			d.ok(err)
			if len(some) == 0 {
				break
			}
			for _, s := range some {
				got = append(got, s.Story.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if some, err := d.Stories.ListShard(d.ctx, 1, "", 3); err != nil || len(some) > 0 {
		t.Errorf("the next part: %v %v", some, err)
	}
	n, err := d.countDirty()
	d.ok(err)
	equal(t, "dirty", n, 7)
	docs, err := d.Stories.Docs(d.ctx, []string{want[3], "nobody", want[0]})
	d.ok(err)
	equal(t, "docs", len(docs), 2)
	equal(t, "first doc", docs[0].ID, want[3])
	s, err := d.Stories.Get(d.ctx, want[0])
	d.ok(err)
	if !reflect.DeepEqual(docs[1], s.Doc()) {
		t.Errorf("got %+v, want %+v", docs[1], s.Doc())
	}
}
