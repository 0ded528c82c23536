package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/dedupe"
)

// Version is the version of winnow.
const Version = "1.0.0"

func versionCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of winnow and its stages",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(e.stdout, "winnow %s (cleaner %s, rules %s, %s, %s)\n", Version, clean.Version(), clean.RulesVersion(), dedupe.Version(), runtime.Version())
			return err
		},
	}
}
