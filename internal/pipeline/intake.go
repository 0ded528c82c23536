package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/news"
	"winnow/news/markup"
	"winnow/output/warc"
	"winnow/schedule"
)

// IntakeSource names the runs that take pages in from files.
const IntakeSource = "files"

// Intake counts what was taken in from files.
type Intake struct {
	Files    int // looked into
	Pages    int // taken in
	Stories  int // of them hold a story
	SetAside int // of them hold none
	Known    int // passed over: in already, or older than what is known of their URL
	NoPage   int // records without an HTML page: redirects, errors, pictures
	Unread   int // records and saved pages that could not be used
	Broken   int // files that could not be read to their end
	Settled  Settled
	// OutOfTime says that MaxTime has stopped it before the end of the files.
	OutOfTime bool
}

// Unread is a page that was left out, or a file that could not be read.
type Unread struct {
	File   string
	Offset int64  // of the record, in bytes; -1 for a saved page, or the file as a whole
	URL    string // "" when it is not known
	Err    error
}

func (u Unread) String() string {
	place := u.File
	if u.Offset >= 0 {
		place += fmt.Sprintf(": record at byte %d", u.Offset)
	}
	if u.URL != "" {
		place += ": " + u.URL
	}
	return fmt.Sprintf("%s: %v", place, u.Err)
}

// TakeIn takes the pages of WARC files and of saved HTML files into the corpus:
// those of a file, or of a folder with all below it. They are archived,
// cleaned, compared and written as if they had been fetched when the record
// says (a saved page: when its file was written); nothing is asked of the
// network, and links are not followed.
//
// What is in already is passed over, by URL and SHA-256 of the body, and so is
// what is older than the page that is known of a URL: TakeIn that was
// interrupted and is begun again goes on where it was. left is told of each
// record that cannot be used, in the order of the files; the rest goes on.
func (p *Pipeline) TakeIn(ctx context.Context, path string, left func(Unread)) (in Intake, err error) {
	until := p.until()
	if err := p.Flush(ctx); err != nil {
		return in, err
	}
	run, err := p.Store.BeginRun(ctx, store.RunSpec{Source: IntakeSource, Listed: true}, p.Now())
	if err != nil {
		return in, err
	}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stopSettling := p.settleNowAndThen(working, stop)
	err = p.takeFiles(working, run, path, until, left, &in)
	stopSettling()
	if in.OutOfTime = errors.Is(err, schedule.ErrOutOfTime); in.OutOfTime {
		err = nil
	}
	if cause := context.Cause(working); err != nil && cause != nil {
		err = cause
	}
	if err != nil {
		return in, err
	}
	if in.Settled, err = p.Settle(ctx); err != nil {
		return in, err
	}
	if err := p.prune(ctx); err != nil {
		return in, err
	}
	p.takeTally(run.ID)
	note := ""
	if in.OutOfTime {
		note = fmt.Sprintf("stopped after %s, as max_time says", Short(p.Options.MaxTime))
	}
	return in, p.Store.EndRun(ctx, run.ID, p.Now(), note)
}

// intake is one page on its way in.
type intake struct {
	capture
	sha    string
	task   schedule.Task
	out    schedule.Outcome
	known  bool
	failed error         // of the state: the run cannot go on
	ready  chan struct{} // closed when out is complete
}

// takeFiles reads, cleans and writes side by side: pages are cleaned by several
// goroutines and written in the order of the files, so that the outcome does
// not depend on who was faster. As many pages are in memory as there are
// cleaners, and as many again. From until on no more is read, and the error is
// schedule.ErrOutOfTime.
func (p *Pipeline) takeFiles(ctx context.Context, run schedule.Run, path string, until time.Time, left func(Unread), in *Intake) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cleaners := max(1, min(p.Options.Workers, runtime.GOMAXPROCS(0)))
	dirty := make(chan *intake)
	ordered := make(chan *intake, cleaners)
	var all sync.WaitGroup
	for range cleaners {
		all.Go(func() {
			for one := range dirty {
				p.prepare(context.WithoutCancel(ctx), one)
				close(one.ready)
			}
		})
	}
	var written error
	all.Go(func() {
		for one := range ordered {
			<-one.ready
			if written != nil {
				continue
			}
			if written = p.takeOne(context.WithoutCancel(ctx), one, left, in); written != nil {
				stop(written)
			}
		}
	})
	files, err := p.captures(ctx, path, func(c capture) error {
		if !until.IsZero() && !p.Now().Before(until) {
			return schedule.ErrOutOfTime
		}
		one := &intake{capture: c, ready: make(chan struct{})}
		if c.err == nil {
			var err error
			if one.known, err = p.begin(ctx, run, one); err != nil {
				return err
			}
		}
		select {
		case ordered <- one:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if c.err != nil || one.known {
			close(one.ready)
			return nil
		}
		dirty <- one
		return nil
	})
	close(dirty)
	close(ordered)
	all.Wait()
	in.Files = files
	if written != nil {
		return written
	}
	return err
}

