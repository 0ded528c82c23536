package pipeline

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"winnow/crawler"
	"winnow/schedule"
)

// rankPart is the rank of a page that holds a part of what stands whole on
// another.
const rankPart = 3

// rank is how well a page stands for the story at the canonical URL. A twin of
// another page claims to be canonical itself now and then.
func rank(canonical, fetched string) int {
	switch {
	case isTwin(fetched):
		return 2
	case spelling(canonical) == spelling(fetched):
		return 0
	}
	return 1
}

// twin is how the URLs of print and AMP twins look.
var twin = regexp.MustCompile(`(?i)[/?&_.-](amp|print|printable|printer)([/=&._-]|$)|[?&]output=1`)

// twinHost is how the hosts of such twins, and of those for small screens, look.
var twinHost = regexp.MustCompile(`(?i)^https?://(m|mobile|amp|wap|touch|print)\.[^/]+\.`)

// isTwin is asked of every link of every page: most have none of the words.
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

// spelling is a URL without what often differs between two spellings of one
// page's URL: the scheme, "www." and a slash at the end.
func spelling(rawURL string) string {
	_, rest, _ := strings.Cut(rawURL, "://")
	return strings.TrimSuffix(strings.TrimPrefix(rest, "www."), "/")
}

// storyMark is what tells the URL of a story from that of a list: a figure, words
// that are put together, a long word, another script.
var storyMark = regexp.MustCompile(`[0-9_-]|[A-Za-z]{16}|%[89A-Fa-f]`)

// storyNumber is the number of a story, which is longer than that of a year.
var storyNumber = regexp.MustCompile(`[0-9]{5}`)

// byNumber is how stories are asked from one page.
var byNumber = regexp.MustCompile(`(?i)(^|&)[a-z_]*id=|=[^&]*[0-9]{3}`)

// namesList says whether a URL that a page claims for its own is rather that of
// the front page, of a section or of what all stories are asked from. Some sites
// name these on each of their pages: if that was believed all their stories
// would be one. Of two URLs of one story the dedupe stage keeps one anyway.
func namesList(claimed, page *url.URL) bool {
	path := strings.Trim(claimed.EscapedPath(), "/")
	own := strings.Trim(page.EscapedPath(), "/")
	if path == own && path != "" {
		return claimed.RawQuery == "" && byNumber.MatchString(page.RawQuery) && !storyMark.MatchString(path)
	}
	if claimed.RawQuery == "" && strings.HasPrefix(own, path+"/") && !storyNumber.MatchString(path[strings.LastIndex(path, "/")+1:]) {
		return true // the folder that the page lies in
	}
	return !storyMark.MatchString(path + "?" + claimed.RawQuery)
}

// canonical is the URL that a page is published under: the one it claims where
// that can be trusted. A twin that claims none, or itself, is led back to the page
// it was made from.
func (p *Pipeline) canonical(t schedule.Task, claimed string) string {
	if claimed == "" || claimed == t.URL {
		claimed = withoutTwin(t.URL)
	}
	base, err := url.Parse(t.URL)
	if err != nil || claimed == "" {
		return t.URL
	}
	canonical, err := crawler.Normalize(claimed, base)
	if err != nil {
		return t.URL
	}
	u, err := url.Parse(canonical)
	if err != nil || !crawler.SameSite(canonical, t.URL) || twinOf(canonical, t.URL) || !isTwin(t.URL) && namesList(u, base) {
		return t.URL
	}
	if scope := p.source(t.Source).Scope; scope != nil && !p.offsite(t.Link) {
		if ok, _ := scope.Has(canonical); !ok {
			return t.URL
		}
	}
	return canonical
}

// twins are the AMP and print pages that a page names as its own: AMP twins by
// their relation, print twins by their URL, which is the page's with a mark in it.
// They need not be fetched.
func twins(t schedule.Task, links []crawler.Link) []string {
	if isTwin(t.URL) {
		return nil
	}
	var urls []string
	for _, l := range links {
		if len(urls) < maxTwins && isTwin(l.URL) && crawler.SameSite(l.URL, t.URL) &&
			(l.Rel == crawler.RelAMP || l.Rel == "" && markedTwin(l.URL, t.URL)) {
			urls = append(urls, l.URL)
		}
	}
	return urls
}

// markedTwin says whether a URL is that of a page with the mark of a twin in it.
func markedTwin(rawURL, of string) bool {
	return withoutMark(rawURL) == of || withoutTwin(rawURL) == of
}

// twinOf says whether a URL is, by its form, that of a twin of a page: nobody
// takes it for the page's canonical one.
func twinOf(rawURL, of string) bool {
	if isTwin(of) {
		return false
	}
	host := twinHost.FindStringSubmatchIndex(rawURL)
	return markedTwin(rawURL, of) || host != nil && spelling(rawURL[:host[2]]+rawURL[host[3]+1:]) == spelling(of)
}

// withoutMark is a URL without the first segment of its path that says that it is
// a print or AMP page.
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

// maxTwins bounds the twins of one page.
const maxTwins = 4
