// Package pages reads what a comparison runs over: a folder of saved pages, and
// the truth about them.
package pages

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Page is one saved page.
type Page struct {
	ID   string // path below the folder, less .gz and .html
	File string // where it lies
	URL  string // as the truth has it; "" when it has none
	HTML []byte // as served
	Fold int    // as the truth has it
}

// Truth is what is known of a page's text. A page has either the whole text or
// some segments of it.
type Truth struct {
	ID      string   `json:"id"`
	Set     string   `json:"dataset"` // of pages that are scored together; may be empty
	URL     string   `json:"url"`
	Text    string   `json:"text"`
	Must    []string `json:"must"`    // segments that have to appear
	MustNot []string `json:"mustnot"` // segments that must not
	Fold    int      `json:"fold"`    // 0 to 4, one for all pages of a host
}

// HasSegments says whether there are segments to look for, be it none.
func (t *Truth) HasSegments() bool { return t.Must != nil || t.MustNot != nil }

// Load reads every .html and .html.gz below dir, sorted by ID, and gives each
// the URL that the truth has for it.
func Load(dir string, truth map[string]Truth) ([]Page, error) {
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
		body, err := Read(name)
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

// Read reads one page; .gz is undone.
func Read(name string) ([]byte, error) {
	body, err := os.ReadFile(name)
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return body, err
	}
	zr, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if body, err = io.ReadAll(zr); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return body, nil
}

// LoadTruth reads a file of truths by ID. An empty name has none.
func LoadTruth(name string) (map[string]Truth, error) {
	truth := map[string]Truth{}
	if name == "" {
		return truth, nil
	}
	list, err := Lines[Truth](name)
	for _, t := range list {
		truth[t.ID] = t
	}
	return truth, err
}

// Lines reads a file of one JSON object a line; .zst is undone.
func Lines[T any](name string) (list []T, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".zst") {
		zr, err := zstd.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		defer zr.Close()
		in = zr
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return list, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		list = append(list, v)
	}
	if err := lines.Err(); err != nil {
		return list, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}
