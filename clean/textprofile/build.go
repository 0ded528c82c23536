package textprofile

import (
	"cmp"
	"maps"
	"slices"
)

// Build returns the profile of a source, learned from sketches of its texts. It uses
// those of the [SampleSize] smallest IDs; their order does not matter.
func Build(sketches []*Sketch) *Profile {
	sketches = slices.Clone(sketches)
	slices.SortFunc(sketches, func(a, b *Sketch) int { return cmp.Compare(a.id, b.id) })
	sketches = slices.CompactFunc(sketches, func(a, b *Sketch) bool { return a.id == b.id })
	sketches = sketches[:min(len(sketches), SampleSize)]
	p := &Profile{indexes: map[uint64]int{}}
	p.cluster(sketches)
	if p.texts < MinTexts {
		return p
	}
	var views []*view
	for range rounds {
		views = p.learn(sketches, views)
	}
	return p
}

// rounds is how often the texts are learned from: the second time without the other
// stories that the first has found in them.
const rounds = 2

// learn learns from the texts. before are their views of the round before.
func (p *Profile) learn(sketches []*Sketch, before []*view) []*view {
	p.exact, p.masked, p.pairs, p.places = map[uint64]set{}, map[uint64]set{}, map[uint64]set{}, map[uint64]set{}
	p.titles, p.opening = map[uint64]set{}, map[uint64]set{}
	p.ends, p.begins = map[uint64]bool{}, map[uint64]bool{}
	p.words = nil
	p.count(sketches, before)
	views := make([]*view, len(sketches))
	for i, s := range sketches {
		views[i] = p.view(s)
	}
	p.findTitles(views)
	for _, v := range views {
		p.setAside(v)
	}
	p.findOpenings(views)
	p.findBylines(views)
	p.findAnchors(views)
	p.findPlaces(views)
	return views
}

// Shares of the prose of two texts that both have, from which they are
// copies.
const (
	copyShare = 0.8 // of all of it
	rareShare = 0.5 // of what few texts have
	copyLines = 2   // lines
	maxRare   = 0.25
	minCopied = 2 // texts
)

// cluster gives each sketch the index of a text. Copies of a text, whose prose is
// mostly the same, have the same index: else each would be a reason to cut the other.
func (p *Profile) cluster(sketches []*Sketch) {
	with := map[uint64][]int{} // key of prose → sketches
	prose := make([][]uint64, len(sketches))
	for i, s := range sketches {
		prose[i] = s.prose()
		for _, key := range prose[i] {
			with[key] = append(with[key], i)
		}
	}
	most := max(minCopied, int(maxRare*float64(len(sketches))))
	rare := make([]int, len(sketches))
	index := make([]int, len(sketches))
	for i, s := range sketches {
		all, few := make([]int, i), make([]int, i)
		for _, key := range prose[i] {
			isRare := len(with[key]) <= most
			if isRare {
				rare[i]++
			}
			for _, k := range with[key] {
				if k >= i {
					break
				}
				all[k]++
				if isRare {
					few[k]++
				}
			}
		}
		index[i] = p.texts
		for k := range i {
			if all[k] >= copyLines && float64(all[k]) >= copyShare*float64(max(len(prose[i]), len(prose[k]))) ||
				few[k] >= copyLines && float64(few[k]) >= rareShare*float64(max(rare[i], rare[k])) {
				index[i] = index[k]
				break
			}
		}
		if index[i] == p.texts {
			p.texts++
		}
		p.indexes[s.id] = index[i]
	}
}

