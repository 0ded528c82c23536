package training

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"

	"winnow/clean"
	"winnow/clean/blockmodel"
	"winnow/news"
)

// Dataset has the blocks of a corpus as examples to learn from.
type Dataset struct {
	corpus   *Corpus
	examples [][]example         // by page
	hashes   [][sha256.Size]byte // by page
}

// NewDataset cleans every page of a corpus by the rules alone and labels its
// blocks. The error is that of a file that cannot be read, or of ctx.
func NewDataset(ctx context.Context, c *Corpus) (*Dataset, error) {
	d := &Dataset{corpus: c, examples: make([][]example, len(c.Pages)), hashes: make([][sha256.Size]byte, len(c.Pages))}
	x := clean.New(clean.Options{Model: &blockmodel.Model{}})
	err := d.each(ctx, func(p *Page, i int, body []byte) error {
		d.hashes[i] = p.hash(body)
		blocks, err := x.Sightings(ctx, p.page(body))
		d.examples[i] = labelBlocks(&p.Truth, blocks)
		return err
	})
	return d, err
}

// hash returns a hash of a page and of what is known of it.
func (p *Page) hash(body []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q %q %d %d\n", p.ID, p.Set, p.URL, p.Text, p.Must, p.MustNot, p.Fold, len(body))
	h.Write(body)
	h.Sum(sum[:0])
	return sum
}

func (p *Page) page(body []byte) *news.Page { return &news.Page{URL: p.URL, Body: body} }

// each calls do for every page with its HTML, on all processors. It returns the
// first error in the order of the pages.
func (d *Dataset) each(ctx context.Context, do func(p *Page, i int, body []byte) error) error {
	errs := make([]error, len(d.corpus.Pages))
	queue := make(chan int)
	var busy sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		busy.Go(func() {
			for i := range queue {
				p := &d.corpus.Pages[i]
				body, err := ReadPage(p.File)
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
