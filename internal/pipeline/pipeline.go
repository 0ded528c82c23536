// Package pipeline walks a URL through the five stages: claim, fetch, archive,
// clean, finish; and settles, at the end of a run, what depends on other
// stories: which copy stays, and which files the corpus holds.
//
// Everything a page came to is written in one transaction (Frontier.Finish),
// so that a process may be killed at any moment: what was not finished is done
// again, and what was finished stays. The files of the corpus are a projection
// of the state, brought up to date by Flush.
package pipeline

import (
	"log/slog"
	"net/url"
	"sync"
	"time"

	"winnow/clean"
	"winnow/crawler"
	"winnow/dedupe"
	"winnow/dedupe/minhash"
	"winnow/internal/store"
	"winnow/news"
	"winnow/output"
	"winnow/output/warc"
	"winnow/schedule"
)

// BackfillSource is the source that the URLs of a list belong to when their
// host is no configured source.
const BackfillSource = "backfill"

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
	MaxPagesPerHost int            // likewise, of each host
	MaxDepth        int            // links from the site's start

	PaidLinks bool // links marked as paid (rel=sponsored) are followed too
	Offsite   bool // pages of other sites that feeds and sitemaps name are taken too; links on them are not followed
}

// Robots says which wishes of sites are kept. The zero value keeps what RFC
// 9309 and the pages themselves ask for.
type Robots struct {
	DenyForbidden   bool // a robots.txt answered by 401 or 403 closes the site; without it that allows everything
	IgnoreNoIndex   bool // pages that say noindex are kept as stories all the same
	IgnoreNoFollow  bool // links that are marked nofollow, or stand on a page that is, are followed all the same
	IgnoreNoArchive bool // pages that say noarchive are archived all the same
}

// Options are the settings of a Pipeline that belong to no stage.
type Options struct {
	Workers         int
	UserAgent       string
	Delay           time.Duration // for hosts that are no source
	Timeout         time.Duration // of one fetch: work in hand may go on for so long after a stop
	MaxBody         int64         // bytes of a page that comes from a file; 0 means 64 MiB
	Retry           schedule.Policy
	Pace            schedule.Pace
	MaxTime         time.Duration   // of a pass: after it nothing more is fetched, and what came is settled; 0 means no limit
	MaxPagesPerHost int             // of a list; sources have their own; 0 means no limit
	Patience        time.Duration   // work that must wait longer is left to the next run; 0 means 5 minutes
	Headline        bool            // first line of the .txt
	Text            bool            // write text files
	JSONL           bool            // write JSON Lines
	MinHash         *minhash.Hasher // signs the records; nil leaves them without
	Robots          Robots
	Teasers         bool        // a teaser of a paid story is kept, as one that is marked truncated
	ForgetGone      bool        // 404 and 410 of a known story take it out of the corpus, until its page is back
	ArchiveDir      string      // folder of the pages as fetched
	Archive         warc.Policy // what it may hold; with None pages are not kept at all
	// CleanSettings and JudgeSettings tell the settings and versions that the
	// text of a story, and its verdict and files, rest on: when they change,
	// stories are made again. "" leaves them alone. SourceRules are settings of
	// single sources, by their names, that only the texts of their stories rest on.
	CleanSettings, JudgeSettings string
	SourceRules                  map[string]string

	SettleIdle time.Duration // how often files are brought up to date during a long run; 0 means a minute
}

// Pipeline holds the stages together. All fields are needed, but Log and
// Watch.
type Pipeline struct {
	Options  Options
	Sources  []Source // in the order that ranks them
	Store    *store.Store
	Crawler  *crawler.Crawler
	Cleaner  *clean.Extractor
	Checker  *dedupe.Checker
	Folder   *output.Folder
	WARC     *warc.Writer
	Now      func() time.Time
	Log      *slog.Logger
	Settling func(judged int) // told how far a settlement is; may be nil
	Watch    func(Event)      // told of each URL that was dealt with; calls do not overlap

	mu    sync.Mutex
	tally map[string]*Tally // by run
	texts texts

	siteHosts sync.Map // by Source.Site
}

// Event is one URL dealt with, for progress and logs.
type Event struct {
	Source string
	URL    string
	Kind   schedule.Kind
	State  schedule.State
	Status int
	Reason string
	Story  *news.Story // nil when the page holds none
}

// Tally counts what a run of a source did in this process.
type Tally struct {
	Pages    int               // pages that came whole
	Same     int               // of them unchanged since the last time
	Stories  int               // pages that hold a story
	SetAside int               // pages that hold none
	Refused  int               // of them never asked for: robots.txt closes them, or the rules of addresses, ports and schemes
	Failed   int               // URLs given up in this run
	Trouble  string            // what went wrong with the source itself: with its start page, or else with robots.txt, a feed, a sitemap or a section
	Resting  map[string]string // hosts whose robots.txt could not be had, and why; at most maxResting
	Removed  map[string]int    // words cut from stories, by rule

	started bool // Trouble is the start page's
}

