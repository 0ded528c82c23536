// Package plantest checks how SQLite runs statements.
package plantest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"winnow/internal/store/database"
)

// Case is a statement and a line of its plan.
type Case struct{ Name, Query, Want string }

// Check looks at the plan of each statement: it must have the line, and neither
// sort nor read all stories.
func Check(t *testing.T, db *database.DB, cases ...Case) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var args []any
			for strings.Contains(c.Query, fmt.Sprintf("$%d", len(args)+1)) {
				args = append(args, 0)
			}
			var plan strings.Builder
			err := db.View(t.Context(), func(tx *database.Tx) error {
				return tx.Each(t.Context(), "EXPLAIN QUERY PLAN "+c.Query, args, func(rows *sql.Rows) error {
					var id, parent, unused int
					var line string
					err := rows.Scan(&id, &parent, &unused, &line)
					plan.WriteString(line + "\n")
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plan.String(), c.Want) || strings.Contains(plan.String(), "TEMP B-TREE") || strings.Contains(plan.String(), "SCAN story") {
				t.Errorf("got\n%swant %s", plan.String(), c.Want)
			}
		})
	}
}
