package cli

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/dedupe"
)

// Version is the version of winnow.
const Version = "1.0.0"

func versionCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of winnow, its build and its stages",
		Long: `Prints the version of winnow, the commit and the Go version that it was built
with, and the versions of the stages. Stories are made again when those change.`,
		Example:           "  winnow version\n  winnow --version",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(e.stdout, versions())
			return err
		},
	}
}

// versions returns what winnow version prints.
func versions() string {
	build, _ := debug.ReadBuildInfo()
	return fmt.Sprintf("winnow %s (%s)\nextractor %s, rules %s, %s", Version, buildOf(build), clean.Version(), clean.RulesVersion(), dedupe.Version())
}

// buildOf returns the commit and the Go version of a build; nil is a build that
// nothing is known of.
func buildOf(build *debug.BuildInfo) string {
	if build == nil {
		return "unknown build"
	}
	settings := map[string]string{}
	for _, s := range build.Settings {
		settings[s.Key] = s.Value
	}
	var parts []string
	switch revision := settings["vcs.revision"]; {
	case revision != "":
		commit := "commit " + revision[:min(12, len(revision))]
		if day, _, ok := strings.Cut(settings["vcs.time"], "T"); ok {
			commit += " of " + day
		}
		if settings["vcs.modified"] == "true" {
			commit += ", modified"
		}
		parts = append(parts, commit)
	case build.Main.Version != "" && build.Main.Version != "(devel)": // by go install of a released version
		parts = append(parts, "module "+build.Main.Version)
	default:
		parts = append(parts, "commit unknown")
	}
	return strings.Join(append(parts, build.GoVersion), ", ")
}
