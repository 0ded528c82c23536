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

// heldSegments are what is in memory of segments. They never change, and their
// ids are not used twice. The zero value is ready.
type heldSegments struct {
	mu   sync.Mutex
	byID map[int64]*heldSegment
}

// heldSegment has sieves of a segment, by their keys, and when it is small its
// rows, in the order of their buckets.
type heldSegment struct {
	mu      sync.Mutex
	sieves  map[int64][]byte
	crowds  map[uint64]int // how many postings some prints have, as far as sieves tell
	whole   bool           // the rows are here
	buckets []int64
	ends    []int // of their data
	data    []byte
}

// keepOnly lets go of the segments that are none of these.
func (h *heldSegments) keepOnly(used []segment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.byID, func(id int64, _ *heldSegment) bool {
		return !slices.ContainsFunc(used, func(g segment) bool { return g.id == id })
	})
}

// of gives what there is of a segment, at first nothing.
func (h *heldSegments) of(id int64) *heldSegment {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := h.byID[id]
	if found == nil {
		if h.byID == nil {
			h.byID = map[int64]*heldSegment{}
		}
		found = &heldSegment{sieves: map[int64][]byte{}, crowds: map[uint64]int{}}
		h.byID[id] = found
	}
	return found
}

// held gives a small segment from memory, where it is brought the first time.
func (t *tx) held(ctx context.Context, g segment) (*heldSegment, error) {
	h := t.segmentsHeld.of(g.id)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.whole {
		return h, nil
	}
	h.buckets, h.ends, h.data = nil, nil, nil // of a reading that was broken off
	err := t.each(ctx, "SELECT bucket, data FROM posting WHERE bucket >= $1 AND bucket < $2 ORDER BY bucket", []any{g.from(), g.to()}, func(rows *sql.Rows) error {
		var bucket int64
		var data sql.RawBytes
		err := rows.Scan(&bucket, &data)
		h.buckets = append(h.buckets, bucket)
		h.data = append(h.data, data...)
		h.ends = append(h.ends, len(h.data))
		return err
	})
	h.whole = err == nil
	return h, err
}

// row is the data of a bucket, nil when it is empty.
func (h *heldSegment) row(bucket int64) []byte {
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
