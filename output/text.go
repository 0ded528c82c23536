package output

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// TextPath returns the path of a story's text, relative to the corpus, with
// slashes: text/<hostname>/<YYYY>/<MM>/<YYYYMMDD>-<id>.txt, or without a date
// text/<hostname>/undated/<id>.txt. Whatever the record has, the path is local, in
// ASCII, and none of its elements is too long for a file system.
func TextPath(r Record) string {
	host, id := safeHost(r.Hostname), safeID(r.ID)
	if r.Date != nil {
		if day, err := time.Parse(time.DateOnly, *r.Date); err == nil {
			return fmt.Sprintf("text/%s/%s/%s-%s.txt", host, day.Format("2006/01"), day.Format("20060102"), id)
		}
	}
	return fmt.Sprintf("text/%s/undated/%s.txt", host, id)
}

// Text returns the story as a text file: with headline its title and an empty
// line, then the body, and a line feed at the end.
func Text(r Record, headline bool) []byte {
	var b strings.Builder
	b.Grow(len(r.Title) + len(r.Text) + 3)
	if headline && r.Title != "" {
		b.WriteString(r.Title)
		b.WriteByte('\n')
		if r.Text != "" {
			b.WriteByte('\n')
		}
	}
	b.WriteString(strings.TrimRight(r.Text, "\n"))
	if r.Text != "" {
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// PlaceInArchive returns the form in which a record names a place in the archive:
// the file's base name, a colon, the offset in bytes.
func PlaceInArchive(file string, offset int64) string {
	return fmt.Sprintf("%s:%d", file, offset)
}

// maxHost is the longest host name of the DNS, in bytes (RFC 1035, 2.3.4).
const maxHost = 253

// safeHost returns a folder name for a host: in lower case, in Punycode if it is
// not ASCII, with "-" for what host names do not have.
func safeHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if ascii, err := idna.Punycode.ToASCII(host); err == nil {
		host = strings.ToLower(ascii)
	}
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, host)
	for strings.Contains(name, "..") {
		name = strings.ReplaceAll(name, "..", ".")
	}
	name = strings.Trim(name, ".")
	switch {
	case name == "":
		return "unknown"
	case len(name) > maxHost:
		return strings.TrimRight(name[:maxHost-17], ".") + "-" + short(host)
	}
	return name
}

// safeID returns the id, or a hash of it if it has other characters than letters,
// digits, "_" and "-".
func safeID(id string) string {
	for i := range len(id) {
		switch c := id[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == '-':
		default:
			return short(id)
		}
	}
	if id == "" || len(id) > 128 {
		return short(id)
	}
	return id
}

// short returns 16 hexadecimal digits of a hash of s.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
