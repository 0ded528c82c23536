package blockrules

import (
	"strings"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Bounds of the search for lines that are shown twice.
const (
	minRepeat  = 16      // letters of a line; also bytes of its key by which it is looked up
	maxRepeat  = 600     // letters of a line
	maxCompare = 1 << 23 // bytes that are compared on one page
)

// mayRepeat reports whether a block may be a pull quote.
func mayRepeat(b *dom.Block) bool {
	return b.Letters >= minRepeat && b.Letters <= maxRepeat &&
		(b.Kind == news.Quote || b.Kind == news.Paragraph && b.In&(dom.InBold|dom.InItalic) != 0)
}

// findRepeats returns for each block whether it is a line that is also in a longer
// block. It goes over the keys of all blocks once and looks up the first bytes of a
// line at each place; a filter of hashes of four bytes spares most of the look-ups.
func findRepeats(blocks []*dom.Block) []bool {
	repeats := make([]bool, len(blocks))
	keys := map[int]string{}
	byHead := map[string][]int{}
	var filter [1 << 12]bool
	for i, b := range blocks {
		if !mayRepeat(b) {
			continue
		}
		if key := letters.Key(b.Text); len(key) >= minRepeat {
			keys[i] = key
			byHead[key[:minRepeat]] = append(byHead[key[:minRepeat]], i)
			filter[hash4(key)] = true
		}
	}
	left := maxCompare
	for k := 0; k < len(blocks) && len(keys) > 0; k++ {
		if blocks[k].Letters <= minRepeat {
			continue
		}
		key := letters.Key(blocks[k].Text)
		for at := 0; at+minRepeat <= len(key); at++ {
			if !filter[hash4(key[at:])] {
				continue
			}
			for _, i := range byHead[key[at:at+minRepeat]] {
				if left -= len(keys[i]); left < 0 {
					return repeats
				}
				if blocks[i].Letters < blocks[k].Letters && strings.HasPrefix(key[at:], keys[i]) {
					repeats[i] = true
				}
			}
		}
	}
	return repeats
}

// hash4 returns a hash of 12 bits of the first four bytes (Knuth's multiplicative
// hashing).
func hash4(key string) uint32 {
	return (uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24) * 2654435769 >> 20
}
