package region

import (
	"net/url"
	"strconv"

	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
)

// MaxReadability is the number of elements above which go-readability is not
// asked: its time grows faster than the page.
const MaxReadability = 20000

// mark is the attribute that leads from the tree that go-readability gives
// back to our outline.
const markAttr = "data-winnow"

// libraryRegion asks go-readability for its opinion of where the story is: the
// third, where the first two are far apart. It takes a tree of its own and more
// time than all the rest of the cleaning, so it is asked on few pages. It gets the tree without what the rules have cut. Its text is not used: of
// the node that it gives, only which of our blocks are in it.
func libraryRegion(doc *dom.Doc, blocks []dom.Block, root *html.Node, address string) (Region, bool) {
	if len(doc.Elements) > MaxReadability {
		return Region{}, false
	}
	for i := range doc.Elements {
		if e := &doc.Elements[i]; e.Cut > 0 && e.Node.Parent != nil {
			e.Node.Parent.RemoveChild(e.Node)
		}
	}
	for i := range blocks {
		if b := &blocks[i]; b.Cut == 0 {
			n := doc.Elements[b.Elem].Node
			if dom.Attr(n, markAttr) == "" {
				n.Attr = append(n.Attr, html.Attribute{Key: markAttr, Val: strconv.Itoa(int(b.Elem))})
			}
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	parser := readability.NewParser()
	parser.KeepClasses = true
	parser.DisableJSONLD = true
	article, err := parser.ParseDocument(root, u)
	if err != nil || article.Node == nil {
		return Region{}, false
	}
	held := make(map[int32]bool)
	note := func(n *html.Node) {
		if v := dom.Attr(n, markAttr); v != "" {
			if i, err := strconv.Atoi(v); err == nil {
				held[int32(i)] = true
			}
		}
	}
	note(article.Node)
	for n := range article.Node.Descendants() {
		note(n)
	}
	r := Region{Elem: -1}
	for i := range blocks {
		if blocks[i].Cut != 0 || !held[blocks[i].Elem] {
			continue
		}
		if k := len(r.spans); k > 0 && r.spans[k-1].To == int32(i) {
			r.spans[k-1].To++
			continue
		}
		r.spans = append(r.spans, dom.Span{From: int32(i), To: int32(i) + 1})
	}
	return r, len(r.spans) > 0
}
