package siteprofile

import (
	"slices"
)

// learnByline finds the place of the authors.
func (p *Profile) learnByline(stories []*view) {
	best := 0.0
	all := places(stories)
	alone := p.aloneCount(stories, all)
	for _, at := range all {
		t := p.countNames(stories, at)
		if 2*t.alone < alone {
			continue
		}
		if t.named < fieldFloor || float64(t.named) < bylineShare*float64(len(stories)) || float64(t.named) < nameShare*float64(t.pages) {
			continue
		}
		agree := t.agree >= 2 && float64(t.agree) >= agreeShare*float64(t.stated)
		labelled := 2*t.labelled > t.named
		varied := t.values >= 2 && float64(t.onLists) <= maxOnLists*float64(t.values)
		recurs := t.values < t.named || labelled || t.frame.words > 0
		marked := agree || labelled || t.frame.words > 0 || 2*t.dated >= t.named || 2*t.close >= t.named && float64(t.values) <= maxVariety*float64(t.named)
		if !varied || !recurs || !marked || t.stated >= fieldFloor && !agree && !t.idle {
			continue
		}
		score := float64(t.named) + float64(t.alone)
		if agree {
			score += 2 * float64(t.agree)
		}
		if labelled {
			score *= 2
		}
		if t.frame.words > 0 || t.frame.tail != 0 {
			score *= 0.9
		}
		if at.nth > 0 {
			score *= 0.95
		}
		if score > best {
			best = score
			p.learned.byline, p.learned.bylines = at, t.named
			p.learned.frame = t.frame
		}
	}
}

