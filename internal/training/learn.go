package training

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime"
	"slices"
	"strconv"

	"winnow/clean"
	"winnow/clean/blockmodel"
)

// Learn returns a model learned from all folds but some. The examples of a fold
// get their features of words from a lexicon that was learned without that fold:
// a model must not trust words more than it can on a page that it has not seen.
func (d *Dataset) Learn(s Settings, without ...int) (*blockmodel.Model, error) {
	learned := func(p *Page) bool { return !slices.Contains(without, p.Fold) }
	origin := blockmodel.Origin{Without: without, Leaves: s.Leaves, Rate: strconv.FormatFloat(s.Rate, 'g', -1, 64), Keep: s.Keep, Restore: s.Restore}
	var lexicons [Folds]blockmodel.Lexicon // each learned without a fold
	for fold := range lexicons {
		lexicons[fold] = d.lexicon(func(p *Page) bool { return learned(p) && p.Fold != fold })
	}
	var all []example
	h := sha256.New()
	for i := range d.corpus.Pages {
		p := &d.corpus.Pages[i]
		if !learned(p) || len(d.examples[i]) == 0 {
			continue
		}
		for _, e := range d.examples[i] {
			lexicons[p.Fold].Mark(&e.features, &e.words)
			all = append(all, e)
		}
		h.Write(d.hashes[i][:])
		origin.Pages++
	}
	if len(all) == 0 {
		return nil, errors.New("no page to learn from: the known texts and segments are in no block")
	}
	origin.Blocks, origin.Input = len(all), hex.EncodeToString(h.Sum(nil))
	return blockmodel.New(origin, d.lexicon(learned), boost(newTable(all), s, runtime.GOMAXPROCS(0)))
}

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
