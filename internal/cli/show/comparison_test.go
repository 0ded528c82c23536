package show

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"winnow/dedupe"
)

func TestWrap(t *testing.T) {
	same := func(s string) dedupe.Part { return dedupe.Part{Text: s, Same: true} }
	other := func(s string) dedupe.Part { return dedupe.Part{Text: s} }
	for _, c := range []struct {
		name  string
		parts []dedupe.Part
		width int
		color bool
		want  []string
	}{
		{"nothing", nil, 10, false, []string{""}},
		{"by words", []dedupe.Part{same("one two  three\nfour")}, 9, false, []string{"one two", "three", "four"}},
		{"what differs", []dedupe.Part{same("sold on "), other("Friday last "), same("to")}, 40, false, []string{"sold on [Friday last] to"}},
		{"what differs, in colour", []dedupe.Part{same("on "), other("Friday ")}, 40, true, []string{"on \x1b[33mFriday\x1b[0m"}},
		{"a long word", []dedupe.Part{same("abcdefghijkl mn")}, 5, false, []string{"abcde", "fghij", "kl mn"}},
		{"wide characters", []dedupe.Part{same("坦克炮弹")}, 5, false, []string{"坦克", "炮弹"}},
		{"wider than the column", []dedupe.Part{same("坦克")}, 1, false, []string{"坦", "克"}},
		{"what a terminal would obey", []dedupe.Part{same("a\x1b[2Jb \u202ec\u009b d")}, 40, false, []string{"a [2Jb c d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, r := range (&comparison{color: c.color}).wrap(c.parts, c.width) {
				got = append(got, r.text)
				if r.columns != text.StringWidthWithoutEscSequences(r.text) {
					t.Errorf("%q is said to take %d columns", r.text, r.columns)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// On a narrow terminal the texts are below each other, on a wide one side by side.
func TestComparisonWidths(t *testing.T) {
	checker, err := dedupe.New(dedupe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := dedupe.Doc{ID: "a", Text: "The cutter Nordvind left Holm at dawn with nine sailors and a heavy crane aboard."}
	b := dedupe.Doc{ID: "b", Text: strings.Replace(a.Text, "dawn", "dusk", 1)}
	x := checker.Explain(a, b)
	said := []string{dedupe.SayDistinct, "keep:b"}
	for _, c := range []struct {
		width int
		want  string
	}{{40, "\nB cutter Nordvind left Holm at [dusk]\nB with nine"}, {120, "\ncutter Nordvind left Holm at [dawn] with nine sailors and  │ cutter Nordvind left Holm at [dusk] with nine sailors and\n"}} {
		var out bytes.Buffer
		if err := (&comparison{x: &x, said: said, width: c.width}).print(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%d columns: got\n%s\nwant %q", c.width, out.String(), c.want)
		}
		if !strings.Contains(out.String(), "a person decided that they are distinct") || !strings.Contains(out.String(), "a person decided to keep b") {
			t.Errorf("what was said is missing:\n%s", out.String())
		}
		_, passages, _ := strings.Cut(out.String(), "── ")
		for _, line := range strings.Split(passages, "\n")[1:] {
			if n := text.StringWidth(line); n > c.width {
				t.Errorf("%d columns: %q takes %d", c.width, line, n)
			}
		}
	}
}

// A file behind the writer that looks for lost output is still seen as one.
func TestFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, w := range []io.Writer{f, &Checked{Out: f}} {
		if got, ok := File(w); !ok || got != f {
			t.Errorf("%T: %v", w, ok)
		}
	}
	if _, ok := File(&bytes.Buffer{}); ok {
		t.Error("a buffer is not a file")
	}
}
