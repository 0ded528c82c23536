package crawler

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const feedURL = "https://press.example/feed/"

// lines returns a feed with one entry a line, for comparison.
func lines(f Feed) string {
	var b strings.Builder
	for _, e := range f.Entries {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s\n", strings.TrimPrefix(e.URL, "https://press.example"), e.Hint.Title, e.Hint.Summary,
			strings.Join(e.Hint.Authors, ","), stamp(e.Hint.Date), stamp(e.Hint.Modified))
	}
	fmt.Fprintf(&b, "omitted=%d skipped=%d", f.Omitted, f.Skipped)
	return b.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04")
}

func TestParseFeed(t *testing.T) {
	for _, tc := range []struct{ name, contentType, body, want string }{
		{"RSS", "application/rss+xml", `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Press</title><link>https://press.example</link><atom:link rel="next" href="https://press.example/feed/?paged=2"/>
<item><title>Keel &amp; hull</title><link>/keel?utm_source=rss</link><pubDate>Mon, 02 Jun 2025 10:00:00 +0300</pubDate><dc:creator>Ann Ore</dc:creator>
<description><![CDATA[<p>The <b>keel</b>&nbsp;was laid.</p><script>no()</script><p>On&#32;Monday.</p>]]></description></item>
<item><title>Sea trials</title><link>https://press.example/r/1</link><feedburner:origLink>https://press.example/trials</feedburner:origLink><guid isPermaLink="false">7</guid></item>
<item><title>By GUID</title><guid>https://press.example/guid</guid></item>
<item><title>Without a URL</title><guid>8</guid></item>
<item><title>No permalink</title><guid isPermaLink=" False ">https://press.example/p=9</guid></item>
<item><title>Twice</title><link>https://press.example/keel</link></item>
<item><title>Mail</title><link>mailto:desk@press.example</link></item></channel></rss>`,
			`/keel|Keel & hull|The keel was laid. On Monday.|Ann Ore|2025-06-02T07:00|
/trials|Sea trials||||
/guid|By GUID||||
omitted=0 skipped=3`},
		{"Atom", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Press</title><link rel="next" href="/atom?page=2"/>
<entry><title type="html">Tank &lt;i&gt;park&lt;/i&gt;</title><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="/tank"/><id>urn:1</id>
<published>2025-06-01T10:00:00Z</published><updated>2025-06-02T11:30:00+03:00</updated><author><name>Bo Reed</name></author><author><name>Cy Dell</name></author><summary>A park &amp; a gate.</summary></entry>
<entry><title>Changed only</title><link href="/changed"/><updated>2025-06-02T11:30:00Z</updated></entry></feed>`,
			`/tank|Tank park|A park & a gate.|Bo Reed,Cy Dell|2025-06-01T10:00|2025-06-02T08:30
/changed|Changed only||||2025-06-02T11:30
omitted=0 skipped=0`},
		{"RSS 1.0", "text/xml", `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://press.example/"><title>Press</title></channel><item rdf:about="https://press.example/a"><title>Old</title><link>https://press.example/a</link><dc:date>2025-06-02</dc:date></item></rdf:RDF>`,
			"/a|Old|||2025-06-02T00:00|2025-06-02T00:00\nomitted=0 skipped=0"},
		{"JSON", "application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"Press","next_url":"/feed.json?p=2","items":[
{"id":"1","url":"/a","title":"First","summary":"Short.","date_published":"2025-06-02T10:00:00Z","authors":[{"name":"Di Foss"}]},null,5,{"id":"2","title":"No URL"}]}`,
			"/a|First|Short.|Di Foss|2025-06-02T10:00|\nomitted=0 skipped=3"},
		{"Russian dates", "text/xml", `<rss version="2.0"><channel><item><title>А</title><link>/1</link><pubDate>Пн, 02 июн 2025 10:00:00 +0300</pubDate></item>
<item><title>Б</title><link>/2</link><pubDate>2 июня 2025 г., 14:30</pubDate></item><item><title>В</title><link>/3</link><pubDate>02.06.2025 14:30:05 МСК</pubDate></item>
<item><title>Г</title><link>/4</link><pubDate>вчера</pubDate></item></channel></rss>`,
			"/1|А|||2025-06-02T07:00|\n/2|Б|||2025-06-02T14:30|\n/3|В|||2025-06-02T11:30|\n/4|Г||||\nomitted=0 skipped=0"},
		{"entities of HTML, and a bare ampersand", "text/xml", `<rss version="2.0"><channel><item><title>Guns &nbsp;& butter&mdash;again</title><link>/1?a=1&b=2</link></item></channel></rss>`,
			"/1?a=1&b=2|Guns & butter—again||||\nomitted=0 skipped=0"},
		{"blank before the declaration", "text/xml", "\ufeff\n\n  <?xml version=\"1.0\"?><!-- made by hand --><?xml-stylesheet href='a.css'?>\n<rss version=\"2.0\"><channel><item><title>A</title><link>/1</link></item></channel></rss>",
			"/1|A||||\nomitted=0 skipped=0"},
		{"a long comment first", "text/xml", "<!-- " + strings.Repeat("licence ", 2000) + "--><rss version=\"2.0\"><channel><item><title>A</title><link>/1</link></item></channel></rss>",
			"/1|A||||\nomitted=0 skipped=0"},
		{"document type with entities", "text/xml", `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>Gate &x;&b;</title><link>/1</link></item></channel></rss>`,
			"/1|Gate &x;&b;||||\nomitted=0 skipped=0"},
		{"a feed without items", "text/xml", `<rss version="2.0"><channel><title>Press</title></channel></rss>`, "omitted=0 skipped=0"},
		{"text that looks like HTML", "text/xml", `<rss version="2.0"><channel><item><title>Range &lt; 5 km</title><link>/1</link><description>3 &lt; 5 and 7 &gt; 6</description></item></channel></rss>`,
			"/1|Range < 5 km|3 < 5 and 7 > 6|||\nomitted=0 skipped=0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, body := range map[string][]byte{"plain": []byte(tc.body), "gzip": pack(t, "gzip", []byte(tc.body))} {
				feed, err := ParseFeed(body, tc.contentType, feedURL)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got := lines(feed); got != tc.want {
					t.Errorf("%s:\n%s\nwant\n%s", name, got, tc.want)
				}
			}
		})
	}
}

func TestFeedCharsets(t *testing.T) {
	const item = `<rss version="2.0"><channel><item><title>Корвет вышел в море на испытания</title><link>/1</link></item></channel></rss>`
	cp1251, _ := charmap.Windows1251.NewEncoder().String(item)
	koi8, _ := charmap.KOI8R.NewEncoder().String(item)
	for _, tc := range []struct{ name, contentType, body string }{
		{"windows-1251 declared", "text/xml", `<?xml version="1.0" encoding="windows-1251"?>` + cp1251},
		{"windows-1251 declared, header differs", "text/xml; charset=utf-8", `<?xml version="1.0" encoding="windows-1251"?>` + cp1251},
		{"windows-1251 by header", "text/xml; charset=windows-1251", cp1251},
		{"windows-1251 undeclared", "text/xml", cp1251},
		{"koi8-r", "text/xml", `<?xml version='1.0' encoding='koi8-r'?>` + koi8},
		{"utf-8 called windows-1251", "text/xml", `<?xml version="1.0" encoding="windows-1251"?>` + item},
		{"utf-8", "text/xml", item},
	} {
		t.Run(tc.name, func(t *testing.T) {
			feed, err := ParseFeed([]byte(tc.body), tc.contentType, feedURL)
			if err != nil || len(feed.Entries) != 1 || feed.Entries[0].Hint.Title != "Корвет вышел в море на испытания" {
				t.Errorf("%+v, %v", feed, err)
			}
		})
	}
}

// TestBrokenFeed: of a broken feed, what is whole is used and the error says so.
func TestBrokenFeed(t *testing.T) {
	item := func(n int) string {
		return fmt.Sprintf("<item><title>T%d</title><link>/%d</link></item>", n, n)
	}
	open, end := `<rss version="2.0" xmlns:x="urn:x"><channel><title>Press</title>`, `</channel></rss>`
	for _, tc := range []struct {
		name, body    string
		want, skipped int
	}{
		{"cut in an item", open + item(1) + item(2) + "<item><title>T3</ti", 2, 0},
		{"cut after an item", open + item(1) + item(2), 2, 0},
		{"stray end tags", open + item(1) + "</div></b>" + item(2) + end, 2, 0},
		{"a broken item between", open + item(1) + "<item><title>A < B & </title><link>/x</link></item>" + item(2) + end, 3, 0},
		{"a deep item", open + item(1) + "<item>" + strings.Repeat("<x:a>", 50000) + strings.Repeat("</x:a>", 50000) + "</item>" + item(2) + end, 2, 1},
		{"depth without end", open + item(1) + "<item>" + strings.Repeat("<x:a>", 100000), 1, 0},
		{"an item in very many pieces", open + item(1) + "<item><x:a>" + strings.Repeat("b<!---->", 200000) + "</x:a></item>" + item(2) + end, 2, 1},
		{"very many elements", open + item(1) + strings.Repeat("<x:a/>", 210000) + item(2) + end, 2, 0},
		{"comment without end", open + item(1) + "<!-- " + item(2) + end, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start := time.Now()
			feed, err := ParseFeed([]byte(tc.body), "text/xml", feedURL)
			if len(feed.Entries) != tc.want || feed.Skipped != tc.skipped {
				t.Errorf("%d entries, %d skipped, %v", len(feed.Entries), feed.Skipped, err)
			}
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d entries could be read", tc.want)) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	for name, body := range map[string]string{
		"HTML": page, "nothing": "", "text": "Plain words.", "a sitemap": "<urlset></urlset>", "other JSON": `{"a":1}`, "a list": "[1]", "broken JSON": `{"version":`,
	} {
		if feed, err := ParseFeed([]byte(body), "text/html", feedURL); !errors.Is(err, ErrNotFeed) || len(feed.Entries) != 0 {
			t.Errorf("%s: %+v, %v", name, feed, err)
		}
	}
	feed, err := ParseFeed([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","url":"/a"},{"id":"2","u`), "", feedURL)
	if err == nil || len(feed.Entries) != 1 {
		t.Errorf("cut JSON: %+v, %v", feed, err)
	}
}

