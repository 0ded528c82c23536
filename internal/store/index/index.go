// Package index is the inverted index from prints to stories, by which the
// dedupe stage finds candidates and the learning of boilerplate the stories that
// have a line. It is a log-structured merge tree in tables of the state. Every
// method takes the transaction it belongs to, so that a story and its prints are
// on disk together or not at all.
//
// A print is a 44-bit hash of some words of a text, or of a whole line; a number
// stands for one version of a story's text (a row of prints); a posting is a
// print with a number. New prints wait, a row a story, as unmerged (table
// fresh), until [Index.Merge] writes them into a segment: postings sorted and
// cut into buckets. A sieve is the Bloom filter of some buckets. The metadata of
// a number (table brief) is what tells candidates apart before their rows are
// read. A dropped number is one that postings still have and that stands for no
// story any more.
//
// prints.go, segment.go and sieve.go are the formats, unmerged.go, metadata.go,
// dropped.go and cache.go what is read and kept in memory, lookup.go and
// candidates.go the questions, write.go and merge.go the merging. Start in this
// file, then segment.go.
//
// The filter of package dedupe has an index of its own in a temporary file. The
// two share an idea and no code on purpose: that one is for one goroutine and
// one pass, fixed 8 bytes a pair in runs of one file, and a sieve of the prints
// that come twice; this one is rows in transactions of several processes,
// variable-length postings, numbers that go, and sieves of the prints that are
// there. A store of blocks that served both would be larger than either.
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

// New returns the index in the tables of a state.
func New(db *database.DB) *Index { return &Index{db: db} }

// Put makes these the prints of a story, and the keys of its lines, as of that
// day (dedupe.Day). The same ones of the same day keep their number and with it
// their postings.
func (x *Index) Put(ctx context.Context, t *database.Tx, story int64, day int, prints, lines []uint64) error {
	packed := packText(prints, lines)
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

// Add is [Index.Put] for a story that has no prints.
func (x *Index) Add(ctx context.Context, t *database.Tx, story int64, day int, prints, lines []uint64) error {
	return x.add(ctx, t, story, day, packText(prints, lines))
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

// Day returns the day of a story's prints, 0 when it has none.
func (x *Index) Day(ctx context.Context, t *database.Tx, story int64) (day int, err error) {
	_, err = t.One(ctx, "SELECT day FROM prints WHERE story = $1", []any{story}, &day)
	return day, err
}

// Move gives the prints of one story to another, whose own are dropped.
func (x *Index) Move(ctx context.Context, t *database.Tx, from, to int64) error {
	if err := x.Drop(ctx, t, to); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "UPDATE prints SET story = $2 WHERE story = $1", from, to)
	return err
}

// Drop takes the prints of a story out.
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
