package siteprofile

import (
	"cmp"
	"math/bits"
	"slices"
)

// SampleSize is the number of pages of a host that a profile is built from.
const SampleSize = 64

// Sample collects the sketches of a host that a profile is built from: the
// [SampleSize] ones with the smallest [Sketch.Rank]. It does not depend on the order in
// which they come, and the samples of two sets of pages are enough for that of both.
// The zero value is empty.
type Sample struct {
	sketches []*Sketch // ascending by rank, each URL once
}

// Add adds a sketch, which replaces that of the same URL. It reports whether the
// sample has changed.
func (s *Sample) Add(sketch *Sketch) bool {
	sketch = sketch.bounded()
	if i := slices.IndexFunc(s.sketches, func(k *Sketch) bool { return k.url == sketch.url }); i >= 0 {
		s.sketches = slices.Delete(s.sketches, i, i+1)
	}
	i, _ := slices.BinarySearchFunc(s.sketches, sketch, func(a, b *Sketch) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.url, b.url))
	})
	if i == SampleSize {
		return false
	}
	s.sketches = slices.Insert(s.sketches, i, sketch)
	s.sketches = s.sketches[:min(len(s.sketches), SampleSize)]
	return true
}

// Profile returns the profile of the sample.
func (s *Sample) Profile() *Profile { return Build(s.sketches) }

// The weights of pages in a sample.
const (
	halfLife   = 60 // days after which a page has half the weight
	listWeight = 3  // halvings of the weight of a page that is no story by itself
	maxDay     = 1<<16 - 1
	unit40     = 1 << 40 // one halving of a weight
)

// rank returns the place of a page among those of its host, by the hash of its URL: a
// weighted random choice that is the same each time, in which recent stories weigh
// more than old ones, so that a site that changes is followed, and stories more than
// other pages. day is that of publication, in days since 1970, up to maxDay; 0 means
// unknown.
func rank(hash uint64, day int32, story bool) uint64 {
	// The smallest quotients of a random number and a weight are such a choice
	// (Duffield, Lund, Thorup 2007). This is its logarithm, with a straight line
	// between powers of two, in 40 bits behind the point.
	zeros := bits.LeadingZeros64(hash | 1)
	log := uint64(63-zeros)<<40 | (hash<<zeros<<1)>>24
	log += (maxDay - uint64(day)) * unit40 / halfLife
	if !story {
		log += listWeight * unit40
	}
	return log
}
