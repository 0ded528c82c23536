// Package boilerplate recognizes the recurring text of a site: what a publisher
// sets into all of its stories and no rule knows, such as who it is, how to
// subscribe, and what else it offers. One page does not show it; several stories
// of a site together do.
//
// [Lines] returns the lines of a story that could be boilerplate, with keys of
// their words, their place and the site. Whoever keeps stories keeps, for each
// key, which stories have it. [Recurs] looks at stories that share a key and
// reports whether their line is boilerplate. [Set], the keys that are, decides
// what goes from a story. All of it rests on the stories as they were read from
// their pages, boilerplate included: the outcome is a function of the set of
// stories, and neither what was cut before nor the order of arrival enters it.
//
// What keeps a story's own words from being taken for boilerplate:
//
//   - A line counts, and goes, at one place: so many blocks from the first or from
//     the last, one more or less. Templates put their lines so; what others quote
//     at their end is anywhere in the story that it is from.
//   - Of a long paragraph, and of every sentence in the second half, the sentences
//     between it and that end of the story must be the same too: behind boilerplate
//     comes nothing but boilerplate. The background that every follow-up repeats
//     has the rest of each behind it.
//   - The stories must be [MinStories] different ones. Those whose longest
//     paragraph is the same, numbers apart, are one: print twins, moved pages, the
//     days of a series written from one form.
//   - A line whose names and numbers the rest of the story speaks of as well is
//     the story's own (own.go).
//   - A heading, and a line that ends in a colon, stay with what follows them.
//   - Boilerplate is the smaller part of a story. Where it would not be, nothing
//     goes.
package boilerplate

