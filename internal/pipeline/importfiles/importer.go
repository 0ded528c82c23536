// Package importfiles imports pages that were fetched already: WARC files of any
// tool and saved HTML pages. They go through the same rooms as fetched ones:
// archived, cleaned, compared and written, as if they had been fetched when the
// record says. Nothing is asked of the network, and links are not followed.
//
// importer.go has the walk of a page, captures.go reads files and records,
// saved.go saved pages. Start with [Importer.Import].
package importfiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/settle"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/news"
	"winnow/schedule"
)

// RunName names the runs that import pages from files.
const RunName = "files"

// Options are the settings of an Importer.
type Options struct {
	Workers int           // pages cleaned at a time; 0 means 1, and more than GOMAXPROCS are not used
	MaxBody int64         // bytes of a page; 0 means 64 MiB
	MaxTime time.Duration // after it no more is read, and what came is settled; 0 means no limit
}

// Importer imports pages. All fields but Watch are needed.
type Importer struct {
	Options  Options
	Store    *store.Store
	URLs     *urlpolicy.Policy
	Admitter *admit.Admitter
	Archive  *archive.Archive
	Settler  *settle.Settler
	Now      func() time.Time
	Log      *slog.Logger
	Watch    func(schedule.Task, schedule.Outcome) // is called with each page that was imported; calls do not overlap
}

// Result counts what was imported.
type Result struct {
	Files    int // looked into
	Pages    int // imported
	Stories  int // of them hold a story
	Rejected int // of them hold none
	Known    int // skipped: imported before, or older than what is known of their URL
	NoPage   int // records without an HTML page: redirects, errors, pictures
	Unread   int // records and saved pages that could not be used
	Damaged  int // of them damaged records, and saved pages: what was to be imported and failed
	Broken   int // files that could not be read to their end
	Settled  settle.Result

	OutOfTime bool // MaxTime has stopped it before the end of the files
}

// Skipped is a page that was left out, or a file that could not be read.
type Skipped struct {
	File   string
	Offset int64  // of the record, in bytes; -1 for a saved page, or the file as a whole
	URL    string // "" when it is not known
	Err    error
}

// String is the place and the error, for people.
func (s Skipped) String() string {
	place := s.File
	if s.Offset >= 0 {
		place += fmt.Sprintf(": record at byte %d", s.Offset)
	}
	if s.URL != "" {
		place += ": " + s.URL
	}
	return fmt.Sprintf("%s: %v", place, s.Err)
}

// Import imports the pages of WARC files and of saved HTML files: those of a
// file, or of a folder with all below it. A page counts as fetched when its
// record says, a saved page when its file was written.
//
// What was imported before is skipped, by URL and SHA-256 of the body, and so is
// what is older than the page that is known of a URL: an import that was
// interrupted and is started again continues. skipped is called with each record
// that cannot be used, in the order of the files; the import goes on.
func (m *Importer) Import(ctx context.Context, path string, skipped func(Skipped)) (r Result, err error) {
	var until time.Time
	if m.Options.MaxTime > 0 {
		until = m.Now().Add(m.Options.MaxTime)
	}
	if err := m.Settler.Flush(ctx); err != nil {
		return r, err
	}
	run, err := m.Store.BeginRun(ctx, store.RunSpec{Source: RunName, Listed: true}, m.Now())
	if err != nil {
		return r, err
	}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stopSettling := m.Settler.During(working, stop)
	one := job{importer: m, run: run, until: until, skipped: skipped, result: &r}
	err = one.work(working, path)
	stopSettling()
	if r.OutOfTime = errors.Is(err, schedule.ErrOutOfTime); r.OutOfTime {
		err = nil
	}
	if cause := context.Cause(working); err != nil && cause != nil {
		err = cause
	}
	if err != nil {
		return r, err
	}
	if r.Settled, err = m.Settler.Settle(ctx); err != nil {
		return r, err
	}
	if err := m.Archive.Prune(ctx); err != nil {
		return r, err
	}
	note := ""
	if r.OutOfTime {
		note = schedule.OutOfTimeNote(m.Options.MaxTime)
	}
	return r, m.Store.EndRun(ctx, run.ID, m.Now(), note)
}

// job is one call of Import.
type job struct {
	importer *Importer
	run      schedule.Run
	until    time.Time // from then on no more is read; zero never comes
	skipped  func(Skipped)
	result   *Result
}

// item is one page on its way in.
type item struct {
	capture
	sha    string
	task   schedule.Task
	out    schedule.Outcome
	known  bool
	failed error         // of the state: the run cannot go on
	ready  chan struct{} // closed when out is complete
}

