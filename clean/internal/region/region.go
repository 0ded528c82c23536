// Package region finds the part of a page that holds the story. Up to three
// methods vote: a search by the value of blocks (value.go), the method of
// Readability.js on the flattened DOM (score.go, readability.go), and the library
// go-readability where these two disagree (library.go).
//
// adjust.go merges the votes, narrows a region down to the containers that its
// text is split over, and adds the standfirst. names.go reads what class names say
// of an element, for the scores and for the block model.
//
// Start with [Find]; [Region.Mark] cuts what is outside.
package region

import (
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Region is a set of blocks: the part of the page that holds the story. The zero
// value is empty.
type Region struct {
	spans []dom.Span // of blocks, ascending, with gaps between them
	elem  int32      // the element that it was found in; -1 when there is no such element
	value float64    // of its blocks, see blockValue
}

// Add adds block i, which is behind all blocks of the region.
func (r *Region) Add(i int32) {
	if k := len(r.spans); k > 0 && r.spans[k-1].To == i {
		r.spans[k-1].To++
		return
	}
	r.spans = append(r.spans, dom.Span{From: i, To: i + 1})
}

// has reports whether block i is in the region.
func (r *Region) has(i int32) bool {
	for _, s := range r.spans {
		if i >= s.From && i < s.To {
			return true
		}
	}
	return false
}

// Flags returns for each of a page's n blocks whether it is in the region.
func (r *Region) Flags(n int) []bool {
	flags := make([]bool, n)
	for _, s := range r.spans {
		for i := s.From; i < s.To; i++ {
			flags[i] = true
		}
	}
	return flags
}

// agreement returns the share of the letters in either of two regions that is in
// both, 0 to 1. Two empty regions agree.
func (r *Region) agreement(other Region, blocks []dom.Block) float64 {
	both, either := int32(0), int32(0)
	in := func(spans []dom.Span, at *int, i int32) bool {
		for *at < len(spans) && i >= spans[*at].To {
			*at++
		}
		return *at < len(spans) && i >= spans[*at].From
	}
	var a, b int
	for i := range blocks {
		if blocks[i].Cut != 0 {
			continue
		}
		n := letters.Count(blocks[i].Text)
		inA, inB := in(r.spans, &a, int32(i)), in(other.spans, &b, int32(i))
		if inA && inB {
			both += n
		}
		if inA || inB {
			either += n
		}
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}

// The rule that cuts what is outside the region.
const (
	OutsideRule = "outside"
	OutsideWhy  = "outside the part of the page that holds the story"
)

// Mark cuts the blocks outside the region, unless another rule has.
func (r *Region) Mark(blocks []dom.Block) {
	at := 0
	for i := range blocks {
		for at < len(r.spans) && int32(i) >= r.spans[at].To {
			at++
		}
		inside := at < len(r.spans) && int32(i) >= r.spans[at].From
		if b := &blocks[i]; !inside && b.Rule == "" {
			b.Rule, b.Why, b.Weak = OutsideRule, OutsideWhy, true
		}
	}
}
