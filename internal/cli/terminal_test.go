package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

func scriptTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: terminal COLUMNS FILE COMMAND…")
	}
	columns, err := strconv.Atoi(args[0])
	ts.Check(err)
	path, err := exec.LookPath(args[2]) // testscript has put its commands first
	ts.Check(err)
	cmd := exec.Command(path, args[3:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"PWD=" + cmd.Dir, "TERM=xterm"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "WINNOW_CONFIG"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 200, Cols: uint16(columns)})
	ts.Check(err)
	defer terminal.Close()
	raw, err := io.ReadAll(terminal)
	if err != nil && !errors.Is(err, syscall.EIO) { // which is the end of a terminal on Linux
		ts.Check(err)
	}
	if err := cmd.Wait(); (err != nil) != neg {
		ts.Fatalf("%v: %v\n%s", args[2:], err, raw)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(seen(raw, columns)), 0o644))
}

// sequence is what moves the cursor or changes a terminal's state.
var sequence = regexp.MustCompile(`^\x1b\[([0-9;?]*)([A-Za-z])`)

// seen returns the lines that a terminal shows after it was sent the bytes. It
// knows what winnow uses: new lines, returns, erasing a line, and colours. A
// line longer than the terminal goes on in the next one.
func seen(raw []byte, columns int) string {
	var lines [][]rune
	var line []rune
	column := 0
	for len(raw) > 0 {
		if m := sequence.FindSubmatch(raw); m != nil {
			if string(m[2]) == "K" {
				line = line[:0]
			}
			raw = raw[len(m[0]):]
			continue
		}
		r := []rune(string(raw[:min(len(raw), 4)]))[0]
		raw = raw[len(string(r)):]
		switch {
		case r == '\n':
			lines, line, column = append(lines, line), nil, 0
			continue
		case r == '\r':
			column = 0
			continue
		case column == columns:
			lines, line, column = append(lines, line), nil, 0
		}
		for len(line) < column {
			line = append(line, ' ')
		}
		line = append(line[:column], append([]rune{r}, line[min(column+1, len(line)):]...)...)
		column++
	}
	var b bytes.Buffer
	for _, l := range append(lines, line) {
		b.WriteString(strings.TrimRight(string(l), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func TestSeen(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"lines", "a\r\nb\r\n", "a\nb\n"},
		{"overwritten", "abc\rx\r\n", "xbc\n"},
		{"erased", "abc\r\x1b[2Kx\r\n", "x\n"},
		{"too long", "abcdefghijk\r\n", "abcdefghij\nk\n"},
		{"colours", "\x1b[1mü\x1b[0m船\r\n", "ü船\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := seen([]byte(c.raw), 10); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
