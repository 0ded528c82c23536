// Package schedule decides which URL is asked for, and when: the work loop
// over a frontier of URLs, retries and revisits, and the timetable of the
// sources. What is remembered lives behind Frontier; internal/store keeps it
// in SQLite or PostgreSQL.
package schedule

import (
	"context"
	"errors"
	"time"

	"winnow/news"
)

// Kind says what a URL is expected to hold.
type Kind string

// The kinds of URL. Within a host, work of a smaller Priority goes first.
const (
	Robots  Kind = "robots"  // never a row of its own: the frontier hands it out when the host's robots.txt is due
	Feed    Kind = "feed"    // RSS, Atom, JSON feed
	Sitemap Kind = "sitemap" // sitemap, news sitemap or index
	Section Kind = "section" // a page that is asked at every run for its links
	Article Kind = "article" // anything else: a story until it shows otherwise
)

// Priority is the place of a kind in the order of a host's work.
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

// State is where a URL stands.
type State string

// The states of a URL.
const (
	Pending   State = "pending"   // to be fetched at or after its due time
	Done      State = "done"      // fetched, used; asked again when a run says so or its revisit is due
	Moved     State = "moved"     // a redirect; its target is a URL of its own
	SetAside  State = "set_aside" // no story here, for the reason given; asked again when its revisit is due
	Failed    State = "failed"    // every try failed, for the reason given
	Gone      State = "gone"      // 404 or 410
	Forgotten State = "forgotten" // taken out for good, never fetched again
)

// Link is a URL to be put into the frontier. Adding one that is known merges
// it: the kind of smaller priority, the smaller depth and the fuller hint win,
// so that the order of arrival does not matter.
type Link struct {
	URL    string // normalised
	Host   string // host, with the port where it is not the scheme's own: the unit of leases and pace
	Source string // name of the source whose rules it falls under
	Kind   Kind
	Depth  int  // hops from the site's start; 0 is the start itself
	Hops   int  // redirects followed to come here
	Follow bool // whether links of the page are wanted
	Listed bool // from a backfill list: outside max_pages
	Hint   news.Hint
	Via    string // where it was found
}

// Task is one URL leased to one worker, with its host.
type Task struct {
	Link
	Tries      int    // failed tries so far in this run
	PartOf     string // URL of the first page of the article that this page is known as a part of; "" none
	Part       int    // its number, from 2; 0 none
	Validators news.Validators
	BodySHA    string        // of the last body, hex; "" when never fetched
	Wait       time.Duration // that the last visit was to be followed by, see Adapt; 0 none
	Run        string        // id of the run it is done in
	Lease      Lease
	HostState  HostState
}

// Lease is the right to talk to a host. Token grows with each lease of a host:
// what is finished with an older one is refused (fencing).
type Lease struct {
	Host  string
	Token int64
	Until time.Time
}

// HostState is what is known of a host.
type HostState struct {
	RobotsStatus int           // HTTP status of the last answer for robots.txt; 0 none yet or no answer
	RobotsBody   []byte        // of the last good copy; nil means everything is allowed
	RobotsAt     time.Time     // when the last good answer came (2xx, 4xx); zero never
	RobotsTries  int           // failures in a row since
	RobotsError  string        // the last failure
	RobotsHop    string        // where a redirect of robots.txt leads that is followed next; "" for robots.txt itself
	RobotsHops   int           // redirects that led there
	RobotsHopAt  time.Time     // when the last of them came; an hour later robots.txt itself is asked for again
	Delay        time.Duration // the pace that the host last asked for (Crawl-delay)
	Pause        time.Duration // that its response times call for, see Pace; of the host, the other fields are of its scheme and host
}

// Outcome is what one task came to. Frontier.Finish writes it whole or not at
// all.
type Outcome struct {
	State      State
	Due        time.Time // Pending: not before; otherwise: revisit then, zero never
	DueRevised time.Time // in place of Due when the text of the page's story turns out to be another than before; zero means Due
	Tries      int       // failed tries so far, kept with a Pending URL
	Kind       Kind      // what the URL turned out to be; "" leaves it
	Status     int       // HTTP status; 0 when there was no answer
	Reason     string    // why it failed or was set aside
	At         time.Time // when it was fetched
	Validators news.Validators
	BodySHA    string
	HostNext   time.Time     // the host is not asked again before
	Hold       bool          // HostNext is no pace: the host failed, or asked to be left alone. Work of the source on other hosts goes on meanwhile
	Pause      time.Duration // the host's new HostState.Pause; 0 leaves it
	Host       *HostState    // after a robots task: the host's new state
	Links      []Link        // to be added
	Reach      int64         // under which Links were derived from what came, see the pipeline's URL policy; 0 when they were not
	Archived   *Archived     // where the page lies in the archive; nil when it was not archived
	Story      *Found        // nil when the page holds none
	Withdraw   bool          // the page may be kept no longer: the story that was read from it goes, and it is asked for unconditionally the next time
	Part       *PartPage     // the page by itself, when it is one of an article in parts; nil for others
}

