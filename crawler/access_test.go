package crawler

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAccessGoesToTheSiteOnly: a source's headers, cookies and password are
// sent to its site, and to no other host, port or scheme.
func TestAccessGoesToTheSiteOnly(t *testing.T) {
	var mu sync.Mutex
	got := map[string]http.Header{}
	note := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got[r.Host] = r.Header.Clone()
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "http://other.example/x", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "opens=doors")
		fmt.Fprint(w, page)
	}
	server := httptest.NewServer(http.HandlerFunc(note))
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	c := crawlerFor(t, server.URL, func(o *Options) {
		o.Resolve = map[string]string{"site.example": address, "other.example": address, "www.site.example": address}
		o.Access = map[string]Access{"a": {
			Site:    "http://site.example/news/",
			Headers: map[string]Secret{"x-key": "s3cret-key", "Accept-Language": "de"},
			Cookies: map[string]Secret{"token": "s3cret-token", "consent": "1"},
			User:    "reader", Password: "s3cret-word",
		}}
	})
	ask := func(t *testing.T, r Request) (*Answer, http.Header) {
		t.Helper()
		answer, err := c.Fetch(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		return answer, got[HostOf(r.URL)]
	}
	names := []string{"X-Key", "Accept-Language", "Cookie", "Authorization"}

	answer, h := ask(t, Request{URL: "http://site.example/a", Source: "a"})
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("reader:s3cret-word"))
	for i, want := range []string{"s3cret-key", "de", "consent=1; token=s3cret-token", basic} {
		if h.Get(names[i]) != want {
			t.Errorf("%s: %q, want %q", names[i], h.Get(names[i]), want)
		}
	}
	shown := fmt.Sprintf("%+v", answer.Raw) + fmt.Sprintf("%+v", answer.Page.Header)
	if strings.Contains(shown, "s3cret") || strings.Contains(shown, "doors") || strings.Contains(shown, basic) {
		t.Errorf("what is kept of the exchange shows a secret: %s", shown)
	}
	if answer.Raw.RequestHeader.Get("X-Key") != "withheld" {
		t.Errorf("kept of the request: %v", answer.Raw.RequestHeader)
	}
	for name, r := range map[string]Request{
		"another host":             {URL: "http://other.example/x", Source: "a"},
		"another host of the site": {URL: "http://www.site.example/a", Source: "a"},
		"another source":           {URL: "http://site.example/a", Source: "b"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, h := ask(t, r); slices.ContainsFunc(names, func(n string) bool { return h.Get(n) != "" }) {
				t.Errorf("it was sent %v", h)
			}
		})
	}
	answer, _ = ask(t, Request{URL: "http://site.example/moved", Source: "a"})
	if answer.Redirect != "http://other.example/x" {
		t.Errorf("redirect to %q", answer.Redirect)
	}
	if _, err := c.FetchRobots(t.Context(), Request{URL: "http://site.example/robots.txt", Source: "a"}); err != nil {
		t.Fatal(err)
	}
	if h := got["site.example"]; h.Get("X-Key") != "s3cret-key" || h.Get("Authorization") != basic {
		t.Errorf("robots.txt was asked for with %v", h)
	}
	if s := (&site{origin: "https://site.example", Access: Access{Password: "p"}}); true {
		req := httptest.NewRequest(http.MethodGet, "http://site.example/a", nil)
		if s.authorize(req, ""); req.Header.Get("Authorization") != "" {
			t.Error("the password of an https site goes out over http")
		}
	}
}

func TestSecretIsNotShown(t *testing.T) {
	access := Access{Site: "https://a.example/", Password: "s3cret", Headers: map[string]Secret{"X": "s3cret"}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, access); strings.Contains(text, "s3cret") || strings.Contains(text, fmt.Sprintf("%x", "s3cret")) {
			t.Errorf("%s prints %s", verb, text)
		}
	}
	b, err := json.Marshal(access)
	if err != nil || strings.Contains(string(b), "s3cret") {
		t.Errorf("as JSON: %s, %v", b, err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "access", access)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "access", access, "password", access.Password)
	if strings.Contains(log.String(), "s3cret") {
		t.Errorf("logged as %s", log.String())
	}
}

