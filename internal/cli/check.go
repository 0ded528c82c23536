package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func checkCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Say whether the configuration is right",
		Long:    "Reads the configuration and prints every mistake with its line and column and what\nto write instead, and every line of clean.site_rules that is passed over. Nothing\nis fetched or written.",
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
				fmt.Fprintf(e.stdout, "%s is right: %s; corpus in %s, state in %s\n", e.configPath, count(len(c.Sources), "source"), c.Corpus, c.StateName())
			}
			return nil
		},
	}
}
