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

// readSome puts n settled stories into the state and returns their IDs, sorted.
func (d *desk) readSome(n int) []string {
	d.t.Helper()
	var ids []string
	for i := range n {
		d.read(link("gazette.example", article(i)), func(task schedule.Task) schedule.Outcome {
			return d.found(task.URL, fmt.Sprint("text ", i), nil)
		})
		ids = append(ids, stories.NewID("https://gazette.example"+article(i)))
	}
	d.settleAll()
	slices.Sort(ids)
	return ids
}

// dirtyIDs returns the stories to be judged again.
func (d *desk) dirtyIDs() []string {
	d.t.Helper()
	some, err := d.Stories.Dirty(d.ctx, "", 100)
	d.ok(err)
	var ids []string
	for _, s := range some {
		ids = append(ids, s.Story.ID)
	}
	return ids
}

func testOverrides(t *testing.T, dsn string) {
	d := open(t, dsn)
	ids := d.readSome(4)
	put := func(say, a, b string) dedupe.Override {
		t.Helper()
		o, err := dedupe.NewOverride(say, a, b)
		d.ok(err)
		d.ok(d.Stories.PutOverride(d.ctx, o, d.now))
		return o
	}
	wantDirty := func(what string, want ...string) {
		t.Helper()
		if got := d.dirtyIDs(); !slices.Equal(got, want) {
			t.Errorf("%s: %q are to be judged, want %q", what, got, want)
		}
		d.settleAll()
	}
	keep := put(dedupe.SayKeep, ids[0], "")
	wantDirty("kept", ids[0])
	same := put(dedupe.SaySame, ids[2], ids[0])
	wantDirty("the same", ids[0], ids[2])
	put(dedupe.SaySame, ids[1], ids[3])
	d.settleAll()
	d.now = d.now.Add(time.Hour)
	distinct := put(dedupe.SayDistinct, ids[1], ids[3]) // in place of "the same"
	wantDirty("distinct", ids[1], ids[3])

	for _, o := range []dedupe.Override{{A: ids[0], B: "zz", Say: dedupe.SaySame}, {A: "nobody", Say: dedupe.SayKeep}} {
		if err := d.Stories.PutOverride(d.ctx, o, d.now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("said of nobody: %v", err)
		}
	}
	wantDirty("said of nobody")
	for _, c := range []struct {
		name string
		of   []string
		want []dedupe.Override
	}{
		{"of one", ids[:1], []dedupe.Override{keep, same}},
		{"of the other end", ids[2:3], []dedupe.Override{same}},
		{"of all", ids, []dedupe.Override{keep, same, distinct}},
		{"of nobody", []string{"nobody", ""}, nil},
	} {
		got, err := d.Stories.Overrides(d.ctx, c.of)
		d.ok(err)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	said, err := d.Stories.AllOverrides(d.ctx)
	d.ok(err)
	if want := []stories.StoredOverride{{Override: keep, At: day}, {Override: same, At: day}, {Override: distinct, At: day.Add(time.Hour)}}; !slices.Equal(said, want) {
		t.Errorf("all: got %v, want %v", said, want)
	}

	removed, err := d.Stories.RemoveOverride(d.ctx, ids[3], ids[1])
	d.ok(err)
	equal(t, "removed", removed, true)
	wantDirty("removed", ids[1], ids[3])
	removed, err = d.Stories.RemoveOverride(d.ctx, ids[3], ids[1])
	d.ok(err)
	equal(t, "removed twice", removed, false)
	wantDirty("removed twice")
	removed, err = d.Stories.RemoveOverride(d.ctx, ids[0], "")
	d.ok(err)
	equal(t, "removed of one", removed, true)
	wantDirty("removed of one", ids[0])

	_, err = d.Forget(d.ctx, ids[0], d.now)
	d.ok(err)
	wantDirty("forgotten", ids[2])
	said, err = d.Stories.AllOverrides(d.ctx)
	d.ok(err)
	equal(t, "overrides left on a forgotten story", len(said), 0)
}

// testOverrideInTime puts an override on a story while it is being judged.
func testOverrideInTime(t *testing.T, dsn string) {
	d := open(t, dsn)
	ids := d.readSome(1)
	before, err := d.Stories.Get(d.ctx, ids[0])
	d.ok(err)
	lease := d.leaseSettle()
	d.ok(d.Stories.PutOverride(d.ctx, dedupe.Override{A: ids[0], Say: dedupe.SayKeep}, d.now))
	late, err := d.Stories.Settle(d.ctx, lease, []stories.Settled{{ID: ids[0], Stamp: before.Stamp, Verdict: news.Verdict{ID: ids[0], DuplicateOf: "b"}}})
	d.ok(err)
	equal(t, "late", late, 1)
	equal(t, "to be judged", len(d.dirtyIDs()), 1)
}
