package show

import "testing"

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
