// Package archive keeps the pages as they were fetched, in WARC files, and
// finds them again: every other package of the pipeline reads and writes the
// archive through it. The state knows where a page is; the files are those of
// package warc.
//
// [Archive.Add] and [Archive.AddRevisit] write what the crawler brought,
// [Archive.AddText] texts of feeds, [Archive.AddEntry] what an import brought; [Archive.Page] and
// [Archive.StoryPage] read; [Archive.Prune] removes what the policy allows no
// longer, and [Archive.EraseForgotten] the pages of forgotten stories.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
	"winnow/output"
	"winnow/output/disk"
	"winnow/output/warc"
	"winnow/schedule"
)

// Archive is the pages of a corpus as they were fetched. All fields are needed
// but IgnoreNoArchive.
type Archive struct {
	Dir    string      // folder of the WARC files
	Policy warc.Policy // what it may hold; with None pages are not kept at all
	Writer *warc.Writer
	Store  *store.Store
	Now    func() time.Time
	Log    *slog.Logger

	IgnoreNoArchive bool // pages that say noarchive are kept all the same
}

// Keeps reports whether a page with these robots directives may be archived.
func (a *Archive) Keeps(d crawler.Directives) bool { return !d.NoArchive || a.IgnoreNoArchive }

// Add appends a page as it was fetched, and returns where it is. ended is when
// the answer had come whole.
func (a *Archive) Add(t schedule.Task, answer *crawler.Answer, ended time.Time) (*schedule.Archived, error) {
	e := entry(t, answer.Page, answer.Raw, ended)
	if answer.Rendered {
		e.Rendered, e.Header, e.Body = answer.Page.Body, answer.Raw.Header, answer.Raw.Body
	}
	return a.AddEntry(&e)
}

// AddText appends the text that a feed has of a task's story, as a resource record
// under the URL of its page, and returns where it is.
func (a *Archive) AddText(t schedule.Task, text *news.Page, feed string) (*schedule.Archived, error) {
	e := warc.FromPage(text, nil, "")
	e.Via, e.Depth, e.Hops = feed, t.Depth, t.Hops
	return a.AddEntry(&e)
}

// AddEntry appends a record that was made elsewhere, and returns where it is.
func (a *Archive) AddEntry(e *warc.Entry) (*schedule.Archived, error) {
	file, offset, err := a.Writer.Append(e)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", e.URL, err)
	}
	return &schedule.Archived{File: file, Offset: offset}, nil
}

// AddRevisit notes that a page which the archive holds has not changed. It does
// nothing for a page that the archive does not hold.
func (a *Archive) AddRevisit(ctx context.Context, t schedule.Task, answer *crawler.Answer, ended time.Time) error {
	if a.Policy.None {
		return nil
	}
	known, err := a.Store.ArchivedPage(ctx, t.URL)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	of, err := warc.OriginalAt(a.Dir, known.Archived.File, known.Archived.Offset)
	var fault *disk.Fault
	switch {
	case errors.As(err, &fault) && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return nil // pruned, damaged, or from a file: there is nothing to refer to
	}
	page := answer.Page
	if page == nil {
		page = &news.Page{URL: t.URL, Status: answer.Status, Header: answer.Raw.Header, FetchedAt: answer.Raw.At, Source: t.Source}
	}
	e := entry(t, page, answer.Raw, ended)
	if answer.Rendered {
		e.Header, e.Body = answer.Raw.Header, answer.Raw.Body
	}
	if _, err = a.Writer.AppendRevisit(&e, of); err != nil {
		return fmt.Errorf("archive %s: %w", t.URL, err)
	}
	return nil
}

// entry is an answer as a record of the archive.
func entry(t schedule.Task, page *news.Page, raw crawler.Raw, ended time.Time) warc.Entry {
	ip := ""
	if raw.RemoteIP.IsValid() {
		ip = raw.RemoteIP.String()
	}
	e := warc.FromPage(page, raw.RequestHeader, ip)
	e.Depth, e.Hops, e.Took = t.Depth, t.Hops, ended.Sub(raw.At)
	if strings.Contains(t.Via, "://") {
		e.Via = t.Via
	}
	return e
}

