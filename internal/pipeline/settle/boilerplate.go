package settle

import (
	"context"
	"maps"
	"slices"

	"winnow/clean/boilerplate"
	"winnow/internal/pipeline/admit"
	"winnow/internal/store/stories"
	"winnow/news"
)

// Boilerplate is text that recurs in stories of a site without being news, such
// as an outlet's words under each of them. It is recognized from the stories as
// they were read, so that it does not matter which of them have been settled.

// staleBatch is how many lines are looked at again between two renewals of the
// lease.
const staleBatch = 50

// peek is how many stories that have a line are looked at at a time: often the
// first few suffice.
const peek = 8

// learn looks at the lines of changed stories: those that enough stories of the
// site have become boilerplate, and all stories that have them are settled
// again. learned reports whether there were such lines.
func (b *batch) learn(ctx context.Context, changed []stories.Stored) (learned bool, err error) {
	sites := map[uint64]string{}
	for i := range changed {
		d := &changed[i]
		b.learned[d.Story.ID] = d.TextSHA
		for _, key := range admit.LineKeys(&d.Read) {
			if !b.recurring[key] {
				sites[key] = d.Read.Site()
			}
		}
	}
	keys := slices.Sorted(maps.Keys(sites))
	known, err := b.settler.Store.Stories.Boilerplate(ctx, keys)
	if err != nil {
		return learned, err
	}
	maps.Copy(b.recurring, known)
	keys = slices.DeleteFunc(keys, func(key uint64) bool { return known[key] })
	recurring, err := b.settler.Store.Stories.Recurring(ctx, keys, boilerplate.MinStories, boilerplate.SampleSize)
	if err != nil {
		return learned, err
	}
	for _, key := range slices.Sorted(maps.Keys(recurring)) {
		is, err := b.settler.isBoilerplate(ctx, key, recurring[key])
		if err != nil {
			return learned, err
		}
		if is {
			b.recurring[key], learned = true, true
			if err := b.settler.Store.Stories.PutBoilerplate(ctx, b.lease, sites[key], key, true); err != nil {
				return learned, err
			}
		}
	}
	return learned, nil
}

// isBoilerplate reports whether a line is boilerplate by the stories that have
// it.
func (s *Settler) isBoilerplate(ctx context.Context, key uint64, ids []string) (bool, error) {
	var having []*news.Story
	for few := range slices.Chunk(ids, peek) {
		stories, err := s.Store.Stories.ByID(ctx, few)
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

// cutBoilerplate cuts from a story what is boilerplate now, and puts back what
// is none any more.
func (b *batch) cutBoilerplate(ctx context.Context, d stories.Stored) (stories.Stored, error) {
	s := b.settler
	for replaced := false; !replaced; {
		if b.learned[d.Story.ID] != d.TextSHA {
			if _, err := b.learn(ctx, []stories.Stored{d}); err != nil {
				return d, err
			}
		}
		places := b.recurring.Blocks(&d.Read)
		if slices.Equal(places, d.Boilerplate) {
			return d, nil
		}
		story := d.Read.WithoutBoilerplate(places)
		var err error
		if replaced, err = s.Store.Stories.CutBoilerplate(ctx, b.lease, d.Story.ID, d.Stamp, places, s.Admitter.Prints(&story), admit.LineKeys(&d.Read)); err != nil {
			return d, err
		}
		if d, err = s.Store.Stories.Get(ctx, d.Story.ID); err != nil {
			return d, err
		}
	}
	return d, nil
}

// reviewBoilerplate looks at lines that may be boilerplate no longer, and
// reports whether there were any.
func (s *Settler) reviewBoilerplate(ctx context.Context, lease stories.Lease) (bool, error) {
	stale, err := s.Store.Stories.BoilerplateToCheck(ctx, staleBatch)
	if err != nil || len(stale) == 0 {
		return false, err
	}
	for _, line := range stale {
		having, err := s.Store.Stories.Recurring(ctx, []uint64{line.Key}, boilerplate.MinStories, boilerplate.SampleSize)
		if err != nil {
			return true, err
		}
		is, err := s.isBoilerplate(ctx, line.Key, having[line.Key])
		if err != nil {
			return true, err
		}
		if err := s.Store.Stories.PutBoilerplate(ctx, lease, line.Site, line.Key, is); err != nil {
			return true, err
		}
	}
	return true, nil
}
