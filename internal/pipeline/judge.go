package pipeline

import (
	"context"
	"errors"
	"maps"
	"slices"

	"winnow/clean/boilerplate"
	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output"
)

// What becomes of a story when a process dies: its page's transaction holds its
// text, its prints and the mark that it is to be judged. A verdict cannot be in
// that transaction, since it rests on other stories. It follows here, and the
// transaction that stores it takes the mark away and puts the files that it means
// into the outbox, provided that the story still has the stamp that the verdict
// rests on. So a process that dies at any moment leaves the mark, or the verdict
// with its outbox; whoever settles next goes on from there, and comes to the same,
// because a verdict is a function of the stories and the settings. Until then a
// new story has no file, and an older one that of before.

// settleSome compares changed stories with those like them, and judges every
// group of copies that this touches.
func (p *Pipeline) settleSome(ctx context.Context, lease store.Lease, dirty []store.Stored, s *Settled) error {
	b := batch{Pipeline: p, lease: lease, stories: map[string]store.Stored{}, judged: map[string]bool{}, learned: map[string]string{}, house: boilerplate.Set{}}
	dirty, err := b.prepare(ctx, dirty)
	if err != nil {
		return err
	}
	// All are compared before any is judged: of very many copies of one text each
	// would make the group grow by one, and be judged anew.
	var compared []store.Compared
	for _, d := range dirty {
		edges, err := b.compare(ctx, d)
		if errors.Is(err, store.ErrNotFound) {
			continue // forgotten meanwhile
		}
		if err != nil {
			return err
		}
		compared = append(compared, store.Compared{ID: d.Story.ID, Edges: edges})
	}
	if err := p.Store.PutEdges(ctx, lease, compared...); err != nil {
		return err
	}
	if err := b.judgeAlone(ctx, s); err != nil {
		return err
	}
	for _, d := range dirty {
		if b.judged[d.Story.ID] {
			continue
		}
		if err := b.judge(ctx, d.Story.ID, s); err != nil {
			return err
		}
	}
	return nil
}

// batch is the work between two readings of the list of changed stories.
type batch struct {
	*Pipeline
	lease   store.Lease
	stories map[string]store.Stored // those whose edges are those of their present text
	judged  map[string]bool
	learned map[string]string // by id, the hash of the text whose lines house tells of
	house   boilerplate.Set
}

