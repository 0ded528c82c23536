package textprofile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// slots are where a source prints the head of a story.
type slots struct {
	tops   map[uint64]set // key of a line before the first prose → texts
	forms  map[uint64]set // the same without digits
	around map[uint64]set // key of what is around a line of the head → texts
	titles map[uint64]set // the same around titles that are pointed to
}

// Shares of the texts with the same lines around a line of the head, in which that is
// a title, from which it may be one, and is one.
const (
	minSlot  = 0.3
	sureSlot = 0.5
	// for a date close behind a line, beside the share
	leadScore = 0.25
)

// maxForm is the share of the texts whose heads have the same line with other numbers
// from which that is no title.
const maxForm = 0.3

// findTitles finds the title of each text: first where other texts point to it, then
// in the place that these have shown.
func (p *Profile) findTitles(views []*view) {
	p.head = slots{tops: map[uint64]set{}, forms: map[uint64]set{}, around: map[uint64]set{}, titles: map[uint64]set{}}
	pointed := map[uint64]set{} // key that a line points to → texts
	for _, v := range views {
		first := v.firstProse(0)
		for i := first; i < len(v.lines); i++ {
			for _, t := range v.lines[i].titles {
				addTo(pointed, t, v.self)
			}
		}
		for i := range first {
			addTo(p.head.tops, v.lines[i].exact, v.self)
			addTo(p.head.forms, v.lines[i].masked, v.self)
			for _, key := range v.around(i) {
				addTo(p.head.around, key, v.self)
			}
		}
	}
	p.titles = pointed // for now: what is pointed to
	for _, v := range views {
		if i := p.pointedTitle(v); i >= 0 {
			for _, key := range v.around(i) {
				addTo(p.head.titles, key, v.self)
			}
		}
	}
	titles := map[uint64]set{}
	keys := map[uint64]string{}
	for _, v := range views {
		v.title = p.ownTitle(v)
		if v.title >= 0 {
			l := &v.lines[v.title]
			addTo(titles, l.exact, v.self)
			keys[l.exact] = l.key
		}
	}
	for _, v := range views { // neighbours in a channel: pointed to, and in the place of titles
		for i := range v.lines {
			if l := &v.lines[i]; l.key != "" && i != v.title && p.mayBeTitle(v, i) && p.isSlot(v, i) && p.points(v, i) {
				if _, ok := titles[l.exact]; !ok {
					addTo(titles, l.exact, v.self)
					keys[l.exact] = l.key
				}
			}
		}
	}
	p.titles = titles
	for _, h := range slices.Sorted(maps.Keys(keys)) {
		p.words = append(p.words, title{keys[h], h})
	}
	slices.SortFunc(p.words, func(a, b title) int { return cmp.Compare(a.key, b.key) })
}

// mayBeTitle reports whether line i can be the title of a story: it is no sentence,
// no date, and not among the lines that heads of the source have.
func (p *Profile) mayBeTitle(v *view, i int) bool {
	l := &v.lines[i]
	return l.key != "" && l.flags&(lineStamp|lineTimed|lineNumber) == 0 && (l.flags&lineProse == 0 || l.letters < minOpenProse && l.flags&lineSentence == 0) &&
		p.on(p.head.tops, l.exact, v.self) < p.mostTops(v, i) &&
		(l.masked == l.exact || l.masked == 0 || p.points(v, i) || float64(p.head.forms[l.masked].without(v.self).len()) < maxForm*float64(p.known(v)))
}

// mostTops returns on how many heads a line must be to be no title. What other texts
// point to may be on more, and what is in the place of titles: a ticker shows the
// newest titles on all texts, and in a channel neighbours are on several.
func (p *Profile) mostTops(v *view, i int) int {
	need := lineShare.needs(p.known(v))
	if p.points(v, i) || p.slotShare(v, i) >= sureSlot {
		return max(need, int(maxForm*float64(p.known(v))))
	}
	return need
}

