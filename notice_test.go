package main

import (
	"encoding/json"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// noticeLine is a module with its licence and copyright.
var noticeLine = regexp.MustCompile(`(?m)^([a-z0-9.-]+\.[a-z]+/\S+) +((?:MIT|Apache|BSD)\S*) +(.+)$`)

// licenceWords tell each licence by words of its text.
var licenceWords = map[string]string{
	"MIT":          "Permission is hereby granted, free of charge",
	"Apache-2.0":   "Version 2.0, January 2004",
	"BSD-2-Clause": "Redistributions in binary form must reproduce",
	"BSD-3-Clause": "Neither the name",
}

// TestNoticeNamesWhatIsLinked checks that NOTICE has a line for each module that
// is linked into the program, and that the licence it names is the module's own,
// where the module is in the cache.
func TestNoticeNamesWhatIsLinked(t *testing.T) {
	text, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	licences := map[string]string{}
	for _, m := range noticeLine.FindAllStringSubmatch(string(text), -1) {
		licences[m[1]] = m[2]
		if !strings.Contains(string(mod), "\t"+m[1]+" ") {
			t.Errorf("NOTICE names %s, which go.mod does not require", m[1])
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) < 30 {
		t.Fatalf("the build tells of %d modules", len(info.Deps))
	}
	for _, dep := range info.Deps {
		licence := licences[dep.Path]
		if licence == "" {
			t.Errorf("%s is linked in, and NOTICE has no line for it", dep.Path)
			continue
		}
		if own := licenceText(dep); own != "" && !strings.Contains(own, licenceWords[licence]) {
			t.Errorf("the licence of %s does not read like %s", dep.Path, licence)
		}
	}
}

// licenceText is the licence file of a module in the cache, "" when it is not
// there.
func licenceText(m *debug.Module) string {
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		cache = filepath.Join(build.Default.GOPATH, "pkg", "mod")
	}
	escaped := regexp.MustCompile("[A-Z]").ReplaceAllStringFunc(m.Path, func(c string) string { return "!" + strings.ToLower(c) })
	files, _ := filepath.Glob(filepath.Join(cache, filepath.FromSlash(escaped)+"@"+m.Version, "LICENSE*")) // the pattern is right
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			all.WriteString(strings.Join(strings.Fields(string(text)), " "))
		}
	}
	return all.String()
}

// TestNoticeTellsWhatTheModelLearnedFrom checks the place and the number of pages
// that NOTICE names against the shipped model.
func TestNoticeTellsWhatTheModelLearnedFrom(t *testing.T) {
	text, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(text)), " ")
	m := regexp.MustCompile(`(\S+/blocks\.model), .* trained on ([0-9,]+) annotated pages`).FindStringSubmatch(flat)
	if m == nil {
		t.Fatal("NOTICE does not tell what the model learned from")
	}
	model, err := os.Open(m[1])
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	var origin struct{ Pages int }
	if err := json.NewDecoder(model).Decode(&origin); err != nil {
		t.Fatal(err)
	}
	if said, err := strconv.Atoi(strings.ReplaceAll(m[2], ",", "")); err != nil || said != origin.Pages {
		t.Errorf("the model learned from %d pages, NOTICE says %s", origin.Pages, m[2])
	}
	for _, name := range regexp.MustCompile(`[a-z]+/[a-z/]+\.(bin|model|txt)`).FindAllString(flat, -1) {
		if _, err := os.Stat(name); err != nil {
			t.Error(fmt.Errorf("NOTICE names a file that is not there: %w", err))
		}
	}
}
