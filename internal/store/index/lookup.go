package index

import (
	"context"
	"database/sql"

	"winnow/internal/store/database"
)

// lookUp returns the numbers that have each of the prints, which are mixed and sorted,
// including dropped numbers, and the metadata of the unmerged ones. The list is empty for
// prints that more than common stories have for certain, except for the print at exact.
func (x *Index) lookUp(ctx context.Context, t *database.Tx, at layout, wanted []uint64, exact, common int) (lists [][]int64, unmerged map[int64]metadata, err error) {
	x.segments.keepOnly(at.used)
	postings := make([]int, len(wanted))
	for _, g := range at.used {
		if err := x.segments.readSieves(ctx, t, g, wanted, func(i, n int) { postings[i] += n }); err != nil {
			return nil, nil, err
		}
	}
	var rest []uint64
	var places []int
	for i, p := range wanted {
		if i == exact || postings[i]-at.dropped <= common {
			rest = append(rest, p)
			places = append(places, i)
		}
	}
	found := make([][]int64, len(rest))
	if err = x.mergedPostings(ctx, t, at, rest, found); err == nil {
		unmerged, err = x.unmerged.postings(ctx, t, rest, found)
	}
	lists = make([][]int64, len(wanted))
	for i, list := range found {
		lists[places[i]] = list
	}
	return lists, unmerged, err
}

// mergedPostings adds the numbers from the segments.
func (x *Index) mergedPostings(ctx context.Context, t *database.Tx, at layout, wanted []uint64, lists [][]int64) error {
	byID := map[int64]segment{}
	var rest []int64
	for _, g := range at.used {
		byID[g.id] = g
		buckets := x.segments.passing(g, wanted)
		if g.postings > cachedPostings {
			rest = append(rest, buckets...)
			continue
		}
		whole, err := x.segments.whole(ctx, t, g)
		if err != nil {
			return err
		}
		for _, bucket := range buckets {
			if err := collect(g, bucket, whole.row(bucket), wanted, lists); err != nil {
				return err
			}
		}
	}
	return database.Chunks(rest, t.Dialect.MaxList, func(list []any) error {
		last := int64(-1)
		return t.Each(ctx, "SELECT bucket, data FROM posting WHERE bucket IN ("+database.Marks(1, len(list))+") ORDER BY bucket", list, func(rows *sql.Rows) error {
			var bucket int64
			var data sql.RawBytes
			if err := rows.Scan(&bucket, &data); err != nil || bucket == last {
				return err
			}
			last = bucket
			return collect(byID[bucket>>maxBits], bucket, data, wanted, lists)
		})
	})
}

const selectStories = "SELECT p.num, s.id FROM prints p JOIN story s ON s.num = p.story WHERE p.num IN ({list})"
