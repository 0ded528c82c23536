package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"winnow/crawler"
	"winnow/internal/cli/show"
	"winnow/internal/pipeline/importfiles"
)

// maxListLine bounds a line of a URL list, in bytes: a URL has at most
// crawler.MaxURL after normalisation, some more before.
const maxListLine = 64 << 10

func backfillCommand(e *env) *cobra.Command {
	var limits limits
	var takeOver bool
	c := &cobra.Command{
		Use:   "backfill FILE|DIR|-",
		Short: "Fetch the URLs of a list once, or import pages from files",
		Long: `Fetches the URLs of a list once, or imports pages that were fetched already,
without network.

A list has one URL a line. Empty lines, lines that begin with #, and anything
after a space are ignored. Duplicates and lines that are not a URL are reported
with their line numbers; the rest is fetched. Hosts that belong to no source are
fetched with the default settings. Links of the pages are not followed.

Pages come from a WARC file (.warc, .warc.gz: of any tool, of Common Crawl's news,
of winnow's own archive), from saved HTML (.html, .htm, also .gz), or from a folder
of such files. They are treated like fetched pages. A saved page must contain its
URL: as a canonical link, as og:url, or in the comment that browsers write when
they save a page. Pages already known are skipped. Records that cannot be read are
reported with file and offset, and the rest is imported.

Interrupted, or stopped by --max-time or --max-pages-per-host, and started again
with the same file, it continues where it was. Exit status 3 if hosts of the list
cannot be reached, or files are damaged; 1 if that is all there was. Started again
it is the same, unless something has changed.`,
		Example: `  winnow backfill urls.txt
  grep missile urls.txt | winnow backfill -
  winnow backfill CC-NEWS-20250903013000-01234.warc.gz
  winnow backfill ~/saved-pages/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			defer func() { err = stopped(cmd.Context(), err) }()
			pages, err := holdsPages(args[0])
			if err != nil {
				return err
			}
			var list list
			if !pages {
				if list, err = e.readList(args[0]); err != nil {
					return err
				}
			}
			o, err := e.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if err := o.keeper.Attach(cmd.Context(), takeOver); err != nil {
				return err
			}
			limits.set(o)
			if pages {
				return e.takeIn(cmd.Context(), o, args[0])
			}
			return e.backfill(cmd.Context(), o, list)
		},
	}
	limits.timeFlag(c)
	limits.hostFlag(c)
	takeOverFlag(c, &takeOver)
	return c
}

// holdsPages reports whether the argument is pages to be imported, and not a list.
func holdsPages(name string) (bool, error) {
	if name == "-" {
		return false, nil
	}
	pages, err := importfiles.HoldsPages(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false, nil // reading it as a list returns the error
	}
	return pages, err
}

// maxUnread is how many pages that could not be imported are printed one by one.
const maxUnread = 100

func (e *env) takeIn(ctx context.Context, o *opened, name string) error {
	stop := e.watch(o, "backfill")
	unread := 0
	in, err := o.importer.Import(ctx, name, func(u importfiles.Skipped) {
		if unread++; unread <= maxUnread {
			show.Printf(e.stderr, "%s\n", u)
		}
	})
	stop()
	if unread > maxUnread {
		show.Printf(e.stderr, "%s: and %d more\n", name, unread-maxUnread)
	}
	if err != nil {
		return err
	}
	if in.Files == 0 {
		return fmt.Errorf("%s: the folder holds no .warc, .warc.gz, .html or .htm", name)
	}
	if !e.quiet {
		fmt.Fprintf(e.stdout, "%s: %s imported: %s, %d rejected; %d known already, %d records without a page, %d unusable\n",
			show.Count(in.Files, "file"), show.Count(in.Pages, "page"), show.Counts(in.Stories, "story", "stories"), in.Rejected, in.Known, in.NoPage, in.Unread)
		if in.OutOfTime {
			fmt.Fprintln(e.stdout, outOfTime)
		}
		printSettled(e.stdout, in.Settled)
	}
	return damaged(in)
}

// damaged returns the error of an import some of whose files are damaged; a partError
// when there was something to import all the same.
func damaged(in importfiles.Result) error {
	var what []string
	if in.Broken > 0 {
		what = append(what, show.Count(in.Broken, "file")+" could not be read to the end")
	}
	if in.Damaged > 0 {
		what = append(what, show.Counts(in.Damaged, "damaged record or unusable page", "damaged records or unusable pages"))
	}
	if what == nil {
		return nil
	}
	err := errors.New(strings.Join(what, ", "))
	if in.Pages+in.Known+in.NoPage == 0 {
		return err
	}
	return partly(fmt.Errorf("%w; the rest is in", err))
}

// list is a URL list as it was read.
type list struct {
	urls  []string // normalised, each once
	notes []string // lines that were skipped, with their numbers and why
	bad   int      // lines that are not a URL
}

func (e *env) readList(name string) (list, error) {
	in, label := e.stdin, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return list{}, fmt.Errorf("the list cannot be read: %w", err)
		}
		defer f.Close()
		in, label = f, name
	}
	l, err := parseList(in)
	for i, note := range l.notes {
		if i == 100 {
			show.Printf(e.stderr, "%s: and %d more lines\n", label, len(l.notes)-100)
			break
		}
		show.Printf(e.stderr, "%s:%s\n", label, note)
	}
	if err != nil {
		return l, fmt.Errorf("%s: %w", label, err)
	}
	if len(l.urls) == 0 {
		return l, fmt.Errorf("%s has no URL: write one a line, such as https://news.example/story", label)
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
			l.notes = append(l.notes, fmt.Sprintf("%d: longer than %d bytes: not a URL", number, maxListLine))
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
		l.notes = append(l.notes, fmt.Sprintf("%d: %.200q is not a URL that can be fetched: %v", number, fields[0], err))
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
	summary, listed, err := o.Backfill(ctx, l.urls)
	stop()
	if err != nil {
		return err
	}
	if !e.quiet {
		fmt.Fprintf(e.stdout, "list: %s, %d new, %d known already, %d tried again; %s not a URL\n", show.Counts(len(l.urls), "URL", "URLs"), listed.New, listed.Known, listed.Retried, show.Count(l.bad, "line"))
		printSummary(e.stdout, summary)
	}
	if err := resting(l.urls, summary.Sources[0].Resting); err != nil {
		return err
	}
	if n := listed.New + listed.Retried; n > 0 && summary.Sources[0].Refused == n {
		return errors.New("no URL of the list may be fetched; winnow failures gives the reason for each")
	}
	return nil
}

// resting returns the error of a list some of whose hosts cannot be reached, by host;
// a partError when others can.
func resting(urls []string, hosts map[string]string) error {
	if len(hosts) == 0 {
		return nil
	}
	var names []string
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		names = append(names, fmt.Sprintf("%s: %s", host, hosts[host]))
	}
	err := fmt.Errorf("hosts that cannot be reached; their URLs wait for the next backfill:\n  %s", strings.Join(names, "\n  "))
	for _, u := range urls {
		if hosts[crawler.HostOf(u)] == "" {
			return partly(err)
		}
	}
	return err
}