func TestFeedLimits(t *testing.T) {
	var rss, json strings.Builder
	rss.WriteString(`<rss version="2.0"><channel>`)
	json.WriteString(`{"version":"https://jsonfeed.org/version/1","items":[`)
	for i := range MaxFeedEntries + 10 {
		fmt.Fprintf(&rss, "<item><link>/%d</link></item>", i)
		fmt.Fprintf(&json, `{"id":"%d","url":"/%d"},`, i, i)
	}
	for name, body := range map[string]string{"RSS": rss.String() + "</channel></rss>", "JSON": strings.TrimSuffix(json.String(), ",") + "]}"} {
		feed, err := ParseFeed([]byte(body), "", feedURL)
		if err != nil || len(feed.Entries) != MaxFeedEntries || feed.Omitted != 10 {
			t.Errorf("%s: %d entries, %d left, %v", name, len(feed.Entries), feed.Omitted, err)
		}
	}
	long := "<rss version=\"2.0\"><channel><item><link>/1</link><title>" + strings.Repeat("я", 5000) + "</title><description>" + strings.Repeat("слово ", 5000) + "</description></item></channel></rss>"
	feed, err := ParseFeed([]byte(long), "", feedURL)
	if err != nil || utf8.RuneCountInString(feed.Entries[0].Hint.Summary) != maxSummary || utf8.RuneCountInString(feed.Entries[0].Hint.Title) != maxTitle {
		t.Errorf("%+v, %v", feed, err)
	}
	// 2 MiB of items cost a few times as much at most.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	feed, err = ParseFeed([]byte("<rss><channel>"+strings.Repeat("<item/>", 1<<18)+"</channel></rss>"), "", feedURL)
	runtime.ReadMemStats(&after)
	if err != nil || feed.Omitted != 1<<18-MaxFeedEntries || feed.Skipped != MaxFeedEntries {
		t.Errorf("%d left, %d skipped, %v", feed.Omitted, feed.Skipped, err)
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 40 {
		t.Errorf("%d MiB allocated", got)
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"2025": "2025-01-01T00:00", "2025-06": "2025-06-01T00:00", "2025-06-02": "2025-06-02T00:00", "2025-06-02T10:00Z": "2025-06-02T10:00",
		"2025-06-02T10:00:30+03:00": "2025-06-02T07:00", "2025-06-02T10:00:30.123456-05:00": "2025-06-02T15:00", "2025-06-02 10:00:00": "2025-06-02T10:00",
		"2025-06-02T10:00:00+0300": "2025-06-02T07:00", " 2025-06-02T10:00:00 ": "2025-06-02T10:00",
		"2 июня 2025": "2025-06-02T00:00", "12 Декабря 2024, 08:15": "2024-12-12T08:15", "Вт, 03 мая 2022 09:05:00 +0300": "2022-05-03T06:05",
		"5 червня 2025 р. о 10:00": "2025-06-05T10:00", "3. März 2025": "2025-03-03T00:00", "14 juillet 2025 12:00": "2025-07-14T12:00", "1 août 2025": "2025-08-01T00:00",
		"31.12.2025": "2025-12-31T00:00", "02/06/2025 23:59 MSK": "2025-06-02T20:59", "Sun, 1 Jun 2025 10:00:00 -0430": "2025-06-01T14:30",
		"": "", "yesterday": "", "31.02.2025": "", "2 июня": "", "99.99.2025": "", "0001-01-01": "", "2 слова 2025": "", "1970-01-01T00:00:00Z": "", "2025-13-01": "", "5 mai": "",
	} {
		if got := stamp(parseDate(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"a <b>b</b>c": "a bc", "<p>a</p><p>b</p>": "a b", "a<br>b": "a b", "a<br/>b": "a b", "&amp;amp; &lt;b&gt;": "&amp; <b>", "  a\n b ": "a b",
		"<style>x</style>a<script>b()</script>c": "ac", "<!-- x -->a": "a", "a < b": "a < b", "<img alt=x>": "", "a<": "a<",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzFeed(f *testing.F) {
	for _, s := range []string{
		`<rss version="2.0"><channel><item><title>A</title><link>/1</link></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/><content type="xhtml"><div>x</div></content></entry></feed>`,
		`<rdf:RDF><item><item><link>/a`, `{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a"}]}`, "<rss><channel><item a='>'><![CDATA[", "<!DOCTYPE rss [<!ENTITY",
	} {
		f.Add([]byte(s), "text/xml")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		feed, err := ParseFeed(body, contentType, feedURL)
		if len(feed.Entries) > MaxFeedEntries {
			t.Fatal("too many entries")
		}
		if err != nil && strings.Contains(err.Error(), "panic") {
			t.Logf("gofeed: %v", err)
		}
		seen := make(map[string]bool)
		for _, e := range feed.Entries {
			if again, err := Normalize(e.URL, nil); err != nil || again != e.URL || seen[e.URL] {
				t.Fatalf("URL %q, %v", e.URL, err)
			}
			seen[e.URL] = true
			if h := e.Hint; !utf8.ValidString(h.Title) || !utf8.ValidString(h.Summary) || strings.ContainsAny(h.Title+h.Summary, "\n\r") ||
				utf8.RuneCountInString(h.Summary) > maxSummary {
				t.Fatalf("hint %+v", h)
			}
		}
	})
}

func BenchmarkFeed(b *testing.B) {
	var s strings.Builder
	s.WriteString(`<rss version="2.0"><channel>`)
	for i := range 100 {
		fmt.Fprintf(&s, "<item><title>Keel %d laid</title><link>https://press.example/%d?utm_source=rss</link><pubDate>Mon, 02 Jun 2025 10:00:00 +0300</pubDate><description><![CDATA[%s]]></description></item>", i, i, strings.Repeat("<p>The keel was laid.</p>", 10))
	}
	body := []byte(s.String() + "</channel></rss>")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseFeed(body, "text/xml", feedURL); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTextsOfFeeds: a feed's whole stories are read, in every format; summaries are none.
func TestTextsOfFeeds(t *testing.T) {
	content := "<p>" + strings.Repeat("The keel of the second ship was laid on Monday, a week early. ", 8) + "</p><p>Two more are to be built.</p>"
	long := content + content
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, body string
		want       bool
	}{
		{"RSS", `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title><link>/1</link><description>Short.</description><content:encoded><![CDATA[` + content + `]]></content:encoded></item></channel></rss>`, true},
		{"RSS, escaped", `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title><link>/1</link><content:encoded>` + html.EscapeString(content) + `</content:encoded></item></channel></rss>`, true},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="/"><title>P</title></channel><item rdf:about="/1"><title>A</title><link>/1</link><content:encoded><![CDATA[` + content + `]]></content:encoded></item></rdf:RDF>`, true},
		{"Atom, HTML", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="/1"/><content type="html">` + html.EscapeString(content) + `</content></entry></feed>`, true},
		{"Atom, XHTML", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + content + `</div></content></entry></feed>`, true},
		{"Atom, summary", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="/1"/><summary type="html">` + html.EscapeString(content) + `</summary></entry></feed>`, false},
		{"JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/1","title":"A","content_html":` + string(quoted) + `}]}`, true},
		{"a description", `<rss version="2.0"><channel><item><title>A</title><link>/1</link><description><![CDATA[` + content + `]]></description></item></channel></rss>`, false},
		{"a description with the whole story", `<rss version="2.0"><channel><item><title>A</title><link>/1</link><description><![CDATA[` + long + `]]></description></item></channel></rss>`, true},
		{"a broken feed", `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title><link>/1</link><content:encoded><![CDATA[` + content + `]]></content:encoded></item><item>`, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			feed, _ := ParseFeed([]byte(tc.body), "", "https://press.example/feed")
			if len(feed.Entries) == 0 || (feed.Entries[0].Text != nil) != tc.want {
				t.Fatalf("%+v", feed)
			}
			if text := feed.Entries[0].Text; text != nil && (text.URL != "https://press.example/1" || !strings.Contains(text.HTML, "<p>Two more are to be built.</p>")) {
				t.Errorf("%+v", text)
			}
		})
	}
}
