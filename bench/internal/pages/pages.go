// Package pages reads the folder of saved pages that a comparison runs over.
package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"winnow/internal/training"
)

// Page is one saved page.
type Page struct {
	ID   string // path below the folder, less .gz and .html
	File string // where it lies
	URL  string // as the truth has it; "" when it has none
	HTML []byte // as served
	Fold int    // as the truth has it
}

// Load reads every .html and .html.gz below dir, sorted by ID, each under
// the URL that the truth has for it.
func Load(dir string, truth map[string]training.Truth) ([]Page, error) {
	var list []Page
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		base := strings.TrimSuffix(name, ".gz")
		if err != nil || d.IsDir() || !strings.HasSuffix(base, ".html") {
			return err
		}
		rel, err := filepath.Rel(dir, strings.TrimSuffix(base, ".html"))
		if err != nil {
			return err
		}
		body, err := training.ReadPage(name)
		if err != nil {
			return err
		}
		id := filepath.ToSlash(rel)
		list = append(list, Page{ID: id, File: name, URL: truth[id].URL, HTML: body, Fold: truth[id].Fold})
		return nil
	})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("no .html or .html.gz below %s", dir)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list, err
}

// LoadTruth reads a file of truths by ID. An empty name has none.
func LoadTruth(name string) (map[string]training.Truth, error) {
	truth := map[string]training.Truth{}
	if name == "" {
		return truth, nil
	}
	list, err := training.ReadJSONLines[training.Truth](name)
	for _, t := range list {
		truth[t.ID] = t
	}
	return truth, err
}
