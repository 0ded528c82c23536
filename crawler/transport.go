package crawler

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// newTransport returns the transport of a Crawler. The guard checks the address of
// every connection, after DNS. Proxies of the environment are not used: they would
// connect in our place, unchecked.
func newTransport(guard *ssrf.Guardian, resolve map[string]string) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second, Control: guard.Safe}
	return transportOver(func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, connectTo(resolve, address))
	})
}

// proxyTransport returns a transport through a proxy, whose own address may be
// private. What the proxy connects to is checked before, see site.checkTarget.
func proxyTransport(proxy *url.URL) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	t := transportOver(dialer.DialContext)
	t.Proxy = http.ProxyURL(proxy)
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		if res.StatusCode == http.StatusOK {
			return nil
		}
		return &Error{Reason: "the proxy answers " + statusText(res), Temporary: true}
	}
	return t
}

// transportOver returns a transport with our limits over a way to connect.
func transportOver(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		ExpectContinueTimeout:  time.Second,
		DisableCompression:     true, // decompressed in body.go, within limits
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
	}
}

func guardOptions(allow []netip.Prefix) []ssrf.Option {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	// allowURL checks the ports of URLs; Resolve may connect to any port.
	return []ssrf.Option{ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...)}
}

// hostToConnect returns the host to connect to for a URL, without its port.
func (c *Crawler) hostToConnect(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = u.Scheme // the scheme's default
	}
	host, _, _ := net.SplitHostPort(connectTo(c.resolve, net.JoinHostPort(u.Hostname(), port)))
	return host
}

// lookup returns the addresses of a host.
func (c *Crawler) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// connectTo returns the address to dial for host:port. An entry for host:port
// takes precedence over one for the host.
func connectTo(resolve map[string]string, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	to, ok := resolve[strings.ToLower(address)]
	if !ok {
		to, ok = resolve[strings.ToLower(host)]
	}
	if !ok {
		return address
	}
	toHost, toPort, err := net.SplitHostPort(to)
	if err != nil { // no port
		toHost, toPort = strings.Trim(to, "[]"), ""
	}
	if toHost == "" {
		toHost = host
	}
	if toPort == "" {
		toPort = port
	}
	return net.JoinHostPort(toHost, toPort)
}

// resolveMap reads Options.Resolve.
func resolveMap(resolve map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(resolve))
	for from, to := range resolve {
		if from == "" || to == "" {
			return nil, fmt.Errorf("crawler: resolve %q: %q: both sides are needed", from, to)
		}
		if _, port, err := net.SplitHostPort(to); err == nil && port != "" {
			if _, err := strconv.ParseUint(port, 10, 16); err != nil {
				return nil, fmt.Errorf("crawler: resolve %q: %q has no valid port", from, to)
			}
		}
		out[strings.ToLower(from)] = strings.ToLower(to)
	}
	return out, nil
}

// portSet reads Options.Ports into "port" and "host:port" keys.
func portSet(ports []string) (map[string]bool, error) {
	set := map[string]bool{"80": true, "443": true}
	for _, p := range ports {
		host, port, err := net.SplitHostPort(p)
		if err != nil {
			host, port = "", p
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("crawler: %q is neither a port nor host:port", p)
		}
		if host == "" {
			set[port] = true
		} else {
			set[net.JoinHostPort(strings.ToLower(host), port)] = true
		}
	}
	return set, nil
}

// allowURL refuses schemes other than http and https, and ports that no option
// allows. Addresses are checked when connecting.
func (c *Crawler) allowURL(u *url.URL) error {
	var port string
	switch u.Scheme {
	case "http":
		port = "80"
	case "https":
		port = "443"
	default:
		return &Error{Reason: "forbidden scheme", Err: fmt.Errorf("%w: %q", ErrForbidden, u.Scheme)}
	}
	if u.Hostname() == "" {
		return &Error{Reason: "no host in the URL", Err: ErrForbidden}
	}
	if p := u.Port(); p != "" {
		port = p
	}
	if !c.ports[port] && !c.ports[net.JoinHostPort(strings.ToLower(u.Hostname()), port)] {
		return &Error{Reason: "forbidden port", Err: fmt.Errorf("%w: %s is neither 80, 443 nor a port that a source names", ErrForbidden, port)}
	}
	return nil
}
