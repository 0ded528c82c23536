package settle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
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

// maxGroup bounds a group of copies that is judged at once. Groups of news
// copies have tens of members; thousands mean that something else recurs.
const maxGroup = 5000

// reconcile compares changed stories with those like them, and judges every
// group of copies that this touches.
func (b *batch) reconcile(ctx context.Context, dirty []stories.Stored) error {
	if err := b.prepare(ctx, dirty); err != nil {
		return err
	}
	// All are compared before any is judged: of very many copies of one text each
	// would make the group grow by one, and be judged anew.
	if err := b.compareAll(ctx, dirty); err != nil {
		return err
	}
	if err := b.judgeAlone(ctx); err != nil {
		return err
	}
	for _, d := range dirty {
		if b.judged[d.Story.ID] {
			continue
		}
		if err := b.judgeGroup(ctx, d.Story.ID); err != nil {
			return err
		}
	}
	return nil
}

// judgeAlone decides for the stories of the batch that are connected with no
// other, which are nearly all, in one go.
func (b *batch) judgeAlone(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(b.stories))
	edges, err := b.settler.Store.Stories.Edges(ctx, ids)
	if err != nil {
		return err
	}
	said, err := b.settler.Store.Stories.Overrides(ctx, ids)
	if err != nil {
		return err
	}
	tied := map[string]bool{}
	for _, e := range edges {
		if e.Ties() {
			tied[e.A], tied[e.B] = true, true
		}
	}
	for _, o := range said {
		tied[o.A], tied[o.B] = true, true
	}
	var decisions []stories.Settled
	for _, id := range ids {
		if !tied[id] {
			decisions = append(decisions, b.decide(map[string]stories.Stored{id: b.stories[id]}, nil, nil)...)
		}
	}
	_, err = b.settler.Store.Stories.Settle(ctx, b.lease, decisions)
	return err
}

// judgeGroup decides for all stories that are connected with one.
func (b *batch) judgeGroup(ctx context.Context, id string) error {
	group, said, err := b.group(ctx, id)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(group))
	edges, err := b.settler.Store.Stories.Edges(ctx, ids)
	if err != nil {
		return err
	}
	edges = slices.DeleteFunc(edges, func(e dedupe.Edge) bool {
		_, hasA := group[e.A]
		_, hasB := group[e.B]
		return !hasA || !hasB || !e.Ties()
	})
	_, err = b.settler.Store.Stories.Settle(ctx, b.lease, b.decide(group, edges, said))
	return err
}

// decide resolves a whole group of copies.
func (b *batch) decide(group map[string]stories.Stored, edges []dedupe.Edge, said []dedupe.Override) []stories.Settled {
	var docs []dedupe.Doc
	for _, id := range slices.Sorted(maps.Keys(group)) {
		b.judged[id] = true
		d := group[id]
		docs = append(docs, d.Doc())
	}
	var decisions []stories.Settled
	for _, v := range b.settler.Checker.Resolve(docs, edges, said...) {
		decisions = append(decisions, b.settler.decision(group[v.ID], v))
		b.result.add(group[v.ID], v, group)
	}
	return decisions
}

// decision is a verdict with the file that it means.
func (s *Settler) decision(d stories.Stored, v news.Verdict) stories.Settled {
	one := stories.Settled{ID: v.ID, Stamp: d.Stamp, Verdict: v}
	if v.DuplicateOf == "" && s.Options.Text {
		rec := output.TextRecord(d.Story)
		text := output.Text(rec, s.Options.Headline)
		sum := sha256.Sum256(text)
		one.Path, one.PathSHA = output.TextPath(rec), hex.EncodeToString(sum[:])
		if one.Path != d.Path || one.PathSHA != d.PathSHA {
			s.texts.put(one.PathSHA, text)
		}
	}
	return one
}

// group walks from a story to all that are connected with it, by edges and by
// what a person said to be the same. said is what was said of any of them.
func (b *batch) group(ctx context.Context, id string) (group map[string]stories.Stored, said []dedupe.Override, err error) {
	group = map[string]stories.Stored{}
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
		next, overrides, err := b.neighbours(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range overrides {
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
			b.settler.Log.Warn("very many stories are taken for copies of each other and are judged in parts: exclude the pages that repeat", "stories", maxGroup, "one", d.Story.URL)
			break
		}
	}
	return group, said, nil
}

// neighbours are the stories that one is connected with directly, itself among
// them, and what was said of it.
func (b *batch) neighbours(ctx context.Context, id string) (next []string, said []dedupe.Override, err error) {
	edges, err := b.settler.Store.Stories.Edges(ctx, []string{id})
	if err != nil {
		return nil, nil, err
	}
	for _, e := range edges {
		if e.Ties() {
			next = append(next, e.A, e.B)
		}
	}
	if said, err = b.settler.Store.Stories.Overrides(ctx, []string{id}); err != nil {
		return nil, nil, err
	}
	for _, o := range said {
		if o.Say == dedupe.SaySame {
			next = append(next, o.A, o.B)
		}
	}
	return next, said, nil
}
