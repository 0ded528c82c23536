package region

import (
	"net/url"
	"strconv"

	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"

	"winnow/clean/internal/dom"
)

// MaxLibraryElements is the number of elements above which go-readability is not
// called: its time grows faster than the page.
const MaxLibraryElements = 20000

// maxNestedBytes is the value of [dom.Doc]'s NestedBytes above which go-readability
// is not called: it copies the text of an element for each element around it.
// Real pages have 5 million at most.
const maxNestedBytes = 16 << 20

// libraryRegion returns the region that go-readability finds, false when it finds
// none or is not called. It takes more time than all the rest of the cleaning. It
// gets the tree without what the rules have cut, and changes it. Of its result
// only the elements are used, not the text.
func libraryRegion(doc *dom.Doc, blocks []dom.Block, root *html.Node, address string) (Region, bool) {
	if len(doc.Elements) > MaxLibraryElements || doc.NestedBytes > maxNestedBytes {
		return Region{}, false
	}
	prepareTree(doc, blocks)
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
	found := make(map[int32]bool)
	note := func(n *html.Node) {
		if v := dom.Attr(n, dom.IndexAttr); v != "" {
			if i, err := strconv.Atoi(v); err == nil {
				found[int32(i)] = true
			}
		}
	}
	note(article.Node)
	for n := range article.Node.Descendants() {
		note(n)
	}
	r := Region{elem: -1}
	for i := range blocks {
		if blocks[i].Cut == 0 && found[blocks[i].Elem] {
			r.Add(int32(i))
		}
	}
	return r, len(r.spans) > 0
}

// prepareTree removes from the tree what the rules have cut, and marks the
// elements of blocks with their index.
func prepareTree(doc *dom.Doc, blocks []dom.Block) {
	for i := range doc.Elements {
		if e := &doc.Elements[i]; e.Cut > 0 && e.Node.Parent != nil {
			e.Node.Parent.RemoveChild(e.Node)
		}
	}
	for i := range blocks {
		if b := &blocks[i]; b.Cut == 0 {
			n := doc.Elements[b.Elem].Node
			if dom.Attr(n, dom.IndexAttr) == "" {
				n.Attr = append(n.Attr, html.Attribute{Key: dom.IndexAttr, Val: strconv.Itoa(int(b.Elem))})
			}
		}
	}
}
