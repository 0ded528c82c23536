package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// Access is what the requests of a source need besides a URL. The zero Access
// adds nothing.
//
// Headers, Cookies, User and Password are sent to the origin of Site (scheme,
// host and port) only: not to the target of a redirect, a feed on another host,
// or the same host by http in place of https.
type Access struct {
	Site        string            // absolute URL
	Headers     map[string]Secret // by name
	Cookies     map[string]Secret // by name
	KeepCookies bool              // cookies that servers set are sent back, by the rules of RFC 6265, until the run ends
	User        Secret            // HTTP Basic, RFC 7617; "" for none
	Password    Secret
	Proxy       Secret   // http, https or socks5 URL, with user and password if it needs them; "" for none
	Render      bool     // pages are read after a browser has run their scripts
	RenderHosts []string // hosts, besides the site's, from which a rendered page may load scripts and data
}

func (a Access) isPlain() bool {
	return len(a.Headers)+len(a.Cookies) == 0 && !a.KeepCookies && a.User+a.Password+a.Proxy == "" && !a.Render
}

// Secret is text that is never shown: it prints and marshals as "withheld".
type Secret string

const withheld = "withheld"

// Format implements [fmt.Formatter]: it writes "withheld" for every verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, withheld) }

// MarshalText implements [encoding.TextMarshaler]: it returns "withheld".
func (s Secret) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// site is the Access of one source at work. The nil site is that of a source
// without Access: its methods do nothing.
type site struct {
	Access
	origin    string
	transport *http.Transport        // separate with a proxy, else the crawler's
	guard     func(netip.Addr) error // checks what the proxy connects to; nil without a proxy

	mu        sync.Mutex
	run       string // whose cookies jar has
	jar       *jar
	rendering rendering
}

func newSite(name string, a Access, c *Crawler) (*site, error) {
	u, err := url.Parse(a.Site)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("crawler: source %s: access needs a site", name)
	}
	s := &site{Access: a, origin: origin(u), transport: c.transport}
	if a.Proxy == "" {
		return s, nil
	}
	proxy, err := url.Parse(string(a.Proxy))
	if err != nil || proxy.Host == "" {
		return nil, fmt.Errorf("crawler: source %s: the proxy is not a URL", name)
	}
	switch proxy.Scheme {
	case "http", "https", "socks5":
	default:
		return nil, fmt.Errorf("crawler: source %s: a proxy of the scheme %q is not known: http, https or socks5", name, proxy.Scheme)
	}
	s.transport, s.guard = proxyTransport(proxy), c.guard.SafeAddr
	return s, nil
}

// origin returns scheme, host and port, without the scheme's default port.
func origin(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

// authorize adds headers, password and cookies of the source to a request.
func (s *site) authorize(req *http.Request, run string) {
	if s == nil {
		return
	}
	if origin(req.URL) == s.origin {
		for name, value := range s.Headers {
			req.Header.Set(name, string(value))
		}
		if s.User+s.Password != "" {
			req.SetBasicAuth(string(s.User), string(s.Password))
		}
	}
	var own map[string]Secret
	if origin(req.URL) == s.origin {
		own = s.Cookies
	}
	if cookies := cookieHeader(own, s.cookies(run).of(req.URL)); cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
}

// redact returns a copy of a header with secrets withheld, for the archive.
func (s *site) redact(h http.Header) http.Header {
	h = h.Clone()
	if s == nil {
		return h
	}
	for name := range s.Headers {
		if name = http.CanonicalHeaderKey(name); h.Get(name) != "" {
			h.Set(name, withheld)
		}
	}
	for _, name := range []string{"Authorization", "Cookie"} {
		if h.Get(name) != "" {
			h.Set(name, withheld)
		}
	}
	h.Del("Set-Cookie")
	return h
}

// storeCookies keeps the cookies of an answer for the run.
func (s *site) storeCookies(res *http.Response, u *url.URL, run string) {
	if s != nil {
		s.cookies(run).set(u, res.Cookies())
	}
}

// KeepsCookies reports whether cookies that servers set are sent back to them for a
// source.
func (c *Crawler) KeepsCookies(source string) bool {
	s := c.sites[source]
	return s != nil && s.KeepCookies
}

// HasCookies reports whether servers have set cookies in a run of a source that a
// request for a URL would send.
func (c *Crawler) HasCookies(source, run, rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || !c.KeepsCookies(source) {
		return false
	}
	s := c.sites[source]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run == run && len(s.jar.of(u)) > 0
}

// cookies returns the jar of the run, nil when cookies are not kept. Each run
// begins with an empty one.
func (s *site) cookies(run string) *jar {
	if !s.KeepCookies {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jar == nil || s.run != run {
		s.run, s.jar = run, newJar()
	}
	return s.jar
}

// errProxyTarget is the error for a host whose addresses cannot be checked.
var errProxyTarget = errors.New("through a proxy too an address is checked first")

// checkTarget refuses, before a proxy is used, the addresses that would be
// refused without one: the proxy connects in our place, perhaps inside a private
// network. A host that has no address here is refused as well, since it cannot
// be checked.
func (s *site) checkTarget(ctx context.Context, c *Crawler, u *url.URL) error {
	if s == nil || s.guard == nil {
		return nil
	}
	host := c.hostToConnect(u)
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, addr)
	} else if addrs, err = c.lookup(ctx, host); err != nil {
		return fmt.Errorf("%w: %w", errProxyTarget, err)
	}
	for _, addr := range addrs {
		if err := s.guard(addr.Unmap()); err != nil {
			return err
		}
	}
	return nil
}

// Limits of a jar: a browser keeps at least 50 cookies a host of 4,096 bytes
// each (RFC 6265, section 6.1).
const (
	maxCookies = 300
	maxCookie  = 4096 // bytes of name and value
)

// jar keeps the cookies of one run of a source, within limits. The nil jar keeps
// none.
type jar struct {
	mu    sync.Mutex
	jar   *cookiejar.Jar
	names map[string]bool // host, path and name of those that are kept
}

func newJar() *jar {
	j, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // it never fails
	return &jar{jar: j, names: map[string]bool{}}
}

func (j *jar) of(u *url.URL) []*http.Cookie {
	if j == nil {
		return nil
	}
	return j.jar.Cookies(u)
}

// set keeps cookies up to the limits.
func (j *jar) set(u *url.URL, cookies []*http.Cookie) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		key := u.Hostname() + " " + c.Path + " " + c.Name
		if len(c.Name)+len(c.Value) > maxCookie || !j.names[key] && len(j.names) >= maxCookies {
			continue
		}
		j.names[key] = true
		j.jar.SetCookies(u, []*http.Cookie{c})
	}
}

// cookieHeader returns the Cookie header: the configured cookies, by name, then
// those of the jar that have other names.
func cookieHeader(own map[string]Secret, kept []*http.Cookie) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(own)) {
		parts = append(parts, (&http.Cookie{Name: name, Value: string(own[name])}).String())
	}
	for _, c := range kept {
		if _, known := own[c.Name]; !known {
			parts = append(parts, (&http.Cookie{Name: c.Name, Value: c.Value, Quoted: c.Quoted}).String())
		}
	}
	return strings.Join(parts, "; ")
}
