package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/config"
	"winnow/schedule"
)

func scheduleCommand(e *env) *cobra.Command {
	var takeOver bool
	command := &cobra.Command{
		Use:   "schedule",
		Short: "Stay up and refresh each source on its own schedule",
		Long: `Stays up and refreshes each source at the times of its schedule.

If a pass is still running when the next one is due, that one is skipped. Passes
missed while winnow was down are made up for by one pass at the start. A changed
configuration is read within seconds, or at once on SIGHUP. If it has mistakes, they
are logged and the old one stays in use. SIGTERM and Ctrl-C finish the work in hand.`,
		Example:           "  winnow schedule\n  winnow --log json schedule 2>>winnow.log",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := e.loadWithSources()
			if err != nil {
				return err
			}
			return e.schedule(cmd.Context(), c, takeOver)
		},
	}
	takeOverFlag(command, &takeOver)
	return command
}

// schedule keeps the timetable of a configuration until ctx is done, and from
// one configuration to the next. For takeOver see [corpus.Keeper.Attach]; it is only
// for the first one.
func (e *env) schedule(ctx context.Context, c *config.Config, takeOver bool) error {
	settings, stop := newReload(e)
	defer stop()
	next := c
	for {
		opened, err := e.openConfig(ctx, next)
		if err == nil {
			if err = opened.keeper.Attach(ctx, takeOver); err != nil {
				err = errors.Join(err, opened.close())
			}
		}
		if err != nil && ctx.Err() != nil {
			return nil // stopped before there was anything to finish
		}
		if err != nil && next != c { // such as a state that cannot be reached
			e.log.Error("the changed configuration is not used; the old one stays in use", "error", err)
			next = c
			continue
		}
		if err != nil {
			return err
		}
		c, takeOver = next, false
		if next, err = e.keepTimetable(ctx, opened, settings); err != nil || next == nil {
			return err
		}
		e.log.Info("the configuration has changed; the work in hand continues with the new one")
	}
}

// keepTimetable refreshes the sources at their times until ctx is done, or
// there is another configuration. Then passes are stopped: what is being fetched
// is finished, and the next run continues from there.
func (e *env) keepTimetable(ctx context.Context, o *opened, settings *reload) (next *config.Config, err error) {
	defer func() { err = errors.Join(err, o.close()) }()
	last, err := o.lastRuns(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range o.Sources {
		if s := &o.Sources[i]; s.MaxTime == 0 && o.Options.MaxTime == 0 {
			s.MaxTime = turnTime
		}
	}
	slots := newSlots(o.config.Fetch.Workers)
	table := schedule.Timetable{Log: e.log, Now: o.Now, Do: func(ctx context.Context, source string) {
		if slots.take(ctx, source, e.log) {
			defer slots.giveBack(source)
			e.pass(ctx, o, source)
		}
	}}
	for _, s := range o.config.Sources {
		table.Entries = append(table.Entries, schedule.Entry{Source: s.Name, Line: s.Schedule, Last: last[s.Name]})
	}
	e.log.Info("scheduling", "sources", len(table.Entries))
	ctx, stop := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		defer stop()
		next = settings.next(ctx)
	})
	err = table.Run(ctx)
	stop()
	looking.Wait()
	return next, err
}

// turnTime is the longest pass over one source if neither the source nor
// fetch.max_time has a limit: then it is the turn of those that wait.
const turnTime = time.Hour

// slots are the passes that run at a time. A source has a host or two: so many passes
// at once talk to about as many hosts as fetch.workers says. Those that wait get a slot
// in the order in which they came.
type slots struct {
	free    chan struct{}
	mu      sync.Mutex
	running map[string]bool // by source
}

func newSlots(n int) *slots { return &slots{free: make(chan struct{}, n), running: map[string]bool{}} }

// take waits for a slot, and reports whether there is one before ctx is done.
func (s *slots) take(ctx context.Context, source string, log *slog.Logger) bool {
	select {
	case s.free <- struct{}{}:
	default:
		s.mu.Lock()
		running := slices.Sorted(maps.Keys(s.running))
		s.mu.Unlock()
		log.Warn("a pass waits: others take all of fetch.workers", "source", source, "running", running)
		select {
		case s.free <- struct{}{}:
		case <-ctx.Done():
			return false
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[source] = true
	return true
}

func (s *slots) giveBack(source string) {
	s.mu.Lock()
	delete(s.running, source)
	s.mu.Unlock()
	<-s.free
}

// lastRuns returns when each source last began a run.
func (o *opened) lastRuns(ctx context.Context) (map[string]time.Time, error) {
	stored, err := o.Store.Report.Status(ctx)
	if err != nil {
		return nil, err
	}
	last := map[string]time.Time{}
	for _, s := range stored {
		if !s.Listed && !s.LastRun.Ended.IsZero() { // a run that was stopped is continued at once
			last[s.Source] = s.LastRun.Started
		}
	}
	return last, nil
}

// pass refreshes a source at its time. Errors are logged, and the timetable
// continues.
func (e *env) pass(ctx context.Context, o *opened, source string) {
	summary, err := o.Refresh(ctx, []string{source}, false)
	switch {
	case err != nil && ctx.Err() != nil:
		e.log.Info("stopped; the next run continues from here", "source", source)
	case err != nil:
		e.log.Error("the pass failed", "source", source, "error", err)
	default:
		one := summary.Sources[0]
		if one.Broken {
			e.log.Error("the source failed as a whole", "source", source, "error", one.Trouble)
		}
		if one.Barren != "" {
			e.log.Warn("the source gives no stories", "source", source, "reason", one.Barren)
		}
		e.log.Info("pass", "source", source, "pages", one.Pages, "unchanged", one.Same, "stories", one.Stories, "set_aside", one.Rejected, "failed", one.Failed, "left", one.Left.All(), "why_left", one.Left.String(), "dropped", summary.Settled.Dropped, "written", summary.Settled.Wrote)
	}
}

// lookEvery is how often winnow schedule looks whether its configuration has
// changed. It is read when it is found the same twice, so that it is not read
// while it is being written.
const lookEvery = 2 * time.Second

// reload watches the configuration file of a command that stays up.
type reload struct {
	*env
	hangup    chan os.Signal
	read, saw fileState // when it was last read, and last looked at
}

type fileState struct {
	size int64
	at   time.Time
}

func stateOf(path string) fileState {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{} // it is being replaced, perhaps
	}
	return fileState{info.Size(), info.ModTime()}
}

// newReload begins to look. stop must be called.
func newReload(e *env) (r *reload, stop func()) {
	r = &reload{env: e, hangup: make(chan os.Signal, 1)}
	r.read = stateOf(e.configPath)
	r.saw = r.read
	signal.Notify(r.hangup, syscall.SIGHUP)
	return r, func() { signal.Stop(r.hangup) }
}

// next waits for a new configuration without mistakes: the file has changed, or
// SIGHUP asks for it to be read. It returns nil when ctx is done. Mistakes are
// logged, and the configuration before stays in use.
func (r *reload) next(ctx context.Context) *config.Config {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.hangup:
			r.saw = stateOf(r.configPath)
		case <-ticker.C:
			before := r.saw
			if r.saw = stateOf(r.configPath); r.saw == r.read || r.saw != before || r.saw == (fileState{}) {
				continue
			}
		}
		r.read = r.saw
		c, err := r.loadWithSources()
		if err == nil {
			return c
		}
		r.log.Error("the changed configuration is not used; the old one stays in use", "error", err)
	}
}
