package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"winnow/crawler"
	"winnow/crawler/robotstxt"
	"winnow/crawler/wordpress"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/news"
	"winnow/schedule"
)

// Step walks one URL from its claim to what it came to. An error is one that
// the run cannot go on with.
func (p *Pipeline) Step(ctx context.Context, t schedule.Task) (schedule.Outcome, error) {
	out, err := p.step(ctx, t)
	if err != nil {
		return out, err
	}
	if out.HostNext.IsZero() { // nothing was asked of the host
		out.HostNext = p.Now()
	}
	p.report(t, out)
	return out, nil
}

func (p *Pipeline) step(ctx context.Context, t schedule.Task) (schedule.Outcome, error) {
	if t.Kind == schedule.Robots {
		return p.robots(ctx, t), nil
	}
	robots := p.URLs.RobotsTxt(t.HostState)
	if !robots.Allowed(robotstxt.ProductToken(p.Options.UserAgent), t.URL) {
		return p.closed(t), nil
	}
	switch t.Kind {
	case schedule.Feed:
		return p.feed(ctx, t, robots)
	case schedule.Sitemap:
		return p.sitemap(ctx, t, robots)
	}
	out, done, err := p.fromFeed(ctx, t)
	if err != nil || done {
		return out, err
	}
	out, err = p.page(ctx, t, robots)
	if t.Kind == schedule.Section && t.Depth == 0 && !t.Listed {
		// robots.txt was perhaps read for another source of the host, or for a list.
		out.Links = append(out.Links, p.URLs.Announced(t, robots)...)
	}
	return out, err
}

// page fetches a page, archives it, takes its links and its story.
func (p *Pipeline) page(ctx context.Context, t schedule.Task, robots *robotstxt.Rules) (schedule.Outcome, error) {
	out, answer, fresh, err := p.fetch(ctx, t, robots, p.Crawler.Fetch)
	if err != nil {
		return out, err
	}
	if !fresh {
		if out.State != schedule.Done || t.Kind == schedule.Section {
			return out, p.orFromFeed(ctx, t, &out)
		}
		if !p.Admitter.MayKeep(answer.Directives) {
			admit.Withdraw(t, &out)
		}
		return out, p.Archive.AddRevisit(ctx, t, answer, out.At)
	}
	out.Links, out.Reach = p.URLs.PageLinks(t, answer.Links), p.reachOf(t)
	if !p.Archive.Keeps(answer.Directives) {
		out.Reason = "not archived: the page asks for it (noarchive)"
	} else if !p.Archive.Policy.None && t.Kind != schedule.Section {
		if out.Archived, err = p.Archive.Add(t, answer, out.At); err != nil {
			return out, err
		}
	}
	if t.Kind == schedule.Section {
		if answer.Scripted && len(out.Links) == 0 {
			out.Reason = "no links: " + admit.ByScripts
		}
		p.needsAPI(t, &out, answer.Links)
		return out, nil
	}
	read, err := p.Admitter.Clean(ctx, answer.Page, out.Archived == nil)
	if stage := (*news.StageError)(nil); errors.As(err, &stage) {
		admit.Reject(t, &out, schedule.Final, err.Error())
		return out, p.orFromFeed(ctx, t, &out)
	}
	if err != nil {
		return out, err
	}
	if target := refresh(answer.Links); target != "" && read.Story.Kind != news.KindStory {
		p.moved(t, &out, target)
		return out, nil
	}
	read.Links, read.Directives, read.Scripted = answer.Links, answer.Directives, answer.Scripted
	if err = p.Admitter.Admit(ctx, t, &out, read); err == nil && p.Admitter.MayKeep(answer.Directives) {
		err = p.orFromFeed(ctx, t, &out)
	}
	return out, err
}

// fetcher is a method of the crawler.
type fetcher func(context.Context, crawler.Request) (*crawler.Answer, error)

// fetch requests a task's URL. It returns the outcome so far, and reports whether
// there is a fresh answer to go on with. The error is one of the state.
func (p *Pipeline) fetch(ctx context.Context, t schedule.Task, robots *robotstxt.Rules, fetch fetcher) (out schedule.Outcome, answer *crawler.Answer, fresh bool, err error) {
	ask := request(t)
	ask.Robots = robots
	answer, fault := fetch(ctx, ask)
	if fault == nil && answer.Redirect != "" && p.Crawler.KeepsCookies(t.Source) {
		if answer, fault, err = p.followBack(ctx, t, robots, answer, fetch); err != nil {
			return out, nil, false, err
		}
	}
	out, fresh = p.received(t, answer, fault)
	return out, answer, fresh, nil
}

// request returns the request of a task.
func request(t schedule.Task) crawler.Request {
	return crawler.Request{URL: t.URL, Validators: t.Validators, Source: t.Source, Run: t.Run, Hint: t.Hint}
}

// refresh returns where a page leads on by itself; "" nowhere.
func refresh(links []crawler.Link) string {
	for _, l := range links {
		if l.Rel == crawler.RelRefresh {
			return l.URL
		}
	}
	return ""
}

