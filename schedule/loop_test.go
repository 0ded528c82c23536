package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/schedule"
)

// frontier is a real one, with so many articles on each of so many hosts, and
// robots.txt read.
func frontier(t *testing.T, hosts, articles int) (*store.Store, schedule.Filter) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "state.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var seeds []schedule.Link
	for h := range hosts {
		host := fmt.Sprintf("h%d.example", h)
		for a := range articles {
			seeds = append(seeds, schedule.Link{URL: fmt.Sprintf("http://%s/%d", host, a), Host: host, Source: "test", Kind: schedule.Article})
		}
	}
	run, err := s.BeginRun(ctx, store.RunSpec{Source: "test", Seeds: seeds}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s, schedule.Filter{Runs: []schedule.Run{run}, Patience: time.Minute}
}

// done is the outcome of a task that went well.
func done(t schedule.Task) schedule.Outcome {
	now := time.Now()
	o := schedule.Outcome{State: schedule.Done, At: now, HostNext: now}
	if t.Kind == schedule.Robots {
		o.Host = &schedule.HostState{RobotsStatus: 404, RobotsAt: now}
	}
	return o
}

func TestLoopDoesEachTaskOnceAndOneAHostAtATime(t *testing.T) {
	s, filter := frontier(t, 3, 20)
	var mu sync.Mutex
	times, busy := map[string]int{}, map[string]bool{}
	loop := schedule.Loop{Frontier: s, Workers: 8}
	err := loop.Run(context.Background(), filter, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
		mu.Lock()
		times[task.URL]++
		if busy[task.Host] {
			t.Errorf("two workers have %s", task.Host)
		}
		busy[task.Host] = true
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		busy[task.Host] = false
		mu.Unlock()
		return done(task), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if loop.Now != nil {
		t.Error("the run has changed its receiver")
	}
	if len(times) != 3*20+3 {
		t.Errorf("%d tasks were done, want 60 pages and 3 robots.txt", len(times))
	}
	for url, n := range times {
		if n != 1 {
			t.Errorf("%s was done %d times", url, n)
		}
	}
}

func TestLoopSetsAPanickingPageAside(t *testing.T) {
	s, filter := frontier(t, 1, 3)
	var seen []string
	loop := schedule.Loop{Frontier: s, Workers: 1}
	err := loop.Run(context.Background(), filter, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
		seen = append(seen, task.URL)
		if strings.HasSuffix(task.URL, "/1") {
			panic("a page nobody foresaw")
		}
		return done(task), nil
	})
	if err != nil || !slices.Contains(seen, "http://h0.example/2") {
		t.Fatalf("the run ended with %v after %v", err, seen)
	}
	progress, err := s.Report.Progress(context.Background(), filter.Runs)
	if err != nil || progress.SetAside != 1 || progress.Pending != 0 {
		t.Errorf("progress is %+v, %v", progress, err)
	}
}

func TestLoopStopsAtWhatIsBrokenAndKeepsTheTask(t *testing.T) {
	s, filter := frontier(t, 2, 5)
	full := errors.New("no space left on device")
	loop := schedule.Loop{Frontier: s, Workers: 4}
	var broken atomic.Bool
	err := loop.Run(context.Background(), filter, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
		if broken.Load() && task.Host == "h1.example" {
			t.Errorf("%s was done though another page of its host has ended the run", task.URL)
		}
		if task.URL == "http://h1.example/2" {
			broken.Store(true)
			return schedule.Outcome{}, full
		}
		return done(task), nil
	})
	if !errors.Is(err, full) {
		t.Fatalf("the run ended with %v", err)
	}
	var again []string
	err = (&schedule.Loop{Frontier: s}).Run(context.Background(), filter, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
		again = append(again, task.URL)
		return done(task), nil
	})
	if err != nil || !slices.Contains(again, "http://h1.example/2") {
		t.Errorf("the broken task was lost: the next run did %v, %v", again, err)
	}
}

