package settle

import (
	"context"
	"errors"

	"winnow/dedupe"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/news"
)

// prepare cleans again those of the stories for which that is due, before any is
// compared, so that few have to be compared twice. dirty has them as they are then.
func (b *batch) prepare(ctx context.Context, dirty []stories.Stored) error {
	for i, d := range dirty {
		if !d.Reclean {
			continue
		}
		cleaned, err := b.reclean(ctx, d)
		if err == nil {
			dirty[i] = cleaned
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// compareAll compares changed stories with those like them, and stores their
// edges.
func (b *batch) compareAll(ctx context.Context, dirty []stories.Stored) error {
	var compared []stories.Compared
	for _, d := range dirty {
		edges, err := b.compare(ctx, d)
		if errors.Is(err, store.ErrNotFound) {
			continue // forgotten meanwhile
		}
		if err != nil {
			return err
		}
		compared = append(compared, stories.Compared{ID: d.Story.ID, Edges: edges})
	}
	return b.settler.Store.Stories.PutEdges(ctx, b.lease, compared...)
}

// upToDate returns a story whose edges are those of its present text: one that
// has changed is compared first, or a verdict would rest on what an earlier text
// was like, or on a part of the edges of the group.
func (b *batch) upToDate(ctx context.Context, id string) (stories.Stored, error) {
	if d, known := b.stories[id]; known {
		return d, nil
	}
	d, err := b.settler.Store.Stories.Get(ctx, id)
	if err != nil || !d.Judge && !d.Reclean {
		return d, err
	}
	edges, err := b.compare(ctx, d)
	if err != nil {
		return d, err
	}
	return b.stories[id], b.settler.Store.Stories.PutEdges(ctx, b.lease, stories.Compared{ID: id, Edges: edges})
}

// compare returns the edges of a changed story, which is cleaned again first
// where that is due.
func (b *batch) compare(ctx context.Context, d stories.Stored) (edges []dedupe.Edge, err error) {
	if d.Reclean {
		if d, err = b.reclean(ctx, d); err != nil {
			return nil, err
		}
	}
	if edges, err = b.settler.Checker.Edges(ctx, d.Doc(), b.settler.Store.Stories); err != nil {
		return nil, &news.StageError{Stage: "dedupe", URL: d.Story.URL, Err: err}
	}
	b.stories[d.Story.ID] = d
	return edges, nil
}
