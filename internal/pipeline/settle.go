package pipeline

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output"
	"winnow/schedule"
)

// settleBatch is how many changed stories are looked at between two
// transactions: it bounds memory.
const settleBatch = 100

// maxGroup bounds a group of copies that is judged at once. Groups of news
// copies have tens of members; thousands mean that something else recurs.
const maxGroup = 5000

// maxShown is how many copies a settlement names.
const maxShown = 20

// Settled counts what a settlement did.
type Settled struct {
	Judged  int // stories whose verdict was looked at
	Kept    int
	Dropped int
	Copies  []Dropped // the first maxShown copies dropped by it
	Wrote   int       // files written
	Removed int       // files removed
}

// Dropped is one copy, and the story that was kept instead.
type Dropped struct {
	ID, URL, Title string
	news.Verdict
	KeptURL string
}

// Settle makes final what depends on other stories: house text is told from the
// stories, each changed story is compared with those like it, each group of copies that a change touched is
// judged again, and the files follow. The outcome is a function of the set of
// stories and the settings. One process settles at a time; Settle waits for its
// turn.
func (p *Pipeline) Settle(ctx context.Context) (Settled, error) {
	return p.settle(ctx, turn{wait: true, parts: true})
}

// turn says how to settle.
type turn struct {
	wait  bool // for another process that settles; else it is left to that one
	parts bool // the JSON Lines are brought up to date too: a part is written whole, however few of its stories changed
}

func (p *Pipeline) settle(ctx context.Context, turn turn) (s Settled, err error) {
	for {
		err := p.settleUnderLease(ctx, turn, &s)
		if !errors.Is(err, schedule.ErrStale) {
			return s, err
		}
		// This process was away for longer than the lease lasts, and another
		// settles.
		if !turn.wait {
			return s, nil
		}
	}
}

func (p *Pipeline) settleUnderLease(ctx context.Context, turn turn, s *Settled) (err error) {
	lease, err := p.lease(ctx, turn.wait)
	if err != nil || lease == nil {
		return err
	}
	defer func() { err = errors.Join(err, p.giveBack(ctx, lease)) }()
	if p.Options.ForgetGone {
		if err := p.withdrawGone(ctx, lease); err != nil {
			return err
		}
	}
	if err := p.noteSettings(ctx, *lease); err != nil {
		return err
	}
	if err := p.cleanSetAside(ctx, lease); err != nil {
		return err
	}
	for {
		if *lease, err = p.Store.RenewSettle(ctx, *lease, p.Now()); err != nil {
			return err
		}
		dirty, err := p.Store.Dirty(ctx, "", settleBatch)
		if err != nil {
			return err
		}
		if len(dirty) == 0 {
			stale, err := p.lookAgain(ctx, *lease)
			if err != nil {
				return err
			}
			if !stale {
				break
			}
			continue
		}
		if _, err := p.Store.MergePrints(ctx, *lease); err != nil {
			return err
		}
		if err := p.settleSome(ctx, *lease, dirty, s); err != nil {
			return err
		}
		if p.Settling != nil {
			p.Settling(s.Judged)
		}
	}
	if _, err := p.Folder.WriteCard(output.Card{Formats: p.formats()}); err != nil {
		return err
	}
	return p.flush(ctx, lease, turn.parts, s)
}

// noteSettings has stories made again whose settings, or the versions of the
// stages, are others than those they were made with.
func (p *Pipeline) noteSettings(ctx context.Context, lease store.Lease) error {
	for _, made := range []struct {
		name, with string
		reclean    bool
	}{{"clean", p.Options.CleanSettings, true}, {"judge", p.Options.JudgeSettings, false}} {
		if made.with == "" {
			continue
		}
		changed, err := p.Store.MadeWith(ctx, lease, made.name, made.with, made.reclean)
		if err != nil {
			return err
		}
		if changed {
			p.Log.Info("the settings have changed: every story is made again", "stage", made.name)
		}
	}
	if p.Options.CleanSettings != "" {
		sources, err := p.Store.CleanedBy(ctx, lease, p.Options.SourceRules)
		if err != nil {
			return err
		}
		if len(sources) > 0 {
			p.Log.Info("the rules of sources have changed: their stories are made again", "sources", sources)
		}
	}
	if p.Options.JudgeSettings == "" {
		return nil
	}
	changed, err := p.Store.RankedBy(ctx, lease, p.configured())
	if changed {
		p.Log.Info("sources with stories are in another order: every story is judged again")
	}
	return err
}

func (p *Pipeline) formats() []string {
	if p.Options.JSONL {
		return []string{"jsonl"}
	}
	return nil
}

// withdrawGone takes out the stories whose pages are gone.
func (p *Pipeline) withdrawGone(ctx context.Context, lease *store.Lease) error {
	for {
		n, err := p.Store.WithdrawGone(ctx, *lease, settleBatch)
		if err != nil || n == 0 {
			return err
		}
		if *lease, err = p.Store.RenewSettle(ctx, *lease, p.Now()); err != nil {
			return err
		}
	}
}

