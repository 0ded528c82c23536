package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

func (d *desk) leaseSettle() stories.Lease {
	d.t.Helper()
	lease, err := d.Stories.LeaseSettle(d.ctx, d.now)
	d.ok(err)
	return lease
}

// settleAll settles the dirty stories: each is kept, with its own path.
func (d *desk) settleAll() {
	d.t.Helper()
	lease := d.leaseSettle()
	dirty, err := d.Stories.Dirty(d.ctx, "", 1000)
	d.ok(err)
	for _, s := range dirty {
		late, err := d.Stories.Settle(d.ctx, lease, []stories.Settled{{ID: s.Story.ID, Stamp: s.Stamp, Verdict: news.Verdict{ID: s.Story.ID}, Path: "text/" + s.Story.ID, PathSHA: s.TextSHA}})
		d.ok(err)
		equal(d.t, "late", late, 0)
	}
	d.ok(d.Stories.ReleaseSettle(d.ctx, lease))
}

func testSettleLease(t *testing.T, dsn string) {
	d := openAs(t, dsn, store.Options{Owner: "elsewhere/1/1", Lease: time.Minute})
	other := open(t, dsn)
	first := d.leaseSettle()
	_, err := other.Stories.LeaseSettle(other.ctx, day.Add(59*time.Second))
	var busy schedule.Busy
	if !errors.As(err, &busy) || !busy.Until.Equal(day.Add(time.Minute)) {
		t.Errorf("while another has it: %v", err)
	}
	first, err = d.Stories.RenewSettle(d.ctx, first, day.Add(30*time.Second))
	d.ok(err)
	if _, err := other.Stories.LeaseSettle(other.ctx, day.Add(time.Minute)); !errors.As(err, &busy) {
		t.Errorf("while it is renewed: %v", err)
	}
	second, err := other.Stories.LeaseSettle(other.ctx, day.Add(90*time.Second))
	d.ok(err)
	for name, err := range map[string]error{
		"renew":   func() error { _, err := d.Stories.RenewSettle(d.ctx, first, day); return err }(),
		"settle":  func() error { _, err := d.Stories.Settle(d.ctx, first, nil); return err }(),
		"release": d.Stories.ReleaseSettle(d.ctx, first),
		"edges":   d.Stories.PutEdges(d.ctx, first, stories.Compared{ID: "a", Edges: nil}),
	} {
		if !errors.Is(err, schedule.ErrStale) {
			t.Errorf("%s with an old lease: %v", name, err)
		}
	}
	d.ok(other.Stories.ReleaseSettle(other.ctx, second))
	if err := other.Stories.ReleaseSettle(other.ctx, second); !errors.Is(err, schedule.ErrStale) {
		t.Errorf("released twice: %v", err)
	}
	d.leaseSettle()
}

// testOutbox stores one decision after another on a story, and looks at the outbox after
// each. Its tasks are done only where a step says so.
func testOutbox(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.read(link("gazette.example", "/a"), func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "a text", nil) })
	lease := d.leaseSettle()
	url := "https://gazette.example/a"
	for _, step := range []struct {
		name, path, sha, of string
		clear               bool
		want                []string
	}{
		{name: "kept", path: "p", sha: "1", want: []string{"write p", "shard 0"}},
		{name: "the same again", path: "p", sha: "1", want: []string{"write p", "shard 0"}},
		{name: "written, and the same again", path: "p", sha: "1", clear: true, want: nil},
		{name: "other bytes", path: "p", sha: "2", want: []string{"write p", "shard 0"}},
		{name: "another place", path: "q", sha: "2", want: []string{"write q", "shard 0", "remove p"}},
		{name: "back", path: "p", sha: "2", want: []string{"write p", "shard 0", "remove q"}},
		{name: "a copy", of: "b", want: []string{"shard 0", "remove q", "remove p"}},
		{name: "a copy of another", of: "c", clear: true, want: []string{"shard 0"}},
		{name: "kept after all", path: "p", sha: "2", clear: true, want: []string{"write p", "shard 0"}},
	} {
		if step.clear {
			for _, task := range d.outbox() {
				done, err := d.Stories.OutboxDone(d.ctx, task)
				d.ok(err)
				equal(t, step.name+": done", done, 1)
			}
		}
		s, err := d.Stories.Get(d.ctx, url)
		d.ok(err)
		v := news.Verdict{ID: s.Story.ID, DuplicateOf: step.of}
		late, err := d.Stories.Settle(d.ctx, lease, []stories.Settled{{ID: s.Story.ID, Stamp: s.Stamp, Verdict: v, Path: step.path, PathSHA: step.sha}})
		d.ok(err)
		equal(t, step.name+": late", late, 0)
		var got []string
		for _, task := range d.outbox() {
			if task.Action == stories.WriteShard {
				got = append(got, fmt.Sprint(task.Action, " ", task.Shard))
			} else {
				got = append(got, fmt.Sprint(task.Action, " ", task.Path))
				equal(t, step.name+": story", task.StoryID, s.Story.ID)
			}
			if task.Action == stories.WriteFile {
				equal(t, step.name+": hash", task.SHA, step.sha)
			}
		}
		without, err := d.Stories.Outbox(d.ctx, 100, false)
		d.ok(err)
		if whole := slices.DeleteFunc(d.outbox(), func(task stories.FileTask) bool { return task.Action == stories.WriteShard }); !slices.Equal(without, whole) {
			t.Errorf("%s: without parts %v, want %v", step.name, without, whole)
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
		s, err = d.Stories.Get(d.ctx, url)
		d.ok(err)
		equal(t, step.name+": verdict", s.Verdict, v)
		equal(t, step.name+": path", s.Path, step.path)
		equal(t, step.name+": dirty", s.Judge, false)
	}
}

