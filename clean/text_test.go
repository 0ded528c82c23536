package clean

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/linerules"
	"winnow/news"
	"winnow/news/markup"
)

// textMeta is what a scraped text says of its story.
type textMeta struct {
	Title, Date, Language, Origin, Kind string
	ImageSource                         string `json:"image_source"`
	Published                           time.Time
	Authors, Marks                      []string
}

func textCases(t testing.TB) []string {
	t.Helper()
	dirs, err := filepath.Glob("testdata/text/*/page.txt")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no texts", err)
	}
	return dirs
}

func readText(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExtractText(t *testing.T) {
	used := map[string]bool{}
	for _, path := range textCases(t) {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			story, err := New(Options{}).ExtractText(context.Background(), &news.Page{Body: []byte(readText(t, path))})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := story.Text(), strings.TrimSpace(readText(t, filepath.Join(dir, "want.txt"))); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, r := range story.Removals {
				used[r.Rule] = true
				t.Logf("%s: %.80s", r.Rule, r.Text)
			}
			var m textMeta
			if err := json.Unmarshal([]byte(readText(t, filepath.Join(dir, "meta.json"))), &m); err != nil {
				t.Fatal(err)
			}
			got := textMeta{story.Title, story.Date, story.Language, story.Origin, story.Kind, story.ImageSource, story.Published, story.Authors, story.Marks}
			if got.Title != m.Title || got.Date != m.Date || got.Language != m.Language || got.Origin != m.Origin || got.Kind != m.Kind ||
				got.ImageSource != m.ImageSource || !got.Published.Equal(m.Published) || !slices.Equal(got.Authors, m.Authors) || !slices.Equal(got.Marks, m.Marks) {
				t.Errorf("got  %+v\nwant %+v", got, m)
			}
		})
	}
	for _, r := range linerules.Rules() {
		if !used[r.ID] {
			t.Errorf("no text in testdata needs the rule %s", r.ID)
		}
	}
}

// decoded is the text of a body as ExtractText reads it.
func decoded(body []byte) string {
	text, _ := markup.Decode(body, "")
	return string(text)
}

// TestExtractTextHostile gives texts that are built to be slow: the time must
// grow with their size, not with its square.
func TestExtractTextHostile(t *testing.T) {
	story := strings.Repeat(bridgeOne+"\n\n"+bridgeTwo+"\n\n", 3)
	for _, line := range []string{
		"Reply\n", "Sponsored\n\n", "Advertisement\n" + bridgeOne + "\n\n", "12.12 10:15\n", "Bo 12.12.2023 10:15\n" + bridgeTwo + "\n\n\nx\ny\nz\nq\nw\n", "(Photo: x) ", "Photo: x. ",
		"Ann Lee is a reporter\n", "by\n", "5\n", "Read also:\n", "a long line of small words that goes on\n", "((((", "3 March 2024\n\n" + bridgeOne + "\n\n", "Sign up for our newsletter\n",
	} {
		t.Run(strings.TrimSpace(letters.Truncate(line, 20)), func(t *testing.T) {
			text := story + strings.Repeat(line, 1<<17/len(line)) + "\n\n" + story
			start := time.Now()
			if _, err := New(Options{}).ExtractText(context.Background(), &news.Page{Body: []byte(text)}); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Log(took)
			if took > 10*time.Second {
				t.Errorf("%v for %d bytes", took, len(text))
			}
		})
	}
}

// isSubsequence reports whether a's words occur in b's in their order.
func isSubsequence(a, b []string) bool {
	i := 0
	for _, w := range b {
		if i < len(a) && a[i] == w {
			i++
		}
	}
	return i == len(a)
}

func FuzzExtractText(f *testing.F) {
	for _, path := range textCases(f) {
		f.Add([]byte(readText(f, path)))
	}
	f.Add([]byte("Advertisement\n\n\nSponsored\nBy\nPhoto:\n(Photo: x\n1\n2\n3"))
	f.Fuzz(func(t *testing.T, body []byte) {
		page := &news.Page{Body: body}
		story, err := New(Options{}).ExtractText(context.Background(), page)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, l := range textLines(decoded(body)) {
			all = append(all, strings.Fields(l.Text)...)
		}
		if got := strings.Fields(story.Text()); !isSubsequence(got, all) {
			t.Fatalf("words that the input does not have, or in another order: %q", got)
		}
		again, _ := New(Options{}).ExtractText(context.Background(), page)
		if again.Text() != story.Text() || again.Title != story.Title || len(again.Removals) != len(story.Removals) {
			t.Fatal("two answers for one text")
		}
	})
}

func BenchmarkExtractText(b *testing.B) {
	body, err := os.ReadFile("testdata/text/ru-lenta/page.txt")
	if err != nil {
		b.Fatal(err)
	}
	x := New(Options{})
	for name, n := range map[string]int{"one": 1, "hundred": 100, "thousand": 1000} {
		text := []byte(strings.Repeat(string(body)+"\n\n", n))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.ExtractText(context.Background(), &news.Page{Body: text}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
