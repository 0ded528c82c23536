package robotstxt

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAllowed(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		yes, no    []string
	}{
		{"empty", "", []string{"/a"}, nil},
		{"all", "User-agent: *\nDisallow: /", []string{"/robots.txt"}, []string{"/", "/a", "?x"}},
		{"nothing", "User-agent: *\nDisallow:", []string{"/", "/a"}, nil},
		{"own group", "User-agent: *\nDisallow: /\n\nUser-agent: winnow\nDisallow: /b", []string{"/a"}, []string{"/b", "/bc"}},
		{"case of the token", "User-agent: WinNow\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"token with a version", "User-agent: winnow/2.1\nDisallow: /b", nil, []string{"/b"}},
		{"no prefix match", "User-agent: winn\nDisallow: /\nUser-agent: winnowing\nDisallow: /", []string{"/b"}, nil},
		{"groups of one token are merged", "User-agent: winnow\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: winnow\nDisallow: /b", []string{"/c"}, []string{"/a", "/b"}},
		{"star groups are merged", "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: *\nDisallow: /b", []string{"/c"}, []string{"/a", "/b"}},
		{"several agents of a group", "User-agent: a\nUser-agent: winnow\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"a sitemap between agents parts nothing", "User-agent: winnow\nSitemap: https://a.example/s.xml\nUser-agent: b\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"a delay ends the agents", "User-agent: *\nCrawl-delay: 5\n\nUser-agent: Bad\nDisallow: /", []string{"/a"}, nil},
		{"rules before any agent", "Disallow: /\nUser-agent: winnow\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"longest wins", "User-agent: *\nAllow: /p\nDisallow: /", []string{"/page"}, []string{"/other"}},
		{"order does not count", "User-agent: *\nDisallow: /\nAllow: /members/about\nDisallow: /members/", []string{"/members/about"}, []string{"/members/x", "/y"}},
		{"allow wins a tie", "User-agent: *\nDisallow: /page\nAllow: /page", []string{"/page"}, nil},
		{"allow wins a tie, first", "User-agent: *\nAllow: /page\nDisallow: /page", []string{"/page"}, nil},
		{"longer star beats shorter", "User-agent: *\nAllow: /page\nDisallow: /*.htm", []string{"/page"}, []string{"/page.htm"}},
		{"dollar", "User-agent: *\nDisallow: /*.php$", []string{"/a.php?x", "/a.php5"}, []string{"/a.php", "/x/y.php"}},
		{"dollar alone", "User-agent: *\nDisallow: /\nAllow: /$", []string{"/"}, []string{"/a"}},
		{"dollar within is a dollar", "User-agent: *\nDisallow: /a$b", []string{"/a", "/ab"}, []string{"/a$b", "/a%24b"}},
		{"star at the end", "User-agent: *\nDisallow: /fish*", []string{"/Fish"}, []string{"/fish", "/fishy/x"}},
		{"stars", "User-agent: *\nDisallow: /*/print/*x$", []string{"/print/x", "/a/print/y"}, []string{"/a/print/x", "/a/b/print/1/x"}},
		{"overlap", "User-agent: *\nDisallow: /ab*ba$", []string{"/aba"}, []string{"/abba", "/abxba"}},
		{"query", "User-agent: *\nDisallow: /*?replytocom=\nDisallow: /s?b=1&a=2", []string{"/a", "/s?a=2&b=1"}, []string{"/a?replytocom=3", "/s?b=1&a=2"}},
		{"case of the path", "User-agent: *\nDisallow: /Admin", []string{"/admin"}, []string{"/Admin"}},
		{"%3c is %3C", "User-agent: *\nDisallow: /a%3cd", nil, []string{"/a%3cd", "/a%3Cd"}},
		{"unreserved coded", "User-agent: *\nDisallow: /%7Eann", nil, []string{"/~ann", "/%7eann"}},
		{"slash coded is no slash", "User-agent: *\nDisallow: /a%2Fb", []string{"/a/b"}, []string{"/a%2fb"}},
		{"UTF-8", "User-agent: *\nDisallow: /новости", nil, []string{"/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", "/новости"}},
		{"UTF-8 coded", "User-agent: *\nDisallow: /%d0%bd%d0%be", nil, []string{"/новости"}},
		{"star of a URL is a star", "User-agent: *\nDisallow: /a%2A", []string{"/ab"}, []string{"/a*", "/a%2a"}},
		{"BOM", "\xef\xbb\xbfUser-agent: *\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"CR", "User-agent: *\rDisallow: /b\rDisallow: /c", []string{"/a"}, []string{"/b", "/c"}},
		{"CR LF and comments", "# hello\r\nUser-agent: * # all\r\n\r\nDisallow: /b # no\r\n", []string{"/a"}, []string{"/b"}},
		{"spaces", "  user-AGENT :  *  \n\tDISALLOW\t:\t/b ", []string{"/a"}, []string{"/b"}},
		{"bad lines", "garbage\n: x\nUser-agent: *\nNoindex: /a\nDisallow: /b\n\x00\xff\xfe", []string{"/a"}, []string{"/b"}},
		{"no colon", "User-agent *\nDisallow /b", []string{"/a"}, []string{"/b"}},
		{"misspelt", "Useragent: *\nDissallow: /b", []string{"/a"}, []string{"/b"}},
		{"HTML", "<!DOCTYPE html><html><body><p>Not here: sorry</p></body></html>", []string{"/a"}, nil},
		{"rule without a slash", "User-agent: *\nDisallow: b", []string{"/b"}, nil},
		{"star rule without a slash", "User-agent: *\nDisallow: *.pdf$", []string{"/a"}, []string{"/a.pdf"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := Parse([]byte(tc.file))
			for _, base := range []string{"", "https://press.example", "http://press.example:8080"} {
				for _, path := range tc.yes {
					if !r.Allowed("winnow", base+path) {
						t.Errorf("%s%s is disallowed", base, path)
					}
				}
				for _, path := range tc.no {
					if r.Allowed("winnow", base+path) {
						t.Errorf("%s%s is allowed", base, path)
					}
				}
			}
		})
	}
}

func TestAllowedURL(t *testing.T) {
	r := Parse([]byte("User-agent: *\nDisallow: /$\nDisallow: /?\nDisallow: /b"))
	for rawURL, want := range map[string]bool{
		"https://press.example": false, "https://press.example#x": false, "https://press.example?x": false,
		"https://press.example/a?to=http://x.example/b": true, "https://press.example/a#/b": true,
	} {
		if got := r.Allowed("winnow", rawURL); got != want {
			t.Errorf("%s: %v", rawURL, got)
		}
	}
}

func TestLong(t *testing.T) {
	var b strings.Builder
	b.WriteString("User-agent: *\nDisallow: /first\n")
	for i := range 300000 {
		fmt.Fprintf(&b, "Disallow: /x%d\n", i)
	}
	b.WriteString("Disallow: /last\n")
	r := Parse([]byte(b.String())) // 5 MB
	if r.Allowed("w", "/first") || !r.Allowed("w", "/last") || r.Allowed("w", "/x100") {
		t.Error("the first 500 KiB count, and only they")
	}
	// The cut must not leave half a rule.
	head := "User-agent: *\nDisallow: /a\n"
	long := head + strings.Repeat("#", MaxBody-len(head)-15) + "\nDisallow: /x/secret\n"
	if !Parse([]byte(long)).Allowed("w", "/x/page") {
		t.Error("half a rule is a rule")
	}
	if !Parse([]byte("User-agent: *\nDisallow: /"+strings.Repeat("*a", 200000))).Allowed("w", "/"+strings.Repeat("a", 2000)) {
		t.Error("a pattern of 400 KB matches")
	}
}

func TestFromAnswer(t *testing.T) {
	body := []byte("User-agent: *\nDisallow: /b")
	for _, tc := range []struct {
		name      string
		status    int
		err       error
		deny      bool
		a, b      bool
		reachable bool
	}{
		{"ok", 200, nil, false, true, false, true},
		{"not found", 404, nil, false, true, true, true},
		{"forbidden", 403, nil, false, true, true, true},
		{"gone", 410, nil, false, true, true, true},
		{"redirects without end", 302, nil, false, true, true, true},
		{"too many", 429, nil, false, false, false, false},
		{"a proxy asks for a password", 407, nil, false, false, false, false},
		{"unavailable", 503, nil, false, false, false, false},
		{"no answer", 0, http.ErrHandlerTimeout, false, false, false, false},
		{"broken body", 200, http.ErrHandlerTimeout, false, false, false, false},
		{"denying: ok", 200, nil, true, true, false, true},
		{"denying: unauthorized", 401, nil, true, false, false, true},
		{"denying: forbidden", 403, nil, true, false, false, true},
		{"denying: not found", 404, nil, true, true, true, true},
	} {
		r, reachable := FromAnswer(tc.status, body, tc.err, tc.deny)
		if r.Allowed("w", "/a") != tc.a || r.Allowed("w", "/b") != tc.b || reachable != tc.reachable || !r.Allowed("w", "/robots.txt") {
			t.Errorf("%s: reachable %v, %+v", tc.name, reachable, r)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       time.Duration
		ok         bool
	}{
		{"none", "User-agent: *\nDisallow: /b", 0, false},
		{"seconds", "User-agent: *\nCrawl-delay: 10", 10 * time.Second, true},
		{"fraction", "User-agent: *\nCrawl-delay: 0.5", 500 * time.Millisecond, true},
		{"zero", "User-agent: *\nCrawl-delay: 0", 0, true},
		{"a word", "User-agent: *\nCrawl-delay: abc", 0, false},
		{"negative", "User-agent: *\nCrawl-delay: -1", 0, false},
		{"infinite", "User-agent: *\nCrawl-delay: inf", 0, false},
		{"a day", "User-agent: *\nCrawl-delay: 86400", 24 * time.Hour, true},
		{"beyond all", "User-agent: *\nCrawl-delay: " + strings.Repeat("9", 400), maxPace, true},
		{"own group first", "User-agent: *\nCrawl-delay: 10\nUser-agent: winnow\nDisallow: /b", 0, false},
		{"longest", "User-agent: winnow\nCrawl-delay: 1\nUser-agent: winnow\nCrawl-delay: 3", 3 * time.Second, true},
		{"rate", "User-agent: *\nRequest-rate: 1/10", 10 * time.Second, true},
		{"rate with units and hours", "User-agent: *\nRequest-rate: 30/1m 0600-0845", 2 * time.Second, true},
		{"rate of nothing", "User-agent: *\nRequest-rate: 0/10", 0, false},
		{"bad rate", "User-agent: *\nRequest-rate: often", 0, false},
		{"outside of a group", "Crawl-delay: 9\nUser-agent: *\nDisallow:", 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, ok := Parse([]byte(tc.file)).CrawlDelay("Winnow"); got != tc.want || ok != tc.ok {
				t.Errorf("%v, %v", got, ok)
			}
		})
	}
	var none *Rules
	if _, ok := none.CrawlDelay("w"); ok || none.Sitemaps() != nil || !none.Allowed("w", "/") {
		t.Error("the nil Robots")
	}
}

func TestSitemaps(t *testing.T) {
	r := Parse([]byte("Sitemap: https://a.example/1.xml\nUser-agent: *\nDisallow: /\nSITEMAP:https://a.example/2.xml # two\nSitemap:\n"))
	if want := []string{"https://a.example/1.xml", "https://a.example/2.xml"}; !slices.Equal(r.Sitemaps(), want) {
		t.Errorf("%q", r.Sitemaps())
	}
	if n := len(Parse([]byte(strings.Repeat("Sitemap: /a\n", 5000))).Sitemaps()); n != maxSitemaps {
		t.Errorf("%d", n)
	}
}

func TestProductToken(t *testing.T) {
	for in, want := range map[string]string{
		"winnow/1.0 (+https://bot.example)": "winnow", "Winnow": "Winnow", "": "", "a-b_c 2": "a-b_c",
		"Mozilla/5.0 (compatible; WinnowBot/1.0; +https://bot.example)": "WinnowBot",
		"Mozilla/5.0 (X11; Linux x86_64)":                               "Mozilla",
	} {
		if got := ProductToken(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 1e9", "/a%41*$b?c")
	f.Add("user-agent winnow\rdisallow %%2*", "//%")
	f.Fuzz(func(t *testing.T, file, path string) {
		r := Parse([]byte(file))
		allowed := r.Allowed("winnow", path)
		if delay, ok := r.CrawlDelay("winnow"); delay < 0 || delay > maxPace || !ok && delay != 0 {
			t.Fatalf("delay %v", delay)
		}
		if !r.Allowed("winnow", "https://a.example/robots.txt") {
			t.Fatal("robots.txt")
		}
		// Lines that are not rules, and another agent's group, change nothing.
		if !strings.ContainsAny(file, "\r\n") || strings.HasSuffix(file, "\n") {
			more := Parse([]byte(file + "\n# remark\nX-Other: /\n"))
			if more.Allowed("winnow", path) != allowed {
				t.Fatalf("a remark changes %q", path)
			}
		}
		// The same rules hold for a URL and its normal form.
		if p := recodePath(path); recodePath(p) != p {
			t.Fatalf("%q is not stable", p)
		}
	})
}

func BenchmarkRules(b *testing.B) {
	var file strings.Builder
	file.WriteString("User-agent: *\n")
	for i := range 200 {
		fmt.Fprintf(&file, "Disallow: /section%d/*?sort=\n", i)
	}
	r := Parse([]byte(file.String()))
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Parse([]byte(file.String()))
		}
	})
	b.Run("allowed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Allowed("winnow", "https://press.example/section150/2025/06/keel-laid?page=2")
		}
	})
}
