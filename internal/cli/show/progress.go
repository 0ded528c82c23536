package show

import (
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// How often progress is shown: a line on a terminal is renewed, elsewhere lines
// are added.
const (
	renewed = 100 * time.Millisecond
	added   = 5 * time.Second
)

// Progress shows how far work is: a line that is renewed on a terminal, and one
// every five seconds elsewhere. It is safe for concurrent use.
type Progress struct {
	mu      sync.Mutex
	screen  *Screen      // nil shows nothing
	log     *slog.Logger // for lines that are added; nil writes them to screen
	renews  bool         // the screen is a terminal
	what    string
	total   int64 // units of work; negative when that is not known
	started time.Time
	shown   time.Time
}

// NewProgress begins to show work of so many units, -1 when that is not known. A
// nil screen shows nothing. Where the screen is not a terminal and log is not nil,
// log is used.
func NewProgress(screen *Screen, log *slog.Logger, total int64, what string) *Progress {
	now := time.Now()
	p := &Progress{screen: screen, log: log, total: total, what: what, started: now, shown: now}
	p.renews = screen != nil && IsTerminal(screen)
	return p
}

// Set shows that n units are done; note is what is being worked on.
func (p *Progress) Set(n int64, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	interval := added
	if p.renews {
		interval = renewed
	}
	if p.screen == nil || time.Since(p.shown) < interval {
		return
	}
	p.shown = time.Now()
	took := p.shown.Sub(p.started)
	if p.log != nil && !p.renews {
		p.log.Info("progress", "what", p.what, "done", n, "of", max(0, p.total), "note", note, "seconds", int(took.Seconds()))
		return
	}
	of := ""
	if p.total > 0 {
		of = fmt.Sprintf(" of %d", p.total)
	}
	line := fmt.Sprintf("%s: %d%s, %s, %s", p.what, n, of, took.Round(time.Second), Line(note))
	if p.renews {
		p.screen.show(line)
		return
	}
	fmt.Fprintln(p.screen, line)
}

// Done takes the line away.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.renews {
		p.screen.show("")
	}
}
