// Package admit decides what a cleaned page becomes: a story under its
// canonical URL, a later part of an article, a section that is asked at every
// run, or a page that is rejected with the reason. It writes nothing: the
// decision completes a schedule.Outcome, which whoever asked stores.
//
// The walk, imports and the re-cleaning of archived pages all come through
// here, so that a page means the same whichever way it came. Start with
// [Admitter.Admit]; parts.go has articles in parts.
package admit

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"winnow/clean"
	"winnow/clean/siteprofile"
	"winnow/crawler"
	"winnow/crawler/fulltext"
	"winnow/dedupe"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/internal/store/sites"
	"winnow/news"
	"winnow/news/markup"
	"winnow/schedule"
)

// Admitter decides what pages become. It is safe for concurrent use. All fields
// but the settings are needed.
type Admitter struct {
	URLs    *urlpolicy.Policy
	Cleaner *clean.Extractor
	Checker *dedupe.Checker
	Store   *store.Store // is read for the known parts of an article
	Sites   *Profiles

	UserAgent     string // whose robots directives hold
	Teasers       bool   // a teaser of a paid story is kept, as one that is marked truncated
	IgnoreNoIndex bool   // pages that say noindex are kept as stories all the same
}

// Page is a page as it was read.
type Page struct {
	Story      news.Story
	Alone      *news.Story      // what the page makes alone, where Story was read by the profile of its site
	Facts      []clean.Fact     // of Story that this profile has changed
	Profile    uint64           // digest of that profile, 0 for none
	Site       string           // see schedule.Found
	Sketch     *schedule.Sketch // nil for none
	Links      []crawler.Link   // nil for a page whose links are not wanted
	Directives crawler.Directives
	Scripted   bool // its content is likely to be brought by its scripts, see crawler.Scripted
}

// Clean cleans a page. What the page makes alone is admitted at first, so that a
// revision is a change of the page and of nothing else: settling reads it from the
// archive by the profile of its site, when all pages of a run are known. bySite is for
// those who settle, and for pages that are not archived. A *news.StageError is the
// cleaner's: the page is then rejected for it.
func (a *Admitter) Clean(ctx context.Context, page *news.Page, bySite bool) (Page, error) {
	host := ""
	if u, err := url.Parse(page.URL); err == nil {
		host = u.Host
	}
	return a.clean(ctx, page, bySite, host)
}

// clean cleans a page of a site; "" is none.
func (a *Admitter) clean(ctx context.Context, page *news.Page, bySite bool, site string) (read Page, err error) {
	var profile *siteprofile.Profile
	if bySite && site != "" {
		known, err := a.Sites.Of(ctx, site)
		if err != nil {
			return read, err
		}
		profile = known.Profile
	}
	e, err := a.Cleaner.ExtractFrom(ctx, page, profile)
	if err != nil {
		return read, err
	}
	read.Story, read.Facts, read.Sketch = e.Story, e.Facts, packSketch(e.Sketch, site)
	read.Profile, read.Site = profile.Digest(), site
	if read.Profile != 0 {
		read.Alone = &e.Alone
	}
	return read, nil
}

// Read parses and cleans a page that did not come from the crawler, see
// [Admitter.Clean].
func (a *Admitter) Read(ctx context.Context, page *news.Page, bySite bool) (Page, error) {
	if fulltext.IsPacked(page.ContentType()) {
		return a.readText(ctx, page, bySite)
	}
	var directives crawler.Directives
	scripted := false
	if tree, charset, err := markup.Parse(page.Body, page.ContentType()); err == nil {
		page.Tree, page.Charset = tree, charset
		directives, scripted = crawler.DirectivesOf(tree, page.Header, a.UserAgent), !page.Rendered && crawler.Scripted(tree)
	}
	read, err := a.Clean(ctx, page, bySite)
	read.Directives, read.Scripted = directives, scripted
	return read, err
}

