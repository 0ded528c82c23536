package clean

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/meta"
	"winnow/news"
	"winnow/news/markup"
)

func extract(t testing.TB, page news.Page) news.Story {
	t.Helper()
	story, err := New(Options{}).Extract(context.Background(), &page)
	if err != nil {
		t.Fatal(err)
	}
	return story
}

const longSentence = "The harbour was closed for three days while divers looked for the anchor that the tug had lost in the storm of the week before. "

func TestKinds(t *testing.T) {
	para := "<p>" + strings.Repeat(longSentence, 2) + "</p>"
	cards := ""
	for i := range 12 {
		cards += fmt.Sprintf(`<article class="item"><h2><a href="/%d">Ships of the third flotilla leave for the north, part %d</a></h2><p>%s…</p></article>`, i, i, longSentence[:90])
	}
	item := func(head, text, tail string) string {
		out := ""
		for i, subject := range []string{"Two tugs leave the northern flotilla", "Divers find the bell of the old ferry", "Third dock opens to the public again"} {
			out += strings.NewReplacer("HREF", fmt.Sprintf("/n/%d", i), "HEAD", subject, "TEXT", longSentence).Replace(head + text + tail)
		}
		return out
	}
	tests := []struct {
		name, body, url string
		status          int
		want            string
	}{
		{name: "story", body: "<article><h1>Harbour closed</h1>" + para + para + "</article>", want: news.KindStory},
		{name: "nothing", body: "", want: news.KindEmpty},
		{name: "scripts only", body: `<html><body><div id="root"></div><script>run()</script></body></html>`, want: news.KindEmpty},
		{name: "list of teasers", body: "<main><h1>Navy</h1>" + cards + "</main>", want: news.KindSection},
		{name: "three teasers", body: "<main><h1>Navy</h1>" + cards[:strings.Index(cards, "part 3")] + "</a></h2></article></main>", want: news.KindSection},
		{name: "teasers without headings", body: "<h1>Navy</h1><div>" + item(`<div><a href="HREF"><b>HEAD</b></a>`, "<div>TEXT</div>", "<div>Tue 2 Sep 2025</div></div>") + "</div>", want: news.KindSection},
		{name: "teasers parted by breaks", body: "<table><tr><td>" + item(`<a href="HREF">HEAD</a> <font size=1>September 2, 2025</font><br>`, "TEXT", "<br><br>") + "</td></tr></table>", url: "https://harbour.example/navy/", want: news.KindSection},
		{name: "day before the headline, Russian", body: `<div class="menu"><a href="/a">Флот</a> <a href="/b">Тыл</a></div>` + item(`<div>2 сентября 2025, 09:15 <a href="HREF">HEAD</a>`, "<div>TEXT</div>", "</div>"), want: news.KindSection},
		{name: "headline and sentence on one line", body: "<h1>Navy</h1>" + item(`<p><a href="HREF">HEAD</a> &mdash; `, "TEXT", "</p>"), want: news.KindSection},
		{name: "links to read on", body: "<h1>Navy</h1>" + item("<h3>HEAD</h3>", "<p>TEXT", `<a href="HREF">Read on</a></p>`), want: news.KindSection},
		{name: "sentences that begin with links", body: "<h1>A bell is found</h1>" + item("", `<p><a href="HREF">Divers from the third flotilla</a> found it. TEXT`, "</p>"), want: news.KindStory},
		{name: "notes on pages elsewhere", body: "<h1>A week of papers</h1>" + item(`<h3><a href="https://other.example/HREF">HEAD</a></h3>`, "<p>"+longSentence+"TEXTTEXT", "</p>"), want: news.KindStory},
		{name: "login", body: `<h1>Please log in to read on</h1><form><input name=u><input type=password></form><p>This page is for members.</p>`, want: news.KindWall},
		{name: "login in German", body: `<title>Anmelden</title><h1>Anmelden</h1><p>Bitte geben Sie Ihre Kundennummer ein, dann geht es weiter.</p>`, want: news.KindWall},
		{name: "not found", body: `<title>Page not found</title><h1>Sorry, that page does not exist</h1><p>Try the search.</p>`, want: news.KindSoft404},
		{name: "not found in Russian", body: `<h1>Страница не найдена</h1><p>Попробуйте поискать на сайте или вернитесь на главную.</p>`, want: news.KindSoft404},
		{name: "gone with a text", body: "<article><h1>Harbour closed</h1>" + para + "</article>", status: 410, want: news.KindSoft404},
		{name: "check against robots", body: `<title>Just a moment...</title><div id="challenge-running">Checking your browser before accessing harbour.example.</div>`, want: news.KindChallenge},
		{name: "gallery", body: "<article><h1>Pictures of the storm</h1><p>" + longSentence + longSentence + "</p>" + strings.Repeat(`<p><img src="a.jpg"></p>`, 12) + "<p>" + longSentence + "</p></article>", want: news.KindGallery},
		{name: "a line", body: "<article><h1>Harbour closed</h1><p>The harbour is closed, and will be until Friday at least.</p></article>", want: news.KindShort},
		{name: "story about a page that was not found", body: "<article><h1>Clerk spent a year on a page not found in any archive of the town</h1>" + para + para + "</article>", want: news.KindStory},
		{name: "story with links to others", body: "<article><h1>Harbour closed</h1>" + para + para + para + para + `<ul><li><a href="/a">Tug sinks off the cape in heavy seas</a></li><li><a href="/b">Diver finds a bell from the old ferry</a></li></ul></article>`, want: news.KindStory},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := tt.url
			if url == "" {
				url = "https://harbour.example/2025/page.html"
			}
			story := extract(t, news.Page{URL: url, Status: tt.status, Body: []byte(tt.body)})
			if story.Kind != tt.want {
				t.Errorf("kind %s (%s), want %s; text %q", story.Kind, story.KindWhy, tt.want, story.Text())
			}
			if (story.KindWhy == "") != (tt.want == news.KindStory) {
				t.Errorf("reason %q for kind %s", story.KindWhy, story.Kind)
			}
		})
	}
}

