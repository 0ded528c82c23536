package testweb

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/html/charset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o Options) (*Web, *http.Client) {
	t.Helper()
	w, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: (&net.Dialer{}).DialContext}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	status int
	header http.Header
	text   string // in UTF-8
}

func ask(t *testing.T, c *http.Client, address string, header ...string) answer {
	t.Helper()
	in, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		in.Header.Set(header[i], header[i+1])
	}
	out, err := c.Do(in)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(out.Header.Get("Content-Type"), "text/html") {
		enc, _, _ := charset.DetermineEncoding(body, out.Header.Get("Content-Type"))
		if body, err = enc.NewDecoder().Bytes(body); err != nil {
			t.Fatal(err)
		}
	}
	return answer{out.StatusCode, out.Header, string(body)}
}

// plain returns a page without its markup, roughly.
func plain(page string) string {
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	page = strings.NewReplacer("&amp;", "&", "&#39;", "'", "&#34;", `"`, "&quot;", `"`).Replace(page)
	return strings.Join(strings.Fields(page), " ")
}

func TestEveryStoryIsOnItsPageAmongNoise(t *testing.T) {
	for _, day := range []int{1, 2} {
		w, c := start(t, Options{Day: day})
		for _, s := range w.Truth() {
			page := ask(t, c, s.URL)
			for page.status == http.StatusInternalServerError {
				page = ask(t, c, s.URL)
			}
			text := plain(page.text)
			if page.status != 200 || !strings.Contains(text, s.Title) || !strings.Contains(text, s.Author) {
				t.Errorf("%s: status %d, title %q or author %q is missing", s.URL, page.status, s.Title, s.Author)
			}
			for p := range strings.SplitSeq(s.Text, "\n\n") {
				if !strings.Contains(text, strings.Join(strings.Fields(p), " ")) {
					t.Errorf("%s: this paragraph is missing: %s", s.URL, p)
				}
			}
			if words := len(strings.Fields(s.Text)); words < 60 {
				t.Errorf("%s has %d words, too few for a story", s.URL, words)
			}
			noise := 0
			for _, n := range w.Noise() {
				if strings.Contains(text, n) {
					noise++
				}
				if strings.Contains(s.Text, n) {
					t.Errorf("%s: the noise %q is in the story itself", s.URL, n)
				}
			}
			if noise < 4 {
				t.Errorf("%s: only %d passages of noise", s.URL, noise)
			}
		}
	}
}

// crawl follows every link of the web's pages that robots.txt allows.
func crawl(t *testing.T, w *Web, c *http.Client) map[string]int {
	t.Helper()
	href := regexp.MustCompile(`href="(/[^"#]*|http[^"#]*)`)
	seen, queue := map[string]int{}, []string{}
	hosts := map[string]bool{}
	for _, s := range w.Sites() {
		u, _ := url.Parse(s.URL)
		hosts[u.Host] = true
		queue = append(queue, s.URL)
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if _, ok := seen[at]; ok {
			continue
		}
		page := ask(t, c, at)
		seen[at] = page.status
		base, _ := url.Parse(at)
		links := href.FindAllStringSubmatch(page.text, -1)
		if to := page.header.Get("Location"); to != "" {
			links = append(links, []string{"", to})
		}
		for _, m := range links {
			u, err := base.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil || !hosts[u.Host] {
				continue
			}
			q := u.Query()
			for _, key := range []string{"utm_source", "utm_medium", "fbclid", "PHPSESSID"} {
				q.Del(key)
			}
			u.RawQuery = q.Encode()
			queue = append(queue, u.String())
		}
	}
	return seen
}

func TestEveryStoryCanBeFoundByLinks(t *testing.T) {
	for _, day := range []int{1, 2} {
		w, c := start(t, Options{Day: day})
		seen := crawl(t, w, c)
		for _, s := range w.Truth() {
			if status, ok := seen[s.URL]; !ok || status != 200 && status != 500 {
				t.Errorf("day %d: %s was not found by links (status %d)", day, s.URL, status)
			}
		}
		for address, status := range seen {
			u, _ := url.Parse(address)
			known := []string{"/subscribe", "/tag/", "/account", "/auth/", "/member", "/members/start", "/members/staff", "/bitrix/admin/"}
			if status == 404 && !slices.Contains(known, u.Path) {
				t.Errorf("day %d: the link %s leads nowhere", day, address)
			}
		}
	}
}

