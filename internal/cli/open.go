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
	"winnow/internal/store"
	"winnow/output"
	"winnow/output/warc"
	"winnow/schedule"
)

// opened is the pipeline of a configuration with all it holds open.
type opened struct {
	*pipeline.Pipeline
	config *config.Config
}

// openExisting is open for commands that only look at what is there: a state
// that does not exist is told, not made.
func (e *env) openExisting(ctx context.Context) (*opened, error) {
	c, err := e.load()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.State); errors.Is(err, fs.ErrNotExist) && !strings.Contains(c.State, "://") {
		return nil, fmt.Errorf("there is no state at %s yet: winnow refresh makes it", c.State)
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
	o := &opened{config: c, Pipeline: &pipeline.Pipeline{
		Options: pipeline.Options{
			Workers:    c.Fetch.Workers,
			UserAgent:  c.UserAgent,
			Delay:      c.Fetch.Delay,
			Timeout:    c.Fetch.Timeout,
			MaxBody:    int64(c.Fetch.MaxBody),
			Retry:      schedule.Policy{Retries: c.Fetch.Retries},
			MaxTime:    c.Fetch.MaxTime,
			Pace:       schedule.Pace{Factor: c.Fetch.DelayFactor},
			Headline:   c.Output.Headline,
			Text:       c.Output.HasFormat("txt"),
			JSONL:      c.Output.HasFormat("jsonl"),
			Teasers:    c.Clean.Truncated == config.TeasersKeep,
			ForgetGone: c.ForgetGone,
			Robots: pipeline.Robots{DenyForbidden: c.Robots.Forbidden == "deny", IgnoreNoIndex: !c.Robots.NoIndex,
				IgnoreNoFollow: !c.Robots.NoFollow, IgnoreNoArchive: !c.Robots.NoArchive},
			ArchiveDir: filepath.Join(c.Corpus, "warc"),
			Archive:    c.ArchivePolicy(),

			JudgeSettings: judgeSettings(c),
			SourceRules:   sourceRules(c),
		},
		Now: func() time.Time { return time.Now().UTC() },
		Log: e.log,
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close())
		}
	}()
	hosts, err := e.configuredSites(c)
	if err != nil {
		return nil, err
	}
	o.Options.CleanSettings = cleanSettings(c, hosts)
	if c.Output.MinHash {
		o.Options.MinHash = minhash.New()
	}
	o.Cleaner = clean.New(c.CleanOptions(hosts))
	if o.Sources, err = sources(c); err != nil {
		return nil, err
	}
	if o.Checker, err = dedupe.New(c.DedupeOptions()); err != nil {
		return nil, err
	}
	if o.Crawler, err = crawler.New(c.CrawlerOptions()); err != nil {
		return nil, err
	}
	if o.Store, err = store.Open(ctx, c.State, store.Options{Lease: max(2*time.Minute, 2*c.Fetch.Timeout)}); err != nil {
		return nil, err
	}
	if o.Folder, err = output.Open(c.Corpus, o.Now()); err != nil {
		return nil, err
	}
	o.WARC, err = warc.NewWriter(warc.Options{Dir: o.Options.ArchiveDir, Software: "winnow/" + Version, UserAgent: c.UserAgent})
	return o, err
}

// cleanSettings returns what the text of every story rests on. Of the folder of
// site rules that is what the files say, not where they are.
func cleanSettings(c *config.Config, hosts *siterules.Rules) string {
	return fmt.Sprintf("%s, rules %s, %d words, truncated: %s, noindex: %v, site rules %s", clean.Version, clean.RulesVersion, c.Clean.MinWords, c.Clean.Truncated, c.Robots.NoIndex, hosts.Digest())
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

// judgeSettings returns what verdicts and files rest on, but for the order of
// the sources: of that only the ranks of those with stories matter, see
// [store.Store.RankedBy].
func judgeSettings(c *config.Config) string {
	return fmt.Sprintf("%s, %+v, %+v", dedupe.Version, c.Dedupe, c.Output)
}

func sources(c *config.Config) ([]pipeline.Source, error) {
	var all []pipeline.Source
	for _, s := range c.Sources {
		scope, err := crawler.NewScope(s.Site, s.Include, s.Exclude)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		p := pipeline.Source{Name: s.Name, Scope: scope, Delay: s.Delay, MaxPages: s.MaxPages, MaxPagesPerHost: s.MaxPagesPerHost, MaxDepth: s.MaxDepth,
			PaidLinks: s.PaidLinks, Offsite: s.Offsite}
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

// close gives back what was opened.
func (o *opened) close() error {
	var errs []error
	if o.WARC != nil {
		errs = append(errs, o.WARC.Close())
	}
	if o.Store != nil {
		errs = append(errs, o.Store.Close())
	}
	if o.Crawler != nil {
		o.Crawler.Close()
	}
	return errors.Join(errs...)
}
