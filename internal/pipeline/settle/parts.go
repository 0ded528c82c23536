package settle

import (
	"cmp"
	"context"
	"errors"

	"winnow/internal/pipeline/admit"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// joinAgain joins the story of an article once more, from the archive as far as
// its pages are there, and adds parts that were read as separate pages. alone is
// what the pages make alone, nil where that is the story. revised reports that a
// later part is another than the story was joined from.
func (b *batch) joinAgain(ctx context.Context, d stories.Stored, first admit.Page) (story news.Story, alone *news.Story, revised bool, err error) {
	s := b.settler
	page := store.ArticlePart{URL: d.PageURL, Number: 1, Story: &first.Story}
	if own, err := s.Store.ArticlePart(ctx, d.PageURL); err == nil {
		page.SHA = own.SHA
	} else if !errors.Is(err, store.ErrNotFound) {
		return story, nil, false, err
	}
	t := schedule.Task{Link: schedule.Link{URL: d.PageURL, Source: d.Story.Source, Kind: schedule.Article}}
	parts := map[string]admit.Page{}
	story, err = s.Admitter.Join(ctx, t, page, func(part store.ArticlePart) (*news.Story, error) {
		read, err := b.recleanPart(ctx, &first.Story, part)
		if read == nil || err != nil {
			return nil, err
		}
		parts[part.URL] = *read
		return &read.Story, nil
	})
	if err == nil && first.Alone != nil {
		page.Story = first.Alone
		var joined news.Story
		joined, err = s.Admitter.Join(ctx, t, page, func(part store.ArticlePart) (*news.Story, error) {
			read, ok := parts[part.URL]
			if !ok {
				return nil, nil
			}
			return cmp.Or(read.Alone, &read.Story), nil
		})
		alone = &joined
	}
	before := map[string]string{}
	for _, part := range d.Story.Parts[min(1, len(d.Story.Parts)):] {
		before[part.URL] = part.SHA
	}
	for _, part := range story.Parts {
		was := before[part.URL]
		revised = revised || was != "" && was != part.SHA
	}
	return story, alone, revised, err
}

// recleanPart cleans a later part once more. One that was read before it was
// known as a part becomes one. It returns nil for a page that is none, or may
// not be kept.
func (b *batch) recleanPart(ctx context.Context, first *news.Story, part store.ArticlePart) (*admit.Page, error) {
	s := b.settler
	// Perhaps noindex was in the header of a 304, of which there is no copy.
	if part.State == schedule.SetAside && s.closedByNoIndex(part.Reason) {
		return nil, nil
	}
	place := part.Archived
	if part.Story == nil {
		latest, err := s.Store.ArchivedPage(ctx, part.URL)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		place = latest.Archived
	}
	page, err := s.Archive.Page(place)
	if errors.Is(err, store.ErrNotFound) {
		if part.Story == nil {
			return nil, nil
		}
		return &admit.Page{Story: *part.Story}, nil
	}
	if err != nil {
		return nil, err
	}
	known, err := s.Store.URL(ctx, part.URL)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	page.URL, page.Source, page.Hint = part.URL, known.Source, known.Hint
	read, err := s.Admitter.Read(ctx, page, true)
	if err != nil || !s.Admitter.MayKeep(read.Directives) {
		return nil, err
	}
	if part.Story != nil {
		return &read, nil
	}
	if !admit.IsPart(first, &read.Story) {
		return nil, nil
	}
	out := schedule.Outcome{Part: &schedule.PartPage{Story: read.Story, First: part.First, Number: part.Number}}
	s.Admitter.LeadOn(schedule.Task{Link: known.Link}, &out, read.Story.NextPage)
	return &read, s.Store.PutPart(ctx, b.lease, part.URL, *out.Part, known.BodySHA, place, out.Links)
}
