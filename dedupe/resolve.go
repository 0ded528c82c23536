package dedupe

import (
	"cmp"
	"slices"

	"winnow/news"
)

// joins says whether a relation makes its two stories copies of each other.
// A roundup and its part are not.
func joins(relation string) bool {
	switch relation {
	case news.RelationSame, news.RelationCopy, news.RelationCut, news.RelationFuller, news.RelationRespun:
		return true
	}
	return false
}

// standing is what the choice of the kept copy rests on.
type standing struct {
	words int
	rank  int
	index int // in the docs given
	*Doc
}

// Resolve settles which of the docs stay; it needs their texts. It gives a
// verdict for every doc, in their order; edges and overrides of stories that are
// not among the docs are ignored.
//
// A story that holds two others which are neither copies of each other nor tell
// of the same is a roundup: it joins none of them.
//
// The docs are gone through in order of preference. One that has no edge to a
// story kept so far is kept itself; any other is dropped in favour of the most
// preferred story that it has an edge to. So every dropped copy was compared
// with the story that is kept, or with one of the very same text, and no chain
// of likenesses joins two stories that are not alike. The outcome is a function
// of the sets of docs, edges and overrides, not of their order.
//
// What a person said goes first: a story that is to be kept is never dropped,
// of two that are distinct neither is dropped in favour of the other, nor both in
// favour of a third, and those that are the same stand for each other, so that a
// copy of one is a copy of all.
//
// Preference is a total order: by Options.Keep, then the word count (strictly:
// a tolerance would make the order intransitive), the earliest date (a missing
// one last), the rank of the source, the URL, the id. One exception serves the
// reposts of one outlet: where the story to be kept has a copy on its own host
// that is as full, the latest of these takes its place.
func (c *Checker) Resolve(docs []Doc, edges []Edge, said ...Override) []news.Verdict {
	out := make([]news.Verdict, len(docs))
	byID := make(map[string]int, len(docs))
	for i := range docs {
		out[i] = news.Verdict{ID: docs[i].ID, Version: Version}
		byID[docs[i].ID] = i
	}
	near := make([][]link, len(docs))
	for _, e := range edges {
		a, okA := byID[e.A]
		b, okB := byID[e.B]
		if !okA || !okB || a == b || !joins(e.Relation) {
			continue
		}
		near[a] = append(near[a], link{to: b, edge: e})
		near[b] = append(near[b], link{to: a, edge: e})
	}
	c.unlinkRoundups(docs, near)
	over := c.overrule(near, byID, said)
	order, place := c.inOrder(docs, near)
	c.drop(docs, near, order, place, &over, out)
	for i := range out {
		switch {
		case over.keep[i]:
			out[i].Rule = RuleUndropped
		case over.freed[i] && out[i].DuplicateOf == "":
			out[i].Rule = RulePinnedDistinct
		}
	}
	return out
}

// inOrder puts the docs in the order of preference, and says where each stands.
func (c *Checker) inOrder(docs []Doc, near [][]link) (order []standing, place []int) {
	order = make([]standing, len(docs))
	for i := range docs {
		order[i] = standing{words: -1, index: i, Doc: &docs[i], rank: c.rankOf(docs[i].Source)}
		if len(near[i]) > 0 { // the others have nobody to be preferred to
			order[i].words = WordCount(docs[i].Text)
		}
	}
	slices.SortFunc(order, c.prefer)
	place = make([]int, len(docs))
	for i, s := range order {
		place[s.index] = i
	}
	return order, place
}

// drop goes through the docs and writes the verdicts of the copies.
func (c *Checker) drop(docs []Doc, near [][]link, order []standing, place []int, over *overruled, out []news.Verdict) {
	settled := make([]bool, len(docs))
	for _, s := range order {
		if settled[s.index] || len(near[s.index]) == 0 {
			continue
		}
		kept := s.index
		if !over.keep[kept] {
			kept = c.latestOfOutlet(s, near, settled, order, place)
		}
		settled[kept] = true
		// The story that gave way is a neighbour of the kept one, so it is
		// settled here at the latest, unless a person keeps it.
		for _, copied := range over.droppable(c.copiesOf(kept, docs, near, settled, over), place) {
			settled[copied.to] = true
			out[kept].Cluster = docs[kept].ID
			out[copied.to] = verdict(docs[copied.to].ID, docs[kept].ID, copied.edge)
		}
	}
}

