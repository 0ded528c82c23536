package show

import (
	"io"
	"os"

	"golang.org/x/term"
)

// A wrapper is a writer around another one, such as [Screen].
type wrapper interface{ Unwrap() io.Writer }

// File returns the file that a writer writes to, if it is one.
func File(w io.Writer) (*os.File, bool) {
	for {
		switch to := w.(type) {
		case *os.File:
			return to, true
		case wrapper:
			w = to.Unwrap()
		default:
			return nil, false
		}
	}
}

// IsTerminal reports whether a writer writes to a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := File(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Columns returns the width of a terminal; false for anything else.
func Columns(w io.Writer) (int, bool) {
	f, ok := File(w)
	if !ok {
		return 0, false
	}
	n, _, err := term.GetSize(int(f.Fd()))
	return n, err == nil && n > 0
}

// InColor reports whether to mark by colours: on a terminal, unless NO_COLOR
// (https://no-color.org) is set.
func InColor(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Checked keeps the first error of writing, so that a command whose output was
// lost does not end as if all were well.
type Checked struct {
	Out io.Writer
	Err error
}

// Write implements [io.Writer].
func (w *Checked) Write(b []byte) (int, error) {
	n, err := w.Out.Write(b)
	if w.Err == nil {
		w.Err = err
	}
	return n, err
}

// Unwrap returns the writer that is checked.
func (w *Checked) Unwrap() io.Writer { return w.Out }
