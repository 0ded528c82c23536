package lane

import (
	"path/filepath"
	"testing"

	"winnow/internal/store/database"
	"winnow/internal/store/database/plantest"
)

func TestPlans(t *testing.T) {
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plantest.Check(t, db, plantest.Case{Name: "ready", Query: setHostReady, Want: "SEARCH u USING COVERING INDEX url_due (lane=?)"})
}
