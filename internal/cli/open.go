package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"winnow/clean"
	"winnow/clean/siterules"
	"winnow/crawler"
	"winnow/dedupe"
	"winnow/dedupe/minhash"
	"winnow/internal/config"
	"winnow/internal/pipeline"
	"winnow/internal/pipeline/admit"
	"winnow/internal/pipeline/archive"
	"winnow/internal/pipeline/corpus"
	"winnow/internal/pipeline/explain"
	"winnow/internal/pipeline/importfiles"
	"winnow/internal/pipeline/settle"
	"winnow/internal/pipeline/urlpolicy"
	"winnow/internal/store"
	"winnow/output"
	"winnow/output/warc"
	"winnow/schedule"
)

// opened is the pipeline of a configuration with all it holds open.
type opened struct {
	*pipeline.Pipeline
	importer  *importfiles.Importer
	explainer *explain.Explainer
	keeper    *corpus.Keeper
	config    *config.Config
}

// openExisting is like open, for commands that only read: a state that does not
// exist is an error.
func (e *env) openExisting(ctx context.Context) (*opened, error) {
	c, err := e.load()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.State); errors.Is(err, fs.ErrNotExist) && !strings.Contains(c.State, "://") {
		return nil, fmt.Errorf("there is no state at %s yet: winnow refresh creates it", c.State)
	}
	return e.openConfig(ctx, c)
}

// open loads the configuration and opens state, corpus and archive.
func (e *env) open(ctx context.Context) (*opened, error) {
	c, err := e.load()
	if err != nil {
		return nil, err
	}
	return e.openConfig(ctx, c)
}

func (e *env) openConfig(ctx context.Context, c *config.Config) (_ *opened, err error) {
	now := func() time.Time { return time.Now().UTC() }
	o := &opened{config: c, Pipeline: &pipeline.Pipeline{Options: crawlOptions(c), Now: now, Log: e.log}}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close())
		}
	}()
	hosts, err := e.configuredSites(c)
	if err != nil {
		return nil, err
	}
	if o.Sources, err = sources(c); err != nil {
		return nil, err
	}
	o.URLs = pipeline.URLPolicy(o.Sources, urlpolicy.Robots{DenyForbidden: c.Robots.Forbidden == "deny", IgnoreNoFollow: !c.Robots.NoFollow})
	checker, err := dedupe.New(c.DedupeOptions())
	if err != nil {
		return nil, err
	}
	if o.Crawler, err = crawler.New(c.CrawlerOptions()); err != nil {
		return nil, err
	}
	if o.Store, err = store.Open(ctx, c.State, store.Options{Lease: max(2*time.Minute, 2*c.Fetch.Timeout)}); err != nil {
		return nil, err
	}
	folder, err := output.Open(c.Corpus, now())
	if err != nil {
		return nil, err
	}
	o.Archive = &archive.Archive{Dir: filepath.Join(c.Corpus, "warc"), Policy: c.ArchivePolicy(), IgnoreNoArchive: !c.Robots.NoArchive, Store: o.Store, Now: now, Log: e.log}
	if o.Archive.Writer, err = warc.NewWriter(warc.Options{Dir: o.Archive.Dir, Software: "winnow/" + Version, UserAgent: c.UserAgent}); err != nil {
		return nil, err
	}
	o.Admitter = &admit.Admitter{URLs: o.URLs, Cleaner: clean.New(c.CleanOptions(hosts)), Checker: checker, Store: o.Store, Sites: &admit.Profiles{Store: o.Store},
		UserAgent: c.UserAgent, Teasers: c.Clean.Truncated == config.TeasersKeep, IgnoreNoIndex: !c.Robots.NoIndex}
	o.Settler = &settle.Settler{Options: settleOptions(c, hosts), Store: o.Store, Admitter: o.Admitter, Archive: o.Archive, Checker: checker, Folder: folder, Now: now, Log: e.log}
	o.importer = &importfiles.Importer{Options: importfiles.Options{Workers: c.Fetch.Workers, MaxBody: int64(c.Fetch.MaxBody), MaxTime: c.Fetch.MaxTime},
		Store: o.Store, URLs: o.URLs, Admitter: o.Admitter, Archive: o.Archive, Settler: o.Settler, Now: now, Log: e.log}
	o.keeper = &corpus.Keeper{Dir: c.Corpus, Place: statePlace(c.State), Folder: folder, Store: o.Store, Settler: o.Settler, Archive: o.Archive, Log: e.log}
	o.explainer = &explain.Explainer{Store: o.Store, URLs: o.URLs, Admitter: o.Admitter, Archive: o.Archive, UserAgent: c.UserAgent}
	return o, nil
}

