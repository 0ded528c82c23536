// Package robotstxt reads robots.txt as RFC 9309 has it, with what search
// engines understand besides: Crawl-delay, Request-rate, Sitemap, and common
// misspellings.
//
// Start with [FromAnswer], which turns the answer of a server into [Rules], or
// with [Parse]; then ask [Rules.Allowed] and [Rules.CrawlDelay]. Nothing here
// fetches: see crawler.FetchRobots.
package robotstxt

import (
	"bytes"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"winnow/crawler/internal/percent"
)

// MaxBody is how many bytes of a robots.txt are read: the least that RFC 9309,
// section 2.5, lets a crawler read.
const MaxBody = 500 << 10

// maxSitemaps is how many Sitemap lines are kept.
const maxSitemaps = 1000

// URL returns the URL of the robots.txt that holds for u. It is not normalised:
// /robots.txt is fetched as it is.
func URL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String()
}

// Rules are those of one robots.txt. Nil Rules allow everything.
type Rules struct {
	groups   []group
	sitemaps []string
	closed   bool // nothing may be fetched
}

// group is the rules of one or more user agents.
type group struct {
	agents []string // product tokens in lower case, or "*"
	rules  []rule
	delay  time.Duration
	paced  bool // delay is set
}

// rule allows or disallows paths.
type rule struct {
	allow   bool
	pattern string // as recodePattern returns it
}

// FromAnswer returns the rules that follow from the answer to a request for
// robots.txt, or from err, the error of that request:
//
//   - those of body, on success;
//   - nil, which allows everything, when the server has no robots.txt (4xx but
//     429, or redirects without end: RFC 9309, sections 2.3.1.2 and 2.3.1.3);
//   - rules that allow nothing when that is not known (5xx, 429, a proxy's 407,
//     no answer: section 2.3.1.4). Then reachable is false, and the caller
//     should ask again.
//
// With denyForbidden, 401 and 403 allow nothing: some sites mean to keep robots
// out by them.
func FromAnswer(status int, body []byte, err error, denyForbidden bool) (r *Rules, reachable bool) {
	switch {
	case err != nil || status < 200 || status >= 500 || status == http.StatusTooManyRequests || status == http.StatusProxyAuthRequired:
		return &Rules{closed: true}, false
	case status < 300:
		return Parse(body), true
	case denyForbidden && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return &Rules{closed: true}, true
	}
	return nil, true
}

