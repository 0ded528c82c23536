package crawler

import (
	"bytes"
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strings"
)

// mediaType is the declared type without parameters, in lower case.
func mediaType(contentType string) string {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return t
	}
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// CheckPage says whether a body that was declared as contentType is an HTML
// page, by the rules of Fetch: for pages that come from an archive. It gives the
// body, unpacked to at most limit bytes when it is gzip that no header told of.
// The error is an *Error.
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

// checkDeclared refuses what is declared to be something that no HTML page is
// ever sent as.
func checkDeclared(contentType string) error {
	switch t := mediaType(contentType); t {
	case "", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml",
		"application/octet-stream", "text/*", "*/*", "text", "html":
		return nil
	default:
		return &Error{Reason: "not HTML: " + clip(t, 80), Err: ErrNotHTML}
	}
}

// sniffed is how much of a body is looked at: 1 KiB, as far as a browser looks
// for a charset, is where the first tag of any page is.
const sniffed = 1 << 10

// checkHTML looks at the first bytes of what may be HTML by its declared type.
// It gives the body back, unpacked when it is gzip that no header told of.
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
	case isFeedRoot(rootName(body)):
		return nil, &Error{Reason: "not HTML: a feed", Err: ErrNotHTML}
	}
	return body, nil
}

// checkBytes refuses a body that is binary by its first KiB. One that is gzip may
// be a page.
func checkBytes(start []byte) error {
	found := mediaType(http.DetectContentType(start))
	if isGzip(start) || hasMarkup(start) || found != "application/pdf" && (strings.HasPrefix(found, "text/") || !isBinary(start)) {
		return nil
	}
	return &Error{Reason: "not HTML: the body is " + found, Err: ErrNotHTML}
}

// hasMarkup says whether the start of a body has what only HTML has, in any
// encoding that ASCII can be seen through.
func hasMarkup(start []byte) bool {
	plain := bytes.ToLower(bytes.ReplaceAll(start, []byte{0}, nil)) // UTF-16
	for _, mark := range []string{"<!doctype html", "<html", "<head>", "<head ", "<body>", "<body "} {
		if bytes.Contains(plain, []byte(mark)) {
			return true
		}
	}
	return false
}

// isBinary says whether more than one byte in fifty is a control character
// that no text holds. A stray one in a page of text is common.
func isBinary(start []byte) bool {
	n := 0
	for _, c := range start {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r' && c != 0x1b {
			n++
		}
	}
	return n*50 > len(start)
}

// clip shortens a text for people.
func clip(s string, n int) string {
	for i := range s {
		if i >= n {
			return s[:i] + "…"
		}
	}
	return s
}
