package index

import (
	"context"
	"errors"
	"testing"

	"winnow/internal/store/database"
)

// TestPrintsThatWereRolledBackAreNotCached: SQLite uses the number of a row that was
// rolled back again, for other prints.
func TestPrintsThatWereRolledBackAreNotCached(t *testing.T) {
	ctx := t.Context()
	x := open(t)
	put := func(id string, print uint64, then error) {
		t.Helper()
		err := x.db.Write(ctx, func(t *database.Tx) error {
			if err := putStory(ctx, t, 1, id); err != nil {
				return err
			}
			if err := x.Put(ctx, t, 1, 1, []uint64{print}); err != nil {
				return err
			}
			if _, err := numbersWith(ctx, x, t, print); err != nil {
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
	err := x.db.View(ctx, func(tx *database.Tx) error {
		for print, want := range map[uint64]int{7: 0, 8: 1} {
			numbers, err := numbersWith(ctx, x, tx, print)
			if err != nil {
				return err
			}
			if len(numbers) != want {
				t.Errorf("print %d: found the numbers %v, want %d", print, numbers, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// numbersWith returns the numbers that have a print.
func numbersWith(ctx context.Context, x *Index, t *database.Tx, print uint64) ([]int64, error) {
	at, err := readLayout(ctx, t)
	if err != nil {
		return nil, err
	}
	lists, _, err := x.lookUp(ctx, t, at, mixPrints([]uint64{print}), -1, 1)
	if err != nil {
		return nil, err
	}
	return lists[0], nil
}
