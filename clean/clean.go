// Package clean turns a page into a story: it keeps the text that was written for
// the reader, cuts everything around it and in it, and records for every piece why
// it went.
//
// The path of a page, in [Extractor.Extract] and story.go: parse once; read the
// metadata; lay the DOM flat; cut by a table of rules on elements; find the region
// that holds the story; make blocks of text; judge blocks by rules and by a learned
// model; judge lines; decide what kind of page it is, by another model.
//
// Start with [New], then Extract. [Extractor.ExtractText] is for text that another
// tool has scraped, [Extractor.Join] for articles on several pages. A story comes
// with what the page is (Kind), where the article goes on (NextPage), what its text
// is like (Marks, each with a figure) and what was cut (Removals, each with a rule;
// [Rules] lists them).
//
// The work is done by the packages below: letters, wordlists, dates, langid and
// labels know text; dom, elemrules, region and blockrules know pages; byline, meta
// and linerules know what surrounds a story. Public are clean/siterules (rules for
// single sites), clean/blockmodel and clean/pagemodel (the models), clean/siteprofile
// (what the pages of a site show together) and clean/textprofile (likewise, for scraped
// texts).
//
// The package reads no network, no disk and no clock, and an Extractor may be used
// by any number of goroutines.
package clean

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/blockrules"
	"winnow/clean/internal/elemrules"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/modelview"
	"winnow/clean/pagemodel"
	"winnow/clean/siteprofile"
	"winnow/clean/siterules"
	"winnow/news"
	"winnow/news/markup"
)

// DefaultMinWords is the number of words below which a page is no story.
const DefaultMinWords = 40

// Options are the settings of an Extractor.
type Options struct {
	MinWords   int               // a page with fewer words is of kind short; 0 means DefaultMinWords
	Sites      *siterules.Rules  // rules for single sites, which go before the general rules; nil means none
	DropEmbeds bool              // cut posts of networks that a story quotes; they are kept otherwise
	Model      *blockmodel.Model // judges blocks after the rules; nil means the model that comes with the program, the zero Model means none
	Pages      *pagemodel.Model  // judges what kind a page is; nil means the model that comes with the program, the zero Model means none
}

// Extractor cleans pages. The zero value is not usable: see [New].
type Extractor struct {
	minWords   int
	rules      *elemrules.Set
	unpruned   *elemrules.Set // for texts that site rules have found
	blockRules []blockrules.Rule
	sites      *siterules.Rules
	model      *blockmodel.Model
	pages      *pagemodel.Model
	basis      string                // see RulesVersion
	watch      func(*modelview.View) // sees each page before the model judges; usually nil
}

// New returns an Extractor.
func New(o Options) *Extractor {
	table := elemrules.Table
	if !o.DropEmbeds {
		table = elemrules.Without(table, elemrules.EmbedRule)
	}
	x := &Extractor{
		minWords:   o.MinWords,
		rules:      elemrules.New(table),
		unpruned:   elemrules.New(elemrules.Unpruned(elemrules.Table)),
		blockRules: blockrules.Table,
		sites:      o.Sites,
		model:      o.Model,
		pages:      o.Pages,
	}
	if x.minWords <= 0 {
		x.minWords = DefaultMinWords
	}
	if x.model == nil {
		x.model = blockmodel.Shipped()
	}
	if x.pages == nil {
		x.pages = pagemodel.Shipped()
	}
	if x.basis = RulesVersion(); o.Model != nil || o.Pages != nil {
		x.basis = rulesVersion(x.model, x.pages)
	}
	return x
}

// ErrNoPage is the cause when there is no page to clean.
var ErrNoPage = errors.New("no page")

// Extract finds the story on an HTML page. It parses page.Body unless there is a
// page.Tree, which it consumes. A page without a story is no error: Kind and KindWhy
// say what it is, and Blocks are what could be read all the same. An error, always
// a *news.StageError, means that page is nil, that it could not be parsed, or that
// ctx has ended.
func (x *Extractor) Extract(ctx context.Context, page *news.Page) (news.Story, error) {
	e, _, err := x.find(ctx, page, nil, false)
	return e.Story, err
}

// Extraction is what a page came to.
type Extraction struct {
	Story  news.Story          // with the help of the profile
	Alone  news.Story          // as Extract finds it, from the page alone
	Facts  []Fact              // of Story that are not as the page alone has them
	Sketch *siteprofile.Sketch // of the page, of which profiles are made; nil where the text is not that of the page's blocks: it was taken from the JSON-LD, or by rules for the site
}

// Fact is one of the metadata of a story that the profile of its site gave or withdrew.
type Fact struct {
	Name  string // of the field of records: "title", "authors", "date" or "tags"
	Value string // "" for one that was withdrawn
	Why   string
}

