package cli

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestSlots: passes that wait for a slot get it in the order in which they came, and
// the log says for which they wait.
func TestSlots(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	logger := slog.New(slog.NewTextHandler(writer(func(b []byte) {
		mu.Lock()
		defer mu.Unlock()
		log.Write(b)
	}), nil))
	waits := func() int {
		mu.Lock()
		defer mu.Unlock()
		return strings.Count(log.String(), "\n")
	}
	s := newSlots(1)
	if !s.take(t.Context(), "large", logger) {
		t.Fatal("no slot at all")
	}
	turns := make(chan string)
	for i, source := range []string{"first", "second"} {
		go func() {
			if s.take(t.Context(), source, logger) {
				turns <- source
				s.giveBack(source)
			}
		}()
		for waits() <= i {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // from the line of the log to the channel
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if s.take(ctx, "stopped", logger) {
		t.Error("a pass began after the stop")
	}
	s.giveBack("large")
	if a, b := <-turns, <-turns; a != "first" || b != "second" {
		t.Errorf("%s came before %s", a, b)
	}
	if !strings.Contains(log.String(), "source=first running=[large]") {
		t.Errorf("logged: %s", log.String())
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}
