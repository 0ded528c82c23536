package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"winnow/clean"
	"winnow/crawler"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// An article in parts stands on several pages, each of which leads on to the
// next. Each is a URL of the frontier like any other: paced, asked for
// conditionally, retried, archived. What it holds by itself is kept in the state,
// and the story of the first page is joined from all that are there: when the
// first page is read, and at the end of the run when a later one was. So the
// outcome depends on the set of the pages, not on their order, and a first page
// that answers 304 loses nothing.

// asParts does what a page means for an article in parts. The story that comes
// back is the whole one, as far as its parts are known. done says that the page
// is a later part, and holds no story of its own.
func (p *Pipeline) asParts(ctx context.Context, t schedule.Task, out *schedule.Outcome, story news.Story) (whole news.Story, done bool, err error) {
	if t.Kind == schedule.Section {
		return story, false, nil
	}
	if t.PartOf != "" {
		done, err := p.laterPart(ctx, t, out, story)
		return story, done, err
	}
	if story.Kind != news.KindStory {
		return story, false, nil
	}
	if story.SinglePage != "" {
		return p.onOnePage(t, out, story), false, nil
	}
	if story.NextPage == "" {
		return story, false, nil
	}
	out.Part = &schedule.PartPage{Story: story, First: t.URL, Number: 1}
	p.leadOn(t, out, story.NextPage)
	first := store.ArticlePart{URL: t.URL, Number: 1, Story: &story, SHA: out.BodySHA}
	whole, err = p.joined(ctx, t, first, func(part store.ArticlePart) (*news.Story, error) { return part.Story, nil })
	return whole, false, err
}

// onOnePage has the page fetched that the site's rules name as the one with all
// parts. Until it is there the story is the part at hand.
func (p *Pipeline) onOnePage(t schedule.Task, out *schedule.Outcome, story news.Story) news.Story {
	target, why := p.nextPart(t, story.SinglePage)
	if story.SinglePage = target; target == "" || why != "" {
		story.SinglePage = ""
		return story
	}
	out.Links = append(out.Links, schedule.Link{URL: target, Host: crawler.HostOf(target), Source: t.Source, Kind: schedule.Article,
		Depth: t.Depth, Follow: t.Follow, Listed: t.Listed, Hint: t.Hint, Via: t.URL})
	return p.Cleaner.Join([]news.Story{story}, "it stands whole on "+target+", which was not had yet")
}

// laterPart says whether a page is what it was announced as, and notes it.
func (p *Pipeline) laterPart(ctx context.Context, t schedule.Task, out *schedule.Outcome, story news.Story) (bool, error) {
	first, err := p.Store.ArticlePart(ctx, t.PartOf)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if !isPart(first.Story, &story) {
		return false, nil
	}
	out.Part = &schedule.PartPage{Story: story, First: t.PartOf, Number: t.Part}
	visitAgain(t, out, schedule.Revisit(published(story), out.At))
	p.leadOn(t, out, story.NextPage)
	return true, nil
}

// isPart says whether a page that another leads on to holds text of its article.
func isPart(first, page *news.Story) bool {
	switch page.Kind {
	case news.KindStory, news.KindShort, news.KindGallery:
		return first == nil || clean.SameArticle(first, page)
	}
	return false
}

// leadOn has the following part fetched, as a part and not as any link.
func (p *Pipeline) leadOn(t schedule.Task, out *schedule.Outcome, next string) {
	target, why := p.nextPart(t, next)
	out.Links = slices.DeleteFunc(out.Links, func(l schedule.Link) bool { return l.URL == target })
	if target == "" || why != "" || target == out.Part.First || out.Part.Number >= clean.MaxParts {
		return
	}
	out.Part.Next = target
	out.Links = append(out.Links, schedule.Link{URL: target, Host: crawler.HostOf(target), Source: t.Source, Kind: schedule.Article,
		Depth: t.Depth, Follow: t.Follow, Listed: t.Listed, Hint: news.Hint{}, Via: t.URL})
}

// nextPart is the URL of the following part, and why it is not to be fetched.
func (p *Pipeline) nextPart(t schedule.Task, next string) (target, why string) {
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
	return target, p.outside(t, schedule.Article, target)
}

