package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"winnow/dedupe"
	"winnow/dedupe/minhash"
	"winnow/internal/cli/input"
	"winnow/internal/cli/show"
	"winnow/internal/config"
)

type dedupeFlags struct {
	json, stream, explain bool
	minhash               bool
	window, keep          string
	windowSet             bool // the window was named on the command line
}

func dedupeCommand(e *env) *cobra.Command {
	var f dedupeFlags
	c := &cobra.Command{
		Use:   "dedupe FILE.jsonl|DIR|-…\n  winnow dedupe --explain A B",
		Short: "Find near-identical copies among texts",
		Long: `Reads records, one JSON object a line, and reports for each whether it is a copy of
another. The input is not changed, and nothing is stored.

A record is {"id", "text", "title"?, "date"?, "hostname"? or "host"?}. A record
without a date is inside every window. A FILE may be compressed with gzip or zstd.
Of a DIR, every .txt file is a record (id: its path without .txt; date: from names
such as 20250902-….txt) and every .jsonl file a list of records; of a corpus of
winnow, whose text/ and jsonl/ have the same stories, jsonl/ is read. - is standard
input. With several inputs, each record is compared with all others, and the ids of
a DIR begin with its name.

With --json there is one verdict a line, in the order of the input, after the last
record: {"id", "duplicate_of", "cluster", …figures}. With --stream each record is
answered at once, and a line with "amends" follows when a later record changes an
answer. Lines that are not a record are reported with file and number, the rest is
compared, and the exit status is 3.

With --explain two documents are compared: the passages that they share side by
side, and the rule that decided, with its limits. A and B are files, records of a
file (corpus.jsonl#ID), or stories of the corpus by URL, ID or text file.`,
		Example: `  winnow dedupe corpus.jsonl
  winnow dedupe --json corpus.jsonl.zst >verdicts.jsonl
  winnow dedupe mine.jsonl theirs.jsonl ~/texts
  winnow clean --json pages/ | winnow dedupe --json -
  winnow dedupe --json corpus.jsonl | jq -r 'select(.duplicate_of) | .id'
  winnow dedupe --explain corpus.jsonl#a1 corpus.jsonl#a2
  winnow dedupe --explain 0f3a5b… https://news.example/story | less`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.minhash && (!f.json || f.explain) {
				return errors.New("--minhash goes with --json")
			}
			if f.explain {
				return cobra.ExactArgs(2)(cmd, args)
			}
			if len(args) == 0 {
				return errors.New("name a file, a folder, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.windowSet = cmd.Flags().Changed("window")
			if f.explain {
				return e.explain(cmd.Context(), f, args)
			}
			return e.dedupe(cmd.Context(), f, args)
		},
	}
	c.Flags().BoolVar(&f.json, "json", false, "one line of JSON a record, or an explanation")
	c.Flags().BoolVar(&f.minhash, "minhash", false, "add MinHash signatures to the lines of JSON: 14 bands of 8 hashes over 5 words, as datatrove's")
	c.Flags().BoolVar(&f.explain, "explain", false, "compare two documents, and show why they are copies or not")
	c.Flags().BoolVar(&f.stream, "stream", false, "answer each record at once, and amend answers later")
	c.Flags().StringVar(&f.window, "window", "90d", "how far apart the dates of two reworded copies may be")
	c.Flags().StringVar(&f.keep, "keep", dedupe.KeepFullest, "which copy stays: "+dedupe.KeepFullest+" or "+dedupe.KeepFirst+" (earliest date)")
	completeWords(c, "keep", dedupe.KeepFullest, dedupe.KeepFirst)
	return c
}

// filterMemory is the memory limit of the runtime, in bytes. A million records
// of 2 kB took 394 MB at the most: the ids, and the edges and verdicts of copies
// grow, the rest does not. GOMEMLIMIT sets another.
const filterMemory = 325 << 20

// longRun is the time after which the command prints at its end how long it took.
const longRun = 5 * time.Second

func (e *env) dedupe(ctx context.Context, f dedupeFlags, names []string) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(filterMemory))
	}
	checker, err := f.checker()
	if err != nil {
		return usage(err)
	}
	in, err := e.openRecords(names)
	if err != nil {
		return err
	}
	defer in.Close()
	o := dedupe.FilterOptions{
		Stream: f.stream,
		Problem: func(line int, what string) {
			show.Printf(e.stderr, "winnow: %s: %s\n", in.Place(line), what)
		},
	}
	if f.minhash {
		o.MinHash = minhash.New()
	}
	done := e.showFilter(&o)
	started := time.Now()
	out := bufio.NewWriter(e.stdout)
	var to io.Writer = out
	if f.stream {
		to = e.stdout
	}
	table := show.NewVerdicts(out, e.stdout, f.stream)
	if !f.json {
		to = table
	}
	sum, err := checker.Filter(ctx, in, to, o)
	done()
	if err == nil && !f.json {
		err = table.End(sum)
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if took := time.Since(started); took >= longRun && !e.quiet {
		fmt.Fprintf(e.stderr, "dedupe: %s, %s, %s\n", show.Count(sum.Records, "record"), show.Counts(sum.Copies, "copy", "copies"), took.Round(time.Second))
	}
	if sum.Problems > 0 {
		err := fmt.Errorf("%s left out", wasOrWere(sum.Problems, "line"))
		if sum.Records > 0 {
			return partly(err)
		}
		return err
	}
	return nil
}

// openRecords opens the input of the command.
func (e *env) openRecords(names []string) (*input.Records, error) {
	in, err := input.Open(names, e.stdin, func(note string) {
		if !e.quiet {
			show.Printf(e.stderr, "dedupe: %s\n", note)
		}
	})
	if errors.Is(err, input.ErrTwice) {
		return nil, usage(err)
	}
	return in, err
}

// showFilter has a filter show its progress, unless its output is on the terminal.
// done is to be called at the end.
func (e *env) showFilter(o *dedupe.FilterOptions) (done func()) {
	if show.IsTerminal(e.stdout) {
		return func() {}
	}
	progress, comparing := e.progress(-1, "dedupe"), false
	o.Progress = func(stage string, n, of int) {
		if of > 0 && !comparing { // their number is known now
			progress.Done()
			progress, comparing = e.progress(int64(of), "dedupe"), true
		}
		progress.Set(int64(n), stage)
	}
	return func() { progress.Done() }
}

func wasOrWere(n int, noun string) string {
	if n == 1 {
		return show.Count(n, noun) + " was"
	}
	return show.Count(n, noun) + " were"
}

func (f *dedupeFlags) checker() (*dedupe.Checker, error) {
	window, err := config.ParseDuration(f.window)
	if err != nil || window <= 0 {
		return nil, fmt.Errorf("--window: %q is not a duration; write e.g. 90d", f.window)
	}
	if f.keep != dedupe.KeepFullest && f.keep != dedupe.KeepFirst {
		return nil, fmt.Errorf("--keep is %q; it can be %s or %s", f.keep, dedupe.KeepFullest, dedupe.KeepFirst)
	}
	return dedupe.New(dedupe.Options{Window: window, Keep: f.keep})
}
