package siteprofile

import (
	"maps"
	"slices"
)

// Bounds of the search for containers.
const (
	maxTemplates = 6   // containers of one host
	maxTries     = 12  // candidates for them
	minTemplate  = 2   // pages of a further template
	minFilled    = 120 // letters of prose in a container that holds a story
)

// findContainers finds the elements that hold the stories, one for each template of
// the host: the best over all pages, then the best over those that it leaves.
func (p *Profile) findContainers(views []*view) {
	p.main, p.second, p.filled, p.days = nil, nil, 0, nil
	var stories []*view
	left := views
	tried := map[uint64]bool{}
	for try := 0; try < maxTries && len(p.main) < maxTemplates && len(left) > 0; try++ {
		sig, filled := p.bestContainer(left, tried)
		if len(filled) == 0 || len(filled) < minTemplate && len(p.main) > 0 {
			break
		}
		if !p.isOther(sig, filled) && p.holdsStories(sig, filled) {
			p.main = append(p.main, sig)
			p.days = append(p.days, daysOf(filled))
			p.filled += len(filled)
			stories = append(stories, filled...)
		} else if p.isOther(sig, filled) {
			tried[sig] = true // these pages may have a story elsewhere
			continue
		}
		left = slices.DeleteFunc(slices.Clone(left), func(v *view) bool { return slices.Contains(filled, v) })
	}
	p.findSecond(stories)
}

// bestContainer returns the best container over some pages, and those of them whose
// story it holds. Those that were tried are left out.
func (p *Profile) bestContainer(views []*view, tried map[uint64]bool) (best uint64, filled []*view) {
	best = p.heaviest(views, tried)
	filled = p.filledBy(best, views)
	// Once more over these alone, since lists of stories have prose too.
	if len(filled) > 0 && len(filled) < len(views) {
		if again := p.heaviest(filled, tried); again != best {
			best, filled = again, p.filledBy(again, views)
		}
	}
	return best, filled
}

// mass is what speaks for an element as a container.
type mass struct {
	weight, kept int64 // letters of prose that no other page has, and that the page's own rules keep, weighed
	first        int   // pages on which it holds the first prose
	pages        int
	last         *view
}

// weights are how much prose counts for the element that holds it and for those
// around that.
var weights = []int64{25, 10, 4}

// heaviest returns the signature with the best score over some pages, and 0 if no
// page has prose.
func (p *Profile) heaviest(views []*view, tried map[uint64]bool) uint64 {
	masses := map[uint64]*mass{}
	for _, v := range views {
		first := true
		for i := range v.units {
			if u := &v.units[i]; !v.skips(i) && p.isUnique(v, u) {
				v.weigh(u, masses, first)
				first = false
			}
		}
	}
	var best uint64
	for _, sig := range slices.Sorted(maps.Keys(masses)) {
		if !tried[sig] && (best == 0 || masses[sig].score(len(views)) > masses[best].score(len(views))) {
			best = sig
		}
	}
	return best
}

// weigh adds a unit of prose to the masses of the elements around it.
func (v *view) weigh(u *unit, masses map[uint64]*mass, first bool) {
	e := v.holder(u)
	for _, weight := range weights {
		if e < 0 {
			return
		}
		m := masses[v.sigs[e]]
		if m == nil {
			m = &mass{}
			masses[v.sigs[e]] = m
		}
		m.weight += weight * int64(u.letters)
		if u.flags&unitKept != 0 {
			m.kept += weight * int64(u.letters)
		}
		if m.last != v {
			m.last = v
			m.pages++
			if first {
				m.first++
			}
		}
		e = v.elems[e].parent
	}
}

// score returns how much speaks for a container over n pages. That the page's own
// rules keep its prose, that it holds the first, and that many pages have it, each
// count from a base, so that none of them decides.
func (m *mass) score(n int) float64 {
	kept := 0.3 + float64(m.kept)/float64(m.weight)
	first := 0.5 + float64(m.first)/float64(n)
	pages := 0.3 + float64(0.7*float64(m.pages)/float64(n)) // the conversion keeps processors from fusing the two
	return float64(m.weight) * kept * first * pages
}

// isUnique reports whether a unit is prose that no other page has.
func (p *Profile) isUnique(v *view, u *unit) bool {
	return u.flags&unitProse != 0 && p.exact[u.exact] <= 1 && !p.isPointer(v.Sketch, u)
}

// isFilled reports whether a main container of a page holds a story.
func (p *Profile) isFilled(v *view) bool {
	return slices.ContainsFunc(p.main, func(sig uint64) bool { return p.fills(v, sig) })
}

// filledBy returns the pages on which a container holds a story.
func (p *Profile) filledBy(sig uint64, views []*view) (filled []*view) {
	for _, v := range views {
		if p.fills(v, sig) {
			filled = append(filled, v)
		}
	}
	return filled
}

// fills reports whether the elements of a signature hold a story on a page. Prose that
// other pages have is none on a page that is no story by itself: lists of stories have
// their beginnings.
func (p *Profile) fills(v *view, sig uint64) bool {
	prose, own := p.proseIn(v, sig)
	return prose >= minFilled && (v.story || 2*own >= prose)
}

