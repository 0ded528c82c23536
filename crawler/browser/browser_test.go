package browser

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"winnow/internal/browsertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// chromium returns a browser for a test.
func chromium(t *testing.T, change ...func(*Options)) *Browser {
	t.Helper()
	o := Options{Path: browsertest.Path(t, Find), UserAgent: "winnow-test/1.0"}
	for _, f := range change {
		f(&o)
	}
	b := New(o)
	t.Cleanup(b.Close)
	return b
}

func html(body string) Page {
	return Page{URL: "https://paper.example/story", Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte("<!DOCTYPE html><html><head><title>Pier</title></head><body>" + body + "</body></html>")}
}

// shelf is a loader of fixed resources that records the requests.
type shelf struct {
	mu    sync.Mutex
	files map[string]string
	asked []string
}

func (s *shelf) load(_ context.Context, kind Kind, url string, _ http.Header) (Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, string(kind)+" "+url)
	body, ok := s.files[url]
	if !ok {
		return Resource{}, errors.New("refused")
	}
	return Resource{Status: 200, Body: []byte(body)}, nil
}

func TestRender(t *testing.T) {
	const place = `<p id="x"></p><script>const say = t => { document.getElementById("x").textContent += t };`
	files := map[string]string{
		"https://paper.example/app.js":        `say("from the script")`,
		"https://paper.example/data.json":     `{"text": "from the data"}`,
		"https://api.paper.example/data.json": `{"text": "from another host"}`,
	}
	b := chromium(t)
	for _, tc := range []struct {
		name, body, want string
		asked            []string
	}{
		{name: "script of the page", body: place + `say("here")</script>`, want: `<p id="x">here</p>`},
		{name: "script file", body: place + `</script><script src="/app.js"></script>`, want: "from the script", asked: []string{"script https://paper.example/app.js"}},
		{name: "data", body: place + `fetch("/data.json").then(r => r.json()).then(d => say(d.text))</script>`, want: "from the data", asked: []string{"data https://paper.example/data.json"}},
		{name: "data by XMLHttpRequest", body: place + `const r = new XMLHttpRequest(); r.onload = () => say(JSON.parse(r.response).text); r.open("GET", "data.json"); r.send()</script>`, want: "from the data", asked: []string{"data https://paper.example/data.json"}},
		{name: "data of another host, with a header", body: place + `fetch("https://api.paper.example/data.json", {headers: {"X-Kind": "a"}}).then(r => r.json()).then(d => say(d.text))</script>`, want: "from another host", asked: []string{"data https://api.paper.example/data.json"}},
		{name: "after four seconds", body: place + `setTimeout(() => say("late"), 4000)</script>`, want: "late"},
		{name: "again and again", body: place + `let n = 0; setInterval(() => { if (++n == 10) say("ten") }, 100)</script>`, want: "ten"},
		{name: "refused", body: place + `fetch("/other.json").catch(() => say("nothing came"))</script>`, want: "nothing came", asked: []string{"data https://paper.example/other.json"}},
		{name: "posted", body: place + `fetch("/data.json", {method: "POST", body: "x"}).catch(() => say("not sent"))</script>`, want: "not sent"},
		{name: "frames, pictures and films are not asked for", body: `<img src="/a.png"><video src="/a.mp4" autoplay></video><iframe src="/frame"></iframe><p>text</p>`, want: "<p>text</p>"},
		{name: "a style sheet does not hold up", body: `<link rel="stylesheet" href="/a.css">` + place + `say("styled")</script>`, want: "styled"},
		{name: "a dialog", body: place + `alert("hello"); say(confirm("yes?") ? "yes" : "no")</script>`, want: "no</p>"},
		{name: "it does not lead away", body: place + `say("stays"); setTimeout(() => { location = "https://other.example/" }, 100)</script>`, want: "stays"},
		{name: "a window", body: place + `say(open("https://other.example/") ? "opened" : "closed")</script>`, want: "closed"},
		{name: "the agent", body: place + `say(navigator.userAgent)</script>`, want: "winnow-test/1.0"},
		{name: "a mistake in a script", body: place + `say("before"); nothing.there()</script>`, want: "before"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &shelf{files: files}
			got, err := b.Render(t.Context(), html(tc.body), s.load)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(got), tc.want) || !strings.HasPrefix(string(got), "<!DOCTYPE html>\n<html") {
				t.Errorf("%q is not in\n%s", tc.want, got)
			}
			if !slices.Equal(s.asked, tc.asked) {
				t.Errorf("asked for %q, want %q", s.asked, tc.asked)
			}
		})
	}
}

