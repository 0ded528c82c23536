package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"winnow/internal/cli/show"
	"winnow/news"
	"winnow/output"
)

// cleanPrinter prints documents in one of the forms.
type cleanPrinter struct {
	cleanFlags
	out      *bufio.Writer
	err      io.Writer
	many     bool // each document follows a line with its id
	quiet    bool
	progress *show.Progress
	n, bad   int
}

func (e *env) cleanPrinter(f cleanFlags, many bool) *cleanPrinter {
	p := &cleanPrinter{cleanFlags: f, out: bufio.NewWriterSize(e.stdout, 1<<16), err: e.stderr, many: many, quiet: e.quiet}
	if many && !show.IsTerminal(e.stdout) {
		p.progress = e.progress(-1, "clean")
	}
	return p
}

func (p *cleanPrinter) print(c cleaned) error {
	p.n++
	if p.progress != nil {
		p.progress.Set(int64(p.n), c.ID)
	}
	if c.err != nil {
		p.bad++
		return show.Printf(p.err, "winnow: %s: %s\n", c.Path, c.err)
	}
	r := output.NewRecord(c.story, news.Verdict{}, output.RecordExtra{})
	if len(c.story.SiteMisses) > 0 && !p.quiet {
		show.Printf(p.err, "winnow: %s: site rules found nothing: %s\n", c.Path, strings.Join(c.story.SiteMisses, "; "))
	}
	if p.json {
		return p.printJSON(r, c.story)
	}
	return p.printText(r, c)
}

// cleanRecord is a line of --json: the keys of the corpus's record that follow
// from a page alone, and what the pipeline decides by. All are always written,
// except the last.
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

// listOf returns a list that is not nil, so that JSON has [] and not null.
func listOf[T any](list []T) []T { return append([]T{}, list...) }

// longestRemoval is how many characters of a removed text are shown to people.
const longestRemoval = 240

func (p *cleanPrinter) printText(r output.Record, c cleaned) error {
	if p.many {
		between := "\n"
		if p.n-p.bad == 1 {
			between = ""
		}
		fmt.Fprint(p.out, between)
		show.Printf(p.out, "==> %s <==\n", r.ID)
	}
	if r.Text != "" {
		fmt.Fprintln(p.out, r.Text)
	}
	if p.explain {
		p.printMarks(c.story.Figures)
		p.printRemovals(c.story.Removals)
	}
	if r.Kind != news.KindStory && !p.quiet {
		show.Printf(p.err, "winnow: %s: this does not look like a story: %s (%s)\n", c.Path, r.Kind, c.story.KindWhy)
	}
	if !p.many {
		return nil
	}
	return p.out.Flush() // in step with the notes on standard error
}

func (p *cleanPrinter) printMarks(figures []string) {
	if len(figures) > 0 {
		fmt.Fprintln(p.out, "\n--- marks ---")
	}
	for _, figure := range figures {
		show.Printf(p.out, "%s\n", figure)
	}
}

func (p *cleanPrinter) printRemovals(removals []news.Removal) {
	if len(removals) == 0 {
		fmt.Fprintln(p.out, "\n--- nothing was removed ---")
		return
	}
	fmt.Fprintf(p.out, "\n--- removed: %s ---\n", show.Count(len(removals), "passage"))
	for _, r := range removals {
		text := strings.Join(strings.Fields(r.Text), " ")
		if more := utf8.RuneCountInString(text) - longestRemoval; more > 0 {
			text = fmt.Sprintf("%s (%d characters more, all with --json)", show.Clip(text, longestRemoval), more)
		}
		rule := r.Rule
		if r.Part > 0 {
			rule = fmt.Sprintf("%s part %d", rule, r.Part)
		}
		show.Printf(p.out, "[%s] %s\n    %s\n", rule, r.Why, text)
	}
}

// end writes what is buffered. The error is how many documents failed.
func (p *cleanPrinter) end() error {
	if p.progress != nil {
		p.progress.Done()
	}
	if err := p.out.Flush(); err != nil {
		return err
	}
	if p.bad > 0 {
		return fmt.Errorf("%d of %s could not be cleaned", p.bad, show.Count(p.n, "document"))
	}
	return nil
}
