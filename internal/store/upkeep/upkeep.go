// Package upkeep looks after a state as a whole: [State.Check] looks for damage,
// [State.Copy] makes the same state in another database, [State.Prune] removes what nobody
// will ask for again, [State.MendClock] brings back times that a wrong clock has written.
// A state has a name, [State.Identity], and knows which corpus is its own, [State.Corpus].
//
// tables.go lists the tables, in an order in which they can be filled.
package upkeep

import (
	"context"

	"winnow/internal/store/database"
	"winnow/internal/store/record"
)

// State is a state that is looked after.
type State struct {
	db    *database.DB
	codec *record.Codec
}

// New returns the state in a database that is open. codec reads its records.
func New(db *database.DB, codec *record.Codec) *State { return &State{db, codec} }

// Empty reports whether the state has neither URLs nor stories.
func (s *State) Empty(ctx context.Context) (empty bool, err error) {
	err = s.db.View(ctx, func(t *database.Tx) error {
		var some int
		found, err := t.One(ctx, "SELECT 1 FROM url UNION ALL SELECT 1 FROM story LIMIT 1", nil, &some)
		empty = !found
		return err
	})
	return empty, err
}
