package crawler

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"winnow/crawler/robotstxt"
)

// TestFetchRobots: faults 3 to 6.
func TestFetchRobots(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "User-agent: *\nDisallow: /other") }))
	defer other.Close()
	otherHost := strings.TrimPrefix(other.URL, "http://")
	mode := ""
	var asked []string
	c, base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch mode {
		case "plain", "gzip":
			body := []byte("User-agent: *\nDisallow: /b")
			if mode == "gzip" {
				w.Header().Set("Content-Encoding", "gzip")
				body = pack(t, "gzip", body)
			}
			w.Write(body)
		case "hops":
			if r.URL.Path == "/r5" {
				fmt.Fprint(w, "User-agent: *\nDisallow: /b")
				return
			}
			var n int
			fmt.Sscanf(r.URL.Path, "/r%d", &n)
			http.Redirect(w, r, fmt.Sprintf("/r%d", n+1), http.StatusMovedPermanently)
		case "endless":
			http.Redirect(w, r, r.URL.Path+"x", http.StatusMovedPermanently)
		case "other":
			http.Redirect(w, r, other.URL+"/robots.txt", http.StatusMovedPermanently)
		case "forbidden":
			http.Redirect(w, r, "http://10.0.0.1/robots.txt", http.StatusMovedPermanently)
		case "reset":
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\n", true)
		case "long":
			w.Write([]byte("User-agent: *\nDisallow: /b\n" + strings.Repeat("# and so on\n", 500000)))
		case "none":
			w.WriteHeader(204)
		case "503":
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(503)
		default:
			http.NotFound(w, r)
		}
	}, func(o *Options) { o.Ports = append(o.Ports, otherHost) })
	for _, tc := range []struct {
		mode            string
		status          int
		failed          bool
		requests        int
		a, b, reachable bool
	}{
		{"plain", 200, false, 1, true, false, true},
		{"gzip", 200, false, 1, true, false, true},
		{"hops", 200, false, 6, true, false, true},
		{"endless", http.StatusMovedPermanently, false, 6, true, true, true},
		{"other", 200, false, 1, true, true, true},
		{"forbidden", 0, true, 1, false, false, false},
		{"reset", 200, true, 1, false, false, false},
		{"long", 200, false, 1, true, false, true},
		{"none", 204, false, 1, true, true, true},
		{"404", 404, false, 1, true, true, true},
		{"503", 503, false, 1, false, false, false},
	} {
		t.Run(tc.mode, func(t *testing.T) {
			mode, asked = tc.mode, nil
			first, _ := c.FetchRobots(t.Context(), Request{URL: base + "/robots.txt"})
			if len(asked) != 1 || asked[0] != "/robots.txt" || (first.Redirect != "") != (first.Status == http.StatusMovedPermanently) {
				t.Errorf("asked %q: %+v", asked, first)
			}
			asked = nil
			got, err := c.followRobots(t.Context(), Request{URL: base + "/robots.txt"})
			if got.Status != tc.status || (err != nil) != tc.failed || len(asked) != tc.requests {
				t.Errorf("%d %v, %v", got.Status, asked, err)
			}
			if len(got.Body) > robotstxt.MaxBody+4<<10 {
				t.Errorf("%d bytes", len(got.Body))
			}
			if tc.mode == "503" && got.RetryAfter != time.Minute {
				t.Errorf("retry after %v", got.RetryAfter)
			}
			r, reachable := robotstxt.FromAnswer(got.Status, got.Body, err, false)
			if r.Allowed("w", "/a") != tc.a || r.Allowed("w", "/b") != tc.b || reachable != tc.reachable {
				t.Errorf("rules %+v, reachable %v", r, reachable)
			}
		})
	}
}
