package modelview

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/blockmodel"
	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// The kinds of words, which are hashed apart.
const (
	ownWord = iota
	aroundWord
	firstWord
	anyWord
)

func hashWord(kind uint32, words ...string) uint32 {
	h := (2166136261 ^ kind) * 16777619
	for _, w := range words {
		for k := 0; k < len(w); k++ {
			h = (h ^ uint32(w[k])) * 16777619
		}
		h = (h ^ ' ') * 16777619
	}
	return h
}

// Bounds of the words that are read of a block.
const (
	readWords      = 14  // of all its words, no more than this
	firstWords     = 3   // of its first
	firstBytesRead = 400 // where those are looked for
	fewNames       = 24  // class names of one element
)

// Words are the words of block i.
func (v *View) Words(i int) (w blockmodel.Words) {
	b := &v.Blocks[i]
	e := b.Elem
	for up := 0; e >= 0 && up < 5; e, up = v.doc.Elements[e].Parent, up+1 {
		if up < 2 {
			w.Own = append(w.Own, v.namesOf(e, ownWord)...)
		} else {
			w.Around = append(w.Around, v.namesOf(e, aroundWord)...)
		}
	}
	var first [firstWords]string
	n, few := 0, v.texts[i].words <= readWords
	text := letters.Lower(b.Text[:min(len(b.Text), firstBytesRead)])
	for word := range strings.FieldsFuncSeq(text, letters.IsWordBreak) {
		if n < firstWords {
			first[n] = word
			w.First = append(w.First, hashWord(firstWord, first[:n+1]...))
		} else if !few {
			break
		}
		if few {
			w.All = append(w.All, hashWord(anyWord, word))
		}
		n++
	}
	return w
}

// namesOf are the words of the class names and the id of an element.
func (v *View) namesOf(i int32, kind uint32) []uint32 {
	key := i*2 + int32(kind)
	if known, ok := v.nameWords[key]; ok {
		return known
	}
	var out []uint32
	n := v.doc.Elements[i].Node
	out = append(out, hashWord(kind, "<", n.Data))
	var words []string
	for _, names := range [2]string{dom.Attr(n, "class"), dom.Attr(n, "id")} {
		for name := range strings.FieldsSeq(names[:min(len(names), dom.MaxClass)]) {
			words = dom.SplitName(words[:0], name)
			for _, w := range words {
				if len(out) < fewNames && utf8.RuneCountInString(w) > 1 {
					out = append(out, hashWord(kind, w))
				}
			}
		}
	}
	v.nameWords[key] = out
	return out
}