// PartPage is one page of an article in parts, as it was cleaned by itself.
type PartPage struct {
	Story  news.Story
	First  string // URL of the article's first page
	Number int    // 1 is the first page, which brings the whole story in Outcome.Story too
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
	Prints  []uint64 // of the text, for the index of the dedupe stage
	Lines   []uint64 // keys of the lines that could be house text, for the same index
	Rank    int      // of the page among the pages of one story: 0 the canonical page itself, or another spelling of its URL; 1 a page that names another as canonical; 2 a print, AMP or mobile twin, whatever it names; 3 the first part of what stands whole on another page. The smallest wins, then the smaller URL
	Aliases []string // normalised URLs that mean this story, the canonical one last (the page's own when it names none)
}

// Filter says whose work is wanted.
type Filter struct {
	Runs     []Run
	Patience time.Duration // work that may not be done before now+Patience is left to a later run
}

// Run is one pass over a source, or over a backfill list.
type Run struct {
	ID       string
	Source   string // name of the source; of a backfill run the name of the list
	Listed   bool   // a backfill run: takes the Listed URLs of every source, and only those
	MaxPages int    // sections and articles fetched in the run, Listed ones apart; 0 means no limit
	// MaxPagesPerHost is MaxPages for each host; in a backfill run it counts the
	// Listed ones. 0 means no limit.
	MaxPagesPerHost int
	Delay           time.Duration // the source's pace; a claimed host is not handed out again before now+max(Delay, its own), even when the process dies
	Started         time.Time
}

// Errors of Claim and Finish.
var (
	ErrStale  = errors.New("the lease was lost: another worker has the host")
	ErrNoWork = errors.New("no work is left")
)

// Busy is the error of Claim when work is left, but none of it may be done
// yet: hosts rest between two requests, are leased to other workers, or wait
// for a retry.
type Busy struct {
	Until time.Time // earliest moment at which a claim may succeed; other workers may free work earlier
}

func (b Busy) Error() string { return "no host is free before " + b.Until.Format(time.RFC3339) }

// Frontier is the durable list of URLs with the leases of their hosts.
//
// An implementation must hand a host to one worker at a time, put the links of
// an outcome in before the host can be claimed again, refuse a Finish with an
// old token by ErrStale and leave everything as it was, and make each call one
// transaction that is on disk when the call returns.
//
// The order is fixed: priority of the kind, depth, the newest first (see
// Link.Newest), URL. The Listed URLs of a host come in this order, whatever
// other hosts do. Those of a source do so over all its hosts, in batches: hosts
// share a batch of the first URLs of one kind and depth, in parallel, and the
// next is made when it is worked off, so that which URLs are handed out under
// MaxPages, and at which depth, is a function of the pages and not of their
// speed. What waits for a retry or for a Hold leaves its batch.
type Frontier interface {
	// Claim leases the host that has waited longest among those with due work
	// and returns its first task: the robots task while the host's robots.txt
	// was never read or is older than 24 hours, then its URLs. It returns Busy
	// when work must wait, and ErrNoWork when none is left that may be done
	// before now+Patience.
	Claim(ctx context.Context, f Filter, now time.Time) (Task, error)
	// Finish writes what a task came to and gives the host back. A RobotsHop to
	// another host takes that host's next slot, though not its lease: until then
	// the task's host waits, and the other one rests after it.
	Finish(ctx context.Context, t Task, o Outcome) error
	// FinishAndClaim is Finish, and Claim at once after it. ErrStale says that
	// neither was done; Busy and ErrNoWork that the task is finished and there is
	// no other.
	FinishAndClaim(ctx context.Context, t Task, o Outcome, f Filter, now time.Time) (Task, error)
	// Release gives the host back and leaves the task as it was.
	Release(ctx context.Context, t Task) error
}
