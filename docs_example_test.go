package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winnow/internal/cli"
	"winnow/news"
)

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

// TestShownOutputs runs the commands on docs/example that the texts show with
// their output. A line of "…" stands for lines that are left out.
func TestShownOutputs(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			for _, shown := range strings.Split("\n"+m[1], "\n$ ")[1:] {
				command, lines, _ := strings.Cut(shown, "\n")
				words := strings.Fields(command)
				if words[0] != "winnow" || strings.Contains(command, "|") || !strings.Contains(command, "docs/example") && words[1] != "rules" {
					continue
				}
				ran++
				var out, errs bytes.Buffer
				if status := cli.Main(words[1:], strings.NewReader(""), &out, &errs); status != 0 {
					t.Errorf("%s: %s ends with %d: %s", page, command, status, &errs)
				}
				rest := out.String()
				for part := range strings.SplitSeq("\n"+lines+"\n", "\n…\n") {
					at := strings.Index("\n"+rest, "\n"+strings.TrimPrefix(part, "\n"))
					if at < 0 {
						t.Errorf("%s: %s does not print\n%s\nbut\n%s", page, command, part, out.String())
						break
					}
					rest = rest[at+len(strings.Trim(part, "\n")):]
				}
			}
		}
	}
	if ran < 2 {
		t.Errorf("%d commands were run", ran)
	}
}
