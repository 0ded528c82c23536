package endtoend

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"winnow/internal/store"
	"winnow/internal/testweb"
)

// fromEnv is a number that the environment may set: .ci/kills does.
func fromEnv(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestKilledAtRandomMomentsNothingIsLost kills winnow, as kill -9 does, while it
// refreshes on two days, and while it takes the pages of an archive in. What is
// left when it was let come to its end is what an undisturbed one leaves, and no
// page was asked for twice a day but the one that each host was at when its
// worker was killed.
func TestKilledAtRandomMomentsNothingIsLost(t *testing.T) {
	want := undisturbed(t)
	total, seed := fromEnv(t, "WINNOW_KILLS", 20), fromEnv(t, "WINNOW_KILLS_SEED", 1)
	k := killer{random: rand.New(rand.NewPCG(seed, 2)), total: int(total)}
	for round := 1; k.kills < k.total; round++ {
		before := k.kills
		s := newSlowSite(t, 8, "", 10*time.Millisecond)
		for day := 1; day <= 2; day++ {
			s.web.SetDay(day)
			k.untilDone(t, s, "refresh")
		}
		same(t, "killed", want, s)
		nothingElse(t, s)
		if k.kills < k.total {
			fresh := newSite(t, 4, "")
			k.untilDone(t, fresh, "backfill", archiveOf(want))
			same(t, "killed as it took the archive in", want, fresh)
			nothingElse(t, fresh)
		}
		t.Logf("round %d: %d kills", round, k.kills-before)
		if k.kills == before {
			t.Fatal("the work is too quick to be killed: this test tells nothing")
		}
	}
	t.Logf("killed %d times, %d of them in processes that had asked for nothing: as they started, took in, or settled", k.kills, k.quiet)
}

// killer kills processes.
type killer struct {
	random       *rand.Rand
	total, kills int
	quiet        int // kills of processes that had asked for nothing
}

// maxLives is how often one command is killed before it is let come to its end.
const maxLives = 25

// untilDone runs a command and kills it at random moments, again and again,
// until it has come to its end by itself.
func (k *killer) untilDone(t *testing.T, s *site, args ...string) {
	t.Helper()
	var lives [][]testweb.Request // what each process asked for
	begun := time.Now()
	for {
		before := len(s.web.Requests())
		c := s.command(args...)
		var stderr strings.Builder
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		killed := len(lives) < maxLives && k.kills < k.total && k.after(s, before, c, ended)
		err := <-ended
		asked := s.web.Requests()[before:]
		lives = append(lives, asked)
		status, ok := c.ProcessState.Sys().(syscall.WaitStatus)
		switch {
		case err == nil:
			askedOnce(t, lives)
			return
		case !killed || !ok || !status.Signaled():
			t.Fatalf("winnow ended by itself with %v:\n%s", err, stderr.String())
		}
		k.kills++
		if len(asked) == 0 {
			k.quiet++
		}
		if args[0] == "refresh" && s.over(t, begun) {
			askedOnce(t, lives)
			return
		}
	}
}

// over reports whether the pass over all sources that began at the time, or later,
// has ended: the process was killed between that and its own end.
func (s *site) over(t *testing.T, begun time.Time) bool {
	t.Helper()
	ctx := context.Background()
	state, err := store.Open(ctx, filepath.Join(s.dir, "state", "winnow.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	sources, err := state.Report.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for _, source := range sources {
		if run := source.LastRun; !run.Ended.IsZero() && run.Started.After(begun) {
			ended++
		}
	}
	return ended == len(s.web.Sites())
}

// after kills a process after so many further requests, and a moment; or, so
// that what follows the last request is met too, after a while. It reports whether
// it has, and leaves the process's end in ended.
func (k *killer) after(s *site, before int, c *exec.Cmd, ended chan error) bool {
	requests := 1 + k.random.IntN(10)
	moment := time.Duration(k.random.IntN(40)) * time.Millisecond
	deadline := time.Now().Add(time.Minute)
	if k.random.IntN(2) == 0 {
		requests, deadline = math.MaxInt, time.Now().Add(time.Duration(20+k.random.IntN(1000))*time.Millisecond)
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		select {
		case err := <-ended:
			ended <- err
			return false
		case <-tick.C:
		}
		if len(s.web.Requests())-before >= requests {
			time.Sleep(moment)
			break
		}
	}
	return c.Process.Kill() == nil
}

// askedOnce checks that what a process was given a second time was the last
// thing that an earlier one had asked of that site: a worker at a time is on a
// site, and what it had finished before is not done again.
func askedOnce(t *testing.T, lives [][]testweb.Request) {
	t.Helper()
	type page struct{ site, path string }
	inFlight := map[page]bool{}
	seen := map[page]bool{}
	for _, asked := range lives {
		last := map[string]page{}
		for _, r := range asked {
			p := page{r.Site, r.Path}
			if r.Status != http.StatusOK { // 503 is asked again, 304 costs little
				last[r.Site] = p
				continue
			}
			if seen[p] && !inFlight[p] && r.Path != "/robots.txt" {
				t.Errorf("%s%s was asked for again, and was not in flight when winnow was killed", r.Site, r.Path)
			}
			seen[p] = true
			delete(inFlight, p)
			last[r.Site] = p
		}
		for _, p := range last {
			inFlight[p] = true
		}
	}
}

// nothingElse checks that the folder of text holds text files only.
func nothingElse(t *testing.T, s *site) {
	t.Helper()
	for path := range s.texts(t) {
		if filepath.Ext(path) != ".txt" {
			t.Errorf("%s was left behind", path)
		}
	}
}

// TestNoRoomStopsTheRunAndNothingIsLost limits the size of files, so that the
// archive, the state and the corpus meet their limits at some place, and takes
// the limit away step by step: each run either comes to its end or says what is
// wrong, and in the end nothing is missing.
func TestNoRoomStopsTheRunAndNothingIsLost(t *testing.T) {
	want := undisturbed(t)
	s := newSite(t, 4, "")
	stopped := 0
	for day := 1; day <= 2; day++ {
		s.web.SetDay(day)
		var lives [][]testweb.Request
		for _, kib := range []int{64, 160, 256, 400, 700} {
			c := s.command("refresh")
			c.Args = slices.Concat([]string{"sh", "-c", "ulimit -f " + strconv.Itoa(2*kib) + ` && exec "$0" "$@"`, c.Path}, c.Args[1:]) // in units of 512 bytes
			c.Path = "/bin/sh"
			var stderr strings.Builder
			c.Stderr = &stderr
			before := len(s.web.Requests())
			err := c.Run()
			lives = append(lives, s.web.Requests()[before:])
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if err != nil {
				stopped++
			}
			if err != nil && (exit.ExitCode() != 1 || !strings.Contains(stderr.String(), "winnow: ") || strings.Contains(stderr.String(), "goroutine")) {
				t.Errorf("with files of %d KiB at most: %v\n%s", kib, err, stderr.String())
			}
		}
		before := len(s.web.Requests())
		s.run(t, "refresh")
		askedOnce(t, append(lives, s.web.Requests()[before:]))
	}
	if stopped < 3 {
		t.Errorf("only %d runs met a limit", stopped)
	}
	same(t, "without room", want, s)
}
