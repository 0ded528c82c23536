package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"winnow/crawler/browser"
	"winnow/crawler/robotstxt"
	"winnow/news"
)

// Limits of rendering.
const (
	maxBrowsers     = 2                // that render at the same time
	maxLoaded       = 32 << 20         // bytes that one page may load
	maxScripts      = 16 << 20         // bytes of scripts that the pages of a source share in a run
	maxLoadHops     = 5                // redirects on the way to a script or data
	robotsKept      = 24 * time.Hour   // how long a robots.txt is valid
	robotsRetry     = 10 * time.Minute // how long one that cannot be read closes its host
	maxRobotsKept   = 100              // origins
	renderedCharset = "utf-8"
)

// errNotLoaded is the error for what a rendered page may not load.
var errNotLoaded = errors.New("a rendered page may not load it")

// Ready returns an error if the pages of a source are rendered and there is no
// browser. The error wraps [browser.ErrNoBrowser].
func (c *Crawler) Ready(source string) error {
	if s := c.sites[source]; s == nil || !s.Render {
		return nil
	}
	_, err := browser.Find(c.options.Chromium)
	return err
}

// newBrowsers makes the browsers. They start when they are needed.
func (c *Crawler) newBrowsers() {
	c.browsers = make(chan *browser.Browser, maxBrowsers)
	for range maxBrowsers {
		c.browsers <- browser.New(browser.Options{Path: c.options.Chromium, UserAgent: c.options.UserAgent, MaxDOM: int(c.options.MaxBody)})
	}
}

// closeBrowsers ends the browsers after the pages that are being rendered.
func (c *Crawler) closeBrowsers() {
	for range cap(c.browsers) {
		b := <-c.browsers
		b.Close()
		defer func() { c.browsers <- b }()
	}
}

func (x *exchange) renders() bool { return x.html && x.site != nil && x.site.Render }

// render replaces the page by what its scripts make of it. The page as received
// stays in Answer.Raw.
func (x *exchange) render(ctx context.Context) error {
	var b *browser.Browser
	select {
	case b = <-x.crawler.browsers:
		defer func() { x.crawler.browsers <- b }()
	case <-ctx.Done():
		return &Error{Reason: "no browser was free in time", Temporary: true, Err: ctx.Err()}
	}
	page := x.answer.Page
	html, err := b.Render(ctx, browser.Page{URL: page.URL, Header: page.Header, Body: page.Body}, x.load)
	switch {
	case errors.Is(err, browser.ErrTooLarge):
		return &Error{Reason: "rendered page too large", Err: fmt.Errorf("%w: %w", ErrTooLarge, err)}
	case errors.Is(err, browser.ErrMemory):
		return &Error{Reason: "not rendered", Err: err}
	case err != nil:
		return &Error{Reason: "not rendered", Temporary: true, Err: err}
	case x.tooSlow != nil:
		return &Error{Reason: "not rendered", Err: x.tooSlow}
	}
	page.Body, page.Rendered = html, true
	page.Header.Set("Content-Type", "text/html; charset="+renderedCharset)
	sum := sha256.Sum256(html)
	x.answer.BodySHA = hex.EncodeToString(sum[:])
	x.answer.Validators = news.Validators{} // they are of the page before its scripts
	x.answer.Rendered = true
	return nil
}

// load fetches what a page requests while it is rendered: from the site and from
// the RenderHosts of the source, as robots.txt allows, with all checks of a page,
// one after the other.
func (x *exchange) load(ctx context.Context, kind browser.Kind, target string, header http.Header) (browser.Resource, error) {
	if res, ok := x.site.script(x.request.Run, target); ok {
		return res, nil
	}
	first := target
	for range maxLoadHops + 1 {
		if err := x.mayLoad(ctx, target); err != nil {
			return browser.Resource{}, err
		}
		y := &exchange{crawler: x.crawler, site: x.site, request: Request{URL: target, Source: x.request.Source, Run: x.request.Run},
			accept: "*/*", extra: passed(header), limit: x.limit}
		answer, err := y.run(ctx, y.direct)
		if answer == nil {
			return browser.Resource{}, err
		}
		if answer.Redirect != "" {
			target = answer.Redirect
			continue
		}
		if answer.Page == nil && isSuccess(answer.Status) {
			return browser.Resource{}, err // too large, or broken
		}
		res := browser.Resource{Status: answer.Status, Header: answer.Raw.Header, Body: answer.Raw.Body}
		if x.loaded += int64(len(res.Body)); x.loaded > maxLoaded {
			return browser.Resource{}, fmt.Errorf("%w: more than %s for one page", errNotLoaded, sizeText(maxLoaded))
		}
		if kind == browser.Script && res.Status == http.StatusOK {
			x.site.keepScript(x.request.Run, first, res)
		}
		return res, nil
	}
	return browser.Resource{}, fmt.Errorf("%w: more than %d redirects", errNotLoaded, maxLoadHops)
}

