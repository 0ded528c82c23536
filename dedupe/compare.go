package dedupe

import (
	"cmp"
	"context"
	"slices"

	"winnow/news"
)

// Compare says what two stories are to each other, by their texts. It is a
// pure function of the two and of the options, and it does not matter which
// comes first. False means that they are distinct.
func (c *Checker) Compare(a, b Doc) (Edge, bool) {
	return c.compare(&a, &b, c.prepare(a.Text), c.prepare(b.Text))
}

func (c *Checker) compare(a, b *Doc, pa, pb *prepared) (Edge, bool) {
	if cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text)) > 0 {
		a, b, pa, pb = b, a, pb, pa
	}
	e := Edge{A: a.ID, B: b.ID}
	if len(pa.all.hash) == 0 || len(pb.all.hash) == 0 {
		return e, false
	}
	if slices.Equal(pa.all.hash, pb.all.hash) {
		e.Relation, e.Rule = news.RelationSame, "same-text"
		e.ShareA, e.ShareB, e.Names, e.Numbers = 1, 1, 1, 1
		return e, true
	}
	f := measure(a, b, pa, pb)
	e.ShareA, e.ShareB, e.Names, e.Numbers = f.shareA, f.shareB, f.names.agreement(), f.numbers.agreement()
	relation, rule := c.decide(f, a, b)
	e.Relation, e.Rule = relation, rule
	return e, relation != ""
}

// How many candidates of a story are compared with it: until maxMisses of them
// have turned out to be distinct, and maxCompared in all. The candidates come
// in an order that depends on the two texts alone.
const (
	minShared   = 2    // prints
	common      = 400  // stories that have a print, beyond which it says nothing
	commonExact = 5000 // the same for the print of the whole text
	maxMisses   = 24
	maxCompared = 400
)

// Edges compares a story with those of the index that may be copies of it, and
// gives an edge for each that is not distinct from it, sorted by the two ids.
// It fails only when the index does, or when ctx ends.
func (c *Checker) Edges(ctx context.Context, d Doc, ix Index) ([]Edge, error) {
	return c.edges(ctx, &d, ix, func(d *Doc) *prepared { return c.prepare(d.Text) }, nil)
}

// memo remembers what comparisons came to.
type memo interface {
	known(a, b string) (e Edge, is, was bool)
	distinct(a, b string)
}

// edges is Edges with a way of its own to prepare texts and, if it is not nil,
// a memo.
func (c *Checker) edges(ctx context.Context, d *Doc, ix Index, prepare func(*Doc) *prepared, m memo) ([]Edge, error) {
	p := prepare(d)
	prints := p.prints()
	if len(prints) == 0 {
		return nil, nil
	}
	ids, err := candidates(ctx, d.ID, p, prints, ix)
	if err != nil {
		return nil, err
	}
	var edges []Edge
	misses := 0
	for i := 0; i < len(ids) && misses < maxMisses; i++ {
		e, ok, was := Edge{}, false, false
		if m != nil {
			e, ok, was = m.known(d.ID, ids[i])
		}
		if !was {
			docs, err := ix.Docs(ctx, ids[i:i+1])
			if err != nil {
				return nil, err
			}
			if len(docs) == 0 {
				continue // removed since
			}
			if e, ok = c.compare(d, &docs[0], p, prepare(&docs[0])); !ok && m != nil {
				m.distinct(d.ID, ids[i])
			}
		}
		if ok {
			edges = append(edges, e)
		} else {
			misses++
		}
	}
	slices.SortFunc(edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return edges, nil
}

// candidates lists the ids to be compared, the likeliest first.
func candidates(ctx context.Context, id string, p *prepared, prints []uint64, ix Index) ([]string, error) {
	same, err := ix.Candidates(ctx, []uint64{p.exact()}, commonExact, 1)
	if err != nil {
		return nil, err
	}
	near, err := ix.Candidates(ctx, prints, common, min(minShared, len(prints)))
	if err != nil {
		return nil, err
	}
	var ids []string
	seen := map[string]bool{id: true}
	for _, list := range [][]Candidate{same, near} {
		for _, cand := range list {
			if !seen[cand.ID] && len(ids) < maxCompared {
				seen[cand.ID] = true
				ids = append(ids, cand.ID)
			}
		}
	}
	return ids, nil
}