// points reports whether another text points to line i. The names of authors are on
// many texts.
func (p *Profile) points(v *view, i int) bool {
	return !isNames(v.lines[i].text) && p.titles[v.lines[i].exact].without(v.self).len() > 0
}

// pointedTitle returns the line of the head that another text points to and that is
// next to a date or a byline, else the first that another text points to; -1 if there
// is none.
func (p *Profile) pointedTitle(v *view) int {
	first := -1
	for i := range v.firstProse(0) {
		if !p.mayBeTitle(v, i) || !p.points(v, i) {
			continue
		}
		if v.leadsHead(i) {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// leadsHead reports whether a date is right behind line i, or behind one more line.
func (v *view) leadsHead(i int) bool {
	for k := i + 1; k < len(v.lines) && k <= i+maxLead; k++ {
		if v.lines[k].flags&lineStamp != 0 {
			return true
		}
	}
	return false
}

// maxLead is how many lines behind a title its date is.
const maxLead = 2

// around returns keys of what is around line i of a head: the line before it, the two
// and the three before it, and the line behind it.
func (v *view) around(i int) (keys []uint64) {
	key := uint64(1)
	for k := i - 1; k >= 0 && k >= i-maxAround && v.recurs[k] != unique; k-- {
		key = mix(v.key(k), key)
		keys = append(keys, key)
	}
	if i+1 < len(v.lines) {
		switch l := &v.lines[i+1]; {
		case l.text != "" && strings.Contains(l.text, " "):
			first, _ := firstWord(l.text)
			keys = append(keys, mix(hash(first), 3))
		case l.flags&lineStamp != 0:
			keys = append(keys, mix(2, 2))
		case v.recurs[i+1] != unique:
			keys = append(keys, mix(v.key(i+1), 2))
		}
	}
	return keys
}

// maxAround is how many lines before a line of a head show what that is.
const maxAround = 3

// isSlot reports whether line i is in the place of titles.
func (p *Profile) isSlot(v *view, i int) bool { return p.slotShare(v, i) >= minSlot }

// slotShare returns the share of the texts with the same lines around a line of the
// head in which that line is a title.
func (p *Profile) slotShare(v *view, i int) (most float64) {
	for _, key := range v.around(i) {
		titles, all := p.head.titles[key].without(v.self).len(), p.head.around[key].without(v.self).len()
		most = max(most, float64(titles)/float64(all+1))
	}
	return most
}

// ownTitle returns the line that is the text's title, -1 if none shows itself. It is
// in the head, but for texts that begin with a neighbour: there it is behind the
// neighbour's few lines.
func (p *Profile) ownTitle(v *view) int {
	first := v.firstProse(0)
	best, most := -1, 0.0
	for i := range min(first, maxTitleLines) {
		if !p.mayBeTitle(v, i) {
			continue
		}
		score := p.slotShare(v, i)
		if p.points(v, i) {
			score += 1
		}
		if v.leadsHead(i) {
			score += leadScore
		}
		if score > most {
			best, most = i, score
		}
	}
	if best < 0 || most < minSlot {
		return -1
	}
	return p.behindNeighbour(v, best)
}

// Bounds of a neighbour before the text's own story.
const (
	maxNeighbourProse = 2 // lines
	maxNeighbourGap   = 3 // lines from its last prose to the next title
)

// behindNeighbour returns the title behind a neighbour whose title is line i, and i
// if that is the text's own.
func (p *Profile) behindNeighbour(v *view, i int) int {
	prose, last := 0, -1
	for k := i + 1; k < len(v.lines) && k < maxTitleLines; k++ {
		if v.isProse(k) {
			if prose++; prose > maxNeighbourProse {
				return i
			}
			last = k
			continue
		}
		if last >= 0 && k > last+maxNeighbourGap {
			return i
		}
		if last >= 0 && p.mayBeTitle(v, k) && p.isSlot(v, k) && v.firstProse(k+1) <= k+maxNeighbourGap {
			return k
		}
	}
	return i
}
