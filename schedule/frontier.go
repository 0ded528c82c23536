// Package schedule decides which URL is requested, and when. It remembers
// nothing: what is durable is behind [Frontier], which internal/store keeps in
// SQLite or PostgreSQL.
//
// frontier.go has the frontier of URLs and its types; loop.go the workers that
// claim tasks from it; policy.go retries, revisits and pace; newest.go the order
// of URLs by date; timetable.go and line.go the times at which sources are
// refreshed; limit.go the words for time limits. Start with [Loop.Run], which
// works a frontier off, or [Timetable.Run], which keeps a timetable.
package schedule

import (
	"context"
	"errors"
	"time"

	"winnow/news"
)

// Kind is what a URL is expected to hold.
type Kind string

// The kinds of URL. Within a host, work of a smaller Priority goes first.
const (
	Robots  Kind = "robots"  // not a URL of the frontier: it is handed out when the robots.txt of a host is due
	Feed    Kind = "feed"    // RSS, Atom, JSON feed
	Sitemap Kind = "sitemap" // sitemap, news sitemap or index
	Section Kind = "section" // a page that every run requests for its links
	Article Kind = "article" // anything else: a story until it turns out otherwise
)

// Priority returns the place of a kind in the order of a host's work, from 1.
func (k Kind) Priority() int {
	switch k {
	case Feed:
		return 1
	case Sitemap:
		return 2
	case Section:
		return 3
	}
	return 4
}

// State is what has become of a URL. Its values are stored and printed.
type State string

// The states of a URL.
const (
	Pending   State = "pending"   // to be fetched at or after its due time
	Done      State = "done"      // fetched and used; fetched again when a run or its revisit says so
	Moved     State = "moved"     // a redirect; its target is a separate URL
	SetAside  State = "set_aside" // rejected, for the reason given: it has no story, or may not be fetched; fetched again when its revisit is due
	Failed    State = "failed"    // every try failed, the last one for the reason given
	Gone      State = "gone"      // 404 or 410
	Forgotten State = "forgotten" // removed for good, never fetched again
)

// Link is a URL to be added to the frontier. Adding one that is known merges it:
// the kind of smaller priority, the smaller depth and the fuller hint win, so
// that the order of arrival does not matter.
type Link struct {
	URL    string // normalised
	Host   string // host, with the port where it is not the scheme's own: the unit of leases and pace
	Source string // name of the source whose rules it falls under
	Kind   Kind
	Depth  int  // hops from the site's start; 0 is the start itself
	Hops   int  // redirects that led here
	Follow bool // links of the page are followed
	Listed bool // from a backfill list: outside max_pages
	Hint   news.Hint
	Via    string // where it was found: a URL, or words such as "list" and "configuration"
}

// Task is one URL leased to one worker, with its host.
type Task struct {
	Link
	Tries      int    // failed tries so far in this run
	Looks      int    // looks in a row, in earlier runs, that found no story
	PartOf     string // URL of the first page of the article that this page is known as a part of; "" for none
	Part       int    // its number, from 2; 0 for none
	Validators news.Validators
	BodySHA    string        // of the last body, in hex; "" when it was never fetched
	Wait       time.Duration // from the last visit to the next, as it was planned, see Adapt; 0 for none
	Run        string        // ID of the run that it is done in
	Lease      Lease
	HostState  HostState
}

// Lease is the right to send requests to a host. Token grows with each lease of
// a host: what is finished with an older one is refused (fencing).
type Lease struct {
	Host  string
	Token int64
	Until time.Time
}

// HostState is what is known of a host.
type HostState struct {
	RobotsStatus int           // HTTP status of the last answer for robots.txt; 0 when there was none
	RobotsBody   []byte        // of the last good copy; nil means everything is allowed
	RobotsAt     time.Time     // when the last good answer came (2xx, 4xx); zero for never
	RobotsTries  int           // failures in a row since
	RobotsError  string        // the last failure
	RobotsHop    string        // where a redirect of robots.txt leads that is followed next; "" for robots.txt itself
	RobotsHops   int           // redirects that led there
	RobotsHopAt  time.Time     // when the last of them came; an hour later robots.txt itself is requested again
	Delay        time.Duration // between two requests, as the host last asked (Crawl-delay)
	Pause        time.Duration // between two requests, from its response times, see Pace; it is of the host, the other fields are of scheme and host
}

// Outcome is what one task came to. Frontier.Finish writes it whole or not at
// all.
type Outcome struct {
	State      State
	Due        time.Time // Pending: not before; otherwise the revisit, zero for never
	DueRevised time.Time // replaces Due when the text of the page's story has changed; zero means Due
	Tries      int       // failed tries so far, kept with a Pending URL
	Kind       Kind      // what the URL turned out to be; "" leaves it
	Status     int       // HTTP status; 0 when there was no answer
	Reason     string    // why it failed or was rejected
	Certainty  Certainty // SetAside, Failed and Gone: of the Reason
	At         time.Time // when it was fetched
	Validators news.Validators
	BodySHA    string
	HostNext   time.Time     // the next request to the host is not sent before
	Hold       bool          // HostNext is not the usual pace: the host failed, or asked to be left alone. Other hosts of the source go on meanwhile
	Pause      time.Duration // the host's new HostState.Pause; 0 leaves it
	Newest     time.Time     // of a feed or sitemap that was read: replaces Link.Newest in the order of those below the first level; zero leaves it
	Host       *HostState    // after a robots task: the host's new state
	Links      []Link        // to be added
	Reach      int64         // under which Links were derived from what came, see the pipeline's URL policy; 0 when they were not
	Named      []string      // of a feed: URLs of stories. Those that were found without one, and not for certain, are looked at again
	Texts      []Text        // of a feed: texts of stories that are among Links
	Archived   *Archived     // where the page is in the archive; nil when it was not archived
	Story      *Found        // nil when the page holds none
	Withdraw   bool          // the page may no longer be kept: its story is removed, and the next request is unconditional
	Part       *PartPage     // the page by itself, when it is one of an article in parts; nil for others
	Sketch     *Sketch       // of the page, for the profile of its site; nil when there is none
}

