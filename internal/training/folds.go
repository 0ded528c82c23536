package training

import (
	"context"

	"winnow/clean"
	"winnow/clean/blockmodel"
)

// FoldModels returns a model for each fold, learned from the others.
func (d *Dataset) FoldModels(s Settings) ([]*blockmodel.Model, error) {
	models := make([]*blockmodel.Model, Folds)
	for fold := range models {
		m, err := d.Learn(s, fold)
		if err != nil {
			return nil, err
		}
		models[fold] = m
	}
	return models, nil
}

// CrossValidate returns the scores of texts that are cleaned by models which have
// not seen their fold.
func (d *Dataset) CrossValidate(ctx context.Context, s Settings) ([]Score, error) {
	models, err := d.FoldModels(s)
	if err != nil {
		return nil, err
	}
	return d.Score(ctx, models)
}

// Score returns the scores of the texts of all pages, each cleaned by the model of
// its fold, or by the rules alone when models is nil.
func (d *Dataset) Score(ctx context.Context, models []*blockmodel.Model) ([]Score, error) {
	rules := clean.New(clean.Options{Model: &blockmodel.Model{}})
	extractors := make([]*clean.Extractor, Folds)
	for fold := range extractors {
		extractors[fold] = rules
		if models != nil {
			extractors[fold] = clean.New(clean.Options{Model: models[fold]})
		}
	}
	truths, texts := make([]Truth, len(d.corpus.Pages)), make([]string, len(d.corpus.Pages))
	err := d.each(ctx, func(p *Page, i int, body []byte) error {
		story, err := extractors[p.Fold].Extract(ctx, p.page(body))
		truths[i], texts[i] = p.Truth, story.Text()
		return err
	})
	if err != nil {
		return nil, err
	}
	return Scores(truths, texts), nil
}
