package warc

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPrune(t *testing.T) {
	const day = 24 * time.Hour
	// Five files of 1,000 bytes, written 0 to 4 days ago, and two of others.
	name := func(age int) string {
		return fmt.Sprintf("winnow-%s-%08x-00000.warc.gz", noon.Add(-time.Duration(age)*day).Format("20060102150405")+"000", age)
	}
	for _, test := range []struct {
		name   string
		policy Policy
		open   int // age of a file that a writer holds; -1 for none
		want   []int
	}{
		{"all is kept", Policy{}, -1, nil},
		{"none is kept", Policy{None: true}, -1, []int{4, 3, 2, 1, 0}},
		{"none is kept but what is being written", Policy{None: true}, 2, []int{4, 3, 1, 0}},
		{"by age", Policy{MaxAge: 60 * time.Hour}, -1, []int{4, 3}},
		{"at the very age", Policy{MaxAge: 3 * day}, -1, []int{4}},
		{"by size", Policy{MaxSize: 3000}, -1, []int{4, 3}},
		{"by size, the oldest being written", Policy{MaxSize: 3000}, 4, []int{3, 2}},
		{"by size, nothing fits", Policy{MaxSize: 1}, -1, []int{4, 3, 2, 1, 0}},
		{"by age and size", Policy{MaxAge: 3 * day, MaxSize: 2500}, -1, []int{4, 3, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			var all []string
			put := func(file string, age time.Duration) {
				path := filepath.Join(dir, file)
				if err := os.WriteFile(path, make([]byte, 1000), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(path, noon, noon.Add(-age)); err != nil {
					t.Fatal(err)
				}
				all = append(all, file)
			}
			put("CC-NEWS-20200101000000-00001.warc.gz", 1000*day)
			put("notes.txt", 1000*day)
			for age := range 5 {
				if age == test.open {
					f, err := createFile(dir, name(age))
					if err != nil {
						t.Fatal(err)
					}
					defer f.release()
					if err := f.append(make([]byte, 1000)); err != nil {
						t.Fatal(err)
					}
					if err := os.Chtimes(f.path, noon, noon.Add(-time.Duration(age)*day)); err != nil {
						t.Fatal(err)
					}
					all = append(all, f.name)
					continue
				}
				put(name(age), time.Duration(age)*day)
			}
			var want []string
			for _, age := range test.want {
				want = append(want, name(age))
			}
			got, err := Prune(dir, test.policy, noon)
			if err != nil || !slices.Equal(got.Files, want) || got.Bytes != int64(1000*len(want)) {
				t.Errorf("got %v, %v\nwant %v", got, err, want)
			}
			for _, file := range all {
				_, err := os.Stat(filepath.Join(dir, file))
				if kept := err == nil; kept == slices.Contains(want, file) {
					t.Errorf("%s kept: %v", file, kept)
				}
			}
		})
	}
}

// TestPruneBesideWriter prunes while pages are written: files that are being
// written stay.
func TestPruneBesideWriter(t *testing.T) {
	dir := t.TempDir()
	done := make(chan struct{})
	var pruned []string
	go func() {
		defer close(done)
		for range 300 {
			p, err := Prune(dir, Policy{None: true}, noon)
			if err != nil {
				t.Error(err)
			}
			pruned = append(pruned, p.Files...)
		}
	}()
	for range 20 {
		w := newWriter(t, Options{Dir: dir})
		for range 3 {
			e := page("https://a.example/1", "x")
			name, offset, err := w.Append(&e)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ReadAt(dir, name, offset, 0); err != nil {
				t.Error(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	rest, err := Prune(dir, Policy{None: true}, noon)
	if err != nil {
		t.Fatal(err)
	}
	pruned = append(pruned, rest.Files...)
	slices.Sort(pruned)
	// A file that was removed before it was locked has no page, and is among them.
	if n := len(slices.Compact(pruned)); n < 20 || n != len(pruned) {
		t.Errorf("%d files of 20 were pruned: %s", n, strings.Join(pruned, " "))
	}
}

func TestPruneNothing(t *testing.T) {
	got, err := Prune(filepath.Join(t.TempDir(), "none"), Policy{None: true}, noon)
	if err != nil || len(got.Files) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}