// aloneCount returns the largest number of pages whose authors, as they alone have them, are
// at one place. It is 0 if nearly all have the same ones, whatever the story.
func (p *Profile) aloneCount(stories []*view, all []place) (most int) {
	authors, pages := map[uint64]int{}, 0
	for _, v := range stories {
		if len(v.authors) > 0 {
			pages++
		}
		for _, a := range v.authors {
			authors[a]++
		}
	}
	for _, n := range authors {
		if float64(n) >= standingShare*float64(pages) {
			return 0
		}
	}
	for _, at := range all {
		n := 0
		for _, v := range stories {
			if slices.ContainsFunc(v.fields, func(f field) bool { return v.fieldIs(&f, at) && f.forms&FormAlone != 0 }) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// nameCounts are the pages with names at a place.
type nameCounts struct {
	pages    int // with a field there
	named    int // that is names
	values   int // different ones
	onLists  int // of these, that lists have there too
	labelled int // by a known label, or a link
	stated   int // pages that have authors
	agree    int // whose authors are these
	alone    int // whose authors, as the page alone has them, are these
	dated    int // near the date
	close    int // close to the headline, or right behind the story
	frame    frame
	idle     bool // the pages state the same author whatever the names, and do not print it
}

func (p *Profile) countNames(stories []*view, at place) nameCounts {
	var t nameCounts
	t.frame = p.frameOf(stories, at)
	values, authors, same, printed := map[uint64]bool{}, map[uint64]int{}, 0, 0
	for _, v := range stories {
		here := p.nearest(v, func(f *field) bool { return v.fieldIs(f, at) && f.forms&(FormTitle|FormTopic) == 0 })
		if here < 0 {
			continue
		}
		t.pages++
		i := p.nearest(v, func(f *field) bool { return v.fieldIs(f, at) && t.frame.holds(f) && !p.stands(v, f) })
		if i < 0 {
			continue
		}
		f := &v.fields[i]
		t.named++
		if !values[f.key] {
			values[f.key] = true
			t.values++
			if p.learned.lists[placed{place{at.sig, 0}, f.key}] > 0 || p.isElsewhere(v, f) {
				t.onLists++
			}
		}
		if f.forms&FormLabelled != 0 {
			t.labelled++
		}
		if f.forms&FormStated != 0 {
			t.agree++
		}
		if f.forms&FormAlone != 0 {
			t.alone++
		}
		if f.forms&FormClose != 0 {
			t.close++
		}
		if v.people {
			t.stated++
			if p.prints(v, FormStated) {
				printed++
			}
			if len(v.authors) == 1 {
				authors[v.authors[0]]++
				same = max(same, authors[v.authors[0]])
			}
		}
		for k := max(0, i-maxApart); k < min(len(v.fields), i+maxApart+1); k++ {
			if p.learned.date.sig != 0 && v.fields[k].day != 0 && v.fieldIs(&v.fields[k], p.learned.date) {
				t.dated++
				break
			}
		}
	}
	t.idle = t.stated >= minIdle && 2*printed < t.stated && float64(same) >= standingShare*float64(t.stated)
	return t
}

// frame is what is around the names at a place on its pages.
type frame struct {
	lead  uint32 // hash of the label before them; 0: none
	words int    // index of the lead among those of a field, from 1; 0: none
	tail  uint32 // hash of what follows them; 0: none
}

// holds reports whether a field is names in the frame.
func (r *frame) holds(f *field) bool {
	return f.forms&(FormTitle|FormTopic) == 0 && f.forms&FormNames(r.words, r.tail != 0) != 0 &&
		(r.words == 0 || len(f.leads) >= r.words && f.leads[r.words-1] == r.lead) && (r.tail == 0 || f.tail == r.tail)
}

// frameOf returns the frame of the names at a place: the longest lead and the tail that
// nearly all of the fields have, which can be parts of names, if the rest is names; without
// them what most have, unless they are names with it.
func (p *Profile) frameOf(stories []*view, at place) frame {
	var fields []*field
	values := map[uint64]bool{}
	for _, v := range stories {
		i := p.nearest(v, func(f *field) bool { return v.fieldIs(f, at) && f.forms&(FormTitle|FormTopic) == 0 && !p.stands(v, f) })
		if i >= 0 {
			fields = append(fields, &v.fields[i])
			values[v.fields[i].key] = true
		}
	}
	isSure := func(n int) bool { return len(values) >= fieldFloor && float64(n) >= standingShare*float64(len(fields)) }
	tail, n := mostFrequent(fields, func(f *field) uint32 { return f.tail })
	sureTail := tail != 0 && isSure(n)
	var sure, often []frame
	for words := MaxLead; words > 0; words-- {
		lead, n := mostFrequent(fields, func(f *field) uint32 {
			if len(f.leads) < words {
				return 0
			}
			return f.leads[words-1]
		})
		bare, tailed := frame{lead, words, 0}, frame{lead, words, tail}
		switch {
		case lead == 0:
		case isSure(n) && sureTail:
			sure = append(sure, tailed, bare)
		case isSure(n):
			sure = append(sure, bare, tailed)
		default:
			often = append(often, bare, tailed)
		}
	}
	if sureTail {
		sure = append(sure, frame{tail: tail})
	}
	for _, r := range slices.Concat(sure, []frame{{}, {tail: tail}}, often) {
		n := 0
		for _, f := range fields {
			if r.holds(f) {
				n++
			}
		}
		if n >= fieldFloor && float64(n) >= nameShare*float64(len(fields)) {
			return r
		}
	}
	return frame{}
}

// mostFrequent returns the value that sameShare of the fields have, and how many these
// are; 0 if there is none.
func mostFrequent(fields []*field, value func(f *field) uint32) (best uint32, n int) {
	counts := map[uint32]int{}
	for _, f := range fields {
		if v := value(f); v != 0 {
			counts[v]++
			if k := counts[v]; k >= fieldFloor && float64(k) >= sameShare*float64(len(fields)) {
				best, n = v, k // no other can have so many
			}
		}
	}
	return best, n
}

// isByline reports whether a field is names at the place of the byline.
func (p *Profile) isByline(v *view, f *field) bool {
	l := &p.learned
	return l.byline.sig != 0 && v.fieldIs(f, l.byline) && l.frame.holds(f) && !p.stands(v, f)
}
