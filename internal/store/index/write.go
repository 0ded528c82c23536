package index

import (
	"context"

	"winnow/internal/store/database"
)

// Writer runs a function in a writing transaction, see [Index.Merge].
type Writer func(ctx context.Context, do func(*database.Tx) error) error

// segmentWriter writes sorted postings as rows of a segment.
type segmentWriter struct {
	write    Writer
	made     *segment
	bucket   int64     // that is being filled
	list     []posting // in that bucket
	prints   []uint64  // for the next sieve
	buckets  []packedRow
	frequent []byte // for the next sieve
	last     uint64 // print in frequent
	sieves   []packedRow
}

// packedRow is a row of table posting or sieve.
type packedRow struct {
	key            int64
	data, frequent []byte
}

func (w *segmentWriter) add(ctx context.Context, p posting) error {
	if len(w.list) > 0 && w.made.bucket(p.print) != w.bucket {
		w.closeBucket()
		if w.made.sieve(w.made.bucket(p.print)) != w.made.sieve(w.bucket) {
			w.closeSieve()
		}
		if len(w.buckets) >= bucketRows {
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
		w.closeBucket()
		w.closeSieve()
	}
	return w.flush(ctx)
}

func (w *segmentWriter) closeBucket() {
	w.buckets = append(w.buckets, packedRow{key: w.bucket, data: packBucket(nil, w.made.first(w.bucket), w.list)})
	w.frequent = packFrequent(w.frequent, &w.last, w.list)
	w.list = w.list[:0]
}

func (w *segmentWriter) closeSieve() {
	w.sieves = append(w.sieves, packedRow{w.made.sieve(w.bucket), makeSieve(w.prints), w.frequent})
	w.prints, w.frequent, w.last = w.prints[:0], []byte{}, 0
}

func (w *segmentWriter) flush(ctx context.Context) error {
	err := w.write(ctx, func(t *database.Tx) error {
		for _, r := range w.buckets {
			if _, err := t.Exec(ctx, "INSERT INTO posting (bucket, data) VALUES ($1, $2)", r.key, r.data); err != nil {
				return err
			}
		}
		for _, r := range w.sieves {
			if _, err := t.Exec(ctx, "INSERT INTO sieve (chunk, data, crowds) VALUES ($1, $2, $3)", r.key, r.data, r.frequent); err != nil {
				return err
			}
		}
		return nil
	})
	w.buckets, w.sieves = w.buckets[:0], w.sieves[:0]
	return err
}
