package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"winnow/internal/cli"
	"winnow/news"
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

// pictured is a row of the picture in the README: what a page shows, what is
// kept of it, and the rule that cuts the rest.
type pictured struct{ shown, kept, rule string }

// picture reads the README's picture: three columns below their headings, each
// text going on where a line is indented.
func picture(t *testing.T) []pictured {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, there := strings.Cut(string(text), "```\nON THE PAGE")
	if !there {
		t.Fatal("README.md has no picture")
	}
	rest, _, _ = strings.Cut(rest, "\n```")
	lines := strings.Split("ON THE PAGE"+rest, "\n")
	second, third := strings.Index(lines[0], "IN THE CORPUS"), strings.Index(lines[0], "RULE")
	var rows []pictured
	for _, line := range lines[1:] {
		runes := append([]rune(line), []rune(strings.Repeat(" ", third))...)
		if strings.TrimSpace(line) == "" {
			continue
		}
		left, right := string(runes[:second]), string(runes[second:third])
		if rule := strings.TrimSpace(string(runes[third:])); !strings.HasPrefix(left, " ") {
			rows = append(rows, pictured{rule: rule})
		}
		row := &rows[len(rows)-1]
		row.shown = strings.TrimSpace(row.shown + " " + strings.TrimSpace(left))
		row.kept = strings.TrimSpace(row.kept + " " + strings.TrimSpace(right))
	}
	return rows
}

// TestPictureInREADME checks that what the README shows of its page is what
// winnow makes of it, and that it leaves nothing out.
func TestPictureInREADME(t *testing.T) {
	var out, errs bytes.Buffer
	if status := cli.Main([]string{"clean", "--json", "--explain", "docs/example/page.html"}, strings.NewReader(""), &out, &errs); status != 0 || errs.Len() > 0 {
		t.Fatalf("winnow clean ends with %d: %s", status, &errs)
	}
	var page struct {
		Title, Text string
		Removals    []news.Removal
	}
	if err := json.Unmarshal(out.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	kept := append([]string{page.Title}, strings.Split(page.Text, "\n\n")...)
	cut := map[string]string{} // texts by rule
	for _, r := range page.Removals {
		if r.Text = strings.Join(strings.Fields(r.Text), " "); r.Text != page.Title {
			cut[r.Rule] = r.Text
		}
	}
	for _, row := range picture(t) {
		whole, begins := strings.CutSuffix(row.shown, " …")
		same := func(text string) bool { return text == whole || begins && strings.HasPrefix(text, whole) }
		switch {
		case row.rule != "":
			if !same(cut[row.rule]) {
				t.Errorf("%s cuts %q, the picture shows %q", row.rule, cut[row.rule], row.shown)
			}
			delete(cut, row.rule)
		case len(kept) == 0 || !same(kept[0]) || row.kept != row.shown:
			t.Fatalf("of %q the picture shows %q as kept", kept, row)
		default:
			kept = kept[1:]
		}
	}
	if len(cut)+len(kept) > 0 {
		t.Errorf("the picture leaves out %q and %q", cut, kept)
	}
}

// shownCommand is a command that a page shows with its output.
type shownCommand struct {
	page  string
	words []string // without the program's name
	lines string   // of its output
}

// shownCommands are those on a folder such as docs/example.
func shownCommands(t *testing.T, folder string) []shownCommand {
	t.Helper()
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []shownCommand
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			for _, shown := range strings.Split("\n"+m[1], "\n$ ")[1:] {
				command, lines, _ := strings.Cut(shown, "\n")
				words := strings.Fields(command)
				if words[0] == "winnow" && strings.Contains(command, folder) && !strings.Contains(command, " | ") {
					all = append(all, shownCommand{page, words[1:], lines})
				}
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("no page shows what a command on %s prints", folder)
	}
	return all
}

// someTime are the moments in an output, which differ from run to run.
var someTime = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?`)

// check runs the command and compares what it prints. A line of "…" stands for
// lines that the page leaves out.
func (c shownCommand) check(t *testing.T) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := cli.Main(c.words, strings.NewReader(""), &out, &errs); status != 0 {
		t.Errorf("%s: winnow %s ends with %d: %s", c.page, strings.Join(c.words, " "), status, &errs)
	}
	rest := someTime.ReplaceAllString(out.String(), "TIME")
	for part := range strings.SplitSeq("\n"+someTime.ReplaceAllString(c.lines, "TIME")+"\n", "\n…\n") {
		part = strings.TrimPrefix(part, "\n")
		at := strings.Index("\n"+rest, "\n"+part)
		if at < 0 {
			t.Errorf("%s: winnow %s does not print\n%s\nbut\n%s", c.page, strings.Join(c.words, " "), part, out.String())
			return
		}
		rest = rest[at+len(strings.TrimSuffix(part, "\n")):]
	}
}

// TestShownOutputs checks what the texts show of commands on the example's files.
// What they show of the demo's corpus is checked where the demo runs.
func TestShownOutputs(t *testing.T) {
	for _, c := range append(shownCommands(t, "docs/example"), shownCommands(t, "winnow rules")...) {
		c.check(t)
	}
}

// TestLibraryExamples runs the programs of docs/library.md as a reader would: in
// a separate module that replaces winnow by this folder. Each must print what
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
	version := regexp.MustCompile(`dedupe/[0-9]+-[0-9a-f]+|extractor winnow [0-9]+, rules [0-9a-f]+`) // changes with every rule
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
	var origin struct{ Pages, Trees, Words int }
	if err := json.NewDecoder(model).Decode(&origin); err != nil {
		t.Fatal(err)
	}
	if said, err := strconv.Atoi(strings.ReplaceAll(m[2], ",", "")); err != nil || said != origin.Pages {
		t.Errorf("the model learned from %d pages, NOTICE says %s", origin.Pages, m[2])
	}
	page, err := os.ReadFile("docs/model.md")
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{"pages": origin.Pages, "small decision trees": origin.Trees, "hashed words": origin.Words} {
		if said := thousands(n) + " " + what; !strings.Contains(string(page), said) {
			t.Errorf("docs/model.md does not say %s", said)
		}
	}
	for _, name := range regexp.MustCompile(`[a-z]+/[a-z/]+\.(bin|model|txt)`).FindAllString(flat, -1) {
		if _, err := os.Stat(name); err != nil {
			t.Error(fmt.Errorf("NOTICE names a file that is not there: %w", err))
		}
	}
}
