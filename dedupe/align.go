package dedupe

import (
	"cmp"
	"slices"
)

// Bounds of the alignment.
const (
	reach      = 10      // content words that a passage may leap over on either side
	maxRepeats = 48      // pairs of places of one word; beyond, only those count whose neighbours agree too
	maxPlaces  = 1 << 12 // pairs of places of one word that are looked at; beyond, they are paired in turn
	skewCost   = .15     // of a word, for each place by which the two sides of a leap differ
	leapCost   = .05     // of a word, for each place leapt over
	minPassage = 3.0     // words that a passage must hold, less its costs
)

// prepared is a text made ready for comparison.
type prepared struct {
	text  string
	all   words
	hash  []uint32 // the content words: all but the stop words
	flag  []uint8  // theirs
	order []int32  // their places, sorted by hash, then place; nil until sort
}

// prepare splits a text and picks its content words.
func (c *Checker) prepare(text string) *prepared {
	p := &prepared{text: text, all: split(text)}
	n := len(p.all.hash)
	p.hash = make([]uint32, 0, n)
	p.flag = make([]uint8, 0, n)
	for i, h := range p.all.hash {
		if !c.stop.has(h) {
			p.hash = append(p.hash, h)
			p.flag = append(p.flag, p.all.flag[i])
		}
	}
	p.forgetCapitals()
	return p
}

// sort makes the text ready to be aligned.
func (p *prepared) sort() {
	if p.order != nil {
		return
	}
	keys := make([]uint64, len(p.hash))
	for i, h := range p.hash {
		keys[i] = uint64(h)<<32 | uint64(i)
	}
	keys = sortedByHash(keys)
	p.order = make([]int32, len(keys))
	for i, k := range keys {
		p.order[i] = int32(uint32(k))
	}
}

// sortedByHash sorts keys by their upper halves, in three passes of a radix sort,
// which keeps the order of equal ones. It may use the slice given.
func sortedByHash(keys []uint64) []uint64 {
	const bits, buckets = 11, 1 << 11
	if len(keys) < 200 {
		slices.Sort(keys) // the lower halves ascend as it is
		return keys
	}
	from, to := keys, make([]uint64, len(keys))
	for shift := 32; shift < 64; shift += bits {
		var end [buckets]int32
		for _, k := range from {
			end[k>>shift&(buckets-1)]++
		}
		at := int32(0)
		for i, n := range end {
			end[i], at = at, at+n
		}
		for _, k := range from {
			b := k >> shift & (buckets - 1)
			to[end[b]] = k
			end[b]++
		}
		from, to = to, from
	}
	return from
}

// forgetCapitals takes the names away from a text that is written in capitals
// throughout, where they tell nothing.
func (p *prepared) forgetCapitals() {
	names := 0
	for _, flag := range p.flag {
		if flag&isName != 0 {
			names++
		}
	}
	if names <= len(p.flag)*6/10 {
		return
	}
	for i := range p.flag {
		p.flag[i] &^= isName
	}
}

// match is a content word that stands in both texts, with its best passage so
// far.
type match struct {
	i, j  int32
	score float32
	prev  int32 // match before it in the passage; -1 none
}

// passage is a stretch of one text that runs along a stretch of the other, its
// words in the same order; the ends are places of content words, the last one
// included.
type passage struct {
	fromA, toA, fromB, toB int32
	words                  int // matched
}

// alignment is what two texts have in common, in order.
type alignment struct {
	matchA, matchB []int32 // for each content word its partner, or -1
	passages       []passage
}