// TestKeptCookies: what a server sets comes back in the same run, and only when
// the source asks for it.
func TestKeptCookies(t *testing.T) {
	var mu sync.Mutex
	var last string
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		last = r.Header.Get("Cookie")
		switch r.URL.Path {
		case "/many":
			for i := range 2 * maxCookies {
				http.SetCookie(w, &http.Cookie{Name: fmt.Sprint("n", i), Value: "x", Path: "/"})
			}
		case "/large":
			w.Header().Set("Set-Cookie", "large="+strings.Repeat("x", maxCookie))
		default:
			http.SetCookie(w, &http.Cookie{Name: "visit", Value: r.URL.Path[1:], Path: "/"})
			http.SetCookie(w, &http.Cookie{Name: "own", Value: "theirs", Path: "/"})
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	}, func(o *Options) {
		o.Access = map[string]Access{"jar": {Site: "http://127.0.0.1/", KeepCookies: true}, "none": {Site: "http://127.0.0.1/", Headers: map[string]Secret{"A": "b"}}}
	})
	own := c.sites["jar"]
	own.origin, own.Cookies = base, map[string]Secret{"own": "ours"}
	for _, tc := range []struct{ name, path, source, run, want string }{
		{"the first has none", "/a", "jar", "1", "own=ours"},
		{"the second has the first's", "/b", "jar", "1", "own=ours; visit=a"},
		{"the latest counts", "/c", "jar", "1", "own=ours; visit=b"},
		{"a new run begins anew", "/d", "jar", "2", "own=ours"},
		{"too large", "/large", "jar", "2", "own=ours; visit=d"},
		{"was not taken", "/e", "jar", "2", "own=ours; visit=d"},
		{"another source", "/f", "none", "2", ""},
		{"keeps none", "/g", "none", "2", ""},
		{"no source", "/h", "", "2", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := c.Fetch(t.Context(), Request{URL: base + tc.path, Source: tc.source, Run: tc.run}); err != nil {
				t.Fatal(err)
			}
			if last != tc.want {
				t.Errorf("sent %q, want %q", last, tc.want)
			}
		})
	}
	for range 2 {
		if _, err := c.Fetch(t.Context(), Request{URL: base + "/many", Source: "jar", Run: "2"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(strings.Split(last, "; ")); n > maxCookies+1 {
		t.Errorf("%d cookies are kept", n)
	}
}

// forwardProxy is a proxy for http and, by CONNECT, for https. It resolves names
// itself, as proxies do, and requires the password unless that is "".
func forwardProxy(t *testing.T, to string, password string) (address string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		all = append(all, r.Method+" "+r.URL.Host)
		mu.Unlock()
		if want := "Basic " + base64.StdEncoding.EncodeToString([]byte("u:"+password)); password != "" && r.Header.Get("Proxy-Authorization") != want {
			w.Header().Set("Proxy-Authenticate", "Basic")
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method == http.MethodConnect {
			tunnel(w, to)
			return
		}
		r.RequestURI = ""
		r.Header.Del("Proxy-Authorization")
		res, err := transport.RoundTrip(r)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(res.StatusCode)
		io.Copy(w, res.Body)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// tunnel connects the client to an address.
func tunnel(w http.ResponseWriter, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		far.Close()
		return
	}
	io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	join(near, far)
}

// join copies both ways until both sides have ended.
func join(near, far net.Conn) {
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			io.Copy(pair[0], pair[1])
			pair[0].Close()
		})
	}
	both.Wait()
}

// socksProxy is a SOCKS 5 server (RFC 1928) that connects to one address, whatever
// the request says.
func socksProxy(t *testing.T, to string) (address string, asked func() []string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []string
	var open sync.WaitGroup
	t.Cleanup(func() { listener.Close(); open.Wait() })
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				head := make([]byte, 2)
				io.ReadFull(in, head)
				io.ReadFull(in, make([]byte, head[1])) // methods
				conn.Write([]byte{5, 0})
				request := make([]byte, 5)
				if _, err := io.ReadFull(in, request); err != nil || request[3] != 3 {
					return // a name is expected
				}
				name := make([]byte, int(request[4])+2)
				io.ReadFull(in, name)
				mu.Lock()
				all = append(all, string(name[:len(name)-2]))
				mu.Unlock()
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				conn.Write([]byte{5, 0, 0, 1, 127, 0, 0, 1, 0, 80})
				join(conn, far)
			})
		}
	})
	return listener.Addr().String(), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// TestProxy: pages are fetched through a forward proxy and a SOCKS proxy on a