func (d *desk) outbox() []stories.FileTask {
	d.t.Helper()
	tasks, err := d.Stories.Outbox(d.ctx, 100, true)
	d.ok(err)
	return tasks
}

// testOutboxReplaced: a task is replaced before it is done.
func testOutboxReplaced(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.read(link("gazette.example", "/a"), func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "a text", nil) })
	d.settleAll()
	old := d.outbox()
	d.fetch("/a", func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "b text", nil) })
	d.settleAll()
	for _, task := range old {
		done, err := d.Stories.OutboxDone(d.ctx, task)
		d.ok(err)
		equal(t, "done "+fmt.Sprint(task.Action), done, 0)
	}
	equal(t, "tasks left", len(d.outbox()), 2)
}

func testSettleLate(t *testing.T, dsn string) {
	d := open(t, dsn)
	d.read(link("gazette.example", "/a"), func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "a text", nil) })
	before, err := d.Stories.Get(d.ctx, "https://gazette.example/a")
	d.ok(err)
	d.fetch("/a", func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "b text", nil) })
	lease := d.leaseSettle()
	late, err := d.Stories.Settle(d.ctx, lease, []stories.Settled{{ID: before.Story.ID, Stamp: before.Stamp, Verdict: news.Verdict{ID: before.Story.ID}, Path: "p", PathSHA: "1"}, {ID: "nobody"}})
	d.ok(err)
	equal(t, "late", late, 2)
	equal(t, "tasks", len(d.outbox()), 0)
	n, err := d.countDirty()
	d.ok(err)
	equal(t, "still dirty", n, 1)
	replaced, err := d.replace(lease, &before, before.Story, nil, false)
	d.ok(err)
	equal(t, "replaced with an old stamp", replaced, false)
}

// replace stores a story that was cleaned again, from its page alone.
func (d *desk) replace(lease stories.Lease, s *stories.Stored, story news.Story, prints []uint64, revised bool) (replaced bool, err error) {
	return d.StoryCleaned(d.ctx, lease, s, stories.Cleaned{Story: story, Alone: &story, Prints: prints, Revised: revised}, nil)
}

func testReplace(t *testing.T, dsn string) {
	d := open(t, dsn)
	a := link("gazette.example", "/a")
	d.read(a, func(task schedule.Task) schedule.Outcome { return d.found(task.URL, "a text", []uint64{1, 2}) })
	d.settleAll()
	a.Hint.Title = "A"
	d.begin(a)
	s, err := d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	equal(t, "to be cleaned again", s.Reclean, true)
	lease := d.leaseSettle()
	replaced, err := d.replace(lease, &s, s.Story, []uint64{1, 2}, false)
	d.ok(err)
	equal(t, "replaced by the same", replaced, true)
	again, err := d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	equal(t, "dirty after the same", again.Reclean || again.Judge, false)

	a.Hint.Title = "A longer one"
	d.begin(a)
	s, err = d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	s.Story.Blocks = []news.Block{{Kind: news.Paragraph, Text: "b text"}}
	_, err = d.replace(lease, &s, s.Story, []uint64{3, 4}, false)
	d.ok(err)
	again, err = d.Stories.Get(d.ctx, a.URL)
	d.ok(err)
	equal(t, "text", again.Story.Text(), "b text")
	equal(t, "text's hash", again.TextSHA != s.TextSHA, true)
	equal(t, "revision", again.Rev, 1)
	equal(t, "to be cleaned again", again.Reclean, false)
	equal(t, "to be judged", again.Judge, true)
	found, err := d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{3, 4}, Common: 10, Least: 2})
	d.ok(err)
	equal(t, "found by its new prints", len(found), 1)
	found, err = d.Stories.Candidates(d.ctx, dedupe.Query{Prints: []uint64{1, 2}, Common: 10, Least: 1})
	d.ok(err)
	equal(t, "found by its old prints", len(found), 0)
}

func testEdges(t *testing.T, dsn string) {
	d := open(t, dsn)
	var ids []string
	for i := range 4 {
		d.read(link("gazette.example", article(i)), func(task schedule.Task) schedule.Outcome { return d.found(task.URL, fmt.Sprint("text ", i), nil) })
		ids = append(ids, stories.NewID("https://gazette.example"+article(i)))
	}
	slices.Sort(ids)
	edge := func(a, b int) dedupe.Edge {
		return dedupe.Edge{A: ids[a], B: ids[b], Relation: "copy", ShareA: .9, ShareB: .8, Names: .7, Numbers: .6, Rule: "verbatim"}
	}
	lease := d.leaseSettle()
	want := func(what string, of []string, want ...dedupe.Edge) {
		t.Helper()
		got, err := d.Stories.Edges(d.ctx, of)
		d.ok(err)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[1], Edges: []dedupe.Edge{edge(1, 3), edge(0, 1)}}))
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[2], Edges: []dedupe.Edge{edge(2, 3)}}))
	want("of the first", ids[:1], edge(0, 1))
	want("of two", []string{ids[3], ids[1]}, edge(0, 1), edge(1, 3), edge(2, 3))
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[1], Edges: []dedupe.Edge{edge(1, 2)}}))
	want("replaced", ids, edge(1, 2), edge(2, 3))
	if err := d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[0], Edges: []dedupe.Edge{edge(1, 2)}}); err == nil {
		t.Error("an edge between two others was stored")
	}
	stray := edge(1, 2)
	stray.B = "zz"
	d.ok(d.Stories.PutEdges(d.ctx, lease, stories.Compared{ID: ids[1], Edges: []dedupe.Edge{stray}}))
	want("with one to nobody", ids, edge(2, 3))
}
