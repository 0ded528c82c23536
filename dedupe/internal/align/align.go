// Package align finds the passages that two texts have in common: runs of words
// in the same order, with gaps.
//
// Start at [Texts]. Its seeds are pairs of places with the same word (seeds);
// chains of seeds that are close together in both texts are passages (extend,
// collect); words too frequent to be seeds are matched inside a passage
// afterwards (fill). Time and memory grow with the number of words, whatever the
// texts: the partners of a word and the distance looked back are bounded.
package align

import (
	"cmp"
	"slices"

	"winnow/dedupe/internal/text"
)

// Limits of the alignment.
const (
	reach      = 10      // content words that a passage may leap over on either side
	maxRepeats = 48      // pairs of places of one word; beyond, only those count whose neighbours agree too
	maxPlaces  = 1 << 12 // pairs of places of one word that are looked at; beyond, they are paired in turn
	skewCost   = .15     // of a word, for each place by which the two sides of a leap differ
	leapCost   = .05     // of a word, for each place leapt over
	minPassage = 3.0     // words that a passage must hold, less its costs
)

// Limits returns the limits that an alignment rests on, for the version of the stage.
func Limits() []any {
	return []any{reach, maxRepeats, maxPlaces, skewCost, leapCost, minPassage}
}

// match is a content word that both texts have, with the best passage that ends
// in it so far.
type match struct {
	i, j  int32
	score float32
	prev  int32 // match before it in the passage; -1 none
}

// Passage is a stretch of text A that runs along a stretch of text B, the words
// in the same order. The ends are places of content words, the last one
// included.
type Passage struct {
	FromA, ToA, FromB, ToB int32
	Words                  int // matched
}

// Alignment is what two texts, A and B, have in common.
type Alignment struct {
	MatchA, MatchB []int32 // for each content word its place in the other text, or -1
	Passages       []Passage
}

// Texts aligns two texts. The passages come the strongest first; a word belongs
// to one passage at most. Where two passages are equally strong it matters which
// text is A.
func Texts(a, b *text.Prepared) Alignment {
	al := Alignment{MatchA: filled(len(a.Hash)), MatchB: filled(len(b.Hash))}
	matches, first := seeds(a, b)
	for m := range matches {
		extend(matches, first, m)
	}
	al.collect(matches)
	al.fill(a, b)
	return al
}

// fill pairs the words that are alike between two matches of a passage: those
// too frequent to be seeds.
func (al *Alignment) fill(a, b *text.Prepared) {
	for n := range al.Passages {
		p := &al.Passages[n]
		j := p.FromB
		for i := p.FromA; i <= p.ToA; i++ {
			if m := al.MatchA[i]; m >= 0 {
				if p.FromB <= m && m <= p.ToB {
					j = m + 1
				}
				continue
			}
			for k := j; k <= p.ToB && k < j+reach && al.MatchB[k] < 0; k++ {
				if a.Hash[i] == b.Hash[k] {
					al.MatchA[i], al.MatchB[k] = k, i
					p.Words++
					j = k + 1
					break
				}
			}
		}
	}
}

func filled(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = -1
	}
	return s
}

// seeds lists the pairs of places with the same word, sorted by the place
// in A, then in B. first[i] is where those of A's place i begin.
func seeds(a, b *text.Prepared) (matches []match, first []int32) {
	type run struct {
		from, to int32 // in orderB
		choosy   bool  // neighbours must agree
	}
	runs := make([]run, len(a.Hash))
	orderA, orderB := a.Order(), b.Order()
	total := 0
	for i, j := 0, 0; i < len(orderA) && j < len(orderB); {
		ha, hb := a.Hash[orderA[i]], b.Hash[orderB[j]]
		if ha != hb {
			if ha < hb {
				i++
			} else {
				j++
			}
			continue
		}
		endA, endB := endOf(a, i), endOf(b, j)
		n := (endA - i) * (endB - j)
		choosy := n > maxRepeats
		if choosy && (n > maxPlaces || agreeing(a, b, orderA[i:endA], orderB[j:endB]) > maxRepeats) {
			// The first place with the first, the second with the second.
			for k := range min(endA-i, endB-j) {
				runs[orderA[i+k]] = run{int32(j + k), int32(j + k + 1), false}
			}
			n = min(endA-i, endB-j)
		} else {
			for _, p := range orderA[i:endA] {
				runs[p] = run{int32(j), int32(endB), choosy}
			}
		}
		total += min(n, max(maxRepeats, endA-i))
		i, j = endA, endB
	}
	matches = make([]match, 0, total)
	first = make([]int32, len(a.Hash)+1)
	for i, r := range runs {
		first[i] = int32(len(matches))
		for _, j := range orderB[r.from:r.to] {
			if !r.choosy || neighboured(a, b, int32(i), j) {
				matches = append(matches, match{i: int32(i), j: j, prev: -1})
			}
		}
	}
	first[len(a.Hash)] = int32(len(matches))
	return matches, first
}

