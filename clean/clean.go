// Package clean turns a page into a story: it keeps the text that was written
// for the reader and cuts everything that stands around it and in it, and says
// of every piece why it went.
//
// The way of a page: parse once; read the metadata; lay the tree out flat; cut
// by a table of rules on elements; find the region that holds the story; make
// blocks of text; judge the lines once more; say what kind of page it is.
//
// Start with New, then Extract; ExtractText is for text that another tool has
// scraped, Join for articles that stand on several pages. What a page is
// (Story.Kind), where it goes on (NextPage), what its text is like (Marks, with a
// figure each) and what was cut (Removals, with a rule each) come with the story.
//
// The package reads no network, no disk and no clock, and an Extractor may be
// used by any number of goroutines.
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
	"winnow/clean/siterules"
	"winnow/news"
	"winnow/news/markup"
)

// DefaultMinWords is the length below which a page is no story.
const DefaultMinWords = 40

// Options are the settings of an Extractor.
type Options struct {
	MinWords int               // words under which a page is of kind short; 0 means DefaultMinWords
	Sites    *siterules.Rules  // rules for single sites, which go before the general way; nil means none
	Model    *blockmodel.Model // judges blocks after the rules; nil means the one that comes with the program, the zero Model none
}

// Extractor cleans pages. The zero value is not usable, see New.
type Extractor struct {
	minWords   int
	rules      *elemrules.Set
	unpruned   *elemrules.Set // for texts that site rules have found
	blockRules []blockrules.Rule
	sites      *siterules.Rules
	model      *blockmodel.Model
	basis      string                // see RulesVersion
	watch      func(*modelview.View) // sees each page before the model judges; usually nil
}

// New makes an Extractor.
func New(o Options) *Extractor {
	x := &Extractor{
		minWords:   o.MinWords,
		rules:      elemrules.New(elemrules.Table),
		unpruned:   elemrules.New(elemrules.Unpruned(elemrules.Table)),
		blockRules: blockrules.Table,
		sites:      o.Sites,
		model:      o.Model,
	}
	if x.minWords <= 0 {
		x.minWords = DefaultMinWords
	}
	if x.model == nil {
		x.model, x.basis = blockmodel.Shipped(), RulesVersion()
	} else {
		x.basis = rulesVersion(x.model)
	}
	return x
}

// ErrNoPage is the cause when there is no page to clean.
var ErrNoPage = errors.New("no page")

// Extract finds the story of an HTML page. It parses the body unless the page
// brings its tree, and consumes that tree. A page that holds no story comes
// back without an error: its Kind and KindWhy tell what it is, and its blocks
// are what could be read all the same. An error, always a *news.StageError,
// means that the page could not be parsed or that ctx has ended.
func (x *Extractor) Extract(ctx context.Context, page *news.Page) (news.Story, error) {
	if page == nil {
		return news.Story{}, &news.StageError{Stage: "clean", Err: ErrNoPage}
	}
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	tree := page.Tree
	if tree == nil {
		var err error
		tree, _, err = markup.Parse(page.Body, page.ContentType())
		if errors.Is(err, markup.ErrEmpty) {
			tree, err = &html.Node{Type: html.DocumentNode}, nil
		}
		if err != nil {
			return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
		}
	}
	m := meta.Read(page, goquery.NewDocumentFromNode(tree))
	site := x.sites.Read(page, &tree, &m)
	found := x.findStory(tree, page, &m, site)
	if err := ctx.Err(); err != nil {
		return news.Story{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	story := x.newStory(page, &m)
	story.Blocks, story.Removals = found.blocks, found.removals
	story.Kind, story.KindWhy = x.kindOf(page, &m, found)
	story.Marks, story.Figures = marksOf(&story, found.teaser(&m))
	site.Tell(&story)
	return story, nil
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

// list is never nil, so that it is written as an empty list.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// trusted says whether a page's canonical link can be believed: it stays on
// the host, but for that of the site's twins for small screens and the like, and
// does not send a story to the front page.
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

// mainHost is the host of a URL without the first label of twins: those for small
// screens, for AMP and for print.
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
