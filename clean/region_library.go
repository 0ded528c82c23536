package clean

import (
	"net/url"
	"strconv"

	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"
)

// maxReadability is the number of elements above which go-readability is not
// asked: its time grows faster than the page.
const maxReadability = 20000

// mark is the attribute that leads from the tree that go-readability gives
// back to our outline.
const markAttr = "data-winnow"

// libraryRegion asks go-readability for its opinion of where the story is: the
// third, where the first two are far apart. It takes a tree of its own and more
// time than all the rest of the cleaning, so it is asked on few pages. It gets the tree without what the rules have cut. Its text is not used: of
// the node that it gives, only which of our blocks are in it.
func libraryRegion(o *outline, blocks []block, root *html.Node, address string) (region, bool) {
	if len(o.elems) > maxReadability {
		return region{}, false
	}
	for i := range o.elems {
		if e := &o.elems[i]; e.cut > 0 && e.node.Parent != nil {
			e.node.Parent.RemoveChild(e.node)
		}
	}
	for i := range blocks {
		if b := &blocks[i]; b.cut == 0 {
			n := o.elems[b.elem].node
			if attr(n, markAttr) == "" {
				n.Attr = append(n.Attr, html.Attribute{Key: markAttr, Val: strconv.Itoa(int(b.elem))})
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
		return region{}, false
	}
	held := make(map[int32]bool)
	note := func(n *html.Node) {
		if v := attr(n, markAttr); v != "" {
			if i, err := strconv.Atoi(v); err == nil {
				held[int32(i)] = true
			}
		}
	}
	note(article.Node)
	for n := range article.Node.Descendants() {
		note(n)
	}
	r := region{elem: -1}
	for i := range blocks {
		if blocks[i].cut != 0 || !held[blocks[i].elem] {
			continue
		}
		if k := len(r.spans); k > 0 && r.spans[k-1].to == int32(i) {
			r.spans[k-1].to++
			continue
		}
		r.spans = append(r.spans, span{int32(i), int32(i) + 1})
	}
	return r, len(r.spans) > 0
}
