// Package schema is the schema of the state: the migrations that create its tables, and
// the numbers that columns hold for states, kinds and actions.
//
// Statements use these numbers by name. [SQL] puts the numbers in, once, when the program
// starts:
//
//	var pendingOf = schema.SQL("SELECT url FROM url WHERE lane = $1 AND state = {pending}")
//
// Columns that are true or false (listed, follow, held, batch, recheck) hold 1 or 0. A time
// of 0 is none.
package schema

import (
	"embed"
	"math"
	"strconv"
	"strings"
)

// Migrations holds migrations/NUMBER_name.sql, for both databases: package database
// replaces the {{words}} in which they differ. A migration that was released is never
// changed; a new one gets the next number.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// States of a URL (url.state, attempt.state).
const (
	Pending   = 0
	Done      = 1
	Moved     = 2
	SetAside  = 3
	Failed    = 4
	Gone      = 5
	Forgotten = 6
)

// Kinds of URL (url.kind), in the order of work.
const (
	Feed    = 1
	Sitemap = 2
	Section = 3
	Article = 4
)

// What is to be done about a story (story.dirty), a sum; 0 is nothing.
const (
	Settled = 0
	Judge   = 1 // to be judged
	Reclean = 2 // to be cleaned again from the archive first
)

// Actions of the outbox (outbox.action), in the order in which they are done.
const (
	WriteFile  = 1
	WriteShard = 2
	RemoveFile = 3
)

// States of a segment of the index (segment.state).
const (
	SegmentNew  = 0 // being written
	SegmentUsed = 1
	SegmentOld  = 2 // to be deleted
)

// Never is lane.ready of a lane without pending URLs.
const Never = math.MaxInt64

var names = map[string]int64{
	"pending": Pending, "done": Done, "moved": Moved, "setAside": SetAside, "failed": Failed, "gone": Gone, "forgotten": Forgotten,
	"feed": Feed, "sitemap": Sitemap, "section": Section, "article": Article,
	"settled": Settled, "judge": Judge, "reclean": Reclean,
	"writeFile": WriteFile, "writeShard": WriteShard, "removeFile": RemoveFile,
	"segmentNew": SegmentNew, "segmentUsed": SegmentUsed, "segmentOld": SegmentOld,
	"never": Never,
}

// SQL returns the statement, or a part of one, with {name} replaced by the
// number of that name: a constant above, with a small first letter. {list} stays
// as it is, for database.EachIn. SQL panics on any other name, as regexp.MustCompile
// does: it is for texts of the program.
func SQL(text string) string {
	var done strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		done.WriteString(before)
		if !found {
			return done.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		number, known := names[name]
		switch {
		case known:
			done.WriteString(strconv.FormatInt(number, 10))
		case name == "list":
			done.WriteString("{list}")
		default:
			panic("schema: no number is called {" + name + "}")
		}
		text = after
	}
}
