package blockmodel

import "winnow/clean/internal/feature"

// Words are the words of a block and of the names around it, as hashes.
type Words struct {
	Own    []uint32 // of the class names and ids of its element and of the parent
	Around []uint32 // the same of three more elements around those
	First  []uint32 // its first words, alone and together
	All    []uint32 // all its words, when they are few
}

// Lexicon has the weights of words by their hashes, in 1/16 of natural log-odds:
// above 0 for words of stories.
type Lexicon map[uint32]int8

// Mark sets the features that the words of a block decide.
func (l Lexicon) Mark(f *Features, w *Words) {
	f[feature.OwnWords], f[feature.OwnWorst] = l.weigh(w.Own)
	f[feature.AroundWords], f[feature.AroundWorst] = l.weigh(w.Around)
	f[feature.FirstWords], f[feature.FirstWorst] = l.weigh(w.First)
	f[feature.AllWords], f[feature.AllWorst] = l.weigh(w.All)
}

const (
	neutral   = 128 // value of a feature of words without weight
	maxWeight = 120 // bound of the sum of weights, so that it fits beside neutral
)

// weigh returns the sum of the words' weights and the least of them, both with
// neutral added.
func (l Lexicon) weigh(words []uint32) (sum, least uint8) {
	s, worst := 0, 0
	for _, w := range words {
		weight := int(l[w])
		s += weight
		worst = min(worst, weight)
	}
	return uint8(neutral + min(maxWeight, max(-maxWeight, s))), uint8(neutral + worst)
}
