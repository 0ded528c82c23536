// Package report reads from the state what runs and sources have come to: what people
// are shown, and what a run looks at before its end. It changes nothing.
//
// [Reader.Status] counts the URLs and stories of each source, [Reader.Progress] and
// [Reader.Backlog] those of runs (status.go), [Reader.Failures] lists the URLs that gave
// no story (failures.go), and [Reader.Yield] tells why a source gives none (yield.go).
package report

import "winnow/internal/store/database"

// Reader reads from a state. It is safe for concurrent use.
type Reader struct{ db *database.DB }

// New returns a Reader of a state.
func New(db *database.DB) *Reader { return &Reader{db} }
