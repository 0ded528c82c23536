package crawler

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"

	"winnow/crawler/internal/percent"
	"winnow/news"
	"winnow/news/markup"
)

// exchange is one request and its answer. For a page it is also the RoundTripper
// of the collector that fetches it.
type exchange struct {
	crawler *Crawler
	site    *site // nil for a source without Access
	request Request
	accept  string
	html    bool          // the body must be an HTML page
	sitemap bool          // the body is a sitemap, to be read while it arrives
	limit   int64         // bytes of the body
	cut     bool          // a longer body is cut, not refused: robots.txt
	extra   http.Header   // further request headers
	more    time.Duration // added to Options.Timeout
	loaded  int64         // bytes that a rendered page has loaded
	tooSlow error         // why something that a rendered page loads would come too late

	answer *Answer // nil until the response header was read
	err    error   // of RoundTrip
	tree   *html.Node
}

// errNoPage ends the collector's work when the answer has no page to parse.
var errNoPage = errors.New("no page")

// direct sends the request without a collector.
func (x *exchange) direct(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.request.URL, nil)
	if err != nil {
		return err
	}
	return x.exchange(req)
}

// visit sends the request through a collector, which parses the page.
func (x *exchange) visit(ctx context.Context) error {
	collector := new(colly.Collector) // not NewCollector, which reads COLLY_ variables from the environment
	collector.Init()
	collector.Context = ctx
	collector.UserAgent = x.crawler.options.UserAgent
	collector.MaxBodySize = 0 // no limit here: colly would cut silently
	collector.AllowURLRevisit = true
	collector.IgnoreRobotsTxt = true // the caller has checked
	collector.DisableCookies()
	collector.SetRequestTimeout(0) // ctx has the deadline
	collector.WithTransport(x)
	collector.OnHTML("head", func(e *colly.HTMLElement) { // every parsed document has a head
		if x.tree == nil && len(e.DOM.Nodes) > 0 {
			x.tree = rootOf(e.DOM.Nodes[0])
		}
	})
	err := collector.Visit(x.request.URL)
	switch {
	case x.err != nil:
		return x.err
	case x.answer == nil:
		return err // refused before it was sent
	case x.answer.Page == nil:
		return nil
	}
	page := x.answer.Page
	if x.tree == nil {
		// x/net/html gives up on too many open elements.
		if x.tree, page.Charset, err = markup.Parse(page.Body, page.ContentType()); err != nil {
			return &Error{Reason: "HTML that cannot be parsed", Err: err}
		}
	}
	page.Tree = x.tree
	directives := newDirectives(page.Header, x.crawler.options.UserAgent)
	x.answer.Links = findLinks(x.tree, page.URL, page.Header, directives)
	x.answer.Directives = directives.Directives
	x.answer.Scripted = !x.answer.Rendered && Scripted(x.tree)
	return nil
}

func rootOf(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// RoundTrip returns the page in UTF-8 to the collector, or an error.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	if x.err = x.exchange(req); x.err != nil {
		return nil, x.err
	}
	page := x.answer.Page
	if page == nil {
		return nil, errNoPage
	}
	if x.renders() {
		if x.err = x.render(req.Context()); x.err != nil {
			return nil, x.err
		}
	}
	var body []byte
	body, page.Charset = markup.Decode(page.Body, page.ContentType())
	return &http.Response{
		Status:        "200 OK", // of the 2xx, colly takes 200 to 202 only
		StatusCode:    http.StatusOK,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Uncompressed:  true, // else colly decompresses URLs that end in .xml.gz
		Request:       req,
	}, nil
}

// exchange sends the request and sets x.answer.
func (x *exchange) exchange(req *http.Request) error {
	var remote netip.Addr
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if at, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String()); err == nil {
			remote = at.Addr().Unmap()
		}
	}}
	req = req.Clone(httptrace.WithClientTrace(req.Context(), trace))
	req.Header = x.header()
	if err := x.site.checkTarget(req.Context(), x.crawler, req.URL); err != nil {
		return err
	}
	x.site.authorize(req, x.request.Run)
	at := x.crawler.options.Now().UTC()
	res, err := x.transport().RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	took := x.crawler.options.Now().Sub(at)
	if res.StatusCode == http.StatusProxyAuthRequired {
		return &Error{Reason: "the proxy asks for a user name and a password", Temporary: true}
	}
	x.site.storeCookies(res, req.URL, x.request.Run)
	if x.proxied() {
		remote = netip.Addr{} // the proxy's
	}

	sent := x.site.redact(req.Header)
	sent.Set("Host", req.URL.Host)
	if x.site != nil {
		res.Header = x.site.redact(res.Header)
	}
	x.answer = &Answer{
		Status:     res.StatusCode,
		RetryAfter: retryAfter(res.Header.Get("Retry-After"), at),
		Took:       took,
		Raw: Raw{
			RequestHeader: sent,
			Header:        res.Header,
			RemoteIP:      remote,
			At:            at,
		},
	}
	switch {
	case res.StatusCode == http.StatusNotModified && x.conditional():
		x.answer.NotModified = true
		x.answer.Validators = x.validators(res.Header)
		x.answer.Directives = newDirectives(res.Header, x.crawler.options.UserAgent).Directives
		return nil
	case isRedirect(res.StatusCode):
		x.keepErrorBody(res)
		return x.redirect(req.URL, res.Header.Get("Location"))
	case !isSuccess(res.StatusCode):
		x.keepErrorBody(res)
		return statusError(res.StatusCode, x.answer.RetryAfter)
	case x.sitemap:
		return x.readSitemap(res)
	}
	return x.success(res)
}

