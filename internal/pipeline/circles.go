package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/internal/pipeline/admit"
	"winnow/internal/store"
	"winnow/schedule"
)

// Redirects that lead back to where they began never end at a page. A site that
// wants its cookie back does this to everyone who does not send it: it redirects
// a page to itself, or to a check URL and from there back. With cookies kept the
// page is there at the second request.
//
// Where cookies are kept, a redirect that leads back is followed at once (see
// followBack), since the next page may set the same cookie to another value. All other
// circles are found when nothing else is left to do, from the redirects in the
// state. So the result does not depend on which of its URLs was requested first.

// maxRetried is how often in a pass a URL is requested again whose redirect leads
// back to it.
const maxRetried = 2

// maxWay is the number of redirects that are followed at once.
const maxWay = 5

// circles finds the circles of redirects of one pass.
type circles struct {
	*Pipeline
	retried map[string]int // URL → requests in this pass for what redirects in a circle
}

// redirects are URLs that redirect, by URL.
type redirects map[string]store.Moved

// find has the URLs in circles requested again that may answer otherwise now, and
// rejects the others. open reports that there is work again.
func (c *circles) find(ctx context.Context, runs []schedule.Run) (open bool, err error) {
	known := redirects{}
	current := map[string]bool{} // IDs of the runs
	for _, run := range runs {
		current[run.ID] = true
		if err := c.ofRun(ctx, run, known); err != nil {
			return false, err
		}
	}
	fresh := slices.Sorted(maps.Keys(known))
	if err := c.complete(ctx, known); err != nil {
		return false, err
	}
	for _, found := range known.circles(fresh) {
		again := c.again(found, current)
		for _, m := range again {
			c.retried[m.URL]++
			if err := c.Store.RetryMoved(ctx, m); err != nil {
				return open, err
			}
		}
		if open = open || len(again) > 0; len(again) > 0 {
			continue
		}
		for _, m := range found.all() {
			if err := c.reject(ctx, m, found.reason(m)); err != nil {
				return open, err
			}
		}
	}
	return open, nil
}

// ofRun adds the URLs that redirected in a run.
func (c *circles) ofRun(ctx context.Context, run schedule.Run, known redirects) error {
	sources := []string{run.Source}
	if run.Listed {
		sources = append(c.configured(), BackfillSource)
	}
	for _, source := range sources {
		moved, err := c.Store.MovedIn(ctx, run, source)
		if err != nil {
			return err
		}
		for _, m := range moved {
			known[m.URL] = m
		}
	}
	return nil
}

// complete adds what the redirects lead to, as far as that redirects too: since an
// earlier run, or for another source.
func (c *circles) complete(ctx context.Context, known redirects) error {
	targets := known.unknownTargets(slices.Collect(maps.Keys(known)))
	for len(targets) > 0 {
		moved, err := c.Store.RedirectsOf(ctx, targets)
		if err != nil {
			return err
		}
		var added []string
		for _, m := range moved {
			known[m.URL] = m
			added = append(added, m.URL)
		}
		targets = known.unknownTargets(added)
	}
	return nil
}

