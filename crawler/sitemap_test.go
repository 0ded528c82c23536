package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"winnow/news"
)

const sitemapURL = "https://press.example/sitemap.xml"

func sitemapLines(s Sitemap) string {
	var b strings.Builder
	for _, e := range s.Entries {
		fmt.Fprintf(&b, "%s|%s|%s|%s\n", strings.TrimPrefix(e.URL, "https://press.example"), e.Hint.Title, stamp(e.Hint.Date), stamp(e.Hint.Modified))
	}
	for _, e := range s.Children {
		fmt.Fprintf(&b, "child %s|%s\n", strings.TrimPrefix(e.URL, "https://press.example"), stamp(e.Hint.Modified))
	}
	if s.Skipped > 0 {
		fmt.Fprintf(&b, "skipped=%d", s.Skipped)
	}
	return strings.TrimSpace(b.String())
}

const urlset = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">`

func TestParseSitemap(t *testing.T) {
	for _, tc := range []struct{ name, body, want, err string }{
		{"urlset", urlset + `<url><loc>https://press.example/a?utm_source=map</loc><lastmod>2025-06-02</lastmod><changefreq>daily</changefreq><priority>0.5</priority></url>
<url>
  <loc>
    /b
  </loc><lastmod>2025-06-02T10:00:00.5+03:00</lastmod></url></urlset>`, "/a|||2025-06-02T00:00\n/b|||2025-06-02T07:00", ""},
		{"news", urlset + `<url><loc>https://press.example/n</loc><news:news><news:publication><news:name>Press</news:name><news:language>ru</news:language></news:publication>
<news:publication_date>2025-06-02T10:00:00+03:00</news:publication_date><news:title>Корвет &amp; буксир</news:title></news:news></url></urlset>`, "/n|Корвет & буксир|2025-06-02T07:00|", ""},
		{"CDATA", urlset + `<url><loc><![CDATA[https://press.example/a?b=1&c=2]]></loc></url></urlset>`, "/a?b=1&c=2|||", ""},
		{"bare ampersand", urlset + `<url><loc>https://press.example/a?b=1&c=2</loc></url></urlset>`, "/a?b=1&c=2|||", ""},
		{"pictures and films are no pages", urlset + `<url><loc>https://press.example/a</loc><image:image><image:loc>https://press.example/a.jpg</image:loc><image:title>Picture</image:title></image:image></url></urlset>`, "/a|||", ""},
		{"picture first", urlset + `<url><image:image><image:loc>https://press.example/a.jpg</image:loc></image:image><loc>https://press.example/a</loc></url></urlset>`, "/a|||", ""},
		{"index", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://press.example/s1.xml.gz</loc><lastmod>2025-06</lastmod></sitemap><sitemap><loc>/s2.xml</loc></sitemap></sitemapindex>`,
			"child /s1.xml.gz|2025-06-01T00:00\nchild /s2.xml|", ""},
		{"with a prefix", `<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>https://press.example/a</s:loc></s:url></s:urlset>`, "/a|||", ""},
		{"text", "\ufeffhttps://press.example/a\r\n\r\n# remark\r\nnot a URL\r\nhttps://press.example/b#x", "/a|||\n/b|||\nskipped=1", ""},
		{"a feed", `<rss version="2.0"><channel><item><title>A</title><link>/1</link><pubDate>Mon, 02 Jun 2025 10:00:00 +0300</pubDate></item></channel></rss>`, "/1|A|2025-06-02T07:00|", ""},
		{"bad entries", urlset + `<url><loc>mailto:a@press.example</loc></url><url></url><url><loc>/a</loc></url></urlset>`, "/a|||\nskipped=2", ""},
		{"cut", urlset + `<url><loc>/a</loc></url><url><loc>/b</lo`, "/a|||", "broken sitemap after 1 entries"},
		{"cut between", urlset + `<url><loc>/a</loc></url>`, "/a|||", "<urlset> is not closed"},
		{"broken in the middle", urlset + `<url><loc>/a</loc></url><url><<<loc>/b</loc></url></urlset>`, "/a|||", "broken sitemap after 1 entries"},
		{"crossed tags", urlset + `<url><loc>/a</url><url><loc>/b</loc></url></urlset>`, "/b|||\nskipped=1", ""},
		{"stray end tag", urlset + `<url><loc>/a</loc></b></url></urlset>`, "/a|||", ""},
		{"control characters and bad bytes", urlset + "<url>\x01<loc>/a</loc>\xff\xfe</url></urlset>", "/a|||", ""},
		{"entities are not read", `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.TrimPrefix(urlset, `<?xml version="1.0" encoding="UTF-8"?>`) + `<url><loc>/a&x;</loc></url></urlset>`, "/a&x;|||", ""},
		{"deep", urlset + `<url><loc>/a</loc></url>` + strings.Repeat("<a>", 200000), "/a|||", "more than 100 elements deep"},
		{"HTML", page, "", "not a sitemap: <html>"},
		{"nothing", "", "", "not a sitemap"},
		{"text without URLs", strings.Repeat("words\n", 1000), "skipped=20", "not a sitemap"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, body := range map[string][]byte{"plain": []byte(tc.body), "gzip": pack(t, "gzip", []byte(tc.body))} {
				s, err := ParseSitemap(bytes.NewReader(body), "application/xml", sitemapURL)
				if got := sitemapLines(s); got != tc.want {
					t.Errorf("%s:\n%s\nwant\n%s", name, got, tc.want)
				}
				if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
					t.Errorf("%s: error %v, want %q", name, err, tc.err)
				}
			}
		})
	}
}

func TestSitemapCharset(t *testing.T) {
	body := []byte(`<?xml version="1.0" encoding="windows-1251"?><urlset><url><loc>https://press.example/a</loc><news><title>` + "\xca\xee\xf0\xe2\xe5\xf2" + `</title></news></url></urlset>`)
	for name, b := range map[string][]byte{
		"windows-1251":              body,
		"utf-8 called windows-1251": []byte(`<?xml version="1.0" encoding="windows-1251"?><urlset><url><loc>https://press.example/a</loc><news><title>Корвет</title></news></url></urlset>`),
	} {
		s, err := ParseSitemap(bytes.NewReader(b), "application/xml", sitemapURL)
		if err != nil || len(s.Entries) != 1 || s.Entries[0].Hint.Title != "Корвет" {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

func TestSitemapLimits(t *testing.T) {
	var xml, text strings.Builder
	xml.WriteString(urlset)
	for i := range MaxSitemapEntries + 1 {
		fmt.Fprintf(&xml, "<url><loc>https://press.example/%d</loc></url>", i)
		fmt.Fprintf(&text, "https://press.example/%d\n", i)
	}
	for name, body := range map[string]string{"xml": xml.String() + "</urlset>", "text": text.String()} {
		s, err := ParseSitemap(strings.NewReader(body), "", sitemapURL)
		if !errors.Is(err, ErrTooManyEntries) || len(s.Entries) != MaxSitemapEntries {
			t.Errorf("%s: %d entries, %v", name, len(s.Entries), err)
		}
	}
	// A bomb: 2.5 GiB of blank lines in gzip.
	member := pack(t, "gzip", []byte(strings.Repeat(strings.Repeat(" ", 1023)+"\n", 64<<10)))
	bomb := pack(t, "gzip", []byte("https://press.example/a\n"))
	for range 40 {
		bomb = append(bomb, member...)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	s, err := ParseSitemap(bytes.NewReader(bomb), "application/gzip", sitemapURL)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrTooLarge) || len(s.Entries) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	got := (after.TotalAlloc - before.TotalAlloc) >> 20
	t.Logf("bomb: %d MiB allocated, %v", got, time.Since(start))
	if got > 20 {
		t.Errorf("%d MiB allocated", got)
	}
}

// TestFetchData: feeds and sitemaps come over the same transport as pages.
func TestFetchData(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed":
			if !strings.HasPrefix(r.Header.Get("Accept"), "application/rss+xml") {
				t.Errorf("accept %q", r.Header.Get("Accept"))
			}
			w.Header().Set("Content-Type", "application/rss+xml")
			w.Header().Set("Content-Encoding", "br")
			w.Write(pack(t, "br", []byte(`<rss version="2.0"><channel><item><title>A</title><link>/1</link></item></channel></rss>`)))
		case "/sitemap.xml.gz": // compressed twice: the file, and on the way
			w.Header().Set("Content-Type", "application/gzip")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(pack(t, "gzip", pack(t, "gzip", []byte(urlset+"<url><loc>/1</loc></url></urlset>"))))
		default:
			http.NotFound(w, r)
		}
	})
	answer, err := c.FetchFeed(t.Context(), Request{URL: base + "/feed", Source: "press", Hint: news.Hint{Title: "x"}})
	if err != nil || answer.Page.Tree != nil || answer.Links != nil || answer.Page.Source != "press" {
		t.Fatalf("%+v, %v", answer, err)
	}
	feed, err := ParseFeed(answer.Page.Body, answer.Page.ContentType(), answer.Page.URL)
	if err != nil || len(feed.Entries) != 1 || feed.Entries[0].URL != base+"/1" {
		t.Errorf("%+v, %v", feed, err)
	}
	answer, err = c.FetchSitemap(t.Context(), Request{URL: base + "/sitemap.xml.gz"})
	if err != nil {
		t.Fatal(err)
	}
	if s := answer.Sitemap; answer.SitemapFault != nil || len(s.Entries) != 1 || s.Entries[0].URL != base+"/1" {
		t.Errorf("%+v, %v", s, answer.SitemapFault)
	}
	answer, err = c.FetchSitemap(t.Context(), Request{URL: base + "/none.xml"})
	if e := fetchError(t, err); e.Status != 404 || e.Temporary || answer.Sitemap != nil {
		t.Errorf("%+v", e)
	}
}

func FuzzSitemap(f *testing.F) {
	for _, s := range []string{urlset + "<url><loc>/a</loc></url></urlset>", "<sitemapindex><sitemap><loc>http://a.example/", "http://a.example/\nhttp://b.example/", "<urlset><url></urlset></url>", "<urlset><url><url><loc>/a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ParseSitemap(bytes.NewReader(body), "", sitemapURL)
		if len(s.Entries)+len(s.Children) > MaxSitemapEntries {
			t.Fatal("too many entries")
		}
		for _, e := range append(s.Entries, s.Children...) {
			if again, err := Normalize(e.URL, nil); err != nil || again != e.URL || !utf8.ValidString(e.Hint.Title) {
				t.Fatalf("%+v, %v", e, err)
			}
		}
		if errors.Is(err, ErrNotSitemap) && len(s.Entries)+len(s.Children) > 0 {
			t.Fatalf("no sitemap, but %d entries", len(s.Entries))
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2025, 6, 2, 10, 0, 0, 0, time.UTC)
	for _, s := range []string{"120", "-1", "Mon, 02 Jun 2025 10:05:00 GMT", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "1.5", " 7 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if d := retryAfter(value, now); d < 0 || d > MaxRetryAfter {
			t.Fatalf("%v", d)
		}
	})
}

func BenchmarkSitemap(b *testing.B) {
	var s strings.Builder
	s.WriteString(urlset)
	for i := range 1000 {
		fmt.Fprintf(&s, "<url><loc>https://press.example/2025/06/keel-%d-laid</loc><lastmod>2025-06-02T10:00:00+03:00</lastmod></url>\n", i)
	}
	body := []byte(s.String() + "</urlset>")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSitemap(bytes.NewReader(body), "application/xml", sitemapURL); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFetch(b *testing.B) {
	body := []byte(strings.Replace(page, "</body>", strings.Repeat(`<p>The keel of the frigate was laid on Monday, the yard said.</p><a href="/news/2025/06/story-about-the-yard">More</a>`+"\n", 500)+"</body>", 1))
	c, base := serve(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body)
	})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Fetch(b.Context(), Request{URL: base + "/a"}); err != nil {
			b.Fatal(err)
		}
	}
}