func (x *exchange) transport() *http.Transport {
	if x.site == nil {
		return x.crawler.transport
	}
	return x.site.transport
}

func (x *exchange) proxied() bool { return x.site != nil && x.site.Proxy != "" }

// success reads the body of a 2xx answer into a page.
func (x *exchange) success(res *http.Response) error {
	if x.html {
		if err := checkDeclared(res.Header.Get("Content-Type")); err != nil {
			return err // before a byte of a video is read
		}
	}
	var check func([]byte) error
	if x.html {
		check = checkBytes // before the rest of an archive is read
	}
	body, cut, err := readBody(res, x.limit, x.cut, check)
	if err != nil {
		return err
	}
	if x.html {
		if body, err = checkHTML(body, res.Header.Get("Content-Type"), x.limit); err != nil {
			return err
		}
	}
	header := res.Header.Clone()
	header.Del("Content-Encoding")
	header.Del("Content-Length")
	x.answer.Page = &news.Page{
		URL:       x.request.URL,
		Status:    res.StatusCode,
		Header:    header,
		Body:      body,
		FetchedAt: x.answer.Raw.At,
		Source:    x.request.Source,
		Hint:      x.request.Hint,
	}
	sum := sha256.Sum256(body)
	x.answer.BodySHA = hex.EncodeToString(sum[:])
	x.answer.Validators = x.validators(res.Header)
	x.answer.Raw.Body, x.answer.Raw.Truncated = body, cut
	return nil
}

// keepErrorBody keeps the beginning of a body that is not a page, for the
// archive. An error of reading it is not reported.
func (x *exchange) keepErrorBody(res *http.Response) {
	body, cut, err := readBody(res, maxErrorBody, true, nil)
	x.answer.Raw.Body, x.answer.Raw.Truncated = body, cut || err != nil
}

// redirect sets the target of a redirect.
func (x *exchange) redirect(from *url.URL, location string) error {
	location = strings.TrimSpace(location)
	if location == "" {
		return &Error{Reason: "redirect without a target"}
	}
	if !utf8.ValidString(location) { // in an old charset, which the server expects back
		location = percentHigh(location)
	}
	to, err := Normalize(location, from)
	if err != nil {
		return &Error{Reason: "redirect to no usable URL", Err: err}
	}
	x.answer.Redirect = to
	return nil
}

func percentHigh(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			percent.Write(&b, s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// header returns the request header. Host is added by net/http.
func (x *exchange) header() http.Header {
	h := http.Header{
		"User-Agent":      {x.crawler.options.UserAgent},
		"Accept":          {x.accept},
		"Accept-Encoding": {"gzip, br, zstd"},
	}
	for name, values := range x.extra {
		h[name] = values
	}
	if v := x.request.Validators; v.ETag != "" {
		h.Set("If-None-Match", v.ETag)
	}
	if v := x.request.Validators; v.LastModified != "" {
		h.Set("If-Modified-Since", v.LastModified)
	}
	return h
}

func (x *exchange) conditional() bool { return x.request.Validators != news.Validators{} }

// validators returns those of an answer, and those of the request for a 304
// without any. One that is too long to send with every request is left out.
func (x *exchange) validators(h http.Header) news.Validators {
	v := news.Validators{ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if len(v.ETag) > maxValidator {
		v.ETag = ""
	}
	if len(v.LastModified) > maxValidator {
		v.LastModified = ""
	}
	if v == (news.Validators{}) && x.answer.NotModified {
		return x.request.Validators
	}
	return v
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// isSuccess reports whether an answer of that status carries a body that can be
// used: a 2xx other than 204 and 205, which have none, and 206, a range that was
// not requested.
func isSuccess(status int) bool {
	return status >= 200 && status < 300 &&
		status != http.StatusNoContent && status != http.StatusResetContent && status != http.StatusPartialContent
}

func statusText(res *http.Response) string {
	if strings.HasPrefix(res.Status, strconv.Itoa(res.StatusCode)) {
		return res.Status
	}
	return strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode)
}
