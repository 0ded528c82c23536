package crawler

import (
	"bytes"
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strings"

	"winnow/crawler/internal/feedscan"
)

// mediaType returns the declared type without parameters, in lower case.
func mediaType(contentType string) string {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return t
	}
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// CheckPage checks by the rules of [Crawler.Fetch] that a body with that
// Content-Type is an HTML page, for pages from an archive. It returns the body,
// decompressed to at most limit bytes if it is gzip that no header declares. The
// error is an *Error.
func CheckPage(body []byte, contentType string, limit int64) ([]byte, error) {
	if err := checkDeclared(contentType); err != nil {
		return nil, err
	}
	page, err := checkHTML(body, contentType, limit)
	if err == nil {
		return page, nil
	}
	var known *Error
	if !errors.As(err, &known) {
		if known = refusal(err); known == nil {
			known = &Error{Reason: "damaged body", Err: err}
		}
	}
	return nil, known
}

// checkDeclared refuses content types that no HTML page is sent with.
func checkDeclared(contentType string) error {
	switch t := mediaType(contentType); t {
	case "", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml",
		"application/octet-stream", "text/*", "*/*", "text", "html":
		return nil
	default:
		return &Error{Reason: "not HTML: " + clip(t, 80), Err: ErrNotHTML}
	}
}

// sniffed is how many bytes of a body are inspected. The first tag of any page is
// in 1 KiB, which is as far as browsers look for a charset.
const sniffed = 1 << 10

// checkHTML checks by its first bytes that a body is HTML. It returns the body,
// decompressed if it is gzip that no header declares.
func checkHTML(body []byte, contentType string, limit int64) ([]byte, error) {
	if isGzip(body) {
		var err error
		if body, err = unpack(body, limit); err != nil {
			return nil, err
		}
	}
	start := body[:min(len(body), sniffed)]
	if hasMarkup(start) {
		return body, nil
	}
	if err := checkBytes(start); err != nil {
		return nil, err
	}
	declared := mediaType(contentType)
	html := declared == "text/html" || declared == "application/xhtml+xml"
	found := mediaType(http.DetectContentType(start))
	switch {
	case len(body) == 0, found == "text/html":
		return body, nil
	case !html:
		return nil, &Error{Reason: "not HTML: " + cmp.Or(declared, found), Err: ErrNotHTML}
	case feedscan.IsFeedRoot(feedscan.RootName(body)):
		return nil, &Error{Reason: "not HTML: a feed", Err: ErrNotHTML}
	}
	return body, nil
}

// checkBytes refuses a body whose first bytes, at most 1 KiB, are binary. Gzip may
// be a page.
func checkBytes(start []byte) error {
	found := mediaType(http.DetectContentType(start))
	if isGzip(start) || hasMarkup(start) || found != "application/pdf" && (strings.HasPrefix(found, "text/") || !isBinary(start)) {
		return nil
	}
	return &Error{Reason: "not HTML: the body is " + found, Err: ErrNotHTML}
}

// hasMarkup reports whether the start of a body has tags that only HTML has, in
// any encoding that extends ASCII, or in UTF-16.
func hasMarkup(start []byte) bool {
	plain := bytes.ToLower(bytes.ReplaceAll(start, []byte{0}, nil)) // UTF-16
	for _, mark := range []string{"<!doctype html", "<html", "<head>", "<head ", "<body>", "<body "} {
		if bytes.Contains(plain, []byte(mark)) {
			return true
		}
	}
	return false
}

// isBinary reports whether more than one byte in fifty is a control character
// that text does not have. A stray one in a page is common.
func isBinary(start []byte) bool {
	n := 0
	for _, c := range start {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r' && c != 0x1b {
			n++
		}
	}
	return n*50 > len(start)
}

// clip shortens a text for people to about n bytes.
func clip(s string, n int) string {
	for i := range s {
		if i >= n {
			return s[:i] + "…"
		}
	}
	return s
}