import (
	"slices"
	"strconv"
	"strings"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// MinStories is how many different stories of a site must have a line.
const MinStories = 3

// Sample is how many stories that share a line are worth looking at.
const Sample = 64

// Bounds of what can be house text.
const (
	houseTail     = 8   // blocks from the last, half of the story at most
	houseHead     = 3   // blocks from the first
	houseAmid     = 10  // lines a story between head and tail
	houseWords    = 120 // words
	houseLong     = 25  // words over which a paragraph is long
	houseSentence = 8   // words of a line that can be a sentence of a story
	houseLetters  = 2   // letters of the shortest line
	houseCounters = 6   // words of a line that is the same with another number in it
)

// Line is a line of a story that could be house text.
type Line struct {
	Block int      // its place in Story.Blocks
	Keys  []uint64 // one or two, of its site, its place and its words, the same in every process
}

// Lines gives the lines of a story that could be house text, in the order
// of its blocks. There are at most 21.
func Lines(story *news.Story) []Line {
	z, f := zonesOf(story.Blocks), newForms(story)
	var could []int
	for i := range story.Blocks {
		if z.house(i, &story.Blocks[i], f.words[i]) {
			could = append(could, i)
		}
	}
	var lines []Line
	own, amid := ownLines(story, z, could), 0
	for k, i := range could {
		if own[k] || f.form(i).letters < houseLetters {
			continue
		}
		if z.amid(i) {
			if amid++; amid > houseAmid {
				continue
			}
		}
		lines = append(lines, Line{Block: i, Keys: f.keys(i)})
	}
	return lines
}

// zones are the parts of a story's blocks: the head before the first number,
// the tail from the second on.
type zones struct{ head, tail int }

func zonesOf(blocks []news.Block) zones {
	n := len(blocks)
	tail := min(houseTail, n/2)
	return zones{head: min(houseHead, (n-tail)/2), tail: n - tail}
}

func (z zones) amid(i int) bool { return i >= z.head && i < z.tail }

// house says whether a block of so many words could be house text, by where it
// stands and what it looks like.
func (z zones) house(i int, b *news.Block, words int) bool {
	switch b.Kind {
	case news.TableRow, news.Code:
		return false
	case news.Paragraph:
	default:
		if z.amid(i) {
			return false
		}
	}
	if z.amid(i) {
		return words <= houseLong && !introduces(b)
	}
	return words <= houseWords
}

// introduces says whether a block is nothing without the one after it.
func introduces(b *news.Block) bool {
	text := strings.TrimRight(b.Text, " \u00a0")
	return b.Kind == news.Heading || strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}

// formOf is what two spellings of a line of so many words have in common:
// letters and digits, and of a counter letters alone. What has its number at the
// end, or several, may well be a fact.
func formOf(b *news.Block, words int) string {
	form := letters.Key(b.Text)
	if form == "" || form[0] < '0' || form[0] > '9' || letters.EndsLikeSentence(b.Text) || words > houseCounters {
		return form
	}
	if counted := letters.MaskNumbers(letters.Fold(b.Text)); strings.Count(counted, "#") != 1 {
		return form
	}
	return dropDigits(form)
}

func dropDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// forms makes keys of a story's lines. Each block is looked at once,
// however many lines have it behind them.
type forms struct {
	story *news.Story
	words []int      // of the blocks
	forms []lineForm // likewise, each made when it is asked for
	site  uint64
}

// lineForm is what is needed of a formOf.
type lineForm struct {
	made    bool
	hash    uint64
	letters int32
}

func newForms(story *news.Story) *forms {
	f := &forms{story: story, words: make([]int, len(story.Blocks)), forms: make([]lineForm, len(story.Blocks))}
	for i := range story.Blocks {
		f.words[i] = letters.CountWords(story.Blocks[i].Text)
	}
	f.site = hashText(fnvOffset, story.Site())
	return f
}

// keys are the keys of block i. Where the place is a number of blocks it is in
// two pairs of numbers: lines that are a block apart share one of their keys.
func (f *forms) keys(i int) []uint64 {
	n := len(f.story.Blocks)
	key, from, to := f.site, 0, i
	fromEnd := 2*i >= n
	if fromEnd {
		key, from, to = hashText(key, "end"), i+1, n
	}
	key = hashNumber(key, f.form(i).hash)
	if f.words[i] > houseLong || fromEnd && f.sentence(i) {
		for k := from; k < to; k++ {
			if f.sentence(k) {
				key = hashNumber(key, f.form(k).hash)
			}
		}
		return []uint64{hashText(key, "sentences")}
	}
	beyond := to - from
	return []uint64{hashText(key, strconv.Itoa(beyond/2*2)), hashText(key, strconv.Itoa((beyond+1)/2*2-1))}
}

func (f *forms) form(i int) lineForm {
	if !f.forms[i].made {
		form := formOf(&f.story.Blocks[i], f.words[i])
		f.forms[i] = lineForm{true, hashText(fnvOffset, form), letters.Count(form)}
	}
	return f.forms[i]
}

// sentence says whether block i could be a sentence of a story.
func (f *forms) sentence(i int) bool {
	return f.words[i] >= houseSentence && letters.EndsLikeSentence(f.story.Blocks[i].Text)
}

// hashNumber adds the eight bytes of a number to an FNV-1a hash.
func hashNumber(h, number uint64) uint64 {
	for range 8 {
		h = (h ^ number&0xff) * fnvPrime
		number >>= 8
	}
	return h
}

// hashText adds a text and a zero byte to an FNV-1a hash of 64 bits (Fowler,
// Noll and Vo).
func hashText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h * fnvPrime
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// Recurs says whether a line is house text, from stories of the site that have
// its key, each as it was read from its page. More stories never make it less so.
func Recurs(key uint64, having []*news.Story) bool {
	bodies := map[string]bool{}
	for _, story := range having {
		for _, line := range Lines(story) {
			if slices.Contains(line.Keys, key) {
				bodies[bodyOf(story, line.Block)] = true
			}
		}
		if len(bodies) >= MinStories {
			return true
		}
	}
	return false
}

// bodyOf is what two copies of a story have in common whatever stands around
// them: its longest block between head and tail, else its longest, a line apart,
// without digits. A story of that line alone has its title.
func bodyOf(story *news.Story, line int) string {
	z := zonesOf(story.Blocks)
	longest, amid, without := "", false, formOf(&story.Blocks[line], letters.CountWords(story.Blocks[line].Text))
	for i := range story.Blocks {
		b := &story.Blocks[i]
		form := dropDigits(letters.Key(b.Text))
		better := z.amid(i) && !amid || z.amid(i) == amid && len(form) > len(longest)
		if !better || form == "" || formOf(b, letters.CountWords(b.Text)) == without {
			continue
		}
		longest, amid = form, z.amid(i)
	}
	if longest == "" {
		return letters.Key(story.Title)
	}
	return longest
}

// Set is what is known of house text: the keys of its lines.
type Set map[uint64]bool

// Places gives the places in Story.Blocks of the house text that goes from a
// story, in rising order. The story must be as it was read from its page.
func (h Set) Places(story *news.Story) []int {
	if len(h) == 0 {
		return nil
	}
	var places []int
	for _, line := range Lines(story) {
		if slices.ContainsFunc(line.Keys, func(key uint64) bool { return h[key] }) {
			places = append(places, line.Block)
		}
	}
	places = withWhatFollows(story.Blocks, places)
	all, gone := 0, 0
	for i := range story.Blocks {
		all += letters.CountWords(story.Blocks[i].Text)
	}
	for _, i := range places {
		gone += letters.CountWords(story.Blocks[i].Text)
	}
	if 2*gone >= all {
		return nil
	}
	return places
}

// withWhatFollows leaves the headings in, and the lines that end in a colon,
// where the block after them stays.
func withWhatFollows(blocks []news.Block, places []int) []int {
	going := make(map[int]bool, len(places))
	for _, i := range places {
		going[i] = true
	}
	for k := len(places) - 1; k >= 0; k-- {
		if i := places[k]; introduces(&blocks[i]) && i+1 < len(blocks) && !going[i+1] {
			delete(going, i)
		}
	}
	kept := places[:0]
	for _, i := range places {
		if going[i] {
			kept = append(kept, i)
		}
	}
	return kept
}

// Cut gives a story without its house text.
func (h Set) Cut(story *news.Story) news.Story { return story.WithoutHouse(h.Places(story)) }
