package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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

// Values of --group.
const (
	groupFolder = "folder"
	groupAll    = "all"
)

// cleanSources are the sources of the documents of a run: those that belong together are
// cleaned with what they show together. The documents are read twice, so standard
// input is no part of one.
type cleanSources struct {
	flags  *cleanFlags
	x      *clean.Extractor
	groups map[groupKey]*group
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
	sources *cleanSources
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

// findSources returns the sources of the documents that arguments name.
func findSources(f *cleanFlags, x *clean.Extractor, args []string) (*cleanSources, error) {
	s := &cleanSources{flags: f, x: x, groups: map[groupKey]*group{}}
	if f.noProfile || f.parts || len(args) == 1 && !input.IsFolder(args[0]) && !input.IsLines(args[0]) {
		return s, nil
	}
	files := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-" })
	err := walkToClean(files, nil, func(d input.Document) error {
		var body []byte
		if !f.isText(d) {
			var err error
			if body, err = d.Read(); err != nil || input.NotAPage(body) != "" {
				return nil // the pass that cleans reports it
			}
		}
		s.add(s.key(d, body), d)
		return nil
	})
	if err != nil && len(s.groups) == 0 {
		return s, nil // the pass that cleans reports it
	}
	return s, nil
}

// key returns the group of a document. body is that of a page.
func (s *cleanSources) key(d input.Document, body []byte) groupKey {
	if d.Record != nil {
		return s.recordKey(d)
	}
	k := groupKey{text: s.flags.isText(d), name: filepath.Dir(d.Path)}
	if s.flags.group == groupAll {
		k.name = ""
	} else if u, err := url.Parse(cmp.Or(s.flags.url, markup.OwnAddress(body))); !k.text && err == nil && u.Host != "" {
		k.name = "//" + strings.ToLower(u.Host)
	}
	return k
}

// recordKey returns the group of a record: that of the field that --group names, else
// of its host or source, else of its file.
func (s *cleanSources) recordKey(d input.Document) groupKey {
	k := groupKey{text: true}
	switch s.flags.group {
	case groupAll:
	case groupFolder:
		file, _, _ := strings.Cut(d.Path, ": line ")
		k.name = cmp.Or(d.Record.Field("host"), d.Record.Field("hostname"), d.Record.Field("source"), file)
	default:
		k.name = d.Record.Field(s.flags.group)
	}
	return k
}

// walkToClean calls yield with the documents of the arguments: those that [input.Walk]
// finds, and the records of files of records that are named.
func walkToClean(args []string, stdin io.Reader, yield func(input.Document) error) error {
	var bad []error
	for _, arg := range args {
		var err error
		if input.IsLines(arg) {
			err = input.Texts(arg, yield)
		} else {
			err = input.Walk([]string{arg}, stdin, input.PageEndings, yield)
		}
		if err != nil {
			bad = append(bad, err)
			if errors.Is(err, context.Canceled) {
				break
			}
		}
	}
	return errors.Join(bad...)
}

// checkGroup returns an error if --group names nothing that the arguments have.
func (f *cleanFlags) checkGroup(args []string) error {
	if f.group == groupFolder || f.group == groupAll || slices.ContainsFunc(args, input.IsLines) {
		return nil
	}
	return fmt.Errorf("--group %q: it is %s or %s, or, for records in files of %s, one of their keys", f.group, groupFolder, groupAll, input.LinesEnding)
}

// add counts a document, and keeps it if it is among those to learn from.
func (s *cleanSources) add(k groupKey, d input.Document) {
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
func (s *cleanSources) of(d input.Document, body []byte) *group {
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

// isText reports whether a document is text that was scraped already.
func (f *cleanFlags) isText(d input.Document) bool {
	return f.text || d.Record != nil || d.Ending == ".txt" || strings.HasPrefix(strings.ToLower(f.contentType), "text/plain")
}

// sketch returns what a document shows of its source. What cannot be cleaned shows
// nothing.
func (s *cleanSources) sketch(ctx context.Context, d input.Document) (page *siteprofile.Sketch, text *textprofile.Sketch, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug in winnow: %v", r) // read reports it
		}
	}()
	body, err := d.Read()
	if err != nil {
		return nil, nil, err
	}
	if err := s.flags.check(body); err != nil {
		return nil, nil, err
	}
	if s.flags.isText(d) {
		return nil, clean.SketchText(s.flags.page(d, body)), nil
	}
	e, err := s.x.ExtractFrom(ctx, s.flags.page(d, body), nil)
	return e.Sketch, nil, err
}

// page returns the page of a document's bytes.
func (f *cleanFlags) page(d input.Document, body []byte) *news.Page {
	page := &news.Page{URL: f.url, Body: body}
	if d.Record != nil {
		page.URL, page.Hint.Title = cmp.Or(f.url, d.Record.URL), d.Record.Title
	}
	if f.contentType != "" {
		page.Header = map[string][]string{"Content-Type": {f.contentType}}
	}
	return page
}
