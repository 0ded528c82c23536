package textprofile

import "fmt"

// Judgement is what a profile says of a text.
type Judgement struct {
	Lines   []Decision // on each line
	Title   int        // the line that is the title, -1 when none shows itself
	Date    int        // the line with the date of the story, -1
	Authors []string
}

// Decision is what a profile says of one line.
type Decision struct {
	Keep  bool
	Why   string  // the reason of a cut that no rule on lines made; "" for others
	Inner []Range // what goes of a line that stays, ascending
}

// Range is a range of bytes of a line that goes, and why.
type Range struct {
	From, To int
	Why      string
}

// Judge judges a text, of which s is the sketch. It returns nil if the profile knows
// too little.
func (p *Profile) Judge(t *Text, s *Sketch) *Judgement {
	if p == nil || len(s.lines) > MaxLines || p.texts < MinTexts && (p.texts == 0 || p.isOnly(s)) {
		return nil
	}
	v := p.view(s)
	v.title = p.ownTitle(v)
	p.setAside(v)
	p.bound(v)
	j := &judge{Profile: p, v: v, text: t, why: make([]string, len(s.lines)), inner: make([][]Range, len(s.lines))}
	copy(j.why, v.aside)
	j.cutPointers()
	j.cutRecurring()
	j.cutOthers()
	j.cutEnds()
	j.cutPlaces()
	j.findHead()
	j.keepTables()
	j.cutEchoes()
	j.cutInner()
	return j.judgement()
}

// isOnly reports whether s is the only text that is known.
func (p *Profile) isOnly(s *Sketch) bool {
	_, ok := p.indexes[s.id]
	return ok
}

// judge judges one text.
type judge struct {
	*Profile
	v     *view
	text  *Text
	why   []string // why a line goes; "" while it stays
	inner [][]Range
	safe  []bool // lines that stay whatever the rules say
	end   int    // the line behind the story
	head  int    // the last line of the head that names date or authors; -1 if there is none
	out   *Judgement
}

// cut cuts line i, unless it has been cut or is the title.
func (j *judge) cut(i int, why string) {
	if j.why[i] == "" {
		j.why[i] = why
	}
}

// cutRecurring cuts the lines that recur.
func (j *judge) cutRecurring() {
	n := j.known(j.v)
	for i := range j.v.lines {
		l := &j.v.lines[i]
		if j.v.recurs[i] == unique {
			continue
		}
		same, alike := j.on(j.exact, l.exact, j.v.self), 0
		if l.masked != 0 {
			alike = j.on(j.masked, l.masked, j.v.self)
		}
		if alike > same {
			j.cut(i, fmt.Sprintf("is in %d of %d texts of this source, with other numbers", alike, n))
		} else {
			j.cut(i, fmt.Sprintf("is in %d of %d texts of this source", same, n))
		}
	}
}

// pointer reports whether line i names another text of the source, or is its title.
func (p *Profile) pointer(v *view, i int) bool {
	if i == v.title {
		return false
	}
	for _, t := range v.lines[i].titles {
		if _, known := p.titles[t]; known && (v.title < 0 || t != v.lines[v.title].exact) {
			return true
		}
	}
	return false
}

func (j *judge) cutPointers() {
	for i := range j.v.lines {
		if j.pointer(j.v, i) {
			j.cut(i, "the title of another text of this source, or a line that points to one")
		}
	}
}

// cutOthers cuts the stories before and behind the text's own.
func (j *judge) cutOthers() {
	for i := j.v.to; i < len(j.v.lines); i++ {
		j.cut(i, "another story, which has its own text in this source")
	}
	if j.v.title < 0 {
		return
	}
	for i := range j.v.title {
		j.cut(i, "before the title of the story")
	}
}

// cutEnds cuts what is before the beginning and behind the end of the story.
func (j *judge) cutEnds() {
	j.end = j.Profile.end(j.v)
	for i := j.end; i < j.v.to; i++ {
		j.cut(i, "behind a line that ends the stories of this source")
	}
	first := j.v.firstProse(j.v.from)
	if first == j.v.to {
		return
	}
	for i := range j.begin(j.v) {
		j.cut(i, "before a line that begins the stories of this source")
	}
}

// cutPlaces cuts short lines between lines that recur, where other texts have other
// lines in the same place.
func (j *judge) cutPlaces() {
	for i := range j.v.lines {
		if place := j.v.place(i); place != 0 && j.why[i] == "" && i != j.v.title {
			if n := j.on(j.places, place, j.v.self); n >= j.needed(j.v, &j.v.lines[i]) {
				j.cut(i, fmt.Sprintf("between two lines that are around other words in %d of %d texts of this source", n, j.known(j.v)))
			}
		}
	}
}

// findHead finds title, date and authors.
func (j *judge) findHead() {
	j.out = &Judgement{Lines: make([]Decision, len(j.v.lines)), Title: j.v.title, Date: j.date(j.v, j.end)}
	j.head, j.out.Authors = j.authors(j.text, j.v)
	if d := j.out.Date; d < j.v.firstProse(j.v.from) {
		j.head = max(j.head, d)
	}
}

// judgement returns what was decided, joined with the rules on lines.
func (j *judge) judgement() *Judgement {
	out := j.out
	for i := range j.v.lines {
		d := &out.Lines[i]
		switch {
		case i == j.v.title:
			d.Keep = true
		case j.why[i] != "":
			d.Why = j.why[i]
		default:
			d.Keep = j.text.Rules[i] == "" || j.restores(i)
			d.Inner = j.inner[i]
		}
	}
	return out
}

// restores reports whether a line that the rules on lines cut is brought back: by
// rules that go by its place or its script, or as the pitch of a paid block whose
// pitch is the line before it, which recurs.
func (j *judge) restores(i int) bool {
	if j.safe[i] {
		return true
	}
	switch j.text.Rules[i] {
	case "line-language", "line-tail", "line-head":
		return true
	case "line-sponsored", "line-ad":
		for k := i - 1; k >= 0 && j.text.Rules[k] == j.text.Rules[i]; k-- {
			if l := &j.v.lines[k]; l.flags&lineProse != 0 && (j.v.recurs[k] != unique || j.v.aside[k] != "") {
				return true
			}
		}
	}
	return false
}
