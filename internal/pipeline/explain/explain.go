// Package explain collects the history of a URL or of a story: how it was found,
// what every request for it came to, what its page holds, and what became of its
// story. It asks nothing of the network and changes nothing.
//
// report.go has what is reported, explain.go collects it. Start with
// [Explainer.Explain].
package explain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"winnow/crawler"
	"winnow/crawler/fulltext"
	"winnow/crawler/robotstxt"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/settle"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// Explainer explains. All fields are needed. It is safe for concurrent use.
type Explainer struct {
	Store     *store.Store
	URLs      *urlpolicy.Policy
	Admitter  *admit.Admitter
	Archive   *archive.Archive
	UserAgent string // whose rules of robots.txt hold
}

// Explain returns the history of a URL, or of the story with an ID. The error is
// store.ErrNotFound when neither is known, and the URL is none that a source
// refuses.
func (e *Explainer) Explain(ctx context.Context, name string) (*Explanation, error) {
	x := &Explanation{Asked: name}
	if u, err := crawler.Normalize(name, nil); err == nil {
		name = u
	}
	stored, err := e.Store.Stories.Get(ctx, name)
	switch {
	case err == nil:
		if x.Story, err = e.storyHistory(ctx, stored); err != nil {
			return nil, err
		}
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	urls := []string{name}
	if x.Story != nil && stored.PageURL != name {
		urls = append(urls, stored.PageURL)
	}
	var place schedule.Archived
	for _, u := range urls {
		history, err := e.Store.History(ctx, u)
		if errors.Is(err, store.ErrNotFound) {
			continue // an ID, or another name of a story that was never fetched
		}
		if err != nil {
			return nil, err
		}
		if n := len(history.Copies); n > 0 {
			place = history.Copies[n-1].Archived
		}
		x.URLs = append(x.URLs, e.urlHistory(history))
	}
	if x.Story == nil && len(x.URLs) == 0 {
		if x.Refused = e.URLs.Refusal(name); x.Refused == "" {
			return nil, store.ErrNotFound
		}
		x.URLs = []URLHistory{}
		return x, nil
	}
	if x.Story != nil {
		place = stored.Archived
	}
	x.Page, err = e.page(ctx, place, urls[len(urls)-1])
	return x, err
}

// urlHistory reports what the state knows of a URL.
func (e *Explainer) urlHistory(l store.History) URLHistory {
	u := URLHistory{URL: l.URL, Source: l.Source, Kind: l.Kind, FoundIn: l.Via, Depth: l.Depth, Hint: l.Hint, State: l.State, Reason: l.Reason, Due: l.Due,
		Redirects: []string{}, Attempts: []Attempt{}, Copies: []string{}}
	for _, from := range l.Redirects {
		u.Redirects = append(u.Redirects, from.URL)
	}
	if len(l.Redirects) > 0 {
		u.FoundIn = l.Redirects[0].Via
	}
	robots := e.URLs.RobotsTxt(l.Robots)
	u.Robots = Robots{Allowed: robots.Allowed(robotstxt.ProductToken(e.UserAgent), l.URL), Asked: l.Robots.RobotsAt,
		Status: l.Robots.RobotsStatus, Error: l.Robots.RobotsError, Delay: l.Robots.Delay}
	for _, a := range l.Attempts {
		u.Attempts = append(u.Attempts, Attempt{At: a.At, Status: a.Status, State: a.State, Reason: a.Reason, Target: a.Target})
	}
	for _, c := range l.Copies {
		u.Copies = append(u.Copies, placeOf(c.Archived))
	}
	return u
}

// placeOf returns FILE:OFFSET, "" for what is not archived.
func placeOf(a schedule.Archived) string {
	if a.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", a.File, a.Offset)
}

// storyHistory reports what the state knows of a story.
func (e *Explainer) storyHistory(ctx context.Context, d stories.Stored) (*StoryHistory, error) {
	s := &StoryHistory{ID: d.Story.ID, Title: d.Story.Title, Date: d.Story.Date, Page: d.PageURL, Canonical: d.Story.URL, Words: wordCount(d.Story.Text()),
		Crawled: d.Crawled, Changed: d.Changed, Gone: d.Gone, Revision: d.Rev, Revisions: []Revision{},
		Parts: []string{}, Missing: d.Story.Missing, Figures: append([]string{}, d.Story.Figures...),
		Judged: settle.Judged(d) && !d.Judge && !d.Reclean, Verdict: d.Verdict, File: d.Path}
	for _, part := range d.Story.Parts {
		s.Parts = append(s.Parts, part.URL)
	}
	var err error
	if s.Names, err = e.Store.Stories.Names(ctx, s.ID); err != nil {
		return nil, err
	}
	earlier, err := e.Store.Stories.Revisions(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range earlier {
		s.Revisions = append(s.Revisions, Revision{Revision: r.Rev, Crawled: r.Crawled, Words: wordCount(r.Story.Text()), Archived: placeOf(r.Archived)})
	}
	if kept := d.Verdict.DuplicateOf; kept != "" {
		k, err := e.Store.Stories.Get(ctx, kept)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		s.KeptURL = k.Story.URL
	}
	return s, nil
}

// page cleans a page of the archive; nil when it is not there any more.
func (e *Explainer) page(ctx context.Context, place schedule.Archived, url string) (*Page, error) {
	if place.File == "" {
		return nil, nil
	}
	entry, err := e.Archive.Entry(place)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	known, err := e.Store.URL(ctx, url)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	page := entry.Page()
	page.Source = known.Source
	if !known.Hint.IsZero() {
		page.Hint = known.Hint
	}
	report := &Page{Archived: placeOf(place), Rendered: entry.Rendered != nil, Marks: []string{}, Figures: []string{}, BySite: []Fact{}, Removals: []news.Removal{}}
	if fulltext.IsPacked(page.ContentType()) {
		report.Feed = cmp.Or(entry.Via, "not known")
	}
	read, err := e.Admitter.Read(ctx, page, true)
	if stage := (*news.StageError)(nil); errors.As(err, &stage) {
		report.Why = err.Error()
		return report, nil
	}
	if err != nil {
		return nil, err
	}
	story := read.Story
	report.Kind, report.Why, report.Words = story.Kind, story.KindWhy, wordCount(story.Text())
	report.Marks, report.Figures = append(report.Marks, story.Marks...), append(report.Figures, story.Figures...)
	for _, f := range read.Facts {
		report.BySite = append(report.BySite, Fact{f.Name, f.Value, f.Why})
	}
	report.Removals = append(report.Removals, story.Removals...)
	return report, nil
}

// wordCount counts the words of a text roughly.
func wordCount(text string) int { return len(strings.Fields(text)) }
