package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"winnow/clean"
)

func rulesCommand(e *env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "rules [ID…]",
		Short: "List the rules that remove text, with reasons and examples",
		Long: `Lists every rule of the clean stage in the order in which they apply: its ID, as in
records and explanations, what it removes (an element with its content, a block of
text, a line, or what is outside the story's part of the page), the reason, and an
example in its place, where "…" is the story.`,
		Example:           "  winnow rules\n  winnow rules newsletter line-caption\n  winnow rules --json | jq -r .id",
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, ids []string) error {
			list, err := rulesNamed(ids)
			if err != nil {
				return usage(err)
			}
			if asJSON {
				return writeLines(e.stdout, list)
			}
			return writeRules(e.stdout, list)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON a rule")
	return c
}

// rulesNamed returns the rules with some IDs; all if none is named.
func rulesNamed(ids []string) ([]clean.Rule, error) {
	all := clean.Rules()
	if len(ids) == 0 {
		return all, nil
	}
	var list []clean.Rule
	for _, id := range ids {
		found := false
		for _, r := range all {
			if r.ID == id {
				list, found = append(list, r), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no rule %q; winnow rules lists all", id)
		}
	}
	return list, nil
}

func writeLines[T any](w io.Writer, rows []T) error {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	for _, r := range rows {
		if err := to.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

func writeRules(w io.Writer, list []clean.Rule) error {
	for i, r := range list {
		gap := "\n"
		if i == 0 {
			gap = ""
		}
		example := strings.Join(strings.FieldsFunc(r.Example, func(c rune) bool { return c == '\n' }), "\n    ")
		if _, err := fmt.Fprintf(w, "%s%s  (%s)\n    %s\n    %s\n", gap, r.ID, r.Of, r.Why, example); err != nil {
			return err
		}
	}
	return nil
}
