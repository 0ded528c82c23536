package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/internal/store"
)

// TestOpenErrors opens what can't be opened: the message must name the place
// and say what to do.
func TestOpenErrors(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := func(name string, statements ...string) string {
		path := filepath.Join(folder, name)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	newer := filepath.Join(folder, "newer.db")
	s, err := store.Open(context.Background(), newer, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	database("newer.db", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	torn := filepath.Join(folder, "torn.db")
	whole, err := os.ReadFile(newer)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(whole); i++ { // after the header
		whole[i] = byte(i * 7)
	}
	if err := os.WriteFile(torn, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, dsn, want string }{
		{"no database", file("notes.txt", strings.Repeat("These are notes, not a database.\n", 100)), "no SQLite database; move it away"},
		{"a folder", folder, "is a folder; name a file in it"},
		{"a file for a folder", filepath.Join(file("plain", "x"), "winnow.db"), "its folder can't be made"},
		{"another program's", database("other.db", "CREATE TABLE address (name TEXT)"), "database of another program"},
		{"a newer winnow's", newer, "made by a newer winnow (version 99"},
		{"a damaged file", torn, "damaged"},
		{"nothing", "", "neither the path of a file nor a postgres:// URL"},
		{"memory", ":memory:", "neither the path of a file nor a postgres:// URL"},
		{"another URL", "mysql://localhost/x", "neither the path of a file nor a postgres:// URL"},
		{"a bad URL", "postgres://u:secret@h:port/x", "no PostgreSQL URL; write e.g."},
		{"no server", "postgres://u:secret@127.0.0.1:1/x?connect_timeout=2", "is the server up"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := store.Open(context.Background(), test.dsn, store.Options{})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
			if !strings.Contains(err.Error(), "state") || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q", err)
			}
		})
	}
}

// TestOpenTogether has several stores open an empty state at once.
func TestOpenTogether(t *testing.T) {
	for _, db := range databases() {
		t.Run(db.name, func(t *testing.T) {
			dsn := db.fresh(t)
			errs := make(chan error)
			for range 6 {
				go func() {
					s, err := store.Open(context.Background(), dsn, store.Options{})
					if err == nil {
						err = s.Close()
					}
					errs <- err
				}()
			}
			for range 6 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}
