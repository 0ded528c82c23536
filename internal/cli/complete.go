package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/internal/config"
)

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
