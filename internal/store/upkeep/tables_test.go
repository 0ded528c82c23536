package upkeep

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winnow/internal/store/database"
)

// TestAllTablesAreKnown compares the lists of tables with those that the migrations make.
func TestAllTablesAreKnown(t *testing.T) {
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "winnow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all, counted []string
	err = db.View(t.Context(), func(tx *database.Tx) error {
		return tx.Each(t.Context(), "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'", nil, func(rows *sql.Rows) error {
			var name, statement string
			err := rows.Scan(&name, &statement)
			all = append(all, name)
			if strings.Contains(statement, "AUTOINCREMENT") {
				counted = append(counted, name)
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		have []string
		want []table
	}{{"tables", all, tables}, {"counters", counted, counters}} {
		var want []string
		for _, table := range c.want {
			want = append(want, table.name)
		}
		slices.Sort(want)
		slices.Sort(c.have)
		if !slices.Equal(c.have, want) {
			t.Errorf("%s: the state has %v, the list %v", c.what, c.have, want)
		}
	}
}
