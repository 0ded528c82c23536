package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"winnow/crawler"
	"winnow/news"
	"winnow/schedule"
)

// maxHops bounds a chain of redirects (RFC 9309 asks for five at least;
// browsers give up at twenty).
const maxHops = 10

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
	p.report(t, &out)
	return out, nil
}

func (p *Pipeline) step(ctx context.Context, t schedule.Task) (schedule.Outcome, error) {
	if t.Kind == schedule.Robots {
		return p.robots(ctx, t), nil
	}
	robots := p.robotsOf(t.HostState)
	if !robots.Allowed(crawler.ProductToken(p.Options.UserAgent), t.URL) {
		why := "robots.txt does not allow it"
		if forbidden(t.HostState) {
			why = fmt.Sprintf("robots.txt is forbidden (status %d), and so is the site by robots.forbidden: deny", t.HostState.RobotsStatus)
		}
		p.refused(t)
		return p.setAside(why, schedule.RevisitFailed), nil
	}
	switch t.Kind {
	case schedule.Feed:
		return p.feed(ctx, t), nil
	case schedule.Sitemap:
		return p.sitemap(ctx, t), nil
	}
	out, err := p.page(ctx, t, robots)
	if t.Kind == schedule.Section && t.Depth == 0 && !t.Listed {
		// robots.txt was perhaps read for another source of the host, or for a list.
		out.Links = append(out.Links, p.announced(t, robots)...)
	}
	return out, err
}

// request is what a task asks for.
func request(t schedule.Task) crawler.Request {
	return crawler.Request{URL: t.URL, Validators: t.Validators, Source: t.Source, Run: t.Run, Hint: t.Hint}
}

// page fetches a page, archives it, takes its links and its story.
func (p *Pipeline) page(ctx context.Context, t schedule.Task, robots *crawler.Robots) (schedule.Outcome, error) {
	ask := request(t)
	ask.Robots = robots
	answer, err := p.Crawler.Fetch(ctx, ask)
	out, fresh := p.received(t, answer, err)
	if !fresh {
		if out.State != schedule.Done || t.Kind == schedule.Section {
			return out, nil
		}
		if !p.keeps(answer.Asks) {
			notKept(&out)
		}
		return out, p.archiveRevisit(ctx, t, answer, out.At)
	}
	out.Links = p.links(t, answer)
	if answer.Asks.NoArchive && !p.Options.Robots.IgnoreNoArchive {
		out.Reason = "not archived: the page asks for it (noarchive)"
	} else if !p.Options.Archive.None && t.Kind != schedule.Section {
		if out.Archived, err = p.archive(t, answer, out.At); err != nil {
			return out, fmt.Errorf("archive %s: %w", t.URL, err)
		}
	}
	story, err := p.Cleaner.Extract(ctx, answer.Page)
	if err != nil {
		out.State, out.Reason, out.Due = schedule.SetAside, err.Error(), out.At.Add(schedule.RevisitSetAside)
		return out, nil
	}
	if target := refresh(answer.Links); target != "" && t.Kind == schedule.Article && story.Kind != news.KindStory {
		p.moved(t, &out, target)
		return out, nil
	}
	if p.keeps(answer.Asks) {
		var done bool
		if story, done, err = p.asParts(ctx, t, &out, story); err != nil || done {
			return out, err
		}
	} else if t.PartOf != "" {
		notKept(&out)
		return out, nil
	}
	p.judge(t, &out, story, answer.Links, answer.Asks)
	return out, nil
}

// refresh is where a page leads on by itself; "" nowhere.
func refresh(links []crawler.Link) string {
	for _, l := range links {
		if l.Rel == crawler.RelRefresh {
			return l.URL
		}
	}
	return ""
}

// judge completes an outcome by what the page turned out to hold.
func (p *Pipeline) judge(t schedule.Task, out *schedule.Outcome, story news.Story, links []crawler.Link, asks crawler.Directives) {
	switch {
	case t.Kind == schedule.Section:
	case story.Kind == news.KindStory && p.leftOut(&story) == "":
		out.Story = p.found(t, story)
		own := twins(t, links)
		out.Story.Aliases = append(own, out.Story.Aliases...)
		out.Links = slices.DeleteFunc(out.Links, func(l schedule.Link) bool { return slices.Contains(own, l.URL) })
		visitAgain(t, out, schedule.Revisit(published(story), out.At))
		if canonical := out.Story.Story.URL; canonical != t.URL && out.Story.Rank > 0 && out.Story.Rank < rankPart {
			out.Links = append(out.Links, schedule.Link{URL: canonical, Host: crawler.HostOf(canonical), Source: t.Source, Kind: schedule.Article, Depth: t.Depth, Follow: t.Follow, Listed: t.Listed, Hint: t.Hint, Via: "canonical of " + t.URL})
		}
		if !p.keeps(asks) {
			notKept(out)
		}
	case frontPage(t, story.Kind, links):
		out.Kind = schedule.Section
	case story.Kind == news.KindSection:
		out.Reason, out.Due = "section: "+story.KindWhy, out.At.Add(schedule.RevisitSection)
	default:
		out.State, out.Reason, out.Due = schedule.SetAside, p.leftOut(&story), out.At.Add(schedule.RevisitSetAside)
	}
}

