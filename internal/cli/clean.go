package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/internal/cli/bysource"
	"winnow/internal/cli/input"
	"winnow/news"
)

// cleanFlags are the flags of the clean command.
type cleanFlags struct {
	bysource.Options
	json, explain, parts  bool
	siteRules, model      string
	noProfile, dropEmbeds bool
}

func cleanCommand(e *env) *cobra.Command {
	var f cleanFlags
	c := &cobra.Command{
		Use:   "clean FILE|DIR|-…",
		Short: "Clean pages or dirty text from files, folders or a pipe",
		Long: `Reads pages and prints their clean text. Nothing is fetched or stored, and no
configuration is read.

A FILE is HTML. It is text from another scraper if its name ends in .txt, or
with --text or --content-type text/plain. Both may be compressed with gzip. Of a
DIR, every .html, .htm and .txt file below it is read, also with .gz. - is
standard input. A FILE in .jsonl, also compressed, is a list of scraped texts:
records with a text and, where they have them, an id, a url and a title. A page
that does not look like a story is printed too, and its kind is reported.

With --site-rules, the rules for a page's site go first. The files of the folder
are named after hosts (news.example.txt). The host is that of --url, or of the
page's canonical address. Rules that match nothing are reported.

Documents of one source are cleaned with what they show together: where its
stories are, boxes and lines that recur, titles of other stories. Pages are of
one source if they name the same host as their canonical address, or none and
are in one folder; texts if they are in one folder; records if they have the
same host, hostname or source, or the same value of the key that --group names.
--group all takes all documents for one source, --no-site-profile cleans each by
itself. A document on standard input, or one that is named alone, is cleaned by
itself.

With --parts, the documents are the pages of one article, in the order given,
and become one text. Text that is on several of them is kept once.

With --json there is one line for each document. Its id is the path below the
folder, without .gz and without .html, .htm or .txt. Every key is always
written, except "removals", which needs --explain.

A file that cannot be read is reported, the rest is cleaned, and the exit status
is 3; it is 1 if none can be read.`,
		Example: `  winnow clean page.html
  winnow clean --explain page.html.gz          what was removed, and why
  winnow clean --parts story.html story-2.html  an article in parts
  winnow clean --json pages/ >pages.jsonl      a folder, all cores
  curl -s https://news.example/story | winnow clean --url https://news.example/story -
  winnow clean --text scraped-by-another-tool`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return e.clean(cmd.Context(), f, args) },
	}
	c.Flags().BoolVar(&f.json, "json", false, "one line of JSON a document")
	c.Flags().BoolVar(&f.explain, "explain", false, "list what was removed, with the rule and its reason")
	c.Flags().BoolVar(&f.Text, "text", false, "the input is text that was scraped already, not HTML")
	c.Flags().BoolVar(&f.parts, "parts", false, "the documents are the pages of one article, in order")
	c.Flags().StringVar(&f.URL, "url", "", "the address that the page came from; with --parts the first one")
	c.Flags().StringVar(&f.siteRules, "site-rules", "", "a folder of rules for single sites (ftr-site-config files)")
	c.Flags().BoolVar(&f.dropEmbeds, "drop-embeds", false, "cut posts of networks that a story quotes")
	c.Flags().StringVar(&f.model, "model", "", "a model from winnow train, in place of the built-in one")
	c.Flags().StringVar(&f.ContentType, "content-type", "", "the media type that the server declared, such as \"text/html; charset=koi8-r\"")
	c.Flags().StringVar(&f.Group, "group", bysource.GroupFolder, "what documents of one source have in common: folder (of pages: the host that they name), or all for one source, or a key of records")
	c.Flags().BoolVar(&f.noProfile, "no-site-profile", false, "clean each document by itself, without what the others of its source show")
	if err := c.MarkFlagDirname("site-rules"); err != nil {
		panic(err) // a bug: the flag does not exist
	}
	return c
}

// cleaned is a document on its way to the output.
type cleaned struct {
	input.Document
	story news.Story
	err   error
}

// clean reads documents side by side and prints them in the order in which they
// were named. No more than a few documents a core are in memory.
func (e *env) clean(ctx context.Context, f cleanFlags, args []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sites, mistakes, err := loadSites(f.siteRules)
	if err != nil {
		return err
	}
	e.printSiteMistakes(mistakes)
	model, err := readModel(f.model)
	if err != nil {
		return usage(err)
	}
	x := clean.New(clean.Options{Sites: sites, Model: model, DropEmbeds: f.dropEmbeds})
	if err := f.CheckGroup(args); err != nil {
		return usage(err)
	}
	if f.parts {
		return e.cleanParts(ctx, f, x, args)
	}
	from := bysource.Alone(&f.Options, x)
	if !f.noProfile {
		from = bysource.Find(&f.Options, x, args)
	}
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan cleaned, 2*workers) // in the order of the documents
	free := make(chan struct{}, workers)
	var walked error
	var busy sync.WaitGroup
	go func() {
		defer close(queue)
		walked = bysource.Walk(args, e.stdin, func(d input.Document) error {
			done := make(chan cleaned, 1)
			for _, wait := range []func() bool{
				func() bool { return hand(ctx, free, struct{}{}) },
				func() bool { return hand(ctx, queue, done) },
			} {
				if !wait() {
					return ctx.Err()
				}
			}
			busy.Go(func() {
				defer func() { <-free }()
				story, err := from.Clean(ctx, d)
				done <- cleaned{d, story, err}
			})
			return nil
		})
	}()
	p := e.cleanPrinter(f, len(args) > 1 || input.IsFolder(args[0]) || input.IsLines(args[0]))
	var broken error
	for done := range queue {
		if broken == nil {
			if broken = p.print(<-done); broken != nil {
				cancel()
			}
		}
	}
	busy.Wait()
	err = errors.Join(broken, walked, p.end())
	if broken == nil && ctx.Err() == nil && p.bad < p.n {
		return partly(err)
	}
	return err
}

// hand sends a value unless ctx ends first.
func hand[T any](ctx context.Context, to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

// cleanParts joins documents that are the pages of one article. A page of which
// nothing else is known is taken to be the next page of the one before it.
func (e *env) cleanParts(ctx context.Context, f cleanFlags, x *clean.Extractor, args []string) error {
	var parts []news.Story
	var first input.Document
	alone := bysource.Alone(&f.Options, x)
	err := input.Walk(args, e.stdin, input.PageEndings, func(d input.Document) error {
		if len(parts) == clean.MaxParts {
			return fmt.Errorf("an article has at most %d pages", clean.MaxParts)
		}
		story, err := alone.Clean(ctx, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Path, err)
		}
		if len(parts) == 0 {
			first = d
		}
		parts = append(parts, story)
		f.URL = story.NextPage
		return nil
	})
	if err != nil {
		return err
	}
	p := e.cleanPrinter(f, false)
	if err := p.print(cleaned{Document: first, story: x.Join(parts, "")}); err != nil {
		return err
	}
	return p.end()
}
