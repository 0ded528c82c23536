package crawler

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// pack applies a content encoding.
func pack(t testing.TB, encoding string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, 6)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEncodings(t *testing.T) {
	gz := pack(t, "gzip", []byte(page))
	for _, tc := range []struct {
		name, header string
		body         []byte
	}{
		{"none", "", []byte(page)},
		{"identity", "identity", []byte(page)},
		{"gzip", "gzip", gz},
		{"x-gzip", "X-GZIP", gz},
		{"br", "br", pack(t, "br", []byte(page))},
		{"zstd", "zstd", pack(t, "zstd", []byte(page))},
		{"deflate with zlib header", "deflate", pack(t, "zlib", []byte(page))},
		{"deflate without", "deflate", pack(t, "flate", []byte(page))},
		{"two layers", "br, gzip", pack(t, "gzip", pack(t, "br", []byte(page)))},
		{"says gzip, is not", "gzip", []byte(page)},
		{"gzip, unsaid", "", gz},
		{"gzip twice, said once", "gzip", pack(t, "gzip", gz)},
		{"gzip members", "gzip", append(pack(t, "gzip", []byte(page[:100])), pack(t, "gzip", []byte(page[100:]))...)},
		{"gzip with padding", "gzip", append(bytes.Clone(gz), 0, 0, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if tc.header != "" {
					w.Header().Set("Content-Encoding", tc.header)
				}
				w.Write(tc.body)
			})
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/keel"})
			if err != nil {
				t.Fatal(err)
			}
			if string(answer.Page.Body) != page || len(answer.Links) != 6 {
				t.Errorf("%d links, body %.80q", len(answer.Links), answer.Page.Body)
			}
			if answer.Page.Header.Get("Content-Encoding") != "" || answer.Raw.Header.Get("Content-Encoding") != tc.header {
				t.Errorf("headers %v, raw %v", answer.Page.Header, answer.Raw.Header)
			}
		})
	}
}

// TestLimits: faults 10 and 11. A body over the limit is refused, never cut.
func TestLimits(t *testing.T) {
	limit := 64 << 10
	big := []byte("<html><body>" + strings.Repeat("<p>On and on.</p>\n", 8000)) // 144 KB
	exact := []byte("<html>" + strings.Repeat("x", limit-6))
	for _, tc := range []struct {
		name, header string
		body         []byte
		reason       string
	}{
		{"plain", "", big, "body too large"},
		{"exactly the limit", "", exact, ""},
		{"one more", "", append(bytes.Clone(exact), 'y'), "body too large"},
		{"gzip", "gzip", pack(t, "gzip", big), "body too large"},
		{"exactly the limit, gzip", "gzip", pack(t, "gzip", exact), ""},
		{"br", "br", pack(t, "br", big), "body too large"},
		{"zstd", "zstd", pack(t, "zstd", big), "body too large"},
		{"deflate", "deflate", pack(t, "zlib", big), "body too large"},
		{"nested", "gzip, gzip, gzip", pack(t, "gzip", pack(t, "gzip", pack(t, "gzip", big))), "body too large"},
		{"too many layers", "gzip, gzip, gzip, gzip", []byte(page), "unknown content encoding"},
		{"unsaid gzip", "", pack(t, "gzip", big), "body too large"},
		{"unknown encoding", "zork", []byte(page), "unknown content encoding"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if tc.header != "" {
					w.Header().Set("Content-Encoding", tc.header)
				}
				w.Write(tc.body)
			}, func(o *Options) { o.MaxBody = int64(limit) })
			for i, fetch := range []func() (*Answer, error){
				func() (*Answer, error) { return c.Fetch(t.Context(), Request{URL: base + "/a"}) },
				func() (*Answer, error) { return c.FetchFeed(t.Context(), Request{URL: base + "/a"}) },
			} {
				answer, err := fetch()
				if tc.reason == "" || i == 1 && tc.name == "unsaid gzip" { // a feed is decompressed when it is parsed
					if err != nil || answer.Page == nil {
						t.Errorf("%+v, %v", answer, err)
					}
					continue
				}
				e := fetchError(t, err)
				if e.Reason != tc.reason || e.Temporary || answer == nil || answer.Page != nil {
					t.Errorf("error %+v, answer %+v", e, answer)
				}
				if tc.reason == "body too large" && !errors.Is(err, ErrTooLarge) {
					t.Errorf("%v is no ErrTooLarge", err)
				}
			}
		})
	}
}

