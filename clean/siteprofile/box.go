package siteprofile

import "fmt"

// box is what is known of the elements of one signature that are between texts and
// their container.
type box struct {
	pages    int32
	all      int32 // instances
	letters  int64
	pointers int64 // letters that point to other stories
	prose    int64 // letters of prose that no other page has
	distinct int32 // whole texts, without digits where enough pages have such a box
	around   int32 // instances with a container in them
	cut      int32 // instances that the pages' own rules cut for the most part, but not for their place
	gone     int32 // the same, for their place too
}

// Bounds of boxes.
const (
	boxShare, boxFloor = 0.03, 2 // pages that have it
	maxRepetition      = 0.5     // from which it is the site's: at .4 and .6 the results are alike, at .3 ruinous
	minVariety         = 0.25    // under which it is the story's: a table, a list, key points
	maxBoxProse        = 200     // letters a page, of prose that no other page has, of a box that may be around a story
)

// measureBoxes measures how much of each box points elsewhere or recurs.
func (p *Profile) measureBoxes(views []*view) {
	p.boxes = map[uint64]*box{}
	type texts struct{ exact, masked map[uint64]bool }
	distinct := map[uint64]texts{}
	for _, v := range views {
		on := map[uint64]bool{}
		for e, one := range p.boxesOf(v) {
			sig := v.sigs[e]
			b := p.boxes[sig]
			if b == nil {
				b = &box{}
				p.boxes[sig] = b
				distinct[sig] = texts{map[uint64]bool{}, map[uint64]bool{}}
			}
			b.all++
			b.letters += one.letters
			b.pointers += one.pointers
			b.prose += one.prose
			distinct[sig].exact[one.exact] = true
			distinct[sig].masked[one.masked] = true
			if 2*one.cut > one.letters {
				b.cut++
			}
			if 2*one.gone > one.letters {
				b.gone++
			}
			on[sig] = true
		}
		for sig := range on {
			p.boxes[sig].pages++
		}
		for e := range p.aroundContainers(v) {
			if b := p.boxes[v.sigs[e]]; b != nil {
				b.around++
			}
		}
	}
	least := p.atLeast(maskedFloor, maskedShare)
	for sig, t := range distinct {
		b := p.boxes[sig]
		if b.distinct = int32(len(t.exact)); b.pages >= least {
			b.distinct = int32(len(t.masked))
		}
	}
}

// aroundContainers returns the elements of a page that have a container in them.
func (p *Profile) aroundContainers(v *view) map[int32]bool {
	around := map[int32]bool{}
	for i := range v.elems {
		if !p.isContainer(v.sigs[i]) {
			continue
		}
		for e := v.elems[i].parent; e >= 0 && !around[e]; e = v.elems[e].parent {
			around[e] = true
		}
	}
	return around
}

// instance is one box on a page, with sums over its units.
type instance struct {
	letters, pointers, prose, cut, gone int64
	exact, masked                       uint64 // of the whole text
}

// boxesOf returns the boxes of a page by element.
func (p *Profile) boxesOf(v *view) map[int32]*instance {
	boxes := map[int32]*instance{}
	for i := range v.parts {
		u := &v.parts[i]
		boxes[u.elem] = &instance{letters: int64(u.letters), exact: mix(0, u.exact), masked: mix(0, u.exact)}
	}
	for i := range v.units {
		u := &v.units[i]
		if v.skips(i) {
			continue
		}
		masked := u.exact
		if u.masked != 0 && u.flags&unitCell == 0 {
			masked = u.masked
		}
		stop := p.anyContainer(v, u.elem)
		for e := u.elem; e >= 0 && e != stop; e = v.elems[e].parent {
			b := boxes[e]
			if b == nil {
				b = &instance{}
				boxes[e] = b
			}
			b.letters += int64(u.letters)
			b.exact, b.masked = mix(b.exact, u.exact), mix(b.masked, masked)
			if p.isPointer(v.Sketch, u) {
				b.pointers += int64(u.letters)
			}
			if u.flags&unitKept == 0 {
				b.gone += int64(u.letters)
				if u.flags&unitPlaced == 0 {
					b.cut += int64(u.letters)
				}
			}
			if u.flags&unitProse != 0 && p.exact[u.exact] <= 1 {
				b.prose += int64(u.letters)
			}
		}
	}
	return boxes
}

// repetition returns the share of a box's letters that point elsewhere or recur, 0
// to 1.
func (b *box) repetition() float64 {
	if b.letters == 0 {
		return 0
	}
	recurring := 0.0
	if b.all > 1 {
		recurring = float64(b.all-b.distinct) / float64(b.all-1)
	}
	return (float64(b.pointers) + float64(float64(b.letters-b.pointers)*recurring)) / float64(b.letters)
}

// isSites reports whether a box is the site's. Where it may be around a story, it
// must not have much prose that no other page has.
func (b *box) isSites(aroundStory bool) bool {
	return b.repetition() >= maxRepetition && (!aroundStory || b.prose < maxBoxProse*int64(b.pages))
}

// why returns why a box is cut on a site of so many pages.
func (b *box) why(pages int) string {
	return fmt.Sprintf("in a box that to %.0f %% is the same or leads elsewhere, on %d of %d pages of this site", 100*b.repetition(), b.pages, pages)
}

// knownBox returns the box of an element, and nil if too few pages have it.
func (p *Profile) knownBox(v *view, e int32) *box {
	if b := p.boxes[v.sigs[e]]; b != nil && b.pages >= p.atLeast(boxFloor, boxShare) {
		return b
	}
	return nil
}
