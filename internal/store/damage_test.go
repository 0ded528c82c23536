package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/store/upkeep"
	"winnow/schedule"
)

// TestDamagedFile damages a state in random places, and works with it: that ends, with
// an error or without one, and never goes round in circles.
func TestDamagedFile(t *testing.T) {
	const page = 4096
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.db")
	ctx := t.Context()
	s, err := store.Open(ctx, whole, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var links []schedule.Link
	for i := range 300 {
		host := fmt.Sprintf("h%d.example", i%5)
		links = append(links, schedule.Link{URL: fmt.Sprintf("https://%s/%03d", host, i), Host: host, Source: "gazette", Kind: schedule.Article})
	}
	if _, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette", Seeds: links}, crashDay); err != nil {
		t.Fatal(err)
	}
	if n, err := workOn(ctx, s, 100); n != 100 || err != nil {
		t.Fatal(n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	failed, seeds := 0, uint64(40)
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 0))
		damaged := append([]byte{}, bytes...)
		for range 1 + random.IntN(6) {
			at := page + random.IntN(len(damaged)-page)
			for i := range min(1+random.IntN(64), len(damaged)-at) {
				damaged[at+i] = byte(random.Uint32())
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.db", seed))
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := workOnDamaged(ctx, path); errors.Is(err, errCircles) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("seed %d: %v", seed, err)
		} else if err != nil {
			failed++
		}
	}
	if failed == 0 && !testing.Short() {
		t.Error("no damage was noticed: the test damages nothing")
	}
}

func workOnDamaged(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = workOn(ctx, s, 1000)
	return err
}

var errCircles = errors.New("there is always work, and never a task")

// workOn claims and finishes up to n tasks.
func workOn(ctx context.Context, s *store.Store, n int) (done int, err error) {
	run, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette"}, crashDay)
	if err != nil {
		return 0, err
	}
	now, waits := crashDay, 0
	for done < n {
		task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, now)
		var busy schedule.Busy
		switch {
		case errors.Is(err, schedule.ErrNoWork):
			return done, nil
		case errors.As(err, &busy):
			if waits++; waits > 1000 {
				return done, errCircles
			}
			now = busy.Until
			continue
		case err != nil:
			return done, err
		}
		if err := s.Finish(ctx, task, crashOutcome(task)); err != nil {
			return done, err
		}
		waits = 0
		done++
	}
	return done, nil
}

// TestCheckFindsDamage makes rows of a state contradict each other, one kind at a time.
func TestCheckFindsDamage(t *testing.T) {
	ctx := t.Context()
	for what, statement := range map[string]string{
		"URLs without a lane":                         "UPDATE url SET lane = 99 WHERE url LIKE '%/000'",
		"rows that refer to rows which are not there": "DELETE FROM host WHERE host = 'h0.example'",
		"URLs in a state that does not exist":         "UPDATE url SET state = 9 WHERE url LIKE '%/000'",
		"stories whose record cannot be read":         "UPDATE story SET record = x'00' WHERE num = 1",
		"stories that no URL means":                   "DELETE FROM alias WHERE story = (SELECT id FROM story LIMIT 1)",
		"copies of stories that are not there":        "UPDATE story SET dirty = 0, duplicate_of = 'nobody' WHERE num = 1",
		"text files of several stories":               "UPDATE story SET path = 'text/one'",
	} {
		path := filepath.Join(t.TempDir(), "winnow.db")
		s, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		links := []schedule.Link{
			{URL: "https://h0.example/000", Host: "h0.example", Source: "gazette", Kind: schedule.Article},
			{URL: "https://h1.example/001", Host: "h1.example", Source: "gazette", Kind: schedule.Article}}
		if _, err := s.BeginRun(ctx, store.RunSpec{Source: "gazette", Seeds: links}, crashDay); err != nil {
			t.Fatal(err)
		}
		if _, err := workOn(ctx, s, 10); err != nil {
			t.Fatal(err)
		}
		if faults, err := s.Upkeep.Check(ctx); len(faults) > 0 || err != nil {
			t.Fatalf("before: %+v (%v)", faults, err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		db.Close()
		faults, err := s.Upkeep.Check(ctx)
		if err != nil || !slices.ContainsFunc(faults, func(f upkeep.Fault) bool { return f.What == what && f.Count > 0 && len(f.Examples) > 0 }) {
			t.Errorf("%s: found %+v (%v)", what, faults, err)
		}
		s.Close()
	}
}
