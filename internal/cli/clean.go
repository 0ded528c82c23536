package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"winnow/clean"
	"winnow/news"
	"winnow/output"
)

// cleanFlags are what the clean command is told.
type cleanFlags struct {
	json, explain, text, parts bool
	url, contentType           string
	siteRules, model           string
}

func cleanCommand(e *env) *cobra.Command {
	var f cleanFlags
	c := &cobra.Command{
		Use:   "clean FILE|DIR|-…",
		Short: "Clean pages or dirty text from files, folders or a pipe",
		Long: `Reads pages and prints their clean text. Nothing is fetched, remembered or
configured.

A FILE is HTML, or text that was scraped by another tool where its name ends in
.txt, --text is given or --content-type is text/plain; either may be compressed by
gzip. Of a DIR every .html, .htm and .txt below it is read, also with .gz; - is
standard input. What does not look like a story is printed all the same, and its
kind is told.

With --site-rules the rules of a page's site go first: the files of the folder are
named after hosts (news.example.txt), and are found by --url or by what the page
gives as its canonical address. Rules that find nothing are told.

With --parts the documents are the pages of one article, in the order in which they
are named, and become one text: what stands on several of them goes once.

With --json there is one line a document: its id is the path below the folder less
.gz and less .html, .htm or .txt. Every key is always written, but "removals", which
comes with --explain. A file that cannot be read is reported, the rest goes on, and
the exit status is 1.`,
		Example: `  winnow clean page.html
  winnow clean --explain page.html.gz          what was cut, and why
  winnow clean --parts story.html story-2.html  an article in parts
  winnow clean --json pages/ >pages.jsonl      a folder, all cores
  curl -s https://news.example/story | winnow clean --url https://news.example/story -
  winnow clean --text scraped-by-another-tool`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return e.clean(cmd.Context(), f, args) },
	}
	c.Flags().BoolVar(&f.json, "json", false, "one line of JSON a document")
	c.Flags().BoolVar(&f.explain, "explain", false, "tell what was cut, by which rule and why")
	c.Flags().BoolVar(&f.text, "text", false, "the input is text that was scraped already, not HTML")
	c.Flags().BoolVar(&f.parts, "parts", false, "the documents are the pages of one article, in order")
	c.Flags().StringVar(&f.url, "url", "", "the address that the page came from; with --parts the first one")
	c.Flags().StringVar(&f.siteRules, "site-rules", "", "a folder of rules for single sites (ftr-site-config files)")
	c.Flags().StringVar(&f.model, "model", "", "weights of winnow train to judge blocks by, in place of those that come with the program")
	c.Flags().StringVar(&f.contentType, "content-type", "", "the media type that the server declared, such as \"text/html; charset=koi8-r\"")
	return c
}

// cleaned is a document on its way to the output.
type cleaned struct {
	document
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
	e.tellSiteMistakes(mistakes)
	model, err := readModel(f.model)
	if err != nil {
		return usage(err)
	}
	x := clean.New(clean.Options{Sites: sites, Model: model})
	if f.parts {
		return e.cleanParts(ctx, f, x, args)
	}
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan cleaned, 2*workers) // in the order of the documents
	free := make(chan struct{}, workers)
	var walked error
	var busy sync.WaitGroup
	go func() {
		defer close(queue)
		walked = walk(args, e.stdin, pageEndings, func(d document) error {
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
				story, err := f.read(ctx, x, d)
				done <- cleaned{d, story, err}
			})
			return nil
		})
	}()
	p := e.cleanPrinter(f, len(args) > 1 || isFolder(args[0]))
	var broken error
	for done := range queue {
		if broken == nil {
			if broken = p.print(<-done); broken != nil {
				cancel()
			}
		}
	}
	busy.Wait()
	return errors.Join(broken, walked, p.end())
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

