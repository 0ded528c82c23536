package clean

import "strings"

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
func (f *regionFinder) lead(r region, m *meta) region {
	if len(r.spans) == 0 {
		return r
	}
	first := r.spans[0].from
	head := int32(-1)
	for i := first - 1; i >= 0 && i >= first-leadGapName; i-- {
		if b := &f.blocks[i]; b.cut == 0 && (b.in&inTitle != 0 || b.in&inHeading != 0 && isTitle(b.Text, m)) {
			head = i
			break
		}
	}
	if head < 0 {
		return r
	}
	out := region{elem: r.elem, score: r.score}
	for i := head + 1; i < first; i++ {
		b := &f.blocks[i]
		if b.cut != 0 || b.letters > leadTo || b.linkShare() >= 0.2 {
			continue
		}
		if b.letters >= leadFrom && first-head <= leadGap || b.letters >= leadFromSay && f.o.named(b.elem, leadNames) {
			out.add(i)
		}
	}
	for _, s := range r.spans {
		for i := s.from; i < s.to; i++ {
			out.add(i)
		}
	}
	return out
}

// named says whether an element or the one around it has one of the words in
// its class names.
func (o *outline) named(i int32, words []string) bool {
	for up := 0; i >= 0 && up < 2; i, up = o.elems[i].parent, up+1 {
		if name := attr(o.elems[i].node, "class"); name != "" && containsAny(strings.ToLower(name), words) {
			return true
		}
	}
	return false
}
