package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// testSettings: stories are invalidated when the settings they depend on change.
func testSettings(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.read(link("gazette.example", "/a"), func(task schedule.Task) schedule.Outcome {
		return d.found(task.URL, "a text", []uint64{1}, task.URL)
	})
	made := func(with string, reclean bool) bool {
		t.Helper()
		lease := d.leaseSettle()
		changed, err := d.MadeWith(d.ctx, lease, "clean", with, reclean)
		d.ok(err)
		d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
		return changed
	}
	equal(t, "changed in a new state", made("one", true), false)
	d.settleAll()
	equal(t, "changed by the same", made("one", true), false)
	dirty, err := d.countDirty()
	d.ok(err)
	equal(t, "dirty when nothing changed", dirty, 0)
	equal(t, "changed by others", made("two", true), true)
	s, err := d.Stories.Get(d.ctx, "https://gazette.example/a")
	d.ok(err)
	equal(t, "to be judged", s.Judge, true)
	equal(t, "to be cleaned again", s.Reclean, true)
	d.settleAll()
	equal(t, "changed again", made("three", false), true)
	s, err = d.Stories.Get(d.ctx, "https://gazette.example/a")
	d.ok(err)
	equal(t, "to be judged only", s.Judge && !s.Reclean, true)
}

// testSourceSettings: adding or removing a source invalidates only what depends on it.
func testSourceSettings(t *testing.T, dsn string) {
	d := open(t, dsn)
	for _, source := range []string{"gazette", "herald", "list"} {
		seed := link(source+".example", "/a")
		seed.Source = source
		d.read(seed, func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "a text of "+source, []uint64{1}, task.URL)
			o.Story.Story.Source = source
			return o
		})
	}
	stories := map[string]string{"gazette": "https://gazette.example/a", "herald": "https://herald.example/a", "list": "https://list.example/a"}
	ranked := func(order ...string) bool {
		t.Helper()
		lease := d.leaseSettle()
		changed, err := d.RankedBy(d.ctx, lease, order)
		d.ok(err)
		d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
		dirty, err := d.countDirty()
		d.ok(err)
		equal(t, "dirty", dirty, map[bool]int64{true: int64(len(stories))}[changed])
		d.settleAll()
		return changed
	}
	d.settleAll()
	equal(t, "in a new state", ranked("gazette", "herald"), false)
	equal(t, "one added at the end", ranked("gazette", "herald", "courier"), false)
	equal(t, "one added at the start", ranked("post", "gazette", "herald", "courier"), false)
	equal(t, "those without stories the other way round", ranked("courier", "gazette", "herald", "post"), false)
	equal(t, "those without stories removed", ranked("gazette", "herald"), false)
	equal(t, "the other way round", ranked("herald", "gazette"), true)
	equal(t, "the last one removed", ranked("herald"), true) // it ranks like a list now
	equal(t, "and added again", ranked("herald", "gazette"), true)

	cleaned := func(rules map[string]string) string {
		t.Helper()
		lease := d.leaseSettle()
		changed, err := d.CleanedBy(d.ctx, lease, rules)
		d.ok(err)
		d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
		for source, url := range stories {
			s, err := d.Stories.Get(d.ctx, url)
			d.ok(err)
			equal(t, "to be cleaned again: "+source, s.Reclean, slices.Contains(changed, source))
		}
		d.settleAll()
		return strings.Join(changed, " ")
	}
	equal(t, "rules in a new state", cleaned(map[string]string{"gazette": "body: //p"}), "")
	equal(t, "the same rules", cleaned(map[string]string{"gazette": "body: //p"}), "")
	equal(t, "rules of another source", cleaned(map[string]string{"gazette": "body: //p", "herald": "body: //td"}), "herald")
	equal(t, "other rules", cleaned(map[string]string{"gazette": "body: //div", "herald": "body: //td"}), "gazette")
	equal(t, "no rules", cleaned(nil), "gazette herald")
}

