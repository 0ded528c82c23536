package crawler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"winnow/news"
)

const agent = "winnow/1.0 (+https://bot.example/winnow)"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server on loopback and a crawler that may talk to it.
func serve(t testing.TB, h http.HandlerFunc, change ...func(*Options)) (*Crawler, string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return crawlerFor(t, server.URL, change...), server.URL
}

func crawlerFor(t testing.TB, base string, change ...func(*Options)) *Crawler {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{
		UserAgent:    agent,
		Timeout:      5 * time.Second,
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Ports:        []string{u.Port()},
	}
	for _, f := range change {
		f(&options)
	}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// raw takes the connection and writes bytes as they are; reset ends it by RST.
func raw(w http.ResponseWriter, text string, reset bool) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	buf.WriteString(text)
	buf.Flush()
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		time.Sleep(20 * time.Millisecond)
		tcp.SetLinger(0)
	}
}

func fetchError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want an *Error", err, err)
	}
	return e
}

const page = `<!DOCTYPE html><html><head><title>Keel laid</title>
<link rel="canonical" href="/keel?utm_source=self"><link rel="alternate" type="application/rss+xml" title="News" href="feed/">
<link rel="amphtml" href="/keel/amp"></head><body>
<a href="/yard#top">The <b>yard</b></a> <a href="/yard">again</a> <a rel="nofollow sponsored" href="https://ads.example/?gclid=1">Ad</a>
<a href="javascript:void(0)">x</a> <a href="mailto:desk@press.example">mail</a> <a href="#end">end</a> <a href="/keel">self</a>
<a rel="next" href="/keel/2"><img alt="Next part" src="n.png"></a>
<p>The keel of the second frigate was laid on Monday.</p></body></html>`

func TestFetch(t *testing.T) {
	var got http.Header
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", `"k1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jun 2025 08:00:00 GMT")
		w.Header().Set("Set-Cookie", "visit=1")
		fmt.Fprint(w, page)
	})
	request := Request{URL: base + "/keel", Source: "yard", Hint: news.Hint{Title: "Keel"}}
	answer, err := c.Fetch(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	p := answer.Page
	if p == nil || p.Tree == nil || string(p.Body) != page || p.Charset != "utf-8" || p.Source != "yard" || p.Hint.Title != "Keel" || p.Status != 200 {
		t.Fatalf("page %+v", p)
	}
	if want := (news.Validators{ETag: `"k1"`, LastModified: "Mon, 02 Jun 2025 08:00:00 GMT"}); answer.Validators != want {
		t.Errorf("validators %+v", answer.Validators)
	}
	want := []Link{
		{URL: base + "/keel", Rel: RelCanonical},
		{URL: base + "/feed/", Rel: RelFeed, Text: "News"},
		{URL: base + "/keel/amp", Rel: RelAMP},
		{URL: base + "/yard", Text: "The yard"},
		{URL: "https://ads.example/", Text: "Ad", NoFollow: true, Paid: true},
		{URL: base + "/keel/2", Rel: RelNext, Text: "Next part"},
	}
	if fmt.Sprint(answer.Links) != fmt.Sprint(want) {
		t.Errorf("links\n%v\nwant\n%v", answer.Links, want)
	}
	if got.Get("User-Agent") != agent || got.Get("Accept-Encoding") != "gzip, br, zstd" || !strings.HasPrefix(got.Get("Accept"), "text/html") {
		t.Errorf("sent %v", got)
	}
	r := answer.Raw
	if r.RequestHeader.Get("Host") != strings.TrimPrefix(base, "http://") ||
		r.RemoteIP != netip.MustParseAddr("127.0.0.1") || string(r.Body) != page || r.Header.Get("Set-Cookie") == "" || r.At.IsZero() {
		t.Errorf("raw %+v", r)
	}
	if len(answer.BodySHA) != 64 {
		t.Errorf("sha %q", answer.BodySHA)
	}
	if _, err := c.Fetch(t.Context(), request); err != nil || got.Get("Cookie") != "" {
		t.Errorf("second fetch: %v, cookie %q", err, got.Get("Cookie"))
	}
}

func TestColly(t *testing.T) {
	// Colly's variables in the environment have no effect.
	t.Setenv("COLLY_MAX_BODY_SIZE", "10")
	t.Setenv("COLLY_ALLOWED_DOMAINS", "elsewhere.example")
	t.Setenv("COLLY_USER_AGENT", "other")
	for name, status := range map[string]int{"200": 200, "203": 203, "226": 226} {
		t.Run(name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(status)
				fmt.Fprint(w, page)
			})
			// Colly would decompress URLs that end in .xml.gz.
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/sitemap.xml.gz"})
			if err != nil || answer.Page.Status != status || string(answer.Page.Body) != page || answer.Page.Tree == nil {
				t.Fatalf("%+v, %v", answer, err)
			}
		})
	}
}

