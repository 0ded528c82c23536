package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"winnow/internal/config"
)

// lookEvery is how often winnow schedule looks whether its configuration has
// been written anew. It is read when it is found the same twice, so that it is
// not read while it is being written.
const lookEvery = 2 * time.Second

// reload looks after the configuration file of a command that stays up.
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

// next waits for a configuration that is new and right, be it that the file has
// changed or that SIGHUP asks for it to be read; nil when ctx is done. One that
// is wrong is told, and the one before stays.
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
		r.log.Error("the configuration was not taken; the one before stays", "error", err)
	}
}