// TestBombMemory: 2.5 GiB of spaces in gzip, and a plain body of 200 MB, cost
// about the limit, and the connection is closed at once.
func TestBombMemory(t *testing.T) {
	member := pack(t, "gzip", bytes.Repeat([]byte(" "), 64<<20))
	line := bytes.Repeat([]byte("<p>The index goes on.</p>\n"), 1000)
	sent := make(chan int, 1)
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		n := 0
		defer func() { sent <- n }()
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			for range 40 {
				k, err := w.Write(member)
				if n += k; err != nil {
					return
				}
			}
			return
		}
		for n < 200<<20 {
			k, err := w.Write(line)
			if n += k; err != nil {
				return
			}
		}
	})
	for _, path := range []string{"/gzip", "/plain"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.Fetch(t.Context(), Request{URL: base + path})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", path, err)
		}
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 64 {
			t.Errorf("%s: %d MiB allocated in all", path, got)
		}
		if n := <-sent; n > 40<<20 {
			t.Errorf("%s: %d MiB were taken", path, n>>20)
		} else {
			t.Logf("%s: %d MiB allocated in all, %d KiB sent", path, (after.TotalAlloc-before.TotalAlloc)>>20, n>>10)
		}
	}
}

// TestBrokenBodies: fault 12. An incomplete body is a temporary error.
func TestBrokenBodies(t *testing.T) {
	gz := pack(t, "gzip", []byte(page))
	corrupt := bytes.Clone(gz)
	corrupt[len(corrupt)-6] ^= 0xff // in the checksum
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for _, tc := range []struct {
		name, text string
		reset      bool
		reason     string
	}{
		{"short length", head + "Content-Length: 5000\r\nConnection: close\r\n\r\n" + page, false, "body shorter than announced"},
		{"HTTP/1.0 short length", "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + page, false, "body shorter than announced"},
		{"chunk cut", head + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + page, false, "body shorter than announced"},
		{"last chunk missing", head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(page), page), false, "body shorter than announced"},
		{"bad chunk", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + page, false, "no proper answer"},
		{"reset in the body", head + "Content-Length: 5000\r\n\r\n" + page[:200], true, "connection reset"},
		{"reset before the answer", "", true, "connection reset"},
		{"closed before the answer", "", false, "connection closed without an answer"},
		{"gzip cut", head + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + string(gz[:len(gz)/2]), false, "body shorter than announced"},
		{"gzip cut in its header", head + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + string(gz[:5]), false, "body shorter than announced"},
		{"gzip damaged", head + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + string(corrupt), false, "damaged body"},
		{"br cut", head + "Content-Encoding: br\r\nConnection: close\r\n\r\n" + string(pack(t, "br", []byte(page))[:50]), false, "body shorter than announced"},
		{"zstd cut", head + "Content-Encoding: zstd\r\nConnection: close\r\n\r\n" + string(pack(t, "zstd", []byte(page))[:50]), false, "body shorter than announced"},
		{"no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", false, "no proper answer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, base := serve(t, func(w http.ResponseWriter, r *http.Request) { raw(w, tc.text, tc.reset) })
			answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
			e := fetchError(t, err)
			if e.Reason != tc.reason || !e.Temporary || answer != nil && answer.Page != nil {
				t.Errorf("error %+v (%v), answer %+v", e, e.Err, answer)
			}
		})
	}
}

