package dedupe

import (
	"cmp"
	"context"
)

// Doc is a story as the stage compares it.
type Doc struct {
	ID       string
	URL      string // "" when there is none
	Host     string // without port; "" when not known
	Source   string // configured source; "" when none
	Title    string // "" when there is none
	Text     string // the body, paragraphs separated by a blank line
	Date     string // YYYY-MM-DD; "" when not known, which is inside every window
	Language string // ISO 639-1; "" when not known
}

// Edge is the result of comparing the texts of two stories. It is a pure function
// of the two and of the settings. Only edges with a relation are kept: two stories
// without an edge are distinct.
type Edge struct {
	A, B           string  // ids, A < B
	Relation       string  // seen from A: "same", "copy", "cut" (A is cut from B), "fuller" (A holds B), "respun", "contains" or "contained" (a roundup or later story and its part: no copies)
	ShareA, ShareB float64 // share of A's content words found in B in order, and of B's in A, 0 to 1
	Names, Numbers float64 // agreement of names and of numbers, 0 to 1
	Rule           string  // ID of the rule that decided
}

// Query asks an [Index] for the stories that may be copies of one.
type Query struct {
	ID     string   // of the story that asks, which is no candidate itself
	Prints []uint64 // of its text
	Exact  uint64   // the one of Prints that only stories of the same words have; 0 when there is none
	Common int      // stories; a print that more of them have is ignored
	Least  int      // prints that a candidate shares, at least
	// Enough reports whether a candidate is to be found. The candidate's ID is
	// not set. nil means that all are.
	Enough func(Candidate) bool
}

// Candidate is a story that shares prints with the one that asks.
type Candidate struct {
	ID     string
	Same   bool // it has Query.Exact
	Shared int  // number of prints that both have, less those that are too common
	Prints int  // number of prints that the index has of its text
	Day    int  // of its date, see [Day]; 0 when not known
}

// compareCandidates orders candidates: the likeliest first.
func compareCandidates(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Shared, a.Shared), cmp.Compare(a.ID, b.ID))
}

// Index finds the stories that may be copies of a story. An implementation must
// answer from all the stories put so far, whatever the order in which they came.
type Index interface {
	// Candidates returns the stories that share Query.Least prints, prints that
	// more than Query.Common stories have not counted, and those that are Same,
	// as far as Query.Enough lets them pass; sorted by Shared, largest first,
	// then by ID.
	Candidates(ctx context.Context, q Query) ([]Candidate, error)
	// Docs returns the stories of the ids, in their order; unknown ids are left
	// out.
	Docs(ctx context.Context, ids []string) ([]Doc, error)
}

// takes reports whether a candidate is one.
func (q *Query) takes(c Candidate) bool {
	return (c.Same || c.Shared >= q.Least) && (q.Enough == nil || q.Enough(c))
}
