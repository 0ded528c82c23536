package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// crashPages is how many pages the process that is killed has to read.
const crashPages = 400

var crashDay = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

func crashURL(i int) string { return fmt.Sprintf("https://h%d.example/%03d", i%4, i) }

// workUntilKilled reads pages as a worker would, and says each URL before it
// claims the next, so that the test knows what was reported as done.
func workUntilKilled(dsn string) int {
	ctx := context.Background()
	err := func() error {
		s, err := store.Open(ctx, dsn, store.Options{})
		if err != nil {
			return err
		}
		run, err := s.BeginRun(ctx, store.RunSpec{Source: "list", Listed: true}, crashDay)
		if err != nil {
			return err
		}
		moved := time.Now()
		for {
			task, err := s.Claim(ctx, schedule.Filter{Runs: []schedule.Run{run}}, crashDay)
			if errors.Is(err, schedule.ErrNoWork) {
				return nil
			}
			if errors.As(err, new(schedule.Busy)) && time.Since(moved) < 30*time.Second {
				continue
			}
			if err != nil {
				return err
			}
			moved = time.Now()
			if err := s.Finish(ctx, task, crashOutcome(task)); err != nil {
				return err
			}
			fmt.Println(task.URL)
		}
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("end")
	return 0
}

func crashOutcome(task schedule.Task) schedule.Outcome {
	if task.Kind == schedule.Robots {
		return schedule.Outcome{Host: &schedule.HostState{RobotsStatus: 404, RobotsAt: crashDay}}
	}
	story := news.Story{URL: task.URL, Kind: news.KindStory, Blocks: []news.Block{{Kind: news.Paragraph, Text: "text of " + task.URL}}}
	return schedule.Outcome{State: schedule.Done, Status: 200, At: crashDay, Archived: &schedule.Archived{File: "a", Offset: 1},
		Story: &schedule.Found{Story: story, Prints: []uint64{uint64(len(task.URL)), 7}, Aliases: []string{task.URL}}}
}

// TestKilled kills a working process again and again. What it reported must be
// there, its leases must be free for the next at once, and nothing may be done
// twice but what was in hand.
func TestKilled(t *testing.T) {
	for _, db := range databases() {
		t.Run(db.name, func(t *testing.T) {
			t.Parallel()
			dsn := db.fresh(t)
			ctx := context.Background()
			s, err := store.Open(ctx, dsn, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var links []schedule.Link
			for i := range crashPages {
				links = append(links, schedule.Link{URL: crashURL(i), Host: fmt.Sprintf("h%d.example", i%4), Kind: schedule.Article})
			}
			if _, _, _, err := s.AddListed(ctx, links); err != nil {
				t.Fatal(err)
			}
			reported := map[string]int{}
			kills := 0
			for ended := false; !ended; kills++ {
				ended = runAndKill(t, dsn, 20+kills*7%40, reported)
				if kills > crashPages {
					t.Fatal("no progress")
				}
			}
			if kills < 5 {
				t.Errorf("only %d kills", kills)
			}
			for i := range crashPages {
				if n := reported[crashURL(i)]; n > 1 {
					t.Errorf("%s was done %d times", crashURL(i), n)
				}
			}
			wantWhole(t, s)
		})
	}
}

// runAndKill starts a worker and kills it after it has reported some pages.
func runAndKill(t *testing.T, dsn string, after int, reported map[string]int) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "WINNOW_TEST_CRASH="+dsn)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if lines.Text() == "end" {
			ended = true
			continue
		}
		reported[lines.Text()]++
		if n == after {
			killed = true
			cmd.Process.Kill() // SIGKILL, in the middle of whatever it does
		}
	}
	if err := cmd.Wait(); err != nil && !killed {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	return ended
}

// wantWhole checks that every page is done with its story, and that nobody
// holds anything.
func wantWhole(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	for i := range crashPages {
		st, err := s.Stories.Get(ctx, crashURL(i))
		if err != nil {
			t.Fatalf("%s: %v", crashURL(i), err)
		}
		if st.Rev != 1 || st.Story.Text() != "text of "+crashURL(i) {
			t.Errorf("%s: revision %d of %q", crashURL(i), st.Rev, st.Story.Text())
		}
		if _, err := s.ArchivedPage(ctx, crashURL(i)); err != nil {
			t.Errorf("%s in the archive: %v", crashURL(i), err)
		}
	}
	found, err := s.Stories.Candidates(ctx, dedupe.Query{Prints: []uint64{7}, Common: crashPages, Least: 1})
	if err != nil || len(found) != crashPages {
		t.Errorf("%d stories in the index (%v)", len(found), err)
	}
	run, err := s.BeginRun(ctx, store.RunSpec{Source: "list", Listed: true}, crashDay)
	if err != nil {
		t.Fatal(err)
	}
	progress, err := s.Report.Progress(ctx, []schedule.Run{run})
	if err != nil || progress.Pending != 0 || progress.Fetched != crashPages || progress.Added != crashPages {
		t.Errorf("progress %+v (%v)", progress, err)
	}
}
