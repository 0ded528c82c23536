package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/store"
)

func forgetCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "forget URL|ID…",
		Short: "Take a story out for good",
		Long: `Takes a story out for good: its file, record, text and prints go, all records of
its pages in the archive are replaced by blanks, and its URLs are not fetched
again. Copies of it that were dropped are judged anew. An archive file that
another winnow is writing is left to the next refresh.`,
		Example: "  winnow forget https://news.example/story\n  winnow forget 0f3a5b…",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx := cmd.Context()
			o, err := e.openExisting(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if err := o.keeper.Attach(ctx, false); err != nil {
				return err
			}
			var unknown []error
			for _, name := range args {
				full, err := o.storyName(ctx, name)
				if err != nil {
					return err
				}
				gone, err := o.Forget(ctx, full)
				if errors.Is(err, store.ErrNotFound) {
					unknown = append(unknown, unknownStory(name))
					continue
				}
				if err != nil {
					return err
				}
				if gone.ID == "" && len(gone.URLs) == 0 {
					show.Printf(e.stdout, "forgotten already: %s\n", name)
					continue
				}
				show.Printf(e.stdout, "forgotten: %s\n", cmp.Or(gone.ID, name))
				for _, u := range gone.URLs {
					show.Printf(e.stdout, "  not fetched again: %s\n", u)
				}
			}
			if _, err := o.Settler.Settle(ctx); err != nil {
				return err
			}
			erased, err := o.Archive.EraseForgotten(ctx)
			if err != nil {
				return err
			}
			if erased.Records > 0 {
				fmt.Fprintf(e.stdout, "erased from the archive: %s in %s\n", show.Count(erased.Records, "record"), show.Count(erased.Files, "file"))
			}
			for _, file := range erased.Busy {
				fmt.Fprintf(e.stdout, "not searched yet: %s, which another winnow is writing, or which cannot be locked; the next refresh tries again\n", filepath.Join(o.Archive.Dir, file))
			}
			if len(unknown) < len(args) {
				return partly(errors.Join(unknown...))
			}
			return errors.Join(unknown...)
		},
	}
}
