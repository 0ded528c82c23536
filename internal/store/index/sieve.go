package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"slices"

	"winnow/internal/store/database"
)

// Most prints of a new story are in no other story, and looking up each of them would read
// a row of every segment. A sieve spares most of that: it is a Bloom filter (Bloom 1970) of
// the prints in 2^sieveBuckets buckets, one row of table sieve. The row also has the
// frequent prints with their numbers of postings, so that common prints need not be looked
// up. Sieves that were read are cached: about 24 bytes a story with a million stories.
const (
	sieveBuckets  = 8           // log 2 of the buckets: about 12,000 postings
	sieveBits     = 8           // for a print
	sieveHashes   = 5           // of a print; one in 45 of the prints that are not there passes
	sievePostings = 100_000_000 // sieves of a segment with more postings are not read: they would take 48 MB
	frequentFrom  = 100         // postings from which a print is frequent
)

// makeSieve returns a sieve of prints that are all different.
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

// mayHave reports whether a sieve may have been made of a print.
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

// sieveHash returns two hashes from which all others are made (Kirsch and Mitzenmacher
// 2006).
func sieveHash(x uint64) (a, b uint32) {
	x *= 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	return uint32(x >> 32), uint32(x) | 1
}

// sieve returns the key of the sieve of a bucket.
func (g segment) sieve(bucket int64) int64 { return bucket >> sieveBuckets }

// sieved reports whether the sieves of a segment are read.
func (g segment) sieved() bool { return g.postings <= sievePostings }

// passing returns the buckets of a segment that may have any of the prints, which are
// sorted.
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

// readSieves reads the sieves of prints, unless they are cached, and calls frequent for the
// frequent prints.
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

// packFrequent adds the frequent prints of a bucket to a row: each print as the difference
// to the one before, then its number of postings.
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
