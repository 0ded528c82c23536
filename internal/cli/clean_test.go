package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/internal/cli/bysource"
	"winnow/internal/cli/show"
	"winnow/internal/testweb"
)

// brokenPipe is a writer whose reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// asJSON returns the flags of winnow clean --json.
func asJSON() cleanFlags {
	return cleanFlags{Options: bysource.Options{Group: bysource.GroupFolder}, json: true}
}

func TestABrokenPipeEndsCleaning(t *testing.T) {
	e := &env{stdin: strings.NewReader(""), stdout: brokenPipe{}, stderr: show.NewScreen(io.Discard), quiet: true}
	err := e.clean(context.Background(), asJSON(), []string{savePages(t)})
	if err == nil {
		t.Error("nobody read the output, and nothing was said")
	}
}

func TestCleaningStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: show.NewScreen(io.Discard), quiet: true}
	if err := e.clean(ctx, asJSON(), []string{savePages(t)}); err == nil {
		t.Error("a stopped run says that all is done")
	}
}

// savePages writes the stories of the test web as pages into a folder.
func savePages(t testing.TB) string {
	t.Helper()
	web, err := testweb.Start(testweb.Options{Day: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer web.Close()
	dir := t.TempDir()
	for i, s := range web.Truth() {
		page := "<html><head><title>" + s.Title + "</title></head><body><article><h1>" + s.Title + "</h1><p>" +
			strings.ReplaceAll(s.Text, "\n\n", "</p><p>") + "</p></article></body></html>"
		name := filepath.Join(dir, string(rune('a'+i%26))+s.Site+filepath.Base(s.URL)+".html")
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func BenchmarkCleanFolder(b *testing.B) {
	dir := savePages(b)
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: show.NewScreen(io.Discard), quiet: true}
	for b.Loop() {
		if err := e.clean(context.Background(), asJSON(), []string{dir}); err != nil {
			b.Fatal(err)
		}
	}
}