// Entry reads a record of the archive. It returns store.ErrNotFound when the
// record is not there any more, or damaged.
func (a *Archive) Entry(place schedule.Archived) (warc.Entry, error) {
	e, err := warc.ReadAt(a.Dir, place.File, place.Offset, 0)
	var bad *warc.BadRecord
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, &bad) {
		return e, store.ErrNotFound
	}
	return e, err
}

// Page reads a page of the archive. It returns store.ErrNotFound as Entry does.
func (a *Archive) Page(place schedule.Archived) (*news.Page, error) {
	e, err := a.Entry(place)
	if err != nil {
		return nil, err
	}
	return e.Page(), nil
}

// StoryPage reads the page of a story, with what feeds say of it, ready to be
// cleaned again. It returns store.ErrNotFound as Entry does.
func (a *Archive) StoryPage(ctx context.Context, d stories.Stored) (*news.Page, error) {
	page, err := a.Page(d.Archived)
	if err != nil {
		return nil, err
	}
	page.Source = d.Story.Source
	known, err := a.Store.ArchivedPage(ctx, d.PageURL)
	page.Hint = known.Hint
	return page, err
}

// Own returns the name of a file that is this archive's own, "" for any other
// file.
func (a *Archive) Own(path string) string {
	dir, err := os.Stat(filepath.Dir(path))
	own, errOwn := os.Stat(a.Dir)
	if err != nil || errOwn != nil || !os.SameFile(dir, own) {
		return ""
	}
	return filepath.Base(path)
}

// Place returns how a record names the place of its page, "" when it is not
// archived.
func Place(at schedule.Archived) string {
	if at.File == "" {
		return ""
	}
	return output.PlaceInArchive(at.File, at.Offset)
}

// Erased is what [Archive.EraseForgotten] did.
type Erased struct {
	Records int      // pages, and what belongs to them
	Files   int      // that had any
	Busy    []string // files that are being written, in which pages may be left until the next call
}

// EraseForgotten takes the pages of forgotten stories out of the archive. What it
// does not get to, because a file is being written or winnow is killed, is left to
// the next call, which [Archive.Prune] makes too.
func (a *Archive) EraseForgotten(ctx context.Context) (Erased, error) {
	var done Erased
	pages, err := a.Store.ForgottenPages(ctx)
	if err != nil || len(pages) == 0 {
		return done, err
	}
	if err := a.Writer.Rotate(); err != nil { // its own file would be busy
		return done, err
	}
	files, err := warc.Files(a.Dir)
	if err != nil {
		return done, err
	}
	what := warc.Erasure{URLs: map[string]bool{}}
	anywhere, places := false, map[string]map[int64]bool{}
	for _, p := range pages {
		what.URLs[p.URL] = true
		if p.Archived.File == "" {
			anywhere = true
			continue
		}
		if places[p.Archived.File] == nil {
			places[p.Archived.File] = map[int64]bool{}
		}
		if p.Archived.Offset > 0 {
			places[p.Archived.File][p.Archived.Offset] = true
		}
	}
	for _, file := range files {
		if places[file] == nil && !anywhere {
			continue
		}
		what.Offsets = places[file]
		n, err := warc.Erase(ctx, a.Dir, file, what, a.Now())
		switch {
		case errors.Is(err, warc.ErrBusy):
			done.Busy = append(done.Busy, file)
		case errors.Is(err, fs.ErrNotExist): // pruned meanwhile
		case err != nil:
			return done, err
		case n > 0:
			done.Records += n
			done.Files++
		}
	}
	if done.Records > 0 {
		a.Log.Info("forgotten pages were erased from the archive", "records", done.Records, "files", done.Files)
	}
	return done, a.Store.PagesErased(ctx, pages, done.Busy)
}

// Prune erases what was forgotten, removes what the policy allows no longer, and
// tells the state.
func (a *Archive) Prune(ctx context.Context) error {
	if _, err := a.EraseForgotten(ctx); err != nil {
		return err
	}
	if a.Policy == (warc.Policy{}) {
		return nil
	}
	if err := a.Writer.Rotate(); err != nil {
		return err
	}
	pruned, err := warc.Prune(a.Dir, a.Policy, a.Now())
	if len(pruned.Files) > 0 {
		a.Log.Info("the archive was pruned", "files", len(pruned.Files), "bytes", pruned.Bytes)
		err = errors.Join(err, a.Store.ArchiveRemoved(ctx, pruned.Files))
	}
	return err
}