// endOf returns the end of the run of p.Order that has the word at i.
func endOf(p *text.Prepared, i int) int {
	order := p.Order()
	h := p.Hash[order[i]]
	for i++; i < len(order) && p.Hash[order[i]] == h; i++ {
	}
	return i
}

// agreeing returns the number of pairs of places whose neighbours agree.
func agreeing(a, b *text.Prepared, inA, inB []int32) int {
	n := 0
	for _, i := range inA {
		for _, j := range inB {
			if neighboured(a, b, i, j) {
				n++
			}
		}
	}
	return n
}

// neighboured reports whether the words before, or those after, two places are
// the same.
func neighboured(a, b *text.Prepared, i, j int32) bool {
	return i > 0 && j > 0 && a.Hash[i-1] == b.Hash[j-1] ||
		int(i)+1 < len(a.Hash) && int(j)+1 < len(b.Hash) && a.Hash[i+1] == b.Hash[j+1]
}

// extend finds the best passage that ends in match m. Those before it are done.
func extend(matches []match, first []int32, m int) {
	cur := &matches[m]
	best, prev := float32(0), int32(-1)
	low := max(0, cur.i-reach)
	for k := first[cur.i] - 1; k >= first[low]; k-- {
		o := &matches[k]
		dj := cur.j - o.j
		if dj <= 0 || dj > reach {
			continue
		}
		di := cur.i - o.i
		skew := di - dj
		if skew < 0 {
			skew = -skew
		}
		// The conversions keep the compiler from fusing the products with the
		// subtractions, which would round otherwise on some processors.
		if s := o.score - float32(skewCost*float32(skew)) - float32(leapCost*float32(max(di, dj)-1)); s > best {
			best, prev = s, k
		}
	}
	cur.score, cur.prev = best+1, prev
}

// collect takes the passages, the best one first; a word belongs to one passage
// only.
func (al *Alignment) collect(matches []match) {
	ends := make([]int32, 0, len(matches)/2)
	inner := make([]bool, len(matches))
	for _, m := range matches {
		if m.prev >= 0 {
			inner[m.prev] = true
		}
	}
	for k, m := range matches {
		if !inner[k] && m.score >= minPassage {
			ends = append(ends, int32(k))
		}
	}
	slices.SortFunc(ends, func(x, y int32) int {
		return cmp.Or(cmp.Compare(matches[y].score, matches[x].score), cmp.Compare(x, y))
	})
	for _, end := range ends {
		p := Passage{ToA: matches[end].i, ToB: matches[end].j}
		k, stop := end, int32(-1)
		for ; k >= 0; k = matches[k].prev {
			if al.MatchA[matches[k].i] >= 0 || al.MatchB[matches[k].j] >= 0 {
				stop = k
				break
			}
		}
		gain := matches[end].score
		if stop >= 0 {
			gain -= matches[stop].score
		}
		if gain < minPassage {
			continue
		}
		for k = end; k != stop; k = matches[k].prev {
			m := matches[k]
			al.MatchA[m.i], al.MatchB[m.j] = m.j, m.i
			p.FromA, p.FromB = m.i, m.j
			p.Words++
		}
		al.Passages = append(al.Passages, p)
	}
}
