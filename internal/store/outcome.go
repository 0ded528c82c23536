package store

import (
	"time"

	"winnow/internal/store/database"
	"winnow/schedule"
)

// finish is one call of Finish.
type finish struct {
	store *Store
	tx    *database.Tx
	task  schedule.Task
	o     schedule.Outcome
	run   int64
	now   time.Time       // of the claim that follows; zero when none does
	lanes map[int64]bool  // of other hosts, whose pending URLs changed
	links []schedule.Link // as they are afterwards
	hop   hopSlot
	count runCounts
}

// runCounts is what one outcome adds to its run.
type runCounts struct{ pages, lists, fetched, unchanged, failed, setAside, gone, added, revised int }

// urlRow is what Finish needs to know of its URL.
type urlRow struct {
	lane, run, fetched int64
	wait               int64
	source             string
	kind, state        int
	listed             int
	etag, modified     string
	sha, hint          string
	reach              int64
	looks              int
	certainty          schedule.Certainty
}

// hopSlot is when the next redirect of a robots.txt may be followed, if it leads to
// another host; zero if it does not.
type hopSlot struct {
	at    time.Time
	rests bool // that host failed, or asked for a pause
}
