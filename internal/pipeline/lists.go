package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/crawler/wordpress"
	"winnow/news"
	"winnow/schedule"
)

// Bounds on what a host may ask for in its robots.txt, and on how long it is
// left alone after its robots.txt failed every try of a run.
const (
	maxCrawlDelay = 5 * time.Minute
	robotsRest    = time.Hour
)

// robots reads a host's robots.txt, or follows one redirect of it. While it
// cannot be read nothing else of the host is requested (RFC 9309, section
// 2.3.1.4); it is tried again with back-off, then left to the next run.
func (p *Pipeline) robots(ctx context.Context, t schedule.Task) schedule.Outcome {
	ask := request(t)
	if hop := t.HostState.RobotsHop; hop != "" {
		ask.URL = hop
	}
	answer, err := p.Crawler.FetchRobots(ctx, ask)
	at := p.Now()
	out := schedule.Outcome{State: schedule.Done, At: at, Status: answer.Status}
	if answer.Redirect != "" && t.HostState.RobotsHops < crawler.MaxRobotsHops {
		state := t.HostState
		state.RobotsHop, state.RobotsHops, state.RobotsHopAt = answer.Redirect, state.RobotsHops+1, at
		out.State, out.Host, out.HostNext = schedule.Pending, &state, at.Add(p.pace(t))
		return out
	}
	robots, reachable := p.URLs.ReadRobots(answer.Status, answer.Body, err)
	if errors.Is(err, crawler.ErrForbidden) && t.HostState.RobotsHop == "" {
		// It can never be read, and neither can the pages: each is refused, and
		// reported, when it is claimed. A redirect to where winnow may not go says
		// nothing about the pages: the site has rules, which are not known.
		out.Host = &schedule.HostState{RobotsAt: at, RobotsError: err.Error()}
		return out
	}
	if !reachable {
		p.unreachable(t, &out, answer, err)
		return out
	}
	delay, asked := robots.CrawlDelay(robotstxt.ProductToken(p.Options.UserAgent))
	if delay > maxCrawlDelay {
		p.Log.Warn("Crawl-delay is longer than winnow keeps to", "host", t.Host, "asked", delay, "kept", maxCrawlDelay)
		delay = maxCrawlDelay
	}
	if !asked {
		delay = 0
	}
	state := schedule.HostState{RobotsStatus: answer.Status, RobotsBody: answer.Body, RobotsAt: at, Delay: delay}
	out.Host = &state
	out.HostNext = at.Add(max(p.delay(t.Source), delay, t.HostState.Pause))
	if !t.Listed {
		out.Links = p.URLs.Announced(t, robots)
	}
	return out
}

// unreachable notes that robots.txt could not be read: the host rests.
func (p *Pipeline) unreachable(t schedule.Task, out *schedule.Outcome, answer crawler.RobotsAnswer, err error) {
	state := t.HostState
	state.RobotsTries++
	state.RobotsHop, state.RobotsHops, state.RobotsHopAt = "", 0, time.Time{}
	state.RobotsStatus, state.RobotsError = answer.Status, fmt.Sprintf("HTTP status %d", answer.Status)
	if err != nil {
		state.RobotsError = err.Error()
	}
	retries := p.Options.Retry.Retries
	wait, again := p.Options.Retry.Retry((state.RobotsTries-1)%(retries+1)+1, answer.RetryAfter)
	if !again {
		wait = max(wait, robotsRest)
	}
	out.State, out.Reason, out.Host = schedule.Pending, robotsTrouble(state.RobotsError), &state
	out.HostNext, out.Hold = out.At.Add(max(wait, p.pace(t))), true
}

// feed reads a feed and hands the pages on that it names.
func (p *Pipeline) feed(ctx context.Context, t schedule.Task, robots *robotstxt.Rules) (schedule.Outcome, error) {
	out, answer, fresh, err := p.fetch(ctx, t, robots, p.Crawler.FetchFeed)
	if err != nil || !fresh {
		return out, err
	}
	feed, err := p.parseFeed(t, answer.Page)
	out.Due = revisit(t, out.At)
	if err != nil {
		out.State, out.Reason = schedule.SetAside, fmt.Sprintf("feed: %v", err)
	} else if feed.Omitted > 0 {
		out.Reason = fmt.Sprintf("feed: only its first %d entries are read, not %d more", crawler.MaxFeedEntries, feed.Omitted)
	}
	out.Links, out.Reach = p.URLs.FeedLinks(t, feed), p.reachOf(t)
	for _, e := range feed.Entries {
		out.Named = append(out.Named, e.URL)
	}
	out.Texts = p.feedTexts(t, feed.Entries, out.Links)
	out.Links = append(out.Links, p.URLs.PostsLinks(t, answer.Raw.Header)...)
	return out, nil
}

// parseFeed reads a feed, or a list of posts.
func (p *Pipeline) parseFeed(t schedule.Task, page *news.Page) (crawler.Feed, error) {
	if wordpress.IsPosts(t.URL) {
		return wordpress.Parse(page.Body, t.URL)
	}
	return crawler.ParseFeed(page.Body, page.ContentType(), t.URL)
}

// sitemap reads a sitemap or an index of sitemaps.
func (p *Pipeline) sitemap(ctx context.Context, t schedule.Task, robots *robotstxt.Rules) (schedule.Outcome, error) {
	out, answer, fresh, err := p.fetch(ctx, t, robots, p.Crawler.FetchSitemap)
	if err != nil || !fresh {
		return out, err
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
	at := visit(t, out.At, sitemap)
	out.Due, out.Newest = at.Due(), at.Order()
	left := 0
	out.Links, left = p.URLs.SitemapLinks(t, sitemap)
	if out.Reach = p.reachOf(t); left > 0 && out.Reason == "" {
		out.Reason = fmt.Sprintf("sitemap: %d further sitemaps are not read: indexes in indexes %d deep", left, t.Depth+1)
	}
	return out, nil
}

// visit returns the visit of a list, which was unchanged when sitemap is nil.
func visit(t schedule.Task, at time.Time, sitemap *crawler.Sitemap) schedule.ListVisit {
	v := schedule.ListVisit{Link: t.Link, At: at, Wait: t.Wait, Changed: sitemap != nil}
	if sitemap == nil {
		return v
	}
	for _, e := range sitemap.Entries {
		page := schedule.Link{URL: e.URL, Hint: e.Hint}
		if newest := page.Newest(); newest.After(v.Newest) {
			v.Newest = newest
		}
	}
	return v
}
