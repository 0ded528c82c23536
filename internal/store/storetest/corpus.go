package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/internal/store/upkeep"
	"winnow/news"
	"winnow/schedule"
)

// emptyOutbox does nothing of what is in the outbox, and takes it out.
func (d *desk) emptyOutbox() {
	d.t.Helper()
	_, err := d.Stories.OutboxDone(d.ctx, d.outbox()...)
	d.ok(err)
}

// inOutbox returns the paths and shards in the outbox, shards as "shard".
func (d *desk) inOutbox() (all []string) {
	d.t.Helper()
	for _, task := range d.outbox() {
		if task.Action == stories.WriteShard {
			task.Path = "shard"
		}
		all = append(all, task.Path)
	}
	slices.Sort(all)
	return all
}

// testCorpusFiles: which files the corpus should have, and that they can be owed again.
func testCorpusFiles(t *testing.T, dsn string) {
	d := open(t, dsn)
	ids := d.readSome(3)
	paths := []string{"text/" + ids[0], "text/" + ids[1], "text/" + ids[2]}
	d.settleAll()
	files := func(after string) (all []string) {
		t.Helper()
		got, err := d.Stories.Files(d.ctx, after, 2)
		d.ok(err)
		for _, f := range got {
			if f.SHA == "" || f.URL == "" || f.Path != "text/"+f.StoryID {
				t.Errorf("file %+v", f)
			}
			all = append(all, f.StoryID)
		}
		return all
	}
	equal(t, "while they are owed", len(files("")), 0)
	shards, err := d.Stories.Shards(d.ctx)
	d.ok(err)
	equal(t, "shards while they are owed", len(shards), 0)
	owed, err := d.Stories.Owed(d.ctx)
	d.ok(err)
	equal(t, "owed", owed, len(d.inOutbox()))
	d.emptyOutbox()

	slices.Sort(ids)
	wantSlice(t, "the first two", files(""), ids[:2])
	wantSlice(t, "the rest", files(ids[1]), ids[2:])
	shards, err = d.Stories.Shards(d.ctx)
	d.ok(err)
	wantSlice(t, "shards", shards, []int64{0})

	n, err := d.Stories.OweTexts(d.ctx, ids[:1])
	d.ok(err)
	equal(t, "owed", n, 1)
	wantSlice(t, "one owed", d.inOutbox(), []string{"text/" + ids[0]})
	of, err := d.Stories.FilesOf(d.ctx, ids[:2])
	d.ok(err)
	if len(of) != 1 || of[0].StoryID != ids[1] {
		t.Errorf("of one that is owed and one that is not: %+v", of)
	}
	in, err := d.Stories.InOutbox(d.ctx, []string{"text/" + ids[0], "text/" + ids[1]})
	d.ok(err)
	if !in["text/"+ids[0]] || in["text/"+ids[1]] {
		t.Errorf("in the outbox: %v", in)
	}
	n, err = d.Stories.OweTexts(d.ctx, nil)
	d.ok(err)
	equal(t, "the others", n, 2)
	d.ok(d.Stories.OweShards(d.ctx, []int64{0}))
	wantSlice(t, "all owed", d.inOutbox(), append([]string{"shard"}, sorted(paths)...))
}

func sorted(s []string) []string { slices.Sort(s); return s }