// testAdopt: a source takes over the URLs on its host that belong to a list, or to a source
// that is no longer configured.
func testAdopt(t *testing.T, dsn string) {
	d := open(t, dsn)
	seed := link("gazette.example", "/", kind(schedule.Section))
	d.read(seed, func(schedule.Task) schedule.Outcome {
		return schedule.Outcome{State: schedule.Done, Status: 200, At: d.now}
	})
	run := d.begin()
	d.ok(d.EndRun(d.ctx, run.ID, d.now, ""))
	seed.Source = "renamed"
	renamed := d.beginSpec(store.RunSpec{Source: "renamed", Seeds: []schedule.Link{seed}, Sources: []string{"other", "renamed"}})
	task := d.claim(renamed)
	equal(t, "claimed", task.URL, seed.URL)
	equal(t, "its source", task.Source, "renamed")
	d.ok(d.Release(d.ctx, task))

	theirs := link("herald.example", "/", kind(schedule.Section))
	theirs.Source = "herald"
	herald := d.beginSpec(store.RunSpec{Source: "herald", Seeds: []schedule.Link{theirs}, Sources: []string{"herald", "zz"}})
	d.ok(d.EndRun(d.ctx, herald.ID, d.now, ""))
	theirs.Source = "zz"
	zz := d.beginSpec(store.RunSpec{Source: "zz", Seeds: []schedule.Link{theirs}, Sources: []string{"herald", "zz"}})
	if task, err := d.Claim(d.ctx, schedule.Filter{Runs: []schedule.Run{zz}}, d.now); !errors.Is(err, schedule.ErrNoWork) {
		t.Errorf("a configured source lost %s: %v", task.URL, err)
	}
}

// testEqualTexts: an edge between two equal texts stays when one of them is compared again;
// others are replaced, and a story that loses one is judged again.
func testEqualTexts(t *testing.T, dsn string) {
	d := open(t, dsn)
	for path, text := range map[string]string{"/a": "one text", "/b": "one text", "/c": "another text"} {
		d.read(link("gazette.example", path), func(task schedule.Task) schedule.Outcome {
			return d.found(task.URL, text, []uint64{1}, task.URL)
		})
	}
	a, b, c := stories.NewID("https://gazette.example/a"), stories.NewID("https://gazette.example/b"), stories.NewID("https://gazette.example/c")
	edge := func(x, y, relation string) dedupe.Edge {
		return dedupe.Edge{A: min(x, y), B: max(x, y), Relation: relation}
	}
	lease := d.leaseSettle()
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: a, Edges: []dedupe.Edge{edge(a, b, "same"), edge(a, c, "copy")}}))
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	d.settleAll()
	lease = d.leaseSettle()
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: a, Edges: nil}))
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
	left, err := d.Stories.Edges(d.ctx, []string{a})
	d.ok(err)
	equal(t, "edges left", len(left), 1)
	equal(t, "the one left", left[0].Relation, "same")
	for id, want := range map[string]bool{a: false, b: false, c: true} {
		s, err := d.Stories.Get(d.ctx, id)
		d.ok(err)
		equal(t, "to be judged again", s.Judge, want)
	}

	// The profile of the site cuts from one of them: they are equal no longer.
	d.settleAll()
	lease = d.leaseSettle()
	s, err := d.Stories.Get(d.ctx, a)
	d.ok(err)
	alone, cut := s.Story, s.Story
	cut.Blocks = []news.Block{{Kind: news.Paragraph, Text: "one"}}
	_, err = d.StoryCleaned(d.ctx, lease, &s, stories.Cleaned{Story: cut, Alone: &alone, Profile: 7}, nil)
	d.ok(err)
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: a, Edges: nil}))
	left, err = d.Stories.Edges(d.ctx, []string{a})
	d.ok(err)
	equal(t, "edges left of a text that was cut", len(left), 0)
	other, err := d.Stories.Get(d.ctx, b)
	d.ok(err)
	equal(t, "to be judged again", other.Judge, true)
}
