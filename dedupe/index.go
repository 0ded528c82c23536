package dedupe

import (
	"cmp"
	"context"
)

// Doc is what the stage knows of a story when it compares it with another.
type Doc struct {
	ID       string
	URL      string
	Host     string // without port; "" when not known
	Source   string // configured source; "" when none
	Title    string
	Text     string // the body, paragraphs separated by a blank line
	Date     string // YYYY-MM-DD; "" when not known, which is inside every window
	Language string // ISO 639-1; "" when not known
}

// Edge is what was found when the texts of two stories were compared. It is a
// pure function of the two and of the settings. Only edges with a relation are
// kept: two stories without an edge are distinct.
type Edge struct {
	A, B           string  // ids, A < B
	Relation       string  // seen from A: "same", "copy", "cut" (A is cut from B), "fuller" (A holds B), "respun", "contains" or "contained" (a roundup and its part: no copies)
	ShareA, ShareB float64 // share of A's words found in B in order, and of B's in A, 0 to 1
	Names, Numbers float64 // agreement of names and of numbers, 0 to 1
	Rule           string  // what decided
}

// Query asks an Index for the stories that may be copies of one.
type Query struct {
	ID     string   // of the one that asks, which is no candidate itself
	Prints []uint64 // of its text
	Exact  uint64   // the one of Prints that only stories of the same words have; 0 when there is none
	Common int      // a print that more stories have tells nothing
	Least  int      // prints that a candidate shares, at least
	// Enough says whether a candidate, whose ID it is not told, is to be found.
	// nil means that all are.
	Enough func(Candidate) bool
}

// Candidate is a story that shares prints with the one in question.
type Candidate struct {
	ID     string
	Same   bool // it has Query.Exact
	Shared int  // number of prints that both have, less those that are too common
	Prints int  // number of prints that the index has of its text
	Day    int  // of its date, see Day
}

// compareCandidates orders them: the likeliest first.
func compareCandidates(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Shared, a.Shared), cmp.Compare(a.ID, b.ID))
}

// Index finds the stories that may be copies of a story. An implementation must
// answer from all the stories put so far, whatever the order in which they
// came. Candidates are the stories that share Least prints, a print that more
// than Common stories have left out whole, and those that are Same, as far as
// Enough lets them pass. They come sorted by Shared, largest first, then by ID.
type Index interface {
	Candidates(ctx context.Context, q Query) ([]Candidate, error)
	// Docs gives the stories of the ids, in their order; unknown ids are left out.
	Docs(ctx context.Context, ids []string) ([]Doc, error)
}

// takes says whether a candidate is one.
func (q *Query) takes(c Candidate) bool {
	return (c.Same || c.Shared >= q.Least) && (q.Enough == nil || q.Enough(c))
}
