package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// set puts a line at the end of the configuration.
func (s *site) set(t *testing.T, line string) {
	t.Helper()
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.config(), []byte(string(text)+line+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChangedSettingsReachStoriesThatAreIn(t *testing.T) {
	s := newSite(t, 4, "")
	plain, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	s.set(t, "output: {formats: [txt]}")
	s.run(t, "refresh")
	for path, text := range s.texts(t) {
		if !strings.Contains(text, "\n\n") {
			t.Errorf("%s has no headline and body", path)
		}
	}
	if parts, err := filepath.Glob(filepath.Join(s.dir, "corpus", "jsonl", "*")); err != nil || len(parts) != 0 {
		t.Fatalf("JSON Lines that nobody asked for: %v, %v", parts, err)
	}
	before := s.texts(t)

	if err := os.WriteFile(s.config(), plain, 0o644); err != nil {
		t.Fatal(err)
	}
	s.set(t, "output: {formats: [txt, jsonl], headline: false}")
	s.run(t, "refresh")
	if parts, err := filepath.Glob(filepath.Join(s.dir, "corpus", "jsonl", "*.zst")); err != nil || len(parts) != 1 {
		t.Errorf("JSON Lines after they were asked for: %v, %v", parts, err)
	}
	after := s.texts(t)
	if len(after) != len(before) {
		t.Errorf("%d text files became %d", len(before), len(after))
	}
	for path, text := range after {
		if _, body, _ := strings.Cut(before[path], "\n\n"); body != text {
			t.Errorf("%s was not written again without its headline", path)
		}
	}

	if err := os.WriteFile(s.config(), plain, 0o644); err != nil {
		t.Fatal(err)
	}
	s.set(t, "output: {formats: [jsonl]}")
	s.run(t, "refresh")
	if left := s.texts(t); len(left) != 0 {
		t.Errorf("%d text files are left though none are wanted", len(left))
	}
}

func TestTwoSourcesOfOneHostShareItsSitemaps(t *testing.T) {
	s := newSite(t, 4, "")
	base := ""
	for _, one := range s.web.Sites() {
		if one.Key == "harbour" {
			base = one.URL
		}
	}
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "fetch:")
	head, _, _ := strings.Cut(string(text), "sources:")
	sources := "sources:\n  - {name: a-lists, site: '" + base + "', include: ['^/category/']}\n  - {name: b-news, site: '" + base + "', include: ['^/20']}\n"
	if err := os.WriteFile(s.config(), []byte(head+sources+"fetch:"+rest), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(t, "refresh")
	got := map[string]bool{}
	for _, r := range s.records(t, "--all") {
		got[r["url"].(string)] = true
	}
	for _, w := range s.web.Truth() {
		if w.Site == "harbour" && !got[w.URL] {
			t.Errorf("missing: %s", w.URL)
		}
	}
}

func TestRenamedSourceKeepsItsSite(t *testing.T) {
	s := newSite(t, 4, "")
	s.run(t, "refresh")
	before := s.texts(t)
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	renamed := strings.Replace(string(text), "name: harbour,", "name: zz-harbour,", 1)
	if renamed == string(text) {
		t.Fatal("nothing to rename")
	}
	if err := os.WriteFile(s.config(), []byte(renamed), 0o644); err != nil {
		t.Fatal(err)
	}
	s.web.SetDay(2)
	s.run(t, "refresh")
	after := s.texts(t)
	fresh := 0
	for _, w := range s.web.Truth() {
		if w.Site == "harbour" && w.New {
			fresh++
		}
	}
	grown := 0
	for path := range after {
		if _, ok := before[path]; !ok && strings.HasPrefix(path, "harbour-and-hull.example/") {
			grown++
		}
	}
	if fresh == 0 || grown < fresh-1 { // one may be a copy
		t.Errorf("of %d new stories of a renamed source %d came", fresh, grown)
	}
}
