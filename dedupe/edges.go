package dedupe

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Which stories of the index are compared with a story: those that share enough
// prints, which is nearly a matter of the two alone. The caps only bound the time
// in a crowd of look-alikes; they are so high that it does not matter which of two
// stories came first. Their order depends on the texts alone.
const (
	minShared   = 2    // prints
	minShare    = .03  // of the prints of the one that has fewer; copies share more
	farShare    = .4   // likewise, of stories that are more than nearDays apart, less farSlack: four words in five have to be the same then, and with them three pairs in five
	farSlack    = 4    // prints
	common      = 400  // stories that have a print, beyond which it means nothing
	sameTexts   = 8    // stories of the same text that are compared, the smallest ids: they tie all of them together
	maxMisses   = 150  // candidates that turned out to be distinct
	maxFar      = 30   // of them that are more than nearDays apart: issues of a series
	maxCompared = 1000 // in all
)

// Edges compares a story with those of the index that may be copies of it, and
// returns an edge for each that is not distinct from it, sorted by the two ids.
// The story need not be in the index. It fails only when the index does, or when
// ctx ends.
func (c *Checker) Edges(ctx context.Context, d Doc, ix Index) ([]Edge, error) {
	p := c.lexicon.Prepare(d.Text)
	return edges(ctx, asking{d.ID, Day(d.Date), c.printsOf(p)}, ix, func(o Candidate) (e Edge, ok, gone bool, err error) {
		docs, err := ix.Docs(ctx, []string{o.ID})
		if err != nil || len(docs) == 0 {
			return e, false, true, err
		}
		e, ok = c.compare(&d, &docs[0], p, c.lexicon.Prepare(docs[0].Text))
		return e, ok, false, nil
	})
}

// asking is a story that asks for what it may be a copy of.
type asking struct {
	id     string
	day    int // see Day
	prints prints
}

// enough reports whether a candidate shares enough prints. The answer is the same
// when the candidate asks.
func (a *asking) enough(o Candidate) bool {
	fewer := min(len(a.prints.all), o.Prints)
	least := max(minShared, int(minShare*float64(fewer)))
	if a.farFrom(o) {
		least = max(least, int(farShare*float64(fewer))-farSlack)
	}
	return o.Shared >= min(least, len(a.prints.all))
}

// farFrom reports whether a candidate is known to be of other days.
func (a *asking) farFrom(o Candidate) bool {
	apart, known := daysApart(a.day, o.Day)
	return known && apart > nearDays
}

// edges goes through the candidates of a story. A candidate may be gone from the
// index by the time it is compared.
func edges(ctx context.Context, a asking, ix Index,
	compare func(Candidate) (e Edge, ok, gone bool, err error),
) ([]Edge, error) {
	if len(a.prints.all) == 0 {
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

// candidates returns the stories to compare a story with, the likeliest first.
func candidates(ctx context.Context, a asking, ix Index) ([]Candidate, error) {
	found, err := ix.Candidates(ctx, Query{
		ID: a.id, Prints: a.prints.all, Exact: a.prints.exact, Common: common, Least: min(minShared, len(a.prints.all)),
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
