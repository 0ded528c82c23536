package letters

import "unicode/utf8"

// Bounds of stems.
const (
	minStemBytes = 3 // of a word that counts
	stemLength   = 5 // first characters of a word that are compared, since endings vary
)

// AddStems adds to a set the beginnings of the words of a text, folded, without
// numbers and the shortest words. In scripts without spaces they are the pairs of
// neighbouring characters.
func AddStems(stems map[string]bool, text string) {
	for _, w := range SplitWords(Fold(text)) {
		if r, size := utf8.DecodeRuneInString(w); IsUnspaced(r) {
			for at := 0; at+size < len(w); {
				_, next := utf8.DecodeRuneInString(w[at+size:])
				stems[w[at:at+size+next]] = true
				at, size = at+size, next
			}
			continue
		}
		if len(w) < minStemBytes || IsNumber(w) {
			continue
		}
		at := 0
		for n := 0; at < len(w) && n < stemLength; n++ {
			_, size := utf8.DecodeRuneInString(w[at:])
			at += size
		}
		stems[w[:at]] = true
	}
}

// SharedStems returns the share of the stems of a text, 0 to 1, that are in a set, and
// how many these are. A text without stems shares none.
func SharedStems(stems map[string]bool, text string) (share float64, shared int) {
	own := map[string]bool{}
	AddStems(own, text)
	for w := range own {
		if stems[w] {
			shared++
		}
	}
	if len(own) == 0 {
		return 0, 0
	}
	return float64(shared) / float64(len(own)), shared
}
