package clean

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"winnow/clean/siterules"
	"winnow/news"
)

// A folder in testdata/sites has a page, the rules of its site, and the story.
func TestSiteRules(t *testing.T) {
	pages, err := filepath.Glob("testdata/sites/*/page.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages (%v)", err)
	}
	for _, path := range pages {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			rules, err := os.ReadFile(filepath.Join(dir, "site.txt"))
			if err != nil {
				t.Fatal(err)
			}
			file, mistakes := siterules.Parse("site.txt", 1, string(rules))
			if len(mistakes) > 0 {
				t.Fatalf("mistakes in the file: %v", mistakes)
			}
			got := describeStory(extractWith(t, (*siterules.Rules)(nil).WithSource("post", file), string(body)))
			wantFile := filepath.Join(dir, "want.txt")
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func extractWith(t testing.TB, sites *siterules.Rules, body string) news.Story {
	t.Helper()
	page := &news.Page{URL: "https://www.harbourpost.example/alk", Source: "post", Body: []byte(body)}
	story, err := New(Options{Sites: sites}).Extract(context.Background(), page)
	if err != nil {
		t.Fatal(err)
	}
	return story
}

func describeStory(s news.Story) string {
	var b strings.Builder
	fmt.Fprintf(&b, "kind %s\ntitle %s\nauthors %s\ndate %s\nnext %s\nsingle %s\n", s.Kind, s.Title, strings.Join(s.Authors, "; "), s.Date, s.NextPage, s.SinglePage)
	for _, m := range s.SiteMisses {
		fmt.Fprintln(&b, "miss", m)
	}
	for _, r := range s.Removals {
		if r.Rule == siterules.StripRule {
			fmt.Fprintf(&b, "cut %s | %s\n", r.Why, r.Text)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", s.Text())
	return b.String()
}

// A page from a file has no address: its canonical link says where it belongs.
func TestSiteRulesByCanonicalAddress(t *testing.T) {
	sites, _, err := siterules.Load(fstest.MapFS{"post.example.txt": {Data: []byte("title: //b")}})
	if err != nil {
		t.Fatal(err)
	}
	const body = `<title>Wrong</title><link rel=canonical href="https://www.post.example/a"><h1>Wrong</h1><b>Right</b><p>Some text of a page.`
	for address, want := range map[string]string{"": "Right", "https://elsewhere.example/a": "Wrong"} {
		story, err := New(Options{Sites: sites}).Extract(context.Background(), &news.Page{URL: address, Body: []byte(body)})
		if err != nil || story.Title != want {
			t.Errorf("%q: title %q (%v), want %q", address, story.Title, err, want)
		}
	}
}

func TestSiteRulesOnSmallPages(t *testing.T) {
	const text = "<p>The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office.</p>"
	for _, c := range []struct{ name, rules, body, want string }{
		{"the first body that finds text", "body: //b[@id='none']\nbody: //i\nbody: //div[@id='a']\nbody: //div[@id='b']",
			"<i> </i><div id=a>" + text + "</div><div id=b><p>Another text that stands beside it, as long as the first is, or a little longer.</div>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"several elements of one body", "body: //div[@class='part']", "<div class=part>" + text + "</div><p>Between the parts stands something else that is not wanted here, whatever it says.</p><div class=part>" + text + "</div>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"a body that JSON-LD has more of", "body: //div[@id='a']", `<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"` + strings.Repeat("A longer text that the page does not show. ", 20) + `"}</script><div id=a>` + text + "</div>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"a body that was stripped", "strip: //div\nbody: //div", "<div>" + text + "</div><p>What is left of the page is this line, which the general way finds all the same.",
			"What is left of the page is this line, which the general way finds all the same. / miss body (x.example.txt:2)"},
		{"a body with chrome only", "body: //div[@id='a']", "<div id=a><form class=newsletter><input> Sign up for our newsletter</form></div><article>" + text + text + "</article>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / miss body (x.example.txt:1): nothing in it looks like text of a story"},
		{"what is in a stripped element is cut once", "strip: //div[@id='a'] | //div[@id='a']//b\nstrip_id_or_class: inner", text + "<div id=a>outer <b class=inner>inner</b></div>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / cut x.example.txt:1 outer inner"},
		{"a condition that holds", "single_page_link: //a\nif_page_contains: //b", text + "<b>1</b><a href=/whole>All</a>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / single https://www.harbourpost.example/whole"},
		{"a condition that does not", "single_page_link: //a\nif_page_contains: //i", text + "<b>1</b><a href=/whole>All</a>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"a link to the page itself, and one to nowhere", "next_page_link: //a", text + "<a href='javascript:x()'>1</a><a href=https://www.harbourpost.example/alk>2</a>",
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"expressions that are texts as title and date", "title: substring-after(//h1, ': ')\ndate: concat('2024-', //i)", "<h1>News: The ferry</h1><i>05-06</i>" + text,
			"The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / title The ferry / date 2024-05-06"},
		{"a missing author is no miss", "author: //b", text, "The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office."},
		{"an impossible date", "date: //b", text + "<b>32 May</b>", "The ferry Linnet sails again from Monday, on the hour and at half past, said the harbour office. / miss date (x.example.txt:1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, mistakes := siterules.Parse("x.example.txt", 1, c.rules)
			if len(mistakes) > 0 {
				t.Fatal(mistakes)
			}
			story := extractWith(t, (*siterules.Rules)(nil).WithSource("post", file), c.body)
			var got []string
			for _, b := range story.Blocks {
				got = append(got, b.Text)
			}
			if strings.Contains(c.rules, "title") {
				got = append(got, "title "+story.Title, "date "+story.Date)
			}
			for _, r := range story.Removals {
				if r.Rule == siterules.StripRule && strings.Contains(c.want, "cut ") {
					got = append(got, "cut "+strings.TrimPrefix(r.Why, "the site's rules cut it: ")+" "+r.Text)
				}
			}
			for what, link := range map[string]string{"next ": story.NextPage, "single ": story.SinglePage} {
				if link != "" {
					got = append(got, what+link)
				}
			}
			for _, m := range story.SiteMisses {
				got = append(got, "miss "+m)
			}
			if s := strings.Join(got, " / "); s != c.want {
				t.Errorf("got\n%s\nwant\n%s", s, c.want)
			}
		})
	}
}

// Rules are followed on a page with a tree as on one with its bytes.
func TestSiteRulesOnATree(t *testing.T) {
	const body = "<title>Wrong</title><b>Right</b><p>Some text of a page.<i>cut</i>"
	file, _ := siterules.Parse("x.example.txt", 1, "title: //b\nstrip: //i\nreplace_string(Some): Other")
	tree, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	x := New(Options{Sites: (*siterules.Rules)(nil).WithSource("post", file)})
	story, err := x.Extract(context.Background(), &news.Page{Source: "post", Tree: tree})
	if err != nil || story.Title != "Right" || strings.Contains(story.Text(), "cut") {
		t.Errorf("title %q, text %q (%v)", story.Title, story.Text(), err)
	}
}

func TestReplacementsAreBounded(t *testing.T) {
	rules := "replace_string(a): " + strings.Repeat("aa", 500) + "\n"
	file, mistakes := siterules.Parse("x.example.txt", 1, strings.Repeat(rules, 20))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	story := extractWith(t, (*siterules.Rules)(nil).WithSource("post", file), "<p>"+strings.Repeat("a man and a plan. ", 20))
	if len(story.SiteMisses) == 0 || !strings.Contains(story.SiteMisses[0], "the page would grow too large") {
		t.Errorf("misses %q, want one about the size", story.SiteMisses)
	}
	if n := len(story.Text()); n > 200_000 {
		t.Errorf("the text has %d bytes", n)
	}
}

// Any number of goroutines may use rules, and the outcome is the same.
func TestSiteRulesAreSafeForConcurrentUse(t *testing.T) {
	body, err := os.ReadFile("testdata/sites/all-words/page.html")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/sites/all-words/site.txt")
	if err != nil {
		t.Fatal(err)
	}
	file, _ := siterules.Parse("site.txt", 1, string(text))
	x := New(Options{Sites: (*siterules.Rules)(nil).WithSource("post", file)})
	results := make([]string, 64)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			story, err := x.Extract(context.Background(), &news.Page{Source: "post", Body: body})
			if err != nil {
				t.Error(err)
			}
			results[i] = describeStory(story)
		})
	}
	all.Wait()
	for i := range results {
		if results[i] != results[0] {
			t.Fatalf("two outcomes:\n%s", cmp.Diff(results[0], results[i]))
		}
	}
}

