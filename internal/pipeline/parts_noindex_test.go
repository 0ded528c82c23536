package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/importfiles"
)

// TestLaterPartThatMayBeKeptNoLonger: the text of a part that says noindex goes
// from the story, is not brought back from the archive, and returns with it.
func TestLaterPartThatMayBeKeptNoLonger(t *testing.T) {
	for _, archive := range []bool{true, false} {
		t.Run(fmt.Sprint("archived: ", archive), func(t *testing.T) {
			site := newPaper(t, map[string]string{"/": list("/ice"), "/ice": icePage(1, "/ice?page=2"), "/ice?page=2": icePage(2, "")})
			p := newPipeline(t, site.web)
			p.Archive.Policy.None = !archive
			start, later := time.Now().UTC(), time.Duration(0)
			p.Now = func() time.Time { return start.Add(later) }
			p.Settler.Options.CleanSettings = "some"
			theIce(t, refreshed(t, p, true), iceWhole(iceText[0], iceText[1]))

			site.set("/ice?page=2", icePage(2, "", `<meta name="robots" content="noindex">`))
			later += 24 * time.Hour
			without := theIce(t, refreshed(t, p, true), iceWhole(iceText[0]))
			if !strings.Contains(without.Story.Missing, admit.NoIndex) {
				t.Errorf("missing: %q", without.Story.Missing)
			}
			p.Settler.Options.CleanSettings = "others" // all is read from the archive again
			later += 24 * time.Hour
			theIce(t, refreshed(t, p, true), iceWhole(iceText[0]))

			site.set("/ice?page=2", icePage(2, ""))
			later += 40 * 24 * time.Hour
			theIce(t, refreshed(t, p, true), iceWhole(iceText[0], iceText[1]))
		})
	}
}

// TestImportedPartThatMayBeKeptNoLonger: the same for a part that is read from
// a file and is too short to be a story by itself.
func TestImportedPartThatMayBeKeptNoLonger(t *testing.T) {
	p := newPipeline(t)
	importPart := func(head string, at time.Time) {
		t.Helper()
		dir := t.TempDir()
		short := strings.Replace(icePage(2, "", head), iceText[1], "The wolves came close and went back.", 1)
		for name, page := range map[string]string{"/ice": icePage(1, "/ice?page=2"), "/ice?page=2": short} {
			page = strings.Replace(page, "<title>", `<meta property="og:url" content="https://press.example`+name+`"><title>`, 1)
			path := filepath.Join(dir, strings.Trim(strings.ReplaceAll(name, "?", "-"), "/")+".html")
			if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Import(t.Context(), dir, func(s importfiles.Skipped) { t.Error(s) }); err != nil {
			t.Fatal(err)
		}
	}
	importPart("", time.Now().Add(-48*time.Hour))
	theIce(t, allStories(t, p), iceWhole(iceText[0], "The wolves came close and went back."))
	importPart(`<meta name="robots" content="noindex">`, time.Now().Add(-24*time.Hour))
	theIce(t, allStories(t, p), iceWhole(iceText[0]))
}
