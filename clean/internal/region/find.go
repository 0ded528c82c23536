package region

import (
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
)

// Votes are the answers to the question where the story is, by block.
type Votes struct {
	Own, Other, Third []bool // nil where nobody was asked
	Agreement         float64
}

// farApart is the share of the letters of two regions, of those in either, under
// which the two are different opinions.
const farApart = 0.5

// maxDepths is the measure of a page (see outline.depths) above which
// go-readability is not asked: it puts the text of an element together again
// for each element around it. Real pages have 5 million at most.
const maxDepths = 16 << 20

// Find asks all who know for the part of the page that holds the story.
func Find(doc *dom.Doc, blocks []dom.Block, tree *html.Node, address string, m *meta.Meta) (Region, Votes) {
	finder := newFinder(doc, blocks)
	r := finder.find()
	other, ok := readabilityRegion(doc, blocks)
	seen := Votes{Own: r.Flags(len(blocks)), Other: other.Flags(len(blocks)), Agreement: r.agreement(other, blocks)}
	if doc.NestedBytes <= maxDepths && (!ok || seen.Agreement < farApart) {
		if third, found := libraryRegion(doc, blocks, tree, address); found {
			other, ok = third, true
			seen.Third = third.Flags(len(blocks))
		}
	}
	if ok {
		r = finder.mix(r, other)
	}
	return finder.lead(finder.split(r), m), seen
}
