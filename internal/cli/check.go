package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"winnow/internal/config"
)

func checkCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Say whether the configuration is right",
		Long: `Reads the configuration and prints every mistake with its line and column and what
to write instead, and every line of clean.site_rules that is skipped. Nothing is
fetched or written.

If there is no mistake, prints where corpus and state are: relative paths in the
file are relative to its folder, wherever winnow is started.`,
		Example: "  winnow check\n  winnow -c other.yaml check",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
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
			e.tellSiteMistakes(wrong)
			if !e.quiet {
				e.printPlaces(c)
			}
			return nil
		},
	}
}

// printPlaces prints what the configuration comes to.
func (e *env) printPlaces(c *config.Config) {
	fmt.Fprintf(e.stdout, "%s has no mistakes\n", e.configPath)
	sources := fmt.Sprint(len(c.Sources))
	if len(c.Sources) == 0 {
		sources = "none: refresh and schedule need at least one"
	}
	field(e.stdout, "sources", "%s", sources)
	field(e.stdout, "corpus", "%s", c.Corpus)
	field(e.stdout, "state", "%s", c.StateName())
	if c.Clean.SiteRules != "" {
		field(e.stdout, "site rules", "%s", c.Clean.SiteRules)
	}
	if c.Fetch.Chromium != "" {
		field(e.stdout, "chromium", "%s", c.Fetch.Chromium)
	}
}
