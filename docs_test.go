package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winnow/internal/cli"
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

// help is what "winnow COMMAND… --help" prints.
func help(t *testing.T, command ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main(append(command, "--help"), strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("winnow %s --help ends with %d: %s", strings.Join(command, " "), code, &errs)
	}
	return out.String()
}

// section is the part of a help text under a heading such as "Flags:".
func section(text, heading string) string {
	_, rest, _ := strings.Cut("\n"+text, "\n"+heading+"\n")
	rest, _, _ = strings.Cut(rest, "\n\n")
	return rest
}

var (
	helpCommand = regexp.MustCompile(`(?m)^  ([a-z]+) `)
	helpFlag    = regexp.MustCompile(`(?m)^ +(?:(-[a-z]), )?(--[a-z-]+)(?: ([a-z]+))? .*$`)
	helpDefault = regexp.MustCompile(`\(default "?([^")]*)"?\)$`)
)

// TestCommandsAreDocumented checks that docs/commands.md has a section for each
// command, with its usage lines, and there a row for each of its flags, with the
// default that --help tells.
func TestCommandsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, part := range strings.Split(string(page), "\n## ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		sections[name] = text
	}
	names := append([]string{""}, commandNames(t)...)
	if len(names) < 18 {
		t.Fatalf("winnow --help tells of %d commands only: %q", len(names), names)
	}
	for _, name := range names {
		heading := strings.TrimSpace("winnow " + name)
		text, there := sections[heading]
		delete(sections, heading)
		if !there {
			t.Errorf("docs/commands.md has no section %q", heading)
			continue
		}
		if !strings.Contains(text, "\n```\n") && name != "" {
			t.Errorf("%s has no example", heading)
		}
		shown := help(t, strings.Fields(name)...)
		if name == "completion" {
			shown = help(t, "completion", "bash")
		} else if name != "" {
			for usage := range strings.Lines(section(shown, "Usage:")) {
				if usage = strings.TrimSuffix(strings.TrimSpace(usage), " [flags]"); !strings.Contains(text, "\n`"+usage+"`") {
					t.Errorf("%s: the usage `%s` is missing", heading, usage)
				}
			}
		}
		checkFlags(t, heading, text, section(shown, "Flags:"), name == "")
	}
	for heading := range sections {
		t.Errorf("docs/commands.md has a section %q, and there is no such command", heading)
	}
}

// commandNames returns the names of all commands but help, those of the commands below
// a command as "state check".
func commandNames(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range helpCommand.FindAllStringSubmatch(section(help(t), "Available Commands:"), -1) {
		below := helpCommand.FindAllStringSubmatch(section(help(t, m[1]), "Available Commands:"), -1)
		switch {
		case m[1] == "help":
		case m[1] == "completion" || len(below) == 0: // those below completion are one for each shell
			names = append(names, m[1])
		}
		if m[1] != "completion" {
			for _, b := range below {
				names = append(names, m[1]+" "+b[1])
			}
		}
	}
	return names
}

// checkFlags compares the rows of flags in a section with those of a help text.
func checkFlags(t *testing.T, heading, text, shown string, general bool) {
	t.Helper()
	documented := map[string]string{} // the default by "--flag", or "-f, --flag"
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, " | "); len(cells) == 3 && strings.HasPrefix(line, "| `-") {
			documented[strings.ReplaceAll(strings.TrimPrefix(cells[0], "| "), "`", "")] = strings.Trim(cells[1], "`")
		}
	}
	for _, m := range helpFlag.FindAllStringSubmatch(shown, -1) {
		flag, value := strings.TrimPrefix(m[1]+", "+m[2], ", "), m[3]
		if m[2] == "--help" && !general { // every command has it
			continue
		}
		stated, there := documented[flag]
		delete(documented, flag)
		switch d := helpDefault.FindStringSubmatch(m[0]); {
		case !there:
			t.Errorf("%s: the flag %s has no row", heading, flag)
		case d != nil && stated != d[1]:
			t.Errorf("%s: the default of %s is %q, documented is %q", heading, flag, d[1], stated)
		case value == "" && stated != "off":
			t.Errorf("%s: the flag %s is off unless given, documented is %q", heading, flag, stated)
		}
	}
	for flag := range documented {
		t.Errorf("%s: a row for %s, and there is no such flag", heading, flag)
	}
}

var (
	fenced   = regexp.MustCompile("(?s)\n```[a-z]*\n(.*?)\n```")
	inline   = regexp.MustCompile("`([^`\n]+)`")
	called   = regexp.MustCompile(`(?:^|[\s(])(?:\./)?(?:winnow|go run \.)((?: [^\s|&;>#]+)*)`)
	flagWord = regexp.MustCompile(`^--?[a-z][a-z-]*`)
)

// TestCommandLinesInDocs checks that the command lines which the texts show name
// commands and flags that there are.
func TestCommandLinesInDocs(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]string{} // the help of a command
	names := append(commandNames(t), "help", "state")
	lines := 0
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			shown = append(shown, strings.Split(m[1], "\n")...)
		}
		for _, m := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
			shown = append(shown, m[1])
		}
		for _, line := range shown {
			line, _, _ = strings.Cut(line, " #") // a comment of the shell
			for _, m := range called.FindAllStringSubmatch(line, -1) {
				words, name := strings.Fields(m[1]), ""
				for i, word := range words {
					if slices.Contains(names, word) {
						if name = word; i+1 < len(words) && slices.Contains(names, word+" "+words[i+1]) {
							name += " " + words[i+1]
						}
						break
					}
				}
				if name == "" && len(words) > 0 && flagWord.FindString(words[0]) == "" && regexp.MustCompile(`^[a-z]+$`).MatchString(words[0]) {
					t.Errorf("%s: %q: there is no command %s", page, line, words[0])
				}
				if flags[name] == "" {
					flags[name] = help(t, strings.Fields(name)...)
				}
				for _, word := range words {
					lines++
					if flag := flagWord.FindString(word); flag != "" && !regexp.MustCompile(`(?m)^ +(-[a-z], )?`+flag+`[ ,]`).MatchString(flags[name]) {
						t.Errorf("%s: %q: winnow %s has no flag %s", page, line, name, flag)
					}
				}
			}
		}
	}
	if lines < 100 {
		t.Errorf("%d words of command lines were found", lines)
	}
}

// TestConfigurationsInDocs checks that the configurations which the texts show
// are right.
func TestConfigurationsInDocs(t *testing.T) {
	for _, name := range []string{"GAZETTE_KEY", "GAZETTE_USER", "GAZETTE_PASSWORD"} {
		t.Setenv(name, "x")
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```").FindAllStringSubmatch(string(text), -1) {
			n++
			if _, err := config.Parse(page, []byte(m[1])); err != nil {
				t.Errorf("%v in\n%s", err, m[1])
			}
		}
	}
	if n < 4 {
		t.Errorf("%d configurations were found", n)
	}
}