// TestHeadersThatDoNotCome: the headers have their own deadline, long before that
// of the whole answer.
func TestHeadersThatDoNotCome(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(o *Options) { o.Timeout = time.Hour })
	if c.transport.ResponseHeaderTimeout != headerTimeout || headerTimeout >= defaultTimeout {
		t.Errorf("the headers have %v of %v", c.transport.ResponseHeaderTimeout, defaultTimeout)
	}
	c.transport.ResponseHeaderTimeout = 50 * time.Millisecond
	answer, err := c.Fetch(t.Context(), Request{URL: base + "/a"})
	if e := fetchError(t, err); !e.Temporary || e.Reason != "no answer in time" || answer != nil && answer.Page != nil {
		t.Errorf("%+v", e)
	}
}

// TestSlow: fault 9.
func TestSlow(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/drip" {
			for {
				if _, err := fmt.Fprint(w, "<p>drip"); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		}
		<-r.Context().Done()
	}, func(o *Options) { o.Timeout = 150 * time.Millisecond })
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute) // however slow the machine is
	defer stop()
	for _, path := range []string{"/drip", "/silent"} {
		answer, err := c.Fetch(ctx, Request{URL: base + path})
		if e := fetchError(t, err); e.Reason != "not complete within 150ms" || !e.Temporary || answer != nil && answer.Page != nil {
			t.Errorf("%s: %+v", path, e)
		}
	}
}

// TestHeaders: 48 KiB of headers are accepted, 16 MB are not.
func TestHeaders(t *testing.T) {
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/flood" {
			raw(w, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X-Pad: "+strings.Repeat("z", 8000)+"\r\n", 2000)+"\r\n<html>", false)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("X-Trace", strings.Repeat("a1b2c3d4", 6<<10))
		w.Header().Set("ETag", `"`+strings.Repeat("e", 2000)+`"`)
		fmt.Fprint(w, page)
	})
	answer, err := c.Fetch(t.Context(), Request{URL: base + "/big"})
	if err != nil || len(answer.Page.Header.Get("X-Trace")) != 48<<10 || answer.Validators.ETag != "" {
		t.Errorf("%+v, %v", answer, err)
	}
	_, err = c.Fetch(t.Context(), Request{URL: base + "/flood"})
	if e := fetchError(t, err); e.Reason != "headers larger than 256 KiB" || e.Temporary {
		t.Errorf("%+v", e)
	}
}

// TestForbidden: fault 14. Names that resolve to forbidden addresses are refused
// when connecting.
func TestForbidden(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = true }))
	defer server.Close()
	u, _ := url.Parse(server.URL)
	for _, tc := range []struct{ name, url, to, reason string }{
		{"loopback", server.URL, "", "forbidden address"},
		{"a name on loopback", "http://news.example/", "127.0.0.1:" + u.Port(), "forbidden address"},
		{"localhost", "http://localhost:" + u.Port(), "", "forbidden address"},
		{"IPv6 loopback", "http://news.example/", "[::1]:80", "forbidden address"},
		{"mapped", "http://news.example/", "[::ffff:127.0.0.1]:" + u.Port(), "forbidden address"},
		{"mapped in the URL", "http://[::ffff:127.0.0.1]:" + u.Port() + "/", "", "forbidden address"},
		{"NAT64", "http://news.example/", "[64:ff9b::7f00:1]:80", "forbidden address"},
		{"private", "http://news.example/", "10.0.0.1", "forbidden address"},
		{"carrier", "http://news.example/", "100.64.0.1", "forbidden address"},
		{"metadata", "http://169.254.169.254/latest/", "", "forbidden address"},
		{"unspecified", "http://0.0.0.0:" + u.Port() + "/", "", "forbidden address"},
		{"unique local", "http://news.example/", "[fd00::1]:80", "forbidden address"},
		{"multicast", "http://224.0.0.1/", "", "forbidden address"},
		{"port", "http://news.example:22/", "", "forbidden port"},
		{"another port of a named host", "http://named.example:9000/", "", "forbidden port"},
		{"a named port of another host", "http://news.example:8080/", "", "forbidden port"},
		{"file", "file:///etc/passwd", "", "forbidden scheme"},
		{"ftp", "ftp://news.example/", "", "forbidden scheme"},
		{"no host", "http:///x", "", "no host in the URL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := crawlerFor(t, server.URL, func(o *Options) {
				o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.9.0.0/16")}
				o.Ports = append(o.Ports, "named.example:8080")
				if tc.to != "" {
					o.Resolve = map[string]string{"News.Example": tc.to}
				}
			})
			for _, fetch := range []func() error{
				func() error { _, err := c.Fetch(t.Context(), Request{URL: tc.url}); return err },
				func() error { _, err := c.FetchSitemap(t.Context(), Request{URL: tc.url}); return err },
				func() error { _, err := c.FetchRobots(t.Context(), Request{URL: tc.url}); return err },
			} {
				if e := fetchError(t, fetch()); e.Reason != tc.reason || e.Temporary || !errors.Is(e, ErrForbidden) {
					t.Errorf("%+v", e)
				}
			}
		})
	}
	if asked {
		t.Error("the server was asked")
	}
}

