package cli

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"winnow/internal/store"
)

func forgetCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "forget URL|ID…",
		Short: "Take a story out for good",
		Long: `Takes a story out for good: its file, record, text and prints go, and its URLs
are not fetched again. Copies of it that were dropped are judged anew. The places
of its pages in the archive are printed: WARC files are not rewritten, remove
those records with a tool for archives where the law asks for it.`,
		Example: "  winnow forget https://news.example/story\n  winnow forget 0f3a5b…",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx := cmd.Context()
			o, err := e.openExisting(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			var unknown []error
			for _, name := range args {
				gone, err := o.Forget(ctx, name)
				if errors.Is(err, store.ErrNotFound) {
					unknown = append(unknown, fmt.Errorf("%s is neither the URL nor the id of a story here", name))
					continue
				}
				if err != nil {
					return err
				}
				if gone.ID == "" && len(gone.URLs) == 0 {
					fmt.Fprintf(e.stdout, "forgotten already: %s\n", name)
					continue
				}
				fmt.Fprintf(e.stdout, "forgotten: %s\n", cmp.Or(gone.ID, name))
				for _, u := range gone.URLs {
					fmt.Fprintf(e.stdout, "  not fetched again: %s\n", u)
				}
				for _, a := range gone.Archived {
					fmt.Fprintf(e.stdout, "  in the archive: %s/warc/%s at byte %d\n", o.config.Corpus, a.File, a.Offset)
				}
			}
			if _, err := o.Settler.Settle(ctx); err != nil {
				return err
			}
			return errors.Join(unknown...)
		},
	}
}