func TestMarks(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"whole", "<article>" + strings.Repeat("<p>"+longSentence+longSentence+"</p>", 4) + "</article>", []string{}},
		{"breaks off", "<article><p>" + longSentence + longSentence + "</p><p>The search goes on with a second ship, which…</p></article>", []string{news.MarkTruncated, news.MarkShort}},
		{"paid", `<article><p>` + longSentence + longSentence + longSentence + longSentence + longSentence + `</p><div class="paywall"><p>To continue reading, take out a subscription.</p></div></article>`, []string{news.MarkTruncated}},
		{"small", "<article><p>" + longSentence + longSentence + longSentence + "</p></article>", []string{news.MarkShort}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story := extract(t, news.Page{URL: "https://harbour.example/a.html", Body: []byte(tt.body)})
			if !slices.Equal(story.Marks, tt.want) {
				t.Errorf("marks %v, want %v (%s)", story.Marks, tt.want, story.Kind)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"blocks never glue", "<div>one<p>two</p>three<div>four</div>five</div>", "one\ntwo\nthree\nfour\nfive"},
		{"inline elements do", "<p>mine<b>sweep</b>er</p>", "minesweeper"},
		{"soft hyphen and zero width go", "<p>mine\u00adsweep\u200ber\ufeff</p>", "minesweeper"},
		{"joiner stays", "<p>می\u200cشود</p>", "می\u200cشود"},
		{"odd blanks are blanks", "<p>a\u00a0b\u2028c\u2029d\u0085e\t\n f</p>", "a b c d e f"},
		{"two breaks are a paragraph", "first line of the text, without an end<br><br>second", "first line of the text, without an end\nsecond"},
		{"one break within a sentence is a blank", "a sentence that somebody has wrapped by hand at last<br>the edge of a narrow column", "a sentence that somebody has wrapped by hand at last the edge of a narrow column"},
		{"one break after a sentence is a paragraph", "A sentence that has come to its end here.<br>Another one.", "A sentence that has come to its end here.\nAnother one."},
		{"rows", "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td><p>d</p><p>e</p></td></tr></table>", "a | b\nc | d e"},
		{"empty cell", "<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>d</td><td></td><td>e</td></tr></table>", "a | b | c\nd | | e"},
		{"layout table", "<table><tr><td><p>left</p></td><td><table><tr><td>right</td></tr></table></td></tr></table>", "left\nright"},
		{"nothing but signs", "<p>* * *</p><p>text</p>", "text"},
		{"svg title", "<p><svg><title>icon</title></svg>text</p>", "text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := html.Parse(strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range elemrules.New(nil).Flatten(tree).Blocks() {
				got = append(got, b.Text)
			}
			if s := strings.Join(got, "\n"); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestEveryCutIsRecorded(t *testing.T) {
	for _, c := range goldenCases(t) {
		t.Run(c.name, func(t *testing.T) {
			story := extractCase(t, New(Options{}), c)
			var all []string
			for _, b := range story.Blocks {
				all = append(all, b.Text)
			}
			for _, r := range story.Removals {
				if r.Rule == "" || r.Why == "" || r.Text == "" {
					t.Errorf("removal without rule, reason or text: %+v", r)
				}
				all = append(all, r.Text)
			}
			tree, _, err := markup.Parse(c.body, "")
			if err != nil {
				t.Fatal(err)
			}
			told := wordCounts(strings.Join(all, " "))
			for w, n := range wordCounts(visibleText(tree)) {
				if told[w] < n {
					t.Errorf("%q is on the page %d times, and %d times in text and removals", w, n, told[w])
				}
			}
		})
	}
}

// visibleText is all text of a page that is not code.
func visibleText(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		switch n.Parent.Data {
		case "script", "style", "title", "noscript":
			continue
		}
		b.WriteString(n.Data + " ")
	}
	return b.String()
}

