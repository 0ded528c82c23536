package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Entry is a source in a [Timetable].
type Entry struct {
	Source string
	Line   string    // see ParseLine
	Last   time.Time // when its last run began; zero never
}

// Timetable runs sources at their times.
type Timetable struct {
	Entries []Entry
	Do      func(ctx context.Context, source string) // one pass over a source; called from several goroutines
	Log     *slog.Logger
	Now     func() time.Time // nil means time.Now
	Zone    *time.Location   // of lines that name none; nil means time.Local
}

// setBack is how far a clock may be set back without a second run.
const setBack = 2 * day

// Missed returns the sources that were due between their last run and now. Each
// is caught up once, however many runs were missed. A source that never ran is
// due, and so is one whose last run is more than setBack ahead: the clock was wrong.
func (t *Timetable) Missed(now time.Time) ([]string, error) {
	var due []string
	for _, e := range t.Entries {
		s, err := ParseLine(e.Line, t.Zone)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", e.Source, err)
		}
		if e.Last.IsZero() || e.Last.Sub(now) > setBack || !s.Next(e.Last).After(now) {
			due = append(due, e.Source)
		}
	}
	return due, nil
}

// Run starts each source at its times until ctx is done, then waits for the
// passes that are still running. Passes of one source never overlap: the later
// one is skipped, and that is logged. The error is that of a line that
// [ParseLine] refuses.
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
		s, _ := ParseLine(e.Line, t.Zone) // Missed has read every line
		jobs[e.Source] = cron.NewChain(cron.Recover(logger), cron.SkipIfStillRunning(cronLog{t.Log.With("source", e.Source)})).Then(cron.FuncJob(func() {
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

// cronLog is a [cron.Logger] that logs skipped and panicked passes.
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