// noIndex is why a page is not kept that says noindex.
const noIndex = "noindex: the page asks that it is not kept"

// notKept sets a page aside that may not be kept. What was read from it goes.
func notKept(out *schedule.Outcome) {
	out.Story, out.Withdraw = nil, true
	out.State, out.Reason, out.Due = schedule.SetAside, noIndex, out.At.Add(schedule.RevisitSetAside)
}

// keeps says whether a page may be kept by what it asks for.
func (p *Pipeline) keeps(asks crawler.Directives) bool {
	return !asks.NoIndex || p.Options.Robots.IgnoreNoIndex
}

// leftOut says why a page gives the corpus no story, "" when it does.
func (p *Pipeline) leftOut(story *news.Story) string {
	reason := ""
	switch {
	case story.Kind != news.KindStory:
		reason = story.Kind + ": " + story.KindWhy
	case slices.Contains(story.Marks, news.MarkTruncated) && story.Missing == "" && !p.Options.Teasers:
		reason = story.Figures[slices.Index(story.Marks, news.MarkTruncated)] + " (clean.truncated: leave)"
	default:
		return ""
	}
	if len(story.SiteMisses) > 0 {
		reason += "; site rules found nothing: " + strings.Join(story.SiteMisses, "; ")
	}
	return reason
}

// frontPage says whether a page that holds no story is one of those near the
// start that lead to new ones: a section, or a short page with headlines.
func frontPage(t schedule.Task, kind string, links []crawler.Link) bool {
	if t.Depth > 1 || !t.Follow || paginated(t.URL) {
		return false
	}
	if kind != news.KindShort {
		return kind == news.KindSection
	}
	for _, l := range links {
		if l.Rel == "" && (len(strings.Fields(l.Text)) >= headlineWords || utf8.RuneCountInString(l.Text) >= headlineRunes) {
			return true
		}
	}
	return false
}

// A link with so many words, or so many letters where words have no spaces, is
// a headline and not a menu's entry.
const (
	headlineWords = 5
	headlineRunes = 40
)

// pageNumber is how sites number the pages of a long list.
var pageNumber = regexp.MustCompile(`(?i)/page[/-]?\d+|[?&](page|paged|p|start|offset|pagen_\d+)=\d+`)

func paginated(rawURL string) bool { return pageNumber.MatchString(rawURL) }

// found makes the story ready for the store: its URL is the canonical one where
// that can be trusted, which is inside the site and not its front page.
func (p *Pipeline) found(t schedule.Task, story news.Story) *schedule.Found {
	canonical := p.canonical(t, story.URL)
	story.URL, story.FetchedURL, story.Source = canonical, t.URL, t.Source
	story.Hostname = hostname(canonical)
	place, aliases := rank(canonical, t.URL), []string{t.URL, canonical}
	if story.SinglePage != "" {
		place, aliases = rankPart, []string{story.SinglePage, t.URL, canonical}
	}
	return &schedule.Found{Story: story, Rank: place, Aliases: aliases,
		Prints: p.prints(&story), Lines: houseKeys(&story)}
}

func published(s news.Story) time.Time {
	if !s.Published.IsZero() {
		return s.Published
	}
	day, err := time.Parse(time.DateOnly, s.Date)
	if err != nil {
		return time.Time{}
	}
	return day
}

// received turns an answer, or the lack of one, into the outcome it has
// whatever the page holds, and says whether there is a fresh page to go on
// with.
func (p *Pipeline) received(t schedule.Task, a *crawler.Answer, err error) (out schedule.Outcome, fresh bool) {
	at := p.Now()
	if a != nil {
		t.HostState.Pause = p.Options.Pace.Next(t.HostState.Pause, a.Took, err == nil)
	}
	out = schedule.Outcome{State: schedule.Done, At: at, Pause: t.HostState.Pause, HostNext: at.Add(p.pace(t))}
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
		out.Due = p.unchanged(t, at)
	case a.BodySHA == t.BodySHA && p.keeps(a.Asks):
		out.Due = p.unchanged(t, at)
	default:
		return out, true
	}
	return out, false
}