// lease takes the right to settle; nil when another process has it and wait is
// false.
func (p *Pipeline) lease(ctx context.Context, wait bool) (*store.Lease, error) {
	for {
		lease, err := p.Store.LeaseSettle(ctx, p.Now())
		if err == nil {
			return &lease, nil
		}
		var busy schedule.Busy
		if !errors.As(err, &busy) {
			return nil, err
		}
		if !wait {
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// giveBack gives the lease back, also when the run was stopped. That it was
// lost is no fault: another process goes on.
func (p *Pipeline) giveBack(ctx context.Context, lease *store.Lease) error {
	err := p.Store.ReleaseSettle(context.WithoutCancel(ctx), *lease)
	if errors.Is(err, schedule.ErrStale) {
		return nil
	}
	return err
}

func (s *Settled) add(d store.Stored, v news.Verdict, byID map[string]store.Stored) {
	s.Judged++
	if v.DuplicateOf == "" {
		s.Kept++
		return
	}
	s.Dropped++
	if len(s.Copies) == maxShown {
		return
	}
	s.Copies = append(s.Copies, Dropped{ID: v.ID, URL: d.Story.URL, Title: d.Story.Title, Verdict: v, KeptURL: byID[v.DuplicateOf].Story.URL})
}

// cleanAgain cleans a page once more from the archive, with all that is known
// of it now, and joins it with the later parts of its article. A page that is not
// archived stays as it was. One that holds no story any more, by the settings of
// now, is set aside; the error is store.ErrNotFound then.
func (p *Pipeline) cleanAgain(ctx context.Context, lease store.Lease, d store.Stored) (store.Stored, error) {
	story, revised := d.Read, false
	own, asks, err := p.ownText(ctx, d)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	t := schedule.Task{Link: schedule.Link{URL: d.PageURL, Source: d.Story.Source, Kind: schedule.Article}}
	if err == nil {
		if story = own; own.SinglePage != "" {
			story = p.onOnePage(t, &schedule.Outcome{}, own)
		} else if own.Kind == news.KindStory && own.NextPage != "" {
			if story, revised, err = p.joinAgain(ctx, lease, d, own); err != nil {
				return d, err
			}
		}
		reason := p.leftOut(&story)
		if !p.keeps(asks) {
			reason = noIndex
		}
		if reason != "" {
			if err := p.Store.Withdraw(ctx, lease, d.Story.ID, d.Stamp, reason, d.Crawled.Add(schedule.RevisitSetAside)); err != nil {
				return d, err
			}
			return p.Store.Story(ctx, d.Story.ID)
		}
	}
	found := p.found(t, story)
	if _, err := p.Store.ReplaceStory(ctx, lease, d.Story.ID, d.Stamp, found.Story, found.Prints, found.Lines, revised); err != nil {
		return d, err
	}
	return p.Store.Story(ctx, d.Story.ID)
}

// ownText is what the story's page holds by itself, cleaned again from the
// archive. Of the first page of an article in parts it is kept beside;
// store.ErrNotFound of others that are not archived.
func (p *Pipeline) ownText(ctx context.Context, d store.Stored) (news.Story, crawler.Directives, error) {
	page, err := p.archived(ctx, d)
	if errors.Is(err, store.ErrNotFound) {
		part, err := p.Store.ArticlePart(ctx, d.PageURL)
		if err != nil || part.Story == nil {
			return news.Story{}, crawler.Directives{}, errors.Join(err, store.ErrNotFound)
		}
		return *part.Story, crawler.Directives{}, nil
	}
	if err != nil {
		return news.Story{}, crawler.Directives{}, err
	}
	return p.read(ctx, page)
}

// cleanSetAside cleans the pages again that held no story by earlier settings.
func (p *Pipeline) cleanSetAside(ctx context.Context, lease *store.Lease) (err error) {
	for {
		if *lease, err = p.Store.RenewSettle(ctx, *lease, p.Now()); err != nil {
			return err
		}
		urls, err := p.Store.Again(ctx, settleBatch)
		if err != nil || len(urls) == 0 {
			return err
		}
		for _, u := range urls {
			if err := p.reconsider(ctx, *lease, u); err != nil {
				return err
			}
		}
	}
}

// reconsider cleans one page that held no story.
func (p *Pipeline) reconsider(ctx context.Context, lease store.Lease, u string) error {
	known, err := p.Store.URL(ctx, u)
	var at store.ArchivedPage
	if err == nil {
		at, err = p.Store.ArchivedPage(ctx, u)
	}
	var page *news.Page
	if err == nil {
		page, err = p.readArchive(at.Archived)
	}
	unseen := known.Status == http.StatusNotModified && strings.HasPrefix(known.Reason, noIndex) && !p.Options.Robots.IgnoreNoIndex // the page itself does not say it
	if errors.Is(err, store.ErrNotFound) || err == nil && (known.State != schedule.SetAside || unseen) {
		return p.Store.AgainSkip(ctx, lease, u)
	}
	if err != nil {
		return err
	}
	page.URL, page.Source, page.Hint = u, known.Source, known.Hint
	story, asks, err := p.read(ctx, page)
	if err != nil {
		return p.Store.AgainSkip(ctx, lease, u)
	}
	t := schedule.Task{Link: known.Link}
	if part, err := p.Store.ArticlePart(ctx, u); err == nil && part.Number > 1 {
		t.PartOf, t.Part = part.First, part.Number
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	out := schedule.Outcome{State: schedule.Done, Status: at.Status, At: at.Fetched, BodySHA: known.BodySHA, Archived: &at.Archived}
	done := false
	if p.keeps(asks) {
		if story, done, err = p.asParts(ctx, t, &out, story); err != nil {
			return err
		}
	}
	if reason := p.leftOut(&story); done {
		out.State = schedule.Done
	} else if reason != "" {
		out.State, out.Reason, out.Due = schedule.SetAside, reason, known.Due
	} else {
		p.judge(t, &out, story, nil, asks)
	}
	return p.Store.AgainDone(ctx, lease, t, out)
}