// FuzzParseSiteFile checks that no rule comes from nowhere, that each mistake has a
// line of the text, that the outcome is the same each time, and that what a file
// cuts was on the page, no part of it twice.
func FuzzParseSiteFile(f *testing.F) {
	for _, seed := range []string{"body: //p\nstrip: //b", "replace_string(<i>): <b>\nbody: //b", "strip_id_or_class: x\nprune: no", "title: substring-after(//h1, 'a')\ndate: //time/@datetime", "find_string: a\nreplace_string: b", "single_page_link: //a\nif_page_contains: //b", "body: //p[last()]|//b/..", "body: ((((//p", "title: 1 div 0"} {
		f.Add(seed)
	}
	const body = `<title>T</title><h1>Head</h1><div class=x><p>One <b>two</b> three.<p id=y>Four <a href=/n>five</a>. <time datetime=2024-01-02>2 January</time></div><i>six</i>`
	pageText := textOf(f, body)
	f.Fuzz(func(t *testing.T, text string) {
		file, mistakes := siterules.Parse("x.example.txt", 1, text)
		lines := strings.Count(text, "\n") + 1
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > lines || m.What == "" {
				t.Fatalf("mistake %+v in a text of %d lines", m, lines)
			}
		}
		if n := file.Len(); n > lines || n > siterules.MaxRules {
			t.Fatalf("%d rules from %d lines", n, lines)
		}
		sites := (*siterules.Rules)(nil).WithSource("post", file)
		story := extractWith(t, sites, body)
		if again := extractWith(t, sites, body); describeStory(again) != describeStory(story) {
			t.Fatalf("two outcomes:\n%s", cmp.Diff(describeStory(story), describeStory(again)))
		}
		if strings.Contains(text, "replace_string") {
			return // it may put any text on the page
		}
		cut := map[rune]int{}
		for _, r := range story.Removals {
			if r.Rule != siterules.StripRule {
				continue
			}
			if !inOrder(r.Text, pageText) {
				t.Fatalf("cut %q, which was not on the page", r.Text)
			}
			for _, letter := range r.Text {
				if cut[letter]++; letter != ' ' && cut[letter] > strings.Count(pageText, string(letter)) {
					t.Fatalf("cut %q more often than it was on the page", letter)
				}
			}
		}
	})
}

