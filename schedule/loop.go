package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Loop works a frontier off with a fixed number of workers.
type Loop struct {
	Frontier Frontier
	Workers  int                     // 0 means 1
	Now      func() time.Time        // the clock; nil means time.Now
	Until    time.Time               // no task is claimed from then on; zero means there is no such moment
	Grace    time.Duration           // how long tasks in progress may go on after ctx is done; 0 means until they end
	Lost     func(Task)              // is called with a task whose lease was lost to another worker; may be nil
	Panicked func(Task, any, []byte) // is called with a panic and its stack; may be nil
}

// ErrOutOfTime is the error of Run when it ended because of Until. Tasks may be
// left.
var ErrOutOfTime = errors.New("the time is over")

// Run claims and does tasks until none is left, Until has come, ctx is done, or
// something breaks. Do turns a task into its outcome; an error of do is one that
// the run cannot go on with (a full disk, a broken store): the task is released
// as it was, the other workers end theirs, and Run returns the error. When ctx is
// done no more tasks are claimed, those in progress are finished, and Run returns
// ctx's error.
func (l *Loop) Run(ctx context.Context, f Filter, do func(context.Context, Task) (Outcome, error)) error {
	claiming, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	working, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	if l.Grace > 0 {
		context.AfterFunc(ctx, func() {
			t := time.AfterFunc(l.Grace, abandon)
			context.AfterFunc(working, func() { t.Stop() })
		})
	}
	g := gate{frontier: l.Frontier, filter: f, now: l.now, until: l.Until, stop: stop, freed: make(chan struct{}, 1)}
	var workers sync.WaitGroup
	for range max(1, l.Workers) {
		workers.Go(func() {
			if err := l.worker(claiming, working, &g, do); err != nil {
				stop(err)
			}
		})
	}
	workers.Wait()
	if err := context.Cause(claiming); err != nil {
		return err
	}
	if g.late.Load() {
		return ErrOutOfTime
	}
	return nil
}

// now reads the clock.
func (l *Loop) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}

// worker does tasks until there are none, or claiming ends.
func (l *Loop) worker(claiming, working context.Context, g *gate, do func(context.Context, Task) (Outcome, error)) error {
	var task Task
	for more := false; ; {
		if !more {
			var err error
			if task, err = g.claim(claiming); errors.Is(err, ErrNoWork) || errors.Is(err, ErrOutOfTime) {
				return nil
			} else if err != nil {
				return err
			}
		}
		if claiming.Err() != nil { // which came while it was claimed
			return l.Frontier.Release(context.WithoutCancel(working), task)
		}
		var err error
		if task, more, err = l.one(claiming, working, task, g, do); err != nil {
			return err
		}
	}
}

// one does a task, writes its outcome, and claims the next one where that can be
// done in the same transaction. A panic in do is a bug of ours or of a library on
// a page nobody foresaw: the page is rejected, the run goes on.
func (l *Loop) one(claiming, working context.Context, t Task, g *gate, do func(context.Context, Task) (Outcome, error)) (next Task, more bool, err error) {
	out, err := l.guarded(working, t, do)
	if err != nil {
		g.stop(err) // before another worker claims the host
		if released := l.Frontier.Release(context.WithoutCancel(working), t); released != nil && !errors.Is(released, ErrStale) {
			err = errors.Join(err, released)
		}
		return next, false, err
	}
	if claiming.Err() != nil || g.over() {
		err = l.Frontier.Finish(working, t, out)
	} else {
		next, err = l.Frontier.FinishAndClaim(working, t, out, g.filter, l.now())
		more = err == nil
	}
	var busy Busy
	switch {
	case errors.Is(err, ErrStale):
		if l.Lost != nil {
			l.Lost(t)
		}
	case err != nil && !errors.As(err, &busy) && !errors.Is(err, ErrNoWork):
		return next, false, err
	}
	if !more || next.Host != t.Host || next.Kind != t.Kind || next.Depth != t.Depth {
		g.notify() // there may be work for another worker: on the host that was left, or in a new batch
	}
	return next, more, nil
}

// guarded calls do, and turns a panic into a rejection.
func (l *Loop) guarded(ctx context.Context, t Task, do func(context.Context, Task) (Outcome, error)) (out Outcome, err error) {
	defer func() {
		if what := recover(); what != nil {
			if l.Panicked != nil {
				l.Panicked(t, what, debug.Stack())
			}
			// The next slot of the host stays where the claim has put it.
			out, err = Outcome{State: SetAside, Reason: fmt.Sprintf("panic: %v", what), At: l.now()}, nil
		}
	}()
	return do(ctx, t)
}

// gate lets one worker at a time claim, so that idle workers cost nothing: the
// one inside waits for the moment that the frontier named, or for another worker
// to finish a task.
type gate struct {
	frontier Frontier
	filter   Filter
	now      func() time.Time
	until    time.Time
	stop     context.CancelCauseFunc // ends all claiming
	late     atomic.Bool             // until has come
	mu       sync.Mutex
	freed    chan struct{}
}

// over reports whether no more may be claimed.
func (g *gate) over() bool {
	if g.until.IsZero() || g.now().Before(g.until) {
		return false
	}
	g.late.Store(true)
	return true
}

// claim claims a task, and waits for one while there is none yet.
func (g *gate) claim(ctx context.Context) (Task, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		if err := context.Cause(ctx); err != nil {
			return Task{}, err
		}
		if g.over() {
			return Task{}, ErrOutOfTime
		}
		task, err := g.frontier.Claim(ctx, g.filter, g.now())
		var busy Busy
		if !errors.As(err, &busy) {
			return task, err
		}
		if !g.until.IsZero() && g.until.Before(busy.Until) {
			busy.Until = g.until
		}
		timer := time.NewTimer(max(time.Millisecond, busy.Until.Sub(g.now())))
		select {
		case <-ctx.Done():
		case <-g.freed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// notify has the worker in the gate try again.
func (g *gate) notify() {
	select {
	case g.freed <- struct{}{}:
	default:
	}
}