func TestResolve(t *testing.T) {
	host := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	c := crawlerFor(t, server.URL, func(o *Options) {
		o.Resolve = map[string]string{"news.example": "192.0.2.1", "news.example:80": address, "press.example": address}
	})
	for _, name := range []string{"news.example", "press.example"} {
		answer, err := c.Fetch(t.Context(), Request{URL: "http://" + name + "/a"})
		if err != nil || host != name || answer.Page.URL != "http://"+name+"/a" {
			t.Errorf("%s: host %q, %v", name, host, err)
		}
	}
}

// TestTLS: fault 21.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Proto", r.Proto)
		fmt.Fprint(w, page)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c := crawlerFor(t, server.URL)
	_, err := c.Fetch(t.Context(), Request{URL: server.URL})
	if e := fetchError(t, err); e.Temporary || e.Reason != "certificate of an unknown authority" {
		t.Errorf("self-signed: %+v", e)
	}
	// The same certificate, trusted, for another name, and after its time.
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, tc := range []struct {
		name, url, reason string
		when              time.Time
	}{
		{"right", server.URL, "", time.Now()},
		{"other host", "https://other.test/", "certificate of another host", time.Now()},
		{"expired", server.URL, "certificate expired or not yet valid", time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		c := crawlerFor(t, server.URL, func(o *Options) {
			o.Resolve = map[string]string{"other.test": strings.TrimPrefix(server.URL, "https://")}
		})
		c.transport.TLSClientConfig = &tls.Config{RootCAs: roots, Time: func() time.Time { return tc.when }}
		answer, err := c.Fetch(t.Context(), Request{URL: tc.url})
		switch {
		case tc.reason != "":
			if e := fetchError(t, err); e.Temporary || e.Reason != tc.reason {
				t.Errorf("%s: %+v", tc.name, e)
			}
		case err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case answer.Raw.Header.Get("X-Proto") != "HTTP/2.0":
			t.Errorf("%s: %s", tc.name, answer.Raw.Header.Get("X-Proto"))
		}
	}
	plain, base := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	_, err = plain.Fetch(t.Context(), Request{URL: strings.Replace(base, "http:", "https:", 1)})
	if e := fetchError(t, err); e.Temporary || e.Reason != "no TLS at this port" {
		t.Errorf("plain: %+v", e)
	}
}

func TestRefused(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c := crawlerFor(t, server.URL)
	_, err := c.Fetch(t.Context(), Request{URL: server.URL})
	if e := fetchError(t, err); e.Reason != "connection refused" || !e.Temporary {
		t.Errorf("%+v", e)
	}
}