// readText cleans the text of a feed. The texts of a host's feeds are learned apart from
// its pages.
func (a *Admitter) readText(ctx context.Context, text *news.Page, bySite bool) (Page, error) {
	page, err := fulltext.Page(text)
	if err == nil {
		page.Tree, page.Charset, err = markup.Parse(page.Body, page.ContentType())
	}
	if err != nil {
		return Page{}, &news.StageError{Stage: "clean", URL: text.URL, Err: err}
	}
	u, err := url.Parse(text.URL)
	if err != nil {
		return Page{}, &news.StageError{Stage: "clean", URL: text.URL, Err: err}
	}
	return a.clean(ctx, page, bySite, sites.OfFeeds(u.Host))
}

// Admit completes the outcome of a task by what its page turned out to hold.
// The error is one of the state.
func (a *Admitter) Admit(ctx context.Context, t schedule.Task, out *schedule.Outcome, page Page) error {
	if a.MayKeep(page.Directives) {
		out.Sketch = page.Sketch
		story, later, err := a.Parts(ctx, t, out, page.Story)
		if err != nil || later {
			return err
		}
		page.Story = story
	} else if t.PartOf != "" {
		Withdraw(t, out) // whatever it holds: an article has its text
		return nil
	}
	a.Classify(t, out, page)
	return nil
}

// Classify completes an outcome by what the page turned out to hold, apart from
// the parts of an article.
func (a *Admitter) Classify(t schedule.Task, out *schedule.Outcome, page Page) {
	story := page.Story
	switch {
	case t.Kind == schedule.Section:
	case story.Kind == news.KindStory && a.Rejection(&story) == "":
		a.accept(t, out, page)
		if !a.MayKeep(page.Directives) {
			Withdraw(t, out)
		}
	case frontPage(t, story.Kind, page.Links):
		out.Kind = schedule.Section
	case listsPages(story.Kind):
		Reject(t, out, schedule.Final, a.Rejection(&story))
		out.Due = out.At.Add(schedule.RevisitSection) // it leads to new pages
	default:
		Reject(t, out, certainty(story.Kind), a.Rejection(&story))
		if page.Scripted && hardlyText(story.Kind) {
			out.Reason += "; " + ByScripts
		}
	}
}

// ByScripts is part of the reason of a page that seems to have its content from scripts.
const ByScripts = "its text may come by scripts"

// hardlyText reports whether a page of that kind has no text, or little.
func hardlyText(kind string) bool {
	switch kind {
	case news.KindEmpty, news.KindShort, news.KindGallery:
		return true
	}
	return false
}

// accept makes a page's story that of the outcome. Its twins are other names of
// it; its canonical page, when that is another, is to be fetched.
func (a *Admitter) accept(t schedule.Task, out *schedule.Outcome, page Page) {
	story := page.Story
	out.Story = a.Found(t, story)
	out.Story.Alone, out.Story.Profile, out.Story.Site = page.Alone, page.Profile, page.Site
	twins := urlpolicy.Twins(t.URL, page.Links)
	out.Story.Aliases = append(twins, out.Story.Aliases...)
	out.Links = slices.DeleteFunc(out.Links, func(l schedule.Link) bool { return slices.Contains(twins, l.URL) })
	visitAgain(t, out, schedule.Revisit(published(story), out.At))
	canonical, rank := out.Story.Story.URL, out.Story.Rank
	if canonical != t.URL && (rank == urlpolicy.RankOther || rank == urlpolicy.RankTwin) {
		out.Links = append(out.Links, urlpolicy.Sibling(t, canonical, "canonical of "+t.URL))
	}
}