// closed returns the outcome of a URL that robots.txt closes.
func (p *Pipeline) closed(t schedule.Task) schedule.Outcome {
	at, why := p.Now(), "robots.txt does not allow it"
	if urlpolicy.Forbidden(t.HostState) {
		why = fmt.Sprintf("robots.txt is forbidden (status %d), and so is the site by robots.forbidden: deny", t.HostState.RobotsStatus)
	}
	p.refused(t)
	return schedule.Outcome{State: schedule.SetAside, Reason: why, At: at, Due: at.Add(schedule.RevisitClosed)}
}

// received turns an answer, or the lack of one, into the outcome it has
// whatever the page holds, and reports whether there is a fresh page to go on
// with.
func (p *Pipeline) received(t schedule.Task, a *crawler.Answer, err error) (out schedule.Outcome, fresh bool) {
	at := p.Now()
	if a != nil {
		t.HostState.Pause = p.Options.Pace.Next(t.HostState.Pause, a.Took, err == nil)
	}
	out = schedule.Outcome{State: schedule.Done, At: at, Pause: t.HostState.Pause, HostNext: at.Add(p.pace(t))}
	if t.Kind == schedule.Sitemap {
		out.Newest = visit(t, at, nil).Order()
	}
	if err != nil {
		p.failed(t, &out, err)
		return out, false
	}
	out.Status, out.Validators, out.BodySHA = a.Status, a.Validators, a.BodySHA
	switch {
	case a.Redirect != "":
		p.moved(t, &out, a.Redirect)
	case a.NotModified:
		out.Validators, out.BodySHA = keepValidators(a.Validators, t.Validators), t.BodySHA
		out.Due = revisit(t, at)
	case a.BodySHA == t.BodySHA && p.Admitter.MayKeep(a.Directives):
		out.Due = revisit(t, at)
	default:
		return out, true
	}
	return out, false
}

// revisit returns when a page that did not change is requested again; zero for
// what every run requests.
func revisit(t schedule.Task, at time.Time) time.Time {
	if wordpress.IsComplete(t.URL) {
		return at.Add(schedule.RevisitPosts)
	}
	if t.Kind != schedule.Article {
		return visit(t, at, nil).Due()
	}
	usual := schedule.RevisitUndated
	if !t.Hint.Date.IsZero() {
		usual = schedule.Revisit(t.Hint.Date, at)
	}
	return at.Add(schedule.Adapt(usual, t.Wait, false))
}

// keepValidators completes the validators of a 304 by those it confirmed.
func keepValidators(fresh, known news.Validators) news.Validators {
	if fresh.ETag == "" {
		fresh.ETag = known.ETag
	}
	if fresh.LastModified == "" {
		fresh.LastModified = known.LastModified
	}
	return fresh
}

// failed completes the outcome of a fetch that brought nothing.
func (p *Pipeline) failed(t schedule.Task, out *schedule.Outcome, err error) {
	certainty := schedule.Final
	var fault *crawler.Error
	if errors.As(err, &fault) {
		certainty = certaintyOf(fault)
	}
	admit.Reject(t, out, certainty, err.Error())
	if fault == nil {
		return
	}
	out.Status = fault.Status
	if errors.Is(err, crawler.ErrForbidden) {
		p.refused(t)
	}
	if fault.Status == http.StatusNotFound || fault.Status == http.StatusGone {
		out.State = schedule.Gone
		return
	}
	if !fault.Temporary {
		return
	}
	out.Tries = t.Tries + 1
	wait, again := p.Options.Retry.Retry(out.Tries, fault.RetryAfter)
	if again {
		out.State, out.Due = schedule.Pending, out.At.Add(wait)
	} else {
		out.State, out.Tries = schedule.Failed, 0
	}
	out.Hold = fault.Status == 0 // no answer at all
	if hold := out.At.Add(fault.RetryAfter); fault.RetryAfter > 0 && hold.After(out.HostNext) {
		out.HostNext, out.Hold = hold, true
	}
}

// certaintyOf returns how certain it is, after a failed fetch, that the URL has no
// story.
func certaintyOf(fault *crawler.Error) schedule.Certainty {
	switch {
	case fault.Temporary, fault.TLS:
		return schedule.Passing
	case fault.Status == http.StatusGone:
		return schedule.Final
	case fault.Status >= 300:
		return schedule.Doubtful
	}
	return schedule.Final
}

// moved hands a redirect back as new work, with every check that a found link
// has to pass.
func (p *Pipeline) moved(t schedule.Task, out *schedule.Outcome, target string) {
	if target == t.URL {
		admit.Reject(t, out, schedule.Doubtful, "redirects to itself"+p.cookieAdvice(t.Source))
		return
	}
	link, refused := p.URLs.Redirect(t, target)
	if refused != "" {
		admit.Reject(t, out, schedule.Doubtful, refused)
		out.Reach = p.reachOf(t)
		return
	}
	out.State, out.Links = schedule.Moved, []schedule.Link{link}
}
