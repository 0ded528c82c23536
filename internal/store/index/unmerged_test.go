package index

import (
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
			if err := x.Put(ctx, t, 1, 1, []uint64{print}, nil); err != nil {
				return err
			}
			if _, err := x.numbersWith(ctx, t, mixPrints([]uint64{print})); err != nil {
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
			lists, err := x.numbersWith(ctx, tx, mixPrints([]uint64{print}))
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
