package crawler

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Error is the error of a fetch.
type Error struct {
	Reason     string        // short, for people: "body too large"
	Temporary  bool          // a later try may succeed
	TLS        bool          // there was no valid TLS connection: not before the site has been mended
	Status     int           // HTTP status; 0 when there was no answer
	RetryAfter time.Duration // that the server asked for, 0 to MaxRetryAfter
	Err        error         // the cause; may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Causes that an [Error] may wrap.
var (
	ErrTooLarge  = errors.New("body over the limit")
	ErrForbidden = errors.New("address, port or scheme not allowed")
	ErrNotHTML   = errors.New("not HTML")
	ErrEncoding  = errors.New("content encoding that cannot be undone")
)

// MaxRetryAfter is the longest Retry-After that is accepted.
const MaxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After header (RFC 9110, section 10.2.3): seconds or
// an HTTP date. It returns 0 for none, for what cannot be read, and for a moment
// that has passed, and at most MaxRetryAfter.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 64 {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(MaxRetryAfter/time.Second) {
			return MaxRetryAfter // also for more digits than an int64 holds
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), MaxRetryAfter)
}

// statusError returns the Error for an answer whose status carries no page.
func statusError(status int, wait time.Duration) *Error {
	e := &Error{Status: status, RetryAfter: wait, Reason: "status " + strconv.Itoa(status)}
	if text := http.StatusText(status); text != "" {
		e.Reason += " " + text
	}
	switch {
	case status >= 500 && status < 600,
		status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status == http.StatusTooEarly, status == http.StatusPartialContent:
		e.Temporary = true
	}
	return e
}

// failure returns the Error for what went wrong below HTTP. parent is the
// caller's context and own the exchange's, which ends after the given time, so
// that the end of either is distinguished from the deadlines of connecting and
// of the headers.
func failure(parent, own context.Context, within time.Duration, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	if cause := parent.Err(); cause != nil {
		return &Error{Reason: "given up by the caller", Temporary: true, Err: cause}
	}
	if e := refusal(err); e != nil {
		return e
	}
	if reason := tlsReason(err); reason != "" {
		return &Error{Reason: reason, TLS: true, Err: err}
	}
	e := &Error{Temporary: true, Err: err}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case own.Err() != nil:
		e.Reason = fmt.Sprintf("not complete within %v", within)
	case errors.As(err, &dns):
		e.Reason = "host not found"
		if dns.IsTimeout {
			e.Reason = "no answer from DNS"
		}
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		e.Reason = "no connection in time"
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		e.Reason = "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Reason = "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Reason = "connection reset"
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Reason = "body shorter than announced"
	case errors.Is(err, io.EOF):
		e.Reason = "connection closed without an answer"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, zstd.ErrCRCMismatch):
		e.Reason = "damaged body"
	default:
		e.Reason = "no proper answer"
	}
	return e
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// refusal returns the Error for what a check or a limit of ours refused, nil for
// any other err.
func refusal(err error) *Error {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return &Error{Reason: "forbidden address", Err: fmt.Errorf("%w: %w", ErrForbidden, err)}
	case errors.Is(err, ErrTooLarge):
		return &Error{Reason: "body too large", Err: err}
	case errors.Is(err, ErrEncoding):
		return &Error{Reason: "unknown content encoding", Err: err}
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return &Error{Reason: "zstd window over 8 MiB", Err: fmt.Errorf("%w: %w", ErrTooLarge, err)}
	}
	// net/http has no error values for these two, only texts (transport.go and
	// internal/http2 of Go 1.26).
	text := err.Error()
	if strings.Contains(text, "response headers exceeded") || strings.Contains(text, "response header list larger") {
		return &Error{Reason: fmt.Sprintf("headers larger than %d KiB", maxHeader>>10), Err: err}
	}
	return nil
}

// tlsReason returns the reason for a TLS failure that another try would not
// change, "" for any other err.
func tlsReason(err error) string {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate expired or not yet valid"
	case errors.As(err, &unknown):
		return "certificate of an unknown authority"
	case errors.As(err, &name):
		return "certificate of another host"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return "certificate not valid"
	case errors.As(err, &record), strings.Contains(err.Error(), "gave HTTP response to HTTPS client"):
		return "no TLS at this port"
	case errors.As(err, &op) && op.Op == "remote error": // an alert of the server, see crypto/tls
		return "TLS refused"
	}
	return ""
}
