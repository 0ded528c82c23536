package siteprofile

import "fmt"

// MinPages is the number of pages under which a profile decides nothing.
const MinPages = 3

// surePages is the number of pages with a story from which a profile is believed
// against the pages' own rules. With fewer it cuts what recurs, and brings back
// prose that was cut for its place.
const surePages = 8

// Judgement is what a profile says of a page.
type Judgement struct {
	Blocks []Decision // on each block
	Story  Answer     // whether the page has a story where the pages of its site have theirs
	Lean   int32      // what that adds to the log-odds of a story, in 1/[OddsUnit]
}

// Decision is what a profile says of one block.
type Decision struct {
	Keep  bool
	Why   string  // the reason of a cut that the page's own rules did not make; "" for others
	Inner []Range // what goes of a block that stays, ascending
}

// Range is a range of bytes of a block's text that goes, and why.
type Range struct {
	From, To int
	Why      string
}

// Answer is that to a question for which a profile may know too little.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// What it says on a page's being a story that it has a story, or none, where the pages
// of its site have theirs: weights in 1/OddsUnit, and the numbers of pages with a story
// there with which they count half.
const (
	filledWeight, filledHalf     = 10 * OddsUnit, 4
	unfilledWeight, unfilledHalf = 8 * OddsUnit, 12
)

// Judge judges a page, of which s is the sketch. It returns nil if the profile knows
// too little, or the page is of a template that it does not know.
func (p *Profile) Judge(page *Page, s *Sketch) *Judgement {
	if !p.decides() {
		return nil
	}
	v := p.view(s)
	if p.familiarity(v) < minFamiliar {
		return nil
	}
	j := &judge{Profile: p, v: v, page: page, out: make([]Decision, len(s.units)), filled: p.isFilled(v)}
	j.first, j.last = p.proseBounds(v)
	j.copied = j.isCopied()
	for i := range s.units {
		j.at = i
		j.out[i] = j.unit(&s.units[i])
	}
	j.cutOthers()
	j.cutPointers()
	j.cutParts()
	j.cutEchoes()
	out := &Judgement{Blocks: j.out, Story: j.story()}
	switch filled := int32(j.Profile.filled); out.Story {
	case Yes:
		out.Lean = shrunk(filledWeight, filled, filledHalf)
	case No:
		out.Lean = -shrunk(unfilledWeight, filled, unfilledHalf)
	}
	return out
}

// judge judges one page.
type judge struct {
	*Profile
	v      *view
	page   *Page
	filled bool // a main container holds a story
	out    []Decision
	at     int  // the unit that is judged
	copied bool // another page has most of its prose: its print version, or one in parts
	first  int  // unit of prose in the containers, and the last one
	last   int
}

// isSure reports whether the containers are believed against the page's own rules.
func (j *judge) isSure() bool { return j.Profile.filled >= surePages }

// unit decides on one unit by what is known of it and of the boxes around it.
func (j *judge) unit(u *unit) Decision {
	kept := u.flags&unitKept != 0
	in := j.anyContainer(j.v, u.elem)
	if why := j.recurs(u, in); why != "" {
		return Decision{Why: why}
	}
	switch {
	case in >= 0:
		return Decision{Keep: kept || !j.v.hasTitle(u.exact) && j.restores(u, in)}
	case kept && j.isSure() && j.filled:
		return Decision{Why: fmt.Sprintf("outside the element that holds the story on %d of %d pages of this site", j.Profile.filled, j.pages)}
	}
	return Decision{Keep: kept}
}

// recurs returns why a unit is the site's, and "" if it is the story's. in is the
// container that it is in, -1 for none.
func (j *judge) recurs(u *unit, in int32) string {
	if j.v.hasTitle(u.exact) {
		return ""
	}
	if j.isPointer(j.v.Sketch, u) && u.flags&(unitProse|unitCell) == 0 {
		return "the title of another page of this site, or a link to one"
	}
	within := j.variedBox(u, in)
	if within < 0 && !(in >= 0 && !j.isSure() && u.flags&(unitHeading|unitCell|unitItem) != 0) {
		share, pages := plainText, j.exact
		if in >= 0 && (u.flags&(unitProse|unitHeading) != 0 || u.flags&unitSentence != 0 && u.letters >= minSentence) {
			share = prose
			if u.flags&unitHeading == 0 {
				pages = j.inside
			}
		} else if in >= 0 && u.flags&unitSentence != 0 {
			share = shortSentence
		}
		if n := j.others(pages, u.exact); !j.isQuoted(u) && j.isCommon(n, share) {
			return fmt.Sprintf("on %d of %d other pages of this site", n, j.otherPages())
		}
		if n := j.others(j.masked, u.masked); u.masked > digitsOnly && u.masked != u.exact && u.flags&unitCell == 0 && j.isCommon(n, maskedText) {
			return fmt.Sprintf("on %d of %d other pages of this site, with other numbers", n, j.otherPages())
		}
	}
	e := u.elem
	if within >= 0 {
		e = within
	}
	for ; e >= 0 && e != in; e = j.v.elems[e].parent {
		if b := j.knownBox(j.v, e); b != nil && b.isSites(in < 0 || !j.isSure()) && (in < 0 || j.v.below[e] > 1 || j.repeats(u, b)) {
			return b.why(j.pages)
		}
	}
	return ""
}

// Bounds of boxes of one unit.
const (
	leafRepetition = 0.8
	leafOthers     = 2 // pages with the same text
)

// minSentence is the length, in letters, from which a sentence in a container counts
// as prose where it recurs.
const minSentence = 35

