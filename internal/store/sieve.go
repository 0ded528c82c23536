package store

import (
	"context"
	"database/sql"
	"slices"
)

// Most prints of a new story are in no other one, and to look for each of them
// costs a row in every segment. A sieve tells of most of those that they are not
// there: a Bloom filter (Bloom 1970) of the prints of 2^sieveBuckets buckets,
// one row of sieve. Sieves stay in memory once they were read, at a million
// stories some 23 bytes a story.
const (
	sieveBuckets  = 6           // log 2: 12,000 postings at most
	sieveBits     = 8           // a print
	sieveHashes   = 5           // a print; of those that are not there, one in 45 passes
	sievePostings = 100_000_000 // those of a segment that has more are not read: they would take 48 MB
)

// makeSieve is a sieve of these prints, which are different.
func makeSieve(prints []uint64) []byte {
	sieve := make([]byte, len(prints)*sieveBits/8)
	bits := uint64(len(sieve)) * 8
	for _, x := range prints {
		a, b := sieveHash(x)
		for range sieveHashes {
			at := uint64(a) * bits >> 32
			sieve[at/8] |= 1 << (at % 8)
			a += b
		}
	}
	return sieve
}

// mayHave is false only for prints that the sieve was not made of.
func mayHave(sieve []byte, x uint64) bool {
	bits := uint64(len(sieve)) * 8
	a, b := sieveHash(x)
	for range sieveHashes {
		at := uint64(a) * bits >> 32
		if bits == 0 || sieve[at/8]&(1<<(at%8)) == 0 {
			return false
		}
		a += b
	}
	return true
}

// sieveHash gives two hashes, which make up all others (Kirsch and Mitzenmacher
// 2006).
func sieveHash(x uint64) (a, b uint32) {
	x *= 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	return uint32(x >> 32), uint32(x) | 1
}

// sieve is the key of the sieve of a bucket.
func (g segment) sieve(bucket int64) int64 { return bucket >> sieveBuckets }

// sift gives the buckets of a segment that may have any of the prints, which come
// in order.
func (t *tx) sift(ctx context.Context, g segment, prints []uint64) ([]int64, error) {
	var buckets []int64
	if g.postings > sievePostings {
		for _, x := range prints {
			buckets = append(buckets, g.bucket(x))
		}
		return slices.Compact(buckets), nil
	}
	h := t.segmentsHeld.of(g.id)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := t.readSieves(ctx, g, h, prints); err != nil {
		return nil, err
	}
	for _, x := range prints {
		if bucket := g.bucket(x); mayHave(h.sieves[g.sieve(bucket)], x) {
			buckets = append(buckets, bucket)
		}
	}
	return slices.Compact(buckets), nil
}

// readSieves reads those sieves of the prints that are not in memory yet.
func (t *tx) readSieves(ctx context.Context, g segment, h *heldSegment, prints []uint64) error {
	var missing []int64
	for _, x := range prints {
		key := g.sieve(g.bucket(x))
		if _, known := h.sieves[key]; !known {
			missing = append(missing, key)
		}
	}
	missing = slices.Compact(missing)
	err := chunks(missing, t.dialect.list, func(list []any) error {
		return t.each(ctx, "SELECT chunk, data FROM sieve WHERE chunk IN ("+marks(1, len(list))+")", list, func(rows *sql.Rows) error {
			var key int64
			var data []byte
			err := rows.Scan(&key, &data)
			h.sieves[key] = data
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, key := range missing {
		if h.sieves[key] == nil {
			h.sieves[key] = []byte{} // no prints at all
		}
	}
	return nil
}
