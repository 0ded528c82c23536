package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/config"
	"winnow/internal/store"
	"winnow/internal/store/upkeep"
)

func stateCommand(e *env) *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Check, copy or prune the state",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(stateCheckCommand(e), stateCopyCommand(e), statePruneCommand(e))
	return c
}

// openState opens a state that has to exist. The caller closes it.
func openState(ctx context.Context, dsn string) (*store.Store, error) {
	if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) && statePlace(dsn) != "" {
		return nil, fmt.Errorf("there is no state at %s", dsn)
	}
	return store.Open(ctx, dsn, store.Options{})
}

func stateCheckCommand(e *env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Look for damage in the state",
		Long: `Looks for damage in the state: pages and indexes of a SQLite file, rows that refer to
rows which are not there or contradict each other, and records that cannot be read.
Exit status 1 if there is any.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			conf, err := e.load()
			if err != nil {
				return err
			}
			s, err := openState(cmd.Context(), conf.State)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			faults, err := s.Upkeep.Check(cmd.Context())
			if err != nil {
				return err
			}
			return e.printFaults(faults, conf, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "a line of JSON for each kind of damage")
	return c
}

func (e *env) printFaults(faults []upkeep.Fault, c *config.Config, asJSON bool) error {
	lines := json.NewEncoder(e.stdout)
	lines.SetEscapeHTML(false)
	for _, f := range faults {
		if asJSON {
			err := lines.Encode(struct {
				What     string   `json:"what"`
				Count    int      `json:"count"`
				Examples []string `json:"examples"`
			}{f.What, f.Count, f.Examples})
			if err != nil {
				return err
			}
			continue
		}
		show.Printf(e.stdout, "%s: %d\n", f.What, f.Count)
		for _, example := range f.Examples {
			show.Printf(e.stdout, "  %s\n", example)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("state %s is damaged; save it with `sqlite3 FILE .recover`, restore a backup, or move it away and make it again from the archive: winnow backfill %s/warc", c.StateName(), c.Corpus)
	}
	if !e.quiet && !asJSON {
		show.Printf(e.stdout, "%s has no damage\n", c.StateName())
	}
	return nil
}

func stateCopyCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy a state to another place or database",
		Long: `Copies a state as a whole, from a SQLite file to PostgreSQL or back, or to another
file. FROM and TO are what state: in config.yaml can be. Stop winnow first: what it
changes meanwhile is not in the copy. TO has to be empty, or a copy that was broken
off: it is continued. In the end the rows of both are compared. FROM stays as it is.

Then write TO into config.yaml. The corpus goes with the state that wrote to it last.`,
		Example: "  winnow state copy state/winnow.db postgres://winnow@db.example/news\n  winnow state copy postgres://winnow@db.example/news backup/winnow.db",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if args[0] == args[1] {
				return usage(errors.New("FROM and TO are the same place"))
			}
			from, err := openState(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, from.Close()) }()
			to, err := store.Open(cmd.Context(), args[1], store.Options{})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, to.Close()) }()
			if _, err := from.Upkeep.Identity(cmd.Context()); err != nil { // by which a copy that was broken off is known
				return err
			}
			progress := e.progress(-1, "copying")
			var rows int64
			err = from.Upkeep.Copy(cmd.Context(), to.Upkeep, func(c upkeep.Copied) {
				rows += c.Rows
				progress.Set(rows, c.Table)
			})
			progress.Done()
			if errors.Is(err, upkeep.ErrNotEmpty) {
				return fmt.Errorf("%s: %w", redacted(args[1]), err)
			}
			if err == nil && !e.quiet {
				fmt.Fprintf(e.stdout, "copied and compared: %s\n", show.Count(int(rows), "row"))
			}
			return err
		},
	}
}

// redacted returns a place of a state without a password in it.
func redacted(dsn string) string {
	return (&config.Config{State: dsn}).StateName()
}

// defaultAge is how long prune keeps what is dead: a year is longer than any wait
// between two looks at a URL.
const defaultAge = "365d"

func statePruneCommand(e *env) *cobra.Command {
	var olderThan string
	c := &cobra.Command{
		Use:   "prune",
		Short: "Remove dead URLs and old runs from the state",
		Long: `Removes URLs that have failed, are gone or hold no story and were last asked for
before --older-than, with the statuses of their requests, and runs that ended before
it. URLs of stories, of pages in the archive and of lists stay, and so does what was
forgotten. A URL that a page or feed still names is found again, and is then new.
A SQLite file shrinks; for that it needs as much room again for a while.`,
		Example:           "  winnow state prune\n  winnow state prune --older-than 90d",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			age, err := config.ParseDuration(olderThan)
			if err != nil || age <= 0 {
				return usage(fmt.Errorf("--older-than is %q; write e.g. 90d", olderThan))
			}
			conf, err := e.load()
			if err != nil {
				return err
			}
			s, err := openState(cmd.Context(), conf.State)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			now := time.Now().UTC()
			p, err := s.Upkeep.Prune(cmd.Context(), now.Add(-age), now)
			if err == nil && !e.quiet {
				fmt.Fprintf(e.stdout, "removed: %s\n", strings.Join([]string{show.Count(int(p.URLs), "URL"), show.Counts(int(p.Attempts), "status", "statuses"), show.Count(int(p.Runs), "run")}, ", "))
			}
			return err
		},
	}
	c.Flags().StringVar(&olderThan, "older-than", defaultAge, "what is younger stays")
	return c
}