// read reads and cleans one document. A page can be anything that strangers
// wrote: a panic of the parsers is an error of that page and of no other.
func (f *cleanFlags) read(ctx context.Context, x *clean.Extractor, d document) (story news.Story, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug of winnow's, please report the page: %v", r)
		}
	}()
	body, err := d.read()
	if err != nil {
		return story, err
	}
	plain := f.text || d.ending == ".txt" || strings.HasPrefix(strings.ToLower(f.contentType), "text/plain")
	if what := notAPage(body); what != "" && (f.contentType == "" || what != binaryData) {
		return story, fmt.Errorf("this is %s, neither HTML nor text", what)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return news.Story{ID: d.id, URL: f.url, Kind: news.KindEmpty, KindWhy: "the file is empty", Extractor: clean.Version}, nil
	}
	page := &news.Page{URL: f.url, Body: body}
	if f.contentType != "" {
		page.Header = http.Header{"Content-Type": {f.contentType}}
	}
	if plain {
		story, err = x.ExtractText(ctx, page)
	} else {
		story, err = x.Extract(ctx, page)
	}
	story.ID = d.id
	var stage *news.StageError
	if errors.As(err, &stage) {
		err = stage.Err // the document is named where the error is shown
	}
	return story, err
}

// binaryData is what may still be a page in a charset that is declared beside it,
// such as UTF-16.
const binaryData = "binary data"

// notAPage names what the bytes are if they are neither HTML nor text, or "".
func notAPage(body []byte) string {
	head := body[:min(len(body), 512)]
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch class, _, _ := strings.Cut(kind, "/"); {
	case class == "text":
		return ""
	case kind != "application/octet-stream":
		return kind
	}
	// A stray control byte is no reason to refuse a page; one in twenty is: bytes at
	// random are a tenth of them.
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			control++
		}
	}
	if control*20 > len(head) {
		return binaryData
	}
	return ""
}

// cleanPrinter prints documents in one of the forms.
type cleanPrinter struct {
	cleanFlags
	out      *bufio.Writer
	err      io.Writer
	many     bool // documents are told apart by a line with their id
	quiet    bool
	progress *progress
	n, bad   int
}

func (e *env) cleanPrinter(f cleanFlags, many bool) *cleanPrinter {
	p := &cleanPrinter{cleanFlags: f, out: bufio.NewWriterSize(e.stdout, 1<<16), err: e.stderr, many: many, quiet: e.quiet}
	if many && !isTerminal(e.stdout) {
		p.progress = e.progress(-1, "clean")
	}
	return p
}

func (p *cleanPrinter) print(c cleaned) error {
	p.n++
	if p.progress != nil {
		p.progress.Set(int64(p.n), c.id)
	}
	if c.err != nil {
		p.bad++
		_, err := fmt.Fprintf(p.err, "winnow: %s: %v\n", c.path, c.err)
		return err
	}
	r := output.NewRecord(c.story, news.Verdict{}, output.RecordExtra{})
	if len(c.story.SiteMisses) > 0 && !p.quiet {
		fmt.Fprintf(p.err, "winnow: %s: site rules found nothing: %s\n", c.path, strings.Join(c.story.SiteMisses, "; "))
	}
	if p.json {
		return p.printJSON(r, c.story)
	}
	return p.printText(r, c)
}

// cleanRecord is a line of --json: the keys of the corpus's record that a page
// alone gives, and what the pipeline decides by. All are always written, but the
// last.
type cleanRecord struct {
	ID            string           `json:"id"`
	Text          string           `json:"text"`
	URL           string           `json:"url"`
	Title         string           `json:"title"`
	Description   string           `json:"description"`
	Image         string           `json:"image"`
	Authors       []string         `json:"authors"`
	Categories    []string         `json:"categories"`
	Tags          []string         `json:"tags"`
	Date          *string          `json:"date"`
	DatePublished output.Timestamp `json:"date_published"`
	DateModified  output.Timestamp `json:"date_modified"`
	Language      string           `json:"language"`
	LanguageScore float64          `json:"language_score"`
	SiteName      string           `json:"sitename"`
	Hostname      string           `json:"hostname"`
	Origin        string           `json:"origin"`
	License       string           `json:"license"`
	Rights        []string         `json:"rights"`
	Kind          string           `json:"kind"`
	KindWhy       string           `json:"kind_why"`
	Marks         []string         `json:"marks"`
	Figures       []string         `json:"figures"` // of the marks, in their order
	NextPage      string           `json:"next_page"`
	SinglePage    string           `json:"single_page"`
	SiteMisses    []string         `json:"site_misses"`
	TextSHA256    string           `json:"text_sha256"`
	WordCount     int64            `json:"word_count"`
	Extractor     string           `json:"extractor"`
	RulesVersion  string           `json:"rules_version"`
	Removals      *[]news.Removal  `json:"removals,omitempty"` // with --explain
}

