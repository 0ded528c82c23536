package dom

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flatten flattens the elements within the body of a page. Each of them has an
// id, by which find returns its index.
func flatten(t *testing.T, body string) (doc *Doc, find func(id string) int32) {
	t.Helper()
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(body), context)
	if err != nil {
		t.Fatal(err)
	}
	root := &html.Node{Type: html.DocumentNode}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	doc = New(root, func(*Element) int16 { return 0 })
	return doc, func(id string) int32 {
		t.Helper()
		i := slices.IndexFunc(doc.Elements, func(e Element) bool { return Attr(e.Node, "id") == id })
		if i < 0 {
			t.Fatalf("no element %s", id)
		}
		return int32(i)
	}
}

func TestTwinAncestor(t *testing.T) {
	tests := []struct {
		name, body, want string // the id of the twin, "" for none
	}{
		{"articles side by side", "<main><article id=one><p id=a></article><article><p id=b></article></main>", "one"},
		{"boxes of one class, numbered", "<main><div id=one class=part-1><p id=a></div><div class=part-2><p id=b></div></main>", "one"},
		{"boxes without a class", "<main><div><p id=a></div><div><p id=b></div></main>", ""},
		{"boxes of two classes", "<main><div class=x><p id=a></div><div class=y><p id=b></div></main>", ""},
		{"one article", "<main><article><p id=a></p><p id=b></p></article></main>", ""},
		{"elements at the top of a tree without html", "<article><p id=a></article><article><p id=b></article>", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, find := flatten(t, test.body)
			twin, ok := doc.TwinAncestor(find("a"), find("b"))
			if ok != (test.want != "") {
				t.Fatalf("found %v, want %q", ok, test.want)
			}
			if ok && twin != find(test.want) {
				t.Errorf("element %d, want %q", twin, test.want)
			}
		})
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string]string{
		"":                 "",
		"share":            "share",
		"postShare_2":      "post share",
		"BLOCK__Share-bar": "block share bar",
		"col-8":            "col",
		"меню-sidebar":     "меню sidebar",
	} {
		if got := strings.Join(SplitName(nil, name), " "); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
