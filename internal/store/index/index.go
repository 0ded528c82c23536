// Package index is the inverted index from prints to stories. The dedupe stage finds
// candidates with it. It is a log-structured merge tree in tables of the state. Its
// methods take the transaction that they belong to, so that a story and its prints are
// on disk together or not at all.
//
// A print is a 44-bit hash of a few words of a text; states of older versions also have
// prints of lines, until their stories are cleaned again. A number is the document
// number of one version of a story's text (a row of table prints). A posting is a print
// with a number. New prints are unmerged, one row for each text (table fresh),
// until [Index.Merge] writes them into a segment: sorted postings in buckets. A sieve is
// the Bloom filter of some buckets. The metadata of a number (table brief) suffices to
// reject most candidates without reading their rows. A dropped number is one that is
// still in postings but whose text is no longer that of a story.
//
// prints.go, segment.go and sieve.go have the formats; unmerged.go, metadata.go,
// dropped.go and cache.go what is read and cached; lookup.go and candidates.go the
// queries; write.go and merge.go the merging. Start in this file, then segment.go.
//
// Package dedupe has an index too, for its filter. The two share an idea but no code, on
// purpose: that one serves one goroutine and one pass, has 8 bytes for each posting in
// runs of one temporary file, and a Bloom filter of the prints that occur twice. This one
// is rows in transactions of several processes, with postings of variable length, numbers
// that are dropped, and Bloom filters of all prints. Code for both would be longer than
// either.
package index

import (
	"context"

	"winnow/internal/store/database"
)

// Index is the index of one state. It is safe for concurrent use.
type Index struct {
	db       *database.DB
	segments segmentCache
	metadata metadataCache
	unmerged unmergedCache
	dropped  droppedCache
}

// New returns the index of a state.
func New(db *database.DB) *Index { return &Index{db: db} }

// Put replaces the prints of a story, and its day (dedupe.Day). If nothing has changed,
// the story keeps its number and with it its postings.
func (x *Index) Put(ctx context.Context, t *database.Tx, story int64, day int, prints []uint64) error {
	packed := packText(prints)
	var oldSum int64
	var oldDay int
	found, err := t.One(ctx, "SELECT sum, day FROM prints WHERE story = $1", []any{story}, &oldSum, &oldDay)
	if err != nil || found && oldSum == packed.sum && oldDay == day {
		return err
	}
	if found {
		if err := x.Drop(ctx, t, story); err != nil {
			return err
		}
	}
	return x.add(ctx, t, story, day, packed)
}

// Add is [Index.Put] for a story without prints.
func (x *Index) Add(ctx context.Context, t *database.Tx, story int64, day int, prints []uint64) error {
	return x.add(ctx, t, story, day, packText(prints))
}

func (x *Index) add(ctx context.Context, t *database.Tx, story int64, day int, packed packedText) error {
	if len(packed.data) == 0 {
		return nil
	}
	var num int64
	if _, err := t.One(ctx, "INSERT INTO prints (story, sum, day) VALUES ($1, $2, $3) RETURNING num", []any{story, packed.sum, day}, &num); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "INSERT INTO fresh (num, many, day, data) VALUES ($1, $2, $3, $4)", num, packed.prints, day, packed.data)
	return err
}

// Day returns the day of a story, 0 if it has no prints.
func (x *Index) Day(ctx context.Context, t *database.Tx, story int64) (day int, err error) {
	_, err = t.One(ctx, "SELECT day FROM prints WHERE story = $1", []any{story}, &day)
	return day, err
}

// Move replaces the prints of a story by those of another, which has none then.
func (x *Index) Move(ctx context.Context, t *database.Tx, from, to int64) error {
	if err := x.Drop(ctx, t, to); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "UPDATE prints SET story = $2 WHERE story = $1", from, to)
	return err
}

// Drop deletes the prints of a story.
func (x *Index) Drop(ctx context.Context, t *database.Tx, story int64) error {
	waited, err := t.Exec(ctx, "DELETE FROM fresh WHERE num IN (SELECT num FROM prints WHERE story = $1)", story)
	if err != nil {
		return err
	}
	var num int64
	found, err := t.One(ctx, "DELETE FROM prints WHERE story = $1 RETURNING num", []any{story}, &num)
	if err != nil || !found || waited > 0 {
		return err
	}
	_, err = t.Exec(ctx, "INSERT INTO dropped (num) VALUES ($1)", num)
	return err
}
