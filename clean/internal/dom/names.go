package dom

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// MaxNames bounds what is read of a class attribute, in bytes.
const MaxNames = 2048

// WordBuffer is room for the words of one name, and what matchNames has said of
// attributes so far.
type WordBuffer struct {
	words []string
	Known [2]map[string]int16 // outside of an article and within
}

// Split takes a class name apart: at hyphens and the like, where a capital
// follows a small letter, and before digits at a word's end.
func (b *WordBuffer) Split(name string) []string {
	b.words = b.words[:0]
	start := 0
	flush := func(end int) {
		w := strings.TrimRight(name[start:end], "0123456789")
		if w != "" {
			b.words = append(b.words, letters.Lower(w))
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
	return b.words
}
