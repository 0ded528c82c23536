package elemrules

import (
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/news/markup"
)

var pagesDir = flag.String("pages", "", "count the terms on the saved pages in this folder, see terms/README.md")

// TestTermsAreNeeded refuses a term without which the same rule would match: one
// that is there twice, or that has a word which is itself a term of its rule or of
// an earlier one.
func TestTermsAreNeeded(t *testing.T) {
	firstWith := map[string]int{}
	for i, r := range Table {
		for _, text := range r.Terms {
			if known, ok := firstWith[text]; ok {
				t.Errorf("[%s] %s: the rule %s has it", r.ID, text, Table[known].ID)
				continue
			}
			firstWith[text] = i
			if text != strings.ToLower(text) {
				t.Errorf("[%s] %s: terms are in lower case", r.ID, text)
			}
		}
	}
	for i, r := range Table {
		for _, text := range r.Terms {
			words := strings.Split(text, "+")
			if len(words) == 1 {
				continue
			}
			for _, w := range words {
				if by, ok := firstWith[w]; ok && by <= i {
					t.Errorf("[%s] %s: the rule %s has %q alone", r.ID, text, Table[by].ID, w)
				}
			}
		}
	}
}

// TestTermsOnPages prints on how many saved pages, given by -pages, each term
// occurs. Without the flag it reads the pages of testdata.
func TestTermsOnPages(t *testing.T) {
	dir := *pagesDir
	if dir == "" {
		dir = "../../testdata"
	}
	set := New(Table)
	pages, counts := 0, map[string]int{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ".html") {
			return err
		}
		root := readPage(t, name)
		pages++
		for text := range set.termsOn(root) {
			counts[text]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages == 0 || len(counts) == 0 {
		t.Fatalf("%d pages with %d terms in %s", pages, len(counts), dir)
	}
	for _, r := range Table {
		for _, text := range r.Terms {
			t.Logf("%5d of %d %s: %s", counts[text], pages, r.ID, text)
		}
	}
}

func readPage(t *testing.T, name string) *html.Node {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	root, _, err := markup.Parse(body, "")
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return root
}

// termsOn returns the terms that some name of the page has.
func (s *Set) termsOn(root *html.Node) map[string]bool {
	on := map[string]bool{}
	var words []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if !hasNames(a.Key) || a.Key == "id" && namesItself(n.DataAtom) || scrambled(a.Val) {
				continue
			}
			for name := range strings.FieldsSeq(a.Val) {
				words = dom.SplitName(words[:0], name)
				for i, first := range words {
					for _, t := range s.terms[first] {
						if t.fits(words, i) {
							on[t.text(first)] = true
						}
					}
				}
			}
		}
	}
	return on
}

// text returns the term as its file has it.
func (t term) text(first string) string {
	text := strings.Join(append([]string{first}, t.rest...), "+")
	if t.whole {
		text = "=" + text
	}
	return text
}