// unchanged is when a page that did not change is asked again on its own.
func (p *Pipeline) unchanged(t schedule.Task, at time.Time) time.Time {
	if t.Kind != schedule.Article {
		return time.Time{}
	}
	usual := schedule.RevisitUndated
	if !t.Hint.Date.IsZero() {
		usual = schedule.Revisit(t.Hint.Date, at)
	}
	return at.Add(schedule.Adapt(usual, t.Wait, false))
}

// visitAgain plans the next visit of a page that holds a story, whose text may
// be the same or not: other bytes of a page say little.
func visitAgain(t schedule.Task, out *schedule.Outcome, usual time.Duration) {
	out.Due = out.At.Add(schedule.Adapt(usual, t.Wait, false))
	out.DueRevised = out.At.Add(schedule.Adapt(usual, t.Wait, true))
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

func (p *Pipeline) failed(t schedule.Task, out *schedule.Outcome, err error) {
	out.Reason = err.Error()
	out.State, out.Due = schedule.SetAside, out.At.Add(schedule.RevisitSetAside)
	var fault *crawler.Error
	if !errors.As(err, &fault) {
		return
	}
	out.Status = fault.Status
	if errors.Is(err, crawler.ErrForbidden) {
		p.refused(t)
	}
	if fault.Status == http.StatusNotFound || fault.Status == http.StatusGone {
		out.State, out.Due = schedule.Gone, out.At.Add(schedule.RevisitGone)
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
		out.State, out.Due, out.Tries = schedule.Failed, out.At.Add(schedule.RevisitFailed), 0
	}
	out.Hold = fault.Status == 0 // no answer at all
	if hold := out.At.Add(fault.RetryAfter); fault.RetryAfter > 0 && hold.After(out.HostNext) {
		out.HostNext, out.Hold = hold, true
	}
}

// moved hands a redirect back as new work, with every check that a found link
// has to pass.
func (p *Pipeline) moved(t schedule.Task, out *schedule.Outcome, target string) {
	out.State = schedule.Moved
	link := t.Link
	link.URL, link.Host, link.Hops, link.Via = target, crawler.HostOf(target), t.Hops+1, t.URL
	switch why := p.outside(t, t.Kind, target); {
	case link.Hops > maxHops:
		out.State, out.Reason = schedule.SetAside, fmt.Sprintf("more than %d redirects", maxHops)
	case target == t.URL:
		out.State, out.Reason = schedule.SetAside, "redirects to itself"
	case why != "":
		out.State, out.Reason = schedule.SetAside, "redirects to "+target+": "+why
	default:
		out.Links = []schedule.Link{link}
		return
	}
	out.Due = out.At.Add(schedule.RevisitSetAside)
}

// outside says why a URL is not to be fetched for a source, "" when it is. The
// patterns of a source are about its pages, not about the lists of them.
func (p *Pipeline) outside(t schedule.Task, kind schedule.Kind, target string) string {
	scope := p.source(t.Source).Scope
	switch {
	case scope == nil || t.Listed && crawler.SameSite(target, t.URL) || p.offsite(t.Link):
		return ""
	case p.othersHost(t.Source, target):
		return "the host of another source"
	case kind == schedule.Article:
		_, why := scope.Has(target)
		return why
	case !scope.HasHost(target):
		return "another site"
	}
	return ""
}

// offsite says whether a link leads to a page that a source takes from another
// site, and follows no further: redirects on the way to it are free.
func (p *Pipeline) offsite(l schedule.Link) bool {
	return l.Kind == schedule.Article && !l.Follow && !l.Listed && p.source(l.Source).Offsite
}

// links are the URLs of a page that are worth following.
func (p *Pipeline) links(t schedule.Task, a *crawler.Answer) []schedule.Link {
	if !t.Follow {
		return nil
	}
	source := p.source(t.Source)
	var links []schedule.Link
	for _, l := range a.Links {
		if l.NoFollow && !p.Options.Robots.IgnoreNoFollow || l.Paid && !source.PaidLinks {
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
		default:
			continue
		}
		if link.Depth > source.MaxDepth || p.outside(t, as, l.URL) != "" {
			continue
		}
		links = append(links, link)
	}
	return links
}

// refused counts a URL that is not asked for.
func (p *Pipeline) refused(t schedule.Task) { p.count(t.Run, func(tally *Tally) { tally.Refused++ }) }

func (p *Pipeline) setAside(why string, revisit time.Duration) schedule.Outcome {
	at := p.Now()
	return schedule.Outcome{State: schedule.SetAside, Reason: why, At: at, Due: at.Add(revisit)}
}
