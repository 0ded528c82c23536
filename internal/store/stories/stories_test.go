package stories

import (
	"path/filepath"
	"testing"

	"winnow/dedupe"
	"winnow/internal/store/database"
	"winnow/internal/store/database/plantest"
)

var _ dedupe.Index = (*Stories)(nil)

// What is asked of the stories again and again is found by an index.
func TestPlans(t *testing.T) {
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plantest.Check(t, db,
		plantest.Case{Name: "touched stories", Query: judgeTouched, Want: "SEARCH story USING INDEX story_copies (duplicate_of=?)"},
		plantest.Case{Name: "dirty", Query: "SELECT " + storedColumns + " FROM story s WHERE s.dirty > 0 AND s.id > $1 ORDER BY s.id LIMIT 9", Want: "USING INDEX story_dirty (id>?)"},
		plantest.Case{Name: "outbox", Query: selectOutbox, Want: "SCAN o USING INDEX outbox_order\nSEARCH s USING INDEX sqlite_autoindex_story_1 (id=?) LEFT-JOIN"},
		plantest.Case{Name: "outbox without shards", Query: selectFiles, Want: "SEARCH o USING INDEX outbox_order (action=?)\nSEARCH s USING INDEX sqlite_autoindex_story_1 (id=?) LEFT-JOIN"},
	)
}
