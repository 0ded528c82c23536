package training

import (
	"context"

	"winnow/clean"
	"winnow/clean/blockmodel"
)

// FoldModels learns for each fold of a folder on the four others, from a file of
// truths and the folder of their pages.
func FoldModels(ctx context.Context, truth, pages string) ([]*blockmodel.Model, error) {
	corpus, err := openFiles(truth, pages)
	if err != nil {
		return nil, err
	}
	lesson, err := Read(ctx, corpus)
	if err != nil {
		return nil, err
	}
	return lesson.foldModels(DefaultSettings)
}

func (l *Lesson) foldModels(s Settings) ([]*blockmodel.Model, error) {
	models := make([]*blockmodel.Model, Folds)
	for fold := range models {
		m, err := l.Learn(s, fold)
		if err != nil {
			return nil, err
		}
		models[fold] = m
	}
	return models, nil
}

// CrossValidate learns on all folds but one and scores the pages of that one,
// for every fold.
func (l *Lesson) CrossValidate(ctx context.Context, s Settings) ([]Score, error) {
	models, err := l.foldModels(s)
	if err != nil {
		return nil, err
	}
	return l.Score(ctx, models)
}

// Score cleans every page by the model of its fold, by the rules alone when
// there are none, and scores the texts, set by set.
func (l *Lesson) Score(ctx context.Context, models []*blockmodel.Model) ([]Score, error) {
	texts, err := l.texts(ctx, models)
	if err != nil {
		return nil, err
	}
	truths := make([]Truth, len(l.corpus.Pages))
	for i := range truths {
		truths[i] = l.corpus.Pages[i].Truth
	}
	return Scores(truths, texts), nil
}

// texts are the texts of all pages.
func (l *Lesson) texts(ctx context.Context, models []*blockmodel.Model) ([]string, error) {
	rules := clean.New(clean.Options{Model: &blockmodel.Model{}})
	extractors := make([]*clean.Extractor, Folds)
	for fold := range extractors {
		extractors[fold] = rules
		if models != nil {
			extractors[fold] = clean.New(clean.Options{Model: models[fold]})
		}
	}
	texts := make([]string, len(l.corpus.Pages))
	err := l.each(ctx, func(p *Page, i int, body []byte) error {
		story, err := extractors[p.Fold].Extract(ctx, p.page(body))
		texts[i] = story.Text()
		return err
	})
	return texts, err
}
