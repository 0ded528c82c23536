package dedupe

import (
	"cmp"
	"fmt"
	"slices"

	"winnow/dedupe/internal/align"
	"winnow/news"
)

// Values of Override.Say: what a person can say of stories.
const (
	SaySame     = "same"     // A and B are one story
	SayDistinct = "distinct" // A and B are two: neither is dropped in favour of the other, nor both in favour of a third
	SayKeep     = "keep"     // A stays, whatever it is a copy of
)

// Values of Verdict.Rule that rest on a person's word.
const (
	RulePinnedSame     = "pinned-same"     // dropped: a copy by a person's word
	RulePinnedDistinct = "pinned-distinct" // kept: no copy of the one it is like, by a person's word
	RuleUndropped      = "undropped"       // kept by a person's word
)

// Override is a person's word on one story or on two. It takes precedence over
// what the texts say. Make one with [NewOverride].
type Override struct {
	A   string // id
	B   string // id, greater than A; "" with SayKeep
	Say string // SaySame, SayDistinct or SayKeep
}

// NewOverride returns an override with its ids in order; b is "" with SayKeep. It
// fails on an unknown word and on a wrong number of ids.
func NewOverride(say, a, b string) (Override, error) {
	o := Override{A: a, B: b, Say: say}
	switch say {
	case SayKeep:
		if a == "" || b != "" {
			return o, fmt.Errorf("dedupe: %q is said of one story", say)
		}
		return o, nil
	case SaySame, SayDistinct:
		if a == "" || b == "" || a == b {
			return o, fmt.Errorf("dedupe: %q is said of two stories", say)
		}
		o.A, o.B = min(a, b), max(a, b)
		return o, nil
	}
	return o, fmt.Errorf("dedupe: %q is none of %s, %s, %s", say, SaySame, SayDistinct, SayKeep)
}

// overruled is what overrides mean for the docs of one Resolve.
type overruled struct {
	keep  []bool          // never dropped
	freed []bool          // kept, or keeping fewer copies, since two are distinct
	apart map[[2]int]bool // pairs that never drop each other, both ways round
}

// overrule changes the links as the overrides say. Those said to be the same
// share their links: what one of them is a copy of, the others are too.
func (c *Checker) overrule(near [][]link, byID map[string]int, said []Override) overruled {
	o := overruled{keep: make([]bool, len(near)), freed: make([]bool, len(near)), apart: map[[2]int]bool{}}
	same := map[int][]int{}
	for _, s := range said {
		a, okA := byID[s.A]
		b, okB := byID[s.B]
		switch {
		case s.Say == SayKeep && okA:
			o.keep[a] = true
		case !okA || !okB || a == b:
		case s.Say == SayDistinct:
			o.apart[[2]int{a, b}], o.apart[[2]int{b, a}] = true, true
		case s.Say == SaySame:
			same[a], same[b] = append(same[a], b), append(same[b], a)
		}
	}
	for i := range near {
		near[i] = slices.DeleteFunc(near[i], func(l link) bool {
			cut := o.apart[[2]int{i, l.to}]
			o.freed[i] = o.freed[i] || cut
			return cut
		})
	}
	joinPinned(near, same, o.apart)
	return o
}

// droppable returns those copies of one story that may all be dropped: of two that
// are distinct by a person's word, which cannot both be copies of it, the one
// less alike stays, or the one less preferred where both are as much alike. What
// a person said to be the same comes first. place is each doc's place in the order
// of preference.
func (o *overruled) droppable(copies []link, place []int) []link {
	if len(o.apart) == 0 {
		return copies
	}
	pinned := func(l link) int {
		if l.edge.Rule == RulePinnedSame {
			return 1
		}
		return 0
	}
	slices.SortFunc(copies, func(x, y link) int {
		return cmp.Or(pinned(y)-pinned(x), cmp.Compare(alike(y.edge), alike(x.edge)), cmp.Compare(place[x.to], place[y.to]))
	})
	var drop []link
	for _, l := range copies {
		if slices.ContainsFunc(drop, func(other link) bool { return o.apart[[2]int{l.to, other.to}] }) {
			o.freed[l.to] = true
		} else {
			drop = append(drop, l)
		}
	}
	return drop
}

// alike returns the shares of both texts that an edge found in the other one, added.
func alike(e Edge) float64 { return e.ShareA + e.ShareB }

// joinPinned links the members of each set of stories that were said to be the
// same with each other, and with all that any of them is linked to.
func joinPinned(near [][]link, same map[int][]int, apart map[[2]int]bool) {
	sets := map[int][]int{} // of a story, shared by its members
	for a := range same {
		if sets[a] != nil {
			continue
		}
		set, seen := []int{a}, map[int]bool{a: true}
		for i := 0; i < len(set); i++ {
			for _, b := range same[set[i]] {
				if !seen[b] {
					seen[b] = true
					set = append(set, b)
				}
			}
		}
		slices.Sort(set)
		for _, b := range set {
			sets[b] = set
		}
	}
	pairs := map[[2]int]bool{} // true: within a set
	for a, set := range sets {
		for _, b := range set {
			for _, to := range set {
				pairs[[2]int{min(b, to), max(b, to)}] = true
			}
			for _, l := range near[b] {
				for _, to := range append([]int{l.to}, sets[l.to]...) {
					if pair := [2]int{min(a, to), max(a, to)}; !pairs[pair] && !linked(near[a], to) {
						pairs[pair] = false
					}
				}
			}
		}
	}
	for pair, within := range pairs {
		a, b := pair[0], pair[1]
		if a == b || apart[pair] {
			continue
		}
		if within { // a person's word replaces what was found
			near[a] = slices.DeleteFunc(near[a], func(l link) bool { return l.to == b })
			near[b] = slices.DeleteFunc(near[b], func(l link) bool { return l.to == a })
		}
		e := Edge{Relation: news.RelationCopy, Rule: RulePinnedSame}
		near[a] = append(near[a], link{to: b, edge: e, pinned: within})
		near[b] = append(near[b], link{to: a, edge: e, pinned: within})
	}
	for a := range near { // maps have no order
		slices.SortStableFunc(near[a], func(x, y link) int { return cmp.Compare(x.to, y.to) })
	}
}

// pinnedSpan is the span from which on the texts of two stories that are the same
// by a person's word tell which one holds the other.
const pinnedSpan = .5

// pinnedEdge returns the edge of two stories that are copies by a person's word,
// with the figures of their texts.
func (c *Checker) pinnedEdge(a, b *Doc) Edge {
	if a.ID > b.ID {
		a, b = b, a
	}
	pa, pb := c.lexicon.Prepare(a.Text), c.lexicon.Prepare(b.Text)
	if len(pa.All.Hash) > 0 && slices.Equal(pa.All.Hash, pb.All.Hash) {
		return sameEdge(a.ID, b.ID)
	}
	al := align.Texts(pa, pb)
	f := measure(&al, a, b, pa, pb)
	e := Edge{
		A: a.ID, B: b.ID, Relation: news.RelationCopy, ShareA: f.shareA, ShareB: f.shareB,
		Names: f.names.agreement(), Numbers: f.numbers.agreement(), Rule: RulePinnedSame,
	}
	if f.span >= pinnedSpan {
		e.Relation = f.relation()
	}
	return e
}
