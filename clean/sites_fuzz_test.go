package clean

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"winnow/news"
)

// Whatever a site file says, each line is either used, known to change nothing,
// or told; and what is cut by it was on the page.
func FuzzParseSiteFile(f *testing.F) {
	for _, seed := range []string{"body: //p\nstrip: //b", "replace_string(<i>): <b>\nbody: //b", "strip_id_or_class: x\nprune: no", "title: substring-after(//h1, 'a')\ndate: //time/@datetime", "find_string: a\nreplace_string: b", "single_page_link: //a\nif_page_contains: //b", "body: //p[last()]|//b/..", "body: ((((//p", "title: 1 div 0"} {
		f.Add(seed)
	}
	const body = `<title>T</title><h1>Head</h1><div class=x><p>One <b>two</b> three.<p id=y>Four <a href=/n>five</a>. <time datetime=2024-01-02>2 January</time></div><i>six</i>`
	f.Fuzz(func(t *testing.T, text string) {
		file, mistakes := ParseSiteFile("x.example.txt", 1, text)
		lines := strings.Count(text, "\n") + 1
		told := map[int]bool{}
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > lines || m.What == "" {
				t.Fatalf("mistake %+v in a text of %d lines", m, lines)
			}
			told[m.Line] = true
		}
		used := len(file.title) + len(file.author) + len(file.date) + len(file.body) + len(file.strip) + len(file.stripNames) +
			len(file.stripImages) + len(file.nextPage) + len(file.singlePage) + len(file.replace)
		if used > lines || used > maxSiteRules {
			t.Fatalf("%d rules from %d lines", used, lines)
		}
		sites := (*SiteRules)(nil).WithSource("post", file)
		story := extractWith(t, sites, body)
		if again := extractWith(t, sites, body); describeStory(again) != describeStory(story) {
			t.Fatalf("two outcomes:\n%s", cmp.Diff(describeStory(story), describeStory(again)))
		}
		for _, r := range story.Removals {
			for _, word := range strings.Fields(r.Text) {
				if r.Rule == SiteStripRule && len(file.replace) == 0 && !strings.Contains(body, word) {
					t.Fatalf("cut %q, which was not on the page", word)
				}
			}
		}
	})
}

// BenchmarkSiteRules is the cost of forty rules on a page, beside the general
// way alone.
func BenchmarkSiteRules(b *testing.B) {
	body, err := os.ReadFile("testdata/sites/all-words/page.html")
	if err != nil {
		b.Fatal(err)
	}
	var rules strings.Builder
	rules.WriteString("body: //aside[starts-with(@id, 'story-')]\ntitle: //h2\n")
	for i := range 30 {
		fmt.Fprintf(&rules, "strip: //div[contains(concat(' ', normalize-space(@class), ' '), ' box-%d ')]\nstrip_id_or_class: part-%d\n", i, i)
	}
	file, _ := ParseSiteFile("x.example.txt", 1, rules.String())
	for name, sites := range map[string]*SiteRules{"none": nil, "forty": (*SiteRules)(nil).WithSource("post", file)} {
		b.Run(name, func(b *testing.B) {
			x := New(Options{Sites: sites})
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := x.Extract(context.Background(), &news.Page{Source: "post", Body: body}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseSiteFile is the cost of reading one file of common size.
func BenchmarkParseSiteFile(b *testing.B) {
	text, err := os.ReadFile("testdata/sites/all-words/site.txt")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ParseSiteFile("site.txt", 1, string(text))
	}
}

// What is followed without the XPath library comes to the same as with it.
func FuzzPlainPaths(f *testing.F) {
	for _, seed := range []string{"//p", "//*", "//div[@id='a']", `//div[contains(@class, "b c")]`, "//*[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
		"//*[ @class = '' ]", "//nav", "//p[contains(@id,'1')]", "//div[@id='a']/p", "//p[2]"} {
		f.Add(seed, `<div id=a class="b c">x<p class=" c  b " id=p1>y</p><p>z</div><DIV class="bb" id=''>w<svg><p class=b></svg></div><nav class>`)
	}
	f.Add("//*[ @class = '' ]", `<p class=''><b class><b class></b></b><p class><math class><script class><desc class></math>`)
	f.Fuzz(func(t *testing.T, path, body string) {
		plain := readPlain(path)
		if plain == nil || !utf8.ValidString(path) || !utf8.ValidString(body) {
			return
		}
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			return
		}
		expr, err := compilePath(path)
		if err != nil {
			t.Fatalf("%s is plain, but no expression: %v", path, err)
		}
		want, err := evaluatePath(expr, root, &pathCost{left: pathSteps})
		if err != nil {
			return
		}
		got := plain.find(root)
		if !slices.Equal(got, want.nodes) {
			t.Fatalf("%s found %d elements, with the library %d", path, len(got), len(want.nodes))
		}
	})
}
