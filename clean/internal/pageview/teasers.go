package pageview

import (
	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/pagemodel"
)

// maxTeaser is the length of a teaser, in weighed letters, above which it is a story
// itself.
const maxTeaser = 500

// teaserFeatures reads the lines as teasers of other pages of the site. One begins
// at a headline that leads there, or ends with a short link such as "read on" that
// is there more than once. It extends to the next, if that is no farther than a
// teaser is long.
func (v *view) teaserFeatures() {
	more := v.moreLinks()
	var t teasers
	heads, outward := int32(0), int32(0)
	for i := range v.lines {
		l := &v.lines[i]
		begins := (l.head || l.leads) && !l.outward
		if l.head || l.leads {
			heads++
			outward += int32(feature.Bit(l.outward))
		}
		if begins || l.title {
			t.end(t.open)
		}
		t.open = t.open || begins
		t.letters += l.letters
		t.plain += l.letters - l.linked
		if l.prose {
			t.prose += l.letters
		}
		if more[l.tail] {
			t.end(true)
			t.more++
		}
	}
	t.end(t.open)
	f := &v.f
	f[pagemodel.OutwardTitles] = feature.Share(outward, heads)
	f[pagemodel.Teasers], f[pagemodel.TeaserProse] = feature.Log(t.n), feature.Share(t.inside, t.inside+t.outside)
	f[pagemodel.PlainProse], f[pagemodel.MoreLinks] = feature.Log(t.outside), feature.Log(t.more)
}

// teasers counts teasers.
type teasers struct {
	letters, plain, prose int32 // of the current teaser, or of what is outside
	open                  bool
	n, more               int32
	inside, outside       int32 // letters of running text
}

// end ends a teaser, or what is outside of them.
func (t *teasers) end(teaser bool) {
	if teaser && t.letters <= maxTeaser && t.plain >= dom.MinProse {
		t.n++
		t.inside += t.prose
	} else {
		t.outside += t.prose
	}
	t.letters, t.plain, t.prose, t.open = 0, 0, 0, false
}

// moreLinks returns the hashes of the short links at the end of lines that are there
// more than once and lead to several pages.
func (v *view) moreLinks() map[uint64]bool {
	first, more := map[uint64]string{}, map[uint64]bool{}
	for i := range v.lines {
		l := &v.lines[i]
		if l.tail == 0 || l.heading {
			continue
		}
		href := dom.Attr(v.doc.Elements[l.link].Node, "href")
		if at, ok := first[l.tail]; !ok {
			first[l.tail] = href
		} else if at != href {
			more[l.tail] = true
		}
	}
	return more
}
