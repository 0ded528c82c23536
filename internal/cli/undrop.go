package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"winnow/dedupe"
)

func undropCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "undrop URL|ID…",
		Short: "Keep a story whatever it is a copy of",
		Long: `Brings a dropped copy back, and keeps it from being dropped again, whatever it
is a copy of. It is remembered; winnow pin --list tells it, and winnow pin
--remove ID takes it back. A story that was not dropped is guarded all the same.`,
		Example: "  winnow undrop 0f3a5b…\n  winnow dedupe --explain 0f3a5b… https://news.example/story",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if _, err := o.find(cmd.Context(), args); err != nil {
				return err // all or none
			}
			for _, name := range args {
				if err := e.overrule(cmd.Context(), o, dedupe.SayKeep, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
