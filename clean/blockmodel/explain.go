package blockmodel

import (
	"cmp"
	"math"
	"slices"

	"winnow/clean/internal/feature"
)

// Explain returns the probability that a block is story, in percent, and the
// names of the features that count most against it, no more than n.
func (m *Model) Explain(f *Features, n int) (percent int, against []string) {
	score, moved := m.Contributions(f)
	var worst []int
	for k, points := range moved {
		score += points
		if points < 0 {
			worst = append(worst, k)
		}
	}
	slices.SortFunc(worst, func(a, b int) int { return cmp.Or(cmp.Compare(moved[a], moved[b]), cmp.Compare(a, b)) })
	for _, k := range worst[:min(n, len(worst))] {
		against = append(against, feature.Name(k))
	}
	return probability(score), against
}

// Contributions splits [Model.Score] up by features: base is the score before any
// question, and each question adds the change of the mean answer to its feature
// (Saabas 2014). Base and contributions add up to the score.
func (m *Model) Contributions(f *Features) (base int32, contributions [FeatureCount]int32) {
	for _, at := range m.roots {
		n := &m.nodes[at]
		base += int32(n.Points)
		for n.Feature != Leaf {
			before, asked := int32(n.Points), n.Feature
			at += n.branch(f)
			n = &m.nodes[at]
			contributions[asked] += int32(n.Points) - before
		}
	}
	return base, contributions
}

// probability returns the probability for log-odds, in percent.
func probability(odds int32) int {
	return int(math.Round(100 / (1 + math.Exp(-float64(odds)/OddsUnit))))
}
