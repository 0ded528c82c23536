package index

import (
	"context"
	"database/sql"
	"math/bits"
	"slices"

	"winnow/internal/store/database"
	"winnow/internal/store/schema"
)

// Unmerged prints wait until there are enough of them for a segment. Small segments are
// merged with them, so that there are only a few, each more than mergeFactor times the
// size of all smaller ones together. With a million stories a print is looked up in four
// segments, and has been rewritten seven times.
const (
	mergeFrom   = 64   // unmerged texts that are worth a merge
	mergeMost   = 8192 // texts in one merge, which are in memory
	mergeFactor = 2    // by which a segment is larger than all smaller ones together
)

// Merge moves unmerged prints into segments, if there are enough, and returns the number of
// texts that it moved. It makes several small transactions with write, which must let only
// one process merge at a time. If Merge is interrupted, the index is as before, and the
// next call cleans up.
func (x *Index) Merge(ctx context.Context, write Writer) (int, error) {
	moved := 0
	for {
		if err := x.purge(ctx, write); err != nil {
			return moved, err
		}
		n, err := x.mergeOnce(ctx, write)
		moved += n
		if err != nil || n == 0 {
			return moved, err
		}
	}
}

// merge is one in progress.
type merge struct {
	unmerged []posting
	nums     []int64            // of unmerged, in order
	metadata map[int64]metadata // of nums
	dropped  map[int64]int64    // dropped numbers, with their seq; 0 once they were met
	met      []int64            // seq of the dropped numbers that were left out
	inputs   []*postingStream
	merged   []segment
	made     segment
}

// mergeOnce merges up to mergeMost texts.
func (x *Index) mergeOnce(ctx context.Context, write Writer) (int, error) {
	m, all, err := x.beginMerge(ctx)
	if err != nil || len(m.nums) < mergeFrom {
		return 0, err
	}
	slices.SortFunc(m.unmerged, comparePostings)
	total, whole := int64(len(m.unmerged)), int64(0)
	m.inputs = []*postingStream{{list: m.unmerged}}
	for _, g := range all {
		whole += g.postings
		if g.postings <= mergeFactor*total {
			total += g.postings
			m.merged = append(m.merged, g)
			m.inputs = append(m.inputs, &postingStream{db: x.db, segment: g, next: g.from() - 1})
		}
	}
	if len(m.merged) > 0 && 2*total >= whole {
		// Most of the index is rewritten: leave out dropped numbers.
		if m.dropped, err = x.readDropped(ctx); err != nil {
			return 0, err
		}
	}
	m.made = segment{bits: min(maxBits, bits.Len64(uint64(total/bucketPostings))), state: schema.SegmentNew}
	if err := writeSegment(ctx, write, m); err != nil {
		return 0, err
	}
	return len(m.nums), useSegment(ctx, write, m)
}

// beginMerge reads the unmerged prints, and the segments there are.
func (x *Index) beginMerge(ctx context.Context) (m *merge, all []segment, err error) {
	err = x.db.View(ctx, func(t *database.Tx) (err error) {
		m = &merge{metadata: map[int64]metadata{}}
		err = eachUnmerged(ctx, t, mergeMost, func(num int64, text unmergedText) {
			for _, p := range text.prints {
				m.unmerged = append(m.unmerged, posting{p, num})
			}
			m.nums = append(m.nums, num)
			m.metadata[num] = text.meta
		})
		if err == nil {
			all, err = allSegments(ctx, t)
		}
		return err
	})
	return m, all, err
}

// readDropped returns the dropped numbers with their seq.
func (x *Index) readDropped(ctx context.Context) (map[int64]int64, error) {
	dropped := map[int64]int64{}
	err := x.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, "SELECT seq, num FROM dropped", nil, func(rows *sql.Rows) error {
			var seq, num int64
			err := rows.Scan(&seq, &num)
			dropped[num] = seq
			return err
		})
	})
	return dropped, err
}

// leaveOut reports whether a number is dropped, and remembers that it was met.
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
	db      *database.DB // nil: the list is all
	segment segment      // which does not change while it is read
	next    int64        // bucket that was read last
}

func (p *postingStream) peek(ctx context.Context) (posting, bool, error) {
	for len(p.list) == 0 {
		if p.db == nil {
			return posting{}, false, nil
		}
		if err := p.fill(ctx); err != nil {
			return posting{}, false, err
		}
	}
	return p.list[0], true, nil
}

