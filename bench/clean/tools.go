package main

import (
	"bytes"
	"context"
	"net/url"

	readeck "codeberg.org/readeck/go-readability"
	"github.com/go-shiori/go-readability"
	distiller "github.com/markusmobius/go-domdistiller"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"winnow/bench/internal/pages"
	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/news"
)

// tool is one way from a page's bytes to its text.
type tool struct {
	name string
	text func(p *pages.Page) (string, error)
}

// parseOnly is the name of the tool that returns no text.
const parseOnly = "net/html parse alone"

// tools are what is compared, winnow first. Each is called as its documentation
// says, from bytes to text, with its defaults. winnow takes the model of a page's
// fold where there are such.
func tools(byFold ...*blockmodel.Model) []tool {
	return []tool{
		{"winnow", winnow(byFold)},
		{"go-readability", readable},
		{"go-readability (readeck)", readableToo},
		{"go-trafilatura", trafilaturaWith(false)},
		{"go-trafilatura+fallback", trafilaturaWith(true)},
		{"go-domdistiller", distilled},
		{parseOnly, parsed},
	}
}

func winnow(byFold []*blockmodel.Model) func(*pages.Page) (string, error) {
	extractors := []*clean.Extractor{clean.New(clean.Options{})}
	for k, m := range byFold {
		extractors = append(extractors[:k], clean.New(clean.Options{Model: m}))
	}
	return func(p *pages.Page) (string, error) {
		x := extractors[p.Fold%len(extractors)]
		story, err := x.Extract(context.Background(), &news.Page{URL: p.URL, Body: p.HTML})
		return story.Text(), err
	}
}

func readable(p *pages.Page) (string, error) {
	article, err := readability.FromReader(bytes.NewReader(p.HTML), address(p))
	return article.TextContent, err
}

// readableToo is the library's successor.
func readableToo(p *pages.Page) (string, error) {
	article, err := readeck.FromReader(bytes.NewReader(p.HTML), address(p))
	return article.TextContent, err
}

func trafilaturaWith(fallback bool) func(*pages.Page) (string, error) {
	return func(p *pages.Page) (string, error) {
		r, err := trafilatura.Extract(bytes.NewReader(p.HTML), trafilatura.Options{OriginalURL: address(p), EnableFallback: fallback, ExcludeComments: true})
		if err != nil {
			return "", err
		}
		return r.ContentText, nil
	}
}

func distilled(p *pages.Page) (string, error) {
	r, err := distiller.ApplyForReader(bytes.NewReader(p.HTML), &distiller.Options{OriginalURL: address(p), SkipPagination: true})
	if err != nil {
		return "", err
	}
	return r.Text, nil
}

func parsed(p *pages.Page) (string, error) {
	_, err := html.Parse(bytes.NewReader(p.HTML))
	return "", err
}

// address is the page's URL; the rivals want one in any case.
func address(p *pages.Page) *url.URL {
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		return u
	}
	return &url.URL{Scheme: "https", Host: "news.example", Path: "/" + p.ID}
}