// Sketch is what is kept of a page for the profile of its site, see package
// clean/siteprofile.
type Sketch struct {
	Site string // that it belongs to, see Found
	Hash uint64 // of the page's URL
	Rank uint64 // those with the smallest are kept
	Data []byte
}

// Text is the text of a story as a feed has it.
type Text struct {
	URL     string // of the story's page
	Feed    string // URL of the feed
	SHA     string // SHA-256 of Body, in hex
	Body    []byte // packed, see crawler/fulltext
	Instead bool   // it is taken instead of the page: if it is new, the URL is to be done again
}

// PartPage is one page of an article in parts, as it was cleaned by itself.
type PartPage struct {
	Story  news.Story
	First  string // URL of the article's first page
	Number int    // from 1; the outcome of the first page has the whole story in Story
	Next   string // URL of the following page, which is among the outcome's links; "" for the last one
}

// Archived is the place of a page in the archive.
type Archived struct {
	File   string `json:"file"`   // base name of the WARC file
	Offset int64  `json:"offset"` // of the response record's gzip member
}

// Found is a story to be stored with its page.
type Found struct {
	Story   news.Story
	Alone   *news.Story // from the page alone, without the profile of its site; nil when Story is that
	Profile uint64      // digest of that profile, 0 for none
	Site    string      // that the story is read with the pages of; "" for the host of its page
	Prints  []uint64    // of the text, for the index of the dedupe stage
	Rank    int         // of the page among the pages of one story: 0 the canonical page itself, or another spelling of its URL; 1 a page that names another as canonical; 2 a print, AMP or mobile twin, whatever it names; 3 the first part of an article that another page has whole. The smallest wins, then the smaller URL
	Aliases []string    // normalised URLs that mean this story, the canonical one last (the page's own when it names none)
}

// Filter selects the tasks that Claim may return.
type Filter struct {
	Runs     []Run
	Patience time.Duration // what may not be done before now+Patience is left to a later run
	MaxHosts int           // hosts that one run has at a time while others have work; 0 means no limit
}

// Run is one pass over a source, or over a backfill list.
type Run struct {
	ID       string
	Source   string // name of the source; of a backfill run the name of the list
	Listed   bool   // a backfill run: takes the Listed URLs of every source, and only those
	MaxPages int    // sections and articles fetched in the run, Listed ones apart; 0 means no limit
	MaxLists int    // feeds and sitemaps fetched in the run; 0 means no limit
	// MaxPagesPerHost is MaxPages for each host; in a backfill run it counts the
	// Listed ones. 0 means no limit.
	MaxPagesPerHost int
	Delay           time.Duration // between two requests to a host of the source; a claimed host is not handed out again before now+max(Delay, its own), even when the process dies
	Started         time.Time
	Until           time.Time // no task of the run is claimed from then on; zero means there is no such moment
}

// Errors of Claim and Finish.
var (
	ErrStale  = errors.New("the lease was lost: another worker has the host")
	ErrNoWork = errors.New("no work is left")
)

// Busy is the error of Claim when work is left, but none of it may be done yet:
// hosts rest between two requests, are leased to other workers, or wait for a
// retry.
type Busy struct {
	Until time.Time // earliest moment at which a claim may succeed; other workers may free work earlier
}

// Error names the moment.
func (b Busy) Error() string { return "no host is free before " + b.Until.Format(time.RFC3339) }

// Frontier is the durable list of URLs with the leases of their hosts.
//
// An implementation must hand a host to one worker at a time, add the links of an
// outcome before the host can be claimed again, refuse a Finish with an old token
// by ErrStale and change nothing, and make each call one transaction that is on
// disk when the call returns.
//
// The order is fixed: priority of the kind, depth, the newest first (see
// [Link.Newest]), URL. The Listed URLs of a host come in this order, whatever
// other hosts do. Those of a source do so over all its hosts, in batches: hosts
// share a batch of the first URLs of one kind and depth, in parallel, and the
// next batch is filled when it is done, so that which URLs are handed out under
// MaxPages, and at which depth, is a function of the pages and not of their
// speed. What waits for a retry or for a Hold leaves its batch.
type Frontier interface {
	// Claim leases the host that has waited longest among those with due work of
	// the runs that have the fewest hosts, so that runs take turns, and returns its first task: the robots task while the host's robots.txt was
	// never read or is older than 24 hours, then its URLs. The error is a Busy
	// when work must wait, and ErrNoWork when none is left that may be done before
	// now+Patience.
	Claim(ctx context.Context, f Filter, now time.Time) (Task, error)
	// Finish writes what a task came to and gives the host back. A RobotsHop to
	// another host takes that host's next slot, though not its lease: until then
	// the task's host waits, and the other one rests after it.
	Finish(ctx context.Context, t Task, o Outcome) error
	// FinishAndClaim is Finish, and Claim at once after it. ErrStale means that
	// neither was done; Busy and ErrNoWork that the task is finished and there is
	// no other.
	FinishAndClaim(ctx context.Context, t Task, o Outcome, f Filter, now time.Time) (Task, error)
	// Release gives the host back and leaves the task as it was.
	Release(ctx context.Context, t Task) error
}
