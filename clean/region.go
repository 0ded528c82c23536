package clean

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/news"
)

// span is a run of blocks, from the first up to and without the last.
type span struct{ from, to int32 }

// region is the part of the page that holds the story.
type region struct {
	elem  int32  // the element it comes from; -1 if from several
	spans []span // in reading order, apart from each other
	score float64
}

// candidates finds the element whose blocks look most like a story.
type regionFinder struct {
	o      *outline
	blocks []block
	value  []float64 // of block i at i+1, summed up from the first
}

func newRegionFinder(o *outline, blocks []block) *regionFinder {
	f := &regionFinder{o: o, blocks: blocks, value: make([]float64, len(blocks)+1)}
	for i := range blocks {
		f.value[i+1] = f.value[i] + blockValue(&blocks[i])
	}
	return f
}

// blockValue is how much a block speaks for being story, in letters; what
// speaks against it is negative.
func blockValue(b *block) float64 {
	if b.cut != 0 {
		return 0
	}
	n, links := float64(b.letters), b.linkShare()
	switch {
	case links > 0.5:
		return -min(n, 60)
	case b.Kind == news.Heading:
		return 0
	case n >= 150, n >= 60 && endsSentence(b.Text):
		return n * (1 - links)
	case n >= 25 && endsSentence(b.Text):
		return n * (1 - links) / 2
	case b.Kind == news.ListItem && n >= 40:
		return n * (1 - links) / 2
	case b.Kind == news.TableRow:
		return n / 4
	}
	return -5
}

// sum is the worth of an element's blocks.
func (f *regionFinder) sum(i int32) float64 {
	s := f.o.elems[i].blocks
	return f.value[s.to] - f.value[s.from]
}

// find chooses the region. Between equals the smaller element goes first, and
// then the earlier.
func (f *regionFinder) find() region {
	best := region{elem: -1}
	for i := range f.o.elems {
		e := &f.o.elems[i]
		if !e.block || e.cut != 0 || e.blocks.to == e.blocks.from {
			continue
		}
		s := f.sum(int32(i)) * contentHint(e)
		if s > best.score || s == best.score && best.elem >= 0 && e.blocks.to-e.blocks.from < f.o.elems[best.elem].blocks.to-f.o.elems[best.elem].blocks.from {
			best = region{elem: int32(i), score: s, spans: []span{e.blocks}}
		}
	}
	return f.descend(best)
}

func (f *regionFinder) descend(best region) region {
	if best.elem < 0 {
		return best
	}
	for {
		e := &f.o.elems[best.elem]
		whole := f.sum(best.elem)
		next := int32(-1)
		for k := best.elem + 1; k < e.end; {
			c := &f.o.elems[k]
			if !c.block || c.cut != 0 {
				k++
				continue
			}
			if f.sum(k) >= theta*whole {
				next = k
				break
			}
			k = c.end
		}
		if next < 0 {
			return best
		}
		best = region{elem: next, score: best.score, spans: []span{f.o.elems[next].blocks}}
	}
}

// theta is the share of a region's worth that makes one element in it the region.
const theta = 0.95

// contentHint weighs an element by what its makers call it.
func contentHint(e *element) float64 {
	n := e.node
	w := 1.0
	if n.DataAtom == atom.Article || n.DataAtom == atom.Main {
		w = 1.15
	}
	if attr(n, "itemprop") == "articleBody" || attr(n, "property") == "articleBody" {
		w = 1.4
	}
	name := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
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
