package endtoend

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestUpgradeJudgesAgain builds a winnow whose list of roundup titles is empty, and
// gives it a corpus in which a story and a roundup that holds it are both kept: by
// the titles they are distinct, without them one is a copy of the other.
func TestUpgradeJudgesAgain(t *testing.T) {
	slow(t)
	pair, err := txtar.ParseFile("../../dedupe/testdata/pairs/roundup-by-its-title.txtar")
	if err != nil || len(pair.Files) != 2 {
		t.Fatal(len(pair.Files), err)
	}
	s := &site{dir: t.TempDir()}
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("config.yaml", "sources: []\n")
	for i, title := range []string{"Crew of cable ship freed, captain held", "The week in five minutes"} {
		text := strings.ReplaceAll(html.EscapeString(strings.TrimSpace(string(pair.Files[i].Data))), "\n\n", "</p>\n<p>")
		write(pair.Files[i].Name+".html", fmt.Sprintf(`<!doctype html><html lang="en"><title>%s</title>
<link rel="canonical" href="https://%s.example/story"><meta property="article:published_time" content="2025-10-%02dT08:00:00Z">
<article><h1>%s</h1><p>%s</p></article></html>`, title, pair.Files[i].Name, 10+i, title, text))
	}
	s.run(t, "backfill", "a.html")
	s.run(t, "backfill", "b.html")
	if got := s.records(t); len(got) != 2 {
		t.Fatalf("%d stories are kept, want both: %v", len(got), got)
	}

	weights, err := filepath.Abs("../../dedupe/internal/weights/roundups.txt")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{weights: write("none.txt", "# none\n")}})
	if err != nil {
		t.Fatal(err)
	}
	upgraded := filepath.Join(s.dir, "winnow")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", write("overlay.json", string(overlay)), "-o", upgraded, "winnow")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	again := exec.CommandContext(t.Context(), upgraded, "-q", "-c", s.config(), "backfill", "a.html")
	again.Dir = s.dir
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := s.records(t); len(got) != 1 {
		t.Errorf("%d stories are kept, want one and a copy: %v", len(got), got)
	}
}
