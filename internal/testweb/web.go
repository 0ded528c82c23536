// Package testweb is a small web of invented defence-news sites on loopback, served
// by net/http, for "winnow demo" and for tests. The sites differ in templates,
// languages and habits, republish each other's stories, and have the boilerplate
// and the faults of real ones. Every text, date and address is the same in every
// run. On the second day some stories are new and some have changed.
//
// Start with [Start]; [Web.Truth] returns the stories as they are, [Web.Noise] what
// is none of them, [Web.Requests] what was requested. sites.go and stories/ are the
// sites and their stories, render.go and templates/ their pages, feeds.go their
// feeds and sitemaps, web.go serves them.
package testweb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options configure a Web. The zero value is right for tests.
type Options struct {
	Day   int           // first day that is shown, 1 or 2; 0 means 1
	Port  int           // of every site; 0 means a free one
	Delay time.Duration // before each answer; 0 means none
	// Names has the sites at host names of the .example domain instead of loopback
	// addresses. Their URLs then have no port and are the same in every run, and
	// Web.Resolve is needed to reach them.
	Names bool
}

// Web is a running web. It is safe for concurrent use.
type Web struct {
	bases   []string
	resolve map[string]string
	servers []*http.Server
	stories []*story
	delay   time.Duration
	serving sync.WaitGroup

	mu       sync.Mutex
	day      int
	pages    []map[string]*resource // by site
	failed   map[string]int         // answers of status 500, by URL
	requests []Request
}

// Site is one of the web's sites.
type Site struct {
	Key  string // short name, fit for a source in config.yaml
	Name string // of the site
	URL  string // of its front page
	Lang string // ISO 639-1
}

// Request is one entry of the request log.
type Request struct {
	At          time.Time
	Site        string // its key
	Path        string // with the query
	Status      int    // of the answer
	Conditional bool   // it carried If-None-Match or If-Modified-Since
	UserAgent   string
}

// maxRequests is how many requests the log has at most.
const maxRequests = 100_000

// Truth is a story of the web as it is, without the page around it.
type Truth struct {
	URL     string // canonical
	Site    string // its key
	Title   string
	Text    string // paragraphs separated by a blank line
	Date    string // YYYY-MM-DD
	Author  string // "" if the page names none
	Lang    string
	Cluster string // the same for all copies of one story; "" for a story without copies
	Edit    string // verbatim, light or cut for a copy; "" for an original
	Series  string // the same for stories of one template with other figures, which are not copies; "" for none
	New     bool   // since this day
	Changed bool   // its text differs from that of the day before
}

// Start starts the sites. The caller closes the Web. Where 127.0.7.1 to 127.0.7.5
// are local addresses, as on Linux, each site has its own address and all have one
// port; elsewhere they are ports of 127.0.0.1.
func Start(o Options) (*Web, error) {
	if o.Day == 0 {
		o.Day = 1
	}
	listeners, err := listen(o)
	if err != nil {
		return nil, fmt.Errorf("the test web cannot listen: %w", err)
	}
	w := &Web{stories: catalog(), delay: o.Delay, failed: map[string]int{}, resolve: map[string]string{}}
	for i, l := range listeners {
		base := "http://" + l.Addr().String()
		if o.Names {
			base = "http://" + sites[i].host
			w.resolve[sites[i].host] = l.Addr().String()
		}
		w.bases = append(w.bases, base)
	}
	w.SetDay(o.Day)
	for i, l := range listeners {
		server := &http.Server{
			Handler:           http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) { w.serve(i, out, in) }),
			ReadHeaderTimeout: 10 * time.Second,
		}
		w.servers = append(w.servers, server)
		w.serving.Go(func() { _ = server.Serve(l) }) // ends with ErrServerClosed
	}
	return w, nil
}

// listen opens one listener per site.
func listen(o Options) ([]net.Listener, error) {
	for range 20 { // another program may use the port of the first address on the others
		var open []net.Listener
		port := o.Port
		for i := range sites {
			l, err := net.Listen("tcp", net.JoinHostPort(fmt.Sprintf("127.0.7.%d", i+1), strconv.Itoa(port)))
			if err != nil {
				break
			}
			open = append(open, l)
			port = l.Addr().(*net.TCPAddr).Port
		}
		if len(open) == len(sites) {
			return open, nil
		}
		closeAll(open)
		if len(open) == 0 {
			break // no such addresses here, or the port is in use
		}
	}
	var open []net.Listener
	for i := range sites {
		port := 0
		if o.Port != 0 {
			port = o.Port + i
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			closeAll(open)
			return nil, err
		}
		open = append(open, l)
	}
	return open, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close() // nothing was served
	}
}

// Close ends the web and breaks off requests that are being answered.
func (w *Web) Close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	w.serving.Wait()
	return errors.Join(errs...)
}

// Shutdown ends the web when no request is being answered any more, or ctx is done.
func (w *Web) Shutdown(ctx context.Context) error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	w.serving.Wait()
	return errors.Join(errs...)
}

