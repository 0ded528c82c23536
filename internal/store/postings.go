package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

// The index from prints to stories is kept in segments, the way log-structured
// merge trees are. A segment is a sorted list of postings (print, number),
// where the number is that of a row of prints, cut into buckets by the first
// bits of the print. A bucket is one row: for each posting the difference of
// its print to the one before (to the bucket's first possible print at the
// start) as a varint, then its number as a varint, or the difference to the
// number before where the print is the same. That comes to some 6 bytes a
// posting, where a row a posting would take 60 and more.
//
// New prints wait, a row a story, until there are enough of them to be merged
// into a segment. Small segments are merged with them, so that there are never
// more than a few, each more than mergeFactor times the size of all smaller ones
// together: a print is looked up in each of them, at a million stories in three,
// and has by then been written anew some fifteen times.

const (
	bucketPostings = 192  // aimed at: about 1 KB, a quarter of a SQLite page
	maxBits        = 32   // of the number of buckets of a segment
	mergeFrom      = 64   // stories with fresh prints that are worth a merge
	mergeMost      = 8192 // stories merged in one go, which are held in memory
	mergeRows      = 256  // buckets a transaction
	mergeFactor    = 8    // a segment is that much larger than all smaller ones together
)

// Segment states.
const (
	segmentNew  = 0 // being written
	segmentUsed = 1
	segmentOld  = 2 // to be deleted
)

var errPostings = errors.New("postings in the state are damaged")

type posting struct {
	print uint64
	num   int64
}

func comparePostings(a, b posting) int {
	return cmp.Or(cmp.Compare(a.print, b.print), cmp.Compare(a.num, b.num))
}

// packBucket writes sorted postings whose prints are not below first.
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

// segment is a row of the table.
type segment struct {
	id, postings int64
	bits, state  int
}

// bucket is the key of the bucket of a print; from is the least key of the
// segment, and to is behind the greatest.
func (g segment) bucket(print uint64) int64 { return g.from() + int64(print>>(printBits-g.bits)) }
func (g segment) from() int64               { return g.id << maxBits }
func (g segment) to() int64                 { return (g.id + 1) << maxBits }

// first is the least print that a bucket can hold.
func (g segment) first(bucket int64) uint64 { return uint64(bucket-g.from()) << (printBits - g.bits) }

func (t *tx) segments(ctx context.Context) ([]segment, error) {
	var all []segment
	err := t.each(ctx, "SELECT id, bits, postings, state FROM segment ORDER BY postings, id", nil, func(rows *sql.Rows) error {
		var g segment
		err := rows.Scan(&g.id, &g.bits, &g.postings, &g.state)
		if err == nil && (g.bits < 0 || g.bits > maxBits) {
			err = errPostings
		}
		all = append(all, g)
		return err
	})
	return all, err
}

// MergePrints moves prints that wait into the packed index, when there are
// enough, and returns the number of stories whose prints it moved. It works in
// small transactions; when it is interrupted the index is as it was, and the
// next call clears up.
func (s *Store) MergePrints(ctx context.Context, lease Lease) (int, error) {
	moved := 0
	for {
		if err := s.purge(ctx, lease); err != nil {
			return moved, err
		}
		n, err := s.mergeOnce(ctx, lease)
		moved += n
		if err != nil || n == 0 {
			return moved, err
		}
	}
}

// mergeOnce moves one lot of prints.
func (s *Store) mergeOnce(ctx context.Context, lease Lease) (int, error) {
	var fresh []posting
	var nums []int64
	var all []segment
	err := s.view(ctx, func(t *tx) (err error) {
		fresh, nums = nil, nil
		if fresh, nums, err = t.freshPrints(ctx, mergeMost); err != nil {
			return err
		}
		all, err = t.segments(ctx)
		return err
	})
	if err != nil || len(nums) < mergeFrom {
		return 0, err
	}
	slices.SortFunc(fresh, comparePostings)
	total, whole := int64(len(fresh)), int64(0)
	inputs := []*postingStream{{list: fresh}}
	var merged []segment
	for _, g := range all {
		whole += g.postings
		if g.postings <= mergeFactor*total {
			total += g.postings
			merged = append(merged, g)
			inputs = append(inputs, &postingStream{store: s, segment: g, next: g.from() - 1})
		}
	}
	if len(merged) > 0 && 2*total >= whole {
		// Most of the index is written anew: numbers that mean nobody any more
		// go. That costs a pass over all numbers.
		live, err := s.liveNumbers(ctx)
		if err != nil {
			return 0, err
		}
		for _, in := range inputs[1:] {
			in.live = live
		}
	}
	made := segment{bits: min(maxBits, bits.Len64(uint64(total/bucketPostings))), state: segmentNew}
	if err := s.writeSegment(ctx, lease, &made, inputs); err != nil {
		return 0, err
	}
	return len(nums), s.useSegment(ctx, lease, made, merged, nums)
}

// freshPrints reads prints that are in no segment, the oldest first.
func (t *tx) freshPrints(ctx context.Context, most int) (fresh []posting, nums []int64, err error) {
	err = t.each(ctx, freshPrints+" LIMIT $1", []any{most}, func(rows *sql.Rows) error {
		var num int64
		var data sql.RawBytes
		if err := rows.Scan(&num, &data); err != nil {
			return err
		}
		prints, err := unpackPrints(data)
		for _, x := range prints {
			fresh = append(fresh, posting{x, num})
		}
		nums = append(nums, num)
		return err
	})
	return fresh, nums, err
}

