package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"winnow/internal/cli/show"
	"winnow/internal/config"
	"winnow/internal/pipeline"
	"winnow/internal/testweb"
	"winnow/news"
)

// demoFolder is where the demo writes, below the current folder.
const demoFolder = "demo-corpus"

// demoMark begins the configuration in a folder that a demo wrote.
const demoMark = "# Written by winnow demo.\n"

func demoCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the whole job on five invented news sites",
		Long: `Starts five invented defence-news sites on this machine, refreshes a corpus from
them on two "days" with the same pipeline that refresh runs, and prints the result.
The corpus is written to ./` + demoFolder + `, with a config.yaml in it. Nothing is fetched from
elsewhere.`,
		Example:           "  winnow demo",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return e.demo(cmd.Context()) },
	}
}

func (e *env) demo(ctx context.Context) (err error) {
	defer func() { err = stopped(ctx, err) }()
	web, err := testweb.Start(testweb.Options{Names: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, web.Close()) }()
	c, err := demoConfig(web)
	if err != nil {
		return err
	}
	o, err := e.openConfig(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	if err := o.keeper.Attach(ctx, false); err != nil {
		return err
	}
	for day := 1; day <= 2; day++ {
		web.SetDay(day)
		if !e.quiet {
			fmt.Fprintf(e.stdout, "Day %d: %d sites of invented defence news\n", day, len(c.Sources))
		}
		stop := e.watch(o, "refresh")
		summary, err := o.Refresh(ctx, nil, false)
		stop()
		if err != nil {
			return err
		}
		if err := broken(summary); err != nil {
			return err
		}
		if !e.quiet {
			printDay(e.stdout, summary)
		}
	}
	if e.quiet {
		return nil
	}
	return e.printDemo(ctx, o)
}

// demoConfig makes the demo's folder anew with a configuration in it, so that
// the other commands can be tried on its corpus.
func demoConfig(web *testweb.Web) (*config.Config, error) {
	path := filepath.Join(demoFolder, "config.yaml")
	if was, err := os.ReadFile(path); err == nil && bytes.HasPrefix(was, []byte(demoMark)) {
		if err := os.RemoveAll(demoFolder); err != nil {
			return nil, fmt.Errorf("the folder of an earlier demo cannot be removed: %w", err)
		}
	} else if _, err := os.Lstat(demoFolder); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("./%s is here already and was not written by a demo: move it away, or run the demo in another folder", demoFolder)
	}
	var b strings.Builder
	b.WriteString(demoMark)
	b.WriteString("corpus: .\nstate: ./state.db\nsources:\n")
	for _, s := range web.Sites() {
		fmt.Fprintf(&b, "  - {name: %s, site: %q}\n", s.Key, s.URL)
	}
	b.WriteString("fetch:\n  delay: 10ms\n  allow_private: [")
	for i, prefix := range web.AllowPrivate() {
		fmt.Fprintf(&b, "%s%q", strings.Repeat(", ", min(i, 1)), prefix)
	}
	b.WriteString("]\n  resolve:   # the web of the demo is gone when the demo ends\n")
	resolve := web.Resolve()
	hosts := make([]string, 0, len(resolve))
	for host := range resolve {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	for _, host := range hosts {
		fmt.Fprintf(&b, "    %s: %s\n", host, resolve[host])
	}
	if err := os.Mkdir(demoFolder, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		return nil, err
	}
	return config.Load(path)
}

// copyWords says how a dropped copy is related to the story that is kept.
var copyWords = map[string]string{
	news.RelationSame:   "is the same as",
	news.RelationCopy:   "is a copy of",
	news.RelationCut:    "is cut from",
	news.RelationFuller: "holds",
	news.RelationRespun: "is another wording of",
}

func printDay(w io.Writer, s pipeline.Summary) {
	var pages, same, stories, setAside int
	for _, one := range s.Sources {
		pages, same, stories, setAside = pages+one.Pages, same+one.Same, stories+one.Stories, setAside+one.Rejected
	}
	fmt.Fprintf(w, "  pages fetched      %d, and %d that had not changed\n", pages, same)
	fmt.Fprintf(w, "  new or changed     %s; %s without a story\n", show.Counts(stories, "story", "stories"), show.Count(setAside, "page"))
	fmt.Fprintf(w, "  copies dropped     %d\n", s.Settled.Dropped)
	for i, d := range s.Settled.Copies {
		if i == 4 {
			fmt.Fprintf(w, "    … and %d more\n", len(s.Settled.Copies)-i)
			break
		}
		show.Printf(w, "    %s\n      %s %s (%.0f %% of its words)\n", d.URL, copyWords[d.Relation], d.KeptURL, 100*d.CopiedShare)
	}
	for i, line := range slices.Collect(slices.Chunk(mostRemoved(s), 3)) {
		head := "  words cut away     "
		if i > 0 {
			head = "                     "
		}
		fmt.Fprintf(w, "%s%s\n", head, strings.Join(line, ", "))
	}
	fmt.Fprintln(w)
}

func (e *env) printDemo(ctx context.Context, o *opened) error {
	kept, copies, example := 0, 0, ""
	for d, err := range o.Settler.Corpus(ctx) {
		switch {
		case err != nil:
			return err
		case d.Verdict.DuplicateOf != "":
			copies++
		default:
			kept++
			if example == "" && d.Story.Language == "en" {
				example = d.Path
			}
		}
	}
	name := "winnow"
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, "go-build") { // by go run
		name = "go run ."
	}
	_, err := fmt.Fprintf(e.stdout, `The corpus holds %s; %s of them are in the record only.
  text files         %[3]s/text/<site>/<year>/<month>/
                     for instance %[3]s/%s
  records            %[3]s/jsonl/part-00000.jsonl.zst
  pages as fetched   %[3]s/warc/

Next:
  less %[3]s/%[4]s
  %[5]s -c %[3]s/config.yaml status
  %[5]s -c %[3]s/config.yaml export --format jsonl --all | head -1
  %[5]s check && %[5]s refresh       with the real sites of config.yaml
`, show.Counts(kept, "story", "stories"), show.Counts(copies, "copy", "copies"), demoFolder, example, name)
	return err
}
