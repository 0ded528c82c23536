// Package region finds the part of a page that holds the story. Up to three
// methods vote: an own search by the worth of blocks (finder.go), a reading of
// the flattened DOM by the method of Readability (readability.go), and
// go-readability itself where these two disagree (library.go).
//
// mix.go merges the votes, split.go extends the region over containers that hold
// the story in pieces, standfirst.go takes in the standfirst above it.
//
// Start with [Find]; [Region.Mark] cuts what is outside.
package region

import (
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// Flags are the blocks of a region, by block.
func (r *Region) Flags(n int) []bool {
	out := make([]bool, n)
	for _, s := range r.spans {
		for i := s.From; i < s.To; i++ {
			out[i] = true
		}
	}
	return out
}

// Region is the part of the page that holds the story.
type Region struct {
	Elem  int32      // the element it comes from; -1 if from several
	spans []dom.Span // in reading order, apart from each other
	score float64
}

// Add puts the next block into the region.
func (r *Region) Add(i int32) {
	if k := len(r.spans); k > 0 && r.spans[k-1].To == i {
		r.spans[k-1].To++
		return
	}
	r.spans = append(r.spans, dom.Span{From: i, To: i + 1})
}

// has says whether block i is in the region.
func (r *Region) has(i int32) bool {
	for _, s := range r.spans {
		if i >= s.From && i < s.To {
			return true
		}
	}
	return false
}

// The rules that are in no table: on what the story's region leaves out, and on
// what the page's JSON-LD has more fully.
const (
	OutsideRule = "outside"
	OutsideWhy  = "not in the part of the page that holds the story"
	JsonLDRule  = "json-ld"
	JsonLDWhy   = "the page says in its JSON-LD, more fully, what its text is"
)

// agreement is the share of the letters in both of two regions among those in
// either, 0 to 1.
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

// Mark cuts the blocks outside of the region.
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
