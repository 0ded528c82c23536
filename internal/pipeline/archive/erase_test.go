package archive_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/archive"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output/warc"
	"winnow/schedule"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// process is one process with the state and the archive open.
type process struct {
	*archive.Archive
	t   *testing.T
	run string
}

func start(t *testing.T, dir string) *process {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(dir, "winnow.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	w, err := warc.NewWriter(warc.Options{Dir: filepath.Join(dir, "warc"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	run, err := s.BeginRun(t.Context(), store.RunSpec{Source: "list", Listed: true}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return &process{&archive.Archive{Dir: filepath.Join(dir, "warc"), Writer: w, Store: s, Now: now, Log: slog.New(slog.DiscardHandler)}, t, run.ID}
}

// page archives a page and stores its story.
func (p *process) page(url string) {
	p.t.Helper()
	task := schedule.Task{Link: schedule.Link{URL: url, Host: "gazette.example", Source: "gazette", Kind: schedule.Article}, Run: p.run}
	answer := &crawler.Answer{Page: &news.Page{URL: url, Status: 200, Header: http.Header{}, Body: []byte("text of " + url), FetchedAt: noon}}
	place, err := p.Add(task, answer, noon)
	if err != nil {
		p.t.Fatal(err)
	}
	o := schedule.Outcome{State: schedule.Done, Status: 200, At: noon, Archived: place, Story: &schedule.Found{Aliases: []string{url},
		Story: news.Story{URL: url, Kind: news.KindStory, Blocks: []news.Block{{Kind: news.Paragraph, Text: "text of " + url}}}}}
	if err := p.Store.Import(p.t.Context(), task, o); err != nil {
		p.t.Fatal(err)
	}
}

// revisited archives that a page has not changed.
func (p *process) revisited(url string) {
	p.t.Helper()
	task := schedule.Task{Link: schedule.Link{URL: url}}
	if err := p.AddRevisit(p.t.Context(), task, &crawler.Answer{Status: 304, Raw: crawler.Raw{At: noon}}, noon); err != nil {
		p.t.Fatal(err)
	}
}

// erase returns the files that were busy.
func (p *process) erase(records int) []string {
	p.t.Helper()
	done, err := p.EraseForgotten(p.t.Context())
	if err != nil || done.Records != records {
		p.t.Errorf("erased %d records, want %d (%v)", done.Records, records, err)
	}
	return done.Busy
}

// targets returns the URLs that the records of the archive are of, sorted.
func (p *process) targets() []string {
	p.t.Helper()
	var all []string
	files, err := warc.Files(p.Dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, file := range files {
		all = append(all, targetsOf(p.t, filepath.Join(p.Dir, file))...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestForgottenPagesAreErased: two processes write to the archive, in one of whose
// files the page of a forgotten story is, and in the other's a revisit of it.
func TestForgottenPagesAreErased(t *testing.T) {
	const gone, stays = "https://gazette.example/gone", "https://gazette.example/stays"
	ctx, dir := t.Context(), t.TempDir()
	one, other := start(t, dir), start(t, dir)
	one.page(stays)
	one.page(gone)
	other.revisited(gone)
	other.revisited(stays)
	if _, err := one.Store.Forget(ctx, gone, noon); err != nil {
		t.Fatal(err)
	}
	busy := one.erase(2) // the page, and the metadata of its fetch
	if len(busy) != 1 {
		t.Fatalf("busy: %q", busy)
	}
	if again := one.erase(0); !slices.Equal(again, busy) {
		t.Errorf("busy: %q, then %q", busy, again)
	}
	if got := one.targets(); !slices.Equal(got, []string{gone, stays}) {
		t.Errorf("while the other writes, records of %q are there", got)
	}
	// A process that is killed before it has told the state erases once more.
	pages, err := one.Store.ForgottenPages(ctx)
	if err != nil || len(pages) != 1 || pages[0].Archived.File != busy[0] {
		t.Fatalf("left: %v, %v", pages, err)
	}
	if err := other.Writer.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := warc.Erase(ctx, one.Dir, busy[0], warc.Erasure{URLs: map[string]bool{gone: true}}, noon); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := one.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	if got := one.targets(); !slices.Equal(got, []string{stays}) {
		t.Errorf("records of %q are left", got)
	}
	if pages, err := one.Store.ForgottenPages(ctx); err != nil || len(pages) > 0 {
		t.Errorf("left: %v, %v", pages, err)
	}
	kept, err := one.Store.ArchivedPage(ctx, stays)
	if err != nil {
		t.Fatal(err)
	}
	if page, err := one.Page(kept.Archived); err != nil || string(page.Body) != "text of "+stays {
		t.Errorf("the other page: %v", err)
	}
}

// targetsOf returns what the records of a file are of.
func targetsOf(t *testing.T, path string) (urls []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := warc.NewReader(f, 0)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return urls
		}
		if err != nil {
			t.Fatal(err)
		}
		if url := rec.Fields.Value("WARC-Target-URI"); url != "" {
			urls = append(urls, url)
		}
	}
}
