package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"winnow/crawler"
	"winnow/internal/pipeline/settle"
	"winnow/internal/store"
	"winnow/schedule"
)

// Summary is what a pass came to.
type Summary struct {
	Sources   []SourceSummary
	Settled   settle.Result
	OutOfTime bool // MaxTime has stopped it, with work left
}

// SourceSummary is what a pass over one source came to.
type SourceSummary struct {
	Name string
	Tally
	Left   Left
	Broken bool   // the source failed as a whole: nothing of it could be read
	Barren string // why the source gives no stories, although it can be read; "" when it does, or when it is too early to say
}

// Refresh makes one pass over the named sources, all of them when none is named:
// feeds, sitemaps and sections first, then what they lead to. With recheck every
// known story is requested again, conditionally. A pass that was killed is
// continued. When ctx ends, requests in progress are finished and ctx's error is
// returned; the next pass continues from there. A source that cannot be fetched
// on this machine is skipped, and reported as broken. The error wraps ErrNoSource
// for a name that is not configured.
func (p *Pipeline) Refresh(ctx context.Context, names []string, recheck bool) (Summary, error) {
	sources, err := p.named(names)
	if err != nil {
		return Summary{}, err
	}
	until := p.until()
	if err := p.mendClock(ctx); err != nil {
		return Summary{}, err
	}
	if err := p.Settler.Flush(ctx); err != nil {
		return Summary{}, err
	}
	reaches, err := p.Store.Reaches(ctx)
	if err != nil {
		return Summary{}, err
	}
	var runs []schedule.Run
	unready := map[string]error{}
	for _, s := range sources {
		if err := p.Crawler.Ready(s.Name); err != nil {
			unready[s.Name] = err
			continue
		}
		spec := store.RunSpec{Source: s.Name, Recheck: recheck, MaxPages: s.MaxPages, MaxLists: s.MaxLists, PerHost: s.MaxPagesPerHost, Seeds: seeds(s), Sources: p.configured()}
		p.reach(&spec, reaches)
		run, err := p.Store.BeginRun(ctx, spec, p.Now())
		if err != nil {
			return Summary{}, err
		}
		run.Delay = s.Delay
		if s.MaxTime > 0 {
			run.Until = p.Now().Add(s.MaxTime)
		}
		runs = append(runs, run)
	}
	done, err := p.work(ctx, runs, until)
	if err != nil {
		return done, err
	}
	return withUnready(done, sources, unready), nil
}

// mendClock brings back times that were written while the clock was wrong.
func (p *Pipeline) mendClock(ctx context.Context) error {
	n, err := p.Store.Upkeep.MendClock(ctx, p.Now())
	if n > 0 {
		p.Log.Warn("times in the state were far ahead, since the clock was wrong once: they are brought back", "rows", n)
	}
	return err
}

// withUnready puts the sources of which nothing can be fetched here in their
// places.
func withUnready(s Summary, sources []Source, unready map[string]error) Summary {
	worked := s.Sources
	s.Sources = nil
	for _, source := range sources {
		if err := unready[source.Name]; err != nil {
			s.Sources = append(s.Sources, SourceSummary{Name: source.Name, Tally: Tally{Trouble: err.Error()}, Broken: true})
			continue
		}
		s.Sources, worked = append(s.Sources, worked[0]), worked[1:]
	}
	return s
}

// ErrNoSource is the cause when a source is named that is not configured.
var ErrNoSource = errors.New("no such source")