func TestNotModified(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/unasked" || r.Header.Get("If-None-Match") == `"a"` && r.Header.Get("If-Modified-Since") == "Mon, 02 Jun 2025 08:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	})
	v := news.Validators{ETag: `"a"`, LastModified: "Mon, 02 Jun 2025 08:00:00 GMT"}
	answer, err := c.Fetch(t.Context(), Request{URL: base + "/a", Validators: v})
	if err != nil || !answer.NotModified || answer.Page != nil || answer.Status != 304 || answer.Validators != v {
		t.Errorf("%+v, %v", answer, err)
	}
	feed, err := c.FetchFeed(t.Context(), Request{URL: base + "/feed", Validators: v})
	if err != nil || !feed.NotModified {
		t.Errorf("feed: %+v, %v", feed, err)
	}
	answer, err = c.Fetch(t.Context(), Request{URL: base + "/unasked"})
	if e := fetchError(t, err); answer == nil || answer.NotModified || e.Status != 304 {
		t.Errorf("unasked: %+v, %v", answer, err)
	}
}

func TestRedirects(t *testing.T) {
	asked := 0
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
		fmt.Fprint(w, "moved")
	})
	for _, tc := range []struct{ name, to, want, reason string }{
		{"relative", "../b?utm_medium=x#f", base + "/b", ""},
		{"cross host", "http://other.example:80/x", "http://other.example/x", ""},
		{"downgrade", "http://press.example/", "http://press.example/", ""},
		{"scheme-less", "//cdn.example/a", "http://cdn.example/a", ""},
		{"Cyrillic bytes", "/\xed\xee\xe2", base + "/%ED%EE%E2", ""},
		{"loopback is handed back, refused when fetched", "http://127.0.0.1:1/", "http://127.0.0.1:1/", ""},
		{"file", "file:///etc/passwd", "", "redirect to no usable URL"},
		{"none", "", "", "redirect without a target"},
		{"bad", "http://[::1", "", "redirect to no usable URL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := asked
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/a/b?to=" + url.QueryEscape(tc.to)})
			if asked != before+1 {
				t.Errorf("%d requests, want 1", asked-before)
			}
			if answer == nil || answer.Redirect != tc.want || answer.Page != nil || answer.Status != 302 || string(answer.Raw.Body) != "moved" {
				t.Errorf("%+v, want %q", answer, tc.want)
			}
			if tc.reason != "" {
				if e := fetchError(t, err); e.Reason != tc.reason || e.Temporary {
					t.Errorf("error %+v", e)
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("itself", func(t *testing.T) {
		c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/loop?utm_source=a", http.StatusMovedPermanently)
		})
		answer, err := c.Fetch(t.Context(), Request{URL: base + "/loop"})
		if err != nil || answer.Redirect != base+"/loop" {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}

func TestStatuses(t *testing.T) {
	now := time.Date(2025, 6, 2, 10, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name      string
		status    int
		wait      string
		temporary bool
		after     time.Duration
	}{
		{"gone", 410, "", false, 0},
		{"not found", 404, "", false, 0},
		{"forbidden", 403, "", false, 0},
		{"too many, seconds", 429, "120", true, 2 * time.Minute},
		{"unavailable, date", 503, "Mon, 02 Jun 2025 10:05:00 GMT", true, 5 * time.Minute},
		{"unavailable, past", 503, "Mon, 02 Jun 2025 09:00:00 GMT", true, 0},
		{"unavailable, huge", 503, "99999999999999999999999", true, MaxRetryAfter},
		{"unavailable, nonsense", 503, "soon", true, 0},
		{"server error", 500, "", true, 0},
		{"no content", 204, "", false, 0},
		{"part", 206, "", true, 0},
		{"odd", 999, "", false, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if tc.wait != "" {
					w.Header().Set("Retry-After", tc.wait)
				}
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(tc.status)
				if tc.status != 204 {
					fmt.Fprint(w, page)
				}
			}, func(o *Options) { o.Now = func() time.Time { return now } })
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
			e := fetchError(t, err)
			if e.Status != tc.status || e.Temporary != tc.temporary || e.RetryAfter != tc.after {
				t.Errorf("error %+v", e)
			}
			if answer == nil || answer.Status != tc.status || answer.Page != nil || answer.Links != nil || answer.RetryAfter != tc.after {
				t.Errorf("answer %+v", answer)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no agent":      {},
		"bad port":      {UserAgent: agent, Ports: []string{"http"}},
		"port 0":        {UserAgent: agent, Ports: []string{"0"}},
		"port too big":  {UserAgent: agent, Ports: []string{"press.example:70000"}},
		"bad resolve":   {UserAgent: agent, Resolve: map[string]string{"press.example": ""}},
		"resolve port":  {UserAgent: agent, Resolve: map[string]string{"press.example": "127.0.0.1:x"}},
		"negative time": {UserAgent: agent, Timeout: -1},
	} {
		if c, err := New(o); err == nil {
			c.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel() // while the answer is waited for
		<-r.Context().Done()
	})
	_, err := c.Fetch(ctx, Request{URL: base})
	if e := fetchError(t, err); !errors.Is(err, context.Canceled) || !e.Temporary {
		t.Errorf("%+v", e)
	}
}

// TestConcurrent is for the race detector: one Crawler serves many workers.
func TestConcurrent(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, strings.ReplaceAll(page, "/yard", r.URL.Path+"/yard"))
	})
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			for j := range 5 {
				path := fmt.Sprintf("/%d/%d", i, j)
				answer, err := c.Fetch(t.Context(), Request{URL: base + path})
				if err != nil || len(answer.Links) != 7 || answer.Links[3].URL != base+path+"/yard" {
					t.Errorf("%s: %+v, %v", path, answer, err)
				}
			}
		})
	}
	workers.Wait()
}

