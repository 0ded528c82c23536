package blockmodel

import (
	"math"

	"winnow/clean/internal/feature"
	"winnow/clean/internal/forest"
)

// Explain returns the probability that a block is story, in percent, and the
// names of the features that count most against it, no more than n.
func (m *Model) Explain(f *Features, n int) (percent int, against []string) {
	score, moved := m.trees.Contributions(f[:])
	for _, points := range moved {
		score += points
	}
	for _, k := range forest.Against(moved, n) {
		against = append(against, feature.Name(k))
	}
	return probability(score), against
}

// probability returns the probability for log-odds, in percent.
func probability(odds int32) int {
	return int(math.Round(100 / (1 + math.Exp(-float64(odds)/OddsUnit))))
}
