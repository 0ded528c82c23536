package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"winnow/dedupe"
	"winnow/internal/cli/input"
	"winnow/internal/cli/show"
	"winnow/internal/config"
	"winnow/internal/store"
)

// explained is an explanation with what a person decided on the two stories.
type explained struct {
	dedupe.Explanation
	Said []string `json:"said"` // same, distinct; keep:ID
}

// explain shows what two documents are to each other. Each is a file, a record
// of a file of records (FILE.jsonl#ID), or a story of the corpus by URL or id.
func (e *env) explain(ctx context.Context, f dedupeFlags, names []string) (err error) {
	checker, err := f.checker()
	if err != nil {
		return usage(err)
	}
	var o *opened
	docs := make([]dedupe.Doc, 2)
	stored := 0
	for i, name := range names {
		found := false
		if docs[i], found, err = input.Find(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if found {
			continue
		}
		if o == nil {
			if o, err = e.openCorpus(ctx, name); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			if !f.windowSet { // the corpus is judged by its own settings
				checker = o.Admitter.Checker
			}
		}
		s, err := o.story(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s is not a file, nor the URL, ID or text file of a story here", name)
		}
		if err != nil {
			return err
		}
		docs[i] = s.Doc()
		stored++
	}
	x := explained{Explanation: checker.Explain(docs[0], docs[1]), Said: []string{}}
	if stored == 2 {
		if x.Said, err = saidOf(ctx, o, docs[0].ID, docs[1].ID); err != nil {
			return err
		}
	}
	if f.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(x)
	}
	return show.Comparison(e.stdout, &x.Explanation, x.Said)
}

// openCorpus opens the corpus for a name that is not a file.
func (e *env) openCorpus(ctx context.Context, name string) (*opened, error) {
	o, err := e.openExisting(ctx)
	var missing *config.MissingError
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%s: no such file, and there is no %s, which would name the corpus", name, missing.Path)
	}
	return o, err
}

// saidOf returns what a person decided on two stories.
func saidOf(ctx context.Context, o *opened, a, b string) ([]string, error) {
	words, err := o.Store.Stories.Overrides(ctx, []string{a, b})
	if err != nil {
		return nil, err
	}
	said := []string{}
	for _, w := range words {
		switch {
		case w.Say == dedupe.SayKeep:
			said = append(said, w.Say+":"+w.A)
		case w.A == min(a, b) && w.B == max(a, b):
			said = append(said, w.Say)
		}
	}
	return said, nil
}
