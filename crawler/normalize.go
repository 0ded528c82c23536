package crawler

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"winnow/crawler/internal/percent"
)

// MaxURL is the longest URL that is accepted, in bytes, after normalisation.
const MaxURL = 2000

// Errors of [Normalize].
var (
	ErrScheme = errors.New("neither http nor https")
	ErrLong   = fmt.Errorf("longer than %d bytes", MaxURL)
)

// urlParser reads URLs as browsers do. It encodes a lone %, so that net/url can
// read the result.
var urlParser = whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign())

// Normalize returns the normal form of the URL that ref means on a page at base;
// base may be nil for an absolute ref. The host is in lower case and punycode;
// default ports, credentials, fragments, dot segments, tracking parameters and
// session ids are removed; percent-encoding is normalised by RFC 3986, section
// 6.2.2. Slashes and the order of the remaining parameters are kept. Normalising
// a result returns the result.
//
// The error is ErrScheme, ErrLong, or describes what is wrong with the URL.
func Normalize(ref string, base *url.URL) (string, error) {
	if s, ok := normalizeSimple(ref, ""); ok {
		return s, nil
	}
	var from *whatwg.Url
	if base != nil {
		var err error
		if from, err = urlParser.Parse(base.String()); err != nil {
			return "", err
		}
	}
	return normalizeAny(ref, from)
}

// normalize is Normalize with a parsed base.
func normalize(ref string, base *whatwg.Url) (string, error) {
	if s, ok := normalizeSimple(ref, ""); ok {
		return s, nil
	}
	if base != nil && strings.HasPrefix(ref, "/") && !strings.HasPrefix(ref, "//") {
		if s, ok := normalizeSimple(ref, base.Protocol()+"//"+base.Host()); ok {
			return s, nil
		}
	}
	return normalizeAny(ref, base)
}

// normalizeSimple normalises most links of most pages, some thirty times faster
// than normalizeAny: absolute URLs, or paths if origin is not empty, that have
// only characters which every step leaves as they are. ok is false for all
// others. FuzzNormalizeSimple compares the two.
func normalizeSimple(ref, origin string) (s string, ok bool) {
	ref, _, _ = strings.Cut(ref, "#")
	if len(ref) > MaxURL-len(origin) {
		return "", false
	}
	path := ref
	if origin == "" {
		rest, found := strings.CutPrefix(ref, "https://")
		if !found {
			if rest, found = strings.CutPrefix(ref, "http://"); !found {
				return "", false
			}
		}
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		if !isSimpleHost(rest[:end]) {
			return "", false
		}
		origin, path = ref[:len(ref)-len(rest)+end], rest[end:]
	} else if strings.HasSuffix(origin, ".") || strings.Contains(origin, ".:") { // the dot at the end is removed
		return "", false
	}
	path, query, _ := strings.Cut(path, "?")
	if strings.Contains(path, "/.") {
		return "", false
	}
	for i := 0; i < len(path); i++ {
		if c := path[i]; !percent.IsUnreserved(c) && strings.IndexByte("/!$&*+,=:@", c) < 0 {
			return "", false
		}
	}
	for i := 0; i < len(query); i++ {
		if c := query[i]; !percent.IsUnreserved(c) && strings.IndexByte("/!$&*+,=:@;?()", c) < 0 {
			return "", false
		}
	}
	if path == "" {
		path = "/"
	}
	if query = cutParameters(query); query != "" {
		query = "?" + query
	}
	s = origin + path + query
	return s, len(s) <= MaxURL
}

// isSimpleHost reports whether host is a name of lower-case labels, neither an
// address nor international.
func isSimpleHost(host string) bool {
	if len(host) > 253 || strings.Contains(host, "--") {
		return false
	}
	label := 0 // where the current one begins
	for i := 0; i <= len(host); i++ {
		if i < len(host) && host[i] != '.' {
			if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
			continue
		}
		if n := i - label; n == 0 || n > 63 || host[label] == '-' || host[i-1] == '-' {
			return false
		}
		if i == len(host) && (host[label] < 'a' || host[label] > 'z') {
			return false // could be a number
		}
		label = i + 1
	}
	return true
}

// normalizeAny normalises any URL.
func normalizeAny(ref string, base *whatwg.Url) (string, error) {
	if len(ref) > 4*MaxURL {
		return "", ErrLong
	}
	var u *whatwg.Url
	var err error
	if base == nil {
		u, err = urlParser.Parse(ref)
	} else {
		u, err = urlParser.BasicParser(ref, base, nil, whatwg.NoState)
	}
	if err != nil {
		return "", err
	}
	// What is cut out of a path may leave a dot segment: repeat until nothing
	// changes. Each round but the last makes the URL shorter.
	for {
		s, again, err := spell(u)
		if err != nil {
			return "", err
		}
		if !again {
			if len(s) > MaxURL {
				return "", ErrLong
			}
			if _, err := url.Parse(s); err != nil {
				return "", err
			}
			return s, nil
		}
		if u, err = urlParser.Parse(s); err != nil {
			return "", err
		}
	}
}