// joined is the story of an article whose first page is given, joined from the
// parts that are known; read gives a part's own text, nil for a page that is
// none. The story says what is missing of it.
func (p *Pipeline) joined(ctx context.Context, t schedule.Task, first store.ArticlePart, read func(store.ArticlePart) (*news.Story, error)) (news.Story, error) {
	known, err := p.Store.Parts(ctx, t.URL)
	if err != nil {
		return news.Story{}, err
	}
	stories, pages := []news.Story{*first.Story}, []store.ArticlePart{first}
	seen := map[string]bool{t.URL: true}
	missing := ""
	for at := t; missing == ""; {
		next, why := p.nextPart(at, stories[len(stories)-1].NextPage)
		number := len(stories) + 1
		if next == "" || seen[next] {
			break
		}
		seen[next] = true
		part, found := partAt(known, next)
		switch {
		case number > clean.MaxParts:
			missing = fmt.Sprintf("more than %d parts", clean.MaxParts)
		case why != "" && (!found || part.Story == nil): // what was had, for a list perhaps, stays
			missing = fmt.Sprintf("part %d, %s: %s", number, next, why)
		case !found || part.State == schedule.Pending && part.Story == nil:
			missing = fmt.Sprintf("part %d, %s, was not had yet", number, next)
			if part.Reason != "" {
				missing += ": " + part.Reason
			}
		default:
			story, err := read(part)
			if err != nil {
				return news.Story{}, err
			}
			if story == nil && part.State == schedule.Done {
				return p.whole(stories, pages, ""), nil // another article
			}
			if story == nil {
				missing = fmt.Sprintf("part %d, %s: %s", number, next, part.Reason)
				break
			}
			stories, pages = append(stories, *story), append(pages, part)
			at.URL, seen[part.URL] = part.URL, true
			if part.Story == nil { // just become a part, and may have brought others along
				if known, err = p.Store.Parts(ctx, t.URL); err != nil {
					return news.Story{}, err
				}
			}
		}
	}
	return p.whole(stories, pages, missing), nil
}

// partAt is the part at a URL, or that it was moved to.
func partAt(known []store.ArticlePart, url string) (store.ArticlePart, bool) {
	for _, part := range known {
		if part.URL != url {
			continue
		}
		if part.State == schedule.Moved {
			for _, other := range known {
				if other.Number == part.Number && other.State != schedule.Moved {
					return other, true
				}
			}
		}
		return part, true
	}
	return store.ArticlePart{}, false
}

func (p *Pipeline) whole(stories []news.Story, pages []store.ArticlePart, missing string) news.Story {
	story := p.Cleaner.Join(stories, missing)
	for i := range story.Parts {
		story.Parts[i] = news.Part{URL: pages[i].URL, SHA: pages[i].SHA, WARC: placeInArchive(pages[i].Archived)}
	}
	if len(story.Parts) > 0 {
		story.Parts[0].WARC = "" // the story's own, see record
	}
	return story
}

// joinAgain joins the story of an article once more, from the archive as far as
// its pages are there, and takes in parts that were read as pages of their own.
// revised says that a later part is another than the story was joined from.
func (p *Pipeline) joinAgain(ctx context.Context, lease store.Lease, d store.Stored, first news.Story) (story news.Story, revised bool, err error) {
	page := store.ArticlePart{URL: d.PageURL, Number: 1, Story: &first}
	if own, err := p.Store.ArticlePart(ctx, d.PageURL); err == nil {
		page.SHA = own.SHA
	} else if !errors.Is(err, store.ErrNotFound) {
		return story, false, err
	}
	t := schedule.Task{Link: schedule.Link{URL: d.PageURL, Source: d.Story.Source, Kind: schedule.Article}}
	story, err = p.joined(ctx, t, page, func(part store.ArticlePart) (*news.Story, error) {
		return p.partAgain(ctx, lease, &first, part)
	})
	before := map[string]string{}
	for _, part := range d.Story.Parts[min(1, len(d.Story.Parts)):] {
		before[part.URL] = part.SHA
	}
	for _, part := range story.Parts {
		was := before[part.URL]
		revised = revised || was != "" && was != part.SHA
	}
	return story, revised, err
}

// partAgain cleans a later part once more. One that was read before it was known
// as a part becomes one.
func (p *Pipeline) partAgain(ctx context.Context, lease store.Lease, first *news.Story, part store.ArticlePart) (*news.Story, error) {
	unseen := part.State == schedule.SetAside && strings.HasPrefix(part.Reason, noIndex) // perhaps in the header of a 304, of which there is no copy
	if unseen && !p.Options.Robots.IgnoreNoIndex {
		return nil, nil
	}
	place := part.Archived
	if part.Story == nil {
		latest, err := p.Store.ArchivedPage(ctx, part.URL)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		place = latest.Archived
	}
	page, err := p.readArchive(place)
	if errors.Is(err, store.ErrNotFound) {
		return part.Story, nil
	}
	if err != nil {
		return nil, err
	}
	known, err := p.Store.URL(ctx, part.URL)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	page.URL, page.Source, page.Hint = part.URL, known.Source, known.Hint
	story, asks, err := p.read(ctx, page)
	if err != nil || !p.keeps(asks) {
		return nil, err
	}
	if part.Story != nil {
		return &story, nil
	}
	if !isPart(first, &story) {
		return nil, nil
	}
	out := schedule.Outcome{Part: &schedule.PartPage{Story: story, First: part.First, Number: part.Number}}
	t := schedule.Task{Link: known.Link}
	p.leadOn(t, &out, story.NextPage)
	return &story, p.Store.PutPart(ctx, lease, part.URL, *out.Part, known.BodySHA, place, out.Links)
}
