package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// testMergeInAnyOrder adds the same links in many orders, in one call and in several, as
// seeds and as links of a page. The resulting frontier must be the same.
func testMergeInAnyOrder(t *testing.T, fresh func() string) {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	moment := func() time.Time {
		if rng.IntN(3) == 0 {
			return time.Time{}
		}
		return day.Add(-time.Duration(rng.IntN(5)) * time.Hour)
	}
	var links []schedule.Link
	for range 60 {
		l := link("gazette.example", pick("/a", "/b", "/c", "/d", "/e"),
			kind([]schedule.Kind{schedule.Section, schedule.Article, schedule.Article}[rng.IntN(3)]),
			hint(news.Hint{Title: pick("", "Tanks", "Trucks", "Tank"), Summary: pick("", "x", "y"), Date: moment(), Modified: moment(),
				Authors: [][]string{nil, {"A. Author"}, {"B. Byline"}, {"A. Author", "C. Co"}}[rng.IntN(4)]}))
		l.Depth, l.Hops, l.Follow, l.Via = rng.IntN(4), rng.IntN(3), rng.IntN(2) == 0, pick("u", "v", "w")
		links = append(links, l)
	}
	var want []schedule.Link
	for round := range 6 {
		rng.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
		d := open(t, fresh())
		run := d.begin(append(slices.Clone(links[:rng.IntN(10)]), link("gazette.example", "/feed", kind(schedule.Feed)))...)
		task := d.next(run)
		d.ok(d.Finish(d.ctx, task, d.done(links[:30]...)))
		d.begin(links[20:]...)
		var got []schedule.Link
		for {
			task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{run}}, d.now)
			if errors.Is(err, schedule.ErrNoWork) {
				break
			}
			d.ok(err)
			got = append(got, task.Link)
			d.ok(d.Finish(d.ctx, task, d.done()))
		}
		equal(t, "URLs", len(got), 5)
		if round == 0 {
			want = got
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("order %d:\n got %+v\nwant %+v", round, got, want)
		}
	}
}

func testMergeRules(t *testing.T, dsn string) {
	d := open(t, dsn)
	a := link("gazette.example", "/a", kind(schedule.Section), hint(news.Hint{Title: "Tank", Date: day, Modified: day}))
	a.Depth, a.Via = 2, "far"
	b := link("gazette.example", "/a", hint(news.Hint{Title: "Tanks", Authors: []string{"A"}, Date: day.Add(-time.Hour), Modified: day.Add(time.Hour)}))
	b.Depth, b.Via, b.Follow = 1, "near", true
	run := d.begin(a, b)
	got := d.next(run).Link
	want := schedule.Link{URL: a.URL, Host: a.Host, Source: "gazette", Kind: schedule.Section, Depth: 1, Follow: true, Via: "near",
		Hint: news.Hint{Title: "Tanks", Authors: []string{"A"}, Date: day.Add(-time.Hour), Modified: day.Add(time.Hour)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

// testChangedPages has a feed report a change of a page that was read at the start of the
// day, in each state that the page may be in.
func testChangedPages(t *testing.T, fresh func() string) {
	before, after := day.Add(-time.Hour), day.Add(time.Hour)
	for _, test := range []struct {
		name     string
		known    time.Time // last change known when it was read
		reported time.Time
		state    schedule.State
		kind     schedule.Kind
		askAgain bool
	}{
		{"nothing is reported", before, time.Time{}, schedule.Done, schedule.Article, false},
		{"the same time is reported", before, before, schedule.Done, schedule.Article, false},
		{"a later change", before, before.Add(time.Minute), schedule.Done, schedule.Article, true},
		{"an earlier change", before, before.Add(-time.Minute), schedule.Done, schedule.Article, false},
		{"first report, before the reading", time.Time{}, before, schedule.Done, schedule.Article, false},
		{"first report, after the reading", time.Time{}, after, schedule.Done, schedule.Article, true},
		{"a page that was no story", before, after, schedule.SetAside, schedule.Article, true},
		{"a page that is gone", before, after, schedule.Gone, schedule.Article, false},
		{"a page that moved", before, after, schedule.Moved, schedule.Article, false},
		{"a section", before, after, schedule.Done, schedule.Section, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := open(t, fresh())
			l := link("gazette.example", "/a", kind(test.kind), hint(news.Hint{Modified: test.known}))
			run := d.begin(l, link("gazette.example", "/z"))
			task := d.next(run)
			d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: test.state, Status: 200, At: d.now}))
			l.Hint.Modified = test.reported
			task = d.next(run)
			d.ok(d.Finish(d.ctx, task, d.done(l)))
			if !test.askAgain {
				d.wantNoWork(run)
				return
			}
			equal(t, "asked again", d.claim(run).URL, l.URL)
		})
	}
}