// textOf returns all text of a page, as it is in the source.
func textOf(t testing.TB, body string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	return text.String()
}

// inOrder reports whether the characters of a text, without spaces, are in
// another in the same order, with others between them where elements were cut
// before.
func inOrder(text, of string) bool {
	for _, r := range text {
		if r == ' ' {
			continue
		}
		_, rest, found := strings.Cut(of, string(r))
		if !found {
			return false
		}
		of = rest
	}
	return true
}

// BenchmarkSiteRules cleans a page with some sixty rules, and with the general
// rules alone.
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
	file, _ := siterules.Parse("x.example.txt", 1, rules.String())
	for name, sites := range map[string]*siterules.Rules{"none": nil, "sixty": (*siterules.Rules)(nil).WithSource("post", file)} {
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

// Expressions whose work grows with the square of the page, or worse, are stopped
// and reported, and the page is cleaned all the same.
func TestCostlyExpressionsAreStopped(t *testing.T) {
	var b strings.Builder
	b.WriteString("<title>A long list of harbours</title><h1>A long list of harbours</h1><article>")
	for i := range 4000 {
		fmt.Fprintf(&b, "<p>Harbour number %d has a quay, a crane and a light that burns all night.</p><i><b></b></i>", i)
	}
	for _, path := range []string{
		"//*[count(//*) > 1]",
		"//*[count(following::*) > count(preceding::*)]",
		"//p[contains(string(/), 'x')]",
		"//p[last()]/preceding-sibling::p[position() = count(//p)]",
		"//p[../p[../p[../p = 'x']]]",
		"(//p | //b)[. = (//p | //i)]",
		"//*[not(.//*[not(//*[. = 'x'])])]",
		"//p[matches(string(/), 'a*b*c*d')]",
	} {
		t.Run(path, func(t *testing.T) {
			file, mistakes := siterules.Parse("x.example.txt", 1, "strip: "+path)
			if len(mistakes) > 0 {
				t.Fatal(mistakes)
			}
			start := time.Now()
			story := extractWith(t, (*siterules.Rules)(nil).WithSource("post", file), b.String())
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
			if n := strings.Count(story.Text(), "Harbour number"); n != 4000 {
				t.Errorf("%d of 4000 paragraphs stayed", n)
			}
			if len(story.SiteMisses) != 1 || !strings.Contains(story.SiteMisses[0], "x.example.txt:1: it takes too many steps") {
				t.Errorf("misses %v, want one about its steps", story.SiteMisses)
			}
		})
	}
}

func TestExpressionsSelect(t *testing.T) {
	const body = `<div id=a><p>one<p class=k>two <!-- remark --></div><b title="five six">three</b><p>four`
	for path, want := range map[string]string{
		"id('a')/p":                                  "one, two",
		`//b | id("a")`:                              "three, one two",
		"//p[contains(@class, 'k')]":                 "two",
		"//p[2]/preceding-sibling::*[1]":             "one",
		"//div/p[last()]":                            "two",
		"//b/following-sibling::p | //b/..//b":       "four, three",
		"//*[@title='five six']":                     "three",
		"//b/@title":                                 "",
		"//p/text()":                                 "one, two, four",
		"//p[comment()]":                             "two",
		"(//p)[3]":                                   "four",
		"//p[not(ancestor::div)]":                    "four",
		"//div[p = 'one']/p[@class]":                 "two",
		"//p[string-length(normalize-space(.)) > 3]": "four",
		"/html/body/b":                               "three",
		"//nothing":                                  "",
	} {
		file, mistakes := siterules.Parse("x.example.txt", 1, "strip: "+path)
		if len(mistakes) > 0 {
			t.Error(mistakes)
		}
		var got []string
		for _, r := range extractWith(t, (*siterules.Rules)(nil).WithSource("post", file), body).Removals {
			if r.Rule == siterules.StripRule {
				got = append(got, r.Text)
			}
		}
		slices.Sort(got)
		wanted := strings.Split(want, ", ")
		slices.Sort(wanted)
		if strings.Join(got, ", ") != strings.Join(wanted, ", ") {
			t.Errorf("%s selected %q, want %q", path, got, want)
		}
	}
}
