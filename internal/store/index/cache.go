package index

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"

	"winnow/internal/store/database"
)

// cachedPostings is the number of postings up to which a segment is cached as a whole:
// about 4 MB. All cached segments take little more, since each segment is larger than all
// smaller ones together.
const cachedPostings = 600_000

// segmentCache caches parts of segments. Segments never change, and their IDs are not used
// again. The zero value is ready for use.
type segmentCache struct {
	mu   sync.Mutex
	byID map[int64]*cachedSegment
}

// cachedSegment has sieves of a segment, by key, and if the segment is small, its rows in
// the order of their buckets.
type cachedSegment struct {
	mu       sync.Mutex
	sieves   map[int64][]byte
	frequent map[uint64]int // numbers of postings of frequent prints, from the sieves that were read
	whole    bool           // the rows are here
	buckets  []int64
	ends     []int // of their data
	data     []byte
}

// keepOnly drops all other segments from the cache.
func (c *segmentCache) keepOnly(used []segment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.byID, func(id int64, _ *cachedSegment) bool {
		return !slices.ContainsFunc(used, func(g segment) bool { return g.id == id })
	})
}

// of returns what is cached of a segment, which may be nothing.
func (c *segmentCache) of(id int64) *cachedSegment {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.byID[id]
	if found == nil {
		if c.byID == nil {
			c.byID = map[int64]*cachedSegment{}
		}
		found = &cachedSegment{sieves: map[int64][]byte{}, frequent: map[uint64]int{}}
		c.byID[id] = found
	}
	return found
}

// whole returns a small segment with all its rows, and reads them the first time.
func (all *segmentCache) whole(ctx context.Context, t *database.Tx, g segment) (*cachedSegment, error) {
	c := all.of(g.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.whole {
		return c, nil
	}
	c.buckets, c.ends, c.data = nil, nil, nil // of an earlier attempt that failed
	err := t.Each(ctx, "SELECT bucket, data FROM posting WHERE bucket >= $1 AND bucket < $2 ORDER BY bucket", []any{g.from(), g.to()}, func(rows *sql.Rows) error {
		var bucket int64
		var data sql.RawBytes
		err := rows.Scan(&bucket, &data)
		c.buckets = append(c.buckets, bucket)
		c.data = append(c.data, data...)
		c.ends = append(c.ends, len(c.data))
		return err
	})
	c.whole = err == nil
	return c, err
}

// row returns the data of a bucket, nil when it is empty.
func (c *cachedSegment) row(bucket int64) []byte {
	i, ok := slices.BinarySearch(c.buckets, bucket)
	if !ok {
		return nil
	}
	from := 0
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.data[from:c.ends[i]]
}
