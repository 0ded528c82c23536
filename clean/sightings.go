package clean

import (
	"context"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/meta"
	"winnow/clean/internal/modelview"
	"winnow/clean/internal/pageview"
	"winnow/clean/internal/region"
	"winnow/clean/pagemodel"
	"winnow/news"
)

// maxJudged is the number of blocks above which a page is left to the rules: no
// page that the model has learned from has as many.
const maxJudged = 5000

// askModel lets the model judge the blocks that the rules have left, and shows
// its view of the page to whoever watches.
func (x *Extractor) askModel(doc *dom.Doc, blocks []dom.Block, m *meta.Meta, votes region.Votes, r *region.Region) {
	if len(blocks) > maxJudged || x.watch == nil && x.model.IsEmpty() {
		return
	}
	v := modelview.New(doc, blocks, m, votes, r)
	if x.watch != nil {
		x.watch(v)
	}
	modelview.Judge(x.model, v)
}

// Sightings returns the blocks of a page that a model may judge, in reading order.
// Errors are those of [Extractor.Extract].
func (x *Extractor) Sightings(ctx context.Context, page *news.Page) ([]Sighting, error) {
	var out []Sighting
	watcher := *x
	watcher.watch = func(v *modelview.View) {
		for _, k := range v.Candidates() {
			out = append(out, Sighting{v.Blocks[k].Block, v.Blocks[k].Rule, v.Features(k), v.Words(k)})
		}
	}
	_, err := watcher.Extract(ctx, page)
	return out, err
}

// Sighting is a block as the model sees it, for training.
type Sighting struct {
	Block    news.Block
	Rule     string              // that cut it before any model; "" if it stays
	Features blockmodel.Features // without what the words speak for, see Lexicon.Mark
	Words    blockmodel.Words
}

// PageFeatures returns the features of a page that its kind is judged by, for
// training. Errors are those of [Extractor.Extract].
func (x *Extractor) PageFeatures(ctx context.Context, page *news.Page) (pagemodel.Features, error) {
	if err := ctx.Err(); err != nil {
		return pagemodel.Features{}, &news.StageError{Stage: "clean", URL: page.URL, Err: err}
	}
	tree, err := parse(page)
	if err != nil {
		return pagemodel.Features{}, err
	}
	f, _ := pageview.Read(x.rules.Flatten(tree), tree, page.URL)
	return f, nil
}
