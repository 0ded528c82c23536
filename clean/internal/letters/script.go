package letters

import (
	"unicode"
)

// ScriptOf counts the letters of text by writing system.
func ScriptOf(text string) (counts [5]int) {
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case r < 0x250:
			counts[0]++
		case unicode.Is(unicode.Cyrillic, r):
			counts[1]++
		case unicode.Is(unicode.Arabic, r):
			counts[2]++
		case Unbroken(r):
			counts[3]++
		default:
			counts[4]++
		}
	}
	return counts
}

// MainScript is the writing system of most letters, -1 when there are none or
// none has two thirds.
func MainScript(counts [5]int) int {
	best, all := -1, 0
	for k, n := range counts {
		all += n
		if n > 0 && (best < 0 || n > counts[best]) {
			best = k
		}
	}
	if best < 0 || counts[best]*3 < all*2 {
		return -1
	}
	return best
}
