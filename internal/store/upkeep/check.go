package upkeep

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Fault is something in a state that cannot be.
type Fault struct {
	What     string   // in words
	Examples []string // what it was found in, a few
	Count    int      // of what it was found in
}

// maxExamples is how many examples a Fault has at most.
const maxExamples = 5

// invariant is what no state may have. The query returns a name for each case.
type invariant struct{ what, query string }

// invariants hold after every transaction.
var invariants = []invariant{
	{"URLs without a lane", "SELECT u.url FROM url u WHERE NOT EXISTS (SELECT 1 FROM lane l WHERE l.id = u.lane)"},
	{"lanes without a host", "SELECT l.host FROM lane l WHERE NOT EXISTS (SELECT 1 FROM host h WHERE h.host = l.host)"},
	{"URLs in a state that does not exist", schema.SQL("SELECT url FROM url WHERE state < {pending} OR state > {forgotten} OR kind < {feed} OR kind > {article}")},
	{"pages of the archive whose URL is not known", "SELECT p.url FROM page p WHERE NOT EXISTS (SELECT 1 FROM url u WHERE u.url = p.url)"},
	{"stories that no URL means", "SELECT s.id FROM story s WHERE NOT EXISTS (SELECT 1 FROM alias a WHERE a.story = s.id)"},
	{"URLs of stories that are not there", "SELECT a.url FROM alias a WHERE NOT EXISTS (SELECT 1 FROM story s WHERE s.id = a.story)"},
	{"copies of stories that are not there", "SELECT c.id FROM story c WHERE c.duplicate_of <> '' AND c.dirty = 0 AND NOT EXISTS (SELECT 1 FROM story k WHERE k.id = c.duplicate_of)"},
	{"copies of copies", "SELECT c.id FROM story c JOIN story k ON k.id = c.duplicate_of WHERE c.duplicate_of <> '' AND c.dirty = 0 AND k.dirty = 0 AND k.duplicate_of <> ''"},
	{"prints of stories that are not there", "SELECT CAST(p.num AS TEXT) FROM prints p WHERE NOT EXISTS (SELECT 1 FROM story s WHERE s.num = p.story)"},
	{"text files of several stories", "SELECT path FROM story WHERE path <> '' GROUP BY path HAVING COUNT(*) > 1"},
	{"revisions of stories that are not there", "SELECT r.story FROM revision r WHERE NOT EXISTS (SELECT 1 FROM story s WHERE s.id = r.story)"},
	{"files to write or remove in a way that does not exist", schema.SQL("SELECT place FROM outbox WHERE action < {writeFile} OR action > {removeFile}")},
}

// packed are the columns with stories in them, and a name for each row.
var packed = []struct{ what, query string }{
	{"stories whose record cannot be read", "SELECT id, record FROM story"},
	{"revisions whose record cannot be read", "SELECT story, record FROM revision"},
	{"parts of articles whose record cannot be read", "SELECT url, record FROM part WHERE record IS NOT NULL"},
}

// Check looks for damage: first what the database itself finds (a SQLite file; a
// PostgreSQL server has its own tools, such as pg_amcheck), then rows that
// contradict each other, and records that cannot be read. An error of the database is
// one of damage too, where it could read no further.
func (s *State) Check(ctx context.Context) (faults []Fault, err error) {
	if faults, err = s.checkFile(ctx); err != nil || len(faults) > 0 {
		return faults, err // what follows would report the same in other words
	}
	err = s.db.View(ctx, func(t *database.Tx) error {
		faults = nil
		for _, i := range invariants {
			f := Fault{What: i.what}
			err := t.Each(ctx, i.query, nil, func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				f.add(name)
				return err
			})
			if err != nil {
				return err
			}
			faults = f.in(faults)
		}
		for _, p := range packed {
			f := Fault{What: p.what}
			err := t.Each(ctx, p.query, nil, func(rows *sql.Rows) error {
				var name string
				var record []byte
				if err := rows.Scan(&name, &record); err != nil {
					return err
				}
				if _, err := s.codec.Unpack(record); err != nil {
					f.add(name)
				}
				return nil
			})
			if err != nil {
				return err
			}
			faults = f.in(faults)
		}
		return nil
	})
	return faults, err
}

func (f *Fault) add(example string) {
	f.Count++
	if len(f.Examples) < maxExamples {
		f.Examples = append(f.Examples, example)
	}
}

// in returns the faults with this one, if it was found at all.
func (f *Fault) in(faults []Fault) []Fault {
	if f.Count == 0 {
		return faults
	}
	return append(faults, *f)
}

// checkFile has SQLite check the pages and indexes of its file, and references between
// tables.
func (s *State) checkFile(ctx context.Context) (faults []Fault, err error) {
	if !s.db.OneWriter() {
		return nil, nil
	}
	err = s.db.View(ctx, func(t *database.Tx) error {
		faults = nil
		damage := Fault{What: "damage of the file"}
		lines, err := database.Column[string](ctx, t, "PRAGMA integrity_check(100)")
		if err != nil {
			return err
		}
		for _, line := range lines {
			if line != "ok" {
				damage.add(strings.ReplaceAll(line, "\n", "; "))
			}
		}
		faults = damage.in(faults)
		loose := Fault{What: "rows that refer to rows which are not there"}
		err = t.Each(ctx, "PRAGMA foreign_key_check", nil, func(rows *sql.Rows) error {
			var of, to string
			var row sql.NullInt64
			var key int64
			err := rows.Scan(&of, &row, &to, &key)
			loose.add(fmt.Sprintf("%s, row %d, to %s", of, row.Int64, to))
			return err
		})
		faults = loose.in(faults)
		return err
	})
	return faults, err
}
