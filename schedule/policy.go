package schedule

import "time"

// Policy has the settings for when a URL is fetched again.
type Policy struct {
	Retries int           // further tries within a run after a passing failure; 0 means none
	Base    time.Duration // wait before the first of them, doubled each time; 0 means 1s
	Max     time.Duration // longest wait, also for what a server asks by Retry-After; 0 means 24h
}

// Retry returns the wait after the tries-th failure in a row (1 for the first), at
// least what the server asked for, and whether another attempt is left in this run.
func (p Policy) Retry(tries int, asked time.Duration) (time.Duration, bool) {
	base, longest := p.Base, p.Max
	if base <= 0 {
		base = time.Second
	}
	if longest <= 0 {
		longest = 24 * time.Hour
	}
	wait := base
	for i := 1; i < tries && wait < longest; i++ {
		wait *= 2
	}
	return min(max(wait, asked), longest), tries <= p.Retries
}

// Pace has the settings for how long a host rests for the time that it takes to
// answer, beside what the configuration and the host itself ask for: a slow host is
// asked less often. The zero value adds no rest.
type Pace struct {
	Factor float64       // rest as a multiple of the time from request to answer; 0 means none
	Max    time.Duration // longest rest; 0 means 30s
}

// Next returns the rest after an answer that took so long, from the rest before
// it. One answer counts for a quarter, so that a single slow page changes little.
// An answer that is not a success is often quick, and does not shorten the rest.
func (p Pace) Next(pause, took time.Duration, success bool) time.Duration {
	if p.Factor <= 0 {
		return 0
	}
	longest := p.Max
	if longest <= 0 {
		longest = 30 * time.Second
	}
	next := longest
	if wanted := p.Factor * float64(took); wanted < float64(longest) {
		next = time.Duration(max(wanted, 0))
	}
	next = min((3*pause+next)/4, longest)
	if !success {
		next = max(next, pause)
	}
	return max(next, time.Millisecond) // what the state counts in, and not 0
}

const day = 24 * time.Hour

// Revisit returns how long after a fetch a story is usually fetched again if no
// feed or sitemap says that it changed: news is corrected in its first days, and
// hardly ever after a month. Published zero counts as old.
func Revisit(published, fetched time.Time) time.Duration {
	switch age := fetched.Sub(published); {
	case published.IsZero() || age > 30*day:
		return 30 * day
	case age > 7*day:
		return 10 * day
	case age > 2*day:
		return 3 * day
	}
	return day
}

// Bounds of the result of Adapt.
const (
	leastWait = 6 * time.Hour
	mostWait  = 90 * day
)

// Adapt returns how long to wait after a visit, from the wait before it: half as
// long if the page had changed, down to a quarter of usual; twice as long if it had
// not. usual is the wait by its age, and the one after a first visit, with last
// zero.
func Adapt(usual, last time.Duration, changed bool) time.Duration {
	switch {
	case last <= 0:
		return usual
	case changed:
		return min(usual, max(last/2, usual/4, leastWait))
	}
	return max(min(2*last, mostWait), usual/4, leastWait)
}

// Waits before a page is fetched again if nothing says that it changed.
const (
	RevisitSection  = day      // lists of stories below the front pages
	RevisitUndated  = 7 * day  // unchanged stories without a date from a feed
	RevisitSetAside = 30 * day // pages that hold no story, as far as is known
	RevisitClosed   = day      // pages that robots.txt closes: robots.txt is read again by then
	RevisitList     = 30 * day // sitemaps of an index that names no change
	RevisitPosts    = 30 * day // lists of older posts, which hardly change
)

// Certainty is how certain it is that a URL without a story has none. It decides when
// it is looked at again, see [Certainty.Wait].
type Certainty int

// The certainties of an outcome without a story. Their numbers are stored.
const (
	Final    Certainty = iota // its nature: no HTML, too large, a list of pages. Looked at again after months
	Doubtful                  // it may be otherwise another day: 403, 404, noindex, hardly a text. After days
	Passing                   // it is trouble of the hour: a check against robots, no answer. After hours
)

func (c Certainty) String() string {
	switch c {
	case Passing:
		return "passing"
	case Doubtful:
		return "doubtful"
	}
	return "final"
}

// Wait returns how long after the looks-th look in a row that found no story (1 for
// the first) the URL is looked at again: twice as long each time, up to a week, a month
// or three months.
func (c Certainty) Wait(looks int) time.Duration {
	wait, longest := RevisitSetAside, mostWait
	switch c {
	case Passing:
		wait, longest = 3*time.Hour, 7*day
	case Doubtful:
		wait, longest = day, 30*day
	}
	for i := 1; i < looks && wait < longest; i++ {
		wait *= 2
	}
	return min(wait, longest)
}
