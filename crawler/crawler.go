// Package crawler turns a URL into a page: it fetches, finds the links, and
// reads feeds and sitemaps. It keeps nothing between calls but connections and
// what the sources of a run share (cookies, scripts, robots.txt of other
// hosts). What to fetch and when is decided elsewhere, see package schedule.
//
// Start with [New], then [Crawler.Fetch]:
//
//	c, err := crawler.New(crawler.Options{UserAgent: "winnow/1.0 (+https://news.example/bot)"})
//	answer, err := c.Fetch(ctx, crawler.Request{URL: "https://news.example/a"})
//
// One request is an exchange (exchange.go), over a transport that checks each
// address when it connects (transport.go). A body is decompressed within limits
// (body.go) and must look like HTML (sniff.go); links.go finds its links.
// Colly parses the page, in one collector per fetch. [Normalize] and [Scope]
// decide on URLs; [ParseFeed] and [ParseSitemap] read lists of them. robotstxt
// reads robots.txt, browser runs the scripts of pages.
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

// Options configure a Crawler. All but UserAgent may be zero.
type Options struct {
	UserAgent    string            // sent with every request; begins with the product token, see robotstxt.ProductToken
	Timeout      time.Duration     // of one request, from connecting to the last byte; twice as long for a page that is rendered and for a sitemap; 0 means 30 s
	MaxBody      int64             // bytes of a body, both compressed and decompressed; 0 means 10 MiB; for sitemaps see FetchSitemap
	AllowPrivate []netip.Prefix    // private and loopback addresses to which connections are allowed, for tests
	Resolve      map[string]string // host or host:port → host, host:port or :port to connect to instead, for tests; addresses are checked all the same
	Ports        []string          // "8080" or "host:8080": ports that are allowed besides 80 and 443
	Access       map[string]Access // by source
	Chromium     string            // path of the browser for sources that are rendered; "" means to look for one
	Now          func() time.Time  // nil means time.Now
}

// Defaults and fixed limits.
const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 10 << 20
	connectTimeout = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	headerTimeout  = 20 * time.Second // from the request to the end of the response header
	maxHeader      = 256 << 10        // bytes of a response header
	maxErrorBody   = 64 << 10         // bytes kept of the body of an answer that is not a page
	maxValidator   = 1 << 10          // bytes of an ETag or a Last-Modified that is kept
)

// Crawler fetches pages, feeds, sitemaps and robots.txt. It is safe for
// concurrent use.
type Crawler struct {
	options   Options
	guard     *ssrf.Guardian
	transport *http.Transport
	sites     map[string]*site      // by source; none for a source without Access
	browsers  chan *browser.Browser // idle ones; nil when no source is rendered
	ports     map[string]bool
	resolve   map[string]string // keys and values in lower case
}

// New returns a Crawler. The caller closes it. The error names the option that
// is wrong.
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

// Close waits until no page is being rendered, ends the browsers and closes idle
// connections. Other calls in flight continue.
func (c *Crawler) Close() {
	c.closeBrowsers()
	c.transport.CloseIdleConnections()
	for _, s := range c.sites {
		s.transport.CloseIdleConnections()
	}
}

// Request is one URL to fetch.
type Request struct {
	URL        string           // normalised, see Normalize
	Validators news.Validators  // of the last answer; zero for an unconditional request
	Source     string           // whose Access is used; copied to the page; may be ""
	Run        string           // requests of one run share cookies and the scripts of rendered pages
	Robots     *robotstxt.Rules // of the URL's origin, for what a rendered page loads; nil means to fetch it
	Hint       news.Hint        // copied to the page
}

// Answer is the answer of a server.
type Answer struct {
	Status       int
	Page         *news.Page // of Fetch and FetchFeed, on a usable 2xx answer; else nil
	NotModified  bool       // 304 to a conditional request
	Redirect     string     // target of a redirect, normalised; it is not followed
	Links        []Link     // of the page: the first MaxLinks in document order
	Directives   Directives // robots directives of a page; those of the header alone on a 304
	Scripted     bool       // the content of a page is likely to be brought by its scripts, see Scripted; false for a page that is Rendered
	Validators   news.Validators
	Sitemap      *Sitemap      // of FetchSitemap, on a 2xx answer; else nil
	SitemapFault error         // what is wrong with Sitemap; see ParseSitemap
	BodySHA      string        // SHA-256, in hex, of the body without its content encoding; "" without Page and Sitemap
	Rendered     bool          // Page is as its scripts have made it, Raw as received
	RetryAfter   time.Duration // 0 to MaxRetryAfter
	Took         time.Duration // from the request to the headers
	Raw          Raw
}

// Raw is an exchange as it went over the wire, for the archive.
type Raw struct {
	RequestHeader http.Header // as sent, Host included; values that Access added are withheld
	Header        http.Header // as received, Content-Encoding and Content-Length included; without Set-Cookie for a source with Access
	Body          []byte      // without its content encoding; nil for a sitemap
	Truncated     bool        // Body is only the beginning; never so with a page
	RemoteIP      netip.Addr  // zero when not known
	At            time.Time   // UTC, when the request was sent
}

// Fetch fetches an HTML page, parses it into Page.Tree, and finds its links.
//
// The answer is not nil whenever a server answered. A status of 400 and above,
// and a body that is not a page, are an *Error as well; not modified and a
// redirect are not. Every error is an *Error.
func (c *Crawler) Fetch(ctx context.Context, r Request) (*Answer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: r, accept: acceptPage, html: true, limit: c.options.MaxBody}
	if x.renders() {
		if err := c.Ready(r.Source); err != nil {
			return nil, &Error{Reason: "it is to be rendered", Temporary: true, Err: err}
		}
		x.request.Validators = news.Validators{} // an unchanged page may load changed data
		x.more = c.options.Timeout
	}
	return x.run(ctx, x.visit)
}

// FetchFeed fetches a feed, for ParseFeed. Answer and error are those of Fetch,
// but Page has no Tree and any content type is accepted.
func (c *Crawler) FetchFeed(ctx context.Context, r Request) (*Answer, error) {
	x := &exchange{crawler: c, site: c.sites[r.Source], request: r, accept: acceptFeed, limit: c.options.MaxBody}
	return x.run(ctx, x.direct)
}

// Values of the Accept header.
const (
	acceptPage    = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
	acceptFeed    = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
	acceptSitemap = "application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"
	acceptRobots  = "text/plain,*/*;q=0.5"
)

// run calls do within the time limit and returns the answer, and an *Error for
// what went wrong. A panic in a parser of foreign bytes is an error of this page
// alone.
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
