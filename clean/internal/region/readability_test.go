package region

import (
	"fmt"
	"strings"
	"testing"

	"winnow/clean/internal/elemrules"
	"winnow/news/markup"
)

func TestKindsOfName(t *testing.T) {
	for name, want := range map[string]NameKind{
		"":                     0,
		"col-8":                0,
		"post-content":         goodName | savingName,
		"sidebar":              badName | unlikelyName,
		"SideBar widget":       badName | unlikelyName,
		"comment-body":         badName | goodName | unlikelyName | savingName,
		"menu":                 unlikelyName,
		"меню column":          savingName,
		"related-posts\xffrss": badName | goodName | unlikelyName,
	} {
		if got := kindsOfName(name); got != want {
			t.Errorf("%q: %04b, want %04b", name, got, want)
		}
	}
}

// scoredText returns the text that the scoring finds on a page.
func scoredText(t testing.TB, page string) string {
	t.Helper()
	tree, _, err := markup.Parse([]byte(page), "")
	if err != nil {
		t.Fatal(err)
	}
	doc := elemrules.New(nil).Flatten(tree)
	blocks := doc.Blocks()
	r, ok := readabilityRegion(doc, blocks)
	if !ok {
		return ""
	}
	var text []string
	for i := range blocks {
		if r.has(int32(i)) {
			text = append(text, blocks[i].Text)
		}
	}
	return strings.Join(text, "\n")
}

func TestReadabilityRegion(t *testing.T) {
	prose := "The minesweeper left the yard on Monday, two years late, and her crew of forty said that they had waited long enough."
	story := strings.Repeat("<p>"+prose+"</p>", 5)
	links := strings.Repeat(`<li><a href="/x">Another headline of the same paper</a></li>`, 8)
	tests := []struct{ name, page, want string }{
		{"a box between menus", `<div class=menu><ul>` + links + `</ul></div><div class=x>` + story + `</div><div class=sidebar><p>` + prose + `</p></div>`, strings.Repeat(prose+"\n", 5)},
		{"breaks in place of paragraphs", `<div><div>` + strings.Repeat(prose+"<br><br>", 5) + `</div><div class=footer>` + prose + `</div></div>`, strings.Repeat(prose+"\n", 5)},
		{"a box of links in the story", `<div class=story>` + story + `<div><div>` + links + `</div><p>More.</p></div></div>`, strings.Repeat(prose+"\n", 5)},
		{"siblings that look alike", `<div class=part>` + story + `</div><div class=part>` + story + `</div>`, strings.Repeat(prose+"\n", 10)},
		{"names that would drop everything", `<div class=sidebar>` + story + `</div>`, strings.Repeat(prose+"\n", 5)},
		{"boxes with one sentence each", strings.Repeat("<div><div>"+strings.ReplaceAll(prose, ",", "")+"</div></div>", 3), ""},
		{"nothing but short words", `<p>One.</p><p>Two.</p>`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scoredText(t, "<body>"+tt.page); strings.TrimSpace(got) != strings.TrimSpace(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// BenchmarkReadabilityRegion shows that time is linear in the size of the page.
func BenchmarkReadabilityRegion(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		page := "<body>" + strings.Repeat("<div class=sidebar><i>a</i>Words, and more words, that make up a line.<br><br><p>Words.</p></div>", n)
		tree, _, err := markup.Parse([]byte(page), "")
		if err != nil {
			b.Fatal(err)
		}
		doc := elemrules.New(nil).Flatten(tree)
		blocks := doc.Blocks()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				readabilityRegion(doc, blocks)
			}
		})
	}
}