// SetDay changes the web to its first or second day. Later days are like the second.
func (w *Web) SetDay(day int) {
	pages := make([]map[string]*resource, len(sites))
	for i := range sites {
		pages[i] = render(w.bases, i, day, w.stories)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.day, w.pages = day, pages
}

// Sites returns the sites, always in the same order.
func (w *Web) Sites() []Site {
	out := make([]Site, len(sites))
	for i, s := range sites {
		out[i] = Site{Key: s.key, Name: s.Name, URL: w.bases[i] + "/", Lang: s.Lang}
	}
	return out
}

// Resolve returns the addresses, with ports, of the host names, for fetch.resolve of
// config.yaml. It is empty without Options.Names.
func (w *Web) Resolve() map[string]string { return w.resolve }

// AllowPrivate returns the networks of the sites, for fetch.allow_private.
func (w *Web) AllowPrivate() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// Truth returns the stories of the day, site by site.
func (w *Web) Truth() []Truth {
	w.mu.Lock()
	day := w.day
	w.mu.Unlock()
	var out []Truth
	for i := range sites {
		for _, s := range w.stories {
			if s.site != i || s.day > day {
				continue
			}
			lang := sites[i].Lang
			if s.edit != "" {
				lang = sites[s.origin].Lang
			}
			out = append(out, Truth{
				URL: w.bases[i] + s.path(), Site: sites[i].key, Title: s.title,
				Text: strings.Join(s.text(day), "\n\n"), Date: s.date.Format(time.DateOnly), Author: s.author, Lang: lang,
				Cluster: s.cluster, Edit: s.edit, Series: s.series, New: s.day == day, Changed: s.changed(day) && day == 2,
			})
		}
	}
	return out
}

// Noise returns passages of the pages that belong to no story: advertisements,
// sponsored blocks, newsletter boxes, comments, consent and rights notices.
func (w *Web) Noise() []string {
	var out []string
	for i := range sites {
		n := &sites[i].noise
		out = append(out, n.Ad[1], n.Newsletter[0], n.Newsletter[1], n.Rights)
		for _, line := range []string{n.Cookie, n.Boilerplate} {
			if line != "" {
				out = append(out, line)
			}
		}
		for _, s := range n.Sponsor {
			out = append(out, s.Head, s.Pitch)
		}
		for _, c := range n.Comments {
			out = append(out, c.What)
		}
	}
	return out
}

// Quoted returns passages of stories that are also on other pages of their site,
// where they belong to no story.
func (w *Web) Quoted() []string {
	var out []string
	all := catalog()
	for i := range sites {
		if text := quoted(all, sites[i].noise.Quoted); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// Requests returns the log since the start or the last ForgetRequests: the first
// 100,000 requests.
func (w *Web) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Request(nil), w.requests...)
}

// ForgetRequests empties the log.
func (w *Web) ForgetRequests() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = nil
}

// serve answers a request to site i and logs it.
func (w *Web) serve(i int, out http.ResponseWriter, in *http.Request) {
	if w.delay > 0 {
		select {
		case <-time.After(w.delay):
		case <-in.Context().Done():
			return
		}
	}
	status := w.answer(i, out, in)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.requests) == maxRequests {
		return
	}
	w.requests = append(w.requests, Request{
		At: time.Now(), Site: sites[i].key, Path: in.URL.RequestURI(), Status: status,
		Conditional: in.Header.Get("If-None-Match") != "" || in.Header.Get("If-Modified-Since") != "",
		UserAgent:   in.UserAgent(),
	})
}

// answer writes the answer and returns its status.
func (w *Web) answer(i int, out http.ResponseWriter, in *http.Request) int {
	if in.Method != http.MethodGet && in.Method != http.MethodHead {
		http.Error(out, "only GET here", http.StatusMethodNotAllowed)
		return http.StatusMethodNotAllowed
	}
	w.mu.Lock()
	res := find(w.pages[i], in)
	if res != nil && res.flaky && w.failed[sites[i].key+in.URL.Path] < 2 {
		w.failed[sites[i].key+in.URL.Path]++
		res = &resource{status: http.StatusInternalServerError, mime: "text/plain", body: []byte("The database is away. Try again.\n")}
	}
	w.mu.Unlock()
	if res == nil {
		http.Error(out, "There is no such page here.", http.StatusNotFound)
		return http.StatusNotFound
	}
	head := out.Header()
	head.Set("Content-Type", res.mime)
	if res.location != "" {
		head.Set("Location", res.location)
		out.WriteHeader(res.status)
		return res.status
	}
	etag := ""
	if res.etag {
		sum := sha256.Sum256(res.body)
		etag = `"` + hex.EncodeToString(sum[:8]) + `"`
		head.Set("ETag", etag)
	}
	if !res.modified.IsZero() {
		head.Set("Last-Modified", res.modified.Format(http.TimeFormat))
	}
	if notModified(in, etag, res.modified) {
		out.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified
	}
	head.Set("Content-Length", strconv.Itoa(len(res.body)))
	out.WriteHeader(res.status)
	if in.Method == http.MethodGet {
		_, _ = out.Write(res.body) // the client may have gone
	}
	return res.status
}

// find returns the resource of a request, nil for none. Only "page" of a query
// counts.
func find(pages map[string]*resource, in *http.Request) *resource {
	if page := in.URL.Query().Get("page"); page != "" {
		return pages[in.URL.Path+"?page="+page]
	}
	return pages[in.URL.Path]
}

// notModified reports whether the client has the current version. An entity tag
// takes precedence over a date (RFC 9110, section 13.1.3).
func notModified(in *http.Request, etag string, modified time.Time) bool {
	if tag := in.Header.Get("If-None-Match"); tag != "" {
		return etag != "" && strings.Contains(tag, etag)
	}
	since, err := http.ParseTime(in.Header.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.After(since)
}
