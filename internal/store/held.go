package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"
)

// heldPostings is the number of postings up to which a segment is held in memory
// when prints are looked up: some 4 MB. All that are held together come to little
// more, since each segment is many times as large as all smaller ones.
const heldPostings = 600_000

// heldSegments are small segments in memory. They never change, and their ids are
// not used twice. The zero value is ready.
type heldSegments struct {
	mu   sync.Mutex
	byID map[int64]*heldSegment
}

// heldSegment has the rows of a segment, in the order of their buckets.
type heldSegment struct {
	buckets []int64
	ends    []int // of their data
	data    []byte
}

// keepOnly lets go of the segments that are none of these.
func (h *heldSegments) keepOnly(used map[int64]segment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.byID, func(id int64, _ *heldSegment) bool {
		_, ok := used[id]
		return !ok
	})
}

// held gives a small segment from memory, where it is brought the first time.
func (t *tx) held(ctx context.Context, g segment) (*heldSegment, error) {
	all := &t.segmentsHeld
	all.mu.Lock()
	found := all.byID[g.id]
	all.mu.Unlock()
	if found != nil {
		return found, nil
	}
	found = &heldSegment{}
	err := t.each(ctx, "SELECT bucket, data FROM posting WHERE bucket >= $1 AND bucket < $2 ORDER BY bucket", []any{g.from(), g.to()}, func(rows *sql.Rows) error {
		var bucket int64
		var data sql.RawBytes
		err := rows.Scan(&bucket, &data)
		found.buckets = append(found.buckets, bucket)
		found.data = append(found.data, data...)
		found.ends = append(found.ends, len(found.data))
		return err
	})
	if err != nil {
		return nil, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.byID == nil {
		all.byID = map[int64]*heldSegment{}
	}
	all.byID[g.id] = found
	return found, nil
}

// of is the data of a bucket, nil when it is empty.
func (h *heldSegment) of(bucket int64) []byte {
	i, ok := slices.BinarySearch(h.buckets, bucket)
	if !ok {
		return nil
	}
	from := 0
	if i > 0 {
		from = h.ends[i-1]
	}
	return h.data[from:h.ends[i]]
}
