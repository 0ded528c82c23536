package tempfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// left returns the names of what is in a folder.
func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	a, err := Create(dir, Texts)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Create(dir, Prints) // does not take the first one away
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []File{a, b} {
		if _, err := f.WriteAt([]byte("text"), 3); err != nil {
			t.Error(err)
		}
		got := make([]byte, 4)
		if _, err := f.ReadAt(got, 3); err != nil || string(got) != "text" {
			t.Errorf("read %q, %v", got, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if names := left(t, dir); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
	if _, err := Create(filepath.Join(dir, "none"), Texts); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// What a killed process left goes, what only looks like it stays.
func TestCreateSweeps(t *testing.T) {
	dir := t.TempDir()
	stay := []string{"winnow-dedupe-.tmp", "winnow-dedupe-12.tmp.txt", "winnow-dedupe-notes.tmp", "winnow-other-12.tmp", "x-winnow-dedupe-12.tmp"}
	for _, name := range append([]string{"winnow-dedupe-12.tmp", "winnow-prints-34.tmp"}, stay...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stay = append(stay, "winnow-dedupe-56.tmp")
	if err := os.Mkdir(filepath.Join(dir, "winnow-dedupe-56.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := Create(dir, Texts)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	slices.Sort(stay)
	if names := left(t, dir); !slices.Equal(names, stay) {
		t.Errorf("left are %v, want %v", names, stay)
	}
}