// unknownTargets returns where the URLs lead and no redirect is known, sorted.
func (r redirects) unknownTargets(urls []string) []string {
	var targets []string
	for _, url := range urls {
		if target := r[url].Target; r[target].URL == "" {
			targets = append(targets, target)
		}
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

// circle is a circle of redirects, and what leads into it.
type circle struct {
	members []store.Moved // in the order of the redirects
	leading []store.Moved // URLs that redirect to a member, perhaps by way of others
}

func (c *circle) all() []store.Moved { return slices.Concat(c.members, c.leading) }

// circles returns the circles that the URLs are in or lead to.
func (r redirects) circles(urls []string) []*circle {
	into := map[string]*circle{} // by URL; nil for one whose redirects end
	var all []*circle
	for _, url := range urls {
		var path []string
		place := map[string]int{} // in path
		at := url
		for {
			_, walked := into[at]
			_, here := place[at]
			if walked || here || r[at].URL == "" {
				break
			}
			place[at] = len(path)
			path = append(path, at)
			at = r[at].Target
		}
		found := into[at]
		from := len(path)
		if start, closed := place[at]; closed {
			found, from = &circle{}, start
			all = append(all, found)
			for _, member := range path[start:] {
				found.members = append(found.members, r[member])
				into[member] = found
			}
		}
		for _, leading := range path[:from] {
			if into[leading] = found; found != nil {
				found.leading = append(found.leading, r[leading])
			}
		}
	}
	return all
}

// again returns the URLs of a circle that may answer otherwise now: those that
// redirected in an earlier run, or, where cookies are kept that they would be sent,
// those that were found by other ways than the circle.
func (c *circles) again(found *circle, current map[string]bool) []store.Moved {
	stale := slices.DeleteFunc(slices.Clone(found.members), func(m store.Moved) bool { return current[m.Run] || c.retried[m.URL] > 0 })
	if len(stale) > 0 {
		return stale
	}
	first := slices.MinFunc(found.members, func(a, b store.Moved) int { return cmp.Compare(a.Hops, b.Hops) })
	return slices.DeleteFunc(found.all(), func(m store.Moved) bool {
		return m.Hops > first.Hops || c.retried[m.URL] >= maxRetried || !c.Crawler.HasCookies(m.Source, m.Run, m.URL)
	})
}

// reason returns why a URL of a circle has no page.
func (c *circle) reason(m store.Moved) string {
	if slices.ContainsFunc(c.members, func(member store.Moved) bool { return member.URL == m.URL }) {
		return "redirects to " + m.Target + ", and from there in a circle back"
	}
	return "redirects to " + m.Target + ", and from there in a circle"
}

// reject sets a URL aside that redirects in a circle.
func (c *circles) reject(ctx context.Context, m store.Moved, reason string) error {
	out := schedule.Outcome{At: c.Now()}
	admit.Reject(schedule.Task{Link: m.Link}, &out, schedule.Doubtful, reason+c.cookieAdvice(m.Source))
	rejected, err := c.Store.RejectMoved(ctx, m, out.Reason, out.Due)
	if err == nil && rejected {
		task := schedule.Task{Link: m.Link}
		c.Log.Debug("url", "source", m.Source, "url", m.URL, "kind", m.Kind, "state", out.State, "reason", out.Reason)
		c.count(m.Run, func(tally *Tally) { tally.add(task, out) })
	}
	return err
}

// cookieAdvice returns what may help against redirects in a circle, "" where it
// has been tried.
func (p *Pipeline) cookieAdvice(source string) string {
	switch {
	case p.Crawler.KeepsCookies(source):
		return ""
	case source == BackfillSource:
		return "; the site may want its cookies back: make it a source with keep_cookies: true"
	}
	return fmt.Sprintf("; the site may want its cookies back: try keep_cookies: true for source %s", source)
}

// followBack follows a redirect that leads back to the task's URL, if cookies are kept:
// to the URL itself, or over others on the host that redirected in a circle before. It
// returns the answer at the end and the fault of the request for it; the given answer
// where there is no way back, or where it would take longer than the host is leased.
// The pace of the host holds. err is one of the state.
func (p *Pipeline) followBack(ctx context.Context, t schedule.Task, robots *robotstxt.Rules, answer *crawler.Answer, fetch fetcher) (last *crawler.Answer, fault, err error) {
	first := answer
	for range maxRetried {
		way, err := p.wayBack(ctx, t, answer.Redirect)
		if err != nil || way == nil {
			return first, nil, err
		}
		for _, hop := range way {
			rest := p.pace(t)
			if !robots.Allowed(robotstxt.ProductToken(p.Options.UserAgent), hop) || p.Now().Add(rest+p.Options.Timeout).After(t.Lease.Until) {
				return first, nil, nil
			}
			select {
			case <-ctx.Done(): // the request reports it
			case <-time.After(rest):
			}
			ask := request(t)
			ask.URL, ask.Robots = hop, robots
			if answer, fault = fetch(ctx, ask); fault != nil {
				return answer, fault, nil
			}
			if answer.Redirect == "" && hop != t.URL {
				return first, nil, nil // a page on the way, which is fetched as one
			}
		}
		if answer.Redirect == "" {
			return answer, nil, nil
		}
	}
	return first, nil, nil
}

// wayBack returns the URLs by which a redirect to target leads back to a task's URL,
// which is the last of them; nil if it does not, as far as is known, or leaves the host.
func (p *Pipeline) wayBack(ctx context.Context, t schedule.Task, target string) ([]string, error) {
	var way []string
	for at := target; len(way) < maxWay; {
		if crawler.HostOf(at) != t.Host {
			return nil, nil
		}
		if way = append(way, at); at == t.URL {
			return way, nil
		}
		moved, err := p.Store.RedirectsOf(ctx, []string{at})
		if err != nil || len(moved) == 0 {
			return nil, err
		}
		at = moved[0].Target
	}
	return nil, nil
}