// proseIn returns the letters of prose in the elements of a signature, without
// pointers, without teasers, and without what is the site's; and those of them that no
// other page has.
func (p *Profile) proseIn(v *view, sig uint64) (n, own int32) {
	most := max(1, p.atLeast(exactFloor, exactShare)-1)
	led := false // the last line leads to another page, and what follows is its teaser
	for i := range v.units {
		u := &v.units[i]
		if v.outermost(u.elem, sig) < 0 {
			continue
		}
		switch {
		case p.isPointer(v.Sketch, u):
			led = true
		case u.flags&unitProse == 0:
		case led:
			led = false
		case p.exact[u.exact] <= most:
			n += u.letters
			if p.exact[u.exact] <= 1 {
				own += u.letters
			}
		}
	}
	return n, own
}

// outermost returns the outermost element of a signature that an element is in,
// itself included, and -1 if there is none.
func (v *view) outermost(e int32, sig uint64) int32 {
	out := int32(-1)
	for ; e >= 0; e = v.elems[e].parent {
		if v.sigs[e] == sig {
			out = e
		}
	}
	return out
}

// Bounds of a container of stories, against those of lists of them, on the middle
// one of its pages.
const (
	maxPointed  = 0.5 // share of its letters that point to other stories
	minInstance = 200 // letters of prose in one instance: a teaser has fewer
)

// maxOther is the share of a container's prose that the pages' own rules cut for what it
// is, up to which it can hold stories.
const maxOther = 0.5

// isOther reports whether what a container holds is no story by the pages' own rules,
// but comments for instance. That they cut something for its place says nothing.
func (p *Profile) isOther(sig uint64, filled []*view) bool {
	var all, other int64
	for _, v := range filled {
		for i := range v.units {
			u := &v.units[i]
			if u.flags&unitProse == 0 || v.outermost(u.elem, sig) < 0 {
				continue
			}
			all += int64(u.letters)
			if u.flags&(unitKept|unitPlaced|unitBuilt) == 0 {
				other += int64(u.letters)
			}
		}
	}
	return float64(other) > maxOther*float64(all)
}

// holdsStories reports whether a container holds stories, and not lists of them.
func (p *Profile) holdsStories(sig uint64, filled []*view) bool {
	var pointed, lengths []float64
	for _, v := range filled {
		var prose, pointers int32
		instances := map[int32]bool{}
		for i := range v.units {
			u := &v.units[i]
			e := v.outermost(u.elem, sig)
			switch {
			case e < 0:
			case p.isPointer(v.Sketch, u):
				pointers += u.letters
			case u.flags&unitProse != 0:
				prose += u.letters
				instances[e] = true
			}
		}
		pointed = append(pointed, float64(pointers)/float64(max(1, prose+pointers)))
		lengths = append(lengths, float64(prose)/float64(max(1, len(instances))))
	}
	return median(pointed) <= maxPointed && median(lengths) >= minInstance
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// Bounds of further containers, for stories in pieces.
const (
	secondShare, secondFloor = 0.1, 3 // pages with a story that have it
	secondLetters            = 100    // of prose a page
	secondKept               = 0.3    // share of it that the page's own rules keep
)

// findSecond finds the further containers on the pages with stories: they hold
// prose that is outside the main ones.
func (p *Profile) findSecond(stories []*view) {
	masses := map[uint64]*mass{}
	for _, v := range stories {
		for i := range v.units {
			u := &v.units[i]
			if v.skips(i) || !p.isUnique(v, u) || p.container(v, u.elem) >= 0 {
				continue
			}
			if e := v.holder(u); e >= 0 {
				m := masses[v.sigs[e]]
				if m == nil {
					m = &mass{}
					masses[v.sigs[e]] = m
				}
				m.weight += int64(u.letters)
				if u.flags&unitKept != 0 {
					m.kept += int64(u.letters)
				}
				if m.last != v {
					m.last = v
					m.pages++
				}
			}
		}
	}
	least := int(p.atLeast(secondFloor, secondShare))
	for _, sig := range slices.Sorted(maps.Keys(masses)) {
		m := masses[sig]
		if m.pages >= least && m.weight >= int64(secondLetters*m.pages) && float64(m.kept) >= secondKept*float64(m.weight) {
			p.second = append(p.second, sig)
		}
	}
}

// container returns the innermost main container around an element, itself
// included, and -1 if there is none.
func (p *Profile) container(v *view, e int32) int32 {
	for ; e >= 0; e = v.elems[e].parent {
		if slices.Contains(p.main, v.sigs[e]) {
			return e
		}
	}
	return -1
}

// anyContainer is container for all containers.
func (p *Profile) anyContainer(v *view, e int32) int32 {
	for ; e >= 0; e = v.elems[e].parent {
		if p.isContainer(v.sigs[e]) {
			return e
		}
	}
	return -1
}

// isContainer reports whether a signature is that of a container.
func (p *Profile) isContainer(sig uint64) bool {
	return slices.Contains(p.main, sig) || slices.Contains(p.second, sig)
}