// liveNumbers is the set of numbers in prints.
func (s *Store) liveNumbers(ctx context.Context) (numberSet, error) {
	var set numberSet
	err := s.view(ctx, func(t *tx) error {
		set = nil
		return t.each(ctx, "SELECT num FROM prints", nil, func(rows *sql.Rows) error {
			var num int64
			err := rows.Scan(&num)
			set.add(num)
			return err
		})
	})
	return set, err
}

// numberSet is a set of small numbers, a bit each.
type numberSet []uint64

func (n *numberSet) add(num int64) {
	for int64(len(*n)) <= num/64 {
		*n = append(*n, 0)
	}
	(*n)[num/64] |= 1 << (num % 64)
}

func (n numberSet) has(num int64) bool {
	return num/64 < int64(len(n)) && n[num/64]&(1<<(num%64)) != 0
}

// postingStream reads postings in order: from a list, or bucket by bucket from
// a segment.
type postingStream struct {
	list    []posting
	store   *Store    // nil: the list is all
	segment segment   // which does not change while it is read
	next    int64     // bucket that was read last
	live    numberSet // nil: all
}

func (p *postingStream) peek(ctx context.Context) (posting, bool, error) {
	for len(p.list) == 0 {
		if p.store == nil {
			return posting{}, false, nil
		}
		if err := p.fill(ctx); err != nil {
			return posting{}, false, err
		}
	}
	return p.list[0], true, nil
}

func (p *postingStream) fill(ctx context.Context) error {
	s, rows := p.store, 0
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, "SELECT bucket, data FROM posting WHERE bucket > $1 AND bucket < $2 ORDER BY bucket LIMIT $3",
			[]any{p.next, p.segment.to(), mergeRows}, func(r *sql.Rows) error {
				var data sql.RawBytes
				if err := r.Scan(&p.next, &data); err != nil {
					return err
				}
				rows++
				return unpackBucket(data, p.segment.first(p.next), func(x posting) {
					if p.live == nil || p.live.has(x.num) {
						p.list = append(p.list, x)
					}
				})
			})
	})
	if rows < mergeRows {
		p.store = nil
	}
	return err
}

// writeSegment merges the inputs into a new segment that nobody reads yet.
func (s *Store) writeSegment(ctx context.Context, lease Lease, made *segment, inputs []*postingStream) error {
	err := s.settling(ctx, lease, func(t *tx) error {
		_, err := t.one(ctx, "INSERT INTO segment (bits, postings, state) VALUES ($1, 0, 0) RETURNING id", []any{made.bits}, &made.id)
		return err
	})
	if err != nil {
		return err
	}
	type row struct {
		bucket int64
		data   []byte
	}
	var done []row
	flush := func() error {
		err := s.settling(ctx, lease, func(t *tx) error {
			for _, r := range done {
				if _, err := t.exec(ctx, "INSERT INTO posting (bucket, data) VALUES ($1, $2)", r.bucket, r.data); err != nil {
					return err
				}
			}
			return nil
		})
		done = done[:0]
		return err
	}
	var list []posting
	shut := func() error {
		if len(list) == 0 {
			return nil
		}
		bucket := made.bucket(list[0].print)
		done = append(done, row{bucket, packBucket(nil, made.first(bucket), list)})
		made.postings += int64(len(list))
		list = list[:0]
		if len(done) < mergeRows {
			return nil
		}
		return flush()
	}
	for {
		p, more, err := nextPosting(ctx, inputs)
		if err != nil {
			return err
		}
		if !more || len(list) > 0 && made.bucket(p.print) != made.bucket(list[0].print) {
			if err := shut(); err != nil {
				return err
			}
		}
		if !more {
			return flush()
		}
		list = append(list, p)
	}
}

// nextPosting takes the smallest posting off the inputs.
func nextPosting(ctx context.Context, inputs []*postingStream) (least posting, found bool, err error) {
	for _, in := range inputs {
		p, more, err := in.peek(ctx)
		if err != nil {
			return least, false, err
		}
		if more && (!found || comparePostings(p, least) < 0) {
			least, found = p, true
		}
	}
	for _, in := range inputs {
		if len(in.list) > 0 && in.list[0] == least {
			in.list = in.list[1:]
		}
	}
	return least, found, nil
}

// useSegment puts the new segment in the place of those it was made from.
func (s *Store) useSegment(ctx context.Context, lease Lease, made segment, merged []segment, nums []int64) error {
	return s.settling(ctx, lease, func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE segment SET state = 1, postings = $2 WHERE id = $1", made.id, made.postings); err != nil {
			return err
		}
		for _, g := range merged {
			if _, err := t.exec(ctx, "UPDATE segment SET state = 2 WHERE id = $1", g.id); err != nil {
				return err
			}
		}
		return chunks(nums, t.dialect.list, func(list []any) error {
			_, err := t.exec(ctx, "DELETE FROM fresh WHERE num IN ("+marks(1, len(list))+")", list...)
			return err
		})
	})
}

// purge deletes segments that are no longer, or never came to be, in use.
func (s *Store) purge(ctx context.Context, lease Lease) error {
	var all []segment
	err := s.view(ctx, func(t *tx) (err error) {
		all, err = t.segments(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.state == segmentUsed {
			continue
		}
		for step, from := int64(4*mergeRows), g.from(); from < g.from()+1<<g.bits; from += step {
			err := s.settling(ctx, lease, func(t *tx) error {
				_, err := t.exec(ctx, "DELETE FROM posting WHERE bucket >= $1 AND bucket < $2", from, from+step)
				return err
			})
			if err != nil {
				return err
			}
		}
		err := s.settling(ctx, lease, func(t *tx) error {
			_, err := t.exec(ctx, "DELETE FROM segment WHERE id = $1", g.id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
