package clean

import (
	"slices"
	"strconv"
	"strings"

	"winnow/news"
)

// House text is what a publisher sets into all of its stories and no rule knows:
// who it is, how to subscribe, what else it offers. One page does not show it;
// several stories of a site together do.
//
// HouseLines gives the lines of a story that could be house text, with keys of
// their words, their place and the site. Whoever keeps stories keeps, for each
// key, which stories have it. IsHouse looks at stories that share a key and says
// whether their line is house text. House, the keys that are, says what of a
// story goes. All of it rests on the stories as they were read from their pages,
// with the house text in them: so the outcome is a function of the set of
// stories, and neither what was cut before nor the order of arrival enters it.
//
// What keeps a story's own words from being taken for house text:
//
//   - A line counts, and goes, at one place: so many blocks from the first or from
//     the last, one more or less. Templates put their lines so; what others quote
//     at their end stands anywhere in the story that it is from.
//   - Of a long paragraph, and of every sentence in the second half, the sentences
//     between it and that end of the story must be the same too: behind house text
//     comes nothing but house text. The background that every follow-up repeats
//     has the rest of each behind it.
//   - The stories must be HouseStories different ones. Those whose longest
//     paragraph is the same, numbers apart, are one: print twins, moved pages, the
//     days of a series told by one form.
//   - A line whose names and numbers the rest of the story speaks of as well is
//     the story's own (see ownWords).
//   - A heading, and a line that ends in a colon, stay with what follows them.
//   - House text is the smaller part of a story. Where it would not be, nothing
//     goes.

// HouseStories is how many different stories of a site must have a line.
const HouseStories = 3

// HouseSample is how many stories that share a line are worth looking at.
const HouseSample = 64

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

// HouseLine is a line of a story that could be house text.
type HouseLine struct {
	Block int      // its place in Story.Blocks
	Keys  []uint64 // one or two, of its site, its place and its words, the same in every process
}

// HouseLines gives the lines of a story that could be house text, in the order
// of its blocks. There are at most 21.
func HouseLines(story *news.Story) []HouseLine {
	z, f := zonesOf(story.Blocks), newHouseForms(story)
	var could []int
	for i := range story.Blocks {
		if z.house(i, &story.Blocks[i], f.words[i]) {
			could = append(could, i)
		}
	}
	var lines []HouseLine
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
		lines = append(lines, HouseLine{Block: i, Keys: f.keys(i)})
	}
	return lines
}

// houseZones are the parts of a story's blocks: the head before the first number,
// the tail from the second on.
type houseZones struct{ head, tail int }

func zonesOf(blocks []news.Block) houseZones {
	n := len(blocks)
	tail := min(houseTail, n/2)
	return houseZones{head: min(houseHead, (n-tail)/2), tail: n - tail}
}

func (z houseZones) amid(i int) bool { return i >= z.head && i < z.tail }

// house says whether a block of so many words could be house text, by where it
// stands and what it looks like.
func (z houseZones) house(i int, b *news.Block, words int) bool {
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

// houseForm is what two spellings of a line of so many words have in common:
// letters and digits, and of a counter letters alone. What has its number at the
// end, or several, may well be a fact.
func houseForm(b *news.Block, words int) string {
	form := letterKey(b.Text)
	if form == "" || form[0] < '0' || form[0] > '9' || endsLikeSentence(b.Text) || words > houseCounters {
		return form
	}
	if counted := countedForm(foldText(b.Text)); strings.Count(counted, "#") != 1 {
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

// houseForms makes keys of a story's lines. Each block is looked at once,
// however many lines have it behind them.
type houseForms struct {
	story *news.Story
	words []int      // of the blocks
	forms []lineForm // likewise, each made when it is asked for
	site  uint64
}

// lineForm is what is needed of a houseForm.
type lineForm struct {
	made    bool
	hash    uint64
	letters int32
}

func newHouseForms(story *news.Story) *houseForms {
	f := &houseForms{story: story, words: make([]int, len(story.Blocks)), forms: make([]lineForm, len(story.Blocks))}
	for i := range story.Blocks {
		f.words[i] = wordCount(story.Blocks[i].Text)
	}
	f.site = hashText(fnvOffset, story.Site())
	return f
}

// keys are the keys of block i. Where the place is a number of blocks it is in
// two pairs of numbers: lines that are a block apart share one of their keys.
func (f *houseForms) keys(i int) []uint64 {
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

func (f *houseForms) form(i int) lineForm {
	if !f.forms[i].made {
		form := houseForm(&f.story.Blocks[i], f.words[i])
		f.forms[i] = lineForm{true, hashText(fnvOffset, form), letters(form)}
	}
	return f.forms[i]
}

// sentence says whether block i could be a sentence of a story.
func (f *houseForms) sentence(i int) bool {
	return f.words[i] >= houseSentence && endsLikeSentence(f.story.Blocks[i].Text)
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

// IsHouse says whether a line is house text, from stories of the site that have
// its key, each as it was read from its page. More stories never make it less so.
func IsHouse(key uint64, having []*news.Story) bool {
	bodies := map[string]bool{}
	for _, story := range having {
		for _, line := range HouseLines(story) {
			if slices.Contains(line.Keys, key) {
				bodies[bodyOf(story, line.Block)] = true
			}
		}
		if len(bodies) >= HouseStories {
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
	longest, amid, without := "", false, houseForm(&story.Blocks[line], wordCount(story.Blocks[line].Text))
	for i := range story.Blocks {
		b := &story.Blocks[i]
		form := dropDigits(letterKey(b.Text))
		better := z.amid(i) && !amid || z.amid(i) == amid && len(form) > len(longest)
		if !better || form == "" || houseForm(b, wordCount(b.Text)) == without {
			continue
		}
		longest, amid = form, z.amid(i)
	}
	if longest == "" {
		return letterKey(story.Title)
	}
	return longest
}

// House is what is known of house text: the keys of its lines.
type House map[uint64]bool

// Places gives the places in Story.Blocks of the house text that goes from a
// story, in rising order. The story must be as it was read from its page.
func (h House) Places(story *news.Story) []int {
	if len(h) == 0 {
		return nil
	}
	var places []int
	for _, line := range HouseLines(story) {
		if slices.ContainsFunc(line.Keys, func(key uint64) bool { return h[key] }) {
			places = append(places, line.Block)
		}
	}
	places = withWhatFollows(story.Blocks, places)
	all, gone := 0, 0
	for i := range story.Blocks {
		all += wordCount(story.Blocks[i].Text)
	}
	for _, i := range places {
		gone += wordCount(story.Blocks[i].Text)
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
func (h House) Cut(story *news.Story) news.Story { return story.WithoutHouse(h.Places(story)) }
