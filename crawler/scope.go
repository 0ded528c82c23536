package crawler

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Scope decides which URLs belong to a source.
type Scope struct {
	host    string // host:port as in the site's URL, which counts without a domain
	domain  string // registrable domain, whose hosts all belong; "" for none
	include []*regexp.Regexp
	exclude []*regexp.Regexp
}

// NewScope returns the scope of a site: every host of its registrable domain
// (news.example and www.news.example), or just its host and port for an address,
// a name without a dot, and a public suffix. include and exclude are regular
// expressions for the path, or for path?query; of include, unless it is empty,
// one must match. The error names what is not valid.
func NewScope(site string, include, exclude []string) (*Scope, error) {
	normal, err := Normalize(site, nil)
	if err != nil {
		return nil, fmt.Errorf("site %q: %w", site, err)
	}
	u, err := url.Parse(normal)
	if err != nil {
		return nil, fmt.Errorf("site %q: %w", site, err)
	}
	s := &Scope{host: u.Host, domain: registrable(u.Hostname())}
	if s.include, err = compile(include); err != nil {
		return nil, fmt.Errorf("include: %w", err)
	}
	if s.exclude, err = compile(exclude); err != nil {
		return nil, fmt.Errorf("exclude: %w", err)
	}
	return s, nil
}

// Patterns returns what NewScope was given as include and exclude.
func (s *Scope) Patterns() (include, exclude []string) {
	for _, re := range s.include {
		include = append(include, re.String())
	}
	for _, re := range s.exclude {
		exclude = append(exclude, re.String())
	}
	return include, exclude
}

func compile(patterns []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, err
		}
		out = append(out, re)
	}
	return out, nil
}

// registrable returns the registrable domain of a host, "" without one.
func registrable(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || !strings.Contains(host, ".") {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}

// SameSite reports whether two normalised URLs are on one site: on hosts of one
// registrable domain or, without one, on the same host and port.
func SameSite(a, b string) bool {
	u, errA := url.Parse(a)
	v, errB := url.Parse(b)
	if errA != nil || errB != nil {
		return false
	}
	if u.Host == v.Host {
		return true
	}
	domain := registrable(u.Hostname())
	return domain != "" && domain == registrable(v.Hostname())
}

// HasHost reports whether a normalised URL is on a host of the source, whatever
// its path. Feeds, sitemaps and redirects have to be.
func (s *Scope) HasHost(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false
	}
	if s.domain == "" {
		return u.Host == s.host
	}
	host := u.Hostname()
	return host == s.domain || strings.HasSuffix(host, "."+s.domain)
}

// Has reports whether a normalised URL may be a page of the source. If not, why
// is the reason, for people.
func (s *Scope) Has(rawURL string) (ok bool, why string) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false, "not a URL"
	}
	if !s.HasHost(rawURL) {
		return false, "another site: " + u.Host
	}
	if why := trap(u); why != "" {
		return false, why
	}
	for _, re := range s.exclude {
		if matchPath(re, u) {
			return false, "excluded by " + re.String()
		}
	}
	for _, re := range s.include {
		if matchPath(re, u) {
			return true, ""
		}
	}
	if len(s.include) > 0 {
		return false, "included by no pattern"
	}
	return true, ""
}

// MembersArea reports whether a URL is in a part of the site for its members
// alone: its path begins with a segment such as "members" or "account". A link to
// such a page is no hint of a story, whatever an anonymous visitor is shown there.
// It reports false where an include pattern names the URL; feeds and sitemaps do
// so too, in their way, so they are not to be checked.
func (s *Scope) MembersArea(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(u.Path, "/")), "/")
	if !membersAreas[first] {
		return false
	}
	for _, re := range s.include {
		if matchPath(re, u) {
			return false
		}
	}
	return true
}

// membersAreas are first segments of paths, in lower case, that lead to what only
// members see.
var membersAreas = setOf(
	"members members-only members-area member-area account accounts mitgliederbereich espace-abonnes espace-membres area-socios lk",
)

// matchPath matches re with the path, percent-encoded and not, and with
// path?query.
func matchPath(re *regexp.Regexp, u *url.URL) bool {
	if re.MatchString(u.Path) || re.MatchString(u.EscapedPath()) {
		return true
	}
	return u.RawQuery != "" && (re.MatchString(u.Path+"?"+u.RawQuery) || re.MatchString(u.RequestURI()))
}