func TestLinks(t *testing.T) {
	for _, tc := range []struct{ name, head, body, want string }{
		{"base", `<base href="https://press.example/deep/"><base href="/other/">`, `<a href="a">A</a>`, "https://press.example/deep/a|||A"},
		{"base behind the links", "", `<a href="a">A</a><base href="/deep/">`, "BASE/deep/a|||A"},
		{"bad base", `<base href="data:text/html,x">`, `<a href="a">A</a>`, "BASE/a|||A"},
		{"meta refresh", `<meta http-equiv="Refresh" content="5; URL='/moved'">`, "", "BASE/moved|refresh||"},
		{"meta refresh with a comma", `<meta http-equiv="Refresh" content="0,url=/moved">`, "", "BASE/moved|refresh||"},
		{"meta refresh after minutes", `<meta http-equiv="Refresh" content="600;url=/other">`, "", "BASE/other|||"},
		{"meta refresh of the page itself", `<meta http-equiv="Refresh" content="0">`, "", ""},
		{"a paid link that is also there unpaid", "", `<a rel="sponsored" href="/a"></a><a href="/a">A</a>`, "BASE/a|||A"},
		{"robots meta", `<meta name="ROBOTS" content="noindex, nofollow">`, `<a href="/a">A</a>`, "BASE/a||nofollow|A"},
		{"followed once is followed", "", `<a rel="nofollow" href="/a"></a><a href="/a">A</a>`, "BASE/a|||A"},
		{"next beside plain", "", `<a href="/2">2</a><a rel="next" href="/2">Older</a>`, "BASE/2|||2\nBASE/2|next||Older"},
		{"feeds", `<link rel="alternate" type="application/atom+xml" href="/atom"><link rel="ALTERNATE" type="application/feed+json; charset=utf-8" href="/json"><link rel="alternate" hreflang="ru" href="/ru"><link rel="stylesheet" href="/x.css">`, "",
			"BASE/atom|feed||\nBASE/json|feed||"},
		{"area, white space, hidden text", "", `<map><area href=" /a
		" alt="x"></map><a href="/b"> B <script>no()</script>
		c </a>`, "BASE/a|||\nBASE/b|||B c"},
		{"a link without text", "", `<a href="/a" title="T"></a><a href="/b" aria-label="L"><svg></svg></a>`, "BASE/a|||T\nBASE/b|||L"},
		{"template and comments", "", `<!-- <a href="/no">x</a> --><template><a href="/t">T</a></template>`, "BASE/t|||T"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, "<html><head>%s</head><body>%s</body></html>", tc.head, tc.body)
			})
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/page"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range answer.Links {
				mark := ""
				if l.NoFollow {
					mark = "nofollow"
				}
				got = append(got, strings.Join([]string{l.URL, l.Rel, mark, l.Text}, "|"))
			}
			if s := strings.Join(got, "\n"); s != strings.ReplaceAll(tc.want, "BASE", base) {
				t.Errorf("got\n%s\nwant\n%s", s, tc.want)
			}
		})
	}
	t.Run("too many", func(t *testing.T) {
		var b strings.Builder
		for i := range MaxLinks + 7 {
			fmt.Fprintf(&b, `<a href="/%d">x</a>`, i)
		}
		c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Robots-Tag", "none")
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, b.String())
		})
		answer, err := c.Fetch(t.Context(), Request{URL: base + "/page"})
		if err != nil || len(answer.Links) != MaxLinks || !answer.Links[0].NoFollow {
			t.Errorf("%d links, %v", len(answer.Links), err)
		}
	})
}

func TestPanic(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	})
	x := &exchange{crawler: c, request: Request{URL: base}, accept: acceptPage, html: true, limit: 1 << 20}
	answer, err := x.run(t.Context(), func(ctx context.Context) error {
		if err := x.visit(ctx); err != nil {
			return err
		}
		panic("a page nobody foresaw")
	})
	if e := fetchError(t, err); e.Temporary || !strings.Contains(e.Error(), "nobody foresaw") {
		t.Errorf("%+v", e)
	}
	if answer == nil || answer.Page != nil || answer.Links != nil || answer.Status != 200 {
		t.Errorf("%+v", answer)
	}
}
