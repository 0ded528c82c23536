package clean

import "sync"

// label is one phrase of a label file.
type label struct {
	section string
	form    byte   // '=', ':', '^', '>', '~' or '$', see labels/en.txt
	text    string // folded
	order   int32  // among the labels of its form
	head    string // form ':', '^' and '>': text behind its first letter, up to its first "#"
	counts  bool   // text has a "#", which stands for a number
}

// labelTable is the content of all label files, made ready to match.
type labelTable struct {
	labelFinder
	*wordLists
	credits *labelFinder // the labels of credits and captions alone
	sources *labelFinder // the labels that name a source alone, captions among them
	boxes   *labelFinder // the labels of boxes alone, see labelOf
}

// labelWords is the table, made once.
var labelWords = sync.OnceValue(func() *labelTable {
	t := &labelTable{labelFinder: newLabelFinder(), wordLists: lists()}
	for _, l := range t.wordLists.labels {
		t.file(label{section: l.section, form: l.form, text: l.text})
	}
	t.credits, t.sources = t.only("caption", "agency"), t.only("caption", "source")
	t.boxes = t.only("ad", "sponsored", "related", "comments", "newsletter")
	return t
})