// prepare cleans again those of the stories for which that is due, and looks at
// the lines of all before any is compared, so that few have to be compared
// twice. It gives the stories as they are then.
func (b *batch) prepare(ctx context.Context, dirty []store.Stored) ([]store.Stored, error) {
	for i, d := range dirty {
		if !d.Reclean {
			continue
		}
		again, err := b.cleanAgain(ctx, b.lease, d)
		if err == nil {
			dirty[i] = again
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	taught, err := b.learn(ctx, dirty)
	if err != nil || !taught {
		return dirty, err
	}
	var ids []string
	for _, d := range dirty {
		ids = append(ids, d.Story.ID)
	}
	now, err := b.Store.StoriesOf(ctx, ids)
	dirty = dirty[:0]
	for _, id := range ids {
		if d, there := now[id]; there {
			dirty = append(dirty, d)
		}
	}
	return dirty, err
}

// judgeAlone decides for the stories of the batch that hang together with no
// other, which are nearly all, in one go.
func (b *batch) judgeAlone(ctx context.Context, s *Settled) error {
	ids := slices.Sorted(maps.Keys(b.stories))
	edges, err := b.Store.Edges(ctx, ids)
	if err != nil {
		return err
	}
	said, err := b.Store.Overrides(ctx, ids)
	if err != nil {
		return err
	}
	tied := map[string]bool{}
	for _, e := range edges {
		if joins(e) {
			tied[e.A], tied[e.B] = true, true
		}
	}
	for _, o := range said {
		tied[o.A], tied[o.B] = true, true
	}
	var decisions []store.Settled
	for _, id := range ids {
		if !tied[id] {
			decisions = append(decisions, b.decide(map[string]store.Stored{id: b.stories[id]}, nil, nil, s)...)
		}
	}
	_, err = b.Store.Settle(ctx, b.lease, decisions)
	return err
}

// judge decides for all stories that hang together with one.
func (b *batch) judge(ctx context.Context, id string, s *Settled) error {
	group, said, err := b.group(ctx, id)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(group))
	edges, err := b.Store.Edges(ctx, ids)
	if err != nil {
		return err
	}
	edges = slices.DeleteFunc(edges, func(e dedupe.Edge) bool {
		_, hasA := group[e.A]
		_, hasB := group[e.B]
		return !hasA || !hasB || !joins(e)
	})
	_, err = b.Store.Settle(ctx, b.lease, b.decide(group, edges, said, s))
	return err
}

// decide resolves a whole group of copies.
func (b *batch) decide(group map[string]store.Stored, edges []dedupe.Edge, said []dedupe.Override, s *Settled) []store.Settled {
	var docs []dedupe.Doc
	for _, id := range slices.Sorted(maps.Keys(group)) {
		b.judged[id] = true
		d := group[id]
		docs = append(docs, d.Doc())
	}
	var decisions []store.Settled
	for _, v := range b.Checker.Resolve(docs, edges, said...) {
		decisions = append(decisions, b.decision(group[v.ID], v))
		s.add(group[v.ID], v, group)
	}
	return decisions
}

// joins says whether an edge is one of copies: a roundup and its part are none.
func joins(e dedupe.Edge) bool {
	return e.Relation != dedupe.RelationContains && e.Relation != dedupe.RelationContained
}

// decision is a verdict with the file that it means.
func (p *Pipeline) decision(d store.Stored, v news.Verdict) store.Settled {
	one := store.Settled{ID: v.ID, Stamp: d.Stamp, Verdict: v}
	if v.DuplicateOf == "" && p.Options.Text {
		rec := output.TextRecord(d.Story)
		text := output.Text(rec, p.Options.Headline)
		one.Path, one.PathSHA = output.TextPath(rec), sha(text)
		if one.Path != d.Path || one.PathSHA != d.PathSHA {
			p.texts.put(one.PathSHA, text)
		}
	}
	return one
}

// group walks from a story to all that hang together with it, by edges and by
// what a person said to be the same. said is what was said of any of them.
func (b *batch) group(ctx context.Context, id string) (group map[string]store.Stored, said []dedupe.Override, err error) {
	group = map[string]store.Stored{}
	seen := map[string]bool{id: true}
	heard := map[dedupe.Override]bool{}
	for front := []string{id}; len(front) > 0; {
		at := front[len(front)-1]
		front = front[:len(front)-1]
		d, err := b.upToDate(ctx, at)
		if errors.Is(err, store.ErrNotFound) {
			continue // forgotten meanwhile
		}
		if err != nil {
			return nil, nil, err
		}
		group[at] = d
		next, words, err := b.neighbours(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range words {
			if !heard[o] {
				heard[o] = true
				said = append(said, o)
			}
		}
		for _, other := range next {
			if !seen[other] {
				seen[other] = true
				front = append(front, other)
			}
		}
		if len(group) == maxGroup {
			b.Log.Warn("very many stories are taken for copies of each other and are judged in parts: exclude the pages that repeat", "stories", maxGroup, "one", d.Story.URL)
			break
		}
	}
	return group, said, nil
}

// neighbours are the stories that one hangs together with directly, itself
// among them, and what was said of it.
func (b *batch) neighbours(ctx context.Context, id string) (next []string, said []dedupe.Override, err error) {
	edges, err := b.Store.Edges(ctx, []string{id})
	if err != nil {
		return nil, nil, err
	}
	for _, e := range edges {
		if joins(e) {
			next = append(next, e.A, e.B)
		}
	}
	if said, err = b.Store.Overrides(ctx, []string{id}); err != nil {
		return nil, nil, err
	}
	for _, o := range said {
		if o.Say == dedupe.SaySame {
			next = append(next, o.A, o.B)
		}
	}
	return next, said, nil
}

// upToDate is a story whose edges are those of its present text: one that has
// changed is compared first, or a verdict would rest on what an earlier text
// was like, or on a part of the edges of the group.
func (b *batch) upToDate(ctx context.Context, id string) (store.Stored, error) {
	if d, known := b.stories[id]; known {
		return d, nil
	}
	d, err := b.Store.Story(ctx, id)
	if err != nil || !d.Judge && !d.Reclean {
		return d, err
	}
	edges, err := b.compare(ctx, d)
	if err != nil {
		return d, err
	}
	return b.stories[id], b.Store.PutEdges(ctx, b.lease, store.Compared{ID: id, Edges: edges})
}

// compare gives the edges of a changed story, which is cleaned again first where
// that is due.
func (b *batch) compare(ctx context.Context, d store.Stored) (edges []dedupe.Edge, err error) {
	if d.Reclean {
		if d, err = b.cleanAgain(ctx, b.lease, d); err != nil {
			return nil, err
		}
	}
	if d, err = b.withoutHouse(ctx, d); err != nil {
		return nil, err
	}
	if edges, err = b.Checker.Edges(ctx, d.Doc(), b.Store); err != nil {
		return nil, &news.StageError{Stage: "dedupe", URL: d.Story.URL, Err: err}
	}
	b.stories[d.Story.ID] = d
	return edges, nil
}
