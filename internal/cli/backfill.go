package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"winnow/crawler"
)

// maxListLine bounds a line of a URL list, in bytes: a URL has at most
// crawler.MaxURL after normalisation, some more before.
const maxListLine = 64 << 10

func backfillCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "backfill FILE|-",
		Short: "Fetch the URLs of a list, once",
		Long: `Fetches the URLs of a list, one a line, once.

Empty lines and lines that begin with # are passed over, and so is what stands
behind a blank. Duplicates and lines that are no URL are told with their line
numbers; the rest is fetched. Interrupted and started again with the same list,
winnow goes on where it was. URLs of hosts that are no source are taken too, with
the defaults. Links of the pages are not followed.`,
		Example: "  winnow backfill urls.txt\n  grep missile urls.txt | winnow backfill -",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			list, err := e.readList(args[0])
			if err != nil {
				return err
			}
			o, err := e.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			return e.backfill(cmd.Context(), o, list)
		},
	}
}

// list is a URL list as it was read.
type list struct {
	urls  []string // normalised, each once
	notes []string // what was passed over, with line numbers
	bad   int      // lines that are no URL
}

func (e *env) readList(name string) (list, error) {
	in, label := e.stdin, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return list{}, usage(fmt.Errorf("the list cannot be read: %w", err))
		}
		defer f.Close()
		in, label = f, name
	}
	l, err := parseList(in)
	for i, note := range l.notes {
		if i == 100 {
			fmt.Fprintf(e.stderr, "%s: and %d more lines\n", label, len(l.notes)-100)
			break
		}
		fmt.Fprintf(e.stderr, "%s:%s\n", label, note)
	}
	if err != nil {
		return l, fmt.Errorf("%s: %w", label, err)
	}
	if len(l.urls) == 0 {
		return l, usage(fmt.Errorf("%s holds no URL: one is expected a line, such as https://news.example/story", label))
	}
	return l, nil
}

func parseList(r io.Reader) (list, error) {
	var l list
	first := map[string]int{}
	lines := bufio.NewReaderSize(r, maxListLine)
	for number := 1; ; number++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			l.bad++
			l.notes = append(l.notes, fmt.Sprintf("%d: longer than %d bytes: no URL", number, maxListLine))
			line = nil
		}
		l.take(number, string(line), first)
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return l, err
		}
	}
}

func (l *list) take(number int, line string, first map[string]int) {
	line = strings.TrimPrefix(line, "\ufeff")
	fields := strings.Fields(line)
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return
	}
	u, err := crawler.Normalize(fields[0], nil)
	if err != nil {
		l.bad++
		l.notes = append(l.notes, fmt.Sprintf("%d: %.200q is no URL that can be fetched: %v", number, fields[0], err))
		return
	}
	if at, seen := first[u]; seen {
		l.notes = append(l.notes, fmt.Sprintf("%d: the same URL as in line %d", number, at))
		return
	}
	first[u] = number
	l.urls = append(l.urls, u)
}

func (e *env) backfill(ctx context.Context, o *opened, l list) error {
	stop := e.watch(o, "backfill")
	summary, taken, err := o.Backfill(ctx, l.urls)
	stop()
	if err != nil {
		return stopped(ctx, err)
	}
	if !e.quiet {
		fmt.Fprintf(e.stdout, "list: %s, %d new, %d known already, %d tried again; %s no URL\n", counts(len(l.urls), "URL", "URLs"), taken.New, taken.Known, taken.Retried, count(l.bad, "line"))
		printSummary(e.stdout, summary)
	}
	return nil
}