// TestReachesNoNetwork: sockets, beacons, frames and the browser's own requests
// reach nothing, not even loopback; what a worker fetches goes to the loader.
func TestReachesNoNetwork(t *testing.T) {
	var mu sync.Mutex
	var hits []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		hits = append(hits, r.URL.Path)
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	page := html(strings.ReplaceAll(`<p id="x"></p><img src="http://127.0.0.1:PORT/img"><link rel="preconnect" href="http://127.0.0.1:PORT"><link rel="prefetch" href="http://127.0.0.1:PORT/prefetch">
		<iframe src="http://127.0.0.1:PORT/frame"></iframe><script>
		new WebSocket("ws://127.0.0.1:PORT/socket"); new WebSocket("ws://localhost:PORT/socket");
		navigator.sendBeacon("http://127.0.0.1:PORT/beacon", "x"); new EventSource("http://127.0.0.1:PORT/events");
		const w = new Worker(URL.createObjectURL(new Blob(['fetch("http://127.0.0.1:PORT/worker").catch(() => 0); new WebSocket("ws://127.0.0.1:PORT/worker-socket")'])));
		const f = document.createElement("form"); f.action = "http://127.0.0.1:PORT/form"; f.target = "_blank"; document.body.append(f); f.submit();
		document.getElementById("x").textContent = "done";
		</script>`, "PORT", port))
	page.URL = "http://paper.example/story"
	s := &shelf{}
	got, err := chromium(t).Render(t.Context(), page, s.load)
	if err != nil || !strings.Contains(string(got), ">done<") {
		t.Fatalf("%s, %v", got, err)
	}
	if want := []string{"data http://127.0.0.1:" + port + "/worker"}; !slices.Equal(s.asked, want) {
		t.Errorf("the loader was asked for %q, want %q", s.asked, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(hits) > 0 {
		t.Errorf("the server was asked for %q", hits)
	}
}

// TestRenderLimits: a page that never ends, is too large or takes too much memory
// is an error; the process ends, and the next page is rendered.
func TestRenderLimits(t *testing.T) {
	b := chromium(t, func(o *Options) { o.MaxDOM, o.Memory = 1<<20, 600<<20 })
	if _, err := b.Render(t.Context(), html("<p>the first</p>"), (&shelf{}).load); err != nil {
		t.Fatal(err) // the time that Chromium takes to start is not that of a page
	}
	for _, tc := range []struct {
		name, body string
		timeout    time.Duration
		want       error
	}{
		{"a loop", `<script>for (;;) {}</script>`, 4 * time.Second, ErrTimeout},
		{"too large", `<script>document.body.append("x".repeat(2000000))</script>`, time.Minute, ErrTooLarge},
		{"too much memory", `<script>const all = []; setInterval(() => { const a = new Uint8Array(1 << 25); for (let i = 0; i < a.length; i += 4096) a[i] = 1; all.push(a) }, 1); for (;;) { const a = new Uint8Array(1 << 25); for (let i = 0; i < a.length; i += 4096) a[i] = 1; all.push(a); if (all.length > 200) break }</script>`, time.Minute, ErrMemory},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), tc.timeout)
			defer cancel()
			if got, err := b.Render(ctx, html(tc.body), (&shelf{}).load); !errors.Is(err, tc.want) {
				t.Errorf("%d bytes, %v; want %v", len(got), err, tc.want)
			}
			if got, err := b.Render(t.Context(), html("<p>the next</p>"), (&shelf{}).load); err != nil || !strings.Contains(string(got), "the next") {
				t.Errorf("the page behind it: %s, %v", got, err)
			}
		})
	}
}

// TestPagesShareNothing: neither cookies nor storage of a page reach the next.
func TestPagesShareNothing(t *testing.T) {
	b := chromium(t)
	page := html(`<p id="x"></p><script>document.getElementById("x").textContent = "[" + document.cookie + (localStorage.n || "") + "]"; document.cookie = "a=b"; localStorage.n = "c"</script>`)
	for range 2 {
		got, err := b.Render(t.Context(), page, (&shelf{}).load)
		if err != nil || !strings.Contains(string(got), ">[]<") {
			t.Fatalf("%s, %v", got, err)
		}
	}
}

// TestCloseLeavesNothing: Close leaves no process and no folder.
func TestCloseLeavesNothing(t *testing.T) {
	temporary, err := os.MkdirTemp("", "") // short: sockets have paths of a hundred bytes at most
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temporary)
	t.Setenv("TMPDIR", temporary)
	b := chromium(t)
	if _, err := b.Render(t.Context(), html("<p>x</p>"), (&shelf{}).load); err != nil {
		t.Fatal(err)
	}
	folders := func() []string {
		found, _ := filepath.Glob(filepath.Join(temporary, "*"))
		return found
	}
	if len(folders()) != 1 {
		t.Fatalf("folders while it runs: %q", folders())
	}
	dir := folders()[0]
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := b.Render(ctx, html("<script>for (;;) {}</script>"), (&shelf{}).load); err == nil {
		t.Error("an endless page was rendered")
	}
	b.Close()
	if len(folders()) > 0 {
		t.Errorf("left: %q", folders())
	}
	if left := running(dir); left > 0 {
		t.Errorf("%d processes are left", left)
	}
	if _, err := b.Render(t.Context(), html("<p>again</p>"), (&shelf{}).load); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestNoBrowser(t *testing.T) {
	for _, tc := range []struct{ name, path, said string }{
		{"not there", filepath.Join(t.TempDir(), "chromium"), "fetch.chromium"},
		{"none is found", "", "apt-get install chromium"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("PATH", "")
			_, err := New(Options{Path: tc.path}).Render(t.Context(), html("x"), (&shelf{}).load)
			if !errors.Is(err, ErrNoBrowser) || !strings.Contains(err.Error(), tc.said) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("is no browser", func(t *testing.T) {
		program := filepath.Join(t.TempDir(), "chromium")
		if err := os.WriteFile(program, []byte("#!/bin/sh\necho no display >&2\nexit 3\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Path: program}).Render(t.Context(), html("x"), (&shelf{}).load); err == nil || !strings.Contains(err.Error(), program) {
			t.Errorf("got %v", err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	browser := New(Options{Path: browsertest.Path(b, Find)})
	defer browser.Close()
	page := html(`<main></main><script>for (let i = 0; i < 40; i++) { const p = document.createElement("p"); p.textContent = "The pier was opened on Tuesday. ".repeat(10); document.querySelector("main").append(p) }</script>`)
	for b.Loop() {
		if _, err := browser.Render(b.Context(), page, (&shelf{}).load); err != nil {
			b.Fatal(err)
		}
	}
}