func TestWhatEachDayHolds(t *testing.T) {
	w, _ := start(t, Options{})
	count := func() (stories, fresh, changed, copies, series, languages int) {
		langs := map[string]bool{}
		for _, s := range w.Truth() {
			stories++
			langs[s.Lang] = true
			if s.New {
				fresh++
			}
			if s.Changed {
				changed++
			}
			if s.Edit != "" {
				copies++
			}
			if s.Series != "" {
				series++
			}
		}
		return stories, fresh, changed, copies, series, len(langs)
	}
	if n, fresh, changed, copies, series, langs := count(); n != 44 || fresh != 44 || changed != 0 || copies != 8 || series != 5 || langs != 2 {
		t.Errorf("day 1: %d stories, %d new, %d changed, %d copies, %d of a series, %d languages", n, fresh, changed, copies, series, langs)
	}
	w.SetDay(2)
	if n, fresh, changed, copies, series, langs := count(); n != 52 || fresh != 8 || changed != 4 || copies != 9 || series != 7 || langs != 2 {
		t.Errorf("day 2: %d stories, %d new, %d changed, %d copies, %d of a series, %d languages", n, fresh, changed, copies, series, langs)
	}
	edits := map[string]bool{}
	for _, s := range w.Truth() {
		if s.Cluster == "frigate-ansgar-joins-fleet" {
			edits[s.Edit] = true
		}
	}
	for _, edit := range []string{"", "verbatim", "light", "cut"} {
		if !edits[edit] {
			t.Errorf("the story of the frigate has no copy of the kind %q", edit)
		}
	}
}

// Originals share no sentences, except for the follow-up and the series: otherwise
// one would be a copy.
func TestOriginalsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, s := range catalog() {
		if s.edit != "" || s.series != "" || s.slug == "convoy-inquiry-blames-radio" {
			continue
		}
		for _, p := range append(s.paras, s.update) {
			for sentence := range strings.SplitSeq(p, ". ") {
				if other, ok := seen[sentence]; ok && sentence != "" {
					t.Errorf("%s and %s share %q", other, s.slug, sentence)
				}
				seen[sentence] = s.slug
			}
		}
	}
}

func TestUnchangedPagesAnswer304(t *testing.T) {
	w, c := start(t, Options{})
	before := w.Truth()
	type validators struct{ etag, modified string }
	held := map[string]validators{}
	for _, s := range before {
		page := ask(t, c, s.URL)
		for page.status == 500 {
			page = ask(t, c, s.URL)
		}
		held[s.URL] = validators{page.header.Get("ETag"), page.header.Get("Last-Modified")}
		if held[s.URL] == (validators{}) {
			t.Errorf("%s has no validator", s.URL)
		}
	}
	w.SetDay(2)
	w.ForgetRequests()
	for _, s := range w.Truth() {
		v, ok := held[s.URL]
		if !ok {
			continue
		}
		var header []string
		if v.etag != "" {
			header = append(header, "If-None-Match", v.etag)
		}
		if v.modified != "" {
			header = append(header, "If-Modified-Since", v.modified)
		}
		want := 304
		if s.Changed {
			want = 200
		}
		if page := ask(t, c, s.URL, header...); page.status != want {
			t.Errorf("%s: status %d, want %d (changed: %v)", s.URL, page.status, want, s.Changed)
		}
	}
	for _, r := range w.Requests() {
		if !r.Conditional || r.Site == "" || r.At.IsZero() {
			t.Errorf("the log says %+v", r)
		}
	}
}

