package schedule

import "time"

// Policy says when a URL is asked again.
type Policy struct {
	Retries int           // further tries within a run after a passing failure; 0 means none
	Base    time.Duration // wait before the first of them, doubled each time; 0 means 1s
	Max     time.Duration // longest wait, also for what a server asks by Retry-After; 0 means 24h
}

// Retry is the wait after the tries-th failure in a row (1 for the first), at
// least what the server asked for, and whether another try is left in this run.
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

// Pace says how long a host rests for the time that it takes to answer, beside
// what the configuration and the host itself ask for: one that is slow is asked
// seldom. The zero value asks for no such rest.
type Pace struct {
	Factor float64       // rest as a multiple of the time from request to answer; 0 means none
	Max    time.Duration // longest rest; 0 means 30s
}

// Next is the rest after an answer that took so long, from the one before it.
// One answer counts for a quarter, so that a single slow page changes little;
// an answer that is no success is often a quick one, and shortens nothing.
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

// Revisit is how long after a fetch a story is usually looked at again without
// being told to: news is corrected in its first days, and hardly ever after a month.
// Published zero counts as old.
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

// Bounds of what Adapt makes of a wait.
const (
	leastWait = 6 * time.Hour
	mostWait  = 90 * day
)

// Adapt is how long a page is left alone after a visit, by how long it was left
// alone before it: half as long when it had changed, down to a quarter of usual;
// twice as long when it had not. usual is what its age says, and what a first
// visit, with last zero, is followed by.
func Adapt(usual, last time.Duration, changed bool) time.Duration {
	switch {
	case last <= 0:
		return usual
	case changed:
		return min(usual, max(last/2, usual/4, leastWait))
	}
	return max(min(2*last, mostWait), usual/4, leastWait)
}

// Waits before a page that gave nothing is looked at again on its own.
const (
	RevisitSection  = day      // lists of stories below the front pages
	RevisitUndated  = 7 * day  // unchanged stories of which no feed told the date
	RevisitSetAside = 30 * day // pages that hold no story
	RevisitFailed   = day      // pages that failed every try
	RevisitGone     = 30 * day // 404 and 410
)
