package dedupe

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
	e := sameEdge(a.ID, b.ID)
	if len(pa.all.hash) == 0 || len(pb.all.hash) == 0 {
		return Edge{A: e.A, B: e.B}, false
	}
	if slices.Equal(pa.all.hash, pb.all.hash) {
		return e, true
	}
	al := align(pa, pb)
	f := al.measure(a, b, pa, pb)
	e.ShareA, e.ShareB, e.Names, e.Numbers = f.shareA, f.shareB, f.names.agreement(), f.numbers.agreement()
	relation, rule := c.decide(f, a, b)
	if relation, rule, _ = c.secondLook(&f, a, b, pa, pb, &al, relation, rule); relation == "" {
		rule = ""
	}
	e.Relation, e.Rule = relation, rule
	return e, relation != ""
}

// sameEdge is the edge of two stories that have the same words.
func sameEdge(a, b string) Edge {
	return Edge{
		A: min(a, b), B: max(a, b), Relation: news.RelationSame,
		ShareA: 1, ShareB: 1, Names: 1, Numbers: 1, Rule: "same-text",
	}
}

// Which stories of the index are compared with a story: those that share enough
// prints, which is nearly a matter of the two alone. The two caps only bound the
// time in a crowd of look-alikes; they lie so high that it does not matter which
// of two stories came first. Their order depends on the texts alone.
const (
	minShared   = 2    // prints
	minShare    = .03  // of the prints of the one that has fewer; copies share more
	farShare    = .4   // likewise, of stories that are more than near days apart, less farSlack: four words in five have to be the same then, and with them three pairs in five
	farSlack    = 4    // prints
	common      = 400  // stories that have a print, beyond which it says nothing
	sameTexts   = 8    // stories of the same text that are compared, the smallest ids: they tie all of them together
	maxMisses   = 150  // candidates that turned out to be distinct
	maxFar      = 30   // of them that are more than near days apart: issues of a series
	maxCompared = 1000 // in all
)

// Edges compares a story with those of the index that may be copies of it, and
// gives an edge for each that is not distinct from it, sorted by the two ids.
// It fails only when the index does, or when ctx ends.
func (c *Checker) Edges(ctx context.Context, d Doc, ix Index) ([]Edge, error) {
	p := c.prepare(d.Text)
	return edges(ctx, asking{d.ID, Day(d.Date), c.printsOf(p)}, ix, func(o Candidate) (e Edge, ok, gone bool, err error) {
		docs, err := ix.Docs(ctx, []string{o.ID})
		if err != nil || len(docs) == 0 {
			return e, false, true, err
		}
		e, ok = c.compare(&d, &docs[0], p, c.prepare(docs[0].Text))
		return e, ok, false, nil
	})
}

// asking is a story that asks for what it may be a copy of.
type asking struct {
	id  string
	day int
	prints
}

// enough says whether a candidate shares enough prints. It comes to the same when
// the candidate asks.
func (a *asking) enough(o Candidate) bool {
	fewer := min(len(a.all), o.Prints)
	least := max(minShared, int(minShare*float64(fewer)))
	if a.farFrom(o) {
		least = max(least, int(farShare*float64(fewer))-farSlack)
	}
	return o.Shared >= min(least, len(a.all))
}

// farFrom says whether a candidate is known to be of other days.
func (a *asking) farFrom(o Candidate) bool {
	apart, known := daysApart(a.day, o.Day)
	return known && apart > near
}

// edges goes through the candidates of a story. A candidate may be gone from
// the index by the time it is compared.
func edges(ctx context.Context, a asking, ix Index,
	compare func(Candidate) (e Edge, ok, gone bool, err error),
) ([]Edge, error) {
	if len(a.all) == 0 {
		return nil, nil
	}
	list, err := candidates(ctx, a, ix)
	if err != nil {
		return nil, err
	}
	var out []Edge
	misses, far := 0, 0
	for _, o := range list {
		isFar := a.farFrom(o)
		if misses == maxMisses || isFar && far == maxFar {
			continue
		}
		e, ok, gone, err := compare(o)
		switch {
		case err != nil:
			return nil, err
		case ok:
			out = append(out, e)
		case gone:
		case isFar:
			misses++
			far++
		default:
			misses++
		}
	}
	slices.SortFunc(out, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return out, nil
}

// candidates lists the stories to be compared, the likeliest first.
func candidates(ctx context.Context, a asking, ix Index) ([]Candidate, error) {
	found, err := ix.Candidates(ctx, Query{
		ID: a.id, Prints: a.all, Exact: a.exact, Common: common, Least: min(minShared, len(a.all)),
		Enough: func(c Candidate) bool { return c.Same || a.enough(c) },
	})
	if err != nil {
		return nil, err
	}
	var same, near []Candidate
	for _, o := range found {
		if o.Same {
			same = append(same, o)
		}
	}
	slices.SortFunc(same, func(a, b Candidate) int { return strings.Compare(a.ID, b.ID) })
	same = same[:min(len(same), sameTexts)]
	for _, o := range found {
		if a.enough(o) && !slices.ContainsFunc(same, func(s Candidate) bool { return s.ID == o.ID }) {
			near = append(near, o)
		}
	}
	found = append(same, near...)
	return found[:min(len(found), maxCompared)], nil
}
