package warc

import (
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestCheck damages one record of three, then tears the last one.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	w, err := NewWriter(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var name string
	var offsets []int64
	for _, url := range []string{"https://gazette.example/a", "https://gazette.example/b", "https://gazette.example/c"} {
		e := Entry{URL: url, Status: 200, Header: http.Header{}, Body: []byte("text of " + url), FetchedAt: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
		file, offset, err := w.Append(&e)
		if err != nil {
			t.Fatal(err)
		}
		name, offsets = file, append(offsets, offset)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	damaged[offsets[1]+40] ^= 0xff
	for _, c := range []struct {
		what  string
		bytes []byte
		sound []int // of the three
	}{
		{"whole", whole, []int{0, 1, 2}},
		{"the second is damaged", damaged, []int{0, 2}},
		{"the third is torn", whole[:offsets[2]+30], []int{0, 1}},
	} {
		if err := os.WriteFile(path, c.bytes, 0o644); err != nil {
			t.Fatal(err)
		}
		records, bad := map[int64]bool{}, 0
		err := Check(dir, name, func(offset int64, err error) {
			if records[offset] = err == nil; err != nil {
				bad++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		var sound []int
		for i, offset := range offsets {
			if records[offset] {
				sound = append(sound, i)
			}
		}
		if !slices.Equal(sound, c.sound) || (bad > 0) != (c.what == "the second is damaged") {
			t.Errorf("%s: sound %v, %d bad, all %v", c.what, sound, bad, slices.Sorted(maps.Keys(records)))
		}
	}
	for _, missing := range []string{"other-20260302120000000-00000000-00000.warc.gz", "../" + name} {
		if err := Check(dir, missing, nil); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", missing, err)
		}
	}
}
