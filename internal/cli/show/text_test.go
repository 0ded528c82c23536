package show

import (
	"errors"
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "A ship — судно 船", "A ship — судно 船"},
		{"white space", " one\n\ttwo\u00a0three\u2028four ", "one  two three four"},
		{"escape sequences", "\x1b[31mred\x1b[0m \u009b2J", "[31mred [0m  2J"},
		{"direction", "\u202egpj.exe\u2069", "gpj.exe"},
		{"no UTF-8", "caf\xe9", "caf\uFFFD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got, want := Lines("one:\n  two\x1b[2J\n\n    \tthree "), "one:\n  two [2J\n\n    three"; got != want {
		t.Errorf("lines: got %q, want %q", got, want)
	}
}

func TestPrintf(t *testing.T) {
	var b strings.Builder
	err := Printf(&b, "%s: %s, %d\n", "a\x1b[2Jb", errors.New("no\nroom"), 3)
	if want := "a [2Jb: no room, 3\n"; err != nil || b.String() != want {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct {
		text string
		cut  bool
		want string
	}{{"abc", true, "abc  "}, {"abcdefg", true, "abcd…"}, {"abcdefg", false, "abcdefg"}, {"坦克炮弹", true, "坦克…"}} {
		if got := Pad(c.text, 5, c.cut); got != c.want {
			t.Errorf("%q: got %q", c.text, got)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text       string
		characters int
		want       string
	}{{"судно", 5, "судно"}, {"судно", 4, "судн…"}, {"", 0, ""}, {"a", 0, "…"}} {
		if got := Clip(c.text, c.characters); got != c.want {
			t.Errorf("%q to %d: %q", c.text, c.characters, got)
		}
	}
}
