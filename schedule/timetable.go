package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// ParseLine reads a cron line: five fields, "@hourly" and its like, "@every
// 30m", each with an optional "CRON_TZ=Europe/Paris " before it. Lines that
// never come true are refused.
func ParseLine(line string) (cron.Schedule, error) {
	fields := strings.Fields(line)
	if len(fields) > 0 && (strings.HasPrefix(fields[0], "TZ=") || strings.HasPrefix(fields[0], "CRON_TZ=")) && len(fields) == 1 {
		return nil, fmt.Errorf("%q names a time zone and no time", line) // cron v3.0.1 panics on it
	}
	s, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("%q is no cron line: %w", line, err)
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: no such date exists", line)
	}
	return s, nil
}

// Entry is one source's line in a timetable.
type Entry struct {
	Source string
	Line   string
	Last   time.Time // when its last run began; zero never
}

// Timetable runs sources at their times.
type Timetable struct {
	Entries []Entry
	Do      func(ctx context.Context, source string) // one pass over a source; called from several goroutines
	Log     *slog.Logger
	Now     func() time.Time // nil means time.Now
}

// Missed names the sources whose last run lies before the time at which they
// should have run: each is caught up once, however many times went by. A
// source that never ran is due.
func (t *Timetable) Missed(now time.Time) ([]string, error) {
	var due []string
	for _, e := range t.Entries {
		s, err := ParseLine(e.Line)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", e.Source, err)
		}
		if e.Last.IsZero() || !s.Next(e.Last).After(now) {
			due = append(due, e.Source)
		}
	}
	return due, nil
}

// Run keeps the timetable until ctx is done, then waits for the passes in
// hand. Passes of one source never overlap: the later one is skipped and said
// so.
func (t *Timetable) Run(ctx context.Context) error {
	if t.Now == nil {
		t.Now = time.Now
	}
	missed, err := t.Missed(t.Now())
	if err != nil {
		return err
	}
	logger := cronLog{t.Log}
	c := cron.New(cron.WithLogger(logger))
	jobs := map[string]cron.Job{}
	for _, e := range t.Entries {
		s, _ := ParseLine(e.Line) // Missed has read every line
		jobs[e.Source] = cron.NewChain(cron.Recover(logger), cron.SkipIfStillRunning(logger)).Then(cron.FuncJob(func() {
			if ctx.Err() == nil {
				t.Do(ctx, e.Source)
			}
		}))
		c.Schedule(s, jobs[e.Source])
	}
	var caughtUp sync.WaitGroup
	for _, source := range missed {
		caughtUp.Go(jobs[source].Run)
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	caughtUp.Wait()
	return nil
}

// cronLog passes on what the cron library says of skipped and panicked jobs.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, keysAndValues ...any) {
	if msg == "skip" {
		l.log.Warn("a pass is still running: this one is skipped", keysAndValues...)
		return
	}
	l.log.Debug(msg, keysAndValues...)
}

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error(msg, append([]any{"error", err}, keysAndValues...)...)
}
