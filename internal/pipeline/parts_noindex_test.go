package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winnow/internal/pipeline/admit"
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
