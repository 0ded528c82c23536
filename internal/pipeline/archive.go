package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"winnow/crawler"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output/disk"
	"winnow/output/warc"
	"winnow/schedule"
)

// entry is an answer as the archive has it.
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

func (p *Pipeline) archive(t schedule.Task, a *crawler.Answer, ended time.Time) (*schedule.Archived, error) {
	e := entry(t, a.Page, a.Raw, ended)
	if a.Rendered {
		e.Rendered, e.Header, e.Body = a.Page.Body, a.Raw.Header, a.Raw.Body
	}
	file, offset, err := p.WARC.Append(&e)
	if err != nil {
		return nil, err
	}
	return &schedule.Archived{File: file, Offset: offset}, nil
}

// archiveRevisit notes that a page which the archive holds has not changed.
func (p *Pipeline) archiveRevisit(ctx context.Context, t schedule.Task, a *crawler.Answer, ended time.Time) error {
	if p.Options.Archive.None {
		return nil
	}
	known, err := p.Store.ArchivedPage(ctx, t.URL)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	of, err := warc.OriginalAt(p.Options.ArchiveDir, known.Archived.File, known.Archived.Offset)
	var fault *disk.Fault
	switch {
	case errors.As(err, &fault) && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return nil // pruned, damaged, or from a file: there is nothing to refer to
	}
	page := a.Page
	if page == nil {
		page = &news.Page{URL: t.URL, Status: a.Status, Header: a.Raw.Header, FetchedAt: a.Raw.At, Source: t.Source}
	}
	e := entry(t, page, a.Raw, ended)
	if a.Rendered {
		e.Header, e.Body = a.Raw.Header, a.Raw.Body
	}
	if _, err = p.WARC.AppendRevisit(&e, of); err != nil {
		return fmt.Errorf("archive %s: %w", t.URL, err)
	}
	return nil
}
