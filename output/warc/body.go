package warc

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// decodeBody returns the body without the transfer coding and the content codings
// that the header declares, and renames those fields. In many archives the body is
// decoded although the header declares a coding: a body that does not look encoded
// is returned as it is.
func decodeBody(h http.Header, body []byte, maxBody int64) ([]byte, error) {
	if strings.EqualFold(strings.TrimSpace(h.Get("Transfer-Encoding")), "chunked") {
		if plain, err := readAll(httputil.NewChunkedReader(bytes.NewReader(body)), maxBody); err == nil {
			body = plain
		} else if len(plain) > 0 {
			body = plain // it breaks off in a chunk, as the fetch did
		}
		rename(h, "Transfer-Encoding")
	}
	codings := strings.Split(strings.ToLower(strings.Join(h["Content-Encoding"], ",")), ",")
	for i := len(codings) - 1; i >= 0; i-- {
		plain, err := undo(strings.TrimSpace(codings[i]), body, maxBody)
		if err != nil {
			return nil, err
		}
		body = plain
	}
	if len(h["Content-Encoding"]) > 0 {
		rename(h, "Content-Encoding")
		rename(h, "Content-Length")
	}
	return body, nil
}

func rename(h http.Header, name string) {
	if values := h[name]; len(values) > 0 {
		h[renamed+name] = values
		delete(h, name)
	}
}

// undo returns the body without one content coding.
func undo(coding string, body []byte, maxBody int64) ([]byte, error) {
	var r io.Reader
	var err error
	src := bytes.NewReader(body)
	switch coding {
	case "", "identity", "none":
		return body, nil
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			return body, nil
		}
		r, err = gzip.NewReader(src)
	case "zstd":
		if !bytes.HasPrefix(body, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
			return body, nil
		}
		var z *zstd.Decoder
		z, err = zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err == nil {
			defer z.Close()
			r = z
		}
	case "deflate":
		if r, err = zlib.NewReader(src); err != nil { // some servers omit the zlib header
			src.Reset(body)
			r, err = flate.NewReader(src), nil
		}
	case "br":
		r = brotli.NewReader(src)
	default:
		return nil, fmt.Errorf("%w: its Content-Encoding is %.40q", ErrEncoding, coding)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrEncoding, coding, err)
	}
	plain, err := readAll(r, maxBody)
	switch {
	case err == nil:
		return plain, nil
	case (coding == "br" || coding == "deflate") && len(plain) == 0 && looksPlain(body):
		return body, nil // these two have no magic number
	case int64(len(plain)) > maxBody:
		return nil, err
	}
	return nil, fmt.Errorf("%w: %s: %v", ErrEncoding, coding, err)
}

// readAll reads all of r, or fails with ErrTooLarge beyond maxBody bytes. What was
// read is returned with the error.
func readAll(r io.Reader, maxBody int64) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && int64(len(plain)) > maxBody {
		err = fmt.Errorf("%w: its body has more than %d bytes", ErrTooLarge, maxBody)
	}
	return plain, err
}

// looksPlain reports whether the body begins as markup or text does.
func looksPlain(body []byte) bool {
	return len(body) > 0 && !strings.HasPrefix(http.DetectContentType(body), "application/octet-stream")
}
