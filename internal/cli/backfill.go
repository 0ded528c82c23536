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
	c := &cobra.Command{
		Use:   "backfill FILE|DIR|-",
		Short: "Fetch the URLs of a list, once, or take in pages from files",
		Long: `Fetches the URLs of a list, one a line, once; or takes in pages that were fetched
already, without network.

A list: empty lines and lines that begin with # are passed over, and so is what
stands behind a blank. Duplicates and lines that are no URL are told with their
line numbers; the rest is fetched. URLs of hosts that are no source are taken too,
with the defaults. Links of the pages are not followed.

Pages: a WARC file (.warc, .warc.gz: of any tool, of Common Crawl's news, of a
corpus of winnow's own), a saved HTML page (.html, .htm, also .gz), or a folder
with such files. They go the same way as fetched ones. A saved page must say which
URL it is: by a canonical link, by og:url, or by the comment of the browser that
saved it. What is in already is passed over; records that cannot be read are told
with file and offset, and the rest goes on.

Interrupted, or stopped by --max-time or --max-pages-per-host, and started again
with the same file, winnow goes on where it was. Exit status 3 when hosts of the
list cannot be reached, or files are damaged, and 1 when nothing else was there;
the same when it is started again and nothing has changed.`,
		Example: `  winnow backfill urls.txt
  grep missile urls.txt | winnow backfill -
  winnow backfill CC-NEWS-20250903013000-01234.warc.gz
  winnow backfill ~/saved-pages/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
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
			limits.set(o)
			if pages {
				return e.takeIn(cmd.Context(), o, args[0])
			}
			return e.backfill(cmd.Context(), o, list)
		},
	}
	limits.timeFlag(c)
	limits.hostFlag(c)
	return c
}

// holdsPages says whether the argument is to be taken in, and is no list.
func holdsPages(name string) (bool, error) {
	if name == "-" {
		return false, nil
	}
	pages, err := importfiles.HoldsPages(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false, nil // reading it as a list says so
	}
	return pages, err
}

// maxUnread is how many pages that were left out are told one by one.
const maxUnread = 100

func (e *env) takeIn(ctx context.Context, o *opened, name string) error {
	stop := e.watch(o, "backfill")
	told := 0
	in, err := o.importer.Import(ctx, name, func(u importfiles.Skipped) {
		if told++; told <= maxUnread {
			show.Printf(e.stderr, "%s\n", u)
		}
	})
	stop()
	if told > maxUnread {
		show.Printf(e.stderr, "%s: and %d more\n", name, told-maxUnread)
	}
	if err != nil {
		return stopped(ctx, err)
	}
	if in.Files == 0 {
		return fmt.Errorf("%s: the folder holds no .warc, .warc.gz, .html or .htm", name)
	}
	if !e.quiet {
		fmt.Fprintf(e.stdout, "%s: %s taken in: %s, %d set aside; %d passed over as known, %d without a page, %d could not be used\n",
			show.Count(in.Files, "file"), show.Count(in.Pages, "page"), show.Counts(in.Stories, "story", "stories"), in.Rejected, in.Known, in.NoPage, in.Unread)
		if in.OutOfTime {
			fmt.Fprintln(e.stdout, outOfTime)
		}
		printSettled(e.stdout, in.Settled)
	}
	return damaged(in)
}

// damaged is the error of an import some of whose files are damaged; a partError
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
	notes []string // what was passed over, with line numbers
	bad   int      // lines that are no URL
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
		return l, fmt.Errorf("%s holds no URL: one is expected a line, such as https://news.example/story", label)
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
	summary, listed, err := o.Backfill(ctx, l.urls)
	stop()
	if err != nil {
		return stopped(ctx, err)
	}
	if !e.quiet {
		fmt.Fprintf(e.stdout, "list: %s, %d new, %d known already, %d tried again; %s no URL\n", show.Counts(len(l.urls), "URL", "URLs"), listed.New, listed.Known, listed.Retried, show.Count(l.bad, "line"))
		printSummary(e.stdout, summary)
	}
	if err := resting(l.urls, summary.Sources[0].Resting); err != nil {
		return err
	}
	if n := listed.New + listed.Retried; n > 0 && summary.Sources[0].Refused == n {
		return errors.New("nothing of the list may be fetched; winnow failures says why of each")
	}
	return nil
}

// resting is the error of a list some of whose hosts cannot be reached, by host;
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