// prose returns the keys of the text's prose, each once, ascending.
func (s *Sketch) prose() []uint64 {
	var keys []uint64
	for i := range s.lines {
		if l := &s.lines[i]; l.flags&lineProse != 0 {
			keys = append(keys, l.exact)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// count adds the lines of the texts to the counts. before are the views of the round
// before: what is behind a text's own story counts only if it is in other texts at
// another place, as chrome is.
func (p *Profile) count(sketches []*Sketch, before []*view) {
	for t, s := range sketches {
		for i := range s.lines {
			if before == nil || i < before[t].to {
				p.countLine(s, i)
			}
		}
	}
	if before == nil {
		return
	}
	inside := maps.Clone(p.exact)
	for t, s := range sketches {
		for i := before[t].to; i < len(s.lines); i++ {
			if inside[s.lines[i].exact].len() >= minInside {
				p.countLine(s, i)
			}
		}
	}
}

// minInside is on how many texts a line must be, before the end of the text's own
// story and chrome, to be chrome behind it.
const minInside = 3

// countLine adds a line to the counts.
func (p *Profile) countLine(s *Sketch, i int) {
	text, l := p.indexes[s.id], &s.lines[i]
	addTo(p.exact, l.exact, text)
	if l.masked != 0 {
		addTo(p.masked, l.masked, text)
	}
	if i > 0 {
		addTo(p.pairs, mix(s.lines[i-1].form(), l.form()), text)
	}
}

// form returns the key of a line without its digits, if it is not prose.
func (l *line) form() uint64 {
	if l.masked != 0 {
		return l.masked
	}
	return l.exact
}

func addTo(sets map[uint64]set, key uint64, text int) {
	s := sets[key]
	s.add(text)
	sets[key] = s
}

// view is a text as a profile sees it.
type view struct {
	*Sketch
	self     int      // index of the text; -1 when it is not in the sample
	recurs   []kind   // how each line recurs
	from, to int      // the lines of the text's own story and its chrome, to excluded
	title    int      // -1 when not known
	aside    []string // why a line is of no story, "" where it may be of one; see setAside
}

// kind is how a line recurs.
type kind uint8

const (
	unique kind = iota
	byMask
	byText
)

// view returns the text as the profile sees it.
func (p *Profile) view(s *Sketch) *view {
	v := &view{Sketch: s, self: -1, recurs: make([]kind, len(s.lines)), to: len(s.lines), title: -1}
	if i, ok := p.indexes[s.id]; ok {
		v.self = i
	}
	for i := range s.lines {
		l := &s.lines[i]
		if p.on(p.exact, l.exact, v.self) >= p.needed(v, l) {
			v.recurs[i] = byText
		} else if l.masked != 0 && p.on(p.masked, l.masked, v.self) >= p.neededMasked(v, l) {
			v.recurs[i] = byMask
		}
	}
	return v
}

// on returns on how many texts a key is, the text at hand counted.
func (p *Profile) on(sets map[uint64]set, key uint64, self int) int {
	return sets[key].without(self).len() + 1
}

// known returns the number of texts that are known, the text at hand counted.
func (p *Profile) known(v *view) int {
	if v.self < 0 {
		return p.texts + 1
	}
	return p.texts
}

// needed returns on how many texts a line must be to recur.
func (p *Profile) needed(v *view, l *line) int {
	if l.flags&lineProse != 0 {
		return proseShare.needs(p.known(v))
	}
	return lineShare.needs(p.known(v))
}

// neededMasked returns on how many texts a line must be, with other numbers, to recur.
// Reports of every day have such sentences too.
func (p *Profile) neededMasked(v *view, l *line) int {
	if l.flags&lineSentence != 0 {
		return sentenceShare.needs(p.known(v))
	}
	return p.needed(v, l)
}

// isProse reports whether line i is prose that may be of a story.
func (v *view) isProse(i int) bool {
	return v.lines[i].flags&lineProse != 0 && v.recurs[i] == unique && (v.aside == nil || v.aside[i] == "")
}

// key returns the key by which line i recurs.
func (v *view) key(i int) uint64 {
	if v.recurs[i] == byMask {
		return v.lines[i].masked
	}
	return v.lines[i].exact
}

// firstProse returns the first line of prose from line i on, v.to if there is none.
func (v *view) firstProse(i int) int {
	for i < v.to && !v.isProse(i) {
		i++
	}
	return i
}

// findPlaces finds the places of short lines: between two lines that recur.
func (p *Profile) findPlaces(views []*view) {
	for _, v := range views {
		for i := range v.lines {
			if place := v.place(i); place != 0 {
				addTo(p.places, place, v.self)
			}
		}
	}
}

// place returns the key of the lines around a short line, 0 if they do not recur.
func (v *view) place(i int) uint64 {
	if i == 0 || i+1 >= len(v.lines) || v.recurs[i-1] == unique || v.recurs[i+1] == unique || v.lines[i].flags&lineProse != 0 {
		return 0
	}
	return mix(v.key(i-1), v.key(i+1))
}
