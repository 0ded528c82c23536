package store

import "context"

// writeSegment merges the inputs into a new segment that nobody reads yet.
func (s *Store) writeSegment(ctx context.Context, lease Lease, m *merge) error {
	err := s.settling(ctx, lease, func(t *tx) error {
		_, err := t.one(ctx, "INSERT INTO segment (bits, postings, state) VALUES ($1, 0, 0) RETURNING id", []any{m.made.bits}, &m.made.id)
		return err
	})
	if err != nil {
		return err
	}
	w := segmentWriter{store: s, lease: lease, made: &m.made, crowds: []byte{}}
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

// segmentWriter writes postings, which come in order, as rows of a segment.
type segmentWriter struct {
	store   *Store
	lease   Lease
	made    *segment
	bucket  int64     // that is being filled
	list    []posting // of it
	prints  []uint64  // of the sieve
	buckets []packedRow
	crowds  []byte // of the sieve
	last    uint64 // print in crowds
	sieves  []packedRow
}

// packedRow is a row of posting or of sieve.
type packedRow struct {
	key          int64
	data, crowds []byte
}

func (w *segmentWriter) add(ctx context.Context, p posting) error {
	if len(w.list) > 0 && w.made.bucket(p.print) != w.bucket {
		w.shutBucket()
		if w.made.sieve(w.made.bucket(p.print)) != w.made.sieve(w.bucket) {
			w.shutSieve()
		}
		if len(w.buckets) >= mergeRows {
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
	}
	w.bucket = w.made.bucket(p.print)
	w.list = append(w.list, p)
	if n := len(w.prints); n == 0 || w.prints[n-1] != p.print {
		w.prints = append(w.prints, p.print)
	}
	w.made.postings++
	return nil
}

func (w *segmentWriter) close(ctx context.Context) error {
	if len(w.list) > 0 {
		w.shutBucket()
		w.shutSieve()
	}
	return w.flush(ctx)
}

func (w *segmentWriter) shutBucket() {
	w.buckets = append(w.buckets, packedRow{key: w.bucket, data: packBucket(nil, w.made.first(w.bucket), w.list)})
	w.crowds = packCrowds(w.crowds, &w.last, w.list)
	w.list = w.list[:0]
}

func (w *segmentWriter) shutSieve() {
	w.sieves = append(w.sieves, packedRow{w.made.sieve(w.bucket), makeSieve(w.prints), w.crowds})
	w.prints, w.crowds, w.last = w.prints[:0], []byte{}, 0
}

func (w *segmentWriter) flush(ctx context.Context) error {
	err := w.store.settling(ctx, w.lease, func(t *tx) error {
		for _, r := range w.buckets {
			if _, err := t.exec(ctx, "INSERT INTO posting (bucket, data) VALUES ($1, $2)", r.key, r.data); err != nil {
				return err
			}
		}
		for _, r := range w.sieves {
			if _, err := t.exec(ctx, "INSERT INTO sieve (chunk, data, crowds) VALUES ($1, $2, $3)", r.key, r.data, r.crowds); err != nil {
				return err
			}
		}
		return nil
	})
	w.buckets, w.sieves = w.buckets[:0], w.sieves[:0]
	return err
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