func wordCounts(s string) map[string]int {
	m := map[string]int{}
	for _, w := range strings.FieldsFunc(strings.ReplaceAll(s, "\u00ad", ""), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		m[w]++
	}
	return m
}

func TestErrors(t *testing.T) {
	x := New(Options{})
	var stage *news.StageError
	if _, err := x.Extract(context.Background(), nil); !errors.As(err, &stage) || !errors.Is(err, ErrNoPage) {
		t.Errorf("no page: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Extract(ctx, &news.Page{Body: []byte("<p>text")}); !errors.As(err, &stage) || !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

func TestCanonicalIsTrustedOnItsHost(t *testing.T) {
	tests := []struct{ name, url, canonical, want string }{
		{"same host", "https://a.example/s?x=1", "https://a.example/s", "https://a.example/s"},
		{"www", "https://www.a.example/s?x=1", "https://a.example/s", "https://a.example/s"},
		{"other host", "https://a.example/s", "https://b.example/s", "https://a.example/s"},
		{"front page", "https://a.example/s", "https://a.example/", "https://a.example/s"},
		{"script", "https://a.example/s", "javascript:alert(1)", "https://a.example/s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story := New(Options{}).newStory(&news.Page{URL: tt.url}, &meta.Meta{Canonical: tt.canonical})
			if story.URL != tt.want {
				t.Errorf("url %s, want %s", story.URL, tt.want)
			}
		})
	}
}

func TestSameStoryFromManyGoroutines(t *testing.T) {
	x := New(Options{})
	cases := goldenCases(t)
	want := make([]news.Story, len(cases))
	for i, c := range cases {
		want[i] = extractCase(t, x, c)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, c := range cases {
				if got := extractCase(t, x, c); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%s came out differently", c.name)
				}
			}
		})
	}
	wg.Wait()
}

// TestHostilePages feeds pages that break parsers; each has to be done in a
// time that its size explains.
func TestHostilePages(t *testing.T) {
	tests := []struct {
		name string
		body func() string
	}{
		{"nested 100,000 deep", func() string { return strings.Repeat("<div>", 100000) + "the text at the bottom of it all" }},
		{"formatting 100,000 deep", func() string { return strings.Repeat("<b><i>", 50000) + "text" }},
		{"a million tags", func() string { return "<p>" + strings.Repeat("<b>x</b>", 500000) }},
		{"half a million paragraphs", func() string { return strings.Repeat("<p>Fog.", 500000) }},
		{"10 MB of prose", func() string { return strings.Repeat("<p>"+longSentence, 10<<20/len(longSentence)) }},
		{"10,000 attributes", func() string {
			var b strings.Builder
			b.WriteString("<p")
			for i := range 10000 {
				fmt.Fprintf(&b, " a%d=share", i)
			}
			return b.String() + ">text"
		}},
		{"one class of 5 MB", func() string { return `<p class="` + strings.Repeat("share ad ", 5<<20/9) + `">text` }},
		{"many quotes", func() string { return strings.Repeat("<blockquote>"+longSentence[:70]+"</blockquote>", 20000) }},
		{"tables in tables", func() string { return strings.Repeat("<table><tr><td>", 3000) + "text" }},
		{"style of 5 MB", func() string { return "<style>" + strings.Repeat(".a{display:none}", 5<<20/16) + "</style><p>text" }},
		{"many lines set apart", func() string {
			return strings.Repeat("<p><b>"+longSentence+"</b></p><p>"+longSentence+longSentence+"</p>", 8000)
		}},
		{"many headlines", func() string {
			return strings.Repeat("<article class=s><h1>Fog</h1><p>"+longSentence+"</p></article>", 3000)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := tt.body()
			start := processorTime(t)
			story := extract(t, news.Page{URL: "https://harbour.example/a.html", Body: []byte(body)})
			took := processorTime(t) - start
			if took > time.Minute { // a quadratic walk takes many
				t.Errorf("%d bytes took %s", len(body), took)
			}
			if len(story.Text()) > len(body) {
				t.Errorf("%d bytes of text from a page of %d", len(story.Text()), len(body))
			}
			t.Logf("%8d bytes %6d blocks %s", len(body), len(story.Blocks), took.Round(time.Millisecond))
		})
	}
}