// copiesOf lists the docs that are not settled and may be dropped in favour of
// one: those that have an edge to it, and those of the same story.
func (c *Checker) copiesOf(kept int, docs []Doc, near [][]link, settled []bool, over *overruled) []link {
	var list []link
	listed := map[int]bool{}
	add := func(l link) {
		if listed[l.to] || settled[l.to] || over.keep[l.to] {
			return // one to be kept waits for its own turn
		}
		if over.apart[[2]int{kept, l.to}] { // a chain of the same text ties them
			over.freed[kept], over.freed[l.to] = true, true
			return
		}
		listed[l.to] = true
		if l.edge.Rule == RulePinnedSame {
			l.edge = c.pinnedEdge(&docs[l.to], &docs[kept])
		}
		list = append(list, l)
	}
	for _, l := range near[kept] {
		add(l)
	}
	for _, same := range sameStory(kept, near) {
		same.edge = sameEdge(docs[same.to].ID, docs[kept].ID)
		if same.pinned {
			same.edge.Rule = RulePinnedSame
		}
		add(same)
	}
	return list
}

// sameStory lists the docs whose text is that of a doc, or which a person said
// to be the same, as chains of links tell: unlike likeness, sameness carries
// over. A link is pinned when a person's word was needed to come to it.
func sameStory(doc int, near [][]link) []link {
	list, seen := []link{{to: doc}}, map[int]bool{doc: true}
	for _, pinned := range []bool{false, true} {
		for i := 0; i < len(list); i++ {
			for _, l := range near[list[i].to] {
				if !seen[l.to] && (l.edge.Relation == news.RelationSame || pinned && l.pinned) {
					seen[l.to] = true
					list = append(list, link{to: l.to, pinned: pinned})
				}
			}
		}
	}
	return list[1:]
}

// link is one end of an edge.
type link struct {
	to     int
	edge   Edge
	pinned bool // a person said that the two are the same
}

// rankOf is the place of a source in the order of sources.
func (c *Checker) rankOf(source string) int {
	if r, ok := c.rank[source]; ok {
		return r
	}
	return len(c.rank)
}

// prefer orders two stories, the one that stays first.
func (c *Checker) prefer(a, b standing) int {
	switch c.keep {
	case KeepFirst:
		if d := compareDates(a.Date, b.Date); d != 0 {
			return d
		}
	case KeepRanked:
		if d := cmp.Compare(a.rank, b.rank); d != 0 {
			return d
		}
	}
	return cmp.Or(
		cmp.Compare(b.words, a.words),
		compareDates(a.Date, b.Date),
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.URL, b.URL),
		cmp.Compare(a.ID, b.ID),
	)
}

// compareDates puts the earlier date first and a missing one last.
func compareDates(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Compare(a, b)
}

// latestOfOutlet is the doc that stays in the place of the preferred one: the
// latest among its copies on the same host that have as many words and the same
// copies, itself when there is none later.
func (c *Checker) latestOfOutlet(s standing, near [][]link, settled []bool, order []standing, place []int) int {
	best := s
	if c.keep == KeepFirst || s.Host == "" || s.Date == "" {
		return best.index
	}
	for _, l := range near[s.index] {
		o := order[place[l.to]]
		if settled[o.index] || o.Host != s.Host || o.words != s.words || o.rank != s.rank || o.Date < best.Date ||
			o.Date == best.Date && (best.index == s.index || c.prefer(o, best) > 0) {
			continue
		}
		if !slices.ContainsFunc(near[s.index], func(other link) bool {
			return !settled[other.to] && other.to != o.index && !linked(near[o.index], other.to)
		}) {
			best = o
		}
	}
	return best.index
}

// verdict turns an edge into what it means for the dropped story.
func verdict(id, kept string, e Edge) news.Verdict {
	v := news.Verdict{
		ID: id, DuplicateOf: kept, Cluster: kept,
		Relation: e.Relation, CopiedShare: e.ShareA, KeptShare: e.ShareB,
		Names: e.Names, Numbers: e.Numbers, Rule: e.Rule, Version: Version,
	}
	if id == e.B {
		v.CopiedShare, v.KeptShare = e.ShareB, e.ShareA
		v.Relation = mirrored(e.Relation)
	}
	return v
}

// mirrored is a relation seen from the other side.
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

// Relations that join nothing: a roundup and the story it holds.
const (
	RelationContains  = "contains"
	RelationContained = "contained"
)
