// Package training learns block models for package clean from pages whose text is
// known, and scores texts against what is known.
//
// corpus.go reads a folder of pages; label.go makes examples of their blocks, in a
// [Dataset] (dataset.go); lexicon.go learns the weights of words, boost.go the
// trees; score.go compares texts; learn.go learns models and cross-validates.
//
// A folder holds a file truth.jsonl (or truth.jsonl.zst), one JSON object per page
// (see [Truth]), and the pages as pages/ID.html or pages/ID.html.gz. The same
// folder gives the same weights, byte for byte, on any number of processors.
//
// Start with [Open], [NewDataset] and [Dataset.Learn].
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

// Folds is the number of parts of a corpus for cross-validation.
const Folds = 5

// Truth is what is known of the text of a page: the whole of it, or some segments.
type Truth struct {
	ID      string   `json:"id"`
	Set     string   `json:"dataset"` // the pages that it is scored with; may be empty
	URL     string   `json:"url"`
	Text    string   `json:"text"`    // one paragraph per line; "" when only segments are known
	Must    []string `json:"must"`    // segments that must be in the text
	MustNot []string `json:"mustnot"` // segments that must not
	Fold    int      `json:"fold"`    // for cross-validation, 0 to 4; the same for all pages of a host
}

// Page is one page of a folder.
type Page struct {
	Truth
	File string // path of the HTML
}

// Corpus is a folder of pages, sorted by ID.
type Corpus struct {
	Pages []Page
}

// Open finds the pages of a folder and reads what is known of them. Truths without
// a page are left out; a folder without any page is an error.
func Open(dir string) (*Corpus, error) {
	return OpenFiles(truthFile(dir), filepath.Join(dir, "pages"))
}

// truthFile returns the name of the file of truths in a folder.
func truthFile(dir string) string {
	truth := filepath.Join(dir, "truth.jsonl")
	if _, err := os.Stat(truth); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(truth + ".zst"); err == nil {
			return truth + ".zst"
		}
	}
	return truth
}

// pageFile returns the name of the file of a page, "" when there is none.
func pageFile(pages, id string) string {
	for _, ending := range []string{".html.gz", ".html"} {
		name := filepath.Join(pages, filepath.FromSlash(id)+ending)
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

// OpenFiles is [Open] for a file of truths and a folder of pages that are not in
// one place.
func OpenFiles(truth, pages string) (*Corpus, error) {
	truths, err := ReadJSONLines[Truth](truth)
	if err != nil {
		return nil, err
	}
	c := &Corpus{}
	for _, t := range truths {
		if t.Fold < 0 || t.Fold >= Folds {
			return nil, fmt.Errorf("%s: page %s: fold %d is not one of 0 to %d", truth, t.ID, t.Fold, Folds-1)
		}
		if name := pageFile(pages, t.ID); name != "" {
			c.Pages = append(c.Pages, Page{t, name})
		}
	}
	if len(c.Pages) == 0 {
		return nil, fmt.Errorf("%s: none of the pages in %s is here", pages, truth)
	}
	slices.SortFunc(c.Pages, func(a, b Page) int { return strings.Compare(a.ID, b.ID) })
	return c, nil
}

// maxLine bounds a line of JSON, in bytes.
const maxLine = 64 << 20

// ReadJSONLines reads a file with one JSON object per line. Blank lines are
// skipped. A file that ends in .zst is decompressed. Errors name file and line.
func ReadJSONLines[T any](name string) ([]T, error) {
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
	lines.Buffer(nil, maxLine)
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

// ReadPage reads the HTML of a page. A file that ends in .gz is decompressed.
func ReadPage(name string) ([]byte, error) {
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
