package training

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/news"
)

// Folds is how many parts a folder has for cross-validation.
const Folds = 5

// Lesson is a folder made ready to learn from.
type Lesson struct {
	corpus   *Corpus
	examples [][]example // by page
	hashes   [][sha256.Size]byte
}

// Read cleans every page of a folder by the rules alone and notes what a model
// would see of its blocks.
func Read(ctx context.Context, c *Corpus) (*Lesson, error) {
	l := &Lesson{corpus: c, examples: make([][]example, len(c.Pages)), hashes: make([][sha256.Size]byte, len(c.Pages))}
	x := clean.New(clean.Options{Model: &blockmodel.Model{}})
	err := l.each(ctx, func(p *Page, i int, body []byte) error {
		l.hashes[i] = p.hash(body)
		blocks, err := x.Sightings(ctx, p.page(body))
		l.examples[i] = label(&p.Truth, blocks)
		return err
	})
	return l, err
}

// hash stands for a page and what is known of it.
func (p *Page) hash(body []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q %q %d %d\n", p.ID, p.Set, p.URL, p.Text, p.Must, p.MustNot, p.Fold, len(body))
	h.Write(body)
	h.Sum(sum[:0])
	return sum
}

func (p *Page) page(body []byte) *news.Page { return &news.Page{URL: p.URL, Body: body} }

// each reads every page and does something with it, on all processors. The
// first error, in the order of the pages, is given.
func (l *Lesson) each(ctx context.Context, do func(p *Page, i int, body []byte) error) error {
	errs := make([]error, len(l.corpus.Pages))
	queue := make(chan int)
	var busy sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		busy.Go(func() {
			for i := range queue {
				p := &l.corpus.Pages[i]
				body, err := ReadFile(p.File)
				if err == nil {
					err = do(p, i, body)
				}
				errs[i] = err
			}
		})
	}
	for i := range errs {
		if ctx.Err() != nil {
			break
		}
		queue <- i
	}
	close(queue)
	busy.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Learn grows a model on all folds but some. The lexicon that marks the examples
// of a fold is learned without that fold: a model must not trust words more than
// it may on a page that it has not seen.
func (l *Lesson) Learn(s Settings, without ...int) (*blockmodel.Model, error) {
	learned := func(p *Page) bool { return !slices.Contains(without, p.Fold) }
	origin := blockmodel.Origin{Without: without, Leaves: s.Leaves, Rate: strconv.FormatFloat(s.Rate, 'g', -1, 64), Keep: s.Keep, Restore: s.Restore}
	var apart [Folds]blockmodel.Lexicon
	for fold := range apart {
		apart[fold] = l.lexicon(func(p *Page) bool { return learned(p) && p.Fold != fold })
	}
	var all []example
	h := sha256.New()
	for i := range l.corpus.Pages {
		p := &l.corpus.Pages[i]
		if !learned(p) || len(l.examples[i]) == 0 {
			continue
		}
		for _, e := range l.examples[i] {
			apart[p.Fold].Mark(&e.Features, &e.words)
			all = append(all, e)
		}
		h.Write(l.hashes[i][:])
		origin.Pages++
	}
	if len(all) == 0 {
		return nil, errors.New("no page to learn from: none has blocks that the truth tells of")
	}
	origin.Blocks, origin.Input = len(all), hex.EncodeToString(h.Sum(nil))
	return blockmodel.New(origin, l.lexicon(learned), boost(newTable(all), s, runtime.GOMAXPROCS(0)))
}
