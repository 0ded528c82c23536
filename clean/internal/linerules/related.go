package linerules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Lengths, in words, of lines with a label of links. Longer sentences with it
// belong to the story.
const (
	maxLabelSentence = 20 // that begins with the label
	maxLinkSentence  = 16 // with a colon behind the label
	maxLinkText      = 25 // of what follows the colon
)

// isShortOrOpen matches a label on a line that is no full sentence, or a short
// one.
func isShortOrOpen(p *pass, i int, h labels.Hit) bool {
	l := &p.lines[i]
	if h.Form == wordlists.LineStart || h.Alone {
		return !l.EndsSentence || l.Words <= maxLabelSentence
	}
	return letters.CountWords(h.Rest) <= maxLinkText && (!l.EndsSentence || l.Words <= maxLinkSentence)
}

// isWatch matches a label of a player with a title behind it, not with a figure
// in a list of features.
func isWatch(p *pass, i int, h labels.Hit) bool {
	first, _ := utf8.DecodeRuneInString(h.Rest)
	if p.lines[i].Kind == news.ListItem && !h.Alone || unicode.IsDigit(first) {
		return false
	}
	return isShortOrOpen(p, i, h)
}

// maxHeadlines bounds the headlines under one label.
const maxHeadlines = 12

// extendToHeadlines cuts the headlines under a label that is alone on its line.
func extendToHeadlines(p *pass, i int, h labels.Hit) {
	if !h.Alone {
		return
	}
	rule := p.lines[i].rule
	for n, k := 0, i+1; k < len(p.lines) && n < maxHeadlines; n, k = n+1, k+1 {
		l := &p.lines[k]
		if l.rule != nil || l.isChrome() || !l.isHeadline() || l.EndsSentence && l.Kind != news.ListItem {
			return
		}
		if l.Kind == news.Heading && k+1 < len(p.lines) && p.lines[k+1].isParagraph() {
			return
		}
		if l.Kind == news.Paragraph && n > 0 && l.group != p.lines[k-1].group {
			return
		}
		p.cut(k, rule)
	}
}

// pointers are signs at the start of lines that lead to another page.
const pointers = "➤➔➜►▶👉☞☛⇒➡»›"

// Lengths, in words, of a line that leads to another story in other words than
// the labels have: "MORE: Yard to close in autumn".
const (
	minPointer     = 2
	maxPointerHead = 6 // before the colon
	maxShoutedHead = 3 // before the colon, in capitals
	minPointerRest = 3 // the headline behind it
)

// isPointer matches a line that leads to another story, whatever its words: it
// begins with an arrow; or with a few words before a colon, all in capitals or
// the first of them one that such labels begin with.
func isPointer(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind != news.Paragraph || l.Words < minPointer || letters.HasQuotation(l.Plain) {
		return false
	}
	text := strings.TrimSpace(l.Text)
	if rest := strings.TrimLeft(text, pointers+" "); len(rest) < len(text) && !l.EndsSentence && strings.ContainsAny(text[:len(text)-len(rest)], pointers) {
		return true
	}
	head, rest, ok := strings.Cut(l.Plain, ":")
	if !ok || l.EndsSentence && !strings.HasSuffix(l.Plain, "?") || letters.CountWords(head) > maxPointerHead || letters.CountWords(rest) < minPointerRest || !letters.StartsUpper(rest) || !strings.HasPrefix(rest, " ") {
		return false
	}
	first, _, _ := strings.Cut(letters.FoldCase(head), " ")
	if p.words.Has(wordlists.RelatedWord, first) {
		return !strings.ContainsAny(head, "0123456789")
	}
	return p.c.PlainText && i > p.first && letters.CountWords(head) <= maxShoutedHead && isShouted(head) && !strings.ContainsAny(l.Plain, "0123456789")
}

// minShouted is the number of capitals below which a word is an abbreviation.
const minShouted = 3

// isShouted reports whether all letters of a text are capitals, of which there
// are enough.
func isShouted(text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLower(r) || unicode.IsDigit(r) {
			return false
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n >= minShouted
}
