// Package crawler turns a URL into a page: it fetches with colly, finds the
// links, and reads robots.txt, feeds and sitemaps. It remembers nothing from
// one call to the next but idle connections; what to ask for, when, and what
// became of it is decided above (see package schedule).
//
// Start with New, then Fetch:
//
//	c, err := crawler.New(crawler.Options{UserAgent: "winnow/1.0 (+https://news.example/bot)"})
//	answer, err := c.Fetch(ctx, crawler.Request{URL: "https://news.example/a"})
//
// Of colly one short-lived collector a fetch is used, synchronously, over a
// RoundTripper of our own that does what a careful crawl needs and colly does
// not: the check of every address at connect time, limits that report instead
// of cutting, gzip, br and zstd, the charset, validators, and redirects that
// are handed back instead of followed.
package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"time"

	"code.dny.dev/ssrf"

	"winnow/crawler/browser"
	"winnow/crawler/robotstxt"
	"winnow/news"
)

// Options of New. Everything but UserAgent may be zero.
type Options struct {
	UserAgent    string            // sent with every request; begins with the product token that robots.txt is asked for
	Timeout      time.Duration     // for one answer from connecting to the last byte, and as long again for rendering it or for a sitemap; 0 means 30 s
	MaxBody      int64             // bytes of a body before and after its content encoding is undone; 0 means 10 MiB. See FetchSitemap
	AllowPrivate []netip.Prefix    // private or loopback addresses that may be connected to, for tests
	Resolve      map[string]string // host or host:port → host, host:port or :port to connect to in its stead, for tests; the address is checked all the same
	Ports        []string          // "8080" or "host:8080": ports besides 80 and 443
	Access       map[string]Access // what sources need, by their names
	Chromium     string            // path of the browser for sources that are rendered; "" means the one that is found
	Now          func() time.Time  // nil means time.Now
}

// Limits that are no settings.
const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 10 << 20
	connectTimeout = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	headerTimeout  = 20 * time.Second // from the request to the first byte of the answer's body
	maxHeader      = 256 << 10        // bytes of an answer's headers
	maxErrorBody   = 64 << 10         // bytes kept of the body of an answer that is no page
	maxValidator   = 1 << 10          // bytes of an ETag or a Last-Modified that is kept
)

// Crawler fetches. It is safe for concurrent use.
type Crawler struct {
	options   Options
	guard     *ssrf.Guardian
	transport *http.Transport
	sites     map[string]*site      // by source; those that need nothing have none
	browsers  chan *browser.Browser // that are free; nil when no source is rendered
	ports     map[string]bool
	resolve   map[string]string // keys and values in lower case
}

