package cli

import (
	"context"
	"io"
)

// checkedWriter keeps the first error of writing, so that a command whose
// output was lost does not end as if all were well.
type checkedWriter struct {
	out io.Writer
	err error
}

func (w *checkedWriter) Write(b []byte) (int, error) {
	n, err := w.out.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// stoppableReader ends a reading that waits for input when ctx is done. What
// the abandoned reading still takes is lost, as the command ends.
type stoppableReader struct {
	ctx  context.Context
	in   io.Reader
	rest []byte
	buf  []byte
}

func (r *stoppableReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.buf == nil {
			r.buf = make([]byte, 64<<10)
		}
		type read struct {
			n   int
			err error
		}
		done := make(chan read, 1)
		go func() {
			n, err := r.in.Read(r.buf)
			done <- read{n, err}
		}()
		select {
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		case got := <-done:
			if got.n == 0 {
				return 0, got.err
			}
			r.rest = r.buf[:got.n]
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