// count changes the tally of a run.
func (p *Pipeline) count(run string, change func(*Tally)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tally == nil {
		p.tally = map[string]*Tally{}
	}
	t := p.tally[run]
	if t == nil {
		t = &Tally{Removed: map[string]int{}}
		p.tally[run] = t
	}
	change(t)
}

// takeTally gives the tally of a run that has ended, and forgets it.
func (p *Pipeline) takeTally(run string) Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tally[run]
	delete(p.tally, run)
	if t == nil {
		return Tally{}
	}
	return *t
}

// source is the configured source of that name, or the defaults for a URL of a
// list.
func (p *Pipeline) source(name string) Source {
	for _, s := range p.Sources {
		if s.Name == name {
			return s
		}
	}
	return Source{Name: name, Delay: p.Options.Delay}
}

// sourceOf is the name of the source that a URL belongs to: the one whose start
// lies on its host, or else the first in whose scope it is; BackfillSource when
// there is none.
func (p *Pipeline) sourceOf(rawURL string) string {
	name := BackfillSource
	for _, s := range p.Sources {
		if ok, _ := s.Scope.Has(rawURL); !ok {
			continue
		}
		if p.siteHost(s) == crawler.HostOf(rawURL) {
			return s.Name
		}
		if name == BackfillSource {
			name = s.Name
		}
	}
	return name
}

// siteHost is the host that a source starts from. It is asked for each source at
// every link of every page.
func (p *Pipeline) siteHost(s Source) string {
	if host, known := p.siteHosts.Load(s.Site); known {
		return host.(string)
	}
	host := crawler.HostOf(s.Site)
	p.siteHosts.Store(s.Site, host)
	return host
}

// othersHost says whether a URL lies on the host that another source starts
// from, and not on this one's: it is left to that source.
func (p *Pipeline) othersHost(source, rawURL string) bool {
	host, others := crawler.HostOf(rawURL), false
	for _, s := range p.Sources {
		if p.siteHost(s) != host {
			continue
		}
		if s.Name == source {
			return false
		}
		others = true
	}
	return others
}

// pace is how long a host rests after a request: the longest of what the
// configuration, the host itself, and its response times say.
func (p *Pipeline) pace(t schedule.Task) time.Duration {
	return max(p.source(t.Source).Delay, t.HostState.Delay, t.HostState.Pause)
}

func hostname(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// report logs an outcome, counts it and tells Watch.
func (p *Pipeline) report(t schedule.Task, o *schedule.Outcome) {
	e := Event{Source: t.Source, URL: t.URL, Kind: t.Kind, State: o.State, Status: o.Status, Reason: o.Reason}
	if o.Story != nil {
		e.Story = &o.Story.Story
	}
	p.Log.Debug("url", "source", e.Source, "url", e.URL, "kind", e.Kind, "state", e.State, "status", e.Status, "reason", e.Reason, "tries", o.Tries)
	p.count(t.Run, func(tally *Tally) {
		switch o.State {
		case schedule.SetAside:
			tally.SetAside++
		case schedule.Failed:
			tally.Failed++
		}
		if e.Story != nil {
			tally.Stories++
			for _, r := range e.Story.Removals {
				tally.Removed[r.Rule] += words(r.Text)
			}
		}
		if o.State == schedule.Done && (o.Status == 304 || o.BodySHA != "" && o.BodySHA == t.BodySHA) {
			tally.Same++
		}
		if t.Kind != schedule.Robots && o.Status >= 200 && o.Status < 300 && (t.Kind == schedule.Section || t.Kind == schedule.Article) {
			tally.Pages++
		}
		tally.trouble(t, o)
	})
	if p.Watch != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.Watch(e)
	}
}

// maxResting bounds the hosts that a tally names.
const maxResting = 1000

// trouble keeps what went wrong with the source itself. The start page is what
// a person looks at first: its trouble goes before all other.
func (t *Tally) trouble(task schedule.Task, o *schedule.Outcome) {
	if task.Kind == schedule.Robots && o.State == schedule.Done {
		delete(t.Resting, task.Host)
	}
	if o.Reason == "" || o.State == schedule.Done || task.Kind == schedule.Article {
		return
	}
	if task.Kind == schedule.Robots && len(t.Resting) < maxResting {
		if t.Resting == nil {
			t.Resting = map[string]string{}
		}
		t.Resting[task.Host] = o.Reason
	}
	start := task.Kind == schedule.Section && task.Depth == 0
	if start || !t.started {
		t.Trouble = o.Reason + " (" + task.URL + ")"
		t.started = start
	}
}
