package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"

	"winnow/internal/store/database"
)

// Most prints of a new story are in no other one, and to look for each of them
// costs a row in every segment. A sieve rules most of those out: a Bloom filter
// (Bloom 1970) of the prints of 2^sieveBuckets buckets, one row of sieve. The row
// also has the frequent prints, with their numbers of postings, so that a common
// print need not be looked for. Sieves stay in memory once they were read, at a
// million stories some 24 bytes a story.
const (
	sieveBuckets  = 8           // log 2: some 12,000 postings
	sieveBits     = 8           // a print
	sieveHashes   = 5           // a print; of those that are not there, one in 45 passes
	sievePostings = 100_000_000 // those of a segment that has more are not read: they would take 48 MB
	frequentFrom  = 100         // postings of a frequent print
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

// sieveHash returns two hashes, which make up all others (Kirsch and Mitzenmacher
// 2006).
func sieveHash(x uint64) (a, b uint32) {
	x *= 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	return uint32(x >> 32), uint32(x) | 1
}

// sieve is the key of the sieve of a bucket.
func (g segment) sieve(bucket int64) int64 { return bucket >> sieveBuckets }

// sieved reports whether the sieves of a segment are read.
func (g segment) sieved() bool { return g.postings <= sievePostings }

// passing returns the buckets of a segment that may have any of the prints, which
// come in order.
func (all *segmentCache) passing(g segment, prints []uint64) []int64 {
	c := all.of(g.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	var buckets []int64
	for _, p := range prints {
		if bucket := g.bucket(p); !g.sieved() || mayHave(c.sieves[g.sieve(bucket)], p) {
			buckets = append(buckets, bucket)
		}
	}
	return slices.Compact(buckets)
}

// readSieves reads those sieves of the prints that are not cached yet, and calls
// frequent for the prints of which the segment has very many.
func (all *segmentCache) readSieves(ctx context.Context, t *database.Tx, g segment, prints []uint64, frequent func(i, postings int)) error {
	if !g.sieved() {
		return nil
	}
	c := all.of(g.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []int64
	for _, p := range prints {
		key := g.sieve(g.bucket(p))
		if _, known := c.sieves[key]; !known {
			missing = append(missing, key)
		}
	}
	missing = slices.Compact(missing)
	err := database.EachIn(ctx, t, "SELECT chunk, data, crowds FROM sieve WHERE chunk IN ({list})", missing, func(rows *sql.Rows) error {
		var key int64
		var data []byte
		var packed sql.RawBytes
		if err := rows.Scan(&key, &data, &packed); err != nil {
			return err
		}
		c.sieves[key] = data
		return unpackFrequent(packed, c.frequent)
	})
	if err != nil {
		return err
	}
	for _, key := range missing {
		if c.sieves[key] == nil {
			c.sieves[key] = []byte{} // no prints at all
		}
	}
	for i, p := range prints {
		if n := c.frequent[p]; n > 0 {
			frequent(i, n)
		}
	}
	return nil
}

// packFrequent adds to a row the prints that have frequentFrom postings or more:
// each print as the difference to the one before, then how many.
func packFrequent(packed []byte, last *uint64, list []posting) []byte {
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].print == list[i].print {
			j++
		}
		if j-i >= frequentFrom {
			packed = binary.AppendUvarint(packed, list[i].print-*last)
			packed = binary.AppendUvarint(packed, uint64(j-i))
			*last = list[i].print
		}
		i = j
	}
	return packed
}

func unpackFrequent(packed []byte, frequent map[uint64]int) error {
	for last := uint64(0); len(packed) > 0; {
		d, n := binary.Uvarint(packed)
		if n <= 0 {
			return errPostings
		}
		many, m := binary.Uvarint(packed[n:])
		if last += d; m <= 0 || d >= 1<<printBits || last >= 1<<printBits || many >= 1<<40 {
			return errPostings
		}
		frequent[last] = int(many)
		packed = packed[n+m:]
	}
	return nil
}