func (p *cleanPrinter) printJSON(r output.Record, story news.Story) error {
	line := cleanRecord{
		ID: r.ID, Text: r.Text, URL: r.URL, Title: r.Title, Description: r.Description, Image: r.Image,
		Authors: r.Authors, Categories: r.Categories, Tags: r.Tags,
		Date: r.Date, DatePublished: r.DatePublished, DateModified: r.DateModified,
		Language: r.Language, LanguageScore: r.LanguageScore, SiteName: r.SiteName, Hostname: r.Hostname,
		Origin: r.Origin, License: r.License, Rights: r.Rights,
		Kind: r.Kind, KindWhy: story.KindWhy, Marks: r.Marks, Figures: listOf(story.Figures), NextPage: story.NextPage, SinglePage: story.SinglePage, SiteMisses: listOf(story.SiteMisses),
		TextSHA256: r.TextSHA256, WordCount: r.WordCount, Extractor: r.Extractor, RulesVersion: r.RulesVersion,
	}
	if p.explain {
		removals := listOf(story.Removals)
		line.Removals = &removals
	}
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}

// listOf is never nil, so that JSON says [] and not null.
func listOf[T any](list []T) []T { return append([]T{}, list...) }

// longestRemoval is how many characters of a removed text are shown to people.
const longestRemoval = 240

func (p *cleanPrinter) printText(r output.Record, c cleaned) error {
	if p.many {
		between := "\n"
		if p.n-p.bad == 1 {
			between = ""
		}
		fmt.Fprintf(p.out, "%s==> %s <==\n", between, r.ID)
	}
	if r.Text != "" {
		fmt.Fprintln(p.out, r.Text)
	}
	if p.explain {
		p.printMarks(c.story.Figures)
		p.printRemovals(c.story.Removals)
	}
	if r.Kind != news.KindStory && !p.quiet {
		fmt.Fprintf(p.err, "winnow: %s: this looks like no story: %s (%s)\n", c.path, r.Kind, c.story.KindWhy)
	}
	if !p.many {
		return nil
	}
	return p.out.Flush() // in step with the notes on standard error
}

func (p *cleanPrinter) printMarks(figures []string) {
	if len(figures) > 0 {
		fmt.Fprintf(p.out, "\n--- marks ---\n%s\n", strings.Join(figures, "\n"))
	}
}

func (p *cleanPrinter) printRemovals(removals []news.Removal) {
	if len(removals) == 0 {
		fmt.Fprintln(p.out, "\n--- nothing was removed ---")
		return
	}
	fmt.Fprintf(p.out, "\n--- removed: %s ---\n", count(len(removals), "passage"))
	for _, r := range removals {
		text := []rune(strings.Join(strings.Fields(r.Text), " "))
		more := ""
		if len(text) > longestRemoval {
			more = fmt.Sprintf("… (%d characters more, all with --json)", len(text)-longestRemoval)
			text = text[:longestRemoval]
		}
		part := ""
		if r.Part > 0 {
			part = fmt.Sprintf(" part %d", r.Part)
		}
		fmt.Fprintf(p.out, "[%s%s] %s\n    %s%s\n", r.Rule, part, r.Why, string(text), more)
	}
}

// end writes what waits and says whether documents failed.
func (p *cleanPrinter) end() error {
	if p.progress != nil {
		p.progress.Done()
	}
	if err := p.out.Flush(); err != nil {
		return err
	}
	if p.bad > 0 {
		return fmt.Errorf("%d of %s could not be cleaned", p.bad, count(p.n, "document"))
	}
	return nil
}