// align finds the passages that two texts share: chains of words that stand in
// both in the same order and close together, the strongest chain first. It
// takes time in proportion to the number of words: the partners of a word and
// the look back from each are bounded.
func align(a, b *prepared) alignment {
	a.sort()
	b.sort()
	al := alignment{matchA: filled(len(a.hash)), matchB: filled(len(b.hash))}
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
func (al *alignment) fill(a, b *prepared) {
	for n := range al.passages {
		p := &al.passages[n]
		j := p.fromB
		for i := p.fromA; i <= p.toA; i++ {
			if m := al.matchA[i]; m >= 0 {
				if p.fromB <= m && m <= p.toB {
					j = m + 1
				}
				continue
			}
			for k := j; k <= p.toB && k < j+reach && al.matchB[k] < 0; k++ {
				if a.hash[i] == b.hash[k] {
					al.matchA[i], al.matchB[k] = k, i
					p.words++
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

// seeds lists the pairs of places that hold the same word, sorted by the place
// in A, then in B. first[i] is where those of A's place i begin.
func seeds(a, b *prepared) (matches []match, first []int32) {
	type run struct {
		from, to int32 // in b.order
		choosy   bool  // neighbours must agree
	}
	runs := make([]run, len(a.hash))
	total := 0
	for i, j := 0, 0; i < len(a.order) && j < len(b.order); {
		ha, hb := a.hash[a.order[i]], b.hash[b.order[j]]
		if ha != hb {
			if ha < hb {
				i++
			} else {
				j++
			}
			continue
		}
		endA, endB := a.endOf(i), b.endOf(j)
		n := (endA - i) * (endB - j)
		choosy := n > maxRepeats
		if choosy && (n > maxPlaces || agreeing(a, b, a.order[i:endA], b.order[j:endB]) > maxRepeats) {
			// The first place with the first, the second with the second.
			for k := range min(endA-i, endB-j) {
				runs[a.order[i+k]] = run{int32(j + k), int32(j + k + 1), false}
			}
			n = min(endA-i, endB-j)
		} else {
			for _, p := range a.order[i:endA] {
				runs[p] = run{int32(j), int32(endB), choosy}
			}
		}
		total += min(n, max(maxRepeats, endA-i))
		i, j = endA, endB
	}
	matches = make([]match, 0, total)
	first = make([]int32, len(a.hash)+1)
	for i, r := range runs {
		first[i] = int32(len(matches))
		for _, j := range b.order[r.from:r.to] {
			if !r.choosy || neighboured(a, b, int32(i), j) {
				matches = append(matches, match{i: int32(i), j: j, prev: -1})
			}
		}
	}
	first[len(a.hash)] = int32(len(matches))
	return matches, first
}

// endOf is the end of the run of p.order that holds the word of its place i.
func (p *prepared) endOf(i int) int {
	h := p.hash[p.order[i]]
	for i++; i < len(p.order) && p.hash[p.order[i]] == h; i++ {
	}
	return i
}

// agreeing counts the pairs of places whose neighbours agree.
func agreeing(a, b *prepared, inA, inB []int32) int {
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

// neighboured says whether the words before or after two places are the same.
func neighboured(a, b *prepared, i, j int32) bool {
	return i > 0 && j > 0 && a.hash[i-1] == b.hash[j-1] ||
		int(i)+1 < len(a.hash) && int(j)+1 < len(b.hash) && a.hash[i+1] == b.hash[j+1]
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
		if s := o.score - skewCost*float32(skew) - leapCost*float32(max(di, dj)-1); s > best {
			best, prev = s, k
		}
	}
	cur.score, cur.prev = best+1, prev
}

// collect takes the passages, the best one first; a word belongs to one passage
// only.
func (al *alignment) collect(matches []match) {
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
		p := passage{toA: matches[end].i, toB: matches[end].j}
		k, stop := end, int32(-1)
		for ; k >= 0; k = matches[k].prev {
			if al.matchA[matches[k].i] >= 0 || al.matchB[matches[k].j] >= 0 {
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
			al.matchA[m.i], al.matchB[m.j] = m.j, m.i
			p.fromA, p.fromB = m.i, m.j
			p.words++
		}
		al.passages = append(al.passages, p)
	}
}
