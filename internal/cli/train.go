package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"winnow/clean/blockmodel"
	"winnow/clean/pagemodel"
	"winnow/internal/cli/show"
	"winnow/internal/training"
	"winnow/news"
)

func trainCommand(e *env) *cobra.Command {
	var folds, pages bool
	var out, except string
	c := &cobra.Command{
		Use:   "train DIR...",
		Short: "Train the models that judge blocks and pages, on pages whose text or kind is known",
		Long: `Learns from a folder of pages which blocks of a page are story, and writes the
weights. DIR holds truth.jsonl (or truth.jsonl.zst), one JSON object a page, and the
pages as pages/ID.html or pages/ID.html.gz:

  {"id": "…", "url": "…", "fold": 0, "text": "the whole text, a paragraph a line"}
  {"id": "…", "url": "…", "fold": 1, "must": ["in the text"], "mustnot": ["beside it"]}

The fold, 0 to 4, is one for all pages of a host. With --folds nothing is written:
a model is learned on four folds and scored on the fifth, for each of the five, and
the figures of all pages are printed, by "dataset" of the truth, beside those of the
rules alone.

With --pages the model is learned that judges whether a page is a story, a section
(a list of pages), a forum or a product. A truth then has the "kind" of the page:

  {"id": "…", "url": "…", "kind": "section"}

Without any kind in a folder all of its pages are stories. How pages are judged by
models that have not seen their host is always printed, by dataset.

The same folders give the same weights.`,
		Example: "  winnow train --folds mypages/\n  winnow train -o mine.model mypages/ && winnow clean --model mine.model page.html\n  winnow train --pages --folds mystories/ mylists/",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case folds == (out != ""):
				return usage(errors.New("train needs either --folds or -o FILE"))
			case pages:
				return e.trainPages(cmd.Context(), args, out, except, e.verbose)
			case len(args) > 1 || except != "":
				return usage(errors.New("several folders and --except go with --pages"))
			}
			return e.train(cmd.Context(), args[0], out)
		},
	}
	c.Flags().BoolVar(&folds, "folds", false, "learn on four folds and score the fifth, five times, and write nothing")
	c.Flags().BoolVar(&pages, "pages", false, "learn which pages are stories, and not which blocks")
	c.Flags().StringVar(&except, "except", "", "with --pages: a file with the IDs of pages to leave out, one a line")
	c.Flags().StringVarP(&out, "out", "o", "", "the file to write")
	return c
}

// train learns from a folder: a model into a file, or figures when there is none.
func (e *env) train(ctx context.Context, dir, out string) error {
	corpus, err := training.Open(dir)
	if err != nil {
		return err
	}
	data, err := training.NewDataset(ctx, corpus)
	if err != nil {
		return err
	}
	if out == "" {
		return e.crossValidate(ctx, data)
	}
	model, err := data.Learn(training.DefaultSettings)
	if err != nil {
		return err
	}
	if err := writeModel(out, model); err != nil {
		return err
	}
	o := model.Origin
	_, err = fmt.Fprintf(e.stdout, "%s: %s, %s, %d trees\n", out, show.Count(o.Pages, "page"), show.Count(o.Blocks, "block"), o.Trees)
	return err
}

func (e *env) crossValidate(ctx context.Context, data *training.Dataset) error {
	rules, err := data.Score(ctx, nil)
	if err != nil {
		return err
	}
	learned, err := data.CrossValidate(ctx, training.DefaultSettings)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "set\tpages\tof\trules F1\tP\tR\tlearned F1\tP\tR")
	for i := range learned {
		for _, row := range []struct {
			of       string
			was, now training.Figures
		}{{"text", rules[i].Body, learned[i].Body}, {"segments", rules[i].Segments, learned[i].Segments}} {
			if row.now.Pages > 0 {
				fmt.Fprintf(t, "%s\t%d\t%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", learned[i].Set, row.now.Pages, row.of,
					row.was.F1, row.was.P, row.was.R, row.now.F1, row.now.P, row.now.R)
			}
		}
	}
	return t.Flush()
}

// writeModel writes the weights of a model of blocks or of pages into a file.
func writeModel(file string, model interface{ Write(io.Writer) error }) error {
	var b bytes.Buffer
	if err := model.Write(&b); err != nil {
		return err
	}
	return renameio.WriteFile(file, b.Bytes(), 0o644)
}

// readModel reads the weights that a setting or a flag names; "" is the shipped
// model.
func readModel(file string) (*blockmodel.Model, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := blockmodel.Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// trainPages learns the model of pages from folders, and prints how pages are judged
// by models that have not seen their hosts. It writes the model into a file if there
// is one. except is a file with the IDs of pages to leave out, "" for none.
func (e *env) trainPages(ctx context.Context, dirs []string, out, except string, verbose bool) error {
	left, err := readIDs(except)
	if err != nil {
		return err
	}
	pages, err := training.OpenPages(ctx, dirs, left)
	if err != nil {
		return err
	}
	settings := training.DefaultPageSettings
	from, counts, err := pages.CrossValidate(settings)
	if err != nil {
		return err
	}
	if err := e.printKinds(counts, verbose); err != nil || out == "" {
		return err
	}
	model, err := pages.LearnPages(settings, from)
	if err != nil {
		return err
	}
	if err := writeModel(out, model); err != nil {
		return err
	}
	o := model.Origin
	_, err = fmt.Fprintf(e.stdout, "%s: %s, %d of them stories, %d trees for each of %d questions\n", out, show.Count(o.Pages, "page"), o.Stories, o.Trees, pagemodel.Questions)
	return err
}

// readIDs reads a file with an ID a line.
func readIDs(file string) (map[string]bool, error) {
	ids := map[string]bool{}
	if file == "" {
		return ids, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for id := range strings.FieldsSeq(string(data)) {
		ids[id] = true
	}
	return ids, nil
}

// printKinds prints how often pages of each set and kind were taken for which kind.
func (e *env) printKinds(counts []training.KindCount, verbose bool) error {
	slices.SortFunc(counts, func(a, b training.KindCount) int {
		return cmp.Or(strings.Compare(a.Set, b.Set), strings.Compare(a.Kind, b.Kind))
	})
	kinds := []string{news.KindStory, news.KindSection, news.KindForum, news.KindProduct}
	t := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "set\tis\tpages\ttaken for story\tsection\tforum\tproduct")
	for _, c := range counts {
		fmt.Fprintf(t, "%s\t%s\t%d", c.Set, c.Kind, c.Pages)
		for _, k := range kinds {
			fmt.Fprintf(t, "\t%d", c.As[k])
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil || !verbose {
		return err
	}
	for _, c := range counts {
		if _, err := fmt.Fprintf(e.stdout, "%s, %s: %s\n", c.Set, c.Kind, strings.Join(c.Wrong, " ")); err != nil {
			return err
		}
	}
	return nil
}