// spell returns u in normal form. again is true when something was cut or
// decoded, so that the result has to be parsed once more.
func spell(u *whatwg.Url) (s string, again bool, err error) {
	if scheme := u.Scheme(); scheme != "http" && scheme != "https" {
		return "", false, ErrScheme
	}
	host := strings.TrimRight(u.Hostname(), ".")
	if host == "" {
		return "", false, errors.New("no host")
	}
	path := percent.Recode(cutPathSessions(u.Pathname()), isPathByte)
	if path == "" {
		path = "/"
	}
	var b strings.Builder
	b.WriteString(u.Scheme())
	b.WriteString("://")
	b.WriteString(host)
	if port := u.Port(); port != "" {
		b.WriteByte(':')
		b.WriteString(port)
	}
	b.WriteString(path)
	query := cutParameters(u.Query())
	if query != "" {
		b.WriteByte('?')
		b.WriteString(query)
	}
	return b.String(), path != u.Pathname() || host != u.Hostname(), nil
}

// isPathByte reports whether a byte may be bare in a path. Brackets may, as
// browsers leave them.
func isPathByte(c byte) bool {
	return percent.IsUnreserved(c) || strings.IndexByte("!$&'()*+,;=:@/[]", c) >= 0
}

func isQueryByte(c byte) bool { return isPathByte(c) || c == '?' }

// cutPathSessions removes session ids from a path: ;jsessionid=… and the like
// after a segment, and the (S(…)) segment of ASP.NET.
func cutPathSessions(path string) string {
	if strings.IndexByte(path, ';') < 0 && !strings.Contains(path, "/(S(") {
		return path
	}
	segments := strings.Split(path, "/")
	kept := segments[:0]
	for _, segment := range segments {
		if strings.HasPrefix(segment, "(S(") && strings.HasSuffix(segment, "))") {
			continue
		}
		parts := strings.Split(segment, ";")
		n := 1
		for _, part := range parts[1:] {
			name, value, _ := strings.Cut(part, "=")
			if !isSession(strings.ToLower(name), value) {
				parts[n] = part
				n++
			}
		}
		kept = append(kept, strings.Join(parts[:n], ";"))
	}
	return strings.Join(kept, "/")
}

// cutParameters removes empty, tracking and session parameters from a query.
func cutParameters(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	n := 0
	for _, part := range parts {
		if part == "" {
			continue
		}
		part = percent.Recode(part, isQueryByte)
		name, value, _ := strings.Cut(part, "=")
		name = strings.ToLower(name)
		if isTracking(name) || isSession(name, value) {
			continue
		}
		parts[n] = part
		n++
	}
	return strings.Join(parts[:n], "&")
}

// isTracking reports whether a parameter describes where a reader came from and
// never which page is meant: those that analytics and mailing services document
// (Google, Meta, Microsoft, Yandex, Matomo, Mailchimp, HubSpot, Marketo and
// others; as of 2025).
func isTracking(name string) bool {
	for _, prefix := range []string{"utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "itm_", "at_campaign", "at_medium", "fb_action_", "guce_referrer"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "fbclid", "fb_source", "fb_ref", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid",
		"ymclid", "_openstat", "mc_cid", "mc_eid", "igshid", "igsh", "twclid", "ttclid", "li_fat_id", "_hsenc", "_hsmi",
		"__hstc", "__hssc", "__hsfp", "hsctatracking", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "wickedid",
		"rb_clickid", "ocid", "cmpid", "xtor", "spm", "_ga", "_gl", "guccounter", "wprov", "sfnsn", "sc_cid", "epik",
		"srsltid", "zanpid", "erid", "roistat", "cm_mmc", "icid", "__twitter_impression", "s_kwcid", "ef_id", "trk":
		return true
	}
	return false
}

// isSession reports whether a parameter identifies a visit. A sid of up to seven
// digits does not: PHP-Nuke and similar systems number stories so.
func isSession(name, value string) bool {
	switch name {
	case "phpsessid", "jsessionid", "sessionid", "session_id", "sessid", "cfid", "cftoken", "oscsid", "zenid", "xtcsid":
		return true
	case "sid":
		return len(value) > 7 || strings.Trim(value, "0123456789") != ""
	}
	return strings.HasPrefix(name, "aspsessionid")
}

// HostOf returns the host of a normalised URL, with its port if that is not the
// scheme's default; "" for what is not a URL.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}
