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

// Access is what the requests of a source need beside a plain one. The zero
// value is a plain one.
//
// Headers, Cookies, User and Password go to the origin of Site (scheme, host
// and port) and nowhere else, redirects, feeds on other hosts and https turned
// into http included.
type Access struct {
	Site        string            // absolute URL
	Headers     map[string]Secret // by name
	Cookies     map[string]Secret // by name
	KeepCookies bool              // cookies that servers of the source set are sent back to them, by the rules of RFC 6265, until the run ends
	User        Secret            // HTTP Basic, RFC 7617; "" for none
	Password    Secret
	Proxy       Secret   // http, https or socks5 URL, with user and password where it asks for them; "" for none
	Render      bool     // run the scripts of pages in Options.Chromium before they are read
	RenderHosts []string // hosts beside those of the site itself from which a rendered page may load scripts and data
}

func (a Access) isPlain() bool {
	return len(a.Headers)+len(a.Cookies) == 0 && !a.KeepCookies && a.User+a.Password+a.Proxy == "" && !a.Render
}

// Secret is text that is not shown: it prints as withheld, whatever the verb.
type Secret string

const withheld = "withheld"

// Format implements fmt.Formatter.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, withheld) }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(withheld), nil }

// site is how the pages of one source are asked for.
type site struct {
	Access
	origin    string
	transport *http.Transport // of its own with a proxy, else the crawler's
	guard     func(netip.Addr) error

	mu        sync.Mutex
	run       string
	jar       *jar // of the run
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
		return nil, fmt.Errorf("crawler: source %s: the proxy is no URL", name)
	}
	switch proxy.Scheme {
	case "http", "https", "socks5":
	default:
		return nil, fmt.Errorf("crawler: source %s: a proxy of the scheme %q is not known: http, https or socks5", name, proxy.Scheme)
	}
	s.transport, s.guard = proxyTransport(proxy), c.guard.SafeAddr
	return s, nil
}

// origin is scheme, host and port, the scheme's own port left out.
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

// dress adds to a request what the source needs.
func (s *site) dress(req *http.Request, run string) {
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

// strip takes from a header that is to be kept what opens doors.
func (s *site) strip(h http.Header) http.Header {
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

// keep takes the cookies of an answer.
func (s *site) keep(res *http.Response, u *url.URL, run string) {
	if s != nil {
		s.cookies(run).set(u, res.Cookies())
	}
}

// cookies is the jar of the run, nil when none is kept. A new run begins with
// an empty one.
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

// errProxyTarget says why a proxy was not asked.
var errProxyTarget = errors.New("through a proxy too an address is checked first")

// check refuses, before a proxy is asked, what would be refused at connect
// without one: the proxy connects in our stead, perhaps inside a private net. A
// host without an address here is refused as well, since nobody could tell.
func (s *site) check(ctx context.Context, c *Crawler, u *url.URL) error {
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

// jar is the cookies of one run of a source. The nil jar keeps none.
type jar struct {
	mu    sync.Mutex
	jar   *cookiejar.Jar
	names map[string]bool // host and name of those that were taken
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

// set takes cookies as far as there is room.
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

// cookieHeader writes the configured cookies, by name, and then those of the
// jar that have other names.
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
