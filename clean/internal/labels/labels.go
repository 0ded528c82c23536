// Package labels finds the labels of package wordlists on lines of text: "Read
// also:", "Advertisement", "By Ann Wells".
//
// [Table.Find] returns every label on a line. A [Hit] names the section, the form
// in which the label is there, and the rest of the line. labels.go holds the
// table, finder.go files its labels by where on a line they are, find.go searches a
// line for them in about one lookup per character, and credit.go recognizes picture
// credits.
//
// Start with [All].
package labels

import (
	"slices"
	"sync"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Table holds the labels of all languages, ready to be found, and the words.
type Table struct {
	Words *wordlists.Lists

	all     *Finder
	Credits *Finder // labels of credits and captions alone
	Sources *Finder // labels that name a source alone, captions among them
	Boxes   *Finder // labels of boxes of ads, links, comments and newsletters alone
}

// All returns the table of all labels, which is made once.
var All = sync.OnceValue(func() *Table {
	t := &Table{Words: wordlists.All(), all: newFinder()}
	for _, l := range t.Words.Labels {
		t.all.add(label{section: l.Section, form: l.Form, text: l.Text})
	}
	t.Credits = t.all.subset(wordlists.Caption, wordlists.Agency)
	t.Sources = t.all.subset(wordlists.Caption, wordlists.Source)
	t.Boxes = t.all.subset(wordlists.Ad, wordlists.Sponsored, wordlists.Related, wordlists.Comments, wordlists.Newsletter)
	return t
})

// Find returns the labels on a line: those that it is or begins with first,
// then those within it.
func (t *Table) Find(l *letters.Line) []Hit { return t.all.Find(l) }

// Begins reports whether a text is a label of one of the sections, or begins with
// one, or has one that counts anywhere.
func (t *Table) Begins(text string, sections ...wordlists.Section) bool {
	l := letters.NewLine(text)
	return slices.ContainsFunc(t.Find(&l), func(h Hit) bool {
		return h.Form != wordlists.LineEnd && slices.Contains(sections, h.Section)
	})
}
