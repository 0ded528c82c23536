package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"winnow/schedule"
)

// Left is what a pass leaves to the next one, in URLs, by what kept it.
type Left struct {
	MaxPages        int64 // the pass has fetched as many pages as it may
	MaxLists        int64 // the pass has fetched as many feeds and sitemaps as it may
	MaxPagesPerHost int64 // the hosts have their pages
	MaxTime         int64 // the time is over
	Waiting         int64 // a retry is due later, or the host rests
}

// All returns their sum.
func (l Left) All() int64 { return l.MaxPages + l.MaxLists + l.MaxPagesPerHost + l.MaxTime + l.Waiting }

// String names the settings, such as "120 by max_pages, 2 waiting".
func (l Left) String() string {
	var parts []string
	for _, part := range []struct {
		n   int64
		why string
	}{{l.MaxPages, "by max_pages"}, {l.MaxLists, "by max_lists"}, {l.MaxPagesPerHost, "by max_pages_per_host"}, {l.MaxTime, "by max_time"}, {l.Waiting, "waiting for a retry or their host"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.why))
		}
	}
	return strings.Join(parts, ", ")
}

// left returns what a run leaves. late reports that its time limit stopped it.
func (p *Pipeline) left(ctx context.Context, run schedule.Run, late bool) (Left, error) {
	backlog, err := p.Store.Report.Backlog(ctx, run, p.Now())
	l := Left{MaxPages: backlog.MaxPages, MaxLists: backlog.MaxLists, MaxPagesPerHost: backlog.PerHost, Waiting: backlog.Waiting}
	if late {
		l.MaxTime = backlog.Rest
	} else {
		l.Waiting += backlog.Rest
	}
	return l, err
}

// until returns when a pass that begins now stops claiming tasks; zero for never.
func (p *Pipeline) until() time.Time {
	if p.Options.MaxTime <= 0 {
		return time.Time{}
	}
	return p.Now().Add(p.Options.MaxTime)
}

// stoppedNote returns the note of a run that its time limit has stopped, or, with
// late, that of the pass.
func (p *Pipeline) stoppedNote(s SourceSummary, late bool) string {
	limit := p.Options.MaxTime
	for _, source := range p.Sources {
		if source.Name == s.Name && !late {
			limit = source.MaxTime
		}
	}
	return fmt.Sprintf("%s: %d left", schedule.OutOfTimeNote(limit), s.Left.MaxTime)
}
