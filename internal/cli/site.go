package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/pipeline/explain"
	"winnow/internal/store"
)

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
	printSite(e.stdout, s, limit)
	return nil
}

func printSite(w io.Writer, s *explain.Site, limit int) {
	show.Printf(w, "%s\n", s.Host)
	show.Field(w, "learned", "from %s, %d with a story", show.Count(s.Pages, "page"), s.Stories)
	if !s.Decides {
		show.Field(w, "used", "not yet: too few pages with a story")
	} else if !s.Settled {
		show.Field(w, "used", "from the end of the next pass on")
	}
	if !s.Changed.IsZero() {
		show.Field(w, "template", "another one since the stories of %s", s.Changed.Format(time.DateOnly))
	}
	for _, c := range s.Containers {
		what := "further parts of a story"
		if c.Main {
			what = "stories"
		}
		show.Printf(w, "%s: %s on %s\n", what, elementName(c.Name), show.Count(c.Pages, "page"))
		printExamples(w, c.Examples)
	}
	for _, cut := range []bool{true, false} {
		left := limit
		what := "not cut"
		if cut {
			what = "cut"
		}
		for _, b := range s.Boxes {
			if b.Cut != cut {
				continue
			}
			if left--; limit > 0 && left < 0 {
				break
			}
			show.Printf(w, "%s: %s on %d of %s, %.0f %% of its text recurs\n", what, elementName(b.Name), b.Pages, show.Count(s.Pages, "page"), 100*b.Repetition)
			printExamples(w, b.Examples)
		}
	}
	for i, t := range s.Texts {
		if limit > 0 && i == limit {
			break
		}
		other := ""
		if t.Numbers {
			other = " with other numbers"
		}
		show.Printf(w, "cut: text on %d of %s%s\n", t.Pages, show.Count(s.Pages, "page"), other)
		if t.Text != "" {
			printExamples(w, []string{t.Text})
		}
	}
}

func elementName(name string) string {
	return cmp.Or(name, "an element of which no page is archived")
}

// exampleWidth is how many characters of an example are shown.
const exampleWidth = 100

func printExamples(w io.Writer, examples []string) {
	for _, text := range examples {
		fmt.Fprintf(w, "    %s\n", show.Clip(show.Line(text), exampleWidth))
	}
}
