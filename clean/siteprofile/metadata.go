package siteprofile

import (
	"fmt"

	"winnow/clean/internal/letters"
)

// Metadata is which fields of a page have its headline, authors, date and tags, by what
// the profile knows of its site. They are indexes into [Page.Fields].
type Metadata struct {
	Headline int   // -1 for none
	Date     int   // -1 for none
	Bylines  []int // nil for none
	Tags     []int // nil for none
	Idle     bool  // the day that pages of the site state for machines is not that of publication
	Clocks   []int // dates that are not those of stories, such as today's

	menu    map[uint64]bool // keys of fields that the menus of the site have too
	profile *Profile
}

// Metadata reads the fields of a page, of which s is the sketch. It returns nil if the
// profile knows too little, or the page is of a template that it does not know.
func (p *Profile) Metadata(page *Page, s *Sketch) *Metadata {
	if !p.decides() {
		return nil
	}
	v := p.view(s)
	if p.familiarity(v) < minFamiliar {
		return nil
	}
	l := &p.learned
	m := &Metadata{Headline: -1, Date: -1, Idle: l.idle, profile: p}
	if i := p.head(v); i >= 0 && p.isHeadline(v, &v.fields[i]) {
		m.Headline = i
	}
	if l.date.sig != 0 {
		m.Date = p.nearest(v, func(f *field) bool { return f.day != 0 && v.fieldIs(f, l.date) })
	}
	for i := p.nearest(v, func(f *field) bool { return p.isByline(v, f) }); i >= 0 && i < len(v.fields); i++ {
		if p.isByline(v, &v.fields[i]) && (len(m.Bylines) == 0 || v.areBeside(i, m.Bylines[0])) {
			m.Bylines = append(m.Bylines, i)
		}
	}
	m.menu = map[uint64]bool{}
	for i := range v.fields {
		f := &v.fields[i]
		if f.forms&(FormStated|FormLabelled) == 0 && p.isElsewhere(v, f) {
			m.menu[f.key] = true
		}
		if l.tags.sig != 0 && v.fieldIs(f, l.tags) {
			m.Tags = append(m.Tags, i)
		}
		if f.day != 0 && (l.clocks[place{v.sigs[f.elem], 0}] || l.clocks[place{v.sigs[f.elem], f.nth}]) {
			m.Clocks = append(m.Clocks, i)
		}
	}
	return m
}

// areBeside reports whether two fields have the parent of their elements in common, or
// the parents of these.
func (v *view) areBeside(i, k int) bool {
	a, b := v.fields[i].elem, v.fields[k].elem
	for range 2 {
		if a, b = v.elems[a].parent, v.elems[b].parent; a < 0 || b < 0 {
			return false
		}
		if a == b {
			return true
		}
	}
	return false
}

// Names returns the text of a byline of the site without what is before and behind the
// names everywhere.
func (m *Metadata) Names(f *Field) string {
	r, text := &m.profile.learned.frame, f.Text
	if r.words > 0 && r.words <= len(f.Lead) {
		text = f.WithoutLead(r.words, text)
	}
	if r.tail != 0 {
		text = f.WithoutTail(text)
	}
	return text
}

// IsStanding reports whether a name is that of no author of the page: nearly all pages of
// the site state it for machines, and print others; or it is in the menus of the site, and
// on the page without a label.
func (m *Metadata) IsStanding(name string) bool {
	key := hash(letters.Key(name))
	return m.profile.learned.standing[key] || m.menu[key]
}

// IsStandingTitle reports whether several pages of the site have a title.
func (m *Metadata) IsStandingTitle(title string) bool {
	return m.profile.titles[hash(letters.Key(title))] > maxTitlePages
}

// Kind is what a kind of element has.
type Kind uint8

// The kinds of elements with metadata.
const (
	Headline Kind = iota
	Byline
	Date
	Tags
	Clock // a date that is not that of a story
)

// String returns a name for people to read.
func (k Kind) String() string { return [...]string{"headline", "byline", "date", "tags", "clock"}[k] }

// pages returns the number of stories that have a text of a kind at its place.
func (l *learned) pages(k Kind) int {
	return [...]int{Headline: l.headed, Byline: l.bylines, Date: l.dates, Tags: l.tagged}[k]
}

// Why returns the reason of what is read from elements of a kind.
func (m *Metadata) Why(k Kind) string {
	return fmt.Sprintf("in the element with the %s of %d of %d stories of this site", k, m.profile.learned.pages(k), m.profile.filled)
}
