package region

import (
	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
)

// Bounds of the way from the headline down to the text, in blocks, and of a
// lead, in letters.
const (
	leadGap     = 12 // to a lead that is told by its place
	leadGapName = 24 // to a lead that is told by its name
	leadFrom    = 70
	leadFromSay = 40
	leadTo      = 700
)

// leadNames are parts of the class names of what stands under a headline.
var leadNames = []string{
	"lead", "dek", "standfirst", "subtitle", "sub-title", "subhead", "sub-head", "subhed", "subline", "strap", "excerpt", "intro",
	"chapo", "bajada", "sumario", "entradilla", "teaser", "vorspann", "abstract", "summary", "description", "deck", "kicker-text", "sommario",
}

// lead takes the standfirst in: prose between the headline and the region,
// outside of both.
func (f *finder) lead(r Region, m *meta.Meta) Region {
	if len(r.spans) == 0 {
		return r
	}
	first := r.spans[0].From
	head := int32(-1)
	for i := first - 1; i >= 0 && i >= first-leadGapName; i-- {
		if b := &f.blocks[i]; b.Cut == 0 && (b.In&dom.InTitle != 0 || b.In&dom.InHeading != 0 && m.IsTitle(b.Text)) {
			head = i
			break
		}
	}
	if head < 0 {
		return r
	}
	out := Region{Elem: r.Elem, score: r.score}
	for i := head + 1; i < first; i++ {
		b := &f.blocks[i]
		if b.Cut != 0 || b.Letters > leadTo || b.LinkShare() >= 0.2 {
			continue
		}
		if b.Letters >= leadFrom && first-head <= leadGap || b.Letters >= leadFromSay && f.doc.ClassContains(b.Elem, leadNames) {
			out.Add(i)
		}
	}
	for _, s := range r.spans {
		for i := s.From; i < s.To; i++ {
			out.Add(i)
		}
	}
	return out
}
