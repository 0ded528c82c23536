package pipeline

import (
	"context"
	"maps"
	"slices"

	"winnow/clean/boilerplate"
	"winnow/internal/store"
	"winnow/news"
)

// staleBatch is how many lines are looked at again between two renewals of the
// lease.
const staleBatch = 50

// prints are what the index finds a story by.
func (p *Pipeline) prints(story *news.Story) []uint64 {
	return p.Checker.Prints(story.Title, story.Text(), story.Language)
}

// houseKeys are the keys of what could be house text in a story as it was read.
func houseKeys(read *news.Story) []uint64 {
	var keys []uint64
	for _, line := range boilerplate.Lines(read) {
		keys = append(keys, line.Keys...)
	}
	return keys
}

// learn looks at the lines of changed stories: those that enough stories of the
// site have become house text, and all stories that have them are settled again.
// It rests on stories as they were read, so that it does not matter which of
// them have been settled. taught says whether there were such lines.
func (b *batch) learn(ctx context.Context, changed []store.Stored) (taught bool, err error) {
	sites := map[uint64]string{}
	for i := range changed {
		d := &changed[i]
		b.learned[d.Story.ID] = d.TextSHA
		for _, key := range houseKeys(&d.Read) {
			if !b.house[key] {
				sites[key] = d.Read.Site()
			}
		}
	}
	keys := slices.Sorted(maps.Keys(sites))
	known, err := b.Store.House(ctx, keys)
	if err != nil {
		return taught, err
	}
	maps.Copy(b.house, known)
	keys = slices.DeleteFunc(keys, func(key uint64) bool { return known[key] })
	recurring, err := b.Store.Recurring(ctx, keys, boilerplate.MinStories, boilerplate.Sample)
	if err != nil {
		return taught, err
	}
	for _, key := range slices.Sorted(maps.Keys(recurring)) {
		is, err := b.isHouse(ctx, key, recurring[key])
		if err != nil {
			return taught, err
		}
		if is {
			b.house[key], taught = true, true
			if err := b.Store.PutHouse(ctx, b.lease, sites[key], key, true); err != nil {
				return taught, err
			}
		}
	}
	return taught, nil
}

// isHouse looks at stories that have a line, a few at a time: often these
// suffice.
func (p *Pipeline) isHouse(ctx context.Context, key uint64, ids []string) (bool, error) {
	var having []*news.Story
	for few := range slices.Chunk(ids, 8) {
		stories, err := p.Store.StoriesOf(ctx, few)
		if err != nil {
			return false, err
		}
		for _, id := range few {
			if d, there := stories[id]; there {
				having = append(having, &d.Read)
			}
		}
		if boilerplate.Recurs(key, having) {
			return true, nil
		}
	}
	return false, nil
}

// withoutHouse cuts from a story what is house text now, and puts back what is
// none any more.
func (b *batch) withoutHouse(ctx context.Context, d store.Stored) (store.Stored, error) {
	for replaced := false; !replaced; {
		if b.learned[d.Story.ID] != d.TextSHA {
			if _, err := b.learn(ctx, []store.Stored{d}); err != nil {
				return d, err
			}
		}
		places := b.house.Places(&d.Read)
		if slices.Equal(places, d.House) {
			return d, nil
		}
		story := d.Read.WithoutHouse(places)
		var err error
		if replaced, err = b.Store.CutHouse(ctx, b.lease, d.Story.ID, d.Stamp, places, b.prints(&story), houseKeys(&d.Read)); err != nil {
			return d, err
		}
		if d, err = b.Store.Story(ctx, d.Story.ID); err != nil {
			return d, err
		}
	}
	return d, nil
}

// lookAgain looks at lines that may be house text no longer, and says whether
// there were any.
func (p *Pipeline) lookAgain(ctx context.Context, lease store.Lease) (bool, error) {
	stale, err := p.Store.StaleHouse(ctx, staleBatch)
	if err != nil || len(stale) == 0 {
		return false, err
	}
	for _, line := range stale {
		having, err := p.Store.Recurring(ctx, []uint64{line.Key}, boilerplate.MinStories, boilerplate.Sample)
		if err != nil {
			return true, err
		}
		is, err := p.isHouse(ctx, line.Key, having[line.Key])
		if err != nil {
			return true, err
		}
		if err := p.Store.PutHouse(ctx, lease, line.Site, line.Key, is); err != nil {
			return true, err
		}
	}
	return true, nil
}

// withKnownHouse is a story just read from its page without what the state
// knows as house text.
func (p *Pipeline) withKnownHouse(ctx context.Context, story news.Story) (news.Story, error) {
	house, err := p.Store.House(ctx, houseKeys(&story))
	return boilerplate.Set(house).Cut(&story), err
}
