package clean

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/blockrules"
	"winnow/clean/internal/elemrules"
	"winnow/news"
)

var update = flag.Bool("update", false, "write what the pages of testdata give to their want.txt")

// goldenCase is one folder of testdata: a page and the text that it must give.
type goldenCase struct {
	name string
	body []byte
	want string
	path string
}

func goldenCases(t testing.TB) []goldenCase {
	t.Helper()
	pages, err := filepath.Glob("testdata/*/page.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in testdata (%v)", err)
	}
	var cases []goldenCase
	for _, p := range pages {
		body, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(filepath.Dir(p), "want.txt")
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, goldenCase{filepath.Base(filepath.Dir(p)), body, strings.TrimSpace(string(want)), path})
	}
	return cases
}

func extractCase(t testing.TB, x *Extractor, c goldenCase) news.Story {
	t.Helper()
	story, err := x.Extract(context.Background(), &news.Page{URL: "https://paper.example/2025/06/03/" + c.name + ".html", Body: c.body})
	if err != nil {
		t.Fatal(err)
	}
	return story
}

func TestPagesGiveTheirText(t *testing.T) {
	x := New(Options{})
	for _, c := range goldenCases(t) {
		t.Run(c.name, func(t *testing.T) {
			story := extractCase(t, x, c)
			if *update {
				if err := os.WriteFile(c.path, []byte(story.Text()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(c.want, "\n"), strings.Split(story.Text(), "\n")); diff != "" {
				t.Errorf("text differs (-want +got):\n%s", diff)
			}
			if story.Kind != news.KindStory {
				t.Errorf("kind %s (%s), want a story", story.Kind, story.KindWhy)
			}
		})
	}
}

// TestEveryRuleIsNeeded takes each rule out of its table and asks for a page
// whose text is wrong without it, and without the model, which may know as much.
func TestEveryRuleIsNeeded(t *testing.T) {
	cases := goldenCases(t)
	breaks := func(x *Extractor) bool {
		for _, c := range cases {
			if story := extractCase(t, x, c); story.Text() != c.want {
				return true
			}
		}
		return false
	}
	if !breaks(New(Options{Model: &blockmodel.Model{}, DropEmbeds: true})) {
		t.Error("no page in testdata has an embedded post")
	}
	rules := elemrules.Without(elemrules.Table, elemrules.EmbedRule)
	for _, r := range rules {
		x := New(Options{Model: &blockmodel.Model{}})
		x.rules = elemrules.New(elemrules.Without(rules, r.ID))
		if !breaks(x) {
			t.Errorf("no page in testdata needs the rule %q", r.ID)
		}
	}
	for i, r := range blockrules.Table {
		x := New(Options{Model: &blockmodel.Model{}})
		x.blockRules = slices.Delete(slices.Clone(blockrules.Table), i, i+1)
		if !breaks(x) {
			t.Errorf("no page in testdata needs the block rule %q", r.ID)
		}
	}
}

func TestRulesAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range elemrules.Table {
		if r.ID == "" || r.Why == "" || seen[r.ID] {
			t.Errorf("rule %q: no reason, or a second one of that name", r.ID)
		}
		if r.Guard <= 0 || r.Guard > 1 {
			t.Errorf("rule %q: guard %g", r.ID, r.Guard)
		}
		seen[r.ID] = true
	}
	for _, r := range blockrules.Table {
		if r.ID == "" || r.Why == "" || seen[r.ID] {
			t.Errorf("block rule %q: no reason, or a second one of that name", r.ID)
		}
		seen[r.ID] = true
	}
}
