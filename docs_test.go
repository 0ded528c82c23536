package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/internal/config"
)

// docRows are the rows of a Markdown page's tables, each as its cells. A "|"
// within a cell is written "\|".
func docRows(t *testing.T, page string) [][]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || !strings.HasSuffix(line, " |") {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(line[2:len(line)-2], `\|`, "\x00"), " | ")
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
		}
		rows = append(rows, cells)
	}
	return rows
}

// code is the text of a cell that is code as a whole, or "".
func code(cell string) string {
	inside := strings.TrimSuffix(strings.TrimPrefix(cell, "`"), "`")
	if len(inside) != len(cell)-2 || strings.Contains(inside, "`") {
		return ""
	}
	return inside
}

// configured is a file in which one key, such as sources[].delay, is set.
func configured(key, value string) []byte {
	source := "sources:\n  - name: x\n    site: https://x.example/\n"
	inner, ofSource := strings.CutPrefix(key, "sources[].")
	switch outer, last, nested := strings.Cut(inner, "."); {
	case key == "sources":
		return fmt.Appendf(nil, "sources: %s\n", value)
	case ofSource && (key == "sources[].name" || key == "sources[].site"):
		return []byte(regexp.MustCompile(inner+": .*").ReplaceAllString(source, strings.ReplaceAll(inner+": "+value, "$", "$$")))
	case ofSource && nested: // of a user and a password both are needed
		other := map[string]string{"user": "password", "password": "user"}[last]
		return fmt.Appendf(nil, "%s    %s: {%s: %q, %s: \"${OTHER}\"}\n", source, outer, last, value, other)
	case ofSource:
		return fmt.Appendf(nil, "%s    %s: %s\n", source, inner, value)
	case nested:
		return fmt.Appendf(nil, "%s%s: {%s: %s}\n", source, outer, last, value)
	}
	return fmt.Appendf(nil, "%s%s: %s\n", source, inner, value)
}

// keysAt asks the decoder for the keys that it knows at a place, by writing one
// that it does not know; none where other values belong.
func keysAt(t *testing.T, place string) []string {
	t.Helper()
	const unknown = "zzqqxxjjkkvvww"
	file := configured(place, "{"+unknown+": 1}")
	switch {
	case place == "":
		file = []byte(unknown + ": 1\n")
	case place == "sources":
		file = []byte("sources: [{" + unknown + ": 1}]\n")
	case strings.Count(place, ".") > 1:
		return nil
	}
	_, err := config.Parse("config.yaml", file)
	mistakes, _ := err.(config.Mistakes)
	for _, m := range mistakes {
		if names, ok := strings.CutPrefix(m.Write, "write one of "); ok && strings.HasSuffix(m.Key, unknown) {
			return strings.Split(names, ", ")
		}
	}
	return nil
}

// TestConfigurationIsDocumented checks that docs/configuration.md has a row for
// each key that the decoder knows and none for another; that the default it
// names is the one, and that its example is right.
func TestConfigurationIsDocumented(t *testing.T) {
	var known []string
	var walk func(place string)
	walk = func(place string) {
		for _, name := range keysAt(t, place) {
			key := name
			switch {
			case place == "sources":
				key = "sources[]." + name
			case place != "":
				key = place + "." + name
			}
			before := len(known)
			if walk(key); len(known) == before || strings.HasPrefix(key, "sources") {
				known = append(known, key)
			}
		}
	}
	walk("")
	if len(known) < 50 {
		t.Fatalf("the decoder tells of %d keys only: %q", len(known), known)
	}
	for _, name := range []string{"OTHER", "GAZETTE_KEY", "GAZETTE_USER", "GAZETTE_PASSWORD"} {
		t.Setenv(name, "x")
	}
	var documented []string
	for _, row := range docRows(t, "docs/configuration.md") {
		key := code(row[0])
		if len(row) != 5 || key == "" {
			continue
		}
		documented = append(documented, key)
		if !slices.Contains(known, key) {
			t.Errorf("%s: the decoder knows no such key", key)
			continue
		}
		if example := code(row[3]); example == "" {
			t.Errorf("%s has no example", key)
		} else if _, err := config.Parse("config.yaml", configured(key, example)); err != nil {
			t.Errorf("%s: the example %s: %v", key, example, err)
		}
		checkDefault(t, key, row[2])
	}
	for _, key := range known {
		if !slices.Contains(documented, key) {
			t.Errorf("docs/configuration.md has no row for %s", key)
		}
	}
}

// checkDefault checks that to write a default out changes nothing.
func checkDefault(t *testing.T, key, cell string) {
	t.Helper()
	value := code(cell)
	if value == "" {
		if !slices.Contains([]string{"required", "none", "the value of `fetch.delay`"}, cell) {
			t.Errorf("%s: the default %q is neither code, nor required, nor none", key, cell)
		}
		return
	}
	without, err := config.Parse("config.yaml", configured("user_agent", ""))
	if err != nil {
		t.Fatal(err)
	}
	with, err := config.Parse("config.yaml", configured(key, value))
	if err != nil {
		t.Errorf("%s: the default %s: %v", key, value, err)
		return
	}
	if was, is := fmt.Sprintf("%+v", *without), fmt.Sprintf("%+v", *with); was != is {
		t.Errorf("%s: the default is not %s:\n%s\n%s", key, value, was, is)
	}
}