// Found makes a story ready for the store: its URL is the canonical one where
// that can be trusted.
func (a *Admitter) Found(t schedule.Task, story news.Story) *schedule.Found {
	canonical := a.URLs.Canonical(t, story.URL)
	story.URL, story.FetchedURL, story.Source = canonical, t.URL, t.Source
	story.Hostname = urlpolicy.Hostname(canonical)
	rank, aliases := urlpolicy.Rank(canonical, t.URL), []string{t.URL, canonical}
	if story.SinglePage != "" {
		rank, aliases = urlpolicy.RankPart, []string{story.SinglePage, t.URL, canonical}
	}
	return &schedule.Found{Story: story, Rank: rank, Aliases: aliases, Prints: a.Prints(&story)}
}

// Prints returns what the index of the dedupe stage finds a story by.
func (a *Admitter) Prints(story *news.Story) []uint64 {
	return a.Checker.Prints(story.Title, story.Text(), story.Language)
}

// NoIndex is why a page is not kept that says noindex.
const NoIndex = "noindex: the page asks that it is not kept"

// MayKeep reports whether a page with these robots directives may be kept.
func (a *Admitter) MayKeep(d crawler.Directives) bool { return !d.NoIndex || a.IgnoreNoIndex }

// Withdraw rejects a page that may not be kept any longer. What was read from it
// before goes.
func Withdraw(t schedule.Task, out *schedule.Outcome) {
	out.Story, out.Withdraw = nil, true
	Reject(t, out, schedule.Doubtful, NoIndex)
}

// Reject makes an outcome of a task that of a page without a story, for the reason.
func Reject(t schedule.Task, out *schedule.Outcome, c schedule.Certainty, reason string) {
	out.State, out.Reason, out.Certainty, out.Due = schedule.SetAside, reason, c, out.At.Add(c.Wait(t.Looks+1))
}

// certainty returns how certain it is that a page has no story when it was found to be
// of that kind: a site in trouble answers with pages of some of them.
func certainty(kind string) schedule.Certainty {
	switch kind {
	case news.KindChallenge:
		return schedule.Passing
	case news.KindGallery, news.KindSection, news.KindForum, news.KindProduct:
		return schedule.Final
	}
	return schedule.Doubtful
}

// Rejection returns why a page adds no story to the corpus, "" when it does.
func (a *Admitter) Rejection(story *news.Story) string {
	reason := ""
	switch {
	case story.Kind != news.KindStory:
		reason = story.Kind + ": " + story.KindWhy
	case slices.Contains(story.Marks, news.MarkTruncated) && story.Missing == "" && !a.Teasers:
		reason = story.Figures[slices.Index(story.Marks, news.MarkTruncated)] + " (clean.truncated: leave)"
	default:
		return ""
	}
	if len(story.SiteMisses) > 0 {
		reason += "; site rules found nothing: " + strings.Join(story.SiteMisses, "; ")
	}
	return reason
}

// A link with so many words, or so many letters where words have no spaces, is
// a headline and not a menu's entry.
const (
	headlineWords = 5
	headlineRunes = 40
)

// listsPages reports whether a page of that kind leads to others.
func listsPages(kind string) bool {
	return kind == news.KindSection || kind == news.KindForum || kind == news.KindProduct
}

// frontPage reports whether a page that holds no story is one of those near the
// start that lead to new ones: a section, or a short page with headlines.
func frontPage(t schedule.Task, kind string, links []crawler.Link) bool {
	if t.Depth > 1 || !t.Follow || urlpolicy.Paginated(t.URL) {
		return false
	}
	if kind != news.KindShort {
		return listsPages(kind)
	}
	for _, l := range links {
		if l.Rel == "" && (len(strings.Fields(l.Text)) >= headlineWords || utf8.RuneCountInString(l.Text) >= headlineRunes) {
			return true
		}
	}
	return false
}

// published returns when a story was published, zero when that is not known.
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

// visitAgain plans the next visit of a page that holds a story, whose text may
// be the same or not: that other bytes came means little.
func visitAgain(t schedule.Task, out *schedule.Outcome, usual time.Duration) {
	out.Due = out.At.Add(schedule.Adapt(usual, t.Wait, false))
	out.DueRevised = out.At.Add(schedule.Adapt(usual, t.Wait, true))
}
