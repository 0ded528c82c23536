package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output/warc"
	"winnow/schedule"
)

// Explanation is the life of a URL, or of a story, as far as it is known.
type Explanation struct {
	Asked   string      `json:"asked"`
	Refused string      `json:"refused"` // why a URL that is not known would not be followed; "" for one that is
	URLs    []URLLife   `json:"urls"`    // the URL itself; then the page that its story was read from, when that is another
	Story   *StoryLife  `json:"story"`   // nil when there is none
	Page    *PageReport `json:"page"`    // what the archived page holds; nil when it is not archived
}

// URLLife is how a URL was found and what its fetches came to.
type URLLife struct {
	URL       string          `json:"url"`
	Source    string          `json:"source"`
	Kind      schedule.Kind   `json:"kind"`
	FoundIn   string          `json:"found_in"` // URL of a page, feed or sitemap; or "list", "configuration", a file
	Depth     int             `json:"depth"`    // links from the site's start
	Hint      news.Hint       `json:"hint"`     // what a feed or a sitemap says of it
	Redirects []string        `json:"redirects"`
	Robots    RobotsReport    `json:"robots"`
	State     schedule.State  `json:"state"`
	Reason    string          `json:"reason"`
	Due       time.Time       `json:"due,omitzero"` // next try or revisit
	Attempts  []AttemptReport `json:"attempts"`
	Copies    []string        `json:"copies"` // in the archive, FILE:OFFSET
}

// RobotsReport is what robots.txt says of a URL.
type RobotsReport struct {
	Allowed bool          `json:"allowed"`
	Asked   time.Time     `json:"asked,omitzero"` // when it was last read; zero never
	Status  int           `json:"status"`
	Error   string        `json:"error"` // of the last failure to read it
	Delay   time.Duration `json:"-"`     // Crawl-delay
}

// AttemptReport is one asking for a URL.
type AttemptReport struct {
	At     time.Time      `json:"at"`
	Status int            `json:"status"` // 0: nothing was asked, or nothing answered
	State  schedule.State `json:"state"`
	Reason string         `json:"reason"`
	Target string         `json:"redirects_to"`
}

// StoryLife is a story with what became of it.
type StoryLife struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Date      string         `json:"date"`
	Page      string         `json:"page"`      // URL that it was read from
	Canonical string         `json:"canonical"` // URL that it is published under
	Names     []string       `json:"names"`     // all URLs that mean it
	Words     int            `json:"words"`
	Crawled   time.Time      `json:"crawled"`
	Changed   time.Time      `json:"changed"`
	Gone      time.Time      `json:"gone,omitzero"`
	Revision  int64          `json:"revision"`
	Revisions []RevisionLife `json:"revisions"` // earlier ones
	Parts     []string       `json:"parts"`     // URLs of the pages of an article in parts, in order
	Missing   string         `json:"missing"`   // why a part of it is not here; "" when none is missing
	Figures   []string       `json:"figures"`   // its marks, and what each rests on
	Judged    bool           `json:"judged"`    // settled since it last changed
	Verdict   news.Verdict   `json:"verdict"`
	KeptURL   string         `json:"kept_url"` // of the story that is kept instead
	File      string         `json:"file"`     // below the corpus; "" none
}

// RevisionLife is an earlier text of a story.
type RevisionLife struct {
	Revision int64     `json:"revision"`
	Crawled  time.Time `json:"crawled"`
	Words    int       `json:"words"`
	Archived string    `json:"archived"` // FILE:OFFSET
}

// PageReport is what a page holds, by the cleaner and the rules of now.
type PageReport struct {
	Archived string         `json:"archived"` // FILE:OFFSET
	Rendered bool           `json:"rendered"` // by a browser, as fetched it was another
	Kind     string         `json:"kind"`
	Why      string         `json:"why"`
	Marks    []string       `json:"marks"`
	Figures  []string       `json:"figures"` // what each mark rests on
	Words    int            `json:"words"`
	Removals []news.Removal `json:"removals"`
}