// private address, and what is refused without a proxy is refused with one.
func TestProxy(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the site was sent the password of the proxy")
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<html><body>%s asks %s</body></html>", r.UserAgent(), r.Host)
	}))
	t.Cleanup(web.Close)
	secure := httptest.NewTLSServer(web.Config.Handler)
	t.Cleanup(secure.Close)
	webAt, secureAt := strings.TrimPrefix(web.URL, "http://"), strings.TrimPrefix(secure.URL, "https://")

	plain, plainAsked := forwardProxy(t, webAt, "")
	locked, lockedAsked := forwardProxy(t, webAt, "s3cret")
	tls, tlsAsked := forwardProxy(t, secureAt, "s3cret")
	socks, socksAsked := socksProxy(t, webAt)
	for _, tc := range []struct {
		name, proxy, url string
		asked            func() []string
		want             string // the request that the proxy gets; "" for none
		reason           string // of the failure
	}{
		{"http", "http://" + plain, "http://site.example/a", plainAsked, "GET site.example", ""},
		{"with a password", "http://u:s3cret@" + locked, "http://site.example/a", lockedAsked, "GET site.example", ""},
		{"with the wrong password", "http://u:s3cre7@" + locked, "http://site.example/a", lockedAsked, "GET site.example", "the proxy asks for a user name and a password"},
		{"socks5", "socks5://" + socks, "http://site.example/a", socksAsked, "site.example", ""},
		{"https by CONNECT: the certificate is checked all the same", "http://u:s3cret@" + tls, "https://site.example/a", tlsAsked, "CONNECT site.example:443", "certificate of another host"},
		{"CONNECT refused", "http://u:s3cre7@" + tls, "https://site.example/a", tlsAsked, "CONNECT site.example:443", "the proxy answers 407 Proxy Authentication Required"},
		{"a private address", "http://" + plain, "http://10.0.0.1/a", plainAsked, "", "forbidden address"},
		{"a private name", "http://" + plain, "http://inside.example/a", plainAsked, "", "forbidden address"},
		{"a metadata service", "socks5://" + socks, "http://169.254.169.254/latest", socksAsked, "", "forbidden address"},
		{"mapped", "socks5://" + socks, "http://[::ffff:10.0.0.1]/", socksAsked, "", "forbidden address"},
		{"NAT64", "http://" + plain, "http://[64:ff9b::a00:1]/", plainAsked, "", "forbidden address"},
		{"a port nobody named", "http://" + plain, "http://site.example:25/", plainAsked, "", "forbidden port"},
		{"the proxy is not there", "http://u:s3cret@127.0.0.1:1", "http://site.example/a", plainAsked, "", "connection refused"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := crawlerFor(t, web.URL, func(o *Options) {
				o.AllowPrivate = nil
				o.Resolve = map[string]string{"site.example": "8.8.8.8", "inside.example": "192.168.1.1"}
				o.Access = map[string]Access{"a": {Site: "http://site.example/", Proxy: Secret(tc.proxy)}}
			})
			before := len(tc.asked())
			answer, err := c.Fetch(t.Context(), Request{URL: tc.url, Source: "a"})
			var fault *Error
			if errors.As(err, &fault) != (tc.reason != "") || fault != nil && fault.Reason != tc.reason {
				t.Fatalf("error %v, want %q", err, tc.reason)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cre") || strings.Contains(fmt.Sprintf("%+v", err), "s3cre")) {
				t.Errorf("the error shows the password: %v", err)
			}
			if err == nil && (answer.Raw.RemoteIP.IsValid() || !strings.Contains(string(answer.Page.Body), agent+" asks site.example")) {
				t.Errorf("from %v: %s", answer.Raw.RemoteIP, answer.Page.Body)
			}
			if asked := tc.asked()[before:]; tc.want == "" && len(asked) > 0 || tc.want != "" && !slices.Equal(asked, []string{tc.want}) {
				t.Errorf("the proxy was asked for %q, want %q", asked, tc.want)
			}
		})
	}
	t.Run("a name without an address here", func(t *testing.T) {
		c := crawlerFor(t, web.URL, func(o *Options) {
			o.Timeout = 10 * time.Second
			o.Access = map[string]Access{"a": {Site: "http://site.example/", Proxy: Secret("http://" + plain)}}
		})
		before := len(plainAsked())
		_, err := c.Fetch(t.Context(), Request{URL: "http://nowhere.invalid/a", Source: "a"})
		if !errors.Is(err, errProxyTarget) || len(plainAsked()) != before {
			t.Errorf("error %v, the proxy was asked %q", err, plainAsked()[before:])
		}
	})
	t.Run("which is none", func(t *testing.T) {
		for _, proxy := range []string{"ftp://p.example", "p.example:80", "://"} {
			if _, err := New(Options{UserAgent: agent, Access: map[string]Access{"a": {Site: "http://site.example/", Proxy: Secret("http://u:s3cret@x" + proxy)}}}); err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error shows the password: %v", err)
			}
			if _, err := New(Options{UserAgent: agent, Access: map[string]Access{"a": {Site: "http://site.example/", Proxy: Secret(proxy)}}}); err == nil {
				t.Errorf("%s was taken", proxy)
			}
		}
	})
}
