package region

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// candidates finds the element whose blocks look most like a story.
type finder struct {
	doc    *dom.Doc
	blocks []dom.Block
	value  []float64 // of block i at i+1, summed up from the first
}

func newFinder(doc *dom.Doc, blocks []dom.Block) *finder {
	f := &finder{doc: doc, blocks: blocks, value: make([]float64, len(blocks)+1)}
	for i := range blocks {
		f.value[i+1] = f.value[i] + blockValue(&blocks[i])
	}
	return f
}

// blockValue is how much a block speaks for being story, in letters; what
// speaks against it is negative.
func blockValue(b *dom.Block) float64 {
	if b.Cut != 0 {
		return 0
	}
	n, links := float64(b.Letters), b.LinkShare()
	switch {
	case links > 0.5:
		return -min(n, 60)
	case b.Kind == news.Heading:
		return 0
	case n >= 150, n >= 60 && letters.EndsClause(b.Text):
		return n * (1 - links)
	case n >= 25 && letters.EndsClause(b.Text):
		return n * (1 - links) / 2
	case b.Kind == news.ListItem && n >= 40:
		return n * (1 - links) / 2
	case b.Kind == news.TableRow:
		return n / 4
	}
	return -5
}

// sum is the worth of an element's blocks.
func (f *finder) sum(i int32) float64 {
	s := f.doc.Elements[i].Blocks
	return f.value[s.To] - f.value[s.From]
}

// find chooses the region. Between equals the smaller element goes first, and
// then the earlier.
func (f *finder) find() Region {
	best := Region{Elem: -1}
	for i := range f.doc.Elements {
		e := &f.doc.Elements[i]
		if !e.IsBlock || e.Cut != 0 || e.Blocks.To == e.Blocks.From {
			continue
		}
		s := f.sum(int32(i)) * ContentHint(e)
		if s > best.score || s == best.score && best.Elem >= 0 && e.Blocks.To-e.Blocks.From < f.doc.Elements[best.Elem].Blocks.To-f.doc.Elements[best.Elem].Blocks.From {
			best = Region{Elem: int32(i), score: s, spans: []dom.Span{e.Blocks}}
		}
	}
	return f.descend(best)
}

func (f *finder) descend(best Region) Region {
	if best.Elem < 0 {
		return best
	}
	for {
		e := &f.doc.Elements[best.Elem]
		whole := f.sum(best.Elem)
		next := int32(-1)
		for k := best.Elem + 1; k < e.End; {
			c := &f.doc.Elements[k]
			if !c.IsBlock || c.Cut != 0 {
				k++
				continue
			}
			if f.sum(k) >= theta*whole {
				next = k
				break
			}
			k = c.End
		}
		if next < 0 {
			return best
		}
		best = Region{Elem: next, score: best.score, spans: []dom.Span{f.doc.Elements[next].Blocks}}
	}
}

// theta is the share of a region's worth that makes one element in it the region.
const theta = 0.95

// ContentHint weighs an element by what its makers call it.
func ContentHint(e *dom.Element) float64 {
	n := e.Node
	w := 1.0
	if n.DataAtom == atom.Article || n.DataAtom == atom.Main {
		w = 1.15
	}
	if dom.Attr(n, "itemprop") == "articleBody" || dom.Attr(n, "property") == "articleBody" {
		w = 1.4
	}
	name := strings.ToLower(dom.Attr(n, "class") + " " + dom.Attr(n, "id"))
	for _, s := range contentNames {
		if strings.Contains(name, s) {
			w = max(w, 1.3)
			break
		}
	}
	return w
}

// contentNames are parts of class names and ids that content systems give to
// the element around a story's text.
var contentNames = []string{
	"entry-content", "article-body", "articlebody", "article_body", "article__body", "post-content", "post_content",
	"article-content", "article__content", "article-text", "article__text", "story-body", "storybody", "story-content",
	"post-body", "post__content", "td-post-content", "field--name-body", "field-name-body", "news-detail", "content-body",
	"body-copy", "body-text", "text-body", "single-content", "newsbox__body", "main-text", "rich-text", "richtext",
	"article-main", "artikel-text", "article-detail", "news-text", "text-content", "paywall-content",
}
