package database

import (
	"strings"
	"time"
	"unicode/utf8"
)

// storable replaces what PostgreSQL refuses in texts of others: NUL and invalid UTF-8.
func storable(args []any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
		}
	}
}

// Millis returns a time as it is stored; 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// MillisUp is [Millis] rounded up, for times before which something must not happen.
func MillisUp(t time.Time) int64 {
	stored := Millis(t)
	if !t.IsZero() && t.After(time.UnixMilli(stored)) {
		stored++
	}
	return stored
}

// Time returns a stored time, in UTC.
func Time(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// Flag returns a bool as it is stored: 1 or 0.
func Flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
