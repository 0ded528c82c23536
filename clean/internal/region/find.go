package region

import (
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
)

// Votes are the methods' answers to the question where the story is. Each has one
// value for each block of the page.
type Votes struct {
	ByValue   []bool  // of the search by the value of blocks
	ByScore   []bool  // of the scoring of Readability.js
	ByLibrary []bool  // of go-readability; nil when it was not called
	Agreement float64 // of the first two, see Region.agreement
}

// minAgreement is the agreement under which two votes mean different parts of the
// page.
const minAgreement = 0.5

// Find returns the part of the page that holds the story, and how the methods
// voted. It may change the tree at root, which the flattened DOM was made from.
func Find(doc *dom.Doc, blocks []dom.Block, root *html.Node, address string, m *meta.Meta) (Region, Votes) {
	finder := newFinder(doc, blocks)
	r := finder.find()
	other, ok := readabilityRegion(doc, blocks)
	votes := Votes{ByValue: r.Flags(len(blocks)), ByScore: other.Flags(len(blocks)), Agreement: r.agreement(other, blocks)}
	if !ok || votes.Agreement < minAgreement {
		if third, found := libraryRegion(doc, blocks, root, address); found {
			other, ok = third, true
			votes.ByLibrary = third.Flags(len(blocks))
		}
	}
	if ok {
		r = finder.merge(r, other)
	}
	return finder.addStandfirst(finder.split(r), m), votes
}
