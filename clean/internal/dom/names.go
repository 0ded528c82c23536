package dom

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// MaxClass bounds what is read of a class attribute or an id, in bytes.
const MaxClass = 2048

// SplitName appends the words of a class name or an id to words, in lower case.
// It splits at hyphens and other signs and where a capital follows a small
// letter, and drops digits at the end of a word: "postShare_2" is "post",
// "share".
func SplitName(words []string, name string) []string {
	start := 0
	flush := func(end int) {
		w := strings.TrimRight(name[start:end], "0123456789")
		if w != "" {
			words = append(words, letters.Lower(w))
		}
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c < utf8.RuneSelf && !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'):
			flush(i)
			start = i + 1
		case 'A' <= c && c <= 'Z' && i > start && 'a' <= name[i-1] && name[i-1] <= 'z':
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}

// IndexAttr is an attribute that the search for the region adds to elements of the
// tree, by which those of a changed copy are found again. It is not the page's.
const IndexAttr = "data-winnow"
