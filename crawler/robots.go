package crawler

import (
	"bytes"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRobots is how much of a robots.txt is read: the least that RFC 9309,
// section 2.5, lets a crawler read.
const maxRobots = 500 << 10

// maxSitemaps is how many Sitemap lines are kept.
const maxSitemaps = 1000

// Robots is a robots.txt as RFC 9309 reads it. The nil Robots allows
// everything.
type Robots struct {
	groups   []robotsGroup
	sitemaps []string
	closed   bool // nothing may be fetched: the file could not be had
}

// robotsGroup is the rules of one or more user agents.
type robotsGroup struct {
	agents []string // product tokens in lower case, or "*"
	rules  []robotsRule
	delay  time.Duration
	paced  bool // delay was given
}

// robotsRule allows or disallows paths.
type robotsRule struct {
	allow   bool
	pattern string // as robotsPattern returns it
}

// RobotsFor turns what asking for robots.txt came to into rules: what was
// read on success; everything allowed when the server has none (4xx but 429,
// or redirects without end, RFC 9309 sections 2.3.1.2 and 2.3.1.3); and
// nothing allowed when it cannot be told (5xx, 429, a proxy's 407, no answer,
// section 2.3.1.4): then reachable is false, and it should be asked again.
// With denyForbidden 401 and 403, by which some sites mean to keep robots out,
// allow nothing.
func RobotsFor(status int, body []byte, err error, denyForbidden bool) (r *Robots, reachable bool) {
	switch {
	case err != nil || status < 200 || status >= 500 || status == http.StatusTooManyRequests || status == http.StatusProxyAuthRequired:
		return &Robots{closed: true}, false
	case status < 300:
		return ParseRobots(body), true
	case denyForbidden && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return &Robots{closed: true}, true
	}
	return nil, true
}

// ParseRobots reads the first 500 KiB of a robots.txt. It takes what is valid
// and passes over everything else, so that it has no error.
func ParseRobots(body []byte) *Robots {
	if len(body) > maxRobots {
		body = body[:maxRobots]
		if end := bytes.LastIndexAny(body, "\r\n"); end >= 0 {
			body = body[:end] // half a rule could say the opposite
		}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	r := &Robots{}
	listing := false // in a run of User-agent lines
	for line := range bytes.FieldsFuncSeq(body, func(c rune) bool { return c == '\n' || c == '\r' }) {
		key, value := robotsLine(line)
		switch key {
		case "user-agent":
			if !listing {
				r.groups = append(r.groups, robotsGroup{})
			}
			listing = true
			g := &r.groups[len(r.groups)-1]
			g.agents = append(g.agents, agentToken(value))
		case "allow", "disallow":
			listing = false
			if n := len(r.groups); n > 0 && value != "" {
				g := &r.groups[n-1]
				g.rules = append(g.rules, robotsRule{allow: key == "allow", pattern: robotsPattern(value)})
			}
		case "crawl-delay", "request-rate":
			// No part of RFC 9309, but a part of the group for those who read
			// it: "User-agent: *", "Crawl-delay: 5", "User-agent: Bad",
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

// robotsLine splits a line into a key in lower case and a value. Misspellings
// that are common enough for other parsers to know them are put right.
func robotsLine(line []byte) (key, value string) {
	if len(line) > 16<<10 {
		return "", "" // no path is so long
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

// agentToken is the product token of a User-agent line: "Bot" of "Bot/2.1".
func agentToken(value string) string {
	if end := strings.IndexAny(value, "/ \t"); end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

// ProductToken is the name that a crawler goes by in robots.txt, from its user
// agent: "winnow" of "winnow/1.0 (+https://…)", and "Bot" of
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

// maxPace keeps a delay within what a Duration can hold, and more.
const maxPace = 365 * 24 * time.Hour

// pace sets the delay of a group from "Crawl-delay: 1.5" or "Request-rate:
// 1/5m"; the longest of several counts, and nonsense is passed over.
func (g *robotsGroup) pace(key, value string) {
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

// number reads digits with a point; NaN for anything else, so also for Inf and 1e9.
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

// groupsOf gives the groups of a product token: all that name it, else all
// that name "*" (RFC 9309, section 2.2.1).
func (r *Robots) groupsOf(productToken string) []robotsGroup {
	token := strings.ToLower(productToken)
	for _, want := range []string{token, "*"} {
		var found []robotsGroup
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

// Allowed says whether a URL of the file's own origin may be fetched by the
// crawler of that product token. The longest matching rule decides, and an
// Allow goes before a Disallow of its length. /robots.txt itself is always
// allowed.
func (r *Robots) Allowed(productToken, rawURL string) bool {
	if r == nil {
		return true
	}
	path := robotsPath(pathOf(rawURL))
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
			if n < longest || n == longest && (allowed || !rule.allow) || !matchRobots(rule.pattern, path) {
				continue
			}
			allowed, longest = rule.allow, n
		}
	}
	return allowed
}

// CrawlDelay is the time that the crawler of that product token is asked to
// let pass between two requests, by Crawl-delay or Request-rate; ok is false
// when it was not asked. It may be as long as a year: the caller caps it.
func (r *Robots) CrawlDelay(productToken string) (delay time.Duration, ok bool) {
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

// Sitemaps lists the values of the Sitemap lines as they are written.
func (r *Robots) Sitemaps() []string {
	if r == nil {
		return nil
	}
	return r.sitemaps
}

// pathOf is path and query of a URL, as written.
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

// robotsPath returns a path in the percent-encoding in which it is compared with
// patterns. A * or $ of it is encoded, since bare they are wildcards.
func robotsPath(path string) string {
	return recode(path, func(c byte) bool { return isRobotsByte(c) && c != '*' })
}

// robotsPattern returns a pattern in that encoding. A * is a wildcard, and so
// is a $ at the end.
func robotsPattern(pattern string) string {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	pattern = recode(pattern, isRobotsByte)
	if anchored {
		pattern += "$"
	}
	return pattern
}

func isRobotsByte(c byte) bool { return c > ' ' && c < 0x7f && c != '$' }

// matchRobots says whether a pattern matches the beginning of a path, or all
// of it when it ends in $. Taking each piece between stars as early as it
// comes is enough, so the time is linear.
func matchRobots(pattern, path string) bool {
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
