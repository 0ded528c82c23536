package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/internal/cli/show"
	"winnow/internal/pipeline"
	"winnow/internal/pipeline/settle"
	"winnow/schedule"
)

func refreshCommand(e *env) *cobra.Command {
	var recheck, takeOver bool
	var limits limits
	c := &cobra.Command{
		Use:   "refresh [SOURCE…]",
		Short: "Make one pass over the sources: fetch what is new or changed",
		Long: `Makes one pass over the sources named, or over all of them. Use it from cron and
systemd timers.

A pass reads feeds, sitemaps and sections each time, with conditional requests, and
then fetches new stories, the newest first. It asks for a known story again when a
feed or sitemap says that it changed, or when its next visit is due. A pass that
was killed, or stopped by --max-time, is continued by the next one. Exit status 3 if
some sources failed as a whole or give no stories, 1 if all failed.`,
		Example: `  winnow refresh                   every source of config.yaml
  winnow refresh vpk topwar        two of them
  winnow refresh --max-time 30m    and no longer
  winnow refresh --recheck         ask for every known story again
  17 * * * * winnow -q -c /srv/news/config.yaml refresh        in a crontab`,
		ValidArgsFunction: e.completeSources,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			defer func() { err = stopped(cmd.Context(), err) }()
			c, err := e.loadWithSources()
			if err != nil {
				return err
			}
			o, err := e.openConfig(cmd.Context(), c)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if err := o.keeper.Attach(cmd.Context(), takeOver); err != nil {
				return err
			}
			limits.set(o)
			return e.refresh(cmd.Context(), o, args, recheck)
		},
	}
	c.Flags().BoolVar(&recheck, "recheck", false, "ask for every known story again, with conditional requests")
	limits.timeFlag(c)
	takeOverFlag(c, &takeOver)
	return c
}

func (e *env) refresh(ctx context.Context, o *opened, names []string, recheck bool) error {
	stop := e.watch(o, "refresh")
	summary, err := o.Refresh(ctx, names, recheck)
	stop()
	if err != nil {
		if errors.Is(err, pipeline.ErrNoSource) {
			return usage(err)
		}
		return err
	}
	if !e.quiet {
		printSummary(e.stdout, summary)
	}
	return broken(summary)
}

// watch shows the progress of a pass; stop ends the showing.
func (e *env) watch(o *opened, what string) (stop func()) {
	progress := e.progress(-1, what)
	var done atomic.Int64 // URLs
	o.Watch = func(t schedule.Task, out schedule.Outcome) {
		if out.State == schedule.Pending {
			return
		}
		done.Add(1)
		progress.Set(done.Load(), t.Source)
	}
	o.importer.Watch = o.Watch
	o.Settler.Progress = func(judged int) {
		progress.Set(done.Load(), fmt.Sprintf("settling, %s judged", show.Counts(judged, "story", "stories")))
	}
	return progress.Done
}

// stopped returns the error of a run, in plain words if a signal stopped it, at
// whatever moment.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return errors.New("stopped: the work in hand is finished; the next run continues from here, and writes the texts that are not written yet")
	}
	return err
}

// broken returns the error of a pass in which sources failed as a whole or gave no
// stories; a partError unless all failed.
func broken(s pipeline.Summary) error {
	var names, barren []string
	for _, one := range s.Sources {
		if one.Broken {
			names = append(names, fmt.Sprintf("%s: %s", one.Name, cmp.Or(one.Trouble, "nothing of it could be fetched")))
		} else if one.Barren != "" {
			barren = append(barren, fmt.Sprintf("%s: %s", one.Name, one.Barren))
		}
	}
	var failed, empty error
	if len(names) > 0 && len(names) == len(s.Sources) {
		return fmt.Errorf("failed as a whole:\n  %s", strings.Join(names, "\n  "))
	}
	if len(names) > 0 {
		failed = fmt.Errorf("failed as a whole; the work on the others is done:\n  %s", strings.Join(names, "\n  "))
	}
	if len(barren) > 0 {
		empty = fmt.Errorf("fetched, but without stories:\n  %s", strings.Join(barren, "\n  "))
	}
	return partly(errors.Join(failed, empty))
}

func printSummary(w io.Writer, s pipeline.Summary) {
	for _, one := range s.Sources {
		fmt.Fprintf(w, "%s: %s", one.Name, show.Count(one.Pages, "page"))
		if one.Same > 0 {
			fmt.Fprintf(w, ", %d unchanged", one.Same)
		}
		fmt.Fprintf(w, ", %s", show.Counts(one.Stories, "story", "stories"))
		if one.Rejected > 0 {
			fmt.Fprintf(w, ", %s", rejectedBy(int64(one.Rejected), countsOf(one.Reasons)))
			if one.Refused > 0 {
				fmt.Fprintf(w, " (%d not fetched: robots.txt or address)", one.Refused)
			}
		}
		if one.Failed > 0 {
			fmt.Fprintf(w, ", %d failed", one.Failed)
		}
		if n := one.Left.All(); n > 0 {
			fmt.Fprintf(w, ", %d left to the next run (%s)", n, one.Left)
		}
		fmt.Fprintln(w)
	}
	if s.OutOfTime {
		fmt.Fprintln(w, outOfTime)
	}
	printSettled(w, s.Settled)
}

const outOfTime = "out of time: the work in hand is finished, and the next run continues from here"

func printSettled(w io.Writer, s settle.Result) {
	fmt.Fprintf(w, "corpus: %s judged, %d kept, %s dropped, %s written, %d removed\n",
		show.Counts(s.Judged, "story", "stories"), s.Kept, show.Counts(s.Dropped, "copy", "copies"), show.Count(s.Wrote, "file"), s.Removed)
}

// mostRemoved lists how many words were removed from stories, by category, the
// most first.
func mostRemoved(s pipeline.Summary) []string {
	words := map[string]int{}
	for _, one := range s.Sources {
		for rule, n := range one.Removed {
			words[clean.CategoryOf(rule)] += n
		}
	}
	kinds := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(words[b]-words[a], strings.Compare(a, b))
	})
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", words[kind], kind)
	}
	return kinds
}

// countsOf returns the reasons of a pass, the most frequent first.
func countsOf(reasons map[string]int) (counts []reasonCount) {
	for reason, n := range reasons {
		counts = append(counts, reasonCount{reason, int64(n)})
	}
	slices.SortFunc(counts, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), strings.Compare(a.Reason, b.Reason))
	})
	return counts
}
