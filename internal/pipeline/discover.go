package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"winnow/crawler"
	"winnow/schedule"
)

// Bounds on what a host may ask for in its robots.txt, and on how long it is
// left alone after its robots.txt failed every try of a run.
const (
	maxCrawlDelay = 5 * time.Minute
	robotsRest    = time.Hour
)

// robots reads a host's robots.txt. While it cannot be read nothing else of the
// host is asked for (RFC 9309, section 2.3.1.4); it is asked again with
// back-off, then left to the next run.
func (p *Pipeline) robots(ctx context.Context, t schedule.Task) schedule.Outcome {
	answer, err := p.Crawler.FetchRobots(ctx, request(t))
	at := p.Now()
	out := schedule.Outcome{State: schedule.Done, At: at, Status: answer.Status}
	robots, reachable := crawler.RobotsFor(answer.Status, answer.Body, err, p.Options.Robots.DenyForbidden)
	if errors.Is(err, crawler.ErrForbidden) {
		// It will never be had, and neither will the pages: each is refused, and
		// told, when it is asked for.
		out.Host = &schedule.HostState{RobotsAt: at, RobotsError: err.Error()}
		return out
	}
	if !reachable {
		p.unreachable(t, &out, answer, err)
		return out
	}
	delay, asked := robots.CrawlDelay(crawler.ProductToken(p.Options.UserAgent))
	if delay > maxCrawlDelay {
		p.Log.Warn("Crawl-delay is longer than winnow keeps to", "host", t.Host, "asked", delay, "kept", maxCrawlDelay)
		delay = maxCrawlDelay
	}
	if !asked {
		delay = 0
	}
	state := schedule.HostState{RobotsStatus: answer.Status, RobotsBody: answer.Body, RobotsAt: at, Delay: delay}
	out.Host = &state
	out.HostNext = at.Add(max(p.source(t.Source).Delay, delay, t.HostState.Pause))
	if !t.Listed {
		out.Links = p.announced(t, robots)
	}
	return out
}

// unreachable notes that robots.txt could not be had: the host rests.
func (p *Pipeline) unreachable(t schedule.Task, out *schedule.Outcome, answer crawler.RobotsAnswer, err error) {
	state := t.HostState
	state.RobotsTries++
	state.RobotsStatus, state.RobotsError = answer.Status, fmt.Sprintf("HTTP status %d", answer.Status)
	if err != nil {
		state.RobotsError = err.Error()
	}
	retries := p.Options.Retry.Retries
	wait, again := p.Options.Retry.Retry((state.RobotsTries-1)%(retries+1)+1, answer.RetryAfter)
	if !again {
		wait = max(wait, robotsRest)
	}
	out.State, out.Reason, out.Host = schedule.Pending, "robots.txt: "+state.RobotsError, &state
	out.HostNext, out.Hold = out.At.Add(max(wait, p.pace(t))), true
}

// robotsOf is what the robots.txt of a host says, as far as it was read.
func (p *Pipeline) robotsOf(h schedule.HostState) *crawler.Robots {
	if forbidden(h) {
		r, _ := crawler.RobotsFor(h.RobotsStatus, nil, nil, p.Options.Robots.DenyForbidden)
		return r
	}
	return crawler.ParseRobots(h.RobotsBody)
}

// forbidden says whether robots.txt itself may not be read.
func forbidden(h schedule.HostState) bool {
	return h.RobotsStatus == http.StatusUnauthorized || h.RobotsStatus == http.StatusForbidden
}

// usualSitemaps is where sitemaps lie that nobody announces: the protocol's
// usual place, and those of the plug-ins that most news sites use.
var usualSitemaps = []string{"/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/news-sitemap.xml"}

// announced are the sitemaps that robots.txt names, or the usual places when it
// names none.
func (p *Pipeline) announced(t schedule.Task, robots *crawler.Robots) []schedule.Link {
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

// feed reads a feed and hands on the stories it names.
func (p *Pipeline) feed(ctx context.Context, t schedule.Task) schedule.Outcome {
	answer, err := p.Crawler.FetchFeed(ctx, request(t))
	out, fresh := p.received(t, answer, err)
	if !fresh {
		return out
	}
	feed, err := crawler.ParseFeed(answer.Page.Body, answer.Page.ContentType(), t.URL)
	if err != nil {
		out.State, out.Reason = schedule.SetAside, fmt.Sprintf("feed: %v", err)
	} else if feed.Left > 0 {
		out.Reason = fmt.Sprintf("feed: only its first %d entries are read, not %d more", crawler.MaxFeedEntries, feed.Left)
	}
	out.Links = p.entries(t, feed.Entries, schedule.Article)
	return out
}

// sitemap reads a sitemap or an index of sitemaps.
func (p *Pipeline) sitemap(ctx context.Context, t schedule.Task) schedule.Outcome {
	answer, err := p.Crawler.FetchSitemap(ctx, request(t))
	out, fresh := p.received(t, answer, err)
	if !fresh {
		return out
	}
	sitemap := answer.Sitemap
	if fault := answer.SitemapFault; fault != nil {
		out.Reason = fmt.Sprintf("sitemap: %v", fault)
		if len(sitemap.Entries)+len(sitemap.Children) == 0 {
			out.State = schedule.SetAside
		} else {
			p.Log.Warn("a sitemap is not read whole", "url", t.URL, "reason", fault)
		}
	}
	out.Links = p.entries(t, sitemap.Entries, schedule.Article)
	if t.Depth < maxIndexDepth {
		out.Links = append(out.Links, p.entries(t, sitemap.Children, schedule.Sitemap)...)
	}
	return out
}

// maxIndexDepth bounds indexes of indexes of sitemaps; the protocol knows none.
const maxIndexDepth = 3

// entries are the links that a feed or a sitemap gives. A page that is none of
// the source's goes to the source whose it is: several may share a host and
// its sitemaps. One that is nobody's is left out, unless the source takes pages
// of other sites.
func (p *Pipeline) entries(t schedule.Task, entries []crawler.Entry, kind schedule.Kind) []schedule.Link {
	var links []schedule.Link
	for _, e := range entries {
		link := schedule.Link{URL: e.URL, Host: crawler.HostOf(e.URL), Source: t.Source, Kind: kind, Depth: 1, Follow: true, Hint: e.Hint, Via: t.URL}
		if kind == schedule.Sitemap {
			link.Depth = t.Depth + 1
			if !crawler.SameSite(e.URL, t.URL) {
				continue
			}
		} else if p.outside(t, schedule.Article, e.URL) != "" {
			if link.Source = p.sourceOf(e.URL); link.Source == BackfillSource {
				if link.Source, link.Follow = t.Source, false; !p.offsite(link) {
					continue
				}
			}
		}
		links = append(links, link)
	}
	return links
}