// named returns the sources of these names, each once; all when there is none.
func (p *Pipeline) named(names []string) ([]Source, error) {
	if len(names) == 0 {
		return p.Sources, nil
	}
	var sources []Source
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		found := false
		for _, s := range p.Sources {
			if s.Name == name {
				sources, found = append(sources, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%w: %q; the configuration has %s", ErrNoSource, name, p.sourceNames())
		}
	}
	return sources, nil
}

// configured returns the names of the sources, in order.
func (p *Pipeline) configured() []string {
	var names []string
	for _, s := range p.Sources {
		names = append(names, s.Name)
	}
	return names
}

// sourceNames returns the names of the sources, for people.
func (p *Pipeline) sourceNames() string {
	if len(p.Sources) == 0 {
		return "no sources"
	}
	return strings.Join(p.configured(), ", ")
}

// seeds returns the links that a pass over a source begins with.
func seeds(s Source) []schedule.Link {
	var links []schedule.Link
	add := func(kind schedule.Kind, urls ...string) {
		for _, u := range urls {
			links = append(links, schedule.Link{URL: u, Host: crawler.HostOf(u), Source: s.Name, Kind: kind, Follow: true, Via: "configuration"})
		}
	}
	add(schedule.Section, s.Site)
	add(schedule.Section, s.Sections...)
	add(schedule.Feed, s.Feeds...)
	add(schedule.Sitemap, s.Sitemaps...)
	return links
}

// Listed counts the URLs of a list.
type Listed struct {
	New     int
	Known   int // to the state, and not requested again
	Retried int // that had failed, were gone or rejected, and are requested again
}

// Backfill fetches the URLs of a list once, those that no source takes with the
// defaults. Started again with the same list, it continues.
func (p *Pipeline) Backfill(ctx context.Context, urls []string) (s Summary, listed Listed, err error) {
	until := p.until()
	if err := p.mendClock(ctx); err != nil {
		return s, listed, err
	}
	if err := p.Settler.Flush(ctx); err != nil {
		return s, listed, err
	}
	links := make([]schedule.Link, len(urls))
	for i, u := range urls {
		links[i] = schedule.Link{URL: u, Host: crawler.HostOf(u), Source: p.URLs.Owner(u), Kind: schedule.Article, Listed: true, Via: "list"}
	}
	if listed.New, listed.Known, listed.Retried, err = p.Store.AddListed(ctx, links); err != nil {
		return s, listed, err
	}
	run, err := p.Store.BeginRun(ctx, store.RunSpec{Source: BackfillSource, Listed: true, PerHost: p.Options.MaxPagesPerHost}, p.Now())
	if err != nil {
		return s, listed, err
	}
	run.Delay = p.Options.Delay
	s, err = p.work(ctx, []schedule.Run{run}, until)
	return s, listed, err
}

// work does everything that is pending for the runs, up to until unless that is
// zero, settles, and ends them. Other processes may work at the same runs: each
// takes what hosts are free, all stay until nothing is left, and one of them
// settles.
func (p *Pipeline) work(ctx context.Context, runs []schedule.Run, until time.Time) (Summary, error) {
	filter := schedule.Filter{Runs: runs, Patience: p.Options.Patience}
	if filter.Patience == 0 {
		filter.Patience = 5 * time.Minute
	}
	if len(runs) > 1 {
		filter.MaxHosts = max(1, (p.Options.Workers+1)/2)
	}
	loop := schedule.Loop{Frontier: p.Store, Workers: p.Options.Workers, Now: p.Now, Until: until, Grace: p.Options.Timeout + 10*time.Second,
		Lost: func(t schedule.Task) { p.Log.Warn("another worker has taken the host", "url", t.URL) },
		Panicked: func(t schedule.Task, what any, stack []byte) {
			p.Log.Error("a page broke winnow and is skipped; please report it", "url", t.URL, "panic", what, "stack", string(stack))
			p.count(t.Run, func(tally *Tally) { tally.Rejected++ })
		}}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stopSettling := p.Settler.During(working, stop)
	err := p.crawl(working, loop, filter, runs, until)
	stopSettling()
	late := errors.Is(err, schedule.ErrOutOfTime)
	if err != nil && !late {
		for _, run := range runs {
			p.takeTally(run.ID)
		}
		return Summary{}, err
	}
	settled, err := p.Settler.Settle(ctx)
	if err != nil {
		return Summary{}, err
	}
	if err := p.Archive.Prune(ctx); err != nil {
		return Summary{}, err
	}
	s, err := p.summary(ctx, runs, late)
	if err != nil {
		return s, err
	}
	s.Settled = settled
	ends := make([]store.RunEnd, len(runs))
	for i, run := range runs {
		ends[i].ID = run.ID
		if one := s.Sources[i]; one.Broken {
			ends[i].Note = one.Trouble
		} else if one.Left.MaxTime > 0 {
			ends[i].Note = p.stoppedNote(one, late)
			s.OutOfTime = s.OutOfTime || late
		} else {
			ends[i].Note = one.Barren
		}
	}
	return s, p.Store.EndRuns(ctx, p.Now(), ends...)
}

// remember adds what went wrong with a source in earlier runs: hosts that rest
// since then were not tried in this one.
func (p *Pipeline) remember(ctx context.Context, run schedule.Run, one *SourceSummary) error {
	if run.Listed {
		hosts, err := p.Store.Report.UnreachableHosts(ctx)
		for _, h := range hosts {
			if host := crawler.HostOf(h.Origin + "/"); h.Listed > 0 && one.Resting[host] == "" {
				one.rest(host, robotsTrouble(h.Error))
			}
		}
		return err
	}
	if !one.Broken || one.Trouble != "" {
		return nil
	}
	reason, url, err := p.Store.Report.Trouble(ctx, run.Source)
	if reason != "" {
		one.Trouble = trouble(reason, url)
	}
	return err
}

// crawl does everything that is pending for the runs. A page may turn out to be
// nearer to the start than was known, so that more of its links are followed; and
// redirects may lead back to URLs that answer otherwise by now.
func (p *Pipeline) crawl(ctx context.Context, loop schedule.Loop, filter schedule.Filter, runs []schedule.Run, until time.Time) error {
	c := circles{Pipeline: p, retried: map[string]int{}}
	for first, open := true, false; ; first = false {
		again, err := p.relink(ctx, runs, until)
		if err != nil || !first && !again && !open {
			return err
		}
		ended := loop.Run(ctx, filter, p.Step)
		if ended != nil && !errors.Is(ended, schedule.ErrOutOfTime) {
			return ended
		}
		if open, err = c.find(ctx, runs); err != nil || ended != nil {
			return cmp.Or(err, ended)
		}
	}
}

// summary returns what the runs came to so far. A source that there was no time to
// reach is not broken.
func (p *Pipeline) summary(ctx context.Context, runs []schedule.Run, late bool) (Summary, error) {
	var s Summary
	for _, run := range runs {
		one := SourceSummary{Name: run.Source, Tally: p.takeTally(run.ID)}
		late := late || !run.Until.IsZero() && !p.Now().Before(run.Until)
		var err error
		if one.Left, err = p.left(ctx, run, late); err != nil {
			return s, err
		}
		if !run.Listed {
			reached, err := p.Store.Report.HasRead(ctx, run)
			if err != nil {
				return s, err
			}
			one.Broken = !reached && (!late || one.Trouble != "")
		}
		if err := p.remember(ctx, run, &one); err != nil {
			return s, err
		}
		if one.Barren, err = p.barren(ctx, run, &one, late); err != nil {
			return s, err
		}
		s.Sources = append(s.Sources, one)
	}
	return s, nil
}