// Explain tells the life of a URL, or of the story with an ID. It asks nothing
// of the network, and changes nothing. The error is store.ErrNotFound when
// neither is known, and the URL is none that a source refuses.
func (p *Pipeline) Explain(ctx context.Context, name string) (*Explanation, error) {
	x := &Explanation{Asked: name}
	if u, err := crawler.Normalize(name, nil); err == nil {
		name = u
	}
	stored, err := p.Store.Story(ctx, name)
	switch {
	case err == nil:
		if x.Story, err = p.storyLife(ctx, stored); err != nil {
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
		life, err := p.Store.Life(ctx, u)
		if errors.Is(err, store.ErrNotFound) {
			continue // an ID, or another name of a story that was never fetched
		}
		if err != nil {
			return nil, err
		}
		if n := len(life.Copies); n > 0 {
			place = life.Copies[n-1].Archived
		}
		x.URLs = append(x.URLs, p.urlLife(life))
	}
	if x.Story == nil && len(x.URLs) == 0 {
		if x.Refused = p.refuses(name); x.Refused == "" {
			return nil, store.ErrNotFound
		}
		x.URLs = []URLLife{}
		return x, nil
	}
	if x.Story != nil {
		place = stored.Archived
	}
	x.Page, err = p.pageReport(ctx, place, urls[len(urls)-1])
	return x, err
}

// refuses says why the source whose site a URL lies on does not follow it, ""
// when there is none that refuses it.
func (p *Pipeline) refuses(rawURL string) string {
	for _, s := range p.Sources {
		if s.Scope != nil && s.Scope.HasHost(rawURL) {
			if _, why := s.Scope.Has(rawURL); why != "" {
				return fmt.Sprintf("source %s: %s", s.Name, why)
			}
		}
	}
	return ""
}

func (p *Pipeline) urlLife(l store.Life) URLLife {
	u := URLLife{URL: l.URL, Source: l.Source, Kind: l.Kind, FoundIn: l.Via, Depth: l.Depth, Hint: l.Hint, State: l.State, Reason: l.Reason, Due: l.Due,
		Redirects: []string{}, Attempts: []AttemptReport{}, Copies: []string{}}
	for _, from := range l.Found {
		u.Redirects = append(u.Redirects, from.URL)
	}
	if len(l.Found) > 0 {
		u.FoundIn = l.Found[0].Via
	}
	robots := p.robotsOf(l.Robots)
	u.Robots = RobotsReport{Allowed: robots.Allowed(crawler.ProductToken(p.Options.UserAgent), l.URL), Asked: l.Robots.RobotsAt,
		Status: l.Robots.RobotsStatus, Error: l.Robots.RobotsError, Delay: l.Robots.Delay}
	for _, a := range l.Attempts {
		u.Attempts = append(u.Attempts, AttemptReport{At: a.At, Status: a.Status, State: a.State, Reason: a.Reason, Target: a.Target})
	}
	for _, c := range l.Copies {
		u.Copies = append(u.Copies, placeOf(c.Archived))
	}
	return u
}

func placeOf(a schedule.Archived) string {
	if a.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", a.File, a.Offset)
}

func (p *Pipeline) storyLife(ctx context.Context, d store.Stored) (*StoryLife, error) {
	s := &StoryLife{ID: d.Story.ID, Title: d.Story.Title, Date: d.Story.Date, Page: d.PageURL, Canonical: d.Story.URL, Words: words(d.Story.Text()),
		Crawled: d.Crawled, Changed: d.Changed, Gone: d.Gone, Revision: d.Rev, Revisions: []RevisionLife{},
		Parts: []string{}, Missing: d.Story.Missing, Figures: append([]string{}, d.Story.Figures...),
		Judged: Judged(d) && !d.Judge && !d.Reclean, Verdict: d.Verdict, File: d.Path}
	for _, part := range d.Story.Parts {
		s.Parts = append(s.Parts, part.URL)
	}
	var err error
	if s.Names, err = p.Store.Names(ctx, s.ID); err != nil {
		return nil, err
	}
	earlier, err := p.Store.Revisions(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range earlier {
		s.Revisions = append(s.Revisions, RevisionLife{Revision: r.Rev, Crawled: r.Crawled, Words: words(r.Story.Text()), Archived: placeOf(r.Archived)})
	}
	if kept := d.Verdict.DuplicateOf; kept != "" {
		k, err := p.Store.Story(ctx, kept)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		s.KeptURL = k.Story.URL
	}
	return s, nil
}

// pageReport cleans a page of the archive; nil when it is not there any more.
func (p *Pipeline) pageReport(ctx context.Context, place schedule.Archived, url string) (*PageReport, error) {
	if place.File == "" {
		return nil, nil
	}
	entry, err := p.entryOf(place)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	known, err := p.Store.URL(ctx, url)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	page := entry.Page()
	page.Source = known.Source
	if !known.Hint.IsZero() {
		page.Hint = known.Hint
	}
	report := &PageReport{Archived: placeOf(place), Rendered: entry.Rendered != nil, Marks: []string{}, Figures: []string{}, Removals: []news.Removal{}}
	story, err := p.Cleaner.Extract(ctx, page)
	if err != nil {
		report.Why = err.Error()
		return report, nil
	}
	if story, err = p.withKnownHouse(ctx, story); err != nil {
		return nil, err
	}
	report.Kind, report.Why, report.Words = story.Kind, story.KindWhy, words(story.Text())
	report.Marks, report.Figures = append(report.Marks, story.Marks...), append(report.Figures, story.Figures...)
	report.Removals = append(report.Removals, story.Removals...)
	return report, nil
}

// readArchive reads a page of the archive; store.ErrNotFound when it is there
// no longer, or damaged.
func (p *Pipeline) readArchive(place schedule.Archived) (*news.Page, error) {
	entry, err := p.entryOf(place)
	if err != nil {
		return nil, err
	}
	return entry.Page(), nil
}

func (p *Pipeline) entryOf(place schedule.Archived) (warc.Entry, error) {
	entry, err := warc.ReadAt(p.Options.ArchiveDir, place.File, place.Offset, 0)
	var bad *warc.BadRecord
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, &bad) {
		return entry, store.ErrNotFound
	}
	return entry, err
}
