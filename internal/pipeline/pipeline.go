// Package pipeline crawls: it walks each URL through the stages from its claim
// to what it came to, for a pass over the sources or for a list of URLs, and has
// the corpus settled at the end.
//
// Everything a page came to is written in one transaction ([schedule.Frontier]),
// so that a process may be killed at any moment: what was not finished is done
// again, and what was finished stays.
//
// step.go has the walk of one URL, on one screen; lists.go reads robots.txt,
// feeds and sitemaps; circles.go finds circles of redirects; relink.go derives
// links again when a source reaches further; run.go has passes, left.go what they
// leave, barren.go the sources that give no stories, tally.go counts. Start with
// [Pipeline.Step] or [Pipeline.Refresh].
//
// The packages below have the rest: urlpolicy decides by spelling which URLs are
// whose and are followed, admit what a cleaned page becomes, archive keeps pages
// as fetched, settle reconciles the stories with each other and writes the files,
// importfiles imports pages that others fetched, explain collects histories.
package pipeline

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/settle"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/internal/store/stories"
	"winnow/schedule"
)

// BackfillSource is the source that the URLs of a list belong to when their
// host is no configured source.
const BackfillSource = urlpolicy.BackfillSource

// Source is one publisher and how to go through its site.
type Source struct {
	Name            string
	Site            string // where feeds, sitemaps and robots.txt are found from
	Feeds           []string
	Sitemaps        []string
	Sections        []string
	Scope           *crawler.Scope // nil means everything, for BackfillSource
	Delay           time.Duration  // between two requests to one host
	MaxPages        int            // a run; 0 means no limit
	MaxLists        int            // feeds and sitemaps a run; 0 means no limit
	MaxPagesPerHost int            // likewise, of each host
	MaxDepth        int            // links from the site's start
	MaxTime         time.Duration  // of a pass over the source; 0 means Options.MaxTime alone

	Text      string // where stories are read from: one of the Text constants; "" means TextPage
	PaidLinks bool   // links marked as paid (rel=sponsored) are followed too
	Offsite   bool   // pages of other sites that feeds and sitemaps name are taken too; links on them are not followed
}

// URLPolicy returns the policy of sources in the order that ranks them.
func URLPolicy(sources []Source, robots urlpolicy.Robots) *urlpolicy.Policy {
	own := make([]urlpolicy.Source, len(sources))
	for i, s := range sources {
		own[i] = urlpolicy.Source{Name: s.Name, Site: s.Site, Scope: s.Scope, MaxDepth: s.MaxDepth, PaidLinks: s.PaidLinks, Offsite: s.Offsite, API: s.Text == TextAPI}
	}
	return urlpolicy.New(own, robots)
}

// Options are the settings of a Pipeline.
type Options struct {
	Workers         int // hosts that are talked to at a time; 0 means 1
	UserAgent       string
	Delay           time.Duration // between two requests to a host that is no source
	Timeout         time.Duration // of one fetch: tasks in progress may go on for so long after a stop
	Retry           schedule.Policy
	Pace            schedule.Pace
	MaxTime         time.Duration // of a pass: after it nothing more is fetched, and what came is settled; 0 means no limit
	MaxPagesPerHost int           // of a list; sources have their own; 0 means no limit
	Patience        time.Duration // work that must wait longer is left to the next run; 0 means 5 minutes
}

// Pipeline crawls. All fields are needed, but Watch.
type Pipeline struct {
	Options  Options
	Sources  []Source          // in the order that ranks them
	URLs     *urlpolicy.Policy // of the sources, see URLPolicy
	Store    *store.Store
	Crawler  *crawler.Crawler
	Admitter *admit.Admitter
	Archive  *archive.Archive
	Settler  *settle.Settler
	Now      func() time.Time
	Log      *slog.Logger
	Watch    func(schedule.Task, schedule.Outcome) // is called with each URL that was dealt with; calls do not overlap

	mu    sync.Mutex
	tally map[string]*Tally // by run

	watching sync.Mutex // held while Watch runs
}

// delay returns how long a host rests between two requests for a source.
func (p *Pipeline) delay(source string) time.Duration {
	for _, s := range p.Sources {
		if s.Name == source {
			return s.Delay
		}
	}
	return p.Options.Delay
}

// pace returns how long a host rests after a request: the longest of what the
// configuration, the host itself, and its response times ask for.
func (p *Pipeline) pace(t schedule.Task) time.Duration {
	return max(p.delay(t.Source), t.HostState.Delay, t.HostState.Pause)
}

// Forget takes a story out for good, found by its ID or by any URL that means
// it, in any spelling; see store.Store.Forget. Settling brings the files up to
// date.
func (p *Pipeline) Forget(ctx context.Context, name string) (store.Forgotten, error) {
	return p.Store.Forget(ctx, normalized(name), p.Now())
}

// Story finds a story by its ID or by any URL that means it, in any spelling.
// It returns store.ErrNotFound when there is none.
func (p *Pipeline) Story(ctx context.Context, name string) (stories.Stored, error) {
	return p.Store.Stories.Get(ctx, normalized(name))
}

// normalized returns the normalised form of a URL, and anything else as it is.
func normalized(name string) string {
	if u, err := crawler.Normalize(name, nil); err == nil {
		return u
	}
	return name
}
