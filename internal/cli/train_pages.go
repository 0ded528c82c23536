package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/renameio/v2"

	"winnow/clean/pagemodel"
	"winnow/internal/cli/show"
	"winnow/internal/training"
	"winnow/news"
)

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
	var b bytes.Buffer
	if err := model.Write(&b); err != nil {
		return err
	}
	if err := renameio.WriteFile(out, b.Bytes(), 0o644); err != nil {
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