func wantSlice[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// testArchiveLost: a place without a record is taken out of the state, its page is read
// whole at the next visit, and records that named it are written again.
func testArchiveLost(t *testing.T, dsn string) {
	d := open(t, dsn)
	for i, path := range []string{"/a", "/b"} {
		d.read(link("gazette.example", path), func(task schedule.Task) schedule.Outcome {
			o := d.found(task.URL, "text of "+path, []uint64{uint64(i)})
			o.Archived = &schedule.Archived{File: "one.warc.gz", Offset: int64(100 * i)}
			o.Validators = news.Validators{ETag: `"1"`}
			return o
		})
	}
	d.settleAll()
	d.emptyOutbox()
	files, err := d.ArchivedFiles(d.ctx)
	d.ok(err)
	wantSlice(t, "files", files, []string{"one.warc.gz"})
	places, err := d.ArchivedIn(d.ctx, "one.warc.gz")
	d.ok(err)
	wantSlice(t, "places", places, []store.Place{{URL: "https://gazette.example/a"}, {URL: "https://gazette.example/b", Offset: 100}})

	d.ok(d.ArchiveLost(d.ctx, "one.warc.gz", places[1:]))
	places, err = d.ArchivedIn(d.ctx, "one.warc.gz")
	d.ok(err)
	wantSlice(t, "places after one was lost", places, []store.Place{{URL: "https://gazette.example/a"}})
	wantSlice(t, "records that named it", d.inOutbox(), []string{"shard"})
	s, err := d.Stories.Get(d.ctx, "https://gazette.example/b")
	d.ok(err)
	equal(t, "place of the story", s.Archived, schedule.Archived{})
	for path, want := range map[string]string{"/a": `"1"`, "/b": ""} {
		d.now = d.now.Add(time.Hour)
		d.fetch(path, func(task schedule.Task) schedule.Outcome {
			equal(t, "validator of "+path, task.Validators.ETag, want)
			return schedule.Outcome{State: schedule.Done, Status: 304, At: d.now}
		})
	}
}

// testOwnership: a state keeps its name, and which corpus is its own.
func testOwnership(t *testing.T, dsn string) {
	d := open(t, dsn)
	id, err := d.Upkeep.Identity(d.ctx)
	d.ok(err)
	equal(t, "length of the identity", len(id), 32)
	again, err := open(t, dsn).Upkeep.Identity(d.ctx)
	d.ok(err)
	equal(t, "identity", again, id)
	if _, known, err := d.Upkeep.Corpus(d.ctx); known || err != nil {
		t.Errorf("a new state has a corpus: %v", err)
	}
	for _, want := range []upkeep.Corpus{{ID: "one", Dir: "/srv/one"}, {ID: "two", Dir: "/srv/two"}} {
		d.ok(d.Upkeep.SetCorpus(d.ctx, want))
		got, known, err := d.Upkeep.Corpus(d.ctx)
		d.ok(err)
		equal(t, "known", known, true)
		equal(t, "corpus", got, want)
	}
}

// testCopy: a state is copied to another database and back, also when the copy is broken
// off, and goes on as the original would.
func testCopy(t *testing.T, dsn string) {
	first := open(t, filepath.Join(t.TempDir(), "first.db"))
	d := open(t, dsn)
	last := open(t, filepath.Join(t.TempDir(), "last.db"))
	ids := first.readSome(7)
	first.settleAll()
	_, err := first.Forget(first.ctx, ids[6], first.now)
	first.ok(err)
	id, err := first.Upkeep.Identity(first.ctx)
	first.ok(err)

	ctx, stop := context.WithCancel(d.ctx)
	n := 0
	err = first.Upkeep.Copy(ctx, d.Upkeep, func(upkeep.Copied) {
		if n++; n == 9 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("broken off: %v", err)
	}
	there := 0
	d.ok(first.Upkeep.Copy(d.ctx, d.Upkeep, func(c upkeep.Copied) {
		if c.There {
			there++
		}
	}))
	if there < 8 {
		t.Errorf("%d tables were whole when it went on", there)
	}
	d.ok(d.Upkeep.Copy(d.ctx, last.Upkeep, func(upkeep.Copied) {}))
	again, err := last.Upkeep.Identity(last.ctx)
	last.ok(err)
	equal(t, "identity", again, id)

	was, err := first.Stories.List(first.ctx, "", 100)
	first.ok(err)
	is, err := last.Stories.List(last.ctx, "", 100)
	last.ok(err)
	if len(was) == 0 || !reflect.DeepEqual(was, is) {
		t.Errorf("stories: %d, and %d in the copy", len(was), len(is))
	}
	for _, desk := range []*desk{first, d, last} {
		faults, err := desk.Upkeep.Check(desk.ctx)
		desk.ok(err)
		equal(t, "faults", len(faults), 0)
	}
	// The number of the story that is gone is not given again.
	for _, desk := range []*desk{first, d, last} {
		desk.fetch("/new", func(task schedule.Task) schedule.Outcome { return desk.found(task.URL, "a new text", nil) })
	}
	var shards [3]any
	for i, desk := range []*desk{first, d, last} {
		s, err := desk.Stories.Get(desk.ctx, "https://gazette.example/new")
		desk.ok(err)
		shards[i] = s.Stamp
		prints, err := desk.Stories.Shards(desk.ctx)
		desk.ok(err)
		shards[i] = fmt.Sprint(s.Stamp, s.Shard, prints)
	}
	equal(t, "after a new story", shards[1], shards[0])
	equal(t, "after a new story", shards[2], shards[0])

	other := open(t, filepath.Join(t.TempDir(), "other.db"))
	other.readSome(1)
	for what, to := range map[string]*desk{"another state": other, "a copy that has gone on": d} {
		if err := first.Upkeep.Copy(d.ctx, to.Upkeep, func(upkeep.Copied) {}); !errors.Is(err, upkeep.ErrNotEmpty) {
			t.Errorf("over %s: %v", what, err)
		}
	}
}

// testPrune: dead URLs and old runs go, and nothing else.
func testPrune(t *testing.T, dsn string) {
	d := open(t, dsn)
	ids := d.readSome(2)
	outcomes := map[string]schedule.Outcome{
		"/gone":     {State: schedule.Gone, Status: 404},
		"/wall":     {State: schedule.SetAside, Status: 200, Reason: "wall"},
		"/archived": {State: schedule.SetAside, Status: 200, Reason: "section", Archived: &schedule.Archived{File: "one.warc.gz", Offset: 7}},
	}
	for path, o := range outcomes {
		d.read(link("gazette.example", path), func(schedule.Task) schedule.Outcome {
			o.At = d.now
			o.Due = d.now.Add(time.Hour)
			return o
		})
	}
	read := d.now
	d.now = d.now.Add(100 * 24 * time.Hour)
	p, err := d.Upkeep.Prune(d.ctx, read.Add(-time.Hour), d.now)
	d.ok(err)
	equal(t, "nothing is so old", p, upkeep.Pruned{})
	p, err = d.Upkeep.Prune(d.ctx, d.now.Add(-50*24*time.Hour), d.now)
	d.ok(err)
	equal(t, "URLs", p.URLs, 2)
	if p.Runs == 0 || p.Attempts == 0 {
		t.Errorf("pruned %+v", p)
	}
	for path, want := range map[string]bool{"/gone": false, "/wall": false, "/archived": true} {
		_, err := d.URL(d.ctx, "https://gazette.example"+path)
		equal(t, path, err == nil, want)
	}
	for _, id := range ids {
		_, err := d.Stories.Get(d.ctx, id)
		d.ok(err)
	}
	again, err := d.Upkeep.Prune(d.ctx, d.now.Add(-50*24*time.Hour), d.now)
	d.ok(err)
	equal(t, "a second time", again, upkeep.Pruned{})
	faults, err := d.Upkeep.Check(d.ctx)
	d.ok(err)
	if len(faults) > 0 {
		t.Errorf("faults: %+v", faults)
	}
}