// passed returns the headers of a page's own request that are sent on.
func passed(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		switch name = http.CanonicalHeaderKey(name); name {
		case "User-Agent", "Cookie", "Host", "Accept-Encoding", "Connection", "Content-Length", "Range", "Upgrade-Insecure-Requests":
			continue
		}
		if !strings.HasPrefix(name, "Sec-") && !strings.HasPrefix(name, "Proxy-") && !strings.HasPrefix(name, "If-") {
			out[name] = values
		}
	}
	return out
}

// mayLoad returns an error unless target is on the site or one of the RenderHosts
// and robots.txt allows it. It waits for the Crawl-delay.
func (x *exchange) mayLoad(ctx context.Context, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	if !SameSite(target, x.request.URL) && !slices.Contains(x.site.RenderHosts, strings.ToLower(u.Host)) {
		return fmt.Errorf("%w: %s is another site, see render_hosts", errNotLoaded, u.Host)
	}
	if err := x.crawler.allowURL(u); err != nil {
		return err
	}
	robots := x.robots(ctx, u)
	token := robotstxt.ProductToken(x.crawler.options.UserAgent)
	if !robots.Allowed(token, target) {
		return fmt.Errorf("%w: robots.txt does not allow it", errNotLoaded)
	}
	delay, _ := robots.CrawlDelay(token)
	if delay <= 0 {
		return nil
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < delay {
		x.tooSlow = fmt.Errorf("%w: its host asks for %v between two requests", errNotLoaded, delay)
		return x.tooSlow
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// robots returns the rules for what a page loads: those of the page's own origin
// are in the request; those of other origins are fetched and kept.
func (x *exchange) robots(ctx context.Context, u *url.URL) *robotstxt.Rules {
	own, err := url.Parse(x.request.URL)
	if err == nil && x.request.Robots != nil && origin(own) == origin(u) {
		return x.request.Robots
	}
	now := x.crawler.options.Now()
	known, ok := x.site.robotsOf(origin(u))
	if ok && now.Before(known.until) {
		return known.rules
	}
	answer, err := x.crawler.followRobots(ctx, Request{URL: robotstxt.URL(u), Source: x.request.Source, Run: x.request.Run})
	rules, reachable := robotstxt.FromAnswer(answer.Status, answer.Body, err, false)
	until := now.Add(robotsKept)
	if !reachable {
		until = now.Add(robotsRetry)
	}
	x.site.keepRobots(origin(u), keptRobots{rules, until})
	return rules
}

// rendering is what the rendered pages of a source share.
type rendering struct {
	run     string                      // whose scripts these are
	scripts map[string]browser.Resource // by URL
	bytes   int                         // of scripts
	robots  map[string]keptRobots       // by origin
}

type keptRobots struct {
	rules *robotstxt.Rules
	until time.Time
}

func (s *site) script(run, target string) (browser.Resource, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rendering.run != run {
		return browser.Resource{}, false
	}
	res, ok := s.rendering.scripts[target]
	return res, ok
}

func (s *site) keepScript(run, target string, res browser.Resource) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.rendering
	if r.run != run || r.scripts == nil {
		r.run, r.scripts, r.bytes = run, map[string]browser.Resource{}, 0
	}
	if size := len(res.Body) + len(target) + 1024; r.bytes+size <= maxScripts {
		r.bytes += size
		r.scripts[target] = res
	}
}

func (s *site) robotsOf(origin string) (keptRobots, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.rendering.robots[origin]
	return kept, ok
}

func (s *site) keepRobots(origin string, kept keptRobots) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rendering.robots == nil || len(s.rendering.robots) >= maxRobotsKept {
		s.rendering.robots = map[string]keptRobots{}
	}
	s.rendering.robots[origin] = kept
}
