package settle

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"winnow/internal/pipeline/admit"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/schedule"
)

// reclean cleans the page of a story once more from the archive, with all that
// is known of it now, and joins it with the later parts of its article. A page
// that is not archived stays as it was. One that holds no story any more, by the
// settings of now, is withdrawn; the error is store.ErrNotFound then.
func (b *batch) reclean(ctx context.Context, d stories.Stored) (stories.Stored, error) {
	s := b.settler
	c := stories.Cleaned{Story: d.Story, Profile: d.Profile}
	own, err := s.ownText(ctx, d)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	t := schedule.Task{Link: schedule.Link{URL: d.PageURL, Source: d.Story.Source, Kind: schedule.Article}}
	if err == nil {
		c.Story, c.Alone, c.Profile, c.Site = own.Story, own.Alone, own.Profile, own.Site
		if c.Story.SinglePage != "" {
			c.Story = s.Admitter.OnOnePage(t, &schedule.Outcome{}, c.Story)
		} else if c.Story.Kind == news.KindStory && c.Story.NextPage != "" {
			if c.Story, c.Alone, c.Revised, err = b.joinAgain(ctx, d, own); err != nil {
				return d, err
			}
		}
		if c.Alone == nil {
			c.Alone = &c.Story
		}
		reason := s.Admitter.Rejection(&c.Story)
		if !s.Admitter.MayKeep(own.Directives) {
			reason = admit.NoIndex
		}
		if reason != "" {
			if reason == admit.NoIndex {
				own.Sketch = nil
			}
			if err := s.Store.Withdraw(ctx, b.lease, d.Story.ID, d.Stamp, reason, d.Crawled.Add(schedule.RevisitSetAside), own.Sketch); err != nil {
				return d, err
			}
			return s.Store.Stories.Get(ctx, d.Story.ID)
		}
	}
	found := s.Admitter.Found(t, c.Story)
	c.Story, c.Prints = found.Story, found.Prints
	if _, err := s.Store.StoryCleaned(ctx, b.lease, &d, c, own.Sketch); err != nil {
		return d, err
	}
	return s.Store.Stories.Get(ctx, d.Story.ID)
}

// ownText returns what the story's page holds by itself, cleaned again from the
// archive. Of the first page of an article in parts it is kept beside;
// store.ErrNotFound of others that are not archived.
func (s *Settler) ownText(ctx context.Context, d stories.Stored) (admit.Page, error) {
	page, err := s.Archive.StoryPage(ctx, d)
	if errors.Is(err, store.ErrNotFound) {
		part, err := s.Store.ArticlePart(ctx, d.PageURL)
		if err != nil || part.Story == nil {
			return admit.Page{}, errors.Join(err, store.ErrNotFound)
		}
		return admit.Page{Story: *part.Story}, nil
	}
	if err != nil {
		return admit.Page{}, err
	}
	return s.Admitter.Read(ctx, page, true)
}

// recleanRejected cleans the pages again that held no story by earlier settings.
func (s *Settler) recleanRejected(ctx context.Context, lease *stories.Lease) (err error) {
	for {
		if *lease, err = s.Store.Stories.RenewSettle(ctx, *lease, s.Now()); err != nil {
			return err
		}
		urls, err := s.Store.RecleanQueue(ctx, batchSize)
		if err != nil || len(urls) == 0 {
			return err
		}
		for _, u := range urls {
			if err := s.reconsider(ctx, *lease, u); err != nil {
				return err
			}
		}
	}
}

// reconsider cleans one page that held no story, or was taken for a section.
func (s *Settler) reconsider(ctx context.Context, lease stories.Lease, u string) error {
	known, err := s.Store.URL(ctx, u)
	var at store.ArchivedPage
	if err == nil {
		at, err = s.Store.ArchivedPage(ctx, u)
	}
	var page *news.Page
	if err == nil {
		page, err = s.Archive.Page(at.Archived)
	}
	// The noindex of a 304 is in a header that no copy has.
	unseen := known.Status == http.StatusNotModified && s.closedByNoIndex(known.Reason)
	section := known.Kind == schedule.Section && known.State == schedule.Done
	if errors.Is(err, store.ErrNotFound) || err == nil && (known.State != schedule.SetAside && !section || unseen) {
		return s.Store.SkipReclean(ctx, lease, u)
	}
	if err != nil {
		return err
	}
	page.URL, page.Source, page.Hint = u, known.Source, known.Hint
	read, err := s.Admitter.Read(ctx, page, true)
	if stage := (*news.StageError)(nil); errors.As(err, &stage) && ctx.Err() == nil {
		return s.Store.SkipReclean(ctx, lease, u)
	}
	if err != nil {
		return err
	}
	t := schedule.Task{Link: known.Link}
	t.Kind = schedule.Article
	if part, err := s.Store.ArticlePart(ctx, u); err == nil && part.Number > 1 {
		t.PartOf, t.Part = part.First, part.Number
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	out := schedule.Outcome{State: schedule.Done, Status: at.Status, At: at.Fetched, BodySHA: known.BodySHA, Archived: &at.Archived}
	if s.Admitter.MayKeep(read.Directives) {
		out.Sketch = read.Sketch
	}
	later := false
	if s.Admitter.MayKeep(read.Directives) {
		if read.Story, later, err = s.Admitter.Parts(ctx, t, &out, read.Story); err != nil {
			return err
		}
	}
	if reason := s.Admitter.Rejection(&read.Story); later {
		out.State = schedule.Done
	} else if reason != "" {
		out.State, out.Reason, out.Due = schedule.SetAside, reason, known.Due
	} else {
		s.Admitter.Classify(t, &out, read)
	}
	if section {
		if out.Kind = schedule.Article; out.Story == nil {
			out.Kind = schedule.Section
		}
	}
	return s.Store.Recleaned(ctx, lease, t, out)
}

// closedByNoIndex reports whether a page was rejected because it said noindex,
// and still is.
func (s *Settler) closedByNoIndex(reason string) bool {
	return strings.HasPrefix(reason, admit.NoIndex) && !s.Admitter.IgnoreNoIndex
}
