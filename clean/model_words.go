package clean

import (
	"strings"
	"unicode/utf8"
)

// Words are what a block is written with and what its place is called, each as a
// hash: of the class names and ids of its element and of the one around it
// (Own), of three more around those (Around), of its first words, alone and
// together (First), and of all its words if they are few (All).
type Words struct {
	Own, Around, First, All []uint32
}

// Lexicon says how much a word speaks for story, by its hash, in 1/16 of natural
// log-odds.
type Lexicon map[uint32]int8

// Mark writes what the words of a block speak for into its features.
func (l Lexicon) Mark(f *Features, w *Words) {
	f[featOwnWords], f[featOwnWorst] = l.weigh(w.Own)
	f[featAroundWords], f[featAroundWorst] = l.weigh(w.Around)
	f[featFirstWords], f[featFirstWorst] = l.weigh(w.First)
	f[featAllWords], f[featAllWorst] = l.weigh(w.All)
}

// neutral is the feature of words that speak for nothing.
const neutral = 128

// weigh is the sum of the words and the least of them, 0 to 255 around neutral.
func (l Lexicon) weigh(words []uint32) (sum, worst uint8) {
	s, least := 0, 0
	for _, w := range words {
		v := int(l[w])
		s += v
		least = min(least, v)
	}
	return uint8(neutral + min(120, max(-120, s))), uint8(neutral + least)
}

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

// words are the words of block i.
func (v *modelView) words(i int) (w Words) {
	b := &v.blocks[i]
	e := b.elem
	for up := 0; e >= 0 && up < 5; e, up = v.o.elems[e].parent, up+1 {
		if up < 2 {
			w.Own = append(w.Own, v.namesOf(e, ownWord)...)
		} else {
			w.Around = append(w.Around, v.namesOf(e, aroundWord)...)
		}
	}
	var first [firstWords]string
	n, few := 0, v.texts[i].words <= readWords
	text := lower(b.Text[:min(len(b.Text), firstBytesRead)])
	for word := range strings.FieldsFuncSeq(text, betweenWords) {
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
func (v *modelView) namesOf(i int32, kind uint32) []uint32 {
	key := i*2 + int32(kind)
	if known, ok := v.nameWords[key]; ok {
		return known
	}
	var out []uint32
	n := v.o.elems[i].node
	out = append(out, hashWord(kind, "<", n.Data))
	var buf wordBuffer
	for _, names := range [2]string{attr(n, "class"), attr(n, "id")} {
		for name := range strings.FieldsSeq(names[:min(len(names), maxNames)]) {
			for _, w := range buf.split(name) {
				if len(out) < fewNames && utf8.RuneCountInString(w) > 1 {
					out = append(out, hashWord(kind, w))
				}
			}
		}
	}
	v.nameWords[key] = out
	return out
}