func TestLoopFinishesWhatIsInHandWhenStopped(t *testing.T) {
	s, filter := frontier(t, 1, 50)
	ctx, stop := context.WithCancel(context.Background())
	finished := 0
	loop := schedule.Loop{Frontier: s, Workers: 2}
	err := loop.Run(ctx, filter, func(working context.Context, task schedule.Task) (schedule.Outcome, error) {
		if finished++; finished == 10 {
			stop()
		}
		if working.Err() != nil {
			t.Error("work in hand was cut off")
		}
		return done(task), nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the run ended with %v", err)
	}
	progress, err := s.Report.Progress(context.Background(), filter.Runs)
	if err != nil || progress.Pending != 50-9 { // one of the ten was robots.txt
		t.Errorf("after ten tasks progress is %+v, %v", progress, err)
	}
}

func TestLoopClaimsNothingFromUntilOn(t *testing.T) {
	const pages = 40
	for _, test := range []struct {
		name        string
		workers     int
		until       time.Duration // on a clock that goes on by a second a task; 0 none
		done        int           // at least, with those in hand
		outOfTime   bool
		wantPending int64
	}{
		{"no such moment", 4, 0, pages, false, 0},
		{"after all is done", 4, time.Hour, pages, false, 0},
		{"in the middle", 1, 10 * time.Second, 10, true, pages - 9}, // one of the ten is robots.txt
		{"in the middle, with many", 8, 10 * time.Second, 10, true, -1},
		{"at once", 4, -time.Second, 0, true, pages},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, filter := frontier(t, 1, pages)
			start := time.Now()
			var seconds atomic.Int64
			loop := schedule.Loop{Frontier: s, Workers: test.workers, Now: func() time.Time { return start.Add(time.Duration(seconds.Load()) * time.Second) }}
			if test.until != 0 {
				loop.Until = start.Add(test.until)
			}
			err := loop.Run(context.Background(), filter, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
				seconds.Add(1)
				o := done(task)
				o.At, o.HostNext = start, start
				return o, nil
			})
			if errors.Is(err, schedule.ErrOutOfTime) != test.outOfTime || err != nil && !test.outOfTime {
				t.Errorf("ended with %v", err)
			}
			progress, err := s.Report.Progress(context.Background(), filter.Runs)
			if err != nil || test.wantPending >= 0 && progress.Pending != test.wantPending {
				t.Errorf("%d are left, %v; want %d", progress.Pending, err, test.wantPending)
			}
			if n := int(seconds.Load()); n < test.done || test.outOfTime && n > test.done+test.workers {
				t.Errorf("%d tasks were done, want %d or a few more", n, test.done)
			}
			if task, err := s.Claim(context.Background(), filter, start.Add(time.Minute)); test.wantPending != 0 && err != nil {
				t.Errorf("what is left cannot be claimed: %v, %+v", err, task)
			}
		})
	}
}

func TestLoopGivesUpWorkAfterGrace(t *testing.T) {
	s, filter := frontier(t, 1, 2)
	ctx, stop := context.WithCancel(context.Background())
	loop := schedule.Loop{Frontier: s, Workers: 1, Grace: 50 * time.Millisecond}
	start := time.Now()
	err := loop.Run(ctx, filter, func(working context.Context, task schedule.Task) (schedule.Outcome, error) {
		stop()
		select {
		case <-working.Done():
			return schedule.Outcome{}, working.Err()
		case <-time.After(time.Minute):
			return done(task), nil
		}
	})
	if !errors.Is(err, context.Canceled) || time.Since(start) > 30*time.Second {
		t.Errorf("ended with %v after %v", err, time.Since(start))
	}
}

func TestLostLeaseIsReported(t *testing.T) {
	s, filter := frontier(t, 1, 2)
	lost := 0
	loop := schedule.Loop{Frontier: s, Workers: 1, Lost: func(schedule.Task) { lost++ }}
	err := loop.Run(context.Background(), filter, func(ctx context.Context, task schedule.Task) (schedule.Outcome, error) {
		if lost == 0 && strings.HasSuffix(task.URL, "/1") { // somebody else returns the host
			if err := s.Release(ctx, task); err != nil {
				t.Error(err)
			}
		}
		return done(task), nil
	})
	if err != nil || lost != 1 {
		t.Errorf("ended with %v, %d leases lost", err, lost)
	}
}

func BenchmarkLoop(b *testing.B) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(b.TempDir(), "state.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var seeds []schedule.Link
	for i := range b.N {
		host := fmt.Sprintf("h%d.example", i%100)
		seeds = append(seeds, schedule.Link{URL: fmt.Sprintf("http://%s/%d", host, i), Host: host, Source: "bench", Kind: schedule.Article})
	}
	run, err := s.BeginRun(ctx, store.RunSpec{Source: "bench", Seeds: seeds}, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	loop := schedule.Loop{Frontier: s, Workers: 8}
	if err := loop.Run(ctx, schedule.Filter{Runs: []schedule.Run{run}}, func(_ context.Context, task schedule.Task) (schedule.Outcome, error) {
		return done(task), nil
	}); err != nil {
		b.Fatal(err)
	}
}
