package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"winnow/internal/training"
)

// folder is a folder of pages for winnow train --pages.
type folder struct {
	dir   string
	truth *os.File
	lines *json.Encoder
}

func newFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, "pages"), 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		return nil, err
	}
	return &folder{dir, f, json.NewEncoder(f)}, nil
}

// link adds a page that is in another folder. One that is not there is left out.
func (f *folder) link(t training.PageTruth, page string) error {
	page, err := filepath.Abs(page)
	if err != nil {
		return err
	}
	if _, err := os.Stat(page); err != nil {
		return nil
	}
	name := filepath.Join(f.dir, "pages", t.ID+".html.gz")
	_ = os.Remove(name) // of an earlier run
	if err := os.Symlink(page, name); err != nil {
		return err
	}
	return f.lines.Encode(t)
}

// write adds a page.
func (f *folder) write(t training.PageTruth, body []byte) error {
	if err := os.WriteFile(filepath.Join(f.dir, "pages", t.ID+".html"), body, 0o644); err != nil {
		return err
	}
	return f.lines.Encode(t)
}

// shared brings the project's own data into one folder: the articles of pages/ and
// pages/extra that are plainly stories, and the pages of pages/kinds.
func shared(data, dir string) error {
	f, err := newFolder(dir)
	if err != nil {
		return err
	}
	doubtful, err := os.ReadFile(filepath.Join(data, "pages/kinds/articles-doubtful.txt"))
	if err != nil {
		return err
	}
	left := map[string]bool{}
	for id := range strings.FieldsSeq(string(doubtful)) {
		left[id] = true
	}
	for _, part := range [][2]string{{"truth.jsonl.zst", "pages"}, {"extra-truth.jsonl.zst", "extra"}} {
		truths, err := training.ReadJSONLines[training.PageTruth](filepath.Join(data, "pages", part[0]))
		if err != nil {
			return err
		}
		for _, t := range truths {
			if left[t.ID] {
				continue
			}
			set, _, _ := strings.Cut(t.ID, "-")
			one := training.PageTruth{ID: t.ID, Set: set, URL: t.URL, Kind: "story", Fold: t.Fold}
			if err := f.link(one, filepath.Join(data, "pages", part[1], t.ID+".html.gz")); err != nil {
				return err
			}
		}
	}
	kinds, err := os.ReadFile(filepath.Join(data, "pages/kinds/truth.jsonl"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(strings.ReplaceAll(string(kinds), ": NaN", ": null")) { // a date that is not known
		var t training.PageTruth
		if err := json.Unmarshal([]byte(line), &t); err != nil {
			return err
		}
		t.Set = "kinds-" + t.Type
		if err := f.link(t, filepath.Join(data, "pages/kinds/pages", t.ID+".html.gz")); err != nil {
			return err
		}
	}
	return f.truth.Close()
}
