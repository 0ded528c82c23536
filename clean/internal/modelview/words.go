package modelview

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// The kinds of words, each with separate hashes.
const (
	ownWord = iota
	aroundWord
	firstWord
	anyWord
)

// Bounds of the words that are read of a block.
const (
	maxWords      = 14  // a block with more has no words but its first
	firstWords    = 3   // words that it begins with
	maxWordBytes  = 400 // of the text, in which those are looked for
	maxNameWords  = 24  // words of the names of one element
	ownElements   = 2   // elements whose names are its own: its element and the parent
	namedElements = 5   // elements whose names are read, with those
)

// Words returns the words of block i.
func (v *View) Words(i int) (w blockmodel.Words) {
	b := &v.Blocks[i]
	e := b.Elem
	for up := 0; e >= 0 && up < namedElements; e, up = v.doc.Elements[e].Parent, up+1 {
		if up < ownElements {
			w.Own = append(w.Own, v.hashNames(e, ownWord)...)
		} else {
			w.Around = append(w.Around, v.hashNames(e, aroundWord)...)
		}
	}
	var first [firstWords]string
	n, few := 0, v.texts[i].words <= maxWords
	text := letters.Lower(b.Text[:min(len(b.Text), maxWordBytes)])
	for word := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
		if n < firstWords {
			first[n] = word
			w.First = append(w.First, hashWords(firstWord, first[:n+1]...))
		} else if !few {
			break
		}
		if few {
			w.All = append(w.All, hashWords(anyWord, word))
		}
		n++
	}
	return w
}

// hashNames returns the hashes of an element's tag and of the words of its class
// names and its id.
func (v *View) hashNames(elem int32, kind uint32) []uint32 {
	key := elem*2 + int32(kind)
	if known, ok := v.hashes[key]; ok {
		return known
	}
	n := v.doc.Elements[elem].Node
	hashes := []uint32{hashWords(kind, "<", n.Data)}
	var words []string
	for _, names := range [2]string{dom.Attr(n, "class"), dom.Attr(n, "id")} {
		for name := range strings.FieldsSeq(names[:min(len(names), dom.MaxClass)]) {
			words = dom.SplitName(words[:0], name)
			for _, w := range words {
				if len(hashes) < maxNameWords && utf8.RuneCountInString(w) > 1 {
					hashes = append(hashes, hashWords(kind, w))
				}
			}
		}
	}
	v.hashes[key] = hashes
	return hashes
}

// hashWords returns the FNV-1a hash of words in a row, 32 bits.
func hashWords(kind uint32, words ...string) uint32 {
	h := (2166136261 ^ kind) * 16777619
	for _, w := range words {
		for k := 0; k < len(w); k++ {
			h = (h ^ uint32(w[k])) * 16777619
		}
		h = (h ^ ' ') * 16777619
	}
	return h
}
