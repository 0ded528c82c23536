package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	docLink   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	docPath   = regexp.MustCompile(`^(?:\.ci|bench|clean|crawler|dedupe|docs|internal|news|output|schedule)(?:/[A-Za-z0-9_.-]+)+/?$`)
	docTest   = regexp.MustCompile(`^(?:Test|Fuzz|Example)[A-Z][A-Za-z0-9_]+$`)
	goTest    = regexp.MustCompile(`\.(?:Test|Fuzz)[A-Z]`)
	nonAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names under which a page's headings can be linked to.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(fenced.ReplaceAllString(text, "")) {
		if title := strings.TrimLeft(line, "#"); title != line {
			title = nonAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			all[strings.ReplaceAll(title, " ", "-")] = true
		}
	}
	return all
}

// TestLinksInDocs checks that the links between the texts lead somewhere, and
// that files, folders and tests which they name are there.
func TestLinksInDocs(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md", "dedupe/internal/weights/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range docLink.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "://") {
				checkLink(t, page, m[1])
			}
		}
		for _, m := range shown.FindAllStringSubmatch(string(text), -1) {
			if !tests[m[2]] {
				t.Errorf("%s names %s.%s, and there is no such test", page, m[1], m[2])
			}
		}
		for _, m := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
			switch name := m[1]; {
			case docTest.MatchString(name) && !tests[name]:
				t.Errorf("%s names %s, and there is no such test", page, name)
			case docPath.MatchString(name) && !goTest.MatchString(name):
				_, err := os.Stat(name)
				if err != nil {
					_, err = os.Stat(filepath.Join(filepath.Dir(page), name))
				}
				if err != nil {
					t.Errorf("%s names %s, which is not there", page, name)
				}
			}
		}
	}
}

// checkLink checks a link to a file, with or without a heading.
func checkLink(t *testing.T, page, link string) {
	t.Helper()
	file, anchor, _ := strings.Cut(link, "#")
	target := page
	if file != "" {
		target = filepath.Join(filepath.Dir(page), file)
	}
	if info, err := os.Stat(target); err != nil || anchor == "" || info.IsDir() {
		if err != nil {
			t.Errorf("%s links to %s: %v", page, link, err)
		}
		return
	}
	text, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	if !anchors(string(text))[anchor] {
		t.Errorf("%s links to %s, and there is no such heading", page, link)
	}
}

// allTests are the names of the tests of all packages.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)[A-Z][A-Za-z0-9_]+)\(`)
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
