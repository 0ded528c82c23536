// Package textprofile learns a source of scraped texts from the texts themselves,
// without labels: which lines recur, which are the titles of its other texts, where
// its stories begin and end, and where it prints title, date and author. With a
// profile of its source, a text is judged better than by itself.
//
// A [Sketch] is what is kept of a text. [Build] makes a [Profile] of the sketches of
// a source; it is a function of their set, of which it uses a [Sample], and of
// nothing else. [Profile.Judge] judges the lines of a text, in the sample or not.
// Package clean/siteprofile does the same for pages.
//
// sketch.go reads a text and pointer.go the titles in its lines. build.go counts
// what recurs, head.go finds titles, dates and authors, edge.go where stories begin
// and end. judge.go judges a text: others.go finds other stories in it, tables.go
// what only looks like chrome, threads.go comments, inner.go cuts within lines.
//
// The words: a line recurs if enough texts of the source have it; prose is a line
// that reads like a sentence of a story; an anchor is a recurring line behind which,
// or before which, stories of the source have nothing more.
package textprofile

import (
	"cmp"
	"math/bits"
	"slices"
)

// SampleSize is the number of texts of a source that a profile is built from.
const SampleSize = 256

// MaxLines is the number of lines above which a text is judged by itself, and no
// profile learns from it.
const MaxLines = 5000

// Rule is the ID of the rule by which a profile cuts.
const Rule = "source"

// MinTexts is the number of texts under which a profile decides nothing.
const MinTexts = 2

// Profile is what is known of a source. The zero value knows nothing.
type Profile struct {
	texts   int            // in the sample, near copies counted once
	indexes map[uint64]int // of the texts of the sample, by ID → index
	exact   map[uint64]set // key of a line → texts that have it
	masked  map[uint64]set // the same without digits
	pairs   map[uint64]set // key of two lines, one behind the other, without digits → texts
	places  map[uint64]set // key of the lines around a short line → texts
	titles  map[uint64]set // key of a title → texts whose title it is
	opening map[uint64]set // key of the first prose of a story → its texts
	words   []title        // the titles, ascending by key
	head    slots
	bylines bylines
	ends    map[uint64]bool // anchors of the end: lines by key
	begins  map[uint64]bool // anchors of the beginning
}

// Texts returns the number of texts that the profile was built from, near copies
// counted once.
func (p *Profile) Texts() int {
	if p == nil {
		return 0
	}
	return p.texts
}

// Sample collects the sketches of a source that a profile is built from: those of
// the [SampleSize] texts with the smallest hash. The zero value is empty.
type Sample struct {
	sketches []*Sketch // ascending by ID, each text once
}

// Add adds a sketch. It reports whether the sample has changed.
func (s *Sample) Add(sketch *Sketch) bool {
	i, known := slices.BinarySearchFunc(s.sketches, sketch, func(a, b *Sketch) int { return cmp.Compare(a.id, b.id) })
	if known || i == SampleSize || len(sketch.lines) > MaxLines {
		return false
	}
	s.sketches = slices.Insert(s.sketches, i, sketch)
	s.sketches = s.sketches[:min(len(s.sketches), SampleSize)]
	return true
}

// Profile returns the profile of the sample.
func (s *Sample) Profile() *Profile { return Build(s.sketches) }

// set is a set of texts of the sample, by index.
type set [SampleSize / 64]uint64

func (s *set) add(i int) { s[i/64] |= 1 << (i % 64) }

// without returns the set less text i; -1 is none.
func (s set) without(i int) set {
	if i >= 0 {
		s[i/64] &^= 1 << (i % 64)
	}
	return s
}

func (s set) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// share is the part of a source's texts that a line must be on to count as the
// source's, shrunk towards the text when few texts are known: as if prior further
// texts did not have the line.
type share struct {
	of    float64 // 0 to 1
	prior float64 // texts
	floor int     // texts
}

// Shares of a source's texts.
var (
	lineShare  = share{of: 0.08, prior: 12, floor: 2} // of short lines
	proseShare = share{of: 0.2, prior: 10, floor: 3}  // of prose
	// of sentences that are too short for prose, and differ in numbers
	sentenceShare = share{of: 0.5, prior: 2, floor: 3}
)

// needs returns on how many of n texts a line must be.
func (s share) needs(n int) int {
	need := int(s.of * (float64(n) + s.prior))
	if float64(need) < s.of*(float64(n)+s.prior) {
		need++
	}
	return max(s.floor, need)
}