// Limits of trap. No site of the corpus that the project began with comes near
// them.
const (
	maxSegments   = 12
	maxRepeats    = 2 // times that one segment may occur in a path
	maxParameters = 8
)

// trap returns why a URL is not fetched: it cannot hold a story, or is of a kind
// of which there may be infinitely many. It returns "" for all others.
func trap(u *url.URL) string {
	p := strings.ToLower(u.Path)
	if extension := strings.TrimPrefix(path.Ext(p), "."); fileTypes[extension] {
		return "not a page: ." + extension
	}
	segments := strings.Split(strings.Trim(p, "/"), "/")
	if len(segments) > maxSegments {
		return fmt.Sprintf("path of more than %d segments", maxSegments)
	}
	times := make(map[string]int, len(segments))
	for i, segment := range segments {
		if times[segment]++; segment != "" && times[segment] > maxRepeats {
			return fmt.Sprintf("%q more than %d times in the path", clip(segment, 40), maxRepeats)
		}
		if why := trapSegment(segment, segments[i+1:]); why != "" {
			return why
		}
	}
	return trapQuery(u.RawQuery)
}

// trapSegment is trap for one segment of a path, in lower case, and those that
// follow it.
func trapSegment(segment string, behind []string) string {
	switch segment {
	case "login", "signin", "sign-in", "logout", "register", "signup", "sign-up", "wp-login.php", "wp-admin",
		"my-account", "lostpassword", "password-reset":
		return "log-in page"
	case "cart", "checkout", "basket", "wishlist":
		return "shop page"
	case "xmlrpc.php", "wp-json", "cgi-bin", "cdn-cgi", "_next", "wp-content", "wp-includes":
		return "not a page: /" + segment
	case "calendar", "events", "ical", "outlook-ical":
		if isDate(behind) {
			return "calendar page"
		}
		if strings.Contains(segment, "ical") {
			return "calendar export"
		}
	case "feed", "rss", "atom":
		if len(behind) == 0 {
			return "not a page: a feed"
		}
	}
	return ""
}

// isDate reports whether the segments are a date and nothing else: behind
// "calendar" that is a page of a day or a month, and not one about an event.
func isDate(segments []string) bool {
	if len(segments) == 0 || len(segments[0]) < 4 {
		return false
	}
	for _, segment := range segments {
		if strings.Trim(segment, "0123456789-") != "" {
			return false
		}
	}
	return true
}

// trapQuery is trap for a query.
func trapQuery(query string) string {
	if query == "" {
		return ""
	}
	n := 0
	for part := range strings.SplitSeq(query, "&") {
		if n++; n > maxParameters {
			return fmt.Sprintf("more than %d parameters", maxParameters)
		}
		name, _, _ := strings.Cut(strings.ToLower(part), "=")
		switch name {
		case "replytocom":
			return "reply form"
		case "ical", "outlook-ical", "tribe-bar-date", "eventdisplay":
			return "calendar export"
		case "add-to-cart", "add_to_cart", "add-to-wishlist":
			return "shop page"
		case "share", "like_comment":
			return "share link"
		case "redirect_to":
			return "log-in page"
		}
	}
	return ""
}

// fileTypes are the extensions of files, in lower case, that are never the end
// of a slug, so that such a URL need not be asked for.
//
// These are what news sites link to in numbers: pictures, audio, video, office
// documents, archives, programs, feeds. An extension that is a word or a name in
// some language (.doc, .rar, .bin, .tar, .avi, .bmp), a top-level domain (.ai,
// .zip, .mov), or the end of names that stories write about (node.js,
// package.json, ads.txt) is not among them: those URLs are asked for, and
// refused by the Content-Type or the first bytes of the answer when they are no
// page.
var fileTypes = setOf(
	"jpg jpeg png gif webp avif svg ico tif tiff heic",
	"mp3 m4a ogg wav flac wma mp4 m4v mkv webm wmv flv mpeg 3gp ogv m3u8 swf",
	"pdf docx xls xlsx ppt pptx odt rtf epub djvu csv",
	"7z gz bz2 xz zst tgz exe dmg apk",
	"xml rss rdf ics vcf kml kmz gpx woff woff2 ttf",
)

// FileTypes returns, sorted, the extensions of URLs that no [Scope] takes in.
func FileTypes() []string { return slices.Sorted(maps.Keys(fileTypes)) }

func setOf(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, list := range lists {
		for _, word := range strings.Fields(list) {
			set[word] = true
		}
	}
	return set
}
