package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/news"
)

// ownWords tells the lines that speak of what the story speaks of.
type ownWords struct {
	story *news.Story
	zones houseZones
	words map[string]int // stems of the title and of the blocks that tell what the story is about, with the number of those that have them; nil until they are asked for
	first int            // where the zone between head and tail says too little, the blocks before this one are read too
}

// ownFew is the number of words under which what stands between head and tail
// is too little to know a story by; then the first half is taken.
const ownFew = 40

// has says whether at least half of the names and numbers of a block stand in
// the rest of the story too. The publisher's name is none. A script without
// capitals has no names to go by.
func (o *ownWords) has(i int) bool {
	names := o.names(o.story.Blocks[i].Text)
	if len(names) == 0 {
		return false
	}
	if o.words == nil {
		o.read()
	}
	itself := map[string]bool{}
	if o.reads(i) {
		eachWord(o.story.Blocks[i].Text, func(stem string, _ bool) { itself[stem] = true })
	}
	found := 0
	for name := range names {
		times := o.words[name]
		if itself[name] {
			times--
		}
		if times > 0 {
			found++
		}
	}
	return 2*found >= len(names)
}

// names are the stems of the words of a text that are written large within a
// sentence, or have digits, the publisher's name apart.
func (o *ownWords) names(text string) map[string]bool {
	names := map[string]bool{}
	host, site := o.story.Site(), strings.ToLower(o.story.SiteName)
	eachWord(text, func(stem string, name bool) {
		if name && !strings.Contains(host, stem) && !strings.Contains(site, stem) {
			names[stem] = true
		}
	})
	return names
}

// reads says whether block i is one that tells what the story is about.
func (o *ownWords) reads(i int) bool { return o.zones.amid(i) || i < o.first }

func (o *ownWords) read() {
	o.words = map[string]int{}
	words := 0
	for i := o.zones.head; i < o.zones.tail; i++ {
		words += wordCount(o.story.Blocks[i].Text)
	}
	if words < ownFew {
		o.first = (len(o.story.Blocks) + 1) / 2
	}
	o.count(o.story.Title)
	known := map[string]bool{} // a line that stands in the story twice
	for i := range o.story.Blocks {
		if text := o.story.Blocks[i].Text; o.reads(i) && !known[text] {
			known[text] = true
			o.count(text)
		}
	}
}

func (o *ownWords) count(text string) {
	seen := map[string]bool{}
	eachWord(text, func(stem string, _ bool) {
		if !seen[stem] {
			seen[stem] = true
			o.words[stem]++
		}
	})
}

// stemLetters is how much of a word is compared, so that a name is found in its
// other cases.
const stemLetters = 6

// eachWord calls do for each word of a text of two letters or digits and more:
// its first letters in lower case, and whether it looks like a name or a number.
func eachWord(text string, do func(stem string, name bool)) {
	opens := true // a sentence
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			switch {
			case strings.ContainsRune(".!?…:;。！？؟|•", r):
				opens = true
			}
			text = text[size:]
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		text = text[end:]
		if utf8.RuneCountInString(word) >= 2 {
			number := strings.IndexFunc(word, unicode.IsDigit) >= 0
			do(stemOf(word), number || unicode.IsUpper(r) && !opens)
		}
		opens = false
	}
}

func stemOf(word string) string {
	n := 0
	for i := range word {
		if n == stemLetters {
			return strings.ToLower(word[:i])
		}
		n++
	}
	return strings.ToLower(word)
}
