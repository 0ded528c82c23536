// Package labels finds the labels of package wordlists on lines of text: "Read
// also:", "Advertisement", "By Ann Wells".
//
// [Table.Find] returns every label on a line, [Finder.FindStart] those that the
// line is or begins with. A [Hit] names the section, the form in which the label
// stands, and the rest of the line. find.go holds the search, which costs about
// one look per character; credit.go recognizes picture credits.
//
// Start with [All].
package labels

import (
	"sync"

	"winnow/clean/internal/wordlists"
)

// label is one phrase of a label file.
type label struct {
	section string
	form    byte   // '=', ':', '^', '>', '~' or '$', see labels/en.txt
	text    string // folded
	order   int32  // among the labels of its form
	head    string // form ':', '^' and '>': text behind its first letter, up to its first "#"
	counts  bool   // text has a "#", which stands for a number
}

// Table is the content of all label files, made ready to match.
type Table struct {
	Finder
	*wordlists.Lists
	Credits *Finder // the labels of credits and captions alone
	Sources *Finder // the labels that name a source alone, captions among them
	Boxes   *Finder // the labels of boxes alone, see elemrules.labelOf
}

// All is the table, made once.
var All = sync.OnceValue(func() *Table {
	t := &Table{Finder: newFinder(), Lists: wordlists.All()}
	for _, l := range t.Lists.Labels {
		t.file(label{section: l.Section, form: l.Form, text: l.Text})
	}
	t.Credits, t.Sources = t.only("caption", "agency"), t.only("caption", "source")
	t.Boxes = t.only("ad", "sponsored", "related", "comments", "newsletter")
	return t
})
