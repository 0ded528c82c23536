package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"winnow/internal/pipeline/settle"
	"winnow/output"
)

func exportCommand(e *env) *cobra.Command {
	var format string
	var all bool
	c := &cobra.Command{
		Use:               "export --format jsonl",
		Short:             "Write the corpus to standard output",
		Long:              "Writes the corpus to standard output, a record a line, in the order of the IDs.\nWith --all the dropped copies come too; their duplicate_of names the story that\nwas kept.",
		Example:           "  winnow export --format jsonl >corpus.jsonl\n  winnow export --format jsonl --all | jq -r 'select(.duplicate_of) | .url'",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if format != "jsonl" {
				return usage(fmt.Errorf("there is no format %q; write --format jsonl", format))
			}
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			return e.export(cmd.Context(), o, all)
		},
	}
	c.Flags().StringVar(&format, "format", "jsonl", "jsonl: JSON Lines")
	completeWords(c, "format", "jsonl")
	c.Flags().BoolVar(&all, "all", false, "dropped copies too")
	return c
}

func (e *env) export(ctx context.Context, o *opened, all bool) error {
	waiting := 0
	_, err := output.JSONLines(e.stdout, func(yield func(output.Record, error) bool) {
		for d, err := range o.Settler.Corpus(ctx) {
			switch {
			case err != nil:
				yield(output.Record{}, err)
				return
			case !settle.Judged(d):
				waiting++
			case d.Verdict.DuplicateOf == "" || all:
				if !yield(o.Settler.Record(d), nil) {
					return
				}
			}
		}
	})
	if waiting > 0 {
		e.log.Warn("stories of an unfinished run are left out; winnow refresh finishes it", "stories", waiting)
	}
	return err
}
