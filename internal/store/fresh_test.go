package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// TestUndonePrintsAreNotRemembered: SQLite gives the number of an undone row out
// again, to other prints.
func TestUndonePrintsAreNotRemembered(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "winnow.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(id string, print uint64, then error) {
		t.Helper()
		err := s.write(ctx, func(t *tx) error {
			if _, err := t.exec(ctx, `INSERT INTO story (num, id, rev, stamp, page_url, rank, source, text_sha, record, crawled_at, changed_at, dirty)
				VALUES (1, $1, 1, 1, '', 0, '', '', '', 0, 0, 0)`, id); err != nil {
				return err
			}
			if err := t.putPrints(ctx, 1, 1, []uint64{print}, nil); err != nil {
				return err
			}
			if _, err := t.having(ctx, mixPrints([]uint64{print})); err != nil {
				return err
			}
			return then
		})
		if !errors.Is(err, then) {
			t.Fatal(err)
		}
	}
	put("a", 7, errors.ErrUnsupported)
	put("b", 8, nil)
	err = s.view(ctx, func(x *tx) error {
		for print, want := range map[uint64]int{7: 0, 8: 1} {
			lists, err := x.having(ctx, mixPrints([]uint64{print}))
			if err != nil {
				return err
			}
			if len(lists[0]) != want {
				t.Errorf("print %d: found the numbers %v, want %d", print, lists[0], want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
