package index

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// A segment is a sorted list of postings (print, number), cut into buckets by the
// first bits of the print. A bucket is one row: for each posting the difference of
// its print to the one before (to the bucket's first possible print at the
// start) as a varint, then its number as a varint, or the difference to the
// number before if the print is the same. That makes about 6 bytes for a
// posting; a row for each posting would take more than 60.

const (
	bucketPostings = 64   // in a bucket, about: some 300 bytes, which are searched for each print
	maxBits        = 32   // log 2 of the largest number of buckets in a segment
	bucketRows     = 1024 // buckets that are read or written in one transaction
)

var errPostings = errors.New("postings in the state are damaged")

type posting struct {
	print uint64
	num   int64
}

func comparePostings(a, b posting) int {
	return cmp.Or(cmp.Compare(a.print, b.print), cmp.Compare(a.num, b.num))
}

// packBucket packs sorted postings whose prints are not less than first.
func packBucket(packed []byte, first uint64, list []posting) []byte {
	last := posting{print: first}
	for _, p := range list {
		packed = binary.AppendUvarint(packed, p.print-last.print)
		if p.print != last.print {
			last.num = 0
		}
		packed = binary.AppendUvarint(packed, uint64(p.num-last.num))
		last = p
	}
	return packed
}

// unpackBucket calls do for each posting, in order.
func unpackBucket(packed []byte, first uint64, do func(posting)) error {
	last := posting{print: first}
	for len(packed) > 0 {
		d, n := binary.Uvarint(packed)
		if n <= 0 || d >= 1<<printBits {
			return errPostings
		}
		num, m := binary.Uvarint(packed[n:])
		if m <= 0 || num >= 1<<62 {
			return errPostings
		}
		if d != 0 {
			last.num = 0
		}
		last.print += d
		last.num += int64(num)
		if last.print >= 1<<printBits || last.num < 0 {
			return errPostings
		}
		do(last)
		packed = packed[n+m:]
	}
	return nil
}

// collect adds the numbers of the wanted prints in a bucket to their lists. It skips the
// numbers of others, and does not read beyond the last wanted print.
func collect(g segment, bucket int64, packed []byte, wanted []uint64, lists [][]int64) error {
	i, _ := slices.BinarySearch(wanted, g.first(bucket))
	end, _ := slices.BinarySearch(wanted, g.first(bucket+1))
	last := posting{print: g.first(bucket)}
	for at := 0; at < len(packed) && i < end; {
		var d uint64
		for shift := 0; ; shift += 7 { // as binary.Uvarint, which would take half of the time
			if at == len(packed) || shift > printBits {
				return errPostings
			}
			c := packed[at]
			at++
			if d |= uint64(c&0x7f) << shift; c < 0x80 {
				break
			}
		}
		if last.print += d; last.print >= 1<<printBits {
			return errPostings
		}
		for i < end && wanted[i] < last.print {
			i++
		}
		if i == end || wanted[i] != last.print {
			for at < len(packed) && packed[at] >= 0x80 {
				at++
			}
			at++
			continue
		}
		if d != 0 {
			last.num = 0
		}
		num, n := binary.Uvarint(packed[at:])
		if n <= 0 || num >= 1<<62 {
			return errPostings
		}
		at += n
		if last.num += int64(num); last.num < 0 {
			return errPostings
		}
		lists[i] = append(lists[i], last.num)
	}
	return nil
}

// segment is a row of the table.
type segment struct {
	id, postings int64
	bits, state  int
}

// bucket returns the key of the bucket of a print. The keys of the segment are from ≤ key <
// to.
func (g segment) bucket(print uint64) int64 { return g.from() + int64(print>>(printBits-g.bits)) }

func (g segment) from() int64 { return g.id << maxBits }

func (g segment) to() int64 { return (g.id + 1) << maxBits }

// first returns the smallest print that a bucket can have.
func (g segment) first(bucket int64) uint64 { return uint64(bucket-g.from()) << (printBits - g.bits) }

const selectSegments = "SELECT id, bits, postings, state FROM segment ORDER BY postings, id"

// allSegments returns the segments in any state, smallest first.
func allSegments(ctx context.Context, t *database.Tx) ([]segment, error) {
	var all []segment
	err := t.Each(ctx, selectSegments, nil, func(rows *sql.Rows) error {
		g, err := scanSegment(rows)
		all = append(all, g)
		return err
	})
	return all, err
}

// scanSegment reads the row of a segment, and further columns into more.
func scanSegment(rows *sql.Rows, more ...any) (segment, error) {
	var g segment
	err := rows.Scan(append([]any{&g.id, &g.bits, &g.postings, &g.state}, more...)...)
	if err == nil && (g.bits < 0 || g.bits > maxBits) {
		err = errPostings
	}
	return g, err
}

// layout is the merged part of the index.
type layout struct {
	used    []segment // smallest first
	dropped int       // dropped numbers, most of them in the segments
}

var selectLayout = schema.SQL(`SELECT id, bits, postings, state, (SELECT COUNT(*) FROM dropped)
	FROM segment WHERE state = {segmentUsed} ORDER BY postings, id`)

// readLayout returns the segments in use.
func readLayout(ctx context.Context, t *database.Tx) (at layout, err error) {
	err = t.Each(ctx, selectLayout, nil, func(rows *sql.Rows) error {
		g, err := scanSegment(rows, &at.dropped)
		at.used = append(at.used, g)
		return err
	})
	return at, err
}
