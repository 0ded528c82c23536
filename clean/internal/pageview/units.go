package pageview

import (
	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/pagemodel"
)

// Bounds of units: siblings of one make.
const (
	minUnits      = 3
	unitLetters   = 25 // weighed letters of a unit on average, at least: shorter ones are menus
	makesCompared = 12 // makes of siblings that are told apart
)

// sums has for each element index the sum over the elements before it.
type sums struct{ images []int32 }

// units are siblings of one make.
type units struct {
	n, letters, linked, prose         int32
	heads, dates, prices, images, use int32 // units that have one
	headLinks                         int32
	box                               bool
}

// readUnits finds the siblings of one make with most of the page's letters.
func (v *view) readUnits() {
	v.sumImages()
	var best, all units
	total, prose := int32(1), int32(1)
	for i := range v.lines {
		total += v.lines[i].letters
		if v.lines[i].prose {
			prose += v.lines[i].letters
		}
	}
	covered := int32(0) // index of the first line that no unit has had
	for p := int32(0); int(p) < len(v.doc.Elements); p++ {
		e := &v.doc.Elements[p]
		if !e.IsBlock || e.End-p <= minUnits {
			continue
		}
		u, from, to := v.unitsOf(p)
		if u.n < minUnits {
			continue
		}
		if u.letters > best.letters {
			best = u
		}
		if from >= covered {
			all.letters += u.letters
			all.headLinks += u.headLinks
			covered = to
		}
	}
	if best.n == 0 {
		return
	}
	f := &v.f
	f[pagemodel.UnitCount], f[pagemodel.UnitLetters], f[pagemodel.UnitLinks] = feature.Log(best.n), feature.Log(best.letters/best.n), feature.Share(best.linked, best.letters)
	f[pagemodel.UnitShare], f[pagemodel.UnitProse] = feature.Share(best.letters, total), feature.Share(best.prose, prose)
	f[pagemodel.UnitTitles], f[pagemodel.UnitDates], f[pagemodel.UnitPrices] = feature.Share(best.heads, best.n), feature.Share(best.dates, best.n), feature.Share(best.prices, best.n)
	f[pagemodel.UnitImages], f[pagemodel.UnitUsers], f[pagemodel.UnitBox] = feature.Share(best.images, best.n), feature.Share(best.use, best.n), feature.Bit(best.box)
	f[pagemodel.AllUnits], f[pagemodel.AllUnitTitles] = feature.Share(all.letters, total), feature.Log(all.headLinks)
}

// unitsOf returns the children of an element that are of the make with most
// letters, if they are units: enough of them, and most with a link. from and to are
// the lines of the element.
func (v *view) unitsOf(p int32) (u units, from, to int32) {
	var makes [makesCompared]struct {
		make       uint64
		n, letters int32
	}
	k := 0
	for c := p + 1; c < v.doc.Elements[p].End; c = v.doc.Elements[c].End {
		e := &v.doc.Elements[c]
		if !e.IsBlock && e.In&dom.InLink == 0 || e.Letters == 0 {
			continue
		}
		at := 0
		for at < k && makes[at].make != v.elems[c].make {
			at++
		}
		if at == makesCompared {
			continue
		}
		if at == k {
			makes[k].make = v.elems[c].make
			k++
		}
		makes[at].n++
		makes[at].letters += e.Letters
	}
	best := -1
	for at := range k {
		if m := &makes[at]; m.n >= minUnits && v.weigh(m.letters) >= unitLetters*m.n && (best < 0 || m.letters > makes[best].letters) {
			best = at
		}
	}
	if best < 0 {
		return u, 0, 0
	}
	linked := int32(0)
	for c := p + 1; c < v.doc.Elements[p].End; c = v.doc.Elements[c].End {
		if e := &v.doc.Elements[c]; v.elems[c].make == makes[best].make && e.Letters > 0 && (e.IsBlock || e.In&dom.InLink != 0) {
			linked += int32(feature.Bit(e.LinkLetters > 0))
			v.addUnit(&u, c)
		}
	}
	if linked*3 < u.n*2 {
		return units{}, 0, 0
	}
	from, to = v.linesOf(p)
	return u, from, to
}

// addUnit adds an element to units.
func (v *view) addUnit(u *units, c int32) {
	e := &v.doc.Elements[c]
	u.n++
	u.letters += v.weighCounted(e.Letters)
	u.linked += v.weigh(e.LinkLetters)
	from, to := v.linesOf(c)
	heads, dates, prices, users := int32(0), false, false, false
	for i := from; i < to; i++ {
		l := &v.lines[i]
		if l.prose {
			u.prose += l.letters
		}
		heads += int32(feature.Bit(l.head))
		dates, prices, users = dates || l.date || l.clock, prices || l.price, users || l.user
	}
	u.headLinks += heads
	u.heads += int32(feature.Bit(heads > 0))
	u.dates += int32(feature.Bit(dates))
	u.prices += int32(feature.Bit(prices))
	u.use += int32(feature.Bit(users))
	u.images += int32(feature.Bit(v.sums.images[e.Tokens.To] > v.sums.images[e.Tokens.From]))
	u.box = u.box || c <= v.box && v.box < e.End
}

// sumImages counts the pictures before each token.
func (v *view) sumImages() {
	v.sums.images = make([]int32, len(v.doc.Tokens)+1)
	for k := range v.doc.Tokens {
		v.sums.images[k+1] = v.sums.images[k] + int32(feature.Bit(v.doc.Tokens[k].Kind == dom.ImageToken))
	}
}
