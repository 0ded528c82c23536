package siteprofile

import (
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// innermost returns the innermost element that has all the text of a block.
func innermost(doc *dom.Doc, b *dom.Block) int32 {
	common := int32(-1)
	for k := b.Tokens.From; k < b.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || t.Elem < b.Elem || t.Elem >= doc.Elements[b.Elem].End || letters.Count(t.Text) == 0 {
			continue
		}
		if common < 0 {
			common = t.Elem
		}
		for t.Elem < common || t.Elem >= doc.Elements[common].End {
			common = doc.Elements[common].Parent
		}
	}
	return max(common, b.Elem)
}

// part is a run of a block's text that one inline element with attributes has.
type part struct {
	elem     int32
	text     string
	from, to int // bytes of the block's text
}

// Bounds of parts.
const (
	minPart       = 12  // letters
	maxPartShare  = 0.9 // of the block's letters: what has more is the block
	maxPartLinked = 0.8 // of its letters in links: links are in running text everywhere
)

// findParts returns the parts of a block in their order, none within another.
func findParts(doc *dom.Doc, b *dom.Block) (parts []part) {
	at, end := 0, int32(-1)
	for k := b.Tokens.From; k < b.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || t.Elem <= b.Elem || t.Elem >= doc.Elements[b.Elem].End || t.Elem < end {
			continue
		}
		outer := int32(-1)
		for e := t.Elem; e > b.Elem; e = doc.Elements[e].Parent {
			if n := doc.Elements[e].Node; n.Data != "a" && (len(n.Attr) > 0 || strings.Contains(n.Data, "-")) {
				outer = e
			}
		}
		if outer < 0 || !isPart(&doc.Elements[outer], b) {
			continue
		}
		end = doc.Elements[outer].End
		text := doc.PlainText(outer)
		if i := strings.Index(b.Text[at:], text); i >= 0 {
			parts = append(parts, part{outer, text, at + i, at + i + len(text)})
			at += i + len(text)
		}
	}
	return parts
}

func isPart(e *dom.Element, b *dom.Block) bool {
	return e.Letters >= minPart && float64(e.Letters) <= maxPartShare*float64(b.Letters) && float64(e.LinkLetters) <= maxPartLinked*float64(e.Letters)
}
