package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlans looks at how SQLite runs the statements of every claim: none may
// read all that is pending, nor sort it.
func TestPlans(t *testing.T) {
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "winnow.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, test := range []struct{ name, query, want string }{
		{"first URL", firstURL, "SEARCH url USING INDEX url_order (lane=?)"},
		{"free host", freeHost(oneQueue, 2), "SEARCH l USING COVERING INDEX lane_ready (queue=? AND ready<?)"},
		{"leased hosts", leasedHosts, "SCAN host USING INDEX host_leased"},
		{"runs without a batch", idleRuns(2), "SEARCH l USING COVERING INDEX lane_ready (queue=? AND ready<?)"},
		{"next batch", drawn, "SEARCH u USING INDEX url_waiting (source=? AND kind<?)"},
		{"next draw", firstDraw, "SEARCH u USING INDEX url_source (source=? AND state=? AND kind<?)"},
		{"names asked anew", askAnew + "IN (SELECT url FROM alias WHERE story = $1)", "SEARCH url USING COVERING INDEX sqlite_autoindex_url_1 (url=?)"},
		{"touched stories", touched, "SEARCH story USING INDEX story_copies (duplicate_of=?)"},
		{"ready", makeReady + "host = $1", "SEARCH u USING COVERING INDEX url_due (lane=?)"},
		{"dirty", "SELECT " + storedColumns + " FROM story s WHERE s.dirty > 0 AND s.id > $1 ORDER BY s.id LIMIT 9", "USING INDEX story_dirty (id>?)"},
		{"fresh prints", freshPrints, "SCAN fresh"},
		{"outbox", outbox("") + " LIMIT 9", "SCAN o USING INDEX outbox_order\nSEARCH s USING INDEX sqlite_autoindex_story_1 (id=?) LEFT-JOIN"},
		{"outbox without parts", outbox(withoutParts) + " LIMIT 9", "SEARCH o USING INDEX outbox_order (action=?)\nSEARCH s USING INDEX sqlite_autoindex_story_1 (id=?) LEFT-JOIN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var args []any
			for strings.Contains(test.query, fmt.Sprintf("$%d", len(args)+1)) {
				args = append(args, 0)
			}
			rows, err := s.db.Query("EXPLAIN QUERY PLAN "+test.query, args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var plan strings.Builder
			for rows.Next() {
				var a, b, c int
				var line string
				if err := rows.Scan(&a, &b, &c, &line); err != nil {
					t.Fatal(err)
				}
				plan.WriteString(line + "\n")
			}
			if !strings.Contains(plan.String(), test.want) || strings.Contains(plan.String(), "TEMP B-TREE") || strings.Contains(plan.String(), "SCAN story") {
				t.Errorf("got\n%swant %s", plan.String(), test.want)
			}
		})
	}
}
