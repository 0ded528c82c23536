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
// together: a print is looked up in each of them, at a million stories in four,
// and has by then been written anew seven times.

const (
	bucketPostings = 64   // at most, but for chance: about 300 bytes, which are read through for each print
	maxBits        = 32   // of the number of buckets of a segment
	mergeFrom      = 64   // stories with fresh prints that are worth a merge
	mergeMost      = 8192 // stories merged in one go, which are held in memory
	mergeRows      = 1024 // buckets a transaction
	mergeFactor    = 2    // a segment is that much larger than all smaller ones together
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

// pick adds the numbers of those prints of a bucket that are wanted to their
// lists. It reads the numbers of no others, and nothing that follows the last of
// them.
func pick(g segment, bucket int64, packed []byte, wanted []uint64, lists [][]int64) error {
	i, _ := slices.BinarySearch(wanted, g.first(bucket))
	end, _ := slices.BinarySearch(wanted, g.first(bucket+1))
	last := posting{print: g.first(bucket)}
	for at := 0; at < len(packed) && i < end; {
		var d uint64
		for shift := 0; ; shift += 7 { // binary.Uvarint, which would be half of the time
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

// indexState is what the packed index consists of.
type indexState struct {
	used    []segment // in the order of their sizes
	dropped int       // numbers in them that mean no story any more, and perhaps some that are in none
}

func (t *tx) indexState(ctx context.Context) (at indexState, err error) {
	err = t.each(ctx, "SELECT id, bits, postings, state, (SELECT COUNT(*) FROM dropped) FROM segment WHERE state = 1 ORDER BY postings, id", nil, func(rows *sql.Rows) error {
		var g segment
		err := rows.Scan(&g.id, &g.bits, &g.postings, &g.state, &at.dropped)
		if err == nil && (g.bits < 0 || g.bits > maxBits) {
			err = errPostings
		}
		at.used = append(at.used, g)
		return err
	})
	return at, err
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

// merge is one on its way.
type merge struct {
	fresh   []posting
	nums    []int64         // of fresh, in order
	briefs  map[int64]brief // of nums
	dropped map[int64]int64 // numbers of no story, with their seq
	met     []int64         // the seq of those of them that are left out
	inputs  []*postingStream
	merged  []segment
	made    segment
}

// mergeOnce moves one lot of prints.
func (s *Store) mergeOnce(ctx context.Context, lease Lease) (int, error) {
	m, all, err := s.beginMerge(ctx)
	if err != nil || len(m.nums) < mergeFrom {
		return 0, err
	}
	slices.SortFunc(m.fresh, comparePostings)
	total, whole := int64(len(m.fresh)), int64(0)
	m.inputs = []*postingStream{{list: m.fresh}}
	for _, g := range all {
		whole += g.postings
		if g.postings <= mergeFactor*total {
			total += g.postings
			m.merged = append(m.merged, g)
			m.inputs = append(m.inputs, &postingStream{store: s, segment: g, next: g.from() - 1})
		}
	}
	if len(m.merged) > 0 && 2*total >= whole {
		// Most of the index is written anew: numbers that mean nobody any more go.
		if m.dropped, err = s.droppedNumbers(ctx); err != nil {
			return 0, err
		}
	}
	m.made = segment{bits: min(maxBits, bits.Len64(uint64(total/bucketPostings))), state: segmentNew}
	if err := s.writeSegment(ctx, lease, m); err != nil {
		return 0, err
	}
	return len(m.nums), s.useSegment(ctx, lease, m)
}

// beginMerge reads what waits, and the segments there are.
func (s *Store) beginMerge(ctx context.Context) (m *merge, all []segment, err error) {
	err = s.view(ctx, func(t *tx) (err error) {
		m = &merge{briefs: map[int64]brief{}}
		if err = t.freshPrints(ctx, mergeMost, m); err == nil {
			all, err = t.segments(ctx)
		}
		return err
	})
	return m, all, err
}

// droppedNumbers gives the numbers that mean no story any more, with their seq.
func (s *Store) droppedNumbers(ctx context.Context) (map[int64]int64, error) {
	dropped := map[int64]int64{}
	err := s.view(ctx, func(t *tx) error {
		return t.each(ctx, "SELECT seq, num FROM dropped", nil, func(rows *sql.Rows) error {
			var seq, num int64
			err := rows.Scan(&seq, &num)
			dropped[num] = seq
			return err
		})
	})
	return dropped, err
}

// leaveOut says whether a number means no story any more, and notes that it was met.
func (m *merge) leaveOut(num int64) bool {
	seq, gone := m.dropped[num]
	if gone && seq != 0 {
		m.met = append(m.met, seq)
		m.dropped[num] = 0
	}
	return gone
}

// postingStream reads postings in order: from a list, or bucket by bucket from
// a segment.
type postingStream struct {
	list    []posting
	store   *Store  // nil: the list is all
	segment segment // which does not change while it is read
	next    int64   // bucket that was read last
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
				return unpackBucket(data, p.segment.first(p.next), func(x posting) { p.list = append(p.list, x) })
			})
	})
	if rows < mergeRows {
		p.store = nil
	}
	return err
}

// useSegment puts the new segment in the place of those it was made from.
func (s *Store) useSegment(ctx context.Context, lease Lease, m *merge) error {
	return s.settling(ctx, lease, func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE segment SET state = 1, postings = $2 WHERE id = $1", m.made.id, m.made.postings); err != nil {
			return err
		}
		for _, g := range m.merged {
			if _, err := t.exec(ctx, "UPDATE segment SET state = 2 WHERE id = $1", g.id); err != nil {
				return err
			}
		}
		if err := t.writeBriefs(ctx, m.nums, m.briefs); err != nil {
			return err
		}
		if err := t.unwait(ctx, m.nums); err != nil {
			return err
		}
		return chunks(m.met, t.dialect.list, func(list []any) error {
			_, err := t.exec(ctx, "DELETE FROM dropped WHERE seq IN ("+marks(1, len(list))+")", list...)
			return err
		})
	})
}

// unwait takes prints that were merged from those that wait. Those of a story
// that has changed or gone meanwhile wait no longer: they lie in the segment now,
// and mean no story.
func (t *tx) unwait(ctx context.Context, nums []int64) error {
	waited := map[int64]bool{}
	err := chunks(nums, t.dialect.list, func(list []any) error {
		return t.each(ctx, "DELETE FROM fresh WHERE num IN ("+marks(1, len(list))+") RETURNING num", list, func(rows *sql.Rows) error {
			var num int64
			err := rows.Scan(&num)
			waited[num] = true
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, num := range nums {
		if !waited[num] {
			if _, err := t.exec(ctx, "INSERT INTO dropped (num) VALUES ($1)", num); err != nil {
				return err
			}
		}
	}
	return nil
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
				if err == nil {
					_, err = t.exec(ctx, "DELETE FROM sieve WHERE chunk >= $1 AND chunk < $2", g.sieve(from), g.sieve(from+step))
				}
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
