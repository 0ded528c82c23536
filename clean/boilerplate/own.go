package boilerplate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// aboutWords is the number of words that must be between head and tail for that
// to be what the story is about. Otherwise the first half is taken as well.
const aboutWords = 40

// ownLines returns for each of some blocks whether it is the story's own text: at
// least half of its names and numbers occur in the rest of the story. The
// publisher's name does not count. Scripts without capitals have no names to go
// by, so their lines are never the story's own.
func ownLines(story *news.Story, z zones, lines []int) []bool {
	n := nameCounter{story: story, zones: z, count: map[uint64]int{}}
	names := make([][]uint64, len(lines))
	for k, i := range lines {
		names[k] = n.namesIn(story.Blocks[i].Text)
		for _, name := range names[k] {
			n.count[name] = 0
		}
	}
	own := make([]bool, len(lines))
	if len(n.count) == 0 {
		return own
	}
	n.readStory()
	for k, i := range lines {
		elsewhere := 0
		for _, name := range names[k] {
			count := n.count[name]
			if n.isAbout(i) {
				count-- // the line itself
			}
			if count > 0 {
				elsewhere++
			}
		}
		own[k] = elsewhere > 0 && 2*elsewhere >= len(names[k])
	}
	return own
}

// nameCounter counts the names of the lines in the blocks that say what the story
// is about.
type nameCounter struct {
	story *news.Story
	zones zones
	start int            // blocks before this one count, too, when there are few words between head and tail
	count map[uint64]int // by the stem of a name: how many of these blocks and titles have it
}

// namesIn returns the stems of the words of a text that are capitalized within a
// sentence or have digits, but for those of the publisher's name.
func (n *nameCounter) namesIn(text string) []uint64 {
	var names []uint64
	host, site := n.story.Site(), strings.ToLower(n.story.SiteName)
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

// isAbout reports whether block i is one that says what the story is about.
func (n *nameCounter) isAbout(i int) bool { return n.zones.inMiddle(i) || i < n.start }

func (n *nameCounter) readStory() {
	blocks, words := n.story.Blocks, 0
	for i := n.zones.head; i < n.zones.tail && words < aboutWords; i++ {
		words += letters.CountWords(blocks[i].Text)
	}
	if words < aboutWords {
		n.start = (len(blocks) + 1) / 2
	}
	n.add(n.story.Title)
	seen := map[string]bool{}
	for i := range blocks {
		if text := blocks[i].Text; n.isAbout(i) && !seen[text] {
			seen[text] = true
			n.add(text)
		}
	}
}

// add counts the names in a text, each once.
func (n *nameCounter) add(text string) {
	var seen []uint64
	eachWord(text, func(_ string, stem uint64, _ bool) {
		if count, wanted := n.count[stem]; wanted && !slices.Contains(seen, stem) {
			seen = append(seen, stem)
			n.count[stem] = count + 1
		}
	})
}

// stemRunes is the length of the stem of a word: names are found in their other
// cases.
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

// eachWord calls do for each word of two letters or digits or more, with a hash of
// its stem in lower case, and whether it looks like a name or a number.
func eachWord(text string, do func(word string, stem uint64, name bool)) {
	opens := true // the word begins a sentence
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

// hashLower adds a rune, in lower case, to a hash.
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
