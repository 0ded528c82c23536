package siteprofile

import (
	"slices"
	"strings"

	"winnow/clean/internal/letters"
)

// Field is a short text of a page that may be its headline, or name its authors, its
// date or its tags.
type Field struct {
	Elem int32      // index of the element, which has all of the text
	Text string     //
	Lead []string   // what may be labels, each with text behind it: the first words, up to MaxLead, or what is before a colon
	Tail string     // what may follow names everywhere: the item behind the last comma or bar; "" without text before it
	Day  int32      // of the date in the text, in days since 1970, unless it is that of a change; 0 without a year
	Form FieldForms // what the text looks like
}

// FieldForms is what a field looks like, as bits.
type FieldForms uint16

// The forms of fields.
const (
	FormLabelled FieldForms = 1 << (8 + iota) // it is marked as a byline: by a known label, or a link to the page of an author
	FormStated                                // the names are among those that the page states for machines
	FormAlone                                 // they are among those that the page alone has as authors
	FormTag                                   // a tag that the page states for machines
	FormTopic                                 // a link to the page of a topic
	FormTitle                                 // the page's own title, by any of its spellings
	FormClose                                 // it is in a block close to the headline, or the one behind the story
	formAll      = 1<<(8+iota) - 1
)

// MaxLead is the number of words that a label before names may have.
const MaxLead = 3

// FormNames returns the form of fields that are names of people, perhaps behind a known
// label, when a lead of so many words is taken off, and, with tail, what follows them
// everywhere.
func FormNames(lead int, tail bool) FieldForms {
	if tail {
		lead += MaxLead + 1
	}
	return 1 << lead
}

// WithoutLead returns a text of the field without the lead of so many words.
func (f *Field) WithoutLead(words int, text string) string {
	return strings.TrimLeft(strings.TrimPrefix(text, f.Lead[words-1]), " ")
}

// WithoutTail returns a text of the field without the tail, and without the sign before
// it.
func (f *Field) WithoutTail(text string) string {
	return strings.TrimRight(strings.TrimSuffix(text, f.Tail), " "+TailBreaks)
}

// TailBreaks are the signs that are before a tail.
const TailBreaks = ",|•·/—–،、，"

// MaxFields is the number of fields of a page that a sketch keeps.
const MaxFields = 48

// maxStated is the number of authors of a page that a sketch keeps.
const maxStated = 8

// field is a Field as a sketch has it.
type field struct {
	elem  int32
	nth   int32 // among the children of its parent that are elements, from 1; maxNth and more are the same
	key   uint64
	leads []uint32 // hashes, at most MaxLead
	tail  uint32   // hash; 0: none
	day   int32
	forms FieldForms
}

// maxNth is the highest number of a child that is told from others.
const maxNth = 15

// addFields adds the fields of a page, and what it states for machines.
func (s *sketcher) addFields(p *Page) {
	s.stated, s.fetched, s.people = clampDay(p.Stated), clampDay(p.Fetched), p.StatesAuthors
	for _, name := range p.Authors[:min(len(p.Authors), maxStated)] {
		s.authors = append(s.authors, hash(letters.Key(name)))
	}
	slices.Sort(s.authors)
	s.authors = slices.Compact(s.authors)
	for _, f := range p.Fields[:min(len(p.Fields), MaxFields)] {
		known := field{elem: s.element(f.Elem), nth: s.nth(f.Elem), key: hash(letters.Key(f.Text)), day: clampDay(f.Day), forms: f.Form}
		for _, lead := range f.Lead[:min(len(f.Lead), MaxLead)] {
			known.leads = append(known.leads, token("lead", letters.Fold(lead)))
		}
		if f.Tail != "" {
			known.tail = token("tail", letters.Fold(f.Tail))
		}
		s.fields = append(s.fields, known)
	}
}

func clampDay(day int32) int32 { return min(max(day, 0), maxDay) }

// nth returns the number of an element among the children of its parent, from 1 to
// maxNth.
func (s *sketcher) nth(i int32) int32 {
	n := int32(1)
	for k := s.doc.Elements[i].Node.PrevSibling; k != nil && n < maxNth; k = k.PrevSibling {
		if k.Data != "" && k.FirstChild != nil {
			n++
		}
	}
	return n
}

// place is where fields of one kind are: the signature of their element, and which
// child it is; 0 means any.
type place struct {
	sig uint64
	nth int32
}

// fieldIs reports whether a field of a page is at a place.
func (v *view) fieldIs(f *field, at place) bool {
	return v.sigs[f.elem] == at.sig && (at.nth == 0 || at.nth == f.nth)
}

// head returns the index of the field with the headline, -1 if the page shows none.
func (p *Profile) head(v *view) int {
	if i := slices.IndexFunc(v.fields, func(f field) bool { return f.forms&FormTitle != 0 && p.isHeadline(v, &f) }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(v.fields, func(f field) bool { return p.isHeadline(v, &f) }); i >= 0 {
		return i
	}
	return slices.IndexFunc(v.fields, func(f field) bool { return f.forms&FormTitle != 0 })
}

func (p *Profile) isHeadline(v *view, f *field) bool {
	return p.learned.headline.sig != 0 && v.fieldIs(f, p.learned.headline)
}

// nearest returns the index of the field nearest to the headline of those that ok
// accepts, those behind it first; -1 for none.
func (p *Profile) nearest(v *view, ok func(f *field) bool) int {
	head := p.head(v)
	for i := max(head, 0); i < len(v.fields); i++ {
		if i != head && ok(&v.fields[i]) {
			return i
		}
	}
	for i := head - 1; i >= 0; i-- {
		if ok(&v.fields[i]) {
			return i
		}
	}
	return -1
}
