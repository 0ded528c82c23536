package postings

import "math/bits"

// sieve holds the prints that more than one story has, and not too many: a Bloom
// filter with two hashes, so that now and then it holds another print too. Most
// prints are those of one story, and need no look-up on disk.
type sieve struct {
	words []uint64
	last  uint64 // print that was counted last
	times int    // that it came
	many  int    // times from which on a print means nothing
}

// newSieve makes room for the prints of n pairs. Of these at most an eighth are
// prints of more than one story, so that one in thirty of the others is held.
func newSieve(n, many int) *sieve { return &sieve{words: make([]uint64, n/64+1), many: many} }

// count takes the next pair of those that are sorted by their prints. A nil sieve
// counts nothing, and holds all.
func (s *sieve) count(pair uint64) {
	if s == nil {
		return
	}
	if print := pair >> 32; print != s.last || s.times == 0 {
		s.end()
		s.last, s.times = print, 1
		return
	}
	s.times++
}

// end adds the last print, when it is to be held.
func (s *sieve) end() {
	if s == nil || s.times < 2 || s.times > s.many {
		return
	}
	for _, at := range s.places(s.last) {
		s.words[at/64] |= 1 << (at % 64)
	}
}

// holds reports whether a print may be in the sieve; a nil sieve holds all.
func (s *sieve) holds(print uint64) bool {
	if s == nil {
		return true
	}
	for _, at := range s.places(print >> 32) {
		if s.words[at/64]&(1<<(at%64)) == 0 {
			return false
		}
	}
	return true
}

// places returns the bits of a print.
func (s *sieve) places(print uint64) (at [2]uint64) {
	for i := range at {
		at[i], _ = bits.Mul64(mix(print+uint64(i)<<32), uint64(len(s.words))*64)
	}
	return at
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
