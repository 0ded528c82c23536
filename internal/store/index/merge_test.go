package index

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"winnow/internal/store/database"
	"winnow/internal/store/database/plantest"
)

func open(t testing.TB) *Index {
	t.Helper()
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return New(db)
}

// putStory makes a row for prints to refer to, unless there is one.
func putStory(ctx context.Context, t *database.Tx, num int64, id string) error {
	_, err := t.Exec(ctx, `INSERT INTO story (num, id, rev, stamp, page_url, rank, source, text_sha, record, crawled_at, changed_at, dirty)
		VALUES ($1, $2, 1, 1, '', 0, '', '', '', 0, 0, 0) ON CONFLICT DO NOTHING`, num, id)
	return err
}

// TestMergesLeaveNothing merges twice, the first time only half, and looks at
// what is in the tables.
func TestMergesLeaveNothing(t *testing.T) {
	ctx := t.Context()
	x := open(t)
	number := func(query string) (n int) {
		t.Helper()
		err := x.db.View(ctx, func(t *database.Tx) error {
			_, err := t.One(ctx, query, nil, &n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	put := func(from, to int64) {
		t.Helper()
		err := x.db.Write(ctx, func(t *database.Tx) error {
			for i := from; i < to; i++ {
				if err := putStory(ctx, t, i, strconv.FormatInt(i, 10)); err != nil {
					return err
				}
				if err := x.Put(ctx, t, i, 1, []uint64{uint64(i), uint64(i) * 3, 5}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1, 301)
	half := &merge{made: segment{bits: 3}, inputs: []*postingStream{{list: []posting{{1, 1}, {1 << 43, 2}}}}}
	if err := writeSegment(ctx, x.db.Write, half); err != nil {
		t.Fatal(err)
	}
	for round, want := range []int{300, 300, 0} {
		if n, err := x.Merge(ctx, x.db.Write); err != nil || n != want {
			t.Errorf("round %d: merged %d (%v), want %d", round, n, err, want)
		}
		if n := number("SELECT COUNT(*) FROM segment WHERE state <> 1"); n != 0 {
			t.Errorf("round %d: %d segments are left over", round, n)
		}
		if n := number("SELECT COUNT(*) FROM posting WHERE bucket / 4294967296 NOT IN (SELECT id FROM segment)"); n != 0 {
			t.Errorf("round %d: %d buckets are left over", round, n)
		}
		if round == 0 {
			put(301, 601)
		}
	}
	if n := number("SELECT COUNT(*) FROM segment"); n != 1 {
		t.Errorf("%d segments", n)
	}
	numbers := number("SELECT MAX(num) FROM prints")
	put(1, 601) // the same again
	if n := number("SELECT MAX(num) FROM prints"); n != numbers || number("SELECT COUNT(*) FROM fresh") != 0 {
		t.Errorf("the same prints got new numbers, up to %d", n)
	}
}

// The unmerged prints are read in the order of their key.
func TestPlans(t *testing.T) {
	plantest.Check(t, open(t).db, plantest.Case{Name: "unmerged prints", Query: selectUnmerged, Want: "SCAN fresh"})
}
