// Package training teaches the block model of package clean from pages whose
// text is known, and measures what it has learned on pages that it has not seen.
//
// It reads a folder with a file truth.jsonl (or truth.jsonl.zst), one JSON object
// a page (see Truth), and the pages themselves as pages/ID.html or
// pages/ID.html.gz. The same folder gives the same weights, byte by byte,
// however many processors there are.
package training

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Truth is what is known of a page's text: the whole of it, or some segments.
type Truth struct {
	ID      string   `json:"id"`
	Set     string   `json:"dataset"` // of pages that are scored together; may be empty
	URL     string   `json:"url"`
	Text    string   `json:"text"`    // paragraphs on lines of their own
	Must    []string `json:"must"`    // segments that have to appear
	MustNot []string `json:"mustnot"` // segments that must not
	Fold    int      `json:"fold"`    // part of the folder, 0 to 4; pages of one host have one
}

// Page is one page of a folder.
type Page struct {
	Truth
	File string
}

// Corpus is a folder of pages, sorted by ID.
type Corpus struct {
	Pages []Page
}

// Open reads the truth of a folder and finds its pages. Truths without a page
// are left out; a folder without any page is an error.
func Open(dir string) (*Corpus, error) {
	truth := filepath.Join(dir, "truth.jsonl")
	if _, err := os.Stat(truth); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(truth + ".zst"); err == nil {
			truth += ".zst"
		}
	}
	return openFiles(truth, filepath.Join(dir, "pages"))
}

func openFiles(truth, pages string) (*Corpus, error) {
	truths, err := Lines[Truth](truth)
	if err != nil {
		return nil, err
	}
	c := &Corpus{}
	for _, t := range truths {
		if t.Fold < 0 || t.Fold >= Folds {
			return nil, fmt.Errorf("%s: page %s: fold %d, there are 0 to %d", truth, t.ID, t.Fold, Folds-1)
		}
		for _, ending := range []string{".html.gz", ".html"} {
			name := filepath.Join(pages, filepath.FromSlash(t.ID)+ending)
			if _, err := os.Stat(name); err == nil {
				c.Pages = append(c.Pages, Page{t, name})
				break
			}
		}
	}
	if len(c.Pages) == 0 {
		return nil, fmt.Errorf("%s: no page in pages/ that truth.jsonl tells of", pages)
	}
	slices.SortFunc(c.Pages, func(a, b Page) int { return strings.Compare(a.ID, b.ID) })
	return c, nil
}

// Lines reads a file of one JSON object a line; .zst is undone.
func Lines[T any](name string) ([]T, error) {
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
	var list []T
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		list = append(list, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// ReadFile reads a page as it was served; .gz is undone.
func ReadFile(name string) ([]byte, error) {
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
