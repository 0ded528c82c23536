package dedupe

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"winnow/dedupe/internal/text"
)

// checker is a Checker with the default options.
func checker(t testing.TB) *Checker {
	t.Helper()
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// readPair reads a case: the comment has the reason, then "want: relation rule" or
// "want: distinct", then date, host and title of a and of b.
func readPair(t testing.TB, file string) (a, b Doc, want string) {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]*Doc{"a": {ID: "a"}, "b": {ID: "b"}}
	for _, line := range strings.Split(string(ar.Comment), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		if key == "want" {
			want = value
		} else if d := docs[key]; d != nil {
			f := strings.SplitN(value, " ", 3)
			d.Date, d.Host, d.Title = f[0], f[1], f[2]
		}
	}
	for _, f := range ar.Files {
		docs[f.Name].Text = string(f.Data)
	}
	if want == "" || docs["a"].Text == "" || docs["b"].Text == "" {
		t.Fatalf("%s is no pair", file)
	}
	return *docs["a"], *docs["b"], want
}

func pairFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/pairs/*.txtar")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d pairs: %v", len(files), err)
	}
	return files
}

func TestComparePairs(t *testing.T) {
	c := checker(t)
	for _, file := range pairFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, b, want := readPair(t, file)
			e, ok := c.Compare(a, b)
			got := "distinct"
			if ok {
				got = e.Relation + " " + e.Rule
			}
			if got != want {
				t.Errorf("got %s, want %s\n%+v\n%+v", got, want, e, c.Explain(a, b).Limits)
			}
			if back, okBack := c.Compare(b, a); okBack != ok || back != e {
				t.Errorf("the other way round: %+v, not %+v", back, e)
			}
		})
	}
}

// Copies must also be found: they have to share enough prints.
func TestEdgesFindPairs(t *testing.T) {
	c := checker(t)
	for _, file := range pairFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, b, want := readPair(t, file)
			var ix Memory
			ix.Put(a, c.Prints(a.Title, a.Text, a.Language))
			ix.Put(b, c.Prints(b.Title, b.Text, b.Language))
			edges, err := c.Edges(t.Context(), a, &ix)
			if err != nil {
				t.Fatal(err)
			}
			if found := len(edges) == 1; found == (want == "distinct") {
				t.Errorf("edges %+v, want %s", edges, want)
			}
		})
	}
}

func TestCompareNothing(t *testing.T) {
	c := checker(t)
	for _, text := range []string{"", " \n", "— … !", "\xff\xfe"} {
		if e, ok := c.Compare(Doc{ID: "a", Text: text}, Doc{ID: "b", Text: text}); ok {
			t.Errorf("%q is a copy of itself without a word: %+v", text, e)
		}
		if p := c.Prints("", text, ""); len(p) != 0 {
			t.Errorf("%q has prints %v", text, p)
		}
	}
}

// However a text repeats itself, it is a copy of itself with a word more.
func TestCompareRepetitions(t *testing.T) {
	c := checker(t)
	for _, text := range []string{
		strings.Repeat("tank ", 20_000),
		strings.Repeat("tank gun ", 10_000),
		strings.Repeat("alpha bravo charlie delta foxtrot golf hotel juliet kilo lima ", 2000),
		strings.Repeat(numbered(100), 200),
		numbered(20_000),
	} {
		if e, ok := c.Compare(Doc{ID: "a", Text: text}, Doc{ID: "b", Text: text + " end"}); !ok {
			t.Errorf("%.40q: %+v", text, e)
		}
	}
}

// numbered is a text of n words that are all different.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		for k := i; ; k /= 20 {
			b.WriteByte("bcdfghjklmnpqrstvwxz"[k%20])
			b.WriteByte("aeiou"[k%5])
			if k < 20 {
				break
			}
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func FuzzCompare(f *testing.F) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	for _, file := range files {
		a, b, _ := readPair(f, file)
		f.Add(a.Text, b.Text, a.Date, b.Date, a.Host == b.Host)
	}
	f.Add("tank "+strings.Repeat("tank ", 300), strings.Repeat("gun tank ", 200), "", "2026-02-30", true)
	c, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ta, tb, da, db string, oneHost bool) {
		a, b := Doc{ID: "a", Text: ta, Date: da, Host: "a.example"}, Doc{ID: "b", Text: tb, Date: db, Host: "b.example"}
		if oneHost {
			b.Host = a.Host
		}
		e, ok := c.Compare(a, b)
		back, okBack := c.Compare(b, a)
		if e != back || ok != okBack {
			t.Fatalf("not symmetric: %+v %v, %+v %v", e, ok, back, okBack)
		}
		for what, x := range map[string]float64{"share a": e.ShareA, "share b": e.ShareB, "names": e.Names, "numbers": e.Numbers} {
			if !(x >= 0 && x <= 1) {
				t.Errorf("%s is %v", what, x)
			}
		}
		if ok != (e.Relation != "") {
			t.Errorf("relation %q with %v", e.Relation, ok)
		}
		b.Text = ta
		if e, ok := c.Compare(a, b); ok != (len(text.Split(ta).Hash) > 0) || ok && e.Relation != "same" {
			t.Errorf("a text is not the same as itself: %+v %v", e, ok)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	c := checker(b)
	for _, name := range []string{"agency-tag", "respun", "follow-up", "same-event", "chinese-edited"} {
		x, y, _ := readPair(b, "testdata/pairs/"+name+".txtar")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(x.Text) + len(y.Text)))
			for b.Loop() {
				c.Compare(x, y)
			}
		})
	}
}

// One story after the other against an index of 2,000, as a crawl does it.
func BenchmarkEdges(b *testing.B) {
	c := checker(b)
	var ix Memory
	docs := make([]Doc, 2000)
	words := strings.Fields(numbered(60_000))
	for i := range docs {
		docs[i].ID = fmt.Sprint(i)
		docs[i].Text = strings.Join(words[i*29:][:400], " ") // a third of a neighbour's, and less of the next
		ix.Put(docs[i], c.Prints("", docs[i].Text, ""))
	}
	i := 0
	for b.Loop() {
		if _, err := c.Edges(b.Context(), docs[i%len(docs)], &ix); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
