package dedupe

import (
	"cmp"
	"slices"

	"winnow/news"
)

// ranked is a document with what the choice of the kept copy rests on.
type ranked struct {
	doc   *Doc
	index int // in the docs given
	words int // see WordCount; -1 where it has no copies
	rank  int // of its source
}

// Resolve decides which of the docs stay; it needs their texts. It returns a
// verdict for every doc, in their order. Edges and overrides of stories that are
// not among the docs are ignored. The outcome is a pure function of the options
// and of the sets of docs, edges and overrides, not of their order.
//
// A story that holds two others which are neither copies of each other nor about
// the same is a roundup: it joins none of them.
//
// The docs are gone through in order of preference. One that has no edge to a
// story kept so far is kept itself; any other is dropped in favour of the most
// preferred story that it has an edge to. So every dropped copy was compared
// with the story that is kept, or with one of the very same text, and no chain
// of likenesses joins two stories that are not alike.
//
// What a person said takes precedence: a story that is to be kept is never
// dropped; of two that are distinct neither is dropped in favour of the other, nor
// both in favour of a third; and those that are the same share their edges, so that
// a copy of one is a copy of all.
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
		out[i] = news.Verdict{ID: docs[i].ID, Version: Version()}
		byID[docs[i].ID] = i
	}
	near := make([][]link, len(docs))
	for _, e := range edges {
		a, okA := byID[e.A]
		b, okB := byID[e.B]
		if !okA || !okB || a == b || !e.Ties() {
			continue
		}
		near[a] = append(near[a], link{to: b, edge: e})
		near[b] = append(near[b], link{to: a, edge: e})
	}
	c.unlinkRoundups(docs, near)
	for i := range near {
		near[i] = slices.DeleteFunc(near[i], func(l link) bool { return !joins(l.edge.Relation) })
	}
	over := c.overrule(near, byID, said)
	order, place := c.byPreference(docs, near)
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

// byPreference returns the docs in order of preference, and for each doc its place
// in that order.
func (c *Checker) byPreference(docs []Doc, near [][]link) (order []ranked, place []int) {
	order = make([]ranked, len(docs))
	for i := range docs {
		order[i] = ranked{doc: &docs[i], index: i, words: -1, rank: c.rankOf(docs[i].Source)}
		if len(near[i]) > 0 { // the others have nothing to be preferred to
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
func (c *Checker) drop(docs []Doc, near [][]link, order []ranked, place []int, over *overruled, out []news.Verdict) {
	decided := make([]bool, len(docs))
	for _, s := range order {
		if decided[s.index] || len(near[s.index]) == 0 {
			continue
		}
		kept := s.index
		if !over.keep[kept] {
			kept = c.latestOfOutlet(s, near, decided, order, place)
		}
		decided[kept] = true
		// A story that gave way to the latest of its outlet is linked to it, so it
		// is decided here at the latest, unless a person keeps it.
		for _, copied := range over.droppable(c.copiesOf(kept, docs, near, decided, over), place) {
			decided[copied.to] = true
			out[kept].Cluster = docs[kept].ID
			out[copied.to] = verdict(docs[copied.to].ID, docs[kept].ID, copied.edge)
		}
	}
}

// copiesOf returns the docs that are not decided and may be dropped in favour of
// one: those that have an edge to it, and those of the same story.
func (c *Checker) copiesOf(kept int, docs []Doc, near [][]link, decided []bool, over *overruled) []link {
	var list []link
	listed := map[int]bool{}
	add := func(l link) {
		if listed[l.to] || decided[l.to] || over.keep[l.to] {
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

// sameStory returns the docs whose text is that of a doc, or which a person said to
// be the same, by chains of links: unlike likeness, sameness is transitive. A link
// is pinned when a person's word was needed to reach it.
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

// linked reports whether one of the links leads to a doc.
func linked(links []link, to int) bool {
	return slices.ContainsFunc(links, func(l link) bool { return l.to == to })
}

// rankOf returns the place of a source in the order of sources.
func (c *Checker) rankOf(source string) int {
	if r, ok := c.rank[source]; ok {
		return r
	}
	return len(c.rank)
}

// prefer compares two stories: the one that stays comes first.
func (c *Checker) prefer(a, b ranked) int {
	switch c.keep {
	case KeepFirst:
		if d := compareDates(a.doc.Date, b.doc.Date); d != 0 {
			return d
		}
	case KeepRanked:
		if d := cmp.Compare(a.rank, b.rank); d != 0 {
			return d
		}
	}
	return cmp.Or(
		cmp.Compare(b.words, a.words),
		compareDates(a.doc.Date, b.doc.Date),
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.doc.URL, b.doc.URL),
		cmp.Compare(a.doc.ID, b.doc.ID),
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

// latestOfOutlet returns the doc that stays in the place of the preferred one: the
// latest among its copies on the same host that have as many words and the same
// copies, itself when there is none later.
func (c *Checker) latestOfOutlet(s ranked, near [][]link, decided []bool, order []ranked, place []int) int {
	best := s
	if c.keep == KeepFirst || s.doc.Host == "" || s.doc.Date == "" {
		return best.index
	}
	for _, l := range near[s.index] {
		o := order[place[l.to]]
		if decided[o.index] || o.doc.Host != s.doc.Host || o.words != s.words || o.rank != s.rank || o.doc.Date < best.doc.Date ||
			o.doc.Date == best.doc.Date && (best.index == s.index || c.prefer(o, best) > 0) {
			continue
		}
		if !slices.ContainsFunc(near[s.index], func(other link) bool {
			return !decided[other.to] && other.to != o.index && !linked(near[o.index], other.to)
		}) {
			best = o
		}
	}
	return best.index
}

// verdict returns what an edge means for the dropped story.
func verdict(id, kept string, e Edge) news.Verdict {
	v := news.Verdict{
		ID: id, DuplicateOf: kept, Cluster: kept,
		Relation: e.Relation, CopiedShare: e.ShareA, KeptShare: e.ShareB,
		Names: e.Names, Numbers: e.Numbers, Rule: e.Rule, Version: Version(),
	}
	if id == e.B {
		v.CopiedShare, v.KeptShare = e.ShareB, e.ShareA
		v.Relation = mirrored(e.Relation)
	}
	return v
}
