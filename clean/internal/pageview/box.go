package pageview

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/pagemodel"
)

// readBox finds the container with most of the running text and sets its features.
// The container of a line is the element around the block that it is in; of a line
// that is in no p or the like, that block.
func (v *view) readBox() {
	prose, lines := map[int32]int32{}, map[int32]int32{}
	var order []int32
	all := int32(0)
	for i := range v.lines {
		l := &v.lines[i]
		if !l.prose {
			continue
		}
		c := v.containerOf(l.elem)
		if prose[c] == 0 {
			order = append(order, c)
		}
		prose[c] += l.letters
		lines[c]++
		all += l.letters
	}
	best, second := int32(-1), int32(0)
	for _, c := range order {
		switch {
		case best < 0 || prose[c] > prose[best]:
			if best >= 0 {
				second = prose[best]
			}
			best = c
		default:
			second = max(second, prose[c])
		}
	}
	v.box, v.first = best, len(v.lines)
	if best < 0 {
		return
	}
	twins, twinProse := int32(0), int32(0)
	for _, c := range order {
		if c != best && v.alike(c, best) {
			twins++
			twinProse += prose[c]
		}
	}
	f := &v.f
	f[pagemodel.BoxProse], f[pagemodel.BoxShare], f[pagemodel.BoxLines] = feature.Log(prose[best]), feature.Share(prose[best], all), feature.Log(lines[best])
	f[pagemodel.BoxAverage], f[pagemodel.BoxSecond], f[pagemodel.BoxCount] = feature.Log(prose[best]/lines[best]), feature.Share(second, prose[best]), feature.Log(int32(len(order)))
	f[pagemodel.BoxTwins], f[pagemodel.BoxTwinProse] = feature.Log(twins), feature.Share(twinProse, all)
	if p := v.doc.Elements[best].Parent; p >= 0 {
		in := int32(0)
		for _, c := range order {
			if p <= c && c < v.doc.Elements[p].End {
				in += prose[c]
			}
		}
		f[pagemodel.BoxOuter] = feature.Share(in, all)
	}
	v.aroundFeatures()
	v.insideFeatures()
}

// containerOf returns the container of a line in a block element.
func (v *view) containerOf(elem int32) int32 {
	switch v.doc.Elements[elem].Node.DataAtom {
	case atom.P, atom.Li, atom.Blockquote, atom.Dd, atom.Dt, atom.H2, atom.H3, atom.H4, atom.Pre:
		if p := v.doc.Elements[elem].Parent; p >= 0 {
			return v.blockOf(p)
		}
	}
	return elem
}

// alike reports whether two elements and their parents are of one make.
func (v *view) alike(a, b int32) bool {
	p, q := v.doc.Elements[a].Parent, v.doc.Elements[b].Parent
	return v.elems[a].make == v.elems[b].make && (p < 0) == (q < 0) && (p < 0 || v.elems[p].make == v.elems[q].make)
}

// sideTags are elements for what is beside a story.
var sideTags = map[atom.Atom]bool{atom.Aside: true, atom.Footer: true, atom.Nav: true, atom.Form: true, atom.Td: true, atom.Li: true, atom.Figure: true, atom.Header: true, atom.Dialog: true}

