package boilerplate

import (
	"strconv"
	"strings"

	"winnow/clean/internal/letters"
	"winnow/news"
)

// Bounds of what can be boilerplate.
const (
	tailBlocks    = 8   // blocks from the last, half of the story at most
	headBlocks    = 3   // blocks from the first
	maxMiddle     = 10  // lines of a story between head and tail
	maxWords      = 120 // words of a block in head or tail
	longWords     = 25  // words above which a paragraph is long
	sentenceWords = 8   // words of a line that can be a sentence of a story
	minLetters    = 2   // letters of the shortest line
	counterWords  = 6   // words of a line that may be a counter
)

// zones are the parts of a story: the head before block head, the tail from block
// tail on, and the middle.
type zones struct{ head, tail int }

func zonesOf(blocks []news.Block) zones {
	n := len(blocks)
	tail := min(tailBlocks, n/2)
	return zones{head: min(headBlocks, (n-tail)/2), tail: n - tail}
}

func (z zones) inMiddle(i int) bool { return i >= z.head && i < z.tail }

// isCandidate reports whether a block of so many words could be boilerplate, by
// its position and its kind.
func (z zones) isCandidate(i int, b *news.Block, words int) bool {
	switch b.Kind {
	case news.TableRow, news.Code:
		return false
	case news.Paragraph:
	default:
		if z.inMiddle(i) {
			return false
		}
	}
	if z.inMiddle(i) {
		return words <= longWords && !introduces(b)
	}
	return words <= maxWords
}

// introduces reports whether a block introduces the one after it.
func introduces(b *news.Block) bool {
	text := strings.TrimRight(b.Text, " \u00a0")
	return b.Kind == news.Heading || strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}

// formOf returns what different spellings of a line of so many words have in
// common: its letters and digits, or its letters alone when it is a counter such
// as "12 views". A line with its number at the end, or with several, may well be a
// fact.
func formOf(b *news.Block, words int) string {
	form := letters.Key(b.Text)
	if form == "" || form[0] < '0' || form[0] > '9' || letters.EndsLikeSentence(b.Text) || words > counterWords {
		return form
	}
	if masked := letters.MaskNumbers(letters.Fold(b.Text)); strings.Count(masked, "#") != 1 {
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

// keyMaker makes the keys of a story's lines. It reads each block once, however
// many lines are before it.
type keyMaker struct {
	story *news.Story
	site  uint64
	words []int      // of each block
	forms []lineForm // of each block, made when it is asked for
}

// lineForm is what the keys need of a form.
type lineForm struct {
	made    bool
	hash    uint64
	letters int32
}

func newKeyMaker(story *news.Story) *keyMaker {
	k := &keyMaker{story: story, words: make([]int, len(story.Blocks)), forms: make([]lineForm, len(story.Blocks))}
	for i := range story.Blocks {
		k.words[i] = letters.CountWords(story.Blocks[i].Text)
	}
	k.site = hashText(fnvOffset, story.Site())
	return k
}

// keys returns the keys of block i: hashes of the site, of the end of the story
// that is nearer, of the form of the line, and of its position. That is either the
// sentences between the line and that end, or the number of blocks. The number is
// hashed twice, rounded to two overlapping pairs: lines that are one block apart
// have a key in common.
func (k *keyMaker) keys(i int) []uint64 {
	n := len(k.story.Blocks)
	key, from, to := k.site, 0, i
	fromEnd := 2*i >= n
	if fromEnd {
		key, from, to = hashText(key, "end"), i+1, n
	}
	key = hashNumber(key, k.form(i).hash)
	if k.words[i] > longWords || fromEnd && k.isSentence(i) {
		for j := from; j < to; j++ {
			if k.isSentence(j) {
				key = hashNumber(key, k.form(j).hash)
			}
		}
		return []uint64{hashText(key, "sentences")}
	}
	beyond := to - from
	return []uint64{hashText(key, strconv.Itoa(beyond/2*2)), hashText(key, strconv.Itoa((beyond+1)/2*2-1))}
}

func (k *keyMaker) form(i int) lineForm {
	if !k.forms[i].made {
		form := formOf(&k.story.Blocks[i], k.words[i])
		k.forms[i] = lineForm{true, hashText(fnvOffset, form), letters.Count(form)}
	}
	return k.forms[i]
}

// isSentence reports whether block i could be a sentence of a story.
func (k *keyMaker) isSentence(i int) bool {
	return k.words[i] >= sentenceWords && letters.EndsLikeSentence(k.story.Blocks[i].Text)
}

// The hash is FNV-1a with 64 bits (Fowler, Noll and Vo). Keys are kept in the
// state, so it must stay as it is.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// hashNumber adds the eight bytes of a number to a hash.
func hashNumber(h, number uint64) uint64 {
	for range 8 {
		h = (h ^ number&0xff) * fnvPrime
		number >>= 8
	}
	return h
}

// hashText adds a text and a zero byte to a hash.
func hashText(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h * fnvPrime
}
