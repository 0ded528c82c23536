package show

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"winnow/clean"
	"winnow/internal/store/report"
	"winnow/schedule"
)

// Failures are URLs that gave no story, in groups of one state and reason. The zero value
// is empty.
type Failures struct {
	Limit  int // URLs of a group that are printed; 0 is all
	groups map[[2]string]*failureGroup
}

// failureGroup is the failures of one reason.
type failureGroup struct {
	state  schedule.State
	reason string
	count  int
	shown  []report.Failure
}

// Add puts a URL into its group.
func (all *Failures) Add(f report.Failure) {
	reason := reasonClass(f.Reason)
	key := [2]string{string(f.State), reason}
	g := all.groups[key]
	if g == nil {
		if all.groups == nil {
			all.groups = map[[2]string]*failureGroup{}
		}
		g = &failureGroup{state: f.State, reason: reason}
		all.groups[key] = g
	}
	if g.count++; all.Limit == 0 || len(g.shown) < all.Limit {
		g.shown = append(g.shown, f)
	}
}

// None reports whether there are none.
func (all *Failures) None() bool { return len(all.groups) == 0 }

// failureStates are the words for the states, in the order in which they are
// printed.
var failureStates = []struct {
	state schedule.State
	words string
}{{schedule.Pending, "waiting"}, {schedule.Failed, "failed"}, {schedule.SetAside, "rejected"}, {schedule.Gone, "gone"}}

// Print prints the groups, those of the most URLs first in each state.
func (all *Failures) Print(w io.Writer) {
	for _, s := range failureStates {
		var own []*failureGroup
		for _, g := range all.groups {
			if g.state == s.state {
				own = append(own, g)
			}
		}
		slices.SortFunc(own, func(a, b *failureGroup) int { return cmp.Or(b.count-a.count, strings.Compare(a.reason, b.reason)) })
		for _, g := range own {
			Printf(w, "%s: %s (%d)\n", s.words, cmp.Or(g.reason, "no reason is known"), g.count)
			for _, f := range g.shown {
				when := "never fetched   "
				if !f.At.IsZero() {
					when = Minute(f.At)
				}
				fmt.Fprintf(w, "  %s  %s  %s", when, again(f), Line(f.URL))
				if f.Reason != g.reason {
					fmt.Fprintf(w, "  %s", Line(f.Reason))
				}
				fmt.Fprintln(w)
			}
			if more := g.count - len(g.shown); more > 0 {
				fmt.Fprintf(w, "  and %d more: --limit 0 shows all\n", more)
			}
		}
	}
}

// again returns when a URL is asked for again without being told to.
func again(f report.Failure) string {
	switch {
	case f.Kind != schedule.Article, f.State == schedule.Pending && f.Due.Before(time.Now()):
		return "again in the next pass"
	case f.Due.IsZero():
		return "not again             "
	}
	return "again " + Minute(f.Due)
}

// varying is what differs from page to page in one reason.
var varying = regexp.MustCompile(`https?://\S*[^\s:]|\b\d+\b`)

// statusCode is a figure that makes a reason what it is.
var statusCode = regexp.MustCompile(`^(?:HTTP )?status \d+`)

// reasonClass returns a reason without what differs from page to page, at most
// 200 bytes of it.
func reasonClass(reason string) string {
	fixed := statusCode.FindString(reason)
	class := fixed + varying.ReplaceAllString(reason[len(fixed):], "…")
	if line, _, cut := strings.Cut(class, "\n"); cut { // the stack of a panic
		class = line
	}
	class, _, _ = strings.Cut(class, ", "+clean.MostlyFor)
	if len(class) > 200 {
		class = strings.ToValidUTF8(class[:200], "") + "…"
	}
	return class
}
