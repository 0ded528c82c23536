// Package dedupe finds stories that are copies of each other and decides which of
// them stays. It needs no network, no clock and no database: the stories seen
// before are behind an [Index].
//
//	c, err := dedupe.New(dedupe.Options{})
//	prints := c.Prints(title, text, language)    // for the index to keep
//	edges, err := c.Edges(ctx, doc, index)       // what the story is to others
//	verdicts := c.Resolve(docs, edges)           // which of a group stays
//
// Prints only find candidates. An [Edge] is the result of comparing two texts:
// passages that run in the same order through both are aligned, and a table of
// rules judges how much of each text they cover, how many of their words are the
// same, and whether names and numbers agree. Where that leaves a doubt, a second
// pass compares words in other forms, numbers in words, and names and numbers
// wherever they are. So the briefings of one template, stories that share a
// quotation, and follow-ups that repeat their background stay apart, while cut,
// extended, reworded and misread copies are found. [Checker.Compare] does the
// same for two texts without an index, [Checker.Explain] gives the reasons, and
// [Checker.Filter] serves a stream of records.
//
// Where to start: compare.go (two stories), edges.go (one story and an index),
// resolve.go (a group of copies), rules.go (what makes two stories copies). Below
// are internal/text (words), internal/align (passages), internal/postings (the
// index of a Filter) and internal/weights (shipped data). [winnow/dedupe/minhash]
// is apart from all of this.
package dedupe

import (
	"fmt"
	"time"

	"winnow/dedupe/internal/text"
)

// Values of Options.Keep.
const (
	KeepFullest = "fullest" // the longest text
	KeepFirst   = "first"   // the earliest date
	KeepRanked  = "ranked"  // the source that Options.Sources names first
)

// DefaultWindow is the window of a zero Options.Window.
const DefaultWindow = 90 * day

const day = 24 * time.Hour

// Options are the settings of the stage. The zero value is ready for use.
type Options struct {
	// Window bounds the search for cut, edited and reworded copies: two
	// stories whose dates are further apart are joined only when nearly all of
	// both is the same, word for word. (Heavily edited copies have to be of
	// the same days in any case.) 0 means DefaultWindow. A story without a
	// date is inside every window.
	Window time.Duration
	// Keep is which copy stays: KeepFullest, KeepFirst or KeepRanked; ""
	// means KeepFullest. Ties go by the fullest text, the earliest date, the
	// order of Sources, the URL, the id.
	Keep string
	// Sources are the names of the sources, the preferred one first. A source
	// that is not listed comes after all of them.
	Sources []string
}

// Checker compares stories and decides which of them stay. It keeps nothing of
// the stories it has seen and is safe for concurrent use. Make one with [New].
type Checker struct {
	window       time.Duration
	keep         string
	rank         map[string]int // of the sources, the preferred one 0
	lexicon      *text.Lexicon
	commonplaces text.Commonplaces
	roundups     []titlePhrase
}

// New returns a Checker with the options. It fails on a negative Window and on an
// unknown Keep.
func New(o Options) (*Checker, error) {
	if o.Window < 0 {
		return nil, fmt.Errorf("dedupe: window %v is negative", o.Window)
	}
	c := &Checker{window: o.Window, keep: o.Keep, rank: make(map[string]int, len(o.Sources)), lexicon: text.NewLexicon(), roundups: titlePhrases()}
	var err error
	if c.commonplaces, err = text.ShippedCommonplaces(); err != nil {
		return nil, err
	}
	if c.window == 0 {
		c.window = DefaultWindow
	}
	switch c.keep {
	case "":
		c.keep = KeepFullest
	case KeepFullest, KeepFirst, KeepRanked:
	default:
		return nil, fmt.Errorf("dedupe: keep %q is not one of fullest, first, ranked", o.Keep)
	}
	for i, name := range o.Sources {
		if _, seen := c.rank[name]; !seen {
			c.rank[name] = i
		}
	}
	return c, nil
}

// Day returns a date (YYYY-MM-DD, what follows is ignored) as the number of days
// since 1970-01-01, negative before it. It returns 0 when the date is missing or
// cannot be read, and for that day itself, when nothing was published that this
// package may see.
func Day(date string) int {
	if len(date) < len(time.DateOnly) {
		return 0
	}
	t, err := time.Parse(time.DateOnly, date[:len(time.DateOnly)])
	if err != nil {
		return 0
	}
	return int(t.Unix() / (24 * 60 * 60))
}

// daysApart returns the distance of two days; false when one of them is not known.
func daysApart(a, b int) (int, bool) {
	if a == 0 || b == 0 {
		return 0, false
	}
	return max(a-b, b-a), true
}

// WordCount returns the number of words of a text as a reader counts them, by
// which the fullest copy is chosen: runs between spaces that hold a letter or a
// digit, and each character of a script without spaces.
func WordCount(s string) int { return text.Count(s) }
