package cli

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"winnow/clean"
	"winnow/internal/config"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a folder",
		Long: `Writes a manual page for winnow and one for each command into a folder, which is
made if it does not exist: winnow.1, winnow-refresh.1 and so on.`,
		Example: "  winnow man ~/.local/share/man/man1 && man winnow-refresh",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			header := doc.GenManHeader{Title: "WINNOW", Section: "1", Source: "winnow " + Version, Manual: "Manual of winnow", Date: builtAt()}
			return doc.GenManTree(root, &header, args[0])
		},
	}
}

// builtAt returns the time of the commit that winnow was built from, so that the
// pages of one commit are the same; nil when it is not known.
func builtAt() *time.Time {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.time" {
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return &at
			}
		}
	}
	return nil
}

// completeSources completes the names of sources that are not named yet. Without
// a correct configuration there are none: completion has no place for mistakes.
func (e *env) completeSources(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c, err := config.Load(e.configPath)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, s := range c.Sources {
		if strings.HasPrefix(s.Name, begun) && !slices.Contains(args, s.Name) {
			names = append(names, cobra.CompletionWithDesc(s.Name, s.Site))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeRules completes the IDs of rules that are not named yet.
func completeRules(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var ids []cobra.Completion
	for _, r := range clean.Rules() {
		if strings.HasPrefix(r.ID, begun) && !slices.Contains(args, r.ID) {
			ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Why))
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeWords completes a flag that takes one of a few words.
func completeWords(c *cobra.Command, flag string, words ...cobra.Completion) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // a bug: the flag does not exist
	}
}