func TestFaults(t *testing.T) {
	w, c := start(t, Options{})
	sites := w.Sites()
	harbour, standard, sky, rubezh := sites[0].URL, sites[1].URL, sites[2].URL, sites[3].URL
	for _, row := range []struct {
		name, address string
		status        int
		holds         string
	}{
		{"robots.txt with a delay", harbour + "robots.txt", 200, "Crawl-delay: 0.02"},
		{"robots.txt that is missing", standard + "robots.txt", 404, ""},
		{"a page that robots.txt closes", harbour + "members/crew-list", 200, "not for crawlers"},
		{"an old address", sky + "old/parachute-tower-reopens", 301, ""},
		{"a soft 404", rubezh + "news/1/", 200, "Страница не найдена"},
		{"a login wall", standard + "premium/tables.html", 200, "Please log in"},
		{"a page that never was", sky + "a/nothing", 404, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			page := ask(t, c, row.address)
			if page.status != row.status || !strings.Contains(page.text, row.holds) {
				t.Errorf("%s: status %d:\n%s", row.address, page.status, page.text)
			}
		})
	}
	var flaky []string
	for _, s := range w.Truth() {
		if page := ask(t, c, s.URL); page.status == 500 {
			flaky = append(flaky, s.URL)
		}
	}
	if len(flaky) != 1 {
		t.Fatalf("pages that fail at first: %v", flaky)
	}
	if second, third := ask(t, c, flaky[0]).status, ask(t, c, flaky[0]).status; second != 500 || third != 200 {
		t.Errorf("the failing page answers %d, then %d", second, third)
	}
}

func TestFeedsAndSitemapsAreWellFormed(t *testing.T) {
	w, c := start(t, Options{})
	sites := w.Sites()
	for i, paths := range [][]string{
		{"feed/", "sitemap_index.xml", "sitemap-stories.xml", "news-sitemap.xml"}, nil,
		{"atom.xml", "sitemap.xml.gz"}, {"rss.php", "sitemap.xml"}, {"rss.xml", "news.xml"},
	} {
		for _, path := range paths {
			page := ask(t, c, sites[i].URL+path)
			body := io.Reader(strings.NewReader(page.text))
			if strings.HasSuffix(path, ".gz") {
				zr, err := gzip.NewReader(bytes.NewReader([]byte(page.text)))
				if err != nil {
					t.Fatal(path, err)
				}
				body = zr
			}
			d := xml.NewDecoder(body)
			d.CharsetReader = charset.NewReaderLabel
			elements := 0
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s%s: %v", sites[i].URL, path, err)
				}
				if _, ok := token.(xml.StartElement); ok {
					elements++
				}
			}
			if elements < 3 {
				t.Errorf("%s%s: %d elements", sites[i].URL, path, elements)
			}
		}
	}
}

func TestNamesNeedNoPort(t *testing.T) {
	w, c := start(t, Options{Names: true})
	again, _ := start(t, Options{Names: true})
	for i, s := range w.Truth() {
		u, err := url.Parse(s.URL)
		if err != nil || u.Port() != "" || !strings.HasSuffix(u.Host, ".example") {
			t.Fatalf("%s", s.URL)
		}
		if other := again.Truth()[i].URL; other != s.URL {
			t.Errorf("another run calls it %s, this one %s", other, s.URL)
		}
		address := w.Resolve()[u.Host]
		if page := ask(t, c, "http://"+address+u.Path); page.status != 200 && page.status != 500 {
			t.Errorf("%s by way of %s: status %d", s.URL, address, page.status)
		}
	}
}

func TestDelayHoldsAnswersBack(t *testing.T) {
	w, c := start(t, Options{Delay: 30 * time.Millisecond})
	began := time.Now()
	ask(t, c, w.Sites()[0].URL)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("the answer took %v", took)
	}
}

func TestABusyPortIsToldAndLeavesNothingOpen(t *testing.T) {
	first, _ := start(t, Options{})
	u, _ := url.Parse(first.Sites()[0].URL)
	l, err := net.Listen("tcp", "127.0.0.1:"+u.Port())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var port int
	for _, r := range u.Port() {
		port = port*10 + int(r-'0')
	}
	if w, err := Start(Options{Port: port}); err == nil {
		_ = w.Close()
		t.Error("a second web took the same port")
	}
}

func BenchmarkSetDay(b *testing.B) {
	w, err := Start(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	for b.Loop() {
		w.SetDay(2)
	}
}
