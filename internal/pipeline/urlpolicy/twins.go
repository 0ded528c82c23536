package urlpolicy

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"winnow/crawler"
)

// A twin is a page that a site makes from another one: for a printer, as AMP,
// for small screens. It holds the same story.

// maxTwins bounds the twins of one page.
const maxTwins = 4

// twin is how the URLs of print and AMP twins look.
var twin = regexp.MustCompile(`(?i)[/?&_.-](amp|print|printable|printer)([/=&._-]|$)|[?&]output=1`)

// twinHost is how the hosts of such twins, and of those for small screens, look.
var twinHost = regexp.MustCompile(`(?i)^https?://(m|mobile|amp|wap|touch|print)\.[^/]+\.`)

// Twins returns the AMP and print pages that a page names as its own: AMP twins
// by their relation, print twins by their URL, which is the page's with a mark
// in it. They need not be fetched.
func Twins(page string, links []crawler.Link) []string {
	if isTwin(page) {
		return nil
	}
	var urls []string
	for _, l := range links {
		if len(urls) < maxTwins && isTwin(l.URL) && crawler.SameSite(l.URL, page) &&
			(l.Rel == crawler.RelAMP || l.Rel == "" && markedTwin(l.URL, page)) {
			urls = append(urls, l.URL)
		}
	}
	return urls
}

// isTwin reports whether a URL has the form of a twin's. It is called for every
// link of every page: most have none of the words.
func isTwin(rawURL string) bool {
	lower := strings.ToLower(rawURL)
	if strings.Contains(lower, "amp") || strings.Contains(lower, "print") || strings.Contains(lower, "output=1") {
		return twin.MatchString(rawURL) || twinHost.MatchString(rawURL)
	}
	_, host, _ := strings.Cut(lower, "://")
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "m", "mobile", "wap", "touch":
		return twinHost.MatchString(rawURL)
	}
	return false
}

// twinOf reports whether a URL is, by its form, that of a twin of a page: nobody
// takes it for the page's canonical one.
func twinOf(rawURL, of string) bool {
	if isTwin(of) {
		return false
	}
	host := twinHost.FindStringSubmatchIndex(rawURL)
	return markedTwin(rawURL, of) || host != nil && spelling(rawURL[:host[2]]+rawURL[host[3]+1:]) == spelling(of)
}

// markedTwin reports whether a URL is that of a page with the mark of a twin in
// it.
func markedTwin(rawURL, of string) bool {
	return withoutMark(rawURL) == of || withoutTwin(rawURL) == of
}

// withoutTwin is the URL of the page that a print or AMP twin belongs to, by the
// form of the twin's own; "" when it does not have such a form.
func withoutTwin(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || !twin.MatchString(rawURL) {
		return ""
	}
	query := u.Query()
	for _, name := range []string{"amp", "print", "printable", "printer", "output"} {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	for _, ending := range []string{"/amp", "/print", "/amp/", "/print/"} {
		if path, ok := strings.CutSuffix(u.Path, ending); ok {
			u.Path, u.RawPath = path+strings.Repeat("/", strings.Count(ending, "/")-1), ""
		}
	}
	plain, err := crawler.Normalize(u.String(), nil)
	if err != nil || plain == rawURL || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return ""
	}
	return plain
}

// withoutMark is a URL without the first segment of its path that marks a print
// or AMP page; "" when there is none.
func withoutMark(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	segments := strings.Split(u.Path, "/")
	for i, s := range segments {
		switch strings.ToLower(s) {
		case "amp", "print", "printable", "printer":
			u.Path, u.RawPath = strings.Join(slices.Delete(segments, i, i+1), "/"), ""
			return u.String()
		}
	}
	return ""
}