// statePlace returns the file of a state, "" for a database server.
func statePlace(dsn string) string {
	if strings.Contains(dsn, "://") {
		return ""
	}
	return dsn
}

func crawlOptions(c *config.Config) pipeline.Options {
	return pipeline.Options{
		Workers:   c.Fetch.Workers,
		UserAgent: c.UserAgent,
		Delay:     c.Fetch.Delay,
		Timeout:   c.Fetch.Timeout,
		Retry:     schedule.Policy{Retries: c.Fetch.Retries},
		MaxTime:   c.Fetch.MaxTime,
		Pace:      schedule.Pace{Factor: c.Fetch.DelayFactor},
	}
}

func settleOptions(c *config.Config, hosts *siterules.Rules) settle.Options {
	options := settle.Options{
		Text:          c.Output.HasFormat("txt"),
		Headline:      c.Output.Headline,
		JSONL:         c.Output.HasFormat("jsonl"),
		ForgetGone:    c.ForgetGone,
		CleanSettings: cleanSettings(c, hosts),
		JudgeSettings: judgeSettings(c),
		SourceRules:   sourceRules(c),
		Sources:       sourceNames(c),
	}
	if c.Output.MinHash {
		options.MinHash = minhash.New()
	}
	return options
}

// cleanSettings returns what the text and the prints of every story rest on. Of the folder of
// site rules that is what the files say, not where they are.
func cleanSettings(c *config.Config, hosts *siterules.Rules) string {
	return fmt.Sprintf("%s, rules %s, %s, %d words, embeds: %s, truncated: %s, noindex: %v, site rules %s", clean.Version(), clean.RulesVersion(), dedupe.PrintsVersion(), c.Clean.MinWords, c.Clean.Embeds, c.Clean.Truncated, c.Robots.NoIndex, hosts.Digest())
}

// sourceRules returns the rules of sources by their names.
func sourceRules(c *config.Config) map[string]string {
	rules := map[string]string{}
	for _, s := range c.Sources {
		if s.Rules.Text != "" {
			rules[s.Name] = s.Rules.Text
		}
	}
	return rules
}

// sourceNames returns the names of the sources in the order that ranks them.
func sourceNames(c *config.Config) []string {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names
}

// judgeSettings returns what verdicts and files rest on, but for the order of
// the sources: of that only the ranks of those with stories matter, see
// [store.Store.RankedBy].
func judgeSettings(c *config.Config) string {
	return fmt.Sprintf("%s, %+v, %+v", dedupe.Version(), c.Dedupe, c.Output)
}

func sources(c *config.Config) ([]pipeline.Source, error) {
	var all []pipeline.Source
	for _, s := range c.Sources {
		scope, err := crawler.NewScope(s.Site, s.Include, s.Exclude)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		p := pipeline.Source{Name: s.Name, Scope: scope, Delay: s.Delay, MaxPages: s.MaxPages, MaxLists: s.MaxLists, MaxPagesPerHost: s.MaxPagesPerHost, MaxDepth: s.MaxDepth, MaxTime: s.MaxTime,
			Text: s.Text, PaidLinks: s.PaidLinks, Offsite: s.Offsite}
		for _, group := range []struct {
			from []string
			to   *[]string
		}{{s.Feeds, &p.Feeds}, {s.Sitemaps, &p.Sitemaps}, {s.Sections, &p.Sections}} {
			for _, raw := range group.from {
				u, err := crawler.Normalize(raw, nil)
				if err != nil {
					return nil, fmt.Errorf("source %s: %s: %w", s.Name, raw, err)
				}
				*group.to = append(*group.to, u)
			}
		}
		if p.Site, err = crawler.Normalize(s.Site, nil); err != nil {
			return nil, fmt.Errorf("source %s: %s: %w", s.Name, s.Site, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// close closes what was opened.
func (o *opened) close() error {
	var errs []error
	if o.Archive != nil && o.Archive.Writer != nil {
		errs = append(errs, o.Archive.Writer.Close())
	}
	if o.Store != nil {
		errs = append(errs, o.Store.Close())
	}
	if o.Crawler != nil {
		o.Crawler.Close()
	}
	return errors.Join(errs...)
}
