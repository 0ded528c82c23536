package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/pipeline/explain"
	"winnow/internal/store"
	"winnow/schedule"
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
			printLife(e.stdout, x)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return c
}

func printLife(w io.Writer, x *explain.Explanation) {
	for i := range x.URLs {
		printURL(w, &x.URLs[i])
	}
	if x.Refused != "" {
		show.Printf(w, "%s\n", x.Asked)
		show.Field(w, "state", "never found, and not followed if it were: %s", x.Refused)
	}
	if x.Story != nil {
		printStory(w, x.Story)
	}
	if x.Page != nil {
		printPage(w, x.Page)
	} else if len(x.URLs) > 0 {
		fmt.Fprintln(w, "page: not in the archive")
	}
}

func printURL(w io.Writer, u *explain.URLHistory) {
	show.Printf(w, "%s\n", u.URL)
	show.Field(w, "source", "%s, taken for: %s", u.Source, u.Kind)
	show.Field(w, "found in", "%s, %s from the start", u.FoundIn, show.Count(u.Depth, "link"))
	for i, from := range u.Redirects {
		to := u.URL
		if i+1 < len(u.Redirects) {
			to = u.Redirects[i+1]
		}
		show.Field(w, "redirect", "%s leads to %s", from, to)
	}
	if u.Hint.Title != "" {
		show.Field(w, "announced", "%q", u.Hint.Title)
	}
	show.Field(w, "robots.txt", "%s", robotsWords(u.Robots))
	state := string(u.State)
	if u.State == schedule.SetAside {
		state = "rejected"
	}
	if u.Reason != "" {
		state += ": " + u.Reason
	}
	show.Field(w, "state", "%s", state)
	if !u.Due.IsZero() {
		show.Field(w, "next", "%s", show.Second(u.Due))
	}
	if len(u.Attempts) == 0 {
		show.Field(w, "fetched", "never")
	}
	for _, a := range u.Attempts {
		show.Field(w, "fetched", "%s", attemptWords(a))
	}
	for _, c := range u.Copies {
		show.Field(w, "archived", "%s", c)
	}
}

func robotsWords(r explain.Robots) string {
	said := "allows it"
	if !r.Allowed {
		said = "does not allow it"
	}
	switch {
	case r.Asked.IsZero() && r.Error != "":
		return "cannot be read: " + r.Error
	case r.Asked.IsZero():
		return "was never asked for"
	}
	said += fmt.Sprintf(" (status %d, read %s", r.Status, show.Second(r.Asked))
	if r.Delay > 0 {
		said += fmt.Sprintf(", asks for %v between two requests", r.Delay)
	}
	if r.Error != "" {
		said += ", not since: " + r.Error
	}
	return said + ")"
}

func attemptWords(a explain.Attempt) string {
	words := show.Second(a.At)
	switch {
	case a.Status != 0:
		words += fmt.Sprintf("  status %d", a.Status)
	case a.State == schedule.Done:
		words += "  from a file"
	default:
		words += "  no answer"
	}
	if a.Target != "" {
		words += " leads to " + a.Target
	}
	if a.State == schedule.Pending {
		words += ", to be tried again"
	}
	if a.Reason != "" {
		words += ": " + a.Reason
	}
	return words
}

func printStory(w io.Writer, s *explain.StoryHistory) {
	show.Printf(w, "story %s\n", s.ID)
	show.Field(w, "title", "%s", s.Title)
	show.Field(w, "date", "%s", s.Date)
	show.Field(w, "canonical", "%s", s.Canonical)
	show.Field(w, "read from", "%s", s.Page)
	for _, name := range s.Names {
		if name != s.Canonical && name != s.Page {
			show.Field(w, "also", "%s", name)
		}
	}
	for i, part := range s.Parts {
		show.Field(w, "part", "%d: %s", i+1, part)
	}
	for _, figure := range s.Figures {
		show.Field(w, "mark", "%s", figure)
	}
	show.Field(w, "read", "%s, %s; text of %s", show.Second(s.Crawled), show.Count(s.Words, "word"), show.Second(s.Changed))
	if !s.Gone.IsZero() {
		show.Field(w, "gone", "since %s", show.Second(s.Gone))
	}
	for _, r := range s.Revisions {
		show.Field(w, "revision", "%d of %s, %s, archived %s", r.Revision, show.Second(r.Crawled), show.Count(r.Words, "word"), r.Archived)
	}
	show.Field(w, "revision", "%d, the present one", s.Revision)
	v := s.Verdict
	switch {
	case v.ID == "":
		show.Field(w, "verdict", "not judged yet")
	case v.DuplicateOf == "":
		show.Field(w, "verdict", "%s", strings.TrimSuffix("kept, rule "+v.Rule, ", rule "))
	default:
		show.Field(w, "verdict", "dropped: %s of %s (%s), rule %s", v.Relation, s.KeptURL, v.DuplicateOf, v.Rule)
		show.Field(w, "", "%.0f %% of its words are in the kept one, %.0f %% of the kept one's in it; names agree %.2f, numbers %.2f",
			100*v.CopiedShare, 100*v.KeptShare, v.Names, v.Numbers)
	}
	if !s.Judged && v.ID != "" {
		show.Field(w, "", "it has changed since, and is judged again at the end of the next run")
	}
	if s.File != "" {
		show.Field(w, "file", "%s", s.File)
	}
}

func printPage(w io.Writer, p *explain.Page) {
	rendered := ""
	if p.Rendered {
		rendered = ", as its scripts made it"
	}
	if p.Feed != "" {
		show.Printf(w, "text of the feed %s, archived in %s\n", p.Feed, p.Archived)
	} else {
		fmt.Fprintf(w, "page as archived in %s%s\n", p.Archived, rendered)
	}
	kind := p.Kind
	if p.Why != "" {
		kind = strings.TrimPrefix(kind+": "+p.Why, ": ")
	}
	show.Field(w, "holds", "%s, %s", kind, show.Count(p.Words, "word"))
	for _, figure := range p.Figures {
		show.Field(w, "mark", "%s", figure)
	}
	for _, r := range p.Removals {
		show.Field(w, "cut", "%s (%s): %s", r.Rule, r.Why, show.Clip(strings.Join(strings.Fields(r.Text), " "), 200))
	}
}
