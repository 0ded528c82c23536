package dedupe

import (
	"cmp"
	"slices"

	"winnow/dedupe/internal/align"
	"winnow/dedupe/internal/text"
	"winnow/news"
)

// Compare compares two stories by their texts, titles, dates and hosts. It is a
// pure function of the two and of the options, and it does not matter which comes
// first. False means that they are distinct; the edge then has the figures only.
func (c *Checker) Compare(a, b Doc) (Edge, bool) {
	return c.compare(&a, &b, c.lexicon.Prepare(a.Text), c.lexicon.Prepare(b.Text))
}

func (c *Checker) compare(a, b *Doc, pa, pb *text.Prepared) (Edge, bool) {
	if reversed(a, b) {
		a, b, pa, pb = b, a, pb, pa
	}
	e := sameEdge(a.ID, b.ID)
	if len(pa.All.Hash) == 0 || len(pb.All.Hash) == 0 {
		return Edge{A: e.A, B: e.B}, false
	}
	if slices.Equal(pa.All.Hash, pb.All.Hash) {
		return e, true
	}
	al := align.Texts(pa, pb)
	f := measure(&al, a, b, pa, pb)
	e.ShareA, e.ShareB, e.Names, e.Numbers = f.shareA, f.shareB, f.names.agreement(), f.numbers.agreement()
	relation, rule := c.decide(f, a, b)
	if relation, rule, _ = c.secondPass(&f, a, b, pa, pb, &al, relation, rule); relation == "" {
		rule = ""
	}
	e.Relation, e.Rule = relation, rule
	return e, relation != ""
}

// reversed reports whether two stories are compared the other way round.
func reversed(a, b *Doc) bool {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text)) > 0
}

// sameEdge returns the edge of two stories that have the same words.
func sameEdge(a, b string) Edge {
	return Edge{
		A: min(a, b), B: max(a, b), Relation: news.RelationSame,
		ShareA: 1, ShareB: 1, Names: 1, Numbers: 1, Rule: ruleSameText,
	}
}

// Relations that do not join: a roundup and the story it holds.
const (
	RelationContains  = "contains"
	RelationContained = "contained"
)

// joins reports whether a relation makes its two stories copies of each other.
// A roundup and its part are not.
func joins(relation string) bool {
	switch relation {
	case news.RelationSame, news.RelationCopy, news.RelationCut, news.RelationFuller, news.RelationRespun:
		return true
	}
	return false
}

// Ties reports whether an edge puts its two stories into one group to be resolved: they
// are copies, or one has the other as its background. In a roundup the part behind the
// first one looks like background, and the roundup shows by both.
func (e Edge) Ties() bool { return joins(e.Relation) || e.Rule == ruleBackground }

// mirrored returns a relation as seen from the other story.
func mirrored(relation string) string {
	switch relation {
	case news.RelationCut:
		return news.RelationFuller
	case news.RelationFuller:
		return news.RelationCut
	case RelationContains:
		return RelationContained
	case RelationContained:
		return RelationContains
	}
	return relation
}
