package dedupe

import (
	"slices"
	"strings"

	"winnow/dedupe/internal/text"
	"winnow/dedupe/internal/weights"
)

// titlePhrase is a phrase from titles of roundups.
type titlePhrase struct {
	words []uint32 // hashes
	first bool     // only at the beginning of a title
}

// titlePhrases reads the shipped list.
func titlePhrases() []titlePhrase {
	var all []titlePhrase
	for line := range strings.Lines(weights.Roundups) {
		_, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		for phrase := range strings.SplitSeq(list, ", ") {
			rest, first := strings.CutPrefix(phrase, "^")
			all = append(all, titlePhrase{text.Split(rest).Hash, first})
		}
	}
	return all
}

// isRoundup reports whether a title announces several stories.
func (c *Checker) isRoundup(title string) bool {
	words := text.Split(title).Hash
	return slices.ContainsFunc(c.roundups, func(p titlePhrase) bool {
		for i := range len(words) - len(p.words) + 1 {
			if slices.Equal(words[i:i+len(p.words)], p.words) {
				return true
			}
			if p.first {
				break
			}
		}
		return false
	})
}

// ruleRoundup is for two stories that share a part, of which one is a roundup by
// its title: it holds the other one, or some of it.
const ruleRoundup = "roundup"

// roundup corrects a decision by the titles. Where the texts are nearly the same
// throughout, a roundup was copied, whatever the other title says.
func (c *Checker) roundup(f *figures, a, b *Doc, relation, id string) (string, string) {
	if !joins(relation) || f.spanOther >= wholeSpan {
		return relation, id
	}
	switch inA, inB := c.isRoundup(a.Title), c.isRoundup(b.Title); {
	case inA && !inB:
		return RelationContains, ruleRoundup
	case inB && !inA:
		return RelationContained, ruleRoundup
	}
	return relation, id
}

// A roundup without such a title shows by its parts: stories that it holds, and
// that are not of one topic.
const (
	// partShare is the share of its content words up to which a story is a part of
	// another one.
	partShare = .9
	// sameTopic is the share of the content words of the smaller of two parts that
	// the other one has too, from which on they are of one story: the parts of
	// roundups of a day had at most .30, cuts of one story at least .38.
	sameTopic = .34
)

// unlinkRoundups removes the links between roundups and their parts. It looks at
// all links as they were, so it does not matter which roundup comes first.
func (c *Checker) unlinkRoundups(docs []Doc, near [][]link) {
	vocabulary := make(map[int][]uint32)
	words := func(i int) []uint32 {
		if _, ok := vocabulary[i]; !ok {
			vocabulary[i] = slices.Compact(slices.Sorted(slices.Values(c.lexicon.Prepare(docs[i].Text).Hash)))
		}
		return vocabulary[i]
	}
	cut := make(map[[2]int]bool)
	for whole := range near {
		var parts []int
		for _, l := range near[whole] {
			if shareOf(docs[whole].ID, l.edge) <= partShare && shareOf(docs[l.to].ID, l.edge) > shareOf(docs[whole].ID, l.edge) {
				parts = append(parts, l.to)
			}
		}
		for i, p := range parts {
			for _, q := range parts[:i] {
				if !linked(near[p], q) && overlap(words(p), words(q)) < sameTopic {
					cut[[2]int{whole, p}], cut[[2]int{whole, q}] = true, true
				}
			}
		}
	}
	for i := range near {
		near[i] = slices.DeleteFunc(near[i], func(l link) bool { return cut[[2]int{i, l.to}] || cut[[2]int{l.to, i}] })
	}
}

// shareOf returns the share of a story's words that an edge found in the other one.
func shareOf(id string, e Edge) float64 {
	if id == e.A {
		return e.ShareA
	}
	return e.ShareB
}

// overlap returns the share of the words of the smaller of two sorted sets that
// the other one has too; 0 when it is empty.
func overlap(a, b []uint32) float64 {
	least := min(len(a), len(b))
	if least == 0 {
		return 0
	}
	both := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			both++
			a, b = a[1:], b[1:]
		}
	}
	return float64(both) / float64(least)
}
