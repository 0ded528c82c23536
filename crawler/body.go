package crawler

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxEncodings is how many content encodings a body may have. Servers send one;
// more is a mistake or a bomb.
const maxEncodings = 3

// zstdWindow is the largest window of a zstd content encoding, in bytes: RFC
// 9659, section 3.
const zstdWindow = 8 << 20

// openBody returns a reader of a body with its content encodings undone. It
// fails with ErrTooLarge where the bytes of the wire, or those of any layer,
// are more than limit. Calling done frees the decoders.
func openBody(res *http.Response, limit int64) (body io.Reader, done func(), err error) {
	var closers []func()
	done = func() {
		for _, c := range closers {
			c()
		}
	}
	encodings := contentEncodings(res.Header)
	if len(encodings) > maxEncodings {
		return nil, done, fmt.Errorf("%w: %d layers", ErrEncoding, len(encodings))
	}
	body = limited(res.Body, limit)
	for i := len(encodings) - 1; i >= 0; i-- { // the last one was applied last
		layer, closer, err := decoder(encodings[i], body)
		if err != nil {
			return nil, done, err
		}
		if closer != nil {
			closers = append(closers, closer)
		}
		body = limited(layer, limit)
	}
	return body, done, nil
}

// readBody reads a body by openBody. With cut, what is beyond the limit is left
// out and wasCut is true; without it that is ErrTooLarge. Reading stops there
// and then, and so it does when check, which may be nil, returns an error for
// the first KiB.
func readBody(res *http.Response, limit int64, cut bool, check func(start []byte) error) (body []byte, wasCut bool, err error) {
	r, done, err := openBody(res, limit)
	defer done()
	if err != nil {
		return nil, false, err
	}
	if check != nil {
		peeked := bufio.NewReaderSize(r, sniffed)
		start, _ := peeked.Peek(sniffed) // an error comes again when it is read
		if err := check(start); err != nil {
			return nil, false, err
		}
		r = peeked
	}
	size := 4 << 10
	if res.ContentLength > 0 && len(contentEncodings(res.Header)) == 0 {
		size = int(min(res.ContentLength, limit, 1<<20)) + 1 // the header may announce too much
	}
	pieces, err := readPieces(r, size)
	if cut && errors.Is(err, ErrTooLarge) {
		return bytes.Join(pieces, nil), true, nil
	}
	if err != nil && !cut {
		return nil, false, err
	}
	return joined(pieces), false, err
}

// readAll is io.ReadAll with the size of the first buffer.
func readAll(r io.Reader, size int) ([]byte, error) {
	pieces, err := readPieces(r, size)
	if err != nil {
		return nil, err
	}
	return joined(pieces), nil
}

func joined(pieces [][]byte) []byte {
	if len(pieces) == 1 {
		return pieces[0]
	}
	return bytes.Join(pieces, nil)
}

// readPieces reads to the end, or to an error, without copying what was read: a
// body over the limit costs the limit and no more.
func readPieces(r io.Reader, size int) ([][]byte, error) {
	var pieces [][]byte
	total := 0
	piece := make([]byte, 0, max(size, 512))
	for {
		n, err := r.Read(piece[len(piece):cap(piece)])
		piece = piece[:len(piece)+n]
		total += n
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return append(pieces, piece), err
		}
		if len(piece) == cap(piece) {
			pieces = append(pieces, piece)
			piece = make([]byte, 0, min(max(total, 4<<10), 1<<20))
		}
	}
}

// limited returns a reader that fails with ErrTooLarge after limit bytes, where
// io.LimitReader would report the end.
func limited(r io.Reader, limit int64) io.Reader {
	return &limitReader{r: r, left: limit, limit: limit}
}

type limitReader struct {
	r     io.Reader
	left  int64
	limit int64
}

func (l *limitReader) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if int64(n) > l.left {
		n = int(l.left)
		err = fmt.Errorf("%w of %s", ErrTooLarge, sizeText(l.limit))
	}
	l.left -= int64(n)
	return n, err
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.4g KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// contentEncodings returns the encodings in the order in which they were
// applied, without identity.
func contentEncodings(h http.Header) []string {
	var out []string
	for _, value := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" && name != "none" {
				out = append(out, name)
			}
		}
	}
	return out
}

// decoder returns a reader that undoes one encoding, and what frees it, which
// may be nil. A body that is declared to be gzip and is not, and an empty body,
// are read as they are.
func decoder(name string, r io.Reader) (io.Reader, func(), error) {
	in := bufio.NewReader(r)
	first, err := in.Peek(2)
	if len(first) == 0 {
		if errors.Is(err, io.EOF) {
			return in, nil, nil
		}
		return nil, nil, err
	}
	switch name {
	case "gzip", "x-gzip":
		if !isGzip(first) {
			return in, nil, nil
		}
		return newGunzip(in), nil, nil
	case "deflate":
		if len(first) == 2 && first[0]&0x0f == 8 && (uint16(first[0])<<8|uint16(first[1]))%31 == 0 { // RFC 1950, section 2.2
			z, err := zlib.NewReader(in)
			return z, nil, err
		}
		return flate.NewReader(in), nil, nil
	case "br":
		return brotli.NewReader(in), nil, nil
	case "zstd":
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return nil, nil, fmt.Errorf("%w: %q", ErrEncoding, name)
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// gunzip reads gzip members one after the other. As browsers do, it ignores
// anything else behind a member.
type gunzip struct {
	in *bufio.Reader
	z  *gzip.Reader
}

func newGunzip(r io.Reader) *gunzip { return &gunzip{in: bufio.NewReader(r)} }

func (g *gunzip) Read(p []byte) (int, error) {
	for {
		if g.z == nil {
			z, err := gzip.NewReader(g.in)
			if err != nil {
				return 0, unexpectedEOF(err)
			}
			g.z = z
			g.z.Multistream(false)
		}
		n, err := g.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		next, peekErr := g.in.Peek(2)
		if !isGzip(next) {
			if peekErr != nil && peekErr != io.EOF {
				return 0, peekErr
			}
			return 0, io.EOF
		}
		if err := g.z.Reset(g.in); err != nil {
			return 0, unexpectedEOF(err)
		}
		g.z.Multistream(false)
	}
}

func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