// Parse reads the first MaxBody bytes of a robots.txt. It takes what is valid
// and skips everything else, so that it has no error.
func Parse(body []byte) *Rules {
	if len(body) > MaxBody {
		body = body[:MaxBody]
		if end := bytes.LastIndexAny(body, "\r\n"); end >= 0 {
			body = body[:end] // half a rule could say the opposite
		}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	r := &Rules{}
	listing := false // in a run of User-agent lines
	for line := range bytes.FieldsFuncSeq(body, func(c rune) bool { return c == '\n' || c == '\r' }) {
		key, value := splitLine(line)
		switch key {
		case "user-agent":
			if !listing {
				r.groups = append(r.groups, group{})
			}
			listing = true
			g := &r.groups[len(r.groups)-1]
			g.agents = append(g.agents, agentToken(value))
		case "allow", "disallow":
			listing = false
			if n := len(r.groups); n > 0 && value != "" {
				g := &r.groups[n-1]
				g.rules = append(g.rules, rule{allow: key == "allow", pattern: recodePattern(value)})
			}
		case "crawl-delay", "request-rate":
			// Not in RFC 9309, but for those who read it a line of the group:
			// "User-agent: *", "Crawl-delay: 5", "User-agent: Bad",
			// "Disallow: /" are two groups.
			listing = false
			if n := len(r.groups); n > 0 {
				r.groups[n-1].pace(key, value)
			}
		case "sitemap":
			if value != "" && len(r.sitemaps) < maxSitemaps {
				r.sitemaps = append(r.sitemaps, value)
			}
		}
	}
	return r
}

// splitLine splits a line into a key in lower case and a value. It corrects
// misspellings that are so common that other parsers know them.
func splitLine(line []byte) (key, value string) {
	if len(line) > 16<<10 {
		return "", "" // longer than any path
	}
	if hash := bytes.IndexByte(line, '#'); hash >= 0 {
		line = line[:hash]
	}
	text := strings.Trim(string(line), " \t\x00")
	k, v, ok := strings.Cut(text, ":")
	if !ok {
		words := strings.Fields(text)
		if len(words) != 2 {
			return "", ""
		}
		k, v = words[0], words[1]
	}
	key = strings.ToLower(strings.TrimSpace(k))
	switch key {
	case "useragent", "user agent":
		key = "user-agent"
	case "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		key = "disallow"
	case "site-map":
		key = "sitemap"
	}
	return key, strings.TrimSpace(v)
}

// agentToken returns the product token of a User-agent line, in lower case:
// "bot" of "Bot/2.1".
func agentToken(value string) string {
	if end := strings.IndexAny(value, "/ \t"); end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

// ProductToken returns the name by which robots.txt addresses the crawler with
// that user agent: "winnow" of "winnow/1.0 (+https://…)", and "Bot" of
// "Mozilla/5.0 (compatible; Bot/1.0; …)".
func ProductToken(userAgent string) string {
	userAgent = strings.TrimSpace(userAgent)
	if _, rest, ok := strings.Cut(userAgent, "compatible;"); ok && strings.HasPrefix(userAgent, "Mozilla/") {
		userAgent = strings.TrimSpace(rest)
	}
	if end := strings.IndexAny(userAgent, "/ \t;()"); end >= 0 {
		userAgent = userAgent[:end]
	}
	return userAgent
}

// maxPace is the longest delay; a Duration could hold more.
const maxPace = 365 * 24 * time.Hour

// pace sets the delay of a group from "Crawl-delay: 1.5" or "Request-rate:
// 1/5m". The longest of several counts; what cannot be read is skipped.
func (g *group) pace(key, value string) {
	seconds := math.NaN()
	if key == "crawl-delay" {
		seconds = number(value)
	} else if fields := strings.Fields(value); len(fields) > 0 {
		n, per, _ := strings.Cut(fields[0], "/") // a time of day may follow
		unit := 1.0
		if per != "" {
			switch per[len(per)-1] {
			case 's':
				per = per[:len(per)-1]
			case 'm':
				per, unit = per[:len(per)-1], 60
			case 'h':
				per, unit = per[:len(per)-1], 3600
			}
		}
		if requests := number(n); requests > 0 {
			seconds = number(per) * unit / requests
		}
	}
	if !(seconds >= 0) {
		return
	}
	delay := maxPace
	if seconds < maxPace.Seconds() {
		delay = time.Duration(seconds * float64(time.Second))
	}
	g.delay, g.paced = max(g.delay, delay), true
}

// number reads digits with a point. It returns NaN for anything else, Inf and
// 1e9 included.
func number(s string) float64 {
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(v, 1) {
		return math.NaN()
	}
	return v
}

// groupsOf returns the groups of a product token: all that name it, else all
// that name "*" (RFC 9309, section 2.2.1).
func (r *Rules) groupsOf(productToken string) []group {
	token := strings.ToLower(productToken)
	for _, want := range []string{token, "*"} {
		var found []group
		for _, g := range r.groups {
			for _, agent := range g.agents {
				if agent == want {
					found = append(found, g)
					break
				}
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// Allowed reports whether the crawler of that product token may fetch a URL of
// the file's own origin. The longest matching rule decides, and of two of one
// length the Allow. /robots.txt itself is always allowed.
func (r *Rules) Allowed(productToken, rawURL string) bool {
	if r == nil {
		return true
	}
	path := recodePath(pathOf(rawURL))
	if path == "/robots.txt" {
		return true
	}
	if r.closed {
		return false
	}
	allowed, longest := true, -1
	for _, g := range r.groupsOf(productToken) {
		for _, rule := range g.rules {
			n := len(rule.pattern)
			if n < longest || n == longest && (allowed || !rule.allow) || !matches(rule.pattern, path) {
				continue
			}
			allowed, longest = rule.allow, n
		}
	}
	return allowed
}

// CrawlDelay returns the time that the crawler of that product token is asked to
// wait between two requests, by Crawl-delay or Request-rate; ok is false without
// either. It may be as long as a year: the caller caps it.
func (r *Rules) CrawlDelay(productToken string) (delay time.Duration, ok bool) {
	if r == nil {
		return 0, false
	}
	for _, g := range r.groupsOf(productToken) {
		if g.paced {
			delay, ok = max(delay, g.delay), true
		}
	}
	return delay, ok
}

// Sitemaps returns the values of the Sitemap lines as they are written, at most
// 1,000.
func (r *Rules) Sitemaps() []string {
	if r == nil {
		return nil
	}
	return r.sitemaps
}

// pathOf returns path and query of a URL, as written.
func pathOf(rawURL string) string {
	if i := strings.IndexByte(rawURL, '#'); i >= 0 {
		rawURL = rawURL[:i]
	}
	if _, rest, ok := strings.Cut(rawURL, "://"); ok {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			rawURL = rest[i:]
		} else {
			rawURL = ""
		}
	}
	if !strings.HasPrefix(rawURL, "/") {
		rawURL = "/" + rawURL
	}
	return rawURL
}

// recodePath returns a path in the percent-encoding in which it is compared with
// patterns. A * or $ of it is encoded, since bare they are wildcards.
func recodePath(path string) string {
	return percent.Recode(path, func(c byte) bool { return isBare(c) && c != '*' })
}

// recodePattern returns a pattern in that encoding. A * is a wildcard, and so
// is a $ at the end.
func recodePattern(pattern string) string {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	pattern = percent.Recode(pattern, isBare)
	if anchored {
		pattern += "$"
	}
	return pattern
}

func isBare(c byte) bool { return c > ' ' && c < 0x7f && c != '$' }

// matches reports whether a pattern matches the beginning of a path, or all of
// it when it ends in $. It is enough to take each piece between stars at its
// first place, so that the time is linear.
func matches(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	first, rest, star := strings.Cut(pattern, "*")
	if !strings.HasPrefix(path, first) {
		return false
	}
	path = path[len(first):]
	if !star {
		return !anchored || path == ""
	}
	for {
		var piece string
		piece, rest, star = strings.Cut(rest, "*")
		if !star {
			if anchored {
				return strings.HasSuffix(path, piece)
			}
			return strings.Contains(path, piece)
		}
		at := strings.Index(path, piece)
		if at < 0 {
			return false
		}
		path = path[at+len(piece):]
	}
}
