package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// arrows has the packages of winnow that a place may import, apart from itself and
// what is below it. A trailing slash allows the whole folder. The tests of
// a package are free.
var arrows = map[string][]string{
	"news":                          {},
	"crawler":                       {"news/"},
	"clean":                         {"news/", "clean/"},
	"clean/internal/forest":         {},
	"clean/blockmodel":              {"clean/internal/feature", "clean/internal/forest"},
	"clean/pagemodel":               {"news", "clean/internal/forest"},
	"clean/siteprofile":             {"news", "clean/internal/letters", "clean/internal/dom"},
	"clean/textprofile":             {"clean/internal/letters", "clean/internal/dates"},
	"clean/siterules":               {"news/", "clean/internal/letters", "clean/internal/dom", "clean/internal/elemrules", "clean/internal/meta", "clean/internal/region"},
	"clean/internal/letters":        {},
	"clean/internal/feature":        {},
	"clean/internal/wordlists":      {"clean/internal/letters"},
	"clean/internal/langid":         {"clean/internal/letters", "clean/internal/wordlists"},
	"clean/internal/dates":          {"clean/internal/letters", "clean/internal/wordlists"},
	"clean/internal/labels":         {"clean/internal/letters", "clean/internal/wordlists", "clean/internal/dates"},
	"clean/internal/dom":            {"news", "clean/internal/letters"},
	"clean/internal/byline":         {"clean/internal/letters", "clean/internal/wordlists", "clean/internal/dates", "clean/internal/labels"},
	"clean/internal/elemrules":      {"clean/internal/letters", "clean/internal/wordlists", "clean/internal/dates", "clean/internal/labels", "clean/internal/dom"},
	"clean/internal/linerules":      {"news", "clean/internal/letters", "clean/internal/wordlists", "clean/internal/dates", "clean/internal/labels", "clean/internal/byline"},
	"clean/internal/meta":           {"news", "clean/internal/letters", "clean/internal/wordlists", "clean/internal/dates", "clean/internal/labels", "clean/internal/langid", "clean/internal/dom", "clean/internal/byline"},
	"clean/internal/blockrules":     {"news", "clean/internal/letters", "clean/internal/wordlists", "clean/internal/labels", "clean/internal/dom", "clean/internal/elemrules", "clean/internal/meta"},
	"clean/internal/region":         {"news", "clean/internal/letters", "clean/internal/dom", "clean/internal/meta"},
	"clean/internal/modelview":      {"news", "clean/blockmodel", "clean/internal/feature", "clean/internal/letters", "clean/internal/labels", "clean/internal/dom", "clean/internal/meta", "clean/internal/region"},
	"clean/internal/pageview":       {"clean/pagemodel", "clean/internal/feature", "clean/internal/letters", "clean/internal/dom"},
	"dedupe":                        {"news/"},
	"schedule":                      {"news/"},
	"output":                        {"news/"},
	"internal/store":                {"news/", "schedule/", "dedupe/", "internal/store/"},
	"internal/store/stories":        {"news", "schedule", "dedupe", "internal/store/index", "internal/store/record", "internal/store/database", "internal/store/schema", "internal/store/owner"},
	"internal/store/index":          {"dedupe", "internal/store/database", "internal/store/schema"},
	"internal/store/record":         {"news"},
	"internal/store/upgrade":        {"news/", "internal/store/database", "internal/store/record", "internal/store/schema"},
	"internal/store/upkeep":         {"internal/store/database", "internal/store/lane", "internal/store/record", "internal/store/schema"},
	"internal/store/sites":          {"schedule", "internal/store/database"},
	"internal/store/feedtext":       {"schedule", "internal/store/database"},
	"internal/store/database":       {"internal/store/schema"},
	"internal/store/schema":         {"schedule"},
	"internal/store/owner":          {},
	"internal/store/lane":           {"schedule", "internal/store/database", "internal/store/schema"},
	"internal/store/report":         {"schedule", "internal/store/database", "internal/store/lane", "internal/store/schema"},
	"internal/store/merge":          {"news", "schedule", "internal/store/database"},
	"internal/config":               {"crawler/", "clean/", "dedupe/", "schedule/", "output/"},
	"internal/pipeline":             {"news/", "crawler/", "clean/", "schedule/", "internal/store/", "internal/pipeline/urlpolicy", "internal/pipeline/archive", "internal/pipeline/admit", "internal/pipeline/settle"},
	"internal/pipeline/urlpolicy":   {"crawler/", "schedule/"},
	"internal/pipeline/archive":     {"news/", "crawler/", "schedule/", "output/", "internal/store/"},
	"internal/pipeline/admit":       {"news/", "crawler/", "clean/", "dedupe/", "schedule/", "internal/store/", "internal/pipeline/urlpolicy", "internal/pipeline/archive"},
	"internal/pipeline/settle":      {"news/", "clean/", "dedupe/", "schedule/", "output/", "internal/store/", "internal/pipeline/archive", "internal/pipeline/admit"},
	"internal/pipeline/importfiles": {"news/", "crawler/", "schedule/", "output/", "internal/store/", "internal/pipeline/urlpolicy", "internal/pipeline/archive", "internal/pipeline/admit", "internal/pipeline/settle"},
	"internal/pipeline/corpus":      {"output/", "internal/store/", "internal/pipeline/archive", "internal/pipeline/settle"},
	"internal/pipeline/explain":     {"news/", "crawler/", "clean/", "schedule/", "internal/store/", "internal/pipeline/urlpolicy", "internal/pipeline/archive", "internal/pipeline/admit", "internal/pipeline/settle"},
	"internal/training":             {"news/", "clean/"},
	"internal/testweb":              {},
	"internal/pgtest":               {},
	"internal/browsertest":          {},
	"internal/cli":                  {"news/", "crawler/", "clean/", "dedupe/", "schedule/", "output/", "internal/"},
	"internal/cli/input":            {"dedupe/", "output/"},
	"internal/cli/show":             {"news/", "clean/", "dedupe/", "schedule/", "internal/pipeline/explain", "internal/pipeline/corpus", "internal/store/report"},
	"internal/cli/bysource":         {"news/", "clean/", "internal/cli/input"},
	".":                             {"internal/cli"},
}

