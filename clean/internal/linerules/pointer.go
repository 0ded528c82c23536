package linerules

import (
	"strings"
	"unicode"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// pointers are signs that lines begin with which lead to another page.
const pointers = "➤➔➜►▶👉☞☛⇒➡»›"

// isPointer knows, in any words, a line that leads to another story: it begins
// with an arrow; or with a few words before a colon, all in capitals or the
// first of them a word of such labels, as in "MORE: Yard to close in autumn".
func isPointer(j *pass, i int, _ labels.Hit) bool {
	l := &j.lines[i]
	if l.Kind != news.Paragraph || l.Words < 2 || letters.HasQuotation(l.Plain) {
		return false
	}
	text := strings.TrimSpace(l.Text)
	if rest := strings.TrimLeft(text, pointers+" "); len(rest) < len(text) && !l.EndsSentence && strings.ContainsFunc(text[:len(text)-len(rest)], pointing) {
		return true
	}
	head, rest, ok := strings.Cut(l.Plain, ":")
	if !ok || l.EndsSentence && !strings.HasSuffix(l.Plain, "?") || letters.CountWords(head) > 6 || letters.CountWords(rest) < 3 || !letters.StartsUpper(rest) || !strings.HasPrefix(rest, " ") {
		return false
	}
	first, _, _ := strings.Cut(letters.FoldCase(head), " ")
	if j.labels.Words.Has(wordlists.RelatedWord, first) {
		return !strings.ContainsAny(head, "0123456789")
	}
	return j.c.PlainText && i > j.first && letters.CountWords(head) <= 3 && isCapitals(head) && !strings.ContainsAny(l.Plain, "0123456789")
}

func pointing(r rune) bool { return strings.ContainsRune(pointers, r) }

// isCapitals says whether text has three letters or more, all of them capitals.
func isCapitals(text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLower(r) || unicode.IsDigit(r) {
			return false
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n >= 3
}