// repeats reports whether a unit that is a box by itself is one that the site repeats:
// headings and questions recur too.
func (j *judge) repeats(u *unit, b *box) bool {
	return j.isPointer(j.v.Sketch, u) || b.repetition() >= leafRepetition && max(j.others(j.exact, u.exact), j.others(j.masked, u.masked)) >= leafOthers
}

// variedBox returns the box in a container that holds a unit together with others, if
// it differs from page to page, as the table around the head of a table does: the unit
// stays even if its text recurs. It returns -1 if there is none.
func (j *judge) variedBox(u *unit, in int32) int32 {
	if in < 0 {
		return -1
	}
	for e := u.block; e >= 0 && e != in; e = j.v.elems[e].parent {
		if j.v.below[e] > 1 {
			if b := j.knownBox(j.v, e); b != nil && b.repetition() < minVariety {
				return e
			}
			return -1
		}
	}
	return -1
}

// isQuoted reports whether what recurs at the edge of other stories stands amid the prose
// of this page alone: it is the page that the others quote.
func (j *judge) isQuoted(u *unit) bool {
	return u.flags&unitProse != 0 && j.first < j.at && j.at < j.last && j.others(j.amid, u.exact) <= 0 && j.inside[u.exact] > 1
}

// others returns on how many pages of the sample other than this one a key is.
func (j *judge) others(pages map[uint64]int32, key uint64) int32 {
	n := pages[key]
	if j.sampled[j.v.url] {
		n--
	}
	return n
}

func (j *judge) otherPages() int {
	if j.sampled[j.v.url] {
		return j.pages - 1
	}
	return j.pages
}

// recurrence is from which share of the other pages on a text is the site's. The share is
// shrunk towards 0 as if there were more pages, without it: of three pages all must
// have prose, of ten a third, of many a quarter.
type recurrence struct {
	percent float64 // of the other pages and of more
	more    float64 // pages
}

var (
	plainText     = recurrence{18, 1}   // at 10 % sentences of stories go
	shortSentence = recurrence{14, 5.2} // in a container
	prose         = recurrence{24, 2.2} // in a container
	maskedText    = recurrence{15, 3}   // that differs in its digits alone
)

// isCopied reports whether other pages have half of the prose of this one or more.
func (j *judge) isCopied() bool {
	var all, shared int32
	for i := range j.v.units {
		if u := &j.v.units[i]; u.flags&unitProse != 0 && u.flags&unitKept != 0 {
			all += u.letters
			if j.others(j.exact, u.exact) > 0 {
				shared += u.letters
			}
		}
	}
	return all > 0 && 2*shared >= all
}

// isCommon reports whether a text that n other pages have is the site's. Of the pages
// those with a story count, once they are known.
func (j *judge) isCommon(n int32, r recurrence) bool {
	if j.copied {
		n-- // the copy
	}
	others := int32(j.otherPages())
	if j.Profile.filled >= minFilledPages {
		others -= int32(j.pages - j.Profile.filled)
	}
	return 100*float64(n) >= r.percent*(float64(others)+r.more)
}

// Bounds of boxes that are not brought back.
const (
	cutPages = 3   // pages that have it
	cutShare = 0.8 // of its instances that the pages' own rules cut
)

// restores reports whether a unit that the page's own rules have cut is brought back:
// it is in a container, was cut for its place or for how its box is built, and is in
// no box that is cut from page to page.
func (j *judge) restores(u *unit, in int32) bool {
	if j.isSure() {
		if u.flags&(unitPlaced|unitBuilt) == 0 {
			return false
		}
	} else if u.flags&unitPlaced == 0 || u.flags&(unitProse|unitCell|unitItem) == 0 || !j.isKeptElsewhere(u) {
		return false
	}
	e := u.block
	if e != in {
		e = j.v.elems[e].parent
	}
	for ; e >= 0 && e != in; e = j.v.elems[e].parent {
		b := j.boxes[j.v.sigs[e]]
		if b == nil || b.pages < cutPages {
			continue
		}
		cut := b.cut
		if u.flags&unitLinked != 0 {
			cut = b.gone
		}
		if float64(cut) >= cutShare*float64(b.all) {
			return false
		}
	}
	return true
}

// isKeptElsewhere reports whether the pages' own rules keep most texts in elements such
// as that of a unit, which they have cut.
func (j *judge) isKeptElsewhere(u *unit) bool {
	b := j.boxes[j.v.sigs[u.elem]]
	return b != nil && 2*(b.all-b.gone) > b.all
}

// storyLetters is the length of the shortest story, in letters.
const storyLetters = 120

// story answers whether the page has a story where the pages of its site have theirs.
func (j *judge) story() Answer {
	in, teasers := false, j.teasers(j.v)
	var prose, own int32
	for i := range j.out {
		u := &j.v.units[i]
		if !j.out[i].Keep {
			continue
		}
		led := teasers[i] || len(j.out[i].Inner) > 0 && j.out[i].Inner[0].From == 0
		in = in || j.container(j.v, u.elem) >= 0
		if j.anyContainer(j.v, u.elem) >= 0 && u.flags&(unitHeading|unitLinked) == 0 && (u.flags&unitSentence != 0 || u.letters >= minProse) {
			prose += u.letters
			if !led && j.others(j.inside, u.exact) <= 0 {
				own += u.letters
			}
		}
	}
	switch {
	case in && own >= storyLetters && 2*own >= prose:
		return Yes
	case in && prose >= storyLetters:
		return Unknown // perhaps a list of the beginnings of other stories, or a copy of one
	}
	return No
}
