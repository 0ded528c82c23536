package clean

import (
	"strings"

	"winnow/news"
)

// House text is what a publisher sets into all of its stories and no rule knows:
// who it is, how to subscribe, what else it offers. One page does not show it;
// several stories of a site together do.
//
// HouseLines gives the lines of a story that could be house text, each as a key
// of its words and the site. Whoever keeps stories keeps, for each key, which
// stories have it. IsHouse looks at stories that share a key and says whether
// their line is house text. House, the keys that are, says what of a story goes.
// All of it rests on the stories as they were read from their pages, with the
// house text in them: so the outcome is a function of the set of stories, and
// neither what was cut before nor the order of arrival enters it.
//
// What keeps a story's own words from being taken for house text:
//
//   - A line counts when it stands at the same place to within a block, from the
//     first block or from the last, in houseStories stories, and goes on that side of a story
//     only. Templates put their lines so; what others quote at their end stands
//     anywhere in the story that it is from.
//   - Of a long paragraph the sentences between it and that end of the story must
//     be the same too: behind house text comes nothing but house text. The
//     background that every follow-up repeats has the rest of each behind it.
//   - The stories must be different ones. Those whose longest paragraph is the
//     same, numbers apart, are one: print twins, moved pages, the days of a
//     series told by one form.
//   - A line whose names and numbers the rest of the story speaks of as well is
//     the story's own (see ownWords).
//   - A heading, and a line that ends in a colon, stay with what follows them.
//   - House text is the smaller part of a story. Where it would not be, nothing
//     goes.

// houseStories is how many stories of a site must have a line.
const houseStories = 3

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
	Block int    // its place in Story.Blocks
	Key   uint64 // of its site, its side and its words, the same in every process and version
}

// HouseLines gives the lines of a story that could be house text, in the order
// of its blocks. There are at most 21.
func HouseLines(story *news.Story) []HouseLine {
	z := zonesOf(story.Blocks)
	var could []int
	for i := range story.Blocks {
		if z.house(i, &story.Blocks[i]) {
			could = append(could, i)
		}
	}
	var lines []HouseLine
	own, amid := ownLines(story, z, could), 0
	for k, i := range could {
		form := houseForm(&story.Blocks[i])
		if own[k] || letters(form) < houseLetters {
			continue
		}
		if z.amid(i) {
			if amid++; amid > houseAmid {
				continue
			}
		}
		lines = append(lines, HouseLine{Block: i, Key: houseKey(sideOf(i, story), form)})
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

// house says whether a block could be house text, by where it stands and what
// it looks like.
func (z houseZones) house(i int, b *news.Block) bool {
	switch b.Kind {
	case news.TableRow, news.Code:
		return false
	case news.Paragraph:
	default:
		if z.amid(i) {
			return false
		}
	}
	words := wordCount(b.Text)
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

// houseForm is what two spellings of a line have in common: letters and digits,
// and of a counter letters alone. What has its number at the end, or several, may
// well be a fact.
func houseForm(b *news.Block) string {
	form := letterKey(b.Text)
	if form == "" || form[0] < '0' || form[0] > '9' || endsLikeSentence(b.Text) || wordCount(b.Text) > houseCounters {
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

// fromEnd says whether the place of block i is counted from the last block.
func fromEnd(i int, story *news.Story) bool { return 2*i >= len(story.Blocks) }

// sideOf names the half of a site's story that block i is in.
func sideOf(i int, story *news.Story) string {
	if fromEnd(i, story) {
		return story.Site() + " end"
	}
	return story.Site()
}

// houseKey is the FNV-1a hash (Fowler, Noll and Vo), 64 bits, of a site's side
// and a line.
func houseKey(side, form string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(side) {
		h = (h ^ uint64(side[i])) * fnvPrime
	}
	h *= fnvPrime // a zero byte between the two
	for i := range len(form) {
		h = (h ^ uint64(form[i])) * fnvPrime
	}
	return h
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// housePlace is where a line stands, to within a block.
type housePlace struct {
	blocks int    // of a pair of blocks, the smaller number from the first, or from the last
	beyond uint64 // of a long paragraph: the sentences that stand there
}

// placesOf are the two places that block i is at: lines that are a block apart
// have one in common.
func placesOf(i int, story *news.Story) [2]housePlace {
	var at housePlace
	beyond := story.Blocks[:i]
	if fromEnd(i, story) {
		beyond = story.Blocks[i+1:]
	}
	if wordCount(story.Blocks[i].Text) > houseLong {
		for k := range beyond {
			if b := &beyond[k]; wordCount(b.Text) >= houseSentence && endsLikeSentence(b.Text) {
				at.beyond = at.beyond*31 + houseKey("", houseForm(b))
			}
		}
	}
	one, other := at, at
	one.blocks, other.blocks = len(beyond)/2*2, (len(beyond)+1)/2*2-1
	return [2]housePlace{one, other}
}

// IsHouse says whether a line is house text, from stories of the site that have
// it, each as it was read from its page. More stories never make it less so.
func IsHouse(key uint64, having []*news.Story) bool {
	bodies := map[housePlace]map[uint64]bool{}
	for _, story := range having {
		body := houseKey("", bodyOf(story, key))
		for _, line := range HouseLines(story) {
			if line.Key != key {
				continue
			}
			for _, at := range placesOf(line.Block, story) {
				if bodies[at] == nil {
					bodies[at] = map[uint64]bool{}
				}
				bodies[at][body] = true
				if len(bodies[at]) == houseStories {
					return true
				}
			}
		}
	}
	return false
}

// bodyOf is what two copies of a story have in common whatever stands around
// them: its longest block between head and tail, else its longest, the line with
// the key apart, without digits. A story of that line alone has its title.
func bodyOf(story *news.Story, key uint64) string {
	z := zonesOf(story.Blocks)
	longest, amid := "", false
	for i := range story.Blocks {
		b := &story.Blocks[i]
		form := dropDigits(letterKey(b.Text))
		better := z.amid(i) && !amid || z.amid(i) == amid && len(form) > len(longest)
		if !better || form == "" || houseKey(sideOf(i, story), houseForm(b)) == key {
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
		if h[line.Key] {
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
