package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"winnow/clean/siterules"
	"winnow/internal/cli/input"
	"winnow/internal/cli/show"
	"winnow/internal/config"
)

func checkCommand(e *env) *cobra.Command {
	var schema bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Report the mistakes of the configuration",
		Long: `Reads the configuration and prints every mistake with its line and column and what
to write instead, and every line of clean.site_rules that is skipped. Nothing is
fetched or written.

If there is no mistake, prints where corpus and state are: relative paths in the
file are relative to its folder, wherever winnow is started.`,
		Example:           "  winnow check\n  winnow -c other.yaml check\n  winnow check --schema >config.schema.json",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if schema {
				_, err := e.stdout.Write(config.Schema())
				return err
			}
			c, err := e.load()
			if err != nil {
				return err
			}
			if _, err := sources(c); err != nil {
				return usage(err)
			}
			_, wrong, err := loadSites(c.Clean.SiteRules)
			if err != nil {
				return usage(fmt.Errorf("clean.site_rules: %w", err))
			}
			e.printSiteMistakes(wrong)
			if !e.quiet {
				e.printPlaces(c)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of config.yaml, for editors")
	return c
}

// printPlaces prints what the configuration comes to.
func (e *env) printPlaces(c *config.Config) {
	show.Printf(e.stdout, "%s has no mistakes\n", e.configPath)
	sources := fmt.Sprint(len(c.Sources))
	if len(c.Sources) == 0 {
		sources = "none: refresh and schedule need at least one"
	}
	show.Field(e.stdout, "sources", "%s", sources)
	show.Field(e.stdout, "corpus", "%s", c.Corpus)
	show.Field(e.stdout, "state", "%s", c.StateName())
	if c.Clean.SiteRules != "" {
		show.Field(e.stdout, "site rules", "%s", c.Clean.SiteRules)
	}
	if c.Fetch.Chromium != "" {
		show.Field(e.stdout, "chromium", "%s", c.Fetch.Chromium)
	}
}

// loadSites reads the site rules of a folder; "" has none. The lines that are
// skipped come with the folder in their file's name.
func loadSites(dir string) (*siterules.Rules, []siterules.Mistake, error) {
	if dir == "" {
		return nil, nil, nil
	}
	sites, mistakes, err := siterules.Load(os.DirFS(dir))
	if err != nil {
		return nil, nil, fmt.Errorf("the site rules in %s cannot be read: %w", dir, input.Because(err))
	}
	for i := range mistakes {
		mistakes[i].File = filepath.Join(dir, mistakes[i].File)
	}
	return sites, mistakes, nil
}

// configuredSites reads the site rules that the configuration names. A run
// logs in one line that some are skipped; "winnow check" prints each.
func (e *env) configuredSites(c *config.Config) (*siterules.Rules, error) {
	sites, mistakes, err := loadSites(c.Clean.SiteRules)
	if err != nil {
		return nil, usage(fmt.Errorf("clean.site_rules: %w", err))
	}
	if n := len(mistakes); n > 0 {
		e.log.Warn("site rules are skipped", "lines", n, "first", mistakes[0].Error(), "all", "winnow check")
	}
	return sites, nil
}

// printSiteMistakes prints the lines that are skipped.
func (e *env) printSiteMistakes(mistakes []siterules.Mistake) {
	if e.quiet {
		return
	}
	for _, m := range mistakes {
		show.Printf(e.stderr, "winnow: %s; the line is skipped\n", m)
	}
}
