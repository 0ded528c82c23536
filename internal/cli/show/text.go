package show

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Line returns a text of strangers on one line, without what a terminal would
// obey: white space and control characters become single characters of white
// space, and characters that only change how others are shown are left out.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// Lines is like [Line] for each line of a text; their indentation stays.
func Lines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		words := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(words)] + Line(words)
	}
	return strings.Join(lines, "\n")
}

// Clip shortens a text to at most so many characters and marks the cut by "…".
func Clip(s string, characters int) string {
	n := 0
	for i := range s {
		if n == characters {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Count returns a number with its noun, whose plural ends in s.
func Count(n int, noun string) string { return Counts(n, noun, noun+"s") }

// Counts returns a number with its noun in the singular or the plural.
func Counts(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Pad returns a text on one line, filled with spaces to a width in columns; one
// that is wider is cut, with "…", if cut is set.
func Pad(s string, width int, cut bool) string {
	s = Line(s)
	if cut && text.StringWidth(s) > width {
		s = text.Trim(s, max(width-1, 0)) + "…"
	}
	return text.Pad(s, width, ' ')
}

// Printf prints to people: the format is ours, every text among the arguments may
// be of strangers, and goes through [Line].
func Printf(w io.Writer, format string, args ...any) error {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = Line(arg)
		case error:
			args[i] = Line(arg.Error())
		case fmt.Stringer:
			args[i] = Line(arg.String())
		}
	}
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

// Field prints a name and a value in two columns, below a heading.
func Field(w io.Writer, name, format string, args ...any) {
	fmt.Fprintf(w, "  %-10s %s\n", name, Line(fmt.Sprintf(format, args...)))
}

// Second returns a time to the second, in the zone of the machine.
func Second(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// Minute returns a time to the minute, in the zone of the machine.
func Minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
