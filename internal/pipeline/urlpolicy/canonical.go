package urlpolicy

import (
	"net/url"
	"regexp"
	"strings"

	"winnow/crawler"
	"winnow/schedule"
)

// The ranks of a page among the pages of one story, see schedule.Found.Rank.
const (
	RankCanonical = 0 // the canonical page itself, or another spelling of its URL
	RankOther     = 1 // a page that names another as canonical
	RankTwin      = 2 // a print, AMP or mobile twin, whatever it names
	RankPart      = 3 // the first part of what is whole on another page
)

// Rank returns how well a fetched page represents the story at the canonical
// URL. A twin claims to be canonical itself now and then.
func Rank(canonical, fetched string) int {
	switch {
	case isTwin(fetched):
		return RankTwin
	case spelling(canonical) == spelling(fetched):
		return RankCanonical
	}
	return RankOther
}

// Canonical returns the URL that the task's page is published under: the one it
// claims where that can be trusted, which is inside the site and not its front
// page. A twin that claims none, or itself, is led back to the page it was made
// from.
func (p *Policy) Canonical(t schedule.Task, claimed string) string {
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

// spelling is a URL without what often differs between two spellings of one
// page's URL: the scheme, "www." and a slash at the end.
func spelling(rawURL string) string {
	_, rest, _ := strings.Cut(rawURL, "://")
	return strings.TrimSuffix(strings.TrimPrefix(rest, "www."), "/")
}

// storyMark is what distinguishes the URL of a story from that of a list: a
// figure, words that are put together, a long word, another script.
var storyMark = regexp.MustCompile(`[0-9_-]|[A-Za-z]{16}|%[89A-Fa-f]`)

// storyNumber is the number of a story, which is longer than that of a year.
var storyNumber = regexp.MustCompile(`[0-9]{5}`)

// byNumber is how the URLs of many stories differ in their query alone.
var byNumber = regexp.MustCompile(`(?i)(^|&)[a-z_]*id=|=[^&]*[0-9]{3}`)

// namesList reports whether a URL that a page claims as its own is rather that of
// the front page, of a section, or of the one path that all stories have. Some
// sites name these on each of their pages: if that was believed, all their
// stories would be one. Of two URLs of one story the dedupe stage keeps one
// anyway.
func namesList(claimed, page *url.URL) bool {
	path := strings.Trim(claimed.EscapedPath(), "/")
	own := strings.Trim(page.EscapedPath(), "/")
	if path == own && path != "" {
		return claimed.RawQuery == "" && byNumber.MatchString(page.RawQuery) && !storyMark.MatchString(path)
	}
	if claimed.RawQuery == "" && strings.HasPrefix(own, path+"/") && !storyNumber.MatchString(path[strings.LastIndex(path, "/")+1:]) {
		return true // the folder that the page is in
	}
	return !storyMark.MatchString(path + "?" + claimed.RawQuery)
}

// pageNumber is how sites number the pages of a long list.
var pageNumber = regexp.MustCompile(`(?i)/page[/-]?\d+|[?&](page|paged|p|start|offset|pagen_\d+)=\d+`)

// Paginated reports whether a URL is that of a page of a long list, by its
// number.
func Paginated(rawURL string) bool { return pageNumber.MatchString(rawURL) }

// Hostname returns the host of a URL without its port, "" for what is no URL.
func Hostname(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