// begin makes the task of a page, and says whether the page is in already.
func (p *Pipeline) begin(ctx context.Context, run schedule.Run, one *intake) (known bool, err error) {
	page := one.page
	one.sha = sha(page.Body)
	source := p.sourceOf(page.URL)
	for _, s := range p.Sources {
		if s.Name == page.Source {
			source = s.Name
		}
	}
	page.Source = source
	one.task = schedule.Task{Run: run.ID, BodySHA: one.sha, Link: schedule.Link{URL: page.URL, Host: crawler.HostOf(page.URL), Source: source,
		Kind: schedule.Article, Depth: 1, Listed: true, Hint: page.Hint, Via: one.via}}
	part, err := p.Store.ArticlePart(ctx, page.URL)
	switch {
	case err == nil && part.Number > 1:
		one.task.PartOf, one.task.Part = part.First, part.Number
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return false, err
	}
	return p.isIn(ctx, one)
}

// isIn says whether a page brings nothing new: the same body is known for its
// URL, or a later one, or the URL is a list or forgotten.
func (p *Pipeline) isIn(ctx context.Context, one *intake) (bool, error) {
	u, err := p.Store.URL(ctx, one.task.URL)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch {
	case u.State == schedule.Forgotten, u.Kind != schedule.Article, u.BodySHA == one.sha:
		return true, nil
	case u.BodySHA != "" && (u.State == schedule.Done || u.State == schedule.SetAside) && !u.Fetched.Before(one.page.FetchedAt):
		return true, nil
	}
	s, err := p.Store.Story(ctx, one.task.URL)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.PageURL == one.task.URL && !s.Crawled.Before(one.page.FetchedAt), err
}

// prepare cleans a page and judges what it holds. A panic costs this page only.
func (p *Pipeline) prepare(ctx context.Context, one *intake) {
	now, page := p.Now(), one.page
	one.out = schedule.Outcome{State: schedule.Done, Status: page.Status, At: now, BodySHA: one.sha}
	one.entry.URL, one.entry.Status = page.URL, page.Status
	if one.entry.Rendered == nil {
		one.entry.Header, one.entry.Body = page.Header, page.Body
	}
	one.entry.FetchedAt, one.entry.Source, one.entry.Hint = page.FetchedAt, page.Source, page.Hint
	defer func() {
		if r := recover(); r != nil {
			one.out = schedule.Outcome{State: schedule.SetAside, Status: page.Status, BodySHA: one.sha, Reason: fmt.Sprintf("panic: %v", r)}
		}
		one.out.Links = nil // nothing is to be fetched for it
		one.out.At = page.FetchedAt
		one.page = &news.Page{URL: page.URL, FetchedAt: page.FetchedAt} // the tree is used up
	}()
	story, asks, err := p.read(ctx, page)
	if err != nil {
		one.out.State, one.out.Reason, one.out.Due = schedule.SetAside, err.Error(), now.Add(schedule.RevisitSetAside)
		return
	}
	var done bool
	if p.keeps(asks) {
		story, done, one.failed = p.asParts(ctx, one.task, &one.out, story)
	}
	if !done && one.failed == nil {
		p.judge(one.task, &one.out, story, nil, asks)
	}
}

// read parses and cleans a page that did not come from the crawler.
func (p *Pipeline) read(ctx context.Context, page *news.Page) (story news.Story, asks crawler.Directives, err error) {
	if tree, charset, err := markup.Parse(page.Body, page.ContentType()); err == nil {
		page.Tree, page.Charset = tree, charset
		asks = crawler.DirectivesOf(tree, page.Header, p.Options.UserAgent)
	}
	story, err = p.Cleaner.Extract(ctx, page)
	return story, asks, err
}

// takeOne archives a page and writes what it came to, or tells why it is left
// out.
func (p *Pipeline) takeOne(ctx context.Context, one *intake, left func(Unread), in *Intake) error {
	switch {
	case errors.Is(one.err, errNoPage):
		in.NoPage++
		return nil
	case one.err != nil:
		if in.Unread++; one.whole {
			in.Unread--
			in.Broken++
		}
		left(Unread{File: one.file, Offset: one.offset, URL: one.url, Err: one.err})
		return nil
	}
	known := one.known
	if one.failed != nil {
		return one.failed
	}
	if !known {
		var err error
		if known, err = p.isIn(ctx, one); err != nil { // a page before it in the same files
			return err
		}
	}
	if known {
		in.Known++
		return nil
	}
	if one.out.Archived = one.own; one.own == nil && !p.Options.Archive.None {
		file, offset, err := p.WARC.Append(&one.entry)
		if err != nil {
			return fmt.Errorf("archive %s: %w", one.task.URL, err)
		}
		one.out.Archived = &schedule.Archived{File: file, Offset: offset}
	}
	if err := p.Store.TakeIn(ctx, one.task, one.out); err != nil {
		return err
	}
	in.Pages++
	if one.out.Story != nil {
		in.Stories++
	}
	if one.out.State == schedule.SetAside {
		in.SetAside++
	}
	p.report(one.task, &one.out)
	return nil
}

// maxBody is the largest body of a page, in bytes.
func (p *Pipeline) maxBody() int64 {
	if p.Options.MaxBody > 0 {
		return p.Options.MaxBody
	}
	return warc.DefaultMaxBlock
}
