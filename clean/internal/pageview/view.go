// Package pageview reads what the model of pages is asked about a page: see
// [pagemodel.Features]. It goes by the page as it was sent and not by what rules or
// the model of blocks say of it, so that a change to those changes no kind.
//
// url.go reads the address, head.go what the head states, names.go class names and
// ids, lines.go the lines of text, box.go the container with most of the running
// text, units.go repeated siblings.
//
// Start with [Read].
package pageview

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/feature"
	"winnow/clean/internal/letters"
	"winnow/clean/pagemodel"
)

// maxElements is the number of elements above which a page is not judged: no page
// that the model has learned from has as many.
const maxElements = 60000

// view is a page while its features are read.
type view struct {
	doc     *dom.Doc
	f       pagemodel.Features
	title   string // the key of the title
	host    string // of the page, without www; "" when not known
	lines   []line
	elems   []element // by index of doc.Elements
	sums    sums
	box     int32 // index of the container with most running text; -1 for none
	first   int   // index of the first line of the container, len(lines) without one
	counted int32 // percent by which letters as letters.Count counts them count more: 100 to 150
	dense   int32 // percent by which letters count more than those of an alphabet with vowels: 100 to 300
}

// Read returns the features of a page. doc is the page flattened, tree its tree, of
// which the head is read, and address its URL, which may be "". ok is false for a
// page that is too large to be judged.
func Read(doc *dom.Doc, tree *html.Node, address string) (f pagemodel.Features, ok bool) {
	if len(doc.Elements) > maxElements {
		return f, false
	}
	v := &view{doc: doc, box: -1}
	v.dense, v.counted = density(doc)
	v.readURL(address)
	v.readHead(tree, address)
	v.readElements()
	v.readLines()
	v.pageFeatures()
	v.teaserFeatures()
	v.readBox()
	v.readUnits()
	v.headlineFeatures()
	return v.f, true
}

// density returns the weight of a letter of the page in percent. A character of
// Chinese says as much as three letters of a Latin text, a syllable of Korean as
// much as two. counted is that of letters as [letters.Count] counts them, where both
// are two already.
func density(doc *dom.Doc) (weight, counted int32) {
	all, han, hangul := int32(1), int32(0), int32(0)
	for i := range doc.Tokens {
		for _, r := range doc.Tokens[i].Text {
			switch {
			case r < 0x80:
				if 'a' <= r|0x20 && r|0x20 <= 'z' {
					all++
				}
			case 0xac00 <= r && r <= 0xd7a3:
				all++
				hangul++
			case letters.IsUnspaced(r):
				all++
				han++
			case r >= 0xc0:
				all++
			}
		}
	}
	sum, twice := int64(all)+2*int64(han)+int64(hangul), int64(all)+int64(han)+int64(hangul)
	return int32(100 * sum / int64(all)), int32(100 * sum / twice)
}

// weigh returns a number of letters, weighed.
func (v *view) weigh(n int32) int32 { return int32(int64(n) * int64(v.dense) / 100) }

// weighCounted is weigh for letters as [letters.Count] counts them.
func (v *view) weighCounted(n int32) int32 { return int32(int64(n) * int64(v.counted) / 100) }

// element is what is read of one element.
type element struct {
	make  uint64 // hash of its name and its classes
	names nameSet
	lines int32 // number of lines before it
}

// tagFeatures are the elements that are counted.
var tagFeatures = map[atom.Atom]int{
	atom.P: pagemodel.TagP, atom.Li: pagemodel.TagLI, atom.Td: pagemodel.TagTable, atom.Th: pagemodel.TagTable, atom.Article: pagemodel.TagArticle,
	atom.Section: pagemodel.TagSection, atom.Time: pagemodel.TagTime, atom.Figure: pagemodel.TagFigure, atom.Blockquote: pagemodel.TagQuote,
	atom.Button: pagemodel.TagButton, atom.Input: pagemodel.TagInput, atom.Select: pagemodel.TagSelect, atom.Form: pagemodel.TagForm,
	atom.Code: pagemodel.TagCode, atom.Pre: pagemodel.TagCode, atom.H1: pagemodel.TagH1, atom.H2: pagemodel.TagH2, atom.H3: pagemodel.TagH3,
	atom.H4: pagemodel.TagH4, atom.H5: pagemodel.TagH4, atom.H6: pagemodel.TagH4,
}

// readElements reads the names of the elements and counts them by tag.
func (v *view) readElements() {
	v.elems = make([]element, len(v.doc.Elements)+1)
	var tags [pagemodel.Count]int32
	n := newNames()
	for i := range v.doc.Elements {
		e := &v.doc.Elements[i]
		if k, ok := tagFeatures[e.Node.DataAtom]; ok && e.Letters > 0 || e.Node.DataAtom == atom.Input || e.Node.DataAtom == atom.Time {
			tags[k]++
		}
		v.elems[i].make, v.elems[i].names = n.read(e.Node)
		if e.Node.DataAtom == atom.Body {
			n.bodyFeatures(&v.f, e.Node)
		}
	}
	for _, k := range tagFeatures {
		v.f[k] = feature.Log(tags[k])
	}
	n.features(&v.f)
}
