package dedupe

import "context"

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

// Candidate is a story that shares prints with the one in question.
type Candidate struct {
	ID     string
	Shared int // number of prints that both have
	Prints int // number of prints that the index has of it
	Day    int // of its date, see Day
}

// Index finds the stories that may be copies of a story. An implementation must
// answer from all the stories put so far, whatever the order in which they
// came; a print that more than common stories have is left out whole, and so
// are candidates with fewer than min shared prints. Candidates come sorted by
// Shared, largest first, then by ID.
type Index interface {
	Candidates(ctx context.Context, prints []uint64, common, min int) ([]Candidate, error)
	// Docs gives the stories of the ids, in their order; unknown ids are left out.
	Docs(ctx context.Context, ids []string) ([]Doc, error)
}
