package postings

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// The postings must find what a plain map finds, in memory and on disk, asked
// for in between and at the end.
func TestPostings(t *testing.T) {
	for _, tt := range []struct {
		name    string
		batch   bool
		stories uint32
		disk    bool
	}{{"in memory", false, 3000, false}, {"grown beyond memory", false, 14000, true}, {"a batch", true, 40000, true}} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			p := New(dir, tt.batch)
			want := map[uint64][]uint32{}
			r := rand.New(rand.NewPCG(1, 1))
			check := func(x uint64) {
				t.Helper()
				ids := want[x]
				got, err := p.Lookup(x, len(ids), []uint32{9})
				got = slices.Clone(got[1:])
				slices.Sort(got)
				if err != nil || !slices.Equal(got, ids) {
					t.Fatalf("print %x: %d stories, want %d, %v", x, len(got), len(ids), err)
				}
				if len(ids) == 0 {
					return
				}
				if got, err := p.Lookup(x, len(ids)-1, nil); err != nil || len(got) != 0 {
					t.Fatalf("print %x is not left out whole: %v", x, err)
				}
			}
			for n := range tt.stories {
				prints := make([]uint64, 30)
				for i := range prints {
					prints[i] = uint64(r.IntN(4000)) << 32
				}
				prints[0] = uint64(1+r.IntN(1<<31)) << 33
				slices.Sort(prints)
				prints = slices.Compact(prints)
				if err := p.Add(n, prints); err != nil {
					t.Fatal(err)
				}
				for _, x := range prints {
					want[x] = append(want[x], n)
				}
				if !tt.batch && n%97 == 0 {
					check(prints[n%uint32(len(prints))])
				}
			}
			if !tt.batch && len(p.runs) > 8 {
				t.Errorf("%d runs", len(p.runs))
			}
			if err := p.Finish(400); err != nil {
				t.Fatal(err)
			}
			for x := range want {
				check(x)
			}
			check(5)
			check(^uint64(0))
			if (p.file != nil) != tt.disk || len(p.runs) != 1 {
				t.Errorf("a file: %v, runs: %d", p.file != nil, len(p.runs))
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}

// What the disk refuses is an error, not an answer.
func TestPostingsFail(t *testing.T) {
	p := New(t.TempDir()+"/none", true)
	_ = p.Add(1, []uint64{1 << 40})
	if err := p.seal(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	p = New(t.TempDir(), true)
	if err := errors.Join(p.Add(1, []uint64{1 << 40}), p.seal(), p.file.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Lookup(1<<40, 9, nil); err == nil {
		t.Error("of a closed file, no error")
	}
	if err := p.Add(2, []uint64{2 << 40}); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(400); err == nil {
		t.Error("written to a closed file, no error")
	}
}
