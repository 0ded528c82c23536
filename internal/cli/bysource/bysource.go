// Package bysource cleans documents with what those of their source show together: the
// pages of a host, the texts of a folder, the records of a file that have a key in common.
// The documents are read twice, and no more of them are held than profiles need.
//
// Start with [Find] and [Sources.Clean]; documents.go says how one document is read.
package bysource

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winnow/clean"
	"winnow/clean/siteprofile"
	"winnow/clean/textprofile"
	"winnow/internal/cli/input"
	"winnow/news"
	"winnow/news/markup"
)

// Values of Options.Group, besides keys of records.
const (
	GroupFolder = "folder" // of pages the host that they name
	GroupAll    = "all"    // one source
)

// Sources are the sources of the documents of a run: those that belong together are
// cleaned with what they show together. The documents are read twice, so standard
// input is no part of one.
type Sources struct {
	options *Options
	x       *clean.Extractor
	groups  map[groupKey]*group
}

// groupKey names a group: that of pages is their host, or their folder where they name no
// address; that of texts is their folder.
type groupKey struct {
	text bool
	name string
}

// group is documents of one source. A nil group is that of a document that is cleaned by
// itself.
type group struct {
	sources *Sources
	docs    []sampled // ascending by hash, at most sampleSize
	learned sync.Once
	mu      sync.Mutex // guards what follows
	left    int        // documents that are not cleaned yet
	texts   *textprofile.Profile
	pages   *siteprofile.Profile
}

// sampleSize bounds the documents of a group that a profile is learned from.
const sampleSize = max(textprofile.SampleSize, siteprofile.SampleSize)

// sampled is a document that a profile may be learned from.
type sampled struct {
	hash uint64 // of its path
	input.Document
}

// Alone returns sources of which each document is cleaned by itself.
func Alone(o *Options, x *clean.Extractor) *Sources { return &Sources{options: o, x: x} }

// Find returns the sources of the documents that arguments name. What cannot be read
// belongs to none; [Sources.Clean] returns its error. A document that is named alone is
// cleaned by itself.
func Find(o *Options, x *clean.Extractor, args []string) *Sources {
	s := Alone(o, x)
	if len(args) == 1 && !input.IsFolder(args[0]) && !input.IsLines(args[0]) {
		return s
	}
	s.groups = map[groupKey]*group{}
	files := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-" })
	_ = Walk(files, nil, func(d input.Document) error { // whoever cleans the documents walks again, and reports it
		var body []byte
		if !o.isText(d) {
			var err error
			if body, err = d.Read(); err != nil || input.NotAPage(body) != "" {
				return nil
			}
		}
		s.add(s.key(d, body), d)
		return nil
	})
	return s
}

// key returns the group of a document. body is that of a page.
func (s *Sources) key(d input.Document, body []byte) groupKey {
	if d.Record != nil {
		return s.recordKey(d)
	}
	k := groupKey{text: s.options.isText(d), name: filepath.Dir(d.Path)}
	if s.options.Group == GroupAll {
		k.name = ""
	} else if u, err := url.Parse(cmp.Or(s.options.URL, markup.OwnAddress(body))); !k.text && err == nil && u.Host != "" {
		k.name = "//" + strings.ToLower(u.Host)
	}
	return k
}

// recordKey returns the group of a record: that of the field that --group names, else
// of its host or source, else of its file.
func (s *Sources) recordKey(d input.Document) groupKey {
	k := groupKey{text: true}
	switch s.options.Group {
	case GroupAll:
	case GroupFolder:
		file, _, _ := strings.Cut(d.Path, ": line ")
		k.name = cmp.Or(d.Record.Field("host"), d.Record.Field("hostname"), d.Record.Field("source"), file)
	default:
		k.name = d.Record.Field(s.options.Group)
	}
	return k
}

// add counts a document, and keeps it if it is among those to learn from.
func (s *Sources) add(k groupKey, d input.Document) {
	g := s.groups[k]
	if g == nil {
		g = &group{sources: s}
		s.groups[k] = g
	}
	g.left++
	in := sampled{xxhash.Sum64String(filepath.ToSlash(d.Path)), d}
	i, _ := slices.BinarySearchFunc(g.docs, in, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.Path, b.Path))
	})
	if i < sampleSize {
		g.docs = slices.Insert(g.docs, i, in)
		g.docs = g.docs[:min(len(g.docs), sampleSize)]
	}
}

// of returns the group of a document, nil if it has none.
func (s *Sources) of(d input.Document, body []byte) *group {
	if s == nil || d.IsStdin() || len(s.groups) == 0 {
		return nil
	}
	return s.groups[s.key(d, body)]
}

// profiles returns what is known of the source. The first call reads its sample.
func (g *group) profiles(ctx context.Context) (*siteprofile.Profile, *textprofile.Profile) {
	if g == nil {
		return nil, nil
	}
	g.learned.Do(func() {
		var pages siteprofile.Sample
		var texts textprofile.Sample
		for _, in := range g.docs {
			page, text, err := g.sources.sketch(ctx, in.Document)
			if err == nil && page != nil {
				pages.Add(page)
			}
			if err == nil && text != nil {
				texts.Add(text)
			}
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.pages, g.texts = pages.Profile(), texts.Profile()
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pages, g.texts
}

// done drops the profiles of a source whose documents have all been cleaned.
func (g *group) done() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left == 0 {
		g.pages, g.texts = nil, nil
	}
}

// sketch returns what a document shows of its source. What cannot be cleaned shows
// nothing.
func (s *Sources) sketch(ctx context.Context, d input.Document) (page *siteprofile.Sketch, text *textprofile.Sketch, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug in winnow: %v", r) // Clean reports it
		}
	}()
	body, err := d.Read()
	if err != nil {
		return nil, nil, err
	}
	if err := s.options.check(body); err != nil {
		return nil, nil, err
	}
	if s.options.isText(d) {
		return nil, clean.SketchText(s.options.page(d, body)), nil
	}
	e, err := s.x.ExtractFrom(ctx, s.options.page(d, body), nil)
	return e.Sketch, nil, err
}

// Clean reads and cleans one document. A page can be anything that strangers
// wrote: a panic of the parsers is an error of that page and of no other.
func (s *Sources) Clean(ctx context.Context, d input.Document) (story news.Story, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug in winnow, please report the page: %v", r)
		}
	}()
	o := s.options
	body, err := d.Read()
	if err != nil {
		return story, err
	}
	if err := o.check(body); err != nil {
		return story, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return news.Story{ID: d.ID, URL: o.URL, Kind: news.KindEmpty, KindWhy: "the file is empty", Extractor: clean.Version()}, nil
	}
	of := s.of(d, body)
	defer of.done()
	pages, texts := of.profiles(ctx)
	switch {
	case o.isText(d):
		story, err = s.x.ExtractTextFrom(ctx, o.page(d, body), texts)
	case pages == nil:
		story, err = s.x.Extract(ctx, o.page(d, body))
	default:
		var e clean.Extraction
		e, err = s.x.ExtractFrom(ctx, o.page(d, body), pages)
		story = e.Story
	}
	story.ID = d.ID
	var stage *news.StageError
	if errors.As(err, &stage) {
		err = stage.Err // the document is named where the error is shown
	}
	return story, err
}
