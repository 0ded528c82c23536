package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winnow/clean"
	"winnow/clean/textprofile"
	"winnow/internal/cli/input"
	"winnow/news"
)

// Values of --group.
const (
	groupFolder = "folder"
	groupAll    = "all"
)

// cleanGroups are the sources of the documents of a run: those that belong together are
// cleaned with what they show together. The documents are read twice, so standard
// input is no part of one.
type cleanGroups struct {
	flags  *cleanFlags
	groups map[string]*cleanGroup
}

// cleanGroup is a group of texts.
type cleanGroup struct {
	docs    []sampled // ascending by hash, at most textprofile.SampleSize
	left    int       // documents that are not cleaned yet
	learned sync.Once
	profile *textprofile.Profile
	mu      sync.Mutex // guards left and profile
}

// sampled is a document that a profile may be learned from.
type sampled struct {
	hash uint64 // of its path
	input.Document
}

// findSources returns the sources of the documents that arguments name. It reads none
// of them.
func (e *env) findSources(f *cleanFlags, args []string) (*cleanGroups, error) {
	s := &cleanGroups{flags: f, groups: map[string]*cleanGroup{}}
	if f.noProfile || f.parts || len(args) == 1 && !input.IsFolder(args[0]) {
		return s, nil
	}
	folders := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-" })
	err := input.Walk(folders, nil, input.PageEndings, func(d input.Document) error {
		if f.isText(d) {
			s.add(d)
		}
		return nil
	})
	if err != nil && len(s.groups) == 0 {
		return s, nil // the pass that cleans reports it
	}
	return s, nil
}

// add counts a document, and keeps it if it is among those to learn from.
func (s *cleanGroups) add(d input.Document) {
	g := s.groups[s.group(d)]
	if g == nil {
		g = &cleanGroup{}
		s.groups[s.group(d)] = g
	}
	g.left++
	in := sampled{xxhash.Sum64String(filepath.ToSlash(d.Path)), d}
	i, _ := slices.BinarySearchFunc(g.docs, in, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.Path, b.Path))
	})
	if i < textprofile.SampleSize {
		g.docs = slices.Insert(g.docs, i, in)
		g.docs = g.docs[:min(len(g.docs), textprofile.SampleSize)]
	}
}

// group returns the name of the source that a document is of.
func (s *cleanGroups) group(d input.Document) string {
	if s.flags.group == groupAll {
		return ""
	}
	return filepath.Dir(d.Path)
}

// profileOf returns the profile of a document's source, nil if it has none. The first
// call for a source reads its sample.
func (s *cleanGroups) profileOf(d input.Document) *textprofile.Profile {
	g := s.groups[s.group(d)]
	if g == nil || d.IsStdin() {
		return nil
	}
	g.learned.Do(func() {
		var sample textprofile.Sample
		for _, in := range g.docs {
			if sketch, err := s.flags.sketch(in.Document); err == nil {
				sample.Add(sketch)
			}
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.profile = sample.Profile()
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.profile
}

// done drops the profile of a source whose documents have all been cleaned.
func (s *cleanGroups) done(d input.Document) {
	g := s.groups[s.group(d)]
	if g == nil || d.IsStdin() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left == 0 {
		g.profile = nil
	}
}

// isText reports whether a document is text that was scraped already.
func (f *cleanFlags) isText(d input.Document) bool {
	return f.text || d.Ending == ".txt" || strings.HasPrefix(strings.ToLower(f.contentType), "text/plain")
}

// sketch returns what a document shows of its source. What cannot be cleaned shows
// nothing.
func (f *cleanFlags) sketch(d input.Document) (sketch *textprofile.Sketch, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug in winnow: %v", r) // read reports it
		}
	}()
	body, err := d.Read()
	if err != nil {
		return nil, err
	}
	if input.NotAPage(body) != "" && f.contentType == "" || len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("not a text")
	}
	return clean.SketchText(f.page(body)), nil
}

// page returns the page of a document's bytes.
func (f *cleanFlags) page(body []byte) *news.Page {
	page := &news.Page{URL: f.url, Body: body}
	if f.contentType != "" {
		page.Header = map[string][]string{"Content-Type": {f.contentType}}
	}
	return page
}
