package boilerplate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// ownWords tells the lines that speak of what the story speaks of: at least half
// of their names and numbers stand in the rest of the story too. The publisher's
// name is none. A script without capitals has no names to go by.
type ownWords struct {
	story *news.Story
	zones zones
	first int            // where the zone between head and tail says too little, the blocks before this one are read too
	times map[uint64]int // names of the lines, by stem, and how many blocks and titles that are read have them
}

// ownFew is the number of words under which what stands between head and tail
// is too little to know a story by; then the first half is taken.
const ownFew = 40

// ownLines says of each of some blocks whether it is the story's own.
func ownLines(story *news.Story, z zones, lines []int) []bool {
	o := ownWords{story: story, zones: z, times: map[uint64]int{}}
	names := make([][]uint64, len(lines))
	for k, i := range lines {
		names[k] = o.names(story.Blocks[i].Text)
		for _, name := range names[k] {
			o.times[name] = 0
		}
	}
	own := make([]bool, len(lines))
	if len(o.times) == 0 {
		return own
	}
	o.read()
	for k, i := range lines {
		found := 0
		for _, name := range names[k] {
			times := o.times[name]
			if o.reads(i) {
				times-- // the line itself
			}
			if times > 0 {
				found++
			}
		}
		own[k] = found > 0 && 2*found >= len(names[k])
	}
	return own
}

// names are the stems of the words of a text that are written large within a
// sentence, or have digits, the publisher's name apart.
func (o *ownWords) names(text string) []uint64 {
	var names []uint64
	host, site := o.story.Site(), strings.ToLower(o.story.SiteName)
	eachWord(text, func(word string, stem uint64, name bool) {
		if !name || slices.Contains(names, stem) {
			return
		}
		if start := strings.ToLower(firstRunes(word, stemRunes)); !strings.Contains(host, start) && !strings.Contains(site, start) {
			names = append(names, stem)
		}
	})
	return names
}

// reads says whether block i is one that tells what the story is about.
func (o *ownWords) reads(i int) bool { return o.zones.amid(i) || i < o.first }

func (o *ownWords) read() {
	blocks, words := o.story.Blocks, 0
	for i := o.zones.head; i < o.zones.tail && words < ownFew; i++ {
		words += letters.CountWords(blocks[i].Text)
	}
	if words < ownFew {
		o.first = (len(blocks) + 1) / 2
	}
	o.count(o.story.Title)
	known := map[string]bool{} // a line that stands in the story twice
	for i := range blocks {
		if text := blocks[i].Text; o.reads(i) && !known[text] {
			known[text] = true
			o.count(text)
		}
	}
}

// count adds a text to the times of each name that it has.
func (o *ownWords) count(text string) {
	var seen []uint64
	eachWord(text, func(_ string, stem uint64, _ bool) {
		if times, wanted := o.times[stem]; wanted && !slices.Contains(seen, stem) {
			seen = append(seen, stem)
			o.times[stem] = times + 1
		}
	})
}

// stemRunes is how much of a word is compared, so that a name is found in its
// other cases.
const stemRunes = 6

func firstRunes(word string, n int) string {
	for i := range word {
		if n == 0 {
			return word[:i]
		}
		n--
	}
	return word
}

// eachWord calls do for each word of a text of two letters or digits and more,
// with a hash of its first letters in lower case, and whether it looks like a
// name or a number.
func eachWord(text string, do func(word string, stem uint64, name bool)) {
	opens := true // a sentence
	for at := 0; at < len(text); {
		class, size := letters.FirstClass(text[at:])
		if !class.IsWord() {
			if text[at] != ' ' {
				r, _ := utf8.DecodeRuneInString(text[at:])
				opens = opens || strings.ContainsRune(".!?…:;。！？؟|•", r)
			}
			at += size
			continue
		}
		from, runes, name := at, 0, class.IsUpper() && !opens
		stem := uint64(fnvOffset)
		for class.IsWord() {
			name = name || class.IsDigit()
			if runes < stemRunes {
				stem = hashLower(stem, text[at:at+size])
			}
			runes++
			if at += size; at == len(text) {
				break
			}
			class, size = letters.FirstClass(text[at:])
		}
		if runes >= 2 {
			do(text[from:at], stem, name)
		}
		opens = false
	}
}

// hashLower adds one rune, in lower case, to an FNV-1a hash.
func hashLower(h uint64, letter string) uint64 {
	if c := letter[0]; c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return (h ^ uint64(c)) * fnvPrime
	}
	r, _ := utf8.DecodeRuneInString(letter)
	return (h ^ uint64(unicode.ToLower(r))) * fnvPrime
}
