package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLibraryExamples runs the programs of docs/library.md as a reader would: in
// a module of their own that replaces winnow by this folder. Each must print what
// the page says.
func TestLibraryExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	page, err := os.ReadFile("docs/library.md")
	if err != nil {
		t.Fatal(err)
	}
	programs := regexp.MustCompile("(?s)\n```go\n(package main\n.*?\n)```\n\nIt prints:\n\n```\n(.*?\n)```\n").FindAllStringSubmatch(string(page), -1)
	if len(programs) != strings.Count(string(page), "```go\n") || len(programs) < 3 {
		t.Fatalf("%d programs with their output are in docs/library.md", len(programs))
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	// The versions of go.mod stand in for "go mod tidy", which may ask the network.
	needs := strings.Replace(string(mod), "module winnow\n", "module example\n", 1) + "\nrequire winnow v0.0.0\n\nreplace winnow => " + root + "\n"
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"go.mod": []byte(needs), "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	version := regexp.MustCompile(`dedupe/[0-9]+-[0-9a-f]+`) // changes with every rule
	for _, m := range programs {
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(m[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		run := exec.CommandContext(t.Context(), "go", "run", "-mod=mod", ".")
		run.Dir = dir
		run.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
		out, err := run.CombinedOutput()
		if err != nil || version.ReplaceAllString(string(out), "") != version.ReplaceAllString(m[2], "") {
			t.Errorf("%v; it prints\n%s\nand docs/library.md says\n%s", err, out, m[2])
		}
	}
}
