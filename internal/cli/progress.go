package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// every is how often progress is told where it is not shown on a terminal.
const every = 5 * time.Second

// progress tells how far long work is: a bar on a terminal, a line now and then
// elsewhere, nothing with -q. It is safe for concurrent use.
type progress struct {
	mu      sync.Mutex
	bar     *progressbar.ProgressBar // on a terminal
	out     io.Writer                // elsewhere; nil is silent
	log     *slog.Logger             // in place of out where lines have to be JSON
	what    string
	total   int64
	done    int64
	started time.Time
	told    time.Time
}

// progress begins to tell of work of so many units, -1 when that is not known.
func (e *env) progress(total int64, what string) *progress {
	p := &progress{what: what, total: total, started: time.Now(), told: time.Now()}
	switch f, isFile := e.stderr.(*os.File); {
	case e.quiet:
	case isFile && term.IsTerminal(int(f.Fd())):
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	case strings.EqualFold(e.logFormat, "json"):
		p.log = e.log
	default:
		p.out = e.stderr
	}
	return p
}

// Set says that n units are done; note is what is in hand.
func (p *progress) Set(n int64, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = n
	if p.bar != nil {
		p.bar.Describe(p.what + " " + note)
		_ = p.bar.Set64(n) // an error only says that the terminal is gone
		return
	}
	if p.out == nil && p.log == nil || time.Since(p.told) < every {
		return
	}
	p.told = time.Now()
	if p.log != nil {
		p.log.Info("progress", "what", p.what, "done", n, "of", max(0, p.total), "note", note, "seconds", int(time.Since(p.started).Seconds()))
		return
	}
	of := ""
	if p.total > 0 {
		of = fmt.Sprintf(" of %d", p.total)
	}
	fmt.Fprintf(p.out, "%s: %d%s, %s, %s\n", p.what, n, of, note, time.Since(p.started).Round(time.Second))
}

// Done ends the telling.
func (p *progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
