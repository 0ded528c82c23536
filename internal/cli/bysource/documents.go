package bysource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"winnow/internal/cli/input"
	"winnow/news"
)

// Options say how documents are read.
type Options struct {
	URL         string // that a page came from; "" leaves it to the page
	ContentType string // that the server declared; "" none
	Text        bool   // all documents are text that was scraped already
	Group       string // what the documents of a source have in common: [GroupFolder], [GroupAll], or a key of records
}

// Walk calls yield with the documents of the arguments: those that [input.Walk]
// finds, and the records of files of records that are named.
func Walk(args []string, stdin io.Reader, yield func(input.Document) error) error {
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

// CheckGroup returns an error if Group names nothing that the arguments have.
func (o *Options) CheckGroup(args []string) error {
	if o.Group == GroupFolder || o.Group == GroupAll || slices.ContainsFunc(args, input.IsLines) {
		return nil
	}
	return fmt.Errorf("--group %q: it is %s or %s, or, for records in files of %s, one of their keys", o.Group, GroupFolder, GroupAll, input.LinesEnding)
}

// isText reports whether a document is text that was scraped already.
func (o *Options) isText(d input.Document) bool {
	return o.Text || d.Record != nil || d.Ending == ".txt" || strings.HasPrefix(strings.ToLower(o.ContentType), "text/plain")
}

// check returns an error for what is neither HTML nor text.
func (o *Options) check(body []byte) error {
	if what := input.NotAPage(body); what != "" && (o.ContentType == "" || what != input.BinaryData) {
		return fmt.Errorf("this is %s, neither HTML nor text", what)
	}
	return nil
}

// page returns the page of a document's bytes.
func (o *Options) page(d input.Document, body []byte) *news.Page {
	page := &news.Page{URL: o.URL, Body: body}
	if d.Record != nil {
		page.URL, page.Hint.Title = cmp.Or(o.URL, d.Record.URL), d.Record.Title
	}
	if o.ContentType != "" {
		page.Header = map[string][]string{"Content-Type": {o.ContentType}}
	}
	return page
}
