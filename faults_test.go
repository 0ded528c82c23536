package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shown is a test that a page names, with the rows it names in brackets.
var shown = regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`(?: \\(([^)]*)\\))?")

// TestFaultsAreShown checks that the tests which docs/faults.md and SECURITY.md
// name exist, and that each of their rows names one.
func TestFaultsAreShown(t *testing.T) {
	for page, least := range map[string]int{"docs/faults.md": 40, "SECURITY.md": 7} {
		t.Run(page, func(t *testing.T) { checkShown(t, page, least) })
	}
}

func checkShown(t *testing.T, page string, least int) {
	doc, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	source := func(dir string) string {
		if text, ok := sources[dir]; ok {
			return text
		}
		var all strings.Builder
		for _, pattern := range []string{"*_test.go", "storetest/*.go", "testdata/script/*.txtar"} {
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				all.WriteString("\n\"" + strings.TrimSuffix(filepath.Base(file), ".txtar") + "\"\n")
				all.Write(text)
			}
		}
		sources[dir] = all.String()
		return sources[dir]
	}
	rows := 0
	for line := range strings.Lines(string(doc)) {
		if !strings.HasPrefix(line, "| ") || !strings.Contains(line, " | ") || strings.HasSuffix(line, "| shown by |\n") {
			continue
		}
		rows++
		named := shown.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("no test is named in %s", line)
		}
		for _, m := range named {
			text := source(m[1])
			if !strings.Contains(text, "\nfunc "+m[2]+"(") {
				t.Errorf("%s has no %s", m[1], m[2])
			}
			for row := range strings.SplitSeq(m[3], ", ") {
				if row != "" && !strings.Contains(text, `"`+row+`"`) {
					t.Errorf("%s.%s has no row %q", m[1], m[2], row)
				}
			}
		}
	}
	if rows < least {
		t.Errorf("%d rows", rows)
	}
}