// ExtractFrom is Extract for a page of a site whose other pages are known by their
// profile; nil means that none is known yet.
func (x *Extractor) ExtractFrom(ctx context.Context, page *news.Page, profile *siteprofile.Profile) (Extraction, error) {
	e, _, err := x.find(ctx, page, profile, true)
	return e, err
}

// find extracts a page and also returns how it was found.
func (x *Extractor) find(ctx context.Context, page *news.Page, profile *siteprofile.Profile, sketched bool) (e Extraction, found *found, err error) {
	if page == nil {
		return e, nil, &news.StageError{Stage: "clean", Err: ErrNoPage}
	}
	if err := ctx.Err(); err != nil {
		return e, nil, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	tree, err := parse(page)
	if err != nil {
		return e, nil, err
	}
	m := meta.Read(page, goquery.NewDocumentFromNode(tree), nil)
	read := m
	site := x.sites.Apply(page, &tree, &m)
	found = x.findStory(tree, page, &m, site)
	e.Story = x.story(page, &m, found, site)
	e.Alone = e.Story
	if sketched {
		found.judgeBySite(page, &m, &e.Alone, profile, changedFacts(&read, &m))
		if e.Sketch = found.sketch; found.bySite != nil || found.byAddress != 0 {
			e.Facts = found.facts
			e.Story = x.story(page, &m, found, site)
			if found.bySite != nil && found.bySite.Story == siteprofile.Unknown && e.Alone.Kind == news.KindSection && e.Story.Kind == news.KindStory {
				e.Story.Kind, e.Story.KindWhy = e.Alone.Kind, e.Alone.KindWhy // it has fewer links now, but was one of them
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return Extraction{}, nil, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	return e, found, nil
}

// story returns what was found as a story.
func (x *Extractor) story(page *news.Page, m *meta.Meta, found *found, site *siterules.Result) news.Story {
	story := x.newStory(page, m)
	story.Blocks, story.Removals = found.blocks, found.removals
	story.Kind, story.KindWhy = x.kindOf(page, m, found)
	story.Marks, story.Figures = marksOf(&story, found.teaser(m))
	site.AddTo(&story)
	return story
}

// parse returns the tree of a page.
func parse(page *news.Page) (*html.Node, error) {
	if page.Tree != nil {
		return page.Tree, nil
	}
	tree, _, err := markup.Parse(page.Body, page.ContentType())
	if errors.Is(err, markup.ErrEmpty) {
		return &html.Node{Type: html.DocumentNode}, nil
	}
	if err != nil {
		return nil, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	return tree, nil
}

// newStory returns a story with its metadata and no text yet.
func (x *Extractor) newStory(page *news.Page, m *meta.Meta) news.Story {
	s := news.Story{
		URL: page.URL, Title: m.Title, Description: m.Description, Image: m.Image,
		Authors: list(m.Authors), Categories: list(m.Categories), Tags: list(m.Tags), Rights: list(m.Rights),
		Date: m.Date, Published: m.Published, Modified: m.Modified,
		Language: m.Language, LanguageSure: m.LanguageScore, SiteName: m.SiteName,
		Source: page.Source, Rendered: page.Rendered, Origin: m.Origin, License: m.License, NextPage: m.NextPage,
		Extractor: Version(), Rules: x.basis,
	}
	if u, err := url.Parse(page.URL); err == nil {
		s.Hostname = strings.ToLower(u.Hostname())
		if trusted(u, m.Canonical) {
			s.URL, s.FetchedURL = m.Canonical, page.URL
		}
	}
	return s
}

// list returns s, or an empty list for nil, so that JSON has [] and not null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// trusted reports whether a page's canonical link can be believed: it stays on the
// host, apart from hosts for small screens and the like, and does not send a story
// to the front page.
func trusted(page *url.URL, canonical string) bool {
	c, err := url.Parse(canonical)
	if err != nil || c.Scheme != "http" && c.Scheme != "https" || c.User != nil {
		return false
	}
	if mainHost(c) != mainHost(page) {
		return false
	}
	return strings.Trim(c.Path, "/") != "" || c.RawQuery != "" || strings.Trim(page.Path, "/") == ""
}

// mainHost returns the host of a URL without a first label that is for small
// screens, for AMP or for print.
func mainHost(u *url.URL) string {
	host := strings.ToLower(u.Host)
	label, rest, ok := strings.Cut(host, ".")
	switch label {
	case "www", "m", "mobile", "amp", "wap", "touch", "print":
		if ok && strings.Contains(rest, ".") {
			return rest
		}
	}
	return host
}
