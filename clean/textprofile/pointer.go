package textprofile

import (
	"strings"
	"unicode"

	"winnow/clean/internal/letters"
)

// maxLabelWords is how many words may be before the title of another text in a line
// that points to it.
const maxLabelWords = 4

// maxLabelSigns is how many characters are before that title at most, in scripts
// without spaces.
const maxLabelSigns = 8

// maxStampWords is how many words without letters may be around that title.
const maxStampWords = 4

// point sets the keys of what in a line may be the title of another text: the line
// without the numbers at its ends, and what is left of it behind a label.
func (l *line) point(text string) {
	words := strings.Fields(text)
	from, to := 0, len(words)
	for n := 0; n < maxStampWords && to > from && !hasLetter(words[to-1]); n++ {
		to--
	}
	for n := 0; n < maxStampWords && from < to && !hasLetter(words[from]); n++ {
		from++
	}
	add := func(title string) {
		if key := letters.Key(title); weigh(key) >= minTitle && weigh(key) <= maxTitle {
			l.titles = append(l.titles, hash(key))
		}
	}
	if to-from < len(words) {
		add(text)
	}
	for n := 0; n <= maxLabelWords && from+n < to; n++ {
		add(strings.Join(words[from+n:to], " "))
	}
	n := 0
	for i, r := range text {
		if n++; n > maxLabelSigns {
			break
		}
		if i > 0 && (letters.IsUnspaced(r) || strings.ContainsRune("：:】］]》|", r)) {
			add(strings.TrimLeft(text[i:], "：:】］]》| "))
		}
	}
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// title is a title of the sample.
type title struct {
	key  string // see [letters.Key]
	hash uint64
}

// titleAt returns the length of the longest known title that a text begins with,
// in bytes of the text, and its hash; 0 if there is none.
func (p *Profile) titleAt(text string) (n int, h uint64) {
	key, ends := keyWithEnds(letters.Truncate(text, maxTitleBytes))
	for _, t := range p.words {
		if len(t.key) <= len(key) && strings.HasPrefix(key, t.key) && ends[len(t.key)] > n {
			n, h = ends[len(t.key)], t.hash
		}
	}
	return n, h
}

// maxTitleBytes is how much of a text may be a title.
const maxTitleBytes = 1000

// keyWithEnds returns the key of a text and, for each length of a prefix of the key,
// where that ends in the text; 0 within a character or a word.
func keyWithEnds(text string) (key string, ends map[int]int) {
	var b strings.Builder
	ends = map[int]int{}
	for i, r := range text {
		size := len(string(r))
		k := letters.Key(text[i : i+size])
		if k == "" {
			continue
		}
		b.WriteString(k)
		end := i + size
		if end == len(text) || !letters.IsWordRune(rune0(text[end:])) || letters.IsUnspaced(r) {
			ends[b.Len()] = end
		}
	}
	return b.String(), ends
}

func rune0(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
