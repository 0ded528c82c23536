package blockrules

import (
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Bounds of the search for lines shown twice.
const (
	shortRepeat = 16      // letters of a line that is looked for, and bytes by which it is found
	longRepeat  = 600     // letters above which it is not
	maxRepeats  = 1 << 23 // bytes that are compared on one page
)

// repeats matches a quote or a short line that the story says again in full.
func (j *pass) repeats(i int) bool {
	if j.again == nil {
		j.findRepeats()
	}
	return j.again[i]
}

// mayRepeat says whether a block may be a line of the story, set apart.
func mayRepeat(b *dom.Block) bool {
	return b.Letters >= shortRepeat && b.Letters <= longRepeat &&
		(b.Kind == news.Quote || b.Kind == news.Paragraph && b.In&(dom.InBold|dom.InItalic) != 0)
}

// findRepeats finds the lines that longer blocks hold. It goes over the page
// once and looks by their first letters for what stands at each place.
func (j *pass) findRepeats() {
	j.again = make([]bool, len(j.live))
	keys := map[int]string{}
	byHead := map[string][]int{}
	var opening [1 << 12]bool
	for i, b := range j.live {
		if !mayRepeat(b) {
			continue
		}
		if key := letters.Key(b.Text); len(key) >= shortRepeat {
			keys[i] = key
			byHead[key[:shortRepeat]] = append(byHead[key[:shortRepeat]], i)
			opening[headHash(key)] = true
		}
	}
	left := maxRepeats
	for k := 0; k < len(j.live) && len(keys) > 0; k++ {
		if j.live[k].Letters <= shortRepeat {
			continue
		}
		key := letters.Key(j.live[k].Text)
		for at := 0; at+shortRepeat <= len(key); at++ {
			if !opening[headHash(key[at:])] {
				continue
			}
			for _, i := range byHead[key[at:at+shortRepeat]] {
				if left -= len(keys[i]); left < 0 {
					return
				}
				if j.live[i].Letters < j.live[k].Letters && strings.HasPrefix(key[at:], keys[i]) {
					j.again[i] = true
				}
			}
		}
	}
}

func headHash(key string) uint32 {
	return (uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24) * 2654435769 >> 20
}
