package pipeline

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/schedule"
)

// visits are the moments at which a server was asked, by host and path.
type visits struct {
	mu sync.Mutex
	at map[string][]time.Time
}

func (v *visits) note(r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.at[r.Host+r.URL.Path] = append(v.at[r.Host+r.URL.Path], time.Now())
}

// TestRedirectsOnTheWeb: fault 13. Circles and long chains end, a hop to a host
// whose robots.txt forbids it is not made, nor one to another site or to a private
// address, and the pace of the host holds between two hops.
func TestRedirectsOnTheWeb(t *testing.T) {
	asked := visits{at: map[string][]time.Time{}}
	next := func(path string) string { // "/chain1" of "/chain0"
		n := 0
		i := strings.IndexAny(path, "0123456789")
		fmt.Sscan(path[i:], &n)
		return fmt.Sprint(path[:i], n+1)
	}
	inside, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.note(r)
		to := func(target string) { http.Redirect(w, r, target, http.StatusFound) }
		switch path := r.URL.Path; {
		case path == "/robots.txt" && r.Host == "closed.press.example":
			fmt.Fprint(w, "User-agent: *\nDisallow: /")
		case path == "/":
			fmt.Fprint(w, list("/loop1", "/chain0", "/few0", "/closed", "/away"))
		case path == "/loop3":
			to("/loop1")
		case path == "/few2":
			fmt.Fprint(w, article("Fulda"))
		case strings.HasPrefix(path, "/loop"), strings.HasPrefix(path, "/chain"), strings.HasPrefix(path, "/few"):
			to(next(path))
		case path == "/closed":
			to("http://closed.press.example/secret")
		case path == "/away":
			to("http://elsewhere.example/x")
		case path == "/inside":
			to("http://" + inside.Addr().String() + "/")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	private := &httptest.Server{Listener: inside, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.note(r) })}}
	private.Start()
	t.Cleanup(private.Close)

	p := newPipeline(t)
	const delay = 60 * time.Millisecond
	scope, err := crawler.NewScope("http://press.example/", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Sources = []Source{{Name: "press", Site: "http://press.example/", Scope: scope, MaxDepth: 3, Delay: delay}}
	address, resolve := strings.TrimPrefix(server.URL, "http://"), map[string]string{}
	for _, host := range []string{"press.example", "closed.press.example", "elsewhere.example", "loose.example"} {
		resolve[host] = address
	}
	if p.Crawler, err = crawler.New(crawler.Options{UserAgent: p.Options.UserAgent, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolve: resolve, Ports: []string{inside.Addr().String()}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Crawler.Close)
	if _, err := p.Refresh(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Backfill(t.Context(), []string{"http://loose.example/inside"}); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/loop1", "/loop2", "/loop3", "/chain0", "/chain10", "/few0", "/few1", "/few2", "/closed", "/away"} {
		if n := len(asked.at["press.example"+page]); n != 1 {
			t.Errorf("%s was asked for %d times", page, n)
		}
	}
	for _, page := range []string{"press.example/chain11", "closed.press.example/secret", "elsewhere.example/x", "elsewhere.example/robots.txt", inside.Addr().String() + "/", inside.Addr().String() + "/robots.txt"} {
		if n := len(asked.at[page]); n != 0 {
			t.Errorf("%s was asked for %d times", page, n)
		}
	}
	for _, hop := range [][2]string{{"/few0", "/few1"}, {"/few1", "/few2"}, {"/loop1", "/loop2"}} {
		from, to := asked.at["press.example"+hop[0]], asked.at["press.example"+hop[1]]
		if len(from) == 1 && len(to) == 1 && to[0].Sub(from[0]) < delay-5*time.Millisecond {
			t.Errorf("from %s to %s in %v, the pace is %v", hop[0], hop[1], to[0].Sub(from[0]), delay)
		}
	}
	for url, want := range map[string]struct {
		state  schedule.State
		reason string
	}{
		"http://press.example/loop1":             {schedule.SetAside, "redirects to http://press.example/loop2, and from there in a circle back; the site may want its cookies back: try keep_cookies: true for source press"},
		"http://press.example/loop3":             {schedule.SetAside, "redirects to http://press.example/loop1, and from there in a circle back"},
		"http://press.example/chain10":           {schedule.SetAside, "more than 10 redirects"},
		"http://press.example/few2":              {schedule.Done, ""},
		"http://closed.press.example/secret":     {schedule.SetAside, "robots.txt does not allow it"},
		"http://press.example/away":              {schedule.SetAside, "another site"},
		"http://" + inside.Addr().String() + "/": {schedule.SetAside, "forbidden address"},
	} {
		x, err := p.Explain(t.Context(), url)
		if err != nil || x.URLs[0].State != want.state || !strings.Contains(x.URLs[0].Reason, want.reason) {
			t.Errorf("%s: %+v, %v; want %s: %s", url, x, err, want.state, want.reason)
		}
	}
	if x, err := p.Explain(t.Context(), "http://press.example/few2"); err != nil || !slices.Equal(x.URLs[0].Redirects, []string{"http://press.example/few0", "http://press.example/few1"}) {
		t.Errorf("explained as %+v, %v", x, err)
	}
	if t.Failed() {
		t.Logf("asked for %s", slices.Sorted(maps.Keys(asked.at)))
	}
}

// TestBrokenBodyIsNotPublished: fault 12. A body that breaks off leaves nothing;
// the next try, which brings it whole, leaves the story.
func TestBrokenBodyIsNotPublished(t *testing.T) {
	var mu sync.Mutex
	tries := 0
	site := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, list("/a"))
		case "/a":
			mu.Lock()
			defer mu.Unlock()
			text := article("Aken")
			if tries++; tries == 1 {
				w.Header().Set("Content-Length", fmt.Sprint(len(text)))
				fmt.Fprint(w, text[:len(text)-200]) // more than enough for a story
				return
			}
			fmt.Fprint(w, text)
		default:
			http.NotFound(w, r)
		}
	})
	p := newPipeline(t, site)
	start, later := time.Now().UTC(), time.Duration(0)
	p.Now = func() time.Time { return start.Add(later) }
	for _, want := range []struct {
		stories int
		state   schedule.State
	}{{0, schedule.Pending}, {1, schedule.Done}} {
		summary, err := p.Refresh(t.Context(), nil, false)
		if err != nil {
			t.Fatal(err)
		}
		x, err := p.Explain(t.Context(), site.URL+"/a")
		if err != nil || summary.Sources[0].Stories != want.stories || summary.Settled.Wrote != want.stories || x.URLs[0].State != want.state || len(x.URLs[0].Copies) != want.stories {
			t.Errorf("try %d: %d stories, %d files, %+v, %v", tries, summary.Sources[0].Stories, summary.Settled.Wrote, x.URLs[0], err)
		}
		later += time.Hour
	}
}