// foreign has the packages of others that belong to one place only, with what is
// below it.
var foreign = map[string]string{
	"github.com/gocolly/colly":            "crawler",
	"github.com/chromedp":                 "crawler",
	"database/sql":                        "internal/store",
	"github.com/robfig/cron":              "schedule",
	"github.com/spf13/cobra":              "internal/cli",
	"github.com/jedib0t/go-pretty":        "internal/cli/show",
	"go.yaml.in/yaml":                     "internal/config",
	"github.com/mmcdole/gofeed":           "crawler",
	"github.com/go-shiori/go-readability": "clean/internal/region",
	"github.com/antchfx":                  "clean/siterules",
	"github.com/go-playground/locales":    "clean/internal/wordlists",
}

func TestImportsRunOneWay(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "bench" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		place := placeOf(path.Dir(filepath.ToSlash(file)))
		if place == "" {
			t.Errorf("%s lies in no place of the layout: give its folder a row in arrows", file)
			return nil
		}
		seen[place] = true
		src, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range src.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			check(t, file, place, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for place := range arrows {
		if !seen[place] {
			t.Errorf("arrows has a row for %s, which holds no Go file", place)
		}
	}
}

func check(t *testing.T, file, place, imported string) {
	t.Helper()
	for prefix, home := range foreign {
		if (imported == prefix || strings.HasPrefix(imported, prefix+"/")) && place != home && !strings.HasPrefix(place, home+"/") {
			t.Errorf("%s imports %s, which belongs to %s alone", file, imported, home)
		}
	}
	ours, ok := strings.CutPrefix(imported, "winnow/")
	if !ok || placeOf(ours) == place {
		return
	}
	for _, allowed := range arrows[place] {
		if ours == allowed || strings.HasPrefix(ours+"/", allowed) && strings.HasSuffix(allowed, "/") {
			return
		}
	}
	t.Errorf("%s imports %s: no arrow runs from %s to it", file, imported, place)
}

// placeOf is the row of arrows that a folder falls under, "" when none does.
func placeOf(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := arrows[dir]; ok {
			return dir
		}
	}
	if _, ok := arrows[dir]; ok && !strings.Contains(dir, "/") {
		return dir
	}
	return ""
}
