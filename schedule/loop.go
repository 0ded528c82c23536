package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Loop works a frontier off with a fixed number of workers.
type Loop struct {
	Frontier Frontier
	Workers  int                     // 0 means 1
	Now      func() time.Time        // the clock; nil means time.Now
	Grace    time.Duration           // after ctx is done, work in hand may go on for so long; 0 means until it ends by itself
	Lost     func(Task)              // told when a task's lease was lost to another worker; may be nil
	Panicked func(Task, any, []byte) // told of a panic and its stack; may be nil
}

// Run claims and does tasks until none is left, ctx is done, or something
// breaks. Do turns a task into its outcome; an error of do is one that the run
// cannot go on with (a full disk, a broken store): the task is released as it
// was, the other workers end theirs, and Run returns the error. When ctx is
// done no more tasks are claimed, those in hand are finished, and Run returns
// ctx's error.
func (l *Loop) Run(ctx context.Context, f Filter, do func(context.Context, Task) (Outcome, error)) error {
	if l.Now == nil {
		l.Now = time.Now
	}
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
	g := gate{frontier: l.Frontier, filter: f, now: l.Now, freed: make(chan struct{}, 1)}
	var workers sync.WaitGroup
	for range max(1, l.Workers) {
		workers.Go(func() {
			for {
				task, err := g.claim(claiming)
				if err != nil {
					if !errors.Is(err, ErrNoWork) {
						stop(err)
					}
					return
				}
				if err := l.one(working, task, do); err != nil {
					stop(err)
					return
				}
				g.wake()
			}
		})
	}
	workers.Wait()
	return context.Cause(claiming)
}

// one does a task and writes what it came to. A panic in do is a bug of ours or
// of a library on a page nobody foresaw: the page is set aside, the run goes on.
func (l *Loop) one(ctx context.Context, t Task, do func(context.Context, Task) (Outcome, error)) (err error) {
	out, err := l.guarded(ctx, t, do)
	if err != nil {
		if released := l.Frontier.Release(context.WithoutCancel(ctx), t); released != nil && !errors.Is(released, ErrStale) {
			return errors.Join(err, released)
		}
		return err
	}
	err = l.Frontier.Finish(ctx, t, out)
	if errors.Is(err, ErrStale) {
		if l.Lost != nil {
			l.Lost(t)
		}
		return nil
	}
	return err
}

func (l *Loop) guarded(ctx context.Context, t Task, do func(context.Context, Task) (Outcome, error)) (out Outcome, err error) {
	defer func() {
		if what := recover(); what != nil {
			if l.Panicked != nil {
				l.Panicked(t, what, debug.Stack())
			}
			// The host's slot stays where the claim has put it.
			out, err = Outcome{State: SetAside, Reason: fmt.Sprintf("panic: %v", what), At: l.Now()}, nil
		}
	}()
	return do(ctx, t)
}

// gate lets one worker at a time ask for work, so that idle workers cost
// nothing: the one inside waits for the moment the frontier named, or for a
// colleague to finish something.
type gate struct {
	frontier Frontier
	filter   Filter
	now      func() time.Time
	mu       sync.Mutex
	freed    chan struct{}
}

func (g *gate) claim(ctx context.Context) (Task, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		if err := context.Cause(ctx); err != nil {
			return Task{}, err
		}
		task, err := g.frontier.Claim(ctx, g.filter, g.now())
		var busy Busy
		if !errors.As(err, &busy) {
			return task, err
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

func (g *gate) wake() {
	select {
	case g.freed <- struct{}{}:
	default:
	}
}
