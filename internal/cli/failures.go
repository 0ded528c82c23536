package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/pipeline"
	"winnow/internal/store/report"
	"winnow/schedule"
)

func failuresCommand(e *env) *cobra.Command {
	var asJSON, retry bool
	var limit int
	var kind string
	c := &cobra.Command{
		Use:   "failures [SOURCE…]",
		Short: "List the URLs that gave no story, with the reason",
		Long: `Lists the URLs that gave no story, by reason: those rejected (a list, a wall, a short
page, robots.txt …), those of which every attempt failed, those that are gone, and those
that wait for another attempt or for a host that cannot be reached. The URLs of a
backfill list whose host belongs to no source are under the source "backfill".

Each has the time of the last request and that from which a refresh asks again: hours
after trouble of the hour, such as a check against robots; days after an answer that may
be another one next time, such as 403 or 404, each time twice as long; months if the URL
is no story by its nature.

With --retry they are fetched again by the next refresh, those of the source
"backfill" by the next backfill, and judged anew: after a change of the
configuration, for instance.`,
		Example: `  winnow failures
  winnow failures vpk --limit 0
  winnow failures --kind section
  winnow failures --json | jq -r 'select(.status == 403) | .url'
  winnow failures --retry vpk && winnow refresh vpk`,
		ValidArgsFunction: e.completeSources,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if limit < 0 {
				return usage(fmt.Errorf("--limit is %d; it can be 0 or more", limit))
			}
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if err := o.knowsSources(cmd.Context(), args); err != nil {
				return err
			}
			switch {
			case retry:
				return e.retryFailures(cmd.Context(), o, args)
			case asJSON:
				return e.failuresJSON(cmd.Context(), o, args, kind)
			}
			return e.failures(cmd.Context(), o, args, kind, limit)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs: one line a URL")
	c.Flags().BoolVar(&retry, "retry", false, "have the next refresh fetch them again")
	c.Flags().StringVar(&kind, "kind", "", "only those whose reason begins so: section, forum, product, short, empty, wall, soft404 …")
	c.Flags().IntVar(&limit, "limit", 20, "URLs shown of each reason; 0 shows all")
	c.MarkFlagsMutuallyExclusive("json", "retry")
	c.MarkFlagsMutuallyExclusive("kind", "retry")
	return c
}

// knowsSources checks the names of sources: those of the configuration, and
// those that the state has.
func (o *opened) knowsSources(ctx context.Context, names []string) error {
	known := []string{}
	for _, s := range o.Sources {
		known = append(known, s.Name)
	}
	stored, err := o.Store.Report.Status(ctx)
	if err != nil {
		return err
	}
	for _, s := range stored {
		if !s.Listed && !slices.Contains(known, s.Source) {
			known = append(known, s.Source)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return usage(fmt.Errorf("%w: %q; there are %s", pipeline.ErrNoSource, name, strings.Join(known, ", ")))
		}
	}
	return nil
}

func (e *env) retryFailures(ctx context.Context, o *opened, names []string) error {
	configured := map[string]bool{}
	for _, s := range o.Sources {
		configured[s.Name] = true
	}
	if len(names) == 0 {
		stored, err := o.Store.Report.Status(ctx)
		if err != nil {
			return err
		}
		for _, s := range stored {
			if !s.Listed {
				names = append(names, s.Source)
			}
		}
	}
	for _, name := range names {
		n, err := o.Store.RetryFailures(ctx, name, !configured[name])
		if err != nil {
			return err
		}
		if n == 0 || e.quiet {
			continue
		}
		by := "refresh"
		if !configured[name] {
			by = "backfill"
		}
		fmt.Fprintf(e.stdout, "%s: %s fetched again by the next %s\n", name, show.Counts(int(n), "URL is", "URLs are"), by)
	}
	return nil
}

// failureLine is a failure for programs.
type failureLine struct {
	URL    string    `json:"url"`
	Source string    `json:"source"`
	Kind   string    `json:"kind"`
	State  string    `json:"state"`
	Status int       `json:"status"`
	Reason string    `json:"reason"`
	Sure   string    `json:"certainty,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Due    time.Time `json:"due,omitzero"`
	Listed bool      `json:"listed"`
}

func (e *env) failuresJSON(ctx context.Context, o *opened, names []string, kind string) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetEscapeHTML(false)
	hosts, err := o.Store.Report.UnreachableHosts(ctx, names...)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if kind != "" && kind != "robots.txt" {
			break
		}
		line := failureLine{URL: h.Origin + "/robots.txt", Kind: string(schedule.Robots), State: string(schedule.Pending), Reason: h.Error}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	write := func(f report.Failure) error {
		if kind != "" && report.ReasonKind(f.Reason) != kind {
			return nil
		}
		line := failureLine{f.URL, f.Source, string(f.Kind), string(f.State), f.Status, f.Reason, f.Sure.String(), f.At, f.Due, f.Listed}
		if f.State == schedule.Pending {
			line.Sure = ""
		}
		return enc.Encode(line)
	}
	if err := o.Store.Report.Waiting(ctx, names, write); err != nil {
		return err
	}
	return o.Store.Report.Failures(ctx, names, write)
}

func (e *env) failures(ctx context.Context, o *opened, names []string, kind string, limit int) error {
	all := show.Failures{Limit: limit}
	add := func(f report.Failure) error {
		if kind == "" || report.ReasonKind(f.Reason) == kind {
			all.Add(f)
		}
		return nil
	}
	if err := errors.Join(o.Store.Report.Waiting(ctx, names, add), o.Store.Report.Failures(ctx, names, add)); err != nil {
		return err
	}
	if all.None() {
		nothing := "nothing waits, failed, was rejected or is gone"
		if kind != "" {
			nothing += " as " + kind
		}
		fmt.Fprintln(e.stdout, nothing)
		return nil
	}
	all.Print(e.stdout)
	return nil
}