func (p *postingStream) fill(ctx context.Context) error {
	rows := 0
	err := p.db.View(ctx, func(t *database.Tx) error {
		return t.Each(ctx, "SELECT bucket, data FROM posting WHERE bucket > $1 AND bucket < $2 ORDER BY bucket LIMIT $3",
			[]any{p.next, p.segment.to(), bucketRows}, func(r *sql.Rows) error {
				var data sql.RawBytes
				if err := r.Scan(&p.next, &data); err != nil {
					return err
				}
				rows++
				return unpackBucket(data, p.segment.first(p.next), func(x posting) { p.list = append(p.list, x) })
			})
	})
	if rows < bucketRows {
		p.db = nil
	}
	return err
}

var (
	startUsing = schema.SQL("UPDATE segment SET state = {segmentUsed}, postings = $2 WHERE id = $1")
	stopUsing  = schema.SQL("UPDATE segment SET state = {segmentOld} WHERE id = $1")
)

// useSegment replaces the merged segments by the new one.
func useSegment(ctx context.Context, write Writer, m *merge) error {
	return write(ctx, func(t *database.Tx) error {
		if _, err := t.Exec(ctx, startUsing, m.made.id, m.made.postings); err != nil {
			return err
		}
		for _, g := range m.merged {
			if _, err := t.Exec(ctx, stopUsing, g.id); err != nil {
				return err
			}
		}
		if err := writeMetadata(ctx, t, m.nums, m.metadata); err != nil {
			return err
		}
		if err := deleteUnmerged(ctx, t, m.nums); err != nil {
			return err
		}
		_, err := database.ExecIn(ctx, t, "DELETE FROM dropped WHERE seq IN ({list})", m.met)
		return err
	})
}

// deleteUnmerged deletes unmerged texts that were merged. A text that is no longer there
// belongs to a story that has changed or was deleted meanwhile: its number is in the new
// segment, and dropped.
func deleteUnmerged(ctx context.Context, t *database.Tx, nums []int64) error {
	waited := map[int64]bool{}
	err := database.EachIn(ctx, t, "DELETE FROM fresh WHERE num IN ({list}) RETURNING num", nums, func(rows *sql.Rows) error {
		var num int64
		err := rows.Scan(&num)
		waited[num] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, num := range nums {
		if !waited[num] {
			if _, err := t.Exec(ctx, "INSERT INTO dropped (num) VALUES ($1)", num); err != nil {
				return err
			}
		}
	}
	return nil
}

// purge deletes segments that are no longer in use, or that were not completed.
func (x *Index) purge(ctx context.Context, write Writer) error {
	var all []segment
	err := x.db.View(ctx, func(t *database.Tx) (err error) {
		all, err = allSegments(ctx, t)
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.state == schema.SegmentUsed {
			continue
		}
		for step, from := int64(4*bucketRows), g.from(); from < g.from()+1<<g.bits; from += step {
			err := write(ctx, func(t *database.Tx) error {
				_, err := t.Exec(ctx, "DELETE FROM posting WHERE bucket >= $1 AND bucket < $2", from, from+step)
				if err == nil {
					_, err = t.Exec(ctx, "DELETE FROM sieve WHERE chunk >= $1 AND chunk < $2", g.sieve(from), g.sieve(from+step))
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		err := write(ctx, func(t *database.Tx) error {
			_, err := t.Exec(ctx, "DELETE FROM segment WHERE id = $1", g.id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var insertSegment = schema.SQL("INSERT INTO segment (bits, postings, state) VALUES ($1, 0, {segmentNew}) RETURNING id")

// writeSegment merges the inputs into a new segment that nobody reads yet.
func writeSegment(ctx context.Context, write Writer, m *merge) error {
	err := write(ctx, func(t *database.Tx) error {
		_, err := t.One(ctx, insertSegment, []any{m.made.bits}, &m.made.id)
		return err
	})
	if err != nil {
		return err
	}
	w := segmentWriter{write: write, made: &m.made, frequent: []byte{}}
	for {
		p, more, err := nextPosting(ctx, m.inputs)
		if err != nil {
			return err
		}
		if !more {
			return w.close(ctx)
		}
		if m.leaveOut(p.num) {
			continue
		}
		if err := w.add(ctx, p); err != nil {
			return err
		}
	}
}

// nextPosting removes the smallest posting from the inputs.
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
