package admit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"winnow/clean"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// An article in parts is on several pages, each of which leads on to the next.
// Each is a URL of the frontier like any other: paced, requested conditionally,
// retried, archived. What it holds by itself is kept in the state, and the story
// of the first page is joined from all that are there: when the first page is
// read, and at the end of the run when a later one was. So the outcome depends
// on the set of the pages, not on their order, and a first page that answers 304
// loses nothing.

// Parts does what a page means for an article in parts. The story that is
// returned is the whole one, as far as its parts are known. later reports that
// the page is a later part, which has no story; the outcome is then complete.
func (a *Admitter) Parts(ctx context.Context, t schedule.Task, out *schedule.Outcome, story news.Story) (whole news.Story, later bool, err error) {
	if t.Kind == schedule.Section {
		return story, false, nil
	}
	if t.PartOf != "" {
		later, err := a.laterPart(ctx, t, out, story)
		return story, later, err
	}
	if story.Kind != news.KindStory {
		return story, false, nil
	}
	if story.SinglePage != "" {
		return a.OnOnePage(t, out, story), false, nil
	}
	if story.NextPage == "" {
		return story, false, nil
	}
	out.Part = &schedule.PartPage{Story: story, First: t.URL, Number: 1}
	a.LeadOn(t, out, story.NextPage)
	first := store.ArticlePart{URL: t.URL, Number: 1, Story: &story, SHA: out.BodySHA}
	whole, err = a.Join(ctx, t, first, func(part store.ArticlePart) (*news.Story, error) { return part.Story, nil })
	return whole, false, err
}

// OnOnePage has the page fetched that the site's rules name as the one with all
// parts, by a link of the outcome. It returns the story until that page is
// there: the part at hand.
func (a *Admitter) OnOnePage(t schedule.Task, out *schedule.Outcome, story news.Story) news.Story {
	target, why := a.URLs.NextPart(t, story.SinglePage)
	if story.SinglePage = target; target == "" || why != "" {
		story.SinglePage = ""
		return story
	}
	out.Links = append(out.Links, urlpolicy.Sibling(t, target, t.URL))
	return a.Cleaner.Join([]news.Story{story}, "the whole is on "+target+", which has not been fetched yet")
}

// laterPart notes a page as a later part, and reports whether it is one.
func (a *Admitter) laterPart(ctx context.Context, t schedule.Task, out *schedule.Outcome, story news.Story) (bool, error) {
	first, err := a.Store.ArticlePart(ctx, t.PartOf)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if !IsPart(first.Story, &story) {
		return false, nil
	}
	out.Part = &schedule.PartPage{Story: story, First: t.PartOf, Number: t.Part}
	visitAgain(t, out, schedule.Revisit(published(story), out.At))
	a.LeadOn(t, out, story.NextPage)
	return true, nil
}

// IsPart reports whether a page that another leads on to holds text of its
// article. first is nil when the first page has not been read.
func IsPart(first, page *news.Story) bool {
	switch page.Kind {
	case news.KindStory, news.KindShort, news.KindGallery:
		return first == nil || clean.SameArticle(first, page)
	}
	return false
}

// LeadOn has the part fetched that follows on the outcome's, as a part and not
// as any link.
func (a *Admitter) LeadOn(t schedule.Task, out *schedule.Outcome, next string) {
	target, why := a.URLs.NextPart(t, next)
	out.Links = slices.DeleteFunc(out.Links, func(l schedule.Link) bool { return l.URL == target })
	if target == "" || why != "" || target == out.Part.First || out.Part.Number >= clean.MaxParts {
		return
	}
	out.Part.Next = target
	link := urlpolicy.Sibling(t, target, t.URL)
	link.Hint = news.Hint{} // it is of the first part
	out.Links = append(out.Links, link)
}

// Join returns the story of an article from its first page and the later parts
// that are known. read returns a part's own text, nil for a page that is none.
// The story says what is missing of it.
func (a *Admitter) Join(ctx context.Context, t schedule.Task, first store.ArticlePart, read func(store.ArticlePart) (*news.Story, error)) (news.Story, error) {
	known, err := a.Store.Parts(ctx, t.URL)
	if err != nil {
		return news.Story{}, err
	}
	stories, pages := []news.Story{*first.Story}, []store.ArticlePart{first}
	seen := map[string]bool{t.URL: true}
	missing := ""
	for at := t; missing == ""; {
		next, why := a.URLs.NextPart(at, stories[len(stories)-1].NextPage)
		number := len(stories) + 1
		if next == "" || seen[next] {
			break
		}
		seen[next] = true
		part, found := partAt(known, next)
		if missing = notThere(part, found, number, next, why); missing != "" {
			break
		}
		story, err := read(part)
		if err != nil {
			return news.Story{}, err
		}
		if story == nil && part.State == schedule.Done {
			break // another article
		}
		if story == nil {
			missing = fmt.Sprintf("part %d, %s: %s", number, next, part.Reason)
			break
		}
		stories, pages = append(stories, *story), append(pages, part)
		at.URL, seen[part.URL] = part.URL, true
		if part.Story == nil { // just become a part, and may have brought others along
			if known, err = a.Store.Parts(ctx, t.URL); err != nil {
				return news.Story{}, err
			}
		}
	}
	return a.whole(stories, pages, missing), nil
}

// notThere returns why a part cannot be read, "" when it can. why is the reason
// for which it is not to be fetched.
func notThere(part store.ArticlePart, found bool, number int, url, why string) string {
	switch {
	case number > clean.MaxParts:
		return fmt.Sprintf("more than %d parts", clean.MaxParts)
	case why != "" && (!found || part.Story == nil): // what was fetched, for a list perhaps, stays
		return fmt.Sprintf("part %d, %s: %s", number, url, why)
	case !found || part.State == schedule.Pending && part.Story == nil:
		missing := fmt.Sprintf("part %d, %s, has not been fetched yet", number, url)
		if part.Reason != "" {
			missing += ": " + part.Reason
		}
		return missing
	}
	return ""
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

// whole joins the parts, and notes where each came from.
func (a *Admitter) whole(stories []news.Story, pages []store.ArticlePart, missing string) news.Story {
	story := a.Cleaner.Join(stories, missing)
	for i := range story.Parts {
		story.Parts[i] = news.Part{URL: pages[i].URL, SHA: pages[i].SHA, WARC: archive.Place(pages[i].Archived)}
	}
	if len(story.Parts) > 0 {
		story.Parts[0].WARC = "" // the story's own, which its record has
	}
	return story
}