// New makes a Crawler. Close frees its idle connections.
func New(options Options) (*Crawler, error) {
	if options.UserAgent == "" {
		return nil, errors.New("crawler: a user agent is needed")
	}
	options.Timeout = cmp.Or(options.Timeout, defaultTimeout)
	options.MaxBody = cmp.Or(options.MaxBody, defaultMaxBody)
	if options.Timeout < 0 || options.MaxBody < 0 {
		return nil, errors.New("crawler: negative timeout or body limit")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	c := &Crawler{options: options, sites: map[string]*site{}}
	var err error
	if c.ports, err = portSet(options.Ports); err != nil {
		return nil, err
	}
	if c.resolve, err = resolveMap(options.Resolve); err != nil {
		return nil, err
	}
	c.guard = ssrf.New(guardOptions(options.AllowPrivate)...)
	c.transport = newTransport(c.guard, c.resolve)
	for name, access := range options.Access {
		if access.isPlain() {
			continue
		}
		if c.sites[name], err = newSite(name, access, c); err != nil {
			return nil, err
		}
		if access.Render && c.browsers == nil {
			c.newBrowsers()
		}
	}
	return c, nil
}

// Close ends the browsers, once no page is rendered any more, and closes idle
// connections. Other calls in flight go on.
func (c *Crawler) Close() {
	c.closeBrowsers()
	c.transport.CloseIdleConnections()
	for _, s := range c.sites {
		s.transport.CloseIdleConnections()
	}
}

// Request is one URL to ask for.
type Request struct {
	URL        string           // normalised, see Normalize
	Validators news.Validators  // of the last answer, for a conditional request
	Source     string           // whose Access is used; copied to the page
	Run        string           // cookies that are kept, and scripts of rendered pages, are kept for the requests of a run
	Robots     *robotstxt.Rules // of the URL's origin, for what a rendered page loads; nil: it is asked for
	Hint       news.Hint        // copied to the page
}

// Answer is what a server said.
type Answer struct {
	Status       int
	Page         *news.Page // nil but on a usable 2xx answer
	NotModified  bool       // 304 to a conditional request
	Redirect     string     // where a redirect leads, normalised; it is not followed
	Links        []Link     // of the page, the first MaxLinks in document order
	Asks         Directives // of a page: what it asks of crawlers; of a 304 what its header says
	Validators   news.Validators
	Sitemap      *Sitemap      // of FetchSitemap, on a usable 2xx answer
	SitemapFault error         // what is wrong with Sitemap; see ParseSitemap
	BodySHA      string        // SHA-256 in hex of Page.Body, or of a sitemap as received but for its content encoding; "" without either
	Rendered     bool          // Page is what its scripts have made of it; Raw is as received
	RetryAfter   time.Duration // 0 to MaxRetryAfter
	Took         time.Duration // from the request to the headers
	Raw          Raw
}

// Raw is the exchange as it went over the wire, for the archive.
type Raw struct {
	RequestHeader http.Header // as sent, Host included, but for what a source's Access added: of that only the names
	Header        http.Header // as received, but for Set-Cookie where a source has an Access: Content-Encoding and Content-Length are those of the wire
	Body          []byte      // after Content-Encoding was undone
	Truncated     bool        // Body is the beginning only; never so with a page
	RemoteIP      netip.Addr  // zero when not known
	At            time.Time   // UTC, when the request was sent
}

// Fetch asks for an HTML page, parses it once, and finds its links. The tree
// travels in Page.Tree.
//
// The answer is not nil whenever a server answered; with a status that is no
// success, or a page that cannot be used, there is an *Error too. Not modified
// and redirect are no errors. Every error is an *Error.
func (c *Crawler) Fetch(ctx context.Context, r Request) (*Answer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: r, accept: acceptPage, html: true, limit: c.options.MaxBody}
	if x.renders() {
		if err := c.Ready(r.Source); err != nil {
			return nil, &Error{Reason: "it is to be rendered", Temporary: true, Err: err}
		}
		x.request.Validators = news.Validators{} // that the page is the same says nothing of what its scripts load
		x.more = c.options.Timeout
	}
	return x.run(ctx, x.visit)
}

// FetchFeed asks for a feed; Page has no tree. See ParseFeed.
func (c *Crawler) FetchFeed(ctx context.Context, r Request) (*Answer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: r, accept: acceptFeed, limit: c.options.MaxBody}
	return x.run(ctx, x.direct)
}

// What is asked for.
const (
	acceptPage    = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
	acceptFeed    = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
	acceptSitemap = "application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"
	acceptRobots  = "text/plain,*/*;q=0.5"
)

// run does an exchange by the given way, within the time limit, and turns its
// outcome into an answer and an error. A panic in whatever reads a stranger's
// bytes costs this one page.
func (x *exchange) run(parent context.Context, do func(context.Context) error) (answer *Answer, err error) {
	within := x.crawler.options.Timeout + x.more
	ctx, cancel := context.WithTimeout(parent, within)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			answer, err = x.answer, panicError(p)
		}
		if answer != nil && err != nil {
			answer.Page, answer.Links, answer.Sitemap = nil, nil, nil
		}
	}()
	u, err := url.Parse(x.request.URL)
	if err == nil {
		err = x.crawler.allowURL(u)
	}
	if err == nil {
		err = do(ctx)
	}
	if err != nil {
		e := failure(parent, ctx, within, err)
		if x.answer != nil {
			e.Status = x.answer.Status
		}
		return x.answer, e
	}
	return x.answer, nil
}

func panicError(p any) *Error {
	return &Error{Reason: "reading it failed", Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
}
