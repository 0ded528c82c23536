package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/store"
)

func explainCommand(e *env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain URL|ID",
		Short: "Print the history of a URL or a story",
		Long: `Prints all that is known of a URL or a story: where it was found, what robots.txt
says, its last fetches with status and time, redirects, other URLs of the story,
whether it is a story and why, what was removed from it and by which rule, whether
it is a copy and of what, its file and its revisions.

A story is named by a URL, by its ID or the beginning of it, or by its text file.

What was removed is found by cleaning the archived page once more, with the present
rules. Nothing is fetched or changed.`,
		Example: "  winnow explain https://news.example/story\n  winnow explain --json 0f3a5b… | jq .story.verdict",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o, err := e.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			name, err := o.storyName(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			x, err := o.explainer.Explain(cmd.Context(), name)
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("%s is not a URL that was found, nor the ID or text file of a story here", args[0])
			}
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(e.stdout)
				enc.SetEscapeHTML(false)
				return enc.Encode(x)
			}
			show.Explanation(e.stdout, x)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return c
}

func siteCommand(e *env) *cobra.Command {
	var asJSON bool
	var limit int
	c := &cobra.Command{
		Use:   "site HOST",
		Short: "Print what was learned of a site from its pages",
		Long: `Prints the profile of a site: which elements hold its stories, which boxes are
cut for what they repeat and which are not, and which texts recur, with the numbers of pages and
examples. Pages are cleaned with it at the end of each pass.

HOST is the host of URLs, with its port if they have one, or one of the URLs.
Names of elements and examples come from archived pages. In a name, * is for
digits. Nothing is fetched or changed.`,
		Example: "  winnow site www.news.example\n  winnow site --json www.news.example | jq '.boxes[] | select(.cut)'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if limit < 0 {
				return usage(fmt.Errorf("--limit is %d; it can be 0 or more", limit))
			}
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			return e.site(cmd.Context(), o, args[0], asJSON, limit)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	c.Flags().IntVar(&limit, "limit", 10, "boxes and texts shown of each kind; 0 shows all")
	return c
}

func (e *env) site(ctx context.Context, o *opened, host string, asJSON bool, limit int) error {
	s, err := o.explainer.Site(ctx, host)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("no page of %s was read yet: HOST is the host of URLs, such as www.news.example", host)
	}
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(s)
	}
	show.Site(e.stdout, s, limit)
	return nil
}
