package show

import (
	"io"
	"sync"

	"github.com/jedib0t/go-pretty/v6/text"
)

// eraseLine moves a terminal to the start of its line and empties it.
const eraseLine = "\r\x1b[2K"

// Screen is standard error with a line of [Progress] at its end. What is written
// to it, such as a line of the log, comes above that line. It is safe for
// concurrent use.
type Screen struct {
	mu     sync.Mutex
	out    io.Writer
	status string // the line of progress that is shown; "" for none
}

// NewScreen returns a screen on a writer.
func NewScreen(out io.Writer) *Screen { return &Screen{out: out} }

// Unwrap returns the writer of the screen.
func (s *Screen) Unwrap() io.Writer { return s.out }

// Write implements [io.Writer]. Callers write whole lines. What a terminal would obey
// is left out of them, see [Lines]: JSON does not escape all of it.
func (s *Screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := Lines(string(b))
	if s.status == "" {
		if _, err := io.WriteString(s.out, lines); err != nil {
			return 0, err
		}
		return len(b), nil
	}
	_, _ = io.WriteString(s.out, eraseLine) // if the terminal is gone, the next write says so
	_, err := io.WriteString(s.out, lines)
	_, _ = io.WriteString(s.out, s.status)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// show puts a line at the end of the screen, in place of the one before; ""
// takes it away. The line is cut to the width of the terminal.
func (s *Screen) show(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line = Line(line); line == "" && s.status == "" {
		return
	}
	if width, ok := Columns(s.out); ok {
		line = text.Trim(line, width-1)
	}
	s.status = line
	_, _ = io.WriteString(s.out, eraseLine+s.status) // progress is not worth an error
}