// work reads, cleans and writes side by side: pages are cleaned by several
// goroutines and written in the order of the files, so that the outcome does
// not depend on who was faster. As many pages are in memory as there are
// cleaners, and as many again. The error is schedule.ErrOutOfTime when the time
// has ended it.
func (j *job) work(ctx context.Context, path string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cleaners := max(1, min(j.importer.Options.Workers, runtime.GOMAXPROCS(0)))
	dirty := make(chan *item)
	ordered := make(chan *item, cleaners)
	var all sync.WaitGroup
	for range cleaners {
		all.Go(func() {
			for one := range dirty {
				j.importer.prepare(context.WithoutCancel(ctx), one)
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
			if written = j.write(context.WithoutCancel(ctx), one); written != nil {
				stop(written)
			}
		}
	})
	files, err := j.importer.captures(ctx, path, func(c capture) error {
		one := &item{capture: c, ready: make(chan struct{})}
		if err := j.begin(ctx, one); err != nil {
			return err
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
	j.result.Files = files
	if written != nil {
		return written
	}
	return err
}

// begin makes the task of a page, and notes whether the page is known.
func (j *job) begin(ctx context.Context, one *item) error {
	m := j.importer
	if !j.until.IsZero() && !m.Now().Before(j.until) {
		return schedule.ErrOutOfTime
	}
	if one.err != nil {
		return nil
	}
	page := one.page
	sum := sha256.Sum256(page.Body)
	one.sha = hex.EncodeToString(sum[:])
	if !m.URLs.Configured(page.Source) {
		page.Source = m.URLs.Owner(page.URL)
	}
	one.task = schedule.Task{Run: j.run.ID, BodySHA: one.sha, Link: schedule.Link{URL: page.URL, Host: crawler.HostOf(page.URL), Source: page.Source,
		Kind: schedule.Article, Depth: 1, Listed: true, Hint: page.Hint, Via: one.via}}
	part, err := m.Store.ArticlePart(ctx, page.URL)
	switch {
	case err == nil && part.Number > 1:
		one.task.PartOf, one.task.Part = part.First, part.Number
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	one.known, err = m.isKnown(ctx, one)
	return err
}

// isKnown reports whether a page brings nothing new: the same body is known for
// its URL, or a later one, or the URL is a list or forgotten.
func (m *Importer) isKnown(ctx context.Context, one *item) (bool, error) {
	u, err := m.Store.URL(ctx, one.task.URL)
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
	s, err := m.Store.Stories.Get(ctx, one.task.URL)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.PageURL == one.task.URL && !s.Crawled.Before(one.page.FetchedAt), err
}

// prepare cleans a page and decides what it becomes. A panic costs this page
// only.
func (m *Importer) prepare(ctx context.Context, one *item) {
	now, page := m.Now(), one.page
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
	read, err := m.Admitter.Read(ctx, page, false)
	if err != nil {
		admit.Reject(one.task, &one.out, schedule.Final, err.Error())
		return
	}
	one.failed = m.Admitter.Admit(ctx, one.task, &one.out, read)
}

// write archives a page and stores what it came to, or reports why it is
// skipped.
func (j *job) write(ctx context.Context, one *item) error {
	m, r := j.importer, j.result
	switch {
	case errors.Is(one.err, errNoPage):
		r.NoPage++
		return nil
	case one.err != nil && one.whole:
		r.Broken++
	case one.err != nil:
		r.Unread++
		if one.damaged {
			r.Damaged++
		}
	}
	if one.err != nil {
		j.skipped(Skipped{File: one.file, Offset: one.offset, URL: one.url, Err: one.err})
		return nil
	}
	if one.failed != nil {
		return one.failed
	}
	known := one.known
	if !known {
		var err error
		if known, err = m.isKnown(ctx, one); err != nil { // a page before it in the same files
			return err
		}
	}
	if known {
		r.Known++
		return nil
	}
	if one.out.Archived = one.own; one.own == nil && !m.Archive.Policy.None {
		var err error
		if one.out.Archived, err = m.Archive.AddEntry(&one.entry); err != nil {
			return err
		}
	}
	if err := m.Store.Import(ctx, one.task, one.out); err != nil {
		return err
	}
	r.Pages++
	if one.out.Story != nil {
		r.Stories++
	}
	if one.out.State == schedule.SetAside {
		r.Rejected++
	}
	m.report(one.task, one.out)
	return nil
}

// report logs a page that was imported, and calls Watch.
func (m *Importer) report(t schedule.Task, o schedule.Outcome) {
	m.Log.Debug("url", "source", t.Source, "url", t.URL, "kind", t.Kind, "state", o.State, "status", o.Status, "reason", o.Reason)
	if m.Watch != nil {
		m.Watch(t, o)
	}
}
