package urlpolicy

import (
	"fmt"
	"net/http"
	"net/url"

	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/crawler/wordpress"
	"winnow/schedule"
)

// maxHops bounds a chain of redirects (RFC 9309 asks for five at least;
// browsers give up at twenty).
const maxHops = 10

// maxIndexDepth bounds indexes of indexes of sitemaps; the protocol knows none.
const maxIndexDepth = 2

// usualSitemaps is where sitemaps are that nobody announces: the protocol's
// usual place, and those of the plug-ins that most news sites use.
var usualSitemaps = []string{"/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/news-sitemap.xml"}

// PageLinks returns the links of a page that are to be followed.
func (p *Policy) PageLinks(t schedule.Task, found []crawler.Link) []schedule.Link {
	if !t.Follow {
		return nil
	}
	source := p.source(t.Source)
	var links []schedule.Link
	for _, l := range found {
		if l.NoFollow && !p.robots.IgnoreNoFollow || l.Paid && !source.PaidLinks {
			continue
		}
		link := schedule.Link{URL: l.URL, Host: crawler.HostOf(l.URL), Source: t.Source, Kind: schedule.Article, Depth: t.Depth + 1, Follow: true, Via: t.URL}
		as := schedule.Article
		switch l.Rel {
		case "", crawler.RelRefresh:
		case crawler.RelNext:
			link.Depth, as = t.Depth, schedule.Section
		case crawler.RelFeed:
			if t.Kind != schedule.Section {
				continue // every story of some sites announces a feed of its comments
			}
			link.Kind, as = schedule.Feed, schedule.Feed
		case crawler.RelAPI:
			newest, err := wordpress.Newest(l.URL)
			if !source.API || t.Kind != schedule.Section || err != nil {
				continue
			}
			link.URL, link.Host, link.Kind, as = newest, crawler.HostOf(newest), schedule.Feed, schedule.Feed
		default:
			continue
		}
		if link.Depth > source.MaxDepth || p.Outside(t, as, link.URL) != "" || source.Scope != nil && source.Scope.MembersArea(link.URL) {
			continue
		}
		links = append(links, link)
	}
	return links
}

// FeedLinks returns the pages that a feed names and that are to be fetched.
func (p *Policy) FeedLinks(t schedule.Task, f crawler.Feed) []schedule.Link {
	return p.entries(t, f.Entries, schedule.Article)
}

// PostsLinks returns the older posts of an API, given the answer with the newest.
func (p *Policy) PostsLinks(t schedule.Task, header http.Header) []schedule.Link {
	var links []schedule.Link
	for _, u := range wordpress.Complete(t.URL, header) {
		links = append(links, schedule.Link{URL: u, Host: t.Host, Source: t.Source, Kind: schedule.Feed, Depth: t.Depth, Follow: true, Via: t.URL})
	}
	return links
}

// SitemapLinks returns the pages, and the further sitemaps, that a sitemap
// names and that are to be fetched. left is the number of sitemaps that are not,
// because they are too deep in indexes.
func (p *Policy) SitemapLinks(t schedule.Task, s *crawler.Sitemap) (links []schedule.Link, left int) {
	links = p.entries(t, s.Entries, schedule.Article)
	if t.Depth >= maxIndexDepth {
		return links, len(s.Children)
	}
	return append(links, p.entries(t, s.Children, schedule.Sitemap)...), 0
}

// entries are the links of a feed or a sitemap. A page that is none of the
// source's goes to the source that owns it: several may share a host and its
// sitemaps. One that nobody owns is left out, unless the source takes pages of
// other sites.
func (p *Policy) entries(t schedule.Task, entries []crawler.Entry, kind schedule.Kind) []schedule.Link {
	var links []schedule.Link
	for _, e := range entries {
		link := schedule.Link{URL: e.URL, Host: crawler.HostOf(e.URL), Source: t.Source, Kind: kind, Depth: 1, Follow: true, Hint: e.Hint, Via: t.URL}
		if kind == schedule.Sitemap {
			link.Depth = t.Depth + 1
			if !crawler.SameSite(e.URL, t.URL) {
				continue
			}
		} else if p.Outside(t, schedule.Article, e.URL) != "" {
			if link.Source = p.Owner(e.URL); link.Source == BackfillSource {
				if link.Source, link.Follow = t.Source, false; !p.offsite(link) || p.source(t.Source).Scope.HasHost(e.URL) {
					continue // nobody's, or excluded
				}
			}
		}
		links = append(links, link)
	}
	return links
}

// Announced returns the sitemaps that robots.txt names, or the usual places
// when it names none.
func (p *Policy) Announced(t schedule.Task, robots *robotstxt.Rules) []schedule.Link {
	base, err := url.Parse(t.URL)
	if err != nil {
		return nil
	}
	named := robots.Sitemaps()
	if len(named) == 0 {
		named = usualSitemaps
	}
	var links []schedule.Link
	for _, raw := range named {
		if target, err := crawler.Normalize(raw, base); err == nil && crawler.SameSite(target, t.URL) {
			links = append(links, schedule.Link{URL: target, Host: crawler.HostOf(target), Source: t.Source, Kind: schedule.Sitemap, Follow: true, Via: t.URL})
		}
	}
	return links
}

// Redirect returns the link that a redirect of a task's URL is as new work, and
// why it is not to be followed, "" when it is: it has to pass every check of a
// found link.
func (p *Policy) Redirect(t schedule.Task, target string) (link schedule.Link, refused string) {
	link = t.Link
	link.URL, link.Host, link.Hops, link.Via = target, crawler.HostOf(target), t.Hops+1, t.URL
	switch why := p.Outside(t, t.Kind, target); {
	case link.Hops > maxHops:
		return link, fmt.Sprintf("more than %d redirects", maxHops)
	case why != "":
		return link, "redirects to " + target + ": " + why
	}
	return link, ""
}

// Sibling returns a page of the same site that is fetched as the task's own is:
// another part of its article, or the canonical page of its story.
func Sibling(t schedule.Task, target, via string) schedule.Link {
	return schedule.Link{URL: target, Host: crawler.HostOf(target), Source: t.Source, Kind: schedule.Article,
		Depth: t.Depth, Follow: t.Follow, Listed: t.Listed, Hint: t.Hint, Via: via}
}

// NextPart returns the URL of the part that follows on the task's page, ""
// when next is none, and why it is not to be fetched, "" when it is.
func (p *Policy) NextPart(t schedule.Task, next string) (target, why string) {
	base, err := url.Parse(t.URL)
	if err != nil || next == "" {
		return "", ""
	}
	target, err = crawler.Normalize(next, base)
	switch {
	case err != nil:
		return next, err.Error()
	case target == t.URL:
		return "", ""
	case !crawler.SameSite(target, t.URL):
		return target, "it is on another site"
	}
	return target, p.Outside(t, schedule.Article, target)
}
