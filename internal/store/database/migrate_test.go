package database

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// stateAt makes a state whose tables are those of a version, with some rows, and
// returns its path.
func stateAt(t *testing.T, version int64, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "winnow.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	steps, _, err := (&DB{Dialect: sqliteDialect}).migrations()
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(sqliteDialect.goose, db, nil,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()), goose.WithGoMigrations(steps...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	for _, statement := range append(rows, fmt.Sprintf("PRAGMA application_id = %d", sqliteMark)) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// TestStateOfAnOlderWinnow opens a state of each earlier version.
func TestStateOfAnOlderWinnow(t *testing.T) {
	_, newest, err := (&DB{Dialect: sqliteDialect}).migrations()
	if err != nil {
		t.Fatal(err)
	}
	for version := range newest {
		path := stateAt(t, version+1)
		for range 2 {
			d, err := Open(t.Context(), path)
			if err != nil {
				t.Fatalf("version %d: %v", version+1, err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestStateWithoutReachIsLookedThrough opens a state of the version before
// reaches were remembered: its lists are asked for without a condition, its
// archived pages are queued, and its other pages left alone.
func TestStateWithoutReachIsLookedThrough(t *testing.T) {
	path := stateAt(t, 2,
		`INSERT INTO url (url, lane, source, kind, depth, hops, follow, listed, state, etag, body_sha) VALUES
			('https://gazette.example/', 1, 'gazette', 3, 0, 0, 1, 0, 1, '1', '00'),
			('https://gazette.example/archived', 1, 'gazette', 4, 1, 0, 1, 0, 1, '1', '00'),
			('https://gazette.example/listed', 1, 'gazette', 4, 1, 0, 0, 0, 1, '1', '00'),
			('https://gazette.example/plain', 1, 'gazette', 4, 1, 0, 1, 0, 1, '1', '00')`,
		`INSERT INTO page (url, at, status, file, place) VALUES
			('https://gazette.example/archived', 1, 200, 'a.warc.gz', 1),
			('https://gazette.example/listed', 1, 200, 'a.warc.gz', 2)`)
	d, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, c := range []struct{ name, query, want string }{
		{"queued", "SELECT url || ' ' || ask FROM relink ORDER BY url", "https://gazette.example/archived 0"},
		{"asked for with a condition", "SELECT url FROM url WHERE etag <> '' AND body_sha <> '' ORDER BY url",
			"https://gazette.example/archived https://gazette.example/listed https://gazette.example/plain"},
	} {
		var got []string
		if err := d.View(t.Context(), func(tx *Tx) (err error) {
			got, err = Column[string](t.Context(), tx, c.query)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
