package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "bring the map of packages in docs/architecture.md up to date")

// mapped is a package as docs/architecture.md shows it.
type mapped struct {
	lines   int      // of files without tests
	imports []string // of ours, sorted
	doc     string   // first sentence of its comment, without the name
}

// packages are those of the module that hold more than tests, by folder.
func packages(t *testing.T) map[string]*mapped {
	t.Helper()
	all := map[string]*mapped{}
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
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(file))
		p := all[dir]
		if p == nil {
			p = &mapped{}
			all[dir] = p
		}
		p.lines += bytes.Count(text, []byte("\n"))
		if parsed.Doc != nil {
			p.doc = strings.TrimPrefix(new(doc.Package).Synopsis(parsed.Doc.Text()), "Package "+parsed.Name.Name+" ")
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if ours, ok := strings.CutPrefix(imported, "winnow/"); ok && !slices.Contains(p.imports, ours) {
				p.imports = append(p.imports, ours)
			}
		}
		slices.Sort(p.imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// arrowsCell names imports by the last parts of their paths, which differ.
func arrowsCell(imports []string) string {
	names := make([]string, len(imports))
	for i, p := range imports {
		names[i] = path.Base(p)
	}
	if slices.Sort(names); len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// about rounds a number of lines to two digits: what the map shows.
func about(lines int) int {
	unit := 1
	for lines/unit >= 100 {
		unit *= 10
	}
	return (lines + unit/2) / unit * unit
}

// TestMapOfPackages checks that docs/architecture.md has a row for each package,
// with its imports, and about as many lines as it has. With -update the rows are
// brought up to date; a new package gets one behind its neighbour's.
func TestMapOfPackages(t *testing.T) {
	const page = "docs/architecture.md"
	all := packages(t)
	bases := map[string]string{}
	for dir := range all {
		if other := bases[path.Base(dir)]; other != "" {
			t.Errorf("%s and %s have one name: the map tells packages by it", dir, other)
		}
		bases[path.Base(dir)] = dir
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	rows := map[string]bool{}
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, " | ")
		dir := code(strings.TrimPrefix(cells[0], "| "))
		if len(cells) != 4 || dir == "" {
			lines = append(lines, line)
			continue
		}
		p := all[strings.TrimSuffix(dir, "/")]
		if p == nil {
			if !*update {
				t.Errorf("%s has a row for %s, and there is no such package", page, dir)
			}
			continue
		}
		rows[dir] = true
		want := arrowsCell(p.imports)
		if got := strings.TrimSuffix(cells[3], " |"); got != want && !*update {
			t.Errorf("%s imports %s; %s says %s", dir, want, page, got)
		}
		if said, err := strconv.Atoi(strings.ReplaceAll(cells[1], ",", "")); err != nil || said < p.lines*2/3-50 || said > p.lines*3/2+50 {
			if !*update {
				t.Errorf("%s has %d lines; %s says %s", dir, p.lines, page, cells[1])
			}
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s | %s |", dir, thousands(about(p.lines)), cells[2], want))
	}
	var missing []string
	for dir := range all {
		if !rows[dir] {
			missing = append(missing, dir)
		}
	}
	slices.Sort(missing)
	for _, dir := range missing {
		p := all[dir]
		row := fmt.Sprintf("| `%s` | %s | %s | %s |", dir, thousands(about(p.lines)), p.doc, arrowsCell(p.imports))
		if !*update {
			t.Errorf("%s has no row for %s: write one, or run go test . -run %s -update", page, dir, t.Name())
		}
		lines = slices.Insert(lines, placeFor(lines, dir), row)
	}
	if *update {
		if err := os.WriteFile(page, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// placeFor is where the row of a new package goes: behind the last row that is
// not behind it in the alphabet and whose path begins as its does.
func placeFor(lines []string, dir string) int {
	for from := dir; ; from = path.Dir(from) {
		at := -1
		for i, line := range lines {
			row := code(strings.TrimPrefix(strings.Split(line, " | ")[0], "| "))
			if strings.Count(line, " | ") == 3 && row != "" && (row == from || strings.HasPrefix(row, from+"/")) && (row < dir || at < 0) {
				at = i
			}
		}
		if at >= 0 {
			return at + 1
		}
		if from == "." {
			return len(lines)
		}
	}
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// TestLayers checks the picture of docs/architecture.md: a room imports only
// from rooms in the lines below its own.
func TestLayers(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, there := strings.Cut(string(text), "```\nmain")
	if !there {
		t.Fatal("docs/architecture.md has no picture of the layers")
	}
	rest, _, _ = strings.Cut("main"+rest, "\n```")
	layer := map[string]int{}
	for i, line := range strings.Split(rest, "\n") {
		for _, room := range strings.Fields(line[:min(len(line), 56)]) {
			layer[room] = i + 1
		}
	}
	for dir, p := range packages(t) {
		room := roomOf(dir)
		if layer[room] == 0 {
			t.Errorf("the picture does not show %s", room)
		}
		for _, imported := range p.imports {
			if to := roomOf(imported); to != room && layer[to] <= layer[room] {
				t.Errorf("%s imports %s, which the picture does not show below it", dir, imported)
			}
		}
	}
}

// roomOf is the top-level folder of a package, or the one below internal.
func roomOf(dir string) string {
	parts := strings.Split(dir, "/")
	switch {
	case dir == ".":
		return "main"
	case parts[0] == "internal":
		return strings.Join(parts[:2], "/")
	}
	return parts[0]
}