// testHintOfReadPage: a hint grows after its page was read, and while it is being read.
func testHintOfReadPage(t *testing.T, dsn string) {
	d := open(t, dsn)
	a := link("gazette.example", "/a")
	d.read(a, func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "a text", []uint64{1})
	})
	d.settleAll()
	reclean := func(what string, want bool) {
		t.Helper()
		s, err := d.Stories.Get(d.ctx, a.URL)
		d.ok(err)
		equal(t, what, s.Reclean, want)
	}
	a.Hint = news.Hint{Title: "A"}
	run := d.begin(a)
	reclean("after a fuller hint", true)
	d.settleAll()
	reclean("after settling", false)
	d.begin(a)
	reclean("after the same hint", false)

	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	run = d.beginSpec(store.RunSpec{Source: "gazette", Recheck: true})
	task := d.next(run)
	a.Hint.Date = day
	d.begin(a) // while the page is being read
	d.ok(d.Finish(d.ctx, task, d.found(task.URL, "another text", []uint64{2})))
	reclean("when the hint grew during the reading", true)
}

// testAliasIsNotRequested adds the canonical URL of a story that was read from another
// page: it is not requested only if that page's URL was another spelling of it.
func testAliasIsNotRequested(t *testing.T, dsn string) {
	d := open(t, dsn)
	for i, test := range []struct {
		page, canonical string
		rank            int
		asked           bool
	}{
		{"/a/", "/a", 0, false},
		{"/b?ref=feed", "/b", 1, true},
		{"/amp/c", "/c", 2, true},
	} {
		d.read(link("gazette.example", test.page), func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, fmt.Sprint("text ", i), []uint64{1}, task.URL, "https://gazette.example"+test.canonical)
			o.Story.Rank = test.rank
			return o
		})
		run := d.begin(link("gazette.example", test.canonical))
		if test.asked {
			d.wantPaths(test.canonical, run, test.canonical)
		} else {
			d.wantNoWork(run)
		}
		d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	}
	d.read(link("other.example", "/d"), func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "text d", nil, task.URL, "https://gazette.example/d")
	})
	d.wantPaths("of another host's page", d.begin(link("gazette.example", "/d")), "/d")
}

func testAddListed(t *testing.T, dsn string) {
	d := open(t, dsn)
	states := map[string]schedule.State{"/done": schedule.Done, "/failed": schedule.Failed, "/gone": schedule.Gone, "/aside": schedule.SetAside, "/moved": schedule.Moved}
	var seeds []schedule.Link
	for path := range states {
		seeds = append(seeds, link("gazette.example", path))
	}
	run := d.begin(seeds...)
	for range states {
		task := d.next(run)
		d.ok(d.Finish(d.ctx, task, schedule.Outcome{State: states[task.URL[len("https://gazette.example"):]], Status: 200, At: d.now}))
	}
	d.begin(link("gazette.example", "/pending"))
	_, err := d.Forget(d.ctx, "https://gazette.example/moved", d.now)
	d.ok(err)
	list := append(seeds, link("gazette.example", "/pending"), link("gazette.example", "/new"), link("gazette.example", "/new"), link("new.example", "/"))
	fresh, known, retried, err := d.AddListed(d.ctx, list)
	d.ok(err)
	equal(t, "new, known, retried", [3]int{fresh, known, retried}, [3]int{2, 4, 3})
	fresh, known, retried, err = d.AddListed(d.ctx, list)
	d.ok(err)
	equal(t, "new, known, retried the second time", [3]int{fresh, known, retried}, [3]int{0, 9, 0})
	d.wantNoWork(run)
	backfill := d.beginSpec(store.RunSpec{Source: "list", Listed: true})
	var got []string
	for range 6 {
		task := d.next(backfill)
		got = append(got, task.URL)
		d.ok(d.Finish(d.ctx, task, d.done()))
	}
	d.wantNoWork(backfill)
	slices.Sort(got)
	want := []string{"https://gazette.example/aside", "https://gazette.example/failed", "https://gazette.example/gone",
		"https://gazette.example/new", "https://gazette.example/pending", "https://new.example/"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// testInvalidText stores text that databases refuse.
func testInvalidText(t *testing.T, dsn string) {
	d := open(t, dsn)
	bad := "a\x00b\xff'\"\u2028"
	l := link("gazette.example", "/a", hint(news.Hint{Title: bad}))
	l.Via = bad
	run := d.begin(l)
	task := d.next(run)
	o := d.found(task.URL, "text "+bad, nil)
	o.Validators = news.Validators{ETag: bad}
	o.Reason = bad
	d.ok(d.Finish(d.ctx, task, o))
	d.ok(d.EndRun(d.ctx, run.ID, d.now, bad))
	s, err := d.Stories.Get(d.ctx, l.URL)
	d.ok(err)
	equal(t, "text", s.Story.Text(), "text a\x00b\uFFFD'\"\u2028")
	long := link("gazette.example", "/"+string(make([]byte, 3000)))
	d.begin(long) // longer than any URL: left out
}
