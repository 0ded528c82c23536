package cli

import (
	"os"
	"runtime/debug"
	"time"

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
