package labels

import (
	"slices"
	"strings"
	"unicode/utf8"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// label is one phrase of a word list.
type label struct {
	section wordlists.Section
	form    wordlists.Form
	text    string // folded
	order   int32  // of a label found anywhere: its place among these
	head    string // of a label at the start: text behind its first letter, up to its first "#"
	counts  bool   // text has a "#", which stands for a number
}

// Finder is a set of labels, filed by where on a line they are looked for.
type Finder struct {
	whole   map[string][]wordlists.Section // WholeLine: phrase → sections
	longest int                            // length of the longest phrase in whole, in bytes
	starts  map[rune]*startList            // BeforeColon, LineStart and BeforeName, by first letter
	inside  map[uint32][]label             // Anywhere, by their first four bytes
	insides int32                          // number of labels in inside
	opening [64]uint64                     // a Bloom filter of the keys of inside, one bit for each hash
	ends    []label                        // LineEnd
}

// startList holds the labels that begin with one letter, in the order of the
// files.
type startList struct {
	next   []byte // of each label the byte behind that letter; 0 when there is none
	labels []label
}

func newFinder() *Finder {
	return &Finder{whole: map[string][]wordlists.Section{}, starts: map[rune]*startList{}, inside: map[uint32][]label{}}
}

// add files a label where it is looked for.
func (f *Finder) add(l label) {
	l.text = letters.FoldCase(l.text)
	first, size := utf8.DecodeRuneInString(l.text)
	switch l.form {
	case wordlists.WholeLine:
		f.addWhole(letters.TrimTrailing(l.text), l.section)
	case wordlists.Anywhere:
		l.order = f.insides
		f.addInside(l)
	case wordlists.LineEnd:
		f.ends = append(f.ends, l)
	default:
		l.head, _, l.counts = strings.Cut(l.text, "#")
		l.head = l.head[min(size, len(l.head)):]
		f.addStart(first, l)
	}
}

func (f *Finder) addWhole(phrase string, section wordlists.Section) {
	f.whole[phrase] = append(f.whole[phrase], section)
	f.longest = max(f.longest, len(phrase))
}

func (f *Finder) addInside(l label) {
	key, word, bit := insideKey(l.text)
	f.inside[key] = append(f.inside[key], l)
	f.opening[word] |= bit
	f.insides++
}

func (f *Finder) addStart(first rune, l label) {
	list := f.starts[first]
	if list == nil {
		list = &startList{}
		f.starts[first] = list
	}
	next := byte(0)
	if l.head != "" {
		next = l.head[0]
	}
	list.next, list.labels = append(list.next, next), append(list.labels, l)
}

// insideKey returns the key in Finder.inside of a label that begins text, and
// its bit in Finder.opening. text has wordlists.MinAnywhere bytes or more.
func insideKey(text string) (key, word uint32, bit uint64) {
	const fibonacci = 2654435769 // 2^32 over the golden ratio: Knuth's multiplicative hash
	key = uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
	hash := key * fibonacci >> 20
	return key, hash >> 6, 1 << (hash & 63)
}

// subset returns the finder of some sections. It finds what the whole finder
// finds, in the same order, without the other sections.
func (f *Finder) subset(sections ...wordlists.Section) *Finder {
	wanted := func(all []label) (out []label) {
		for _, l := range all {
			if slices.Contains(sections, l.section) {
				out = append(out, l)
			}
		}
		return out
	}
	out := newFinder()
	for phrase, all := range f.whole {
		for _, section := range all {
			if slices.Contains(sections, section) {
				out.addWhole(phrase, section)
			}
		}
	}
	for r, list := range f.starts {
		for _, l := range wanted(list.labels) {
			out.addStart(r, l)
		}
	}
	for _, all := range f.inside {
		for _, l := range wanted(all) {
			out.addInside(l)
		}
	}
	out.ends = wanted(f.ends)
	return out
}
