package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"winnow/clean/siterules"
	"winnow/internal/config"
)

// loadSites reads the site rules of a folder; "" has none. The lines that are
// passed over come with the folder in their file's name.
func loadSites(dir string) (*siterules.Rules, []siterules.Mistake, error) {
	if dir == "" {
		return nil, nil, nil
	}
	sites, mistakes, err := siterules.Load(os.DirFS(dir))
	if err != nil {
		return nil, nil, fmt.Errorf("the site rules in %s cannot be read: %w", dir, because(err))
	}
	for i := range mistakes {
		mistakes[i].File = filepath.Join(dir, mistakes[i].File)
	}
	return sites, mistakes, nil
}

// configuredSites reads the site rules that the configuration names. A run
// says in one line that some are passed over; "winnow check" tells each.
func (e *env) configuredSites(c *config.Config) (*siterules.Rules, error) {
	sites, mistakes, err := loadSites(c.Clean.SiteRules)
	if err != nil {
		return nil, usage(fmt.Errorf("clean.site_rules: %w", err))
	}
	if n := len(mistakes); n > 0 {
		e.log.Warn("site rules are passed over", "lines", n, "first", mistakes[0].Error(), "all", "winnow check")
	}
	return sites, nil
}

// tellSiteMistakes prints the lines that are passed over.
func (e *env) tellSiteMistakes(mistakes []siterules.Mistake) {
	if e.quiet {
		return
	}
	for _, m := range mistakes {
		fmt.Fprintf(e.stderr, "winnow: %v; the line is passed over\n", m)
	}
}