// aroundFeatures are what the container is and where.
func (v *view) aroundFeatures() {
	f := &v.f
	e := &v.doc.Elements[v.box]
	if e.In&dom.InArticle != 0 {
		f[pagemodel.BoxSemantic] |= 1
	}
	for i, up := v.box, 0; i >= 0; i, up = v.doc.Elements[i].Parent, up+1 {
		p := &v.doc.Elements[i]
		if sideTags[p.Node.DataAtom] {
			f[pagemodel.BoxDeep] = min(3, f[pagemodel.BoxDeep]+1)
		}
		if up > 4 {
			continue
		}
		if dom.Attr(p.Node, "itemprop") == "articleBody" {
			f[pagemodel.BoxSemantic] |= 2
		}
		if v.elems[i].names.has(pagemodel.NameSingle) {
			f[pagemodel.BoxSemantic] |= 4
		}
		if v.elems[i].names.has(pagemodel.NameCard) {
			f[pagemodel.BoxSemantic] |= 8
		}
	}
	from, to := v.linesOf(v.box)
	before, all := int32(0), int32(0)
	for i := range v.lines {
		all += v.lines[i].letters
		if int32(i) < from {
			before += v.lines[i].letters
		}
	}
	f[pagemodel.BoxPosition] = feature.Share(before, all)
	v.first = int(from)
	for v.first < int(to) && !v.lines[v.first].prose {
		v.first++
	}
}

// insideFeatures are what the lines in the container are.
func (v *view) insideFeatures() {
	from, to := v.linesOf(v.box)
	var c line
	ends, heads, dates, headings, lines := int32(0), int32(0), int32(0), int32(0), int32(0)
	for i := from; i < to; i++ {
		l := &v.lines[i]
		c.letters += l.letters
		c.linked += l.linked
		c.digits += l.digits
		c.commas += l.commas
		c.quotes += l.quotes
		c.asks += l.asks
		lines++
		ends += int32(feature.Bit(l.ends))
		heads += int32(feature.Bit(l.head))
		dates += int32(feature.Bit(l.date))
		headings += int32(feature.Bit(l.heading))
	}
	f := &v.f
	f[pagemodel.BoxLinks], f[pagemodel.BoxTitleLinks] = feature.Share(c.linked, c.letters), feature.Log(heads)
	f[pagemodel.BoxSentences] = feature.Share(ends, lines)
	f[pagemodel.BoxDigits] = feature.Share(c.digits*5, c.letters)
	f[pagemodel.BoxCommas] = feature.Share(c.commas*15, c.letters)
	f[pagemodel.BoxQuotes], f[pagemodel.BoxAsks] = feature.UpTo(c.quotes*1000/max(1, c.letters), 30), feature.UpTo(c.asks*4000/max(1, c.letters), 30)
	f[pagemodel.BoxDates], f[pagemodel.BoxHeadings] = feature.Log(dates), feature.Log(headings)
	e, images := &v.doc.Elements[v.box], int32(0)
	for k := e.Tokens.From; k < e.Tokens.To; k++ {
		if v.doc.Tokens[k].Kind == dom.ImageToken {
			images++
		}
	}
	f[pagemodel.BoxImages] = feature.Log(images)
}

// headlineFeatures are what the h1 says and where it is.
func (v *view) headlineFeatures() {
	best := -1
	for i := range v.lines {
		l := &v.lines[i]
		if l.title && (best < 0 || l.letters > v.lines[best].letters) {
			best = i
		}
	}
	if best < 0 {
		return
	}
	f, l := &v.f, &v.lines[best]
	f[pagemodel.H1Length] = feature.Log(l.letters)
	f[pagemodel.H1Linked] = feature.Bit(l.linked*2 > l.letters)
	if key := letters.Key(letters.Truncate(v.doc.PlainText(l.elem), dom.MaxNodeText)); key != "" && strings.Contains(v.title, key) {
		f[pagemodel.H1InTitle] = 1 + feature.Bit(len(key)*2 > len(v.title))
	}
	if v.box < 0 {
		return
	}
	switch d := int32(v.first - best); {
	case d >= 0:
		f[pagemodel.H1Distance] = 40 + feature.UpTo(d, 60)
	default:
		f[pagemodel.H1Distance] = 40 - feature.UpTo(-d, 39)
	}
	up := uint8(0) // steps from the container to an element around both
	for i := v.box; i >= 0 && (l.elem < i || l.elem >= v.doc.Elements[i].End); i = v.doc.Elements[i].Parent {
		up = min(15, up+1)
	}
	f[pagemodel.H1Level] = 1 + up
}