// processorTime is what this process has used of the processors, so that a busy
// machine makes nothing look slow.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// FuzzExtract asserts that no word is in a story that is not on its page, that
// text is never longer than the page, and that the same page gives the same.
func FuzzExtract(f *testing.F) {
	for _, c := range goldenCases(f) {
		f.Add(c.body)
	}
	f.Add([]byte("<table><tr><td>a<td>b<tr><td>c<td><pre>\n d</pre></table><li>x<br>y<a href=z>w</a>"))
	x := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 1<<16 {
			return
		}
		page := news.Page{URL: "https://fuzz.example/a", Body: body}
		story, err := x.Extract(context.Background(), &page)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := x.Extract(context.Background(), &page)
		if !reflect.DeepEqual(story, again) {
			t.Error("the same page came out differently")
		}
		text, _ := markup.Decode(body, "")
		if got := letters.Count(story.Text()); int(got) > len(body)+len(text) {
			t.Errorf("%d letters from %d bytes", got, len(body))
		}
		source := letters.Key(wholeText(body))
		for _, b := range story.Blocks {
			for w := range strings.FieldsSeq(b.Text) {
				if key := letters.Key(w); !strings.Contains(source, key) {
					t.Errorf("%q is not on the page", key)
				}
			}
		}
	})
}

// wholeText is every text of a page, scripts and attributes of JSON-LD included.
func wholeText(body []byte) string {
	tree, _, err := markup.Parse(body, "")
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	for n := range tree.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		b.WriteString(n.Data)
		if n.Parent != nil && n.Parent.Data == "script" {
			b.WriteString(html.UnescapeString(n.Data))
		}
	}
	m := meta.Read(&news.Page{}, goquery.NewDocumentFromNode(tree), nil)
	return b.String() + m.LDBody
}

func BenchmarkExtract(b *testing.B) {
	x := New(Options{})
	cases := goldenCases(b)
	size := int64(0)
	for _, c := range cases {
		size += int64(len(c.body))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cases {
			extractCase(b, x, c)
		}
	}
	b.ReportMetric(float64(len(cases)*b.N)/b.Elapsed().Seconds(), "pages/s")
}

// BenchmarkGrowth shows that time grows with the size of a page.
func BenchmarkGrowth(b *testing.B) {
	x := New(Options{})
	for _, n := range []int{1 << 17, 1 << 20, 1 << 23} {
		body := []byte("<article>" + strings.Repeat("<div><p>"+longSentence+"</p></div>", n/len(longSentence)) + "</article>")
		b.Run(fmt.Sprintf("%dKB", len(body)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := x.Extract(context.Background(), &news.Page{Body: body}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestJSONLDStandsInForNoText checks when the text of the JSON-LD takes the place of
// that of the page.
func TestJSONLDStandsInForNoText(t *testing.T) {
	shown := strings.Repeat("<p>The second frigate was laid down on Tuesday, eleven weeks late, the yard said after the ceremony.</p>", 20)
	more := strings.Repeat("The plates of the hull came from a mill in the south, which has since changed the lining of its furnace. ", 60)
	for _, tt := range []struct {
		name, ld, body string
		want           bool // the text is that of the JSON-LD
	}{
		{"the page shows none", `"@type":"NewsArticle","articleBody":"` + more + `"`, "<p>Loading</p>", true},
		{"the page shows another text", `"@type":"NewsArticle","articleBody":"` + more + `"`, shown, false},
		{"a live blog, of which the page shows a part", `"@type":"LiveBlogPosting","liveBlogUpdate":[{"articleBody":"` + more + `"}]`, shown, false},
		{"a live blog, of which it shows nothing", `"@type":"LiveBlogPosting","liveBlogUpdate":[{"articleBody":"` + more + `"}]`, "<p>Loading</p>", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := &news.Page{URL: "https://yard.example/a", Body: []byte(`<html lang=en><head><script type="application/ld+json">{"headline":"Second frigate laid down",` + tt.ld + `}</script></head><body><article><h1>Second frigate laid down</h1>` + tt.body + `</article></body></html>`)}
			story, err := New(Options{}).Extract(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(story.Text(), "furnace"); got != tt.want {
				t.Errorf("the text of the JSON-LD: %v\n%s", got, story.Text())
			}
		})
	}
}
