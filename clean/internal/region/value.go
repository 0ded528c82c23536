package region

import (
	"strings"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// finder finds the element whose blocks look most like a story.
type finder struct {
	doc    *dom.Doc
	blocks []dom.Block
	before []float64 // the values of all blocks before block i, summed up
}

func newFinder(doc *dom.Doc, blocks []dom.Block) *finder {
	f := &finder{doc: doc, blocks: blocks, before: make([]float64, len(blocks)+1)}
	for i := range blocks {
		f.before[i+1] = f.before[i] + blockValue(&blocks[i])
	}
	return f
}

// What a block is worth goes by its length, in letters, and by what it is.
const (
	textLength     = 150 // a block of this length counts in full, whatever it is
	sentenceLength = 60  // a sentence of this length counts in full
	phraseLength   = 25  // a sentence of this length counts half; shorter ones are labels
	itemLength     = 40  // a list item of this length counts half; shorter ones are menus
	linkCost       = 60  // a block of links costs its length, but no more than this
	shortCost      = 5   // any other block costs this
)

// linkBlock is the share of its letters in links above which a block is one of
// links, not of text.
const linkBlock = 0.5

// blockValue returns how much a block looks like story, in letters; less than 0
// when it looks like something else.
func blockValue(b *dom.Block) float64 {
	if b.Cut != 0 {
		return 0
	}
	n, links := float64(b.Letters), b.LinkShare()
	switch {
	case links > linkBlock:
		return -min(n, linkCost)
	case b.Kind == news.Heading:
		return 0
	case n >= textLength, n >= sentenceLength && letters.EndsClause(b.Text):
		return n * (1 - links)
	case n >= phraseLength && letters.EndsClause(b.Text):
		return n * (1 - links) / 2
	case b.Kind == news.ListItem && n >= itemLength:
		return n * (1 - links) / 2
	case b.Kind == news.TableRow:
		return n / 4
	}
	return -shortCost
}

// valueOf returns the value of block i.
func (f *finder) valueOf(i int32) float64 { return f.before[i+1] - f.before[i] }

// sum returns the value of an element's blocks.
func (f *finder) sum(elem int32) float64 {
	s := f.doc.Elements[elem].Blocks
	return f.before[s.To] - f.before[s.From]
}

// find returns the element with the greatest value, weighed by its names. Of
// equals the one with fewer blocks wins, then the earlier.
func (f *finder) find() Region {
	best := Region{elem: -1}
	for i := range f.doc.Elements {
		e := &f.doc.Elements[i]
		if !e.IsBlock || e.Cut != 0 || e.Blocks.To == e.Blocks.From {
			continue
		}
		v := f.sum(int32(i)) * contentWeight(e)
		if v > best.value || v == best.value && best.elem >= 0 && e.Blocks.To-e.Blocks.From < f.doc.Elements[best.elem].Blocks.To-f.doc.Elements[best.elem].Blocks.From {
			best = Region{elem: int32(i), value: v, spans: []dom.Span{e.Blocks}}
		}
	}
	return f.descend(best)
}

// minDescendShare is the share of a region's value from which an element in it
// becomes the region: what is around it is hardly worth anything.
const minDescendShare = 0.95

// descend narrows a region down to the innermost element that holds nearly all of
// its value.
func (f *finder) descend(best Region) Region {
	if best.elem < 0 {
		return best
	}
	for {
		e := &f.doc.Elements[best.elem]
		whole := f.sum(best.elem)
		next := int32(-1)
		for k := best.elem + 1; k < e.End; {
			c := &f.doc.Elements[k]
			if !c.IsBlock || c.Cut != 0 {
				k++
				continue
			}
			if f.sum(k) >= minDescendShare*whole {
				next = k
				break
			}
			k = c.End
		}
		if next < 0 {
			return best
		}
		best = Region{elem: next, value: best.value, spans: []dom.Span{f.doc.Elements[next].Blocks}}
	}
}

// contentWeight returns the factor for the value of an element that says of
// itself that it is the content: 1 for all others.
func contentWeight(e *dom.Element) float64 {
	switch {
	case IsArticleBody(e):
		return 1.4
	case HasContentName(e):
		return 1.3
	case e.Node.DataAtom == atom.Article || e.Node.DataAtom == atom.Main:
		return 1.15
	}
	return 1
}

// IsArticleBody reports whether microdata or RDFa names an element as the text of
// an article (schema.org's articleBody).
func IsArticleBody(e *dom.Element) bool {
	return dom.Attr(e.Node, "itemprop") == "articleBody" || dom.Attr(e.Node, "property") == "articleBody"
}

// HasContentName reports whether the class or the id of an element contains a
// name that content systems use for the element around a story's text.
func HasContentName(e *dom.Element) bool {
	name := strings.ToLower(dom.Attr(e.Node, "class") + " " + dom.Attr(e.Node, "id"))
	for _, s := range contentNames {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

var contentNames = []string{
	"entry-content", "article-body", "articlebody", "article_body", "article__body", "post-content", "post_content",
	"article-content", "article__content", "article-text", "article__text", "story-body", "storybody", "story-content",
	"post-body", "post__content", "td-post-content", "field--name-body", "field-name-body", "news-detail", "content-body",
	"body-copy", "body-text", "text-body", "single-content", "newsbox__body", "main-text", "rich-text", "richtext",
	"article-main", "artikel-text", "article-detail", "news-text", "text-content", "paywall-content",
}
