package siterules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// BenchmarkParseSiteFile reads one file of common size.
func BenchmarkParseSiteFile(b *testing.B) {
	text, err := os.ReadFile("../testdata/sites/all-words/site.txt")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse("site.txt", 1, string(text))
	}
}

// FuzzPlainPaths checks that expressions which are evaluated without the XPath
// library select the same as with it.
func FuzzPlainPaths(f *testing.F) {
	for _, seed := range []string{"//p", "//*", "//div[@id='a']", `//div[contains(@class, "b c")]`, "//*[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
		"//*[ @class = '' ]", "//nav", "//p[contains(@id,'1')]", "//div[@id='a']/p", "//p[2]"} {
		f.Add(seed, `<div id=a class="b c">x<p class=" c  b " id=p1>y</p><p>z</div><DIV class="bb" id=''>w<svg><p class=b></svg></div><nav class>`)
	}
	f.Add("//*[ @class = '' ]", `<p class=''><b class><b class></b></b><p class><math class><script class><desc class></math>`)
	f.Fuzz(func(t *testing.T, path, body string) {
		plain := compilePlain(path)
		if plain == nil || !utf8.ValidString(path) || !utf8.ValidString(body) {
			return
		}
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			return
		}
		expr, err := compileXPath(path)
		if err != nil {
			t.Fatalf("%s is plain, but does not compile: %v", path, err)
		}
		want, err := evaluateXPath(expr, root, &budget{left: maxSteps})
		if err != nil {
			return
		}
		got := plain.find(root)
		if !slices.Equal(got, want.nodes) {
			t.Fatalf("%s found %d elements, with the library %d", path, len(got), len(want.nodes))
		}
	})
}

func TestMistakes(t *testing.T) {
	text := "\ufeff# a comment\r\n" +
		"body: //div[@id='ok'\r\n" + // 2
		"body: //div[@id='ok']\r\n" +
		"boddy: //div\n" + // 4
		"no colon here\n" + // 5
		"title:\n" + // 6
		"strip: string(//p)\n" + // 7
		"title: string(//p)\n" +
		"strip_id_or_class: '\n" + // 9
		"prune: maybe\n" + // 10
		"replace_string: x\n" + // 11
		"find_string: a\n" + // 12
		"title: //h1\n" +
		"replace_string(: b\n" + // 14
		"if_page_contains: //x\n" + // 15
		"single_page_link: //a\n" +
		"if_page_contains: //x[\n" + // 17
		"strip: //a[\n" + // 18
		"date: \xff\n" + // 19
		"body: " + strings.Repeat("x", 5000) + "\n" + // 20
		"title: starts-with(1, 2)\n" + // 21
		"author: unknown-function(//a)\n" + // 22
		"http_header(referer): https://x.example/\ntest_contains: x\nlogin_uri: y\n" +
		"find_string: last\n" // 26
	file, mistakes := Parse("x.example.txt", 1, text)
	var lines []string
	for _, m := range mistakes {
		if m.What == "" || m.File != "x.example.txt" || !strings.HasPrefix(m.Error(), fmt.Sprintf("x.example.txt:%d: ", m.Line)) {
			t.Errorf("odd mistake: %+v", m)
		}
		lines = append(lines, fmt.Sprint(m.Line))
	}
	if diff := cmp.Diff("2 4 5 6 7 9 10 11 12 14 15 17 18 19 20 21 22 26", strings.Join(lines, " ")); diff != "" {
		t.Errorf("lines with mistakes (-want +got):\n%s\n%v", diff, mistakes)
	}
	if len(file.body) != 1 || len(file.title) != 2 || len(file.strip) != 0 || len(file.singlePage) != 0 || len(file.replace) != 0 {
		t.Errorf("what is right was lost: %+v", file)
	}
	if file.title[1].at != "x.example.txt:13" {
		t.Errorf("the second title is at %s", file.title[1].at)
	}
}

func TestRulesOfAHost(t *testing.T) {
	dir := fstest.MapFS{}
	for _, name := range []string{"post.example.txt", ".post.example.txt", "sea.post.example.txt", ".sea.post.example.txt", "www.gazette.example.txt", "global.txt", "README.md", "docs/inner.example.txt"} {
		dir[name] = &fstest.MapFile{Data: []byte("title: //" + strings.Trim(strings.ReplaceAll(name, ".", "_"), "_"))}
	}
	sites, mistakes, err := Load(dir)
	if err != nil || len(mistakes) > 0 {
		t.Fatal(err, mistakes)
	}
	own, _ := Parse("config.yaml", 12, "title: //own")
	sites = sites.WithSource("mine", own)
	for _, c := range []struct{ name, source, url, want string }{
		{"the host", "", "https://post.example/a", "post.example.txt:1"},
		{"www", "", "https://WWW.Post.Example./a", "post.example.txt:1"},
		{"a host below", "", "https://air.post.example:8443/a", ".post.example.txt:1"},
		{"a host with its own file", "", "https://sea.post.example/a", "sea.post.example.txt:1"},
		{"the nearest above", "", "https://deep.sea.post.example/", ".sea.post.example.txt:1"},
		{"a file with www", "", "https://gazette.example/", "www.gazette.example.txt:1"},
		{"below a host without such a file", "", "https://air.gazette.example/", ""},
		{"another", "", "https://other.example/", ""},
		{"global.txt is no host", "", "https://global/", ""},
		{"no address", "", "", ""},
		{"a folder below", "", "https://inner.example/", ""},
		{"the source first", "mine", "https://post.example/", "config.yaml:12 post.example.txt:1"},
		{"the source alone", "mine", "https://other.example/", "config.yaml:12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			if f := sites.find(c.source, c.url); f != nil {
				for _, p := range f.title {
					got = append(got, p.at)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestBadFoldersAndFiles(t *testing.T) {
	_, mistakes, err := Load(fstest.MapFS{
		"big.example.txt": {Data: make([]byte, maxFileSize+1)}, "www.a.example.txt": {}, "a.example.txt": {},
		"many.example.txt": {Data: []byte(strings.Repeat("title: //a\n", MaxRules+5))},
	})
	if err != nil || len(mistakes) != 3 {
		t.Fatalf("%v %v", err, mistakes)
	}
	for i, want := range []string{"big.example.txt: the file is larger than 256 KiB", "many.example.txt:501: there are more than 500 rules; the rest of the file is not read", "www.a.example.txt: there is another file for a.example; this one is not used"} {
		if mistakes[i].Error() != want {
			t.Errorf("got %q, want %q", mistakes[i].Error(), want)
		}
	}
	if _, _, err := Load(os.DirFS(filepath.Join(t.TempDir(), "none"))); err == nil {
		t.Error("a missing folder is no error")
	}
}

func TestTextOf(t *testing.T) {
	root, err := html.Parse(strings.NewReader("<div>One<p>two <b>th</b>ree</p>four<script>no</script><style>no</style></div>after"))
	if err != nil {
		t.Fatal(err)
	}
	div := root.FirstChild.LastChild.FirstChild
	if got := textOf(div); got != "One two three four" {
		t.Errorf("got %q", got)
	}
	if got := textOf(div.FirstChild); got != "One" {
		t.Errorf("got %q", got)
	}
}
