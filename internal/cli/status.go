package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/store/report"
	"winnow/schedule"
)

func statusCommand(e *env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:               "status",
		Short:             "Print how each source is doing",
		Long:              "Prints for each source when it last ran, when it runs next, and what it has: pages\nfetched, stories, copies dropped, and URLs rejected, failed, gone and still to\nfetch. winnow failures lists what was rejected, and why. --json also has the counts\nof the last run.",
		Example:           "  winnow status\n  winnow status --json | jq '.[] | select(.failed > 0)'",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o, err := e.openExisting(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			rows, err := o.status(cmd)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(rows)
			}
			return e.printStatus(rows)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return c
}

// sourceStatus is a source as status prints it.
type sourceStatus struct {
	Source   string        `json:"source"`
	LastRun  *time.Time    `json:"last_run"`
	Running  bool          `json:"running"` // begun and not ended
	NextRun  *time.Time    `json:"next_run"`
	Pages    int64         `json:"pages"`
	Stories  int64         `json:"stories"`
	Copies   int64         `json:"copies"`
	SetAside int64         `json:"set_aside"`
	Reasons  []reasonCount `json:"set_aside_by"` // the most frequent first
	Failed   int64         `json:"failed"`
	Gone     int64         `json:"gone"` // 404 and 410
	Pending  int64         `json:"pending"`
	Missed   int64         `json:"site_rule_misses"`  // stories on whose pages rules of the site found nothing
	Changed  []string      `json:"templates_changed"` // hosts with another template of late
	Note     string        `json:"note"`              // why the last run failed as a whole or gave no stories, or that its time was over
	Run      *runStatus    `json:"run"`               // the last one; null when there was none
}

// runStatus has the counts of a run. Copies are not among them: they are found
// among the stories of all runs.
type runStatus struct {
	ID        string     `json:"id"`
	Started   time.Time  `json:"started"`
	Ended     *time.Time `json:"ended"`     // null while it goes on
	Fetched   int64      `json:"fetched"`   // answers of 2xx and 3xx, once a URL, robots.txt apart
	Unchanged int64      `json:"unchanged"` // of these, those with a 304 or the same bytes as before
	SetAside  int64      `json:"set_aside"`
	Failed    int64      `json:"failed"` // every try
	Gone      int64      `json:"gone"`
	Added     int64      `json:"added"`   // stories, copies among them
	Revised   int64      `json:"revised"` // stories
}

func newRunStatus(r report.RunRecord) *runStatus {
	s := &runStatus{ID: r.ID, Started: r.Started, Fetched: r.Fetched, Unchanged: r.Unchanged, SetAside: r.SetAside, Failed: r.Failed,
		Gone: r.Gone, Added: r.Added, Revised: r.Revised}
	if !r.Ended.IsZero() {
		s.Ended = &r.Ended
	}
	return s
}

func (o *opened) status(cmd *cobra.Command) ([]sourceStatus, error) {
	stored, err := o.Store.Report.Status(cmd.Context())
	if err != nil {
		return nil, err
	}
	rows := []sourceStatus{}
	at := map[string]int{}
	for _, s := range o.config.Sources {
		row := newSourceStatus(s.Name)
		if line, err := schedule.ParseLine(s.Schedule, nil); err == nil {
			next := line.Next(o.Now())
			row.NextRun = &next
		}
		at[s.Name] = len(rows)
		rows = append(rows, row)
	}
	for _, s := range stored {
		i, known := at[s.Source]
		if !known { // a list, or a source that was removed from the configuration
			i = len(rows)
			at[s.Source] = i
			rows = append(rows, newSourceStatus(s.Source))
		}
		row := &rows[i]
		if !s.LastRun.Started.IsZero() {
			row.LastRun = &s.LastRun.Started
			row.Running = s.LastRun.Ended.IsZero()
			row.Run = newRunStatus(s.LastRun)
		}
		if s.Listed && known { // a list has only its last run; its URLs count with their sources
			continue
		}
		row.Pages, row.Stories, row.Copies, row.SetAside, row.Failed, row.Gone, row.Pending, row.Missed, row.Note = s.Pages, s.Stories, s.Copies, s.SetAside, s.Failed, s.Gone, s.Pending, s.SiteMissed, s.LastRun.Note
		for _, c := range s.Changed {
			if o.Now().Sub(c.Since) < lately {
				row.Changed = append(row.Changed, c.Host)
			}
		}
		for _, c := range s.Reasons {
			row.Reasons = append(row.Reasons, reasonCount{c.Reason, c.Pages})
		}
	}
	return rows, nil
}

func newSourceStatus(name string) sourceStatus {
	return sourceStatus{Source: name, Reasons: []reasonCount{}, Changed: []string{}}
}

// lately is how long status tells of a site that has changed its template.
const lately = 30 * 24 * time.Hour

// reasonCount is how many pages were rejected for a reason: the kind of page, or what
// else the reason begins with.
type reasonCount struct {
	Reason string `json:"reason"`
	Pages  int64  `json:"pages"`
}

// shownReasons is how many reasons are named beside a number.
const shownReasons = 3

// rejectedBy returns how many pages were rejected, with the most frequent reasons, such
// as "12 rejected (section 7, short 5)".
func rejectedBy(n int64, reasons []reasonCount) string {
	if len(reasons) == 0 {
		return fmt.Sprintf("%d rejected", n)
	}
	var parts []string
	for _, r := range reasons[:min(len(reasons), shownReasons)] {
		parts = append(parts, fmt.Sprintf("%s %d", cmp.Or(r.Reason, "no reason is known"), r.Pages))
	}
	if len(reasons) > shownReasons {
		parts = append(parts, "…")
	}
	return fmt.Sprintf("%d rejected (%s)", n, strings.Join(parts, ", "))
}

func (e *env) printStatus(rows []sourceStatus) error {
	t := show.Table{Head: []string{"source", "last run", "next run", "pages", "stories", "copies", "rejected", "failed", "gone", "to fetch", "last error"}}
	for _, r := range rows {
		last, note := "never", r.Note
		if r.LastRun != nil {
			last = show.Minute(*r.LastRun)
		}
		if r.Running {
			note = "running, or was stopped"
		}
		if r.Missed > 0 {
			note = strings.TrimPrefix(note+"; site rule matches nothing: "+show.Count(int(r.Missed), "page"), "; ")
		}
		next := ""
		if r.NextRun != nil {
			next = show.Minute(*r.NextRun)
		}
		t.Row(r.Source, last, next, r.Pages, r.Stories, r.Copies, r.SetAside, r.Failed, r.Gone, r.Pending, note)
	}
	if err := t.Print(e.stdout); err != nil {
		return err
	}
	for _, r := range rows {
		if len(r.Reasons) > 0 {
			show.Printf(e.stdout, "%s: %s\n", r.Source, rejectedBy(r.SetAside, r.Reasons))
		}
		for _, host := range r.Changed {
			show.Printf(e.stdout, "%s: %s has another template than before: see winnow site %s\n", r.Source, host, host)
		}
	}
	return nil
}
