package endtoend

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"winnow/internal/pgtest"
)

// stopping is a winnow process that is to be stopped by a signal.
type stopping struct {
	*exec.Cmd
	stderr strings.Builder
	ended  chan error
}

func (s *site) startStopping(t *testing.T, args ...string) *stopping {
	t.Helper()
	p := &stopping{Cmd: s.command(args...), ended: make(chan error, 1)}
	p.Stderr = &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	t.Cleanup(func() { p.Process.Kill() }) // it has ended, unless the test failed
	return p
}

// until waits until a condition holds, or the process has ended.
func (p *stopping) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		select {
		case err := <-p.ended:
			p.ended <- err
			return
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func (p *stopping) signal(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// stopped waits for the end and checks that it is that of every stop by a signal.
// With early it must not be that of a process that has finished.
func (p *stopping) stopped(t *testing.T, early bool) {
	t.Helper()
	var err error
	select {
	case err = <-p.ended:
	case <-time.After(time.Minute):
		t.Fatal("a minute after the signal it still runs")
	}
	if err == nil && !early {
		return
	}
	said := p.stderr.String()
	if p.ProcessState.ExitCode() != 1 || !strings.HasPrefix(said, "winnow: stopped: ") || !strings.Contains(said, "the next run continues from here") {
		t.Fatalf("stopped by a signal: %v\n%s", err, said)
	}
}

func TestStopBySignalFinishesAndGoesOn(t *testing.T) {
	want := undisturbed(t)
	s := newSite(t, 4, "")
	for day := 1; day <= 2; day++ {
		s.web.SetDay(day)
		before := len(s.web.Requests())
		p := s.startStopping(t, "refresh")
		p.until(t, "requests", func() bool { return len(s.web.Requests()) >= before+15 })
		p.signal(t)
		p.stopped(t, true)
		s.run(t, "refresh")
	}
	same(t, "stopped", want, s)
	once(t, s)
}

// TestStopBySignalAtStart stops winnow before its first request: while it reads
// the configuration, and while it makes the tables, which another process holds up.
func TestStopBySignalAtStart(t *testing.T) {
	want := undisturbed(t)
	states := map[string]string{"sqlite": ""}
	if pgtest.LeftOut() == "" {
		states["postgres"] = postgres(t).URL("early")
	}
	for engine, state := range states {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, 4, state)
			stopReadingConfig(t, s, 0)
			stopSchedule(t, s)
			if state == "" {
				stopMigratingSQLite(t, s)
			} else {
				stopMigratingPostgres(t, s, state)
			}
			for i := range 12 { // anywhere from reading the configuration to the first requests
				stopReadingConfig(t, s, time.Duration(i)*4*time.Millisecond)
			}
			for day := 1; day <= 2; day++ {
				s.web.SetDay(day)
				s.run(t, "refresh")
			}
			same(t, "stopped at the start", want, s)
			once(t, s)
		})
	}
}

// stopReadingConfig sends the signal while winnow reads its configuration from a
// pipe, or so long after it has read it.
func stopReadingConfig(t *testing.T, s *site, after time.Duration) {
	t.Helper()
	p, config := s.startOnPipe(t, "refresh")
	if after == 0 {
		p.signal(t)
	}
	config()
	if after > 0 {
		time.Sleep(after)
		p.signal(t)
	}
	p.stopped(t, after == 0)
}

// stopSchedule does the same to winnow schedule, which ends well.
func stopSchedule(t *testing.T, s *site) {
	t.Helper()
	p, config := s.startOnPipe(t, "schedule")
	p.signal(t)
	config()
	if err := <-p.ended; err != nil {
		t.Fatalf("schedule: %v\n%s", err, p.stderr.String())
	}
}

// startOnPipe starts winnow with a pipe as its configuration and returns when it
// reads from it. config writes the configuration.
func (s *site) startOnPipe(t *testing.T, args ...string) (p *stopping, config func()) {
	t.Helper()
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "config.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	p = s.startStopping(t, append([]string{"-c", pipe}, args...)...)
	writing, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the other end is open
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writing.Close() })
	return p, func() {
		if _, err := writing.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := writing.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// stopMigratingSQLite sends the signal while another process writes to the state.
func stopMigratingSQLite(t *testing.T, s *site) {
	t.Helper()
	path := filepath.Join(s.dir, "state", "winnow.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Rollback()
	p := s.startStopping(t, "refresh")
	p.until(t, "the state is open", func() bool {
		open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.Process.Pid))
		for _, fd := range open {
			if name, _ := os.Readlink(fd); strings.HasSuffix(name, "winnow.db-wal") {
				return true
			}
		}
		return false
	})
	p.signal(t)
	p.stopped(t, true)
}

// stopMigratingPostgres sends the signal while another transaction makes a table
// that winnow wants to make.
func stopMigratingPostgres(t *testing.T, s *site, state string) {
	t.Helper()
	other, err := pgx.Connect(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(t.Context())
	look, err := pgx.Connect(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close(t.Context())
	for _, statement := range []string{"CREATE SCHEMA IF NOT EXISTS early", "BEGIN", "CREATE TABLE goose_db_version (id int)"} {
		if _, err := other.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	p := s.startStopping(t, "refresh")
	p.until(t, "it waits for the table", func() (waits bool) {
		if err := look.QueryRow(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = 'winnow' AND wait_event_type = 'Lock')").Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return waits
	})
	p.signal(t)
	p.stopped(t, true)
}
