package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/news/markup"
	"winnow/schedule"
)

// Links are derived from a page when it is fetched, under the settings of that
// moment. When the settings of a source reach further than before, the links of
// known pages are derived again: those of archived pages from the archive,
// without a request; those of all others from one unconditional request, see
// store.Beyond.

// relinkBatch is how many pages are read between two transactions.
const relinkBatch = 50

// reach completes the spec of a run with how far its source reaches. Sources that
// are configured no more count too: the run may take their URLs over.
func (p *Pipeline) reach(spec *store.RunSpec, known []store.Reach) {
	now := p.URLs.Reach(spec.Source)
	spec.Reach = store.Reach{Source: spec.Source, ID: p.URLs.ReachID(spec.Source), Settings: now.Settings()}
	for _, r := range known {
		if r.ID == spec.Reach.ID || r.Source != spec.Source && p.URLs.Configured(r.Source) {
			continue
		}
		if b := now.Beyond(r.Settings); b.Feeds || b.Pages {
			spec.Beyond = append(spec.Beyond, store.Beyond{ID: r.ID, Feeds: b.Feeds, Pages: b.Pages, FromDepth: b.FromDepth})
		}
	}
}

// reachOf returns the reach under which the links of a task's page are derived,
// 0 when they are not.
func (p *Pipeline) reachOf(t schedule.Task) int64 {
	if !t.Follow {
		return 0
	}
	return p.URLs.ReachID(t.Source)
}

// relink derives the links again of the pages of runs that are queued for it. It
// reports whether there were any, and ends early at until.
func (p *Pipeline) relink(ctx context.Context, runs []schedule.Run, until time.Time) (any bool, err error) {
	for _, run := range runs {
		if run.Listed {
			continue
		}
		n := 0
		for {
			if err := context.Cause(ctx); err != nil {
				return any, err
			}
			if !until.IsZero() && !p.Now().Before(until) {
				return any, nil
			}
			pages, err := p.Store.Relinks(ctx, run.Source, relinkBatch)
			if err != nil {
				return any, err
			}
			if len(pages) == 0 {
				break
			}
			if err := p.relinkSome(ctx, pages); err != nil {
				return any, err
			}
			n, any = n+len(pages), true
		}
		if n > 0 {
			p.Log.Info("the source reaches further than when its pages were read: their links are derived again", "source", run.Source, "pages", n)
		}
	}
	return any, nil
}

// relinkSome derives the links of some pages again.
func (p *Pipeline) relinkSome(ctx context.Context, pages []store.Relink) error {
	var done []store.Relinked
	for _, one := range pages {
		u, err := p.Store.URL(ctx, one.URL)
		if err != nil {
			return err
		}
		links, err := p.linksAgain(ctx, u, one.Ask)
		switch {
		case err == nil:
			done = append(done, store.Relinked{Link: u.Link, Reach: p.URLs.ReachID(u.Source), Links: links})
		case errors.Is(err, store.ErrNotFound):
			if err := p.Store.SkipRelink(ctx, u.Link, one.Ask); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return p.Store.PutRelinked(ctx, done...)
}

// linksAgain returns the links of a page under the present settings. The error is
// store.ErrNotFound when the archive does not have the page as it was last read;
// and, for a page that may be requested, when its article lacks a part, which
// takes more than a link.
//
// A panic is a bug of ours or of a library, and costs the links of this page
// only.
func (p *Pipeline) linksAgain(ctx context.Context, u store.URLRecord, mayAsk bool) (links []schedule.Link, err error) {
	defer func() {
		if what := recover(); what != nil {
			p.Log.Error("an archived page broke winnow and is skipped; please report it", "url", u.URL, "panic", what, "stack", string(debug.Stack()))
			links, err = nil, store.ErrNotFound
		}
	}()
	switch u.State {
	case schedule.Done, schedule.SetAside, schedule.Pending: // to be revisited, perhaps
	default:
		return nil, store.ErrNotFound
	}
	if u.Kind != schedule.Article {
		return nil, store.ErrNotFound
	}
	at, err := p.Store.ArchivedPage(ctx, u.URL)
	if err != nil {
		return nil, err
	}
	page, err := p.Archive.Page(at.Archived)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(page.Body); hex.EncodeToString(sum[:]) != u.BodySHA {
		return nil, store.ErrNotFound
	}
	story, err := p.Store.Stories.Get(ctx, u.URL)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	own := story.PageURL == u.URL
	if own && mayAsk && story.Story.Missing != "" {
		return nil, store.ErrNotFound
	}
	tree, _, err := markup.Parse(page.Body, page.ContentType())
	if err != nil {
		return nil, store.ErrNotFound
	}
	found := crawler.LinksOf(tree, u.URL, page.Header, p.Options.UserAgent)
	links = p.URLs.PageLinks(schedule.Task{Link: u.Link}, found)
	if own {
		twins := urlpolicy.Twins(u.URL, found)
		links = slices.DeleteFunc(links, func(l schedule.Link) bool { return slices.Contains(twins, l.URL) })
	}
	return links, nil
}
