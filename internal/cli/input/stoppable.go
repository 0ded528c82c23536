package input

import (
	"context"
	"io"
)

// Stoppable returns a reader that stops waiting for input when ctx is done. What
// the abandoned reading still takes is lost.
func Stoppable(ctx context.Context, in io.Reader) io.Reader {
	return &stoppable{ctx: ctx, in: in}
}

type stoppable struct {
	ctx  context.Context
	in   io.Reader
	rest []byte
	buf  []byte
}

func (r *stoppable) Read(b []byte) (int, error) {
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
