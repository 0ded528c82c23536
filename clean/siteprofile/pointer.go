package siteprofile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"winnow/clean/internal/dom"
	"winnow/clean/internal/letters"
)

// pointer is a sentence that leads to another page: a label, which may be missing or
// in the link, and a link.
type pointer struct {
	label, link string // texts
	href        string
	from, to    int // bytes of the block's text
}

// Lengths of pointers, in letters.
const (
	maxLabel    = 34 // of what is before the link: "Read also:"
	minLinkText = 16 // of the link, weighed
	maxBehind   = 12 // of what is behind it, in its sentence
)

// findPointer returns the first sentence of a block that can be a pointer.
func findPointer(doc *dom.Doc, b *dom.Block) (p pointer, ok bool) {
	if b.Links == 0 || b.Links == 1 && b.LinkLetters == b.Letters {
		return p, false // the whole block is a link
	}
	at := 0
	for k := b.Tokens.From; k < b.Tokens.To; k++ {
		t := &doc.Tokens[k]
		if t.Kind != dom.TextToken || doc.Elements[t.Elem].In&dom.InLink == 0 {
			continue
		}
		a := t.Elem
		for a >= 0 && doc.Elements[a].Node.DataAtom != atom.A {
			a = doc.Elements[a].Parent
		}
		if a < 0 || doc.Elements[a].Letters < minLinkText {
			continue
		}
		link := doc.PlainText(a)
		i := strings.Index(b.Text[at:], link)
		if i < 0 {
			continue
		}
		i, at = at+i, at+i+len(link)
		from := sentenceStart(b.Text, i)
		label := b.Text[from:i]
		to, ends := sentenceEnd(b.Text, at)
		if letters.Count(label) > maxLabel || !ends {
			continue
		}
		if letters.Count(label) == 0 {
			label, link = cutLabel(link)
		}
		return pointer{label: label, link: link, href: dom.Attr(doc.Elements[a].Node, "href"), from: from, to: to}, true
	}
	return p, false
}

// cutLabel parts the text of a link at its first colon or dash, if a label is before
// it. Without one the label is "".
func cutLabel(text string) (label, rest string) {
	for _, sep := range []string{": ", "：", " — ", " – ", " - "} {
		if head, tail, ok := strings.Cut(text, sep); ok && letters.Count(head) <= maxLabel && letters.Count(tail) >= minLinkText {
			return head, tail
		}
	}
	return "", text
}

// Signs that end a sentence, and those that may follow them.
const (
	ends      = ".!?…。！？।؟"
	endsOrEnd = ends + "”»\")"
)

// sentenceStart returns where the sentence with byte i of a text begins.
func sentenceStart(text string, i int) int {
	for k := i; k > 0; {
		r, size := utf8.DecodeLastRuneInString(text[:k])
		if strings.ContainsRune(endsOrEnd, r) && (k == i || text[k] == ' ' || letters.IsUnspaced(firstRune(text[k:]))) {
			for k < i && text[k] == ' ' {
				k++
			}
			return k
		}
		k -= size
	}
	return 0
}

// sentenceEnd returns where a sentence ends whose link ends at byte i of the text:
// right there, if another sentence or nothing follows, as may be in scripts without
// capitals, or behind the next end of a sentence. ok is false if the sentence goes on.
func sentenceEnd(text string, i int) (end int, ok bool) {
	rest := strings.TrimLeft(text[i:], " ")
	if r := firstRune(rest); rest == "" || unicode.IsUpper(r) || letters.IsCaseless(r) || strings.ContainsRune("«“„\"‘", r) {
		return i, true
	}
	for k := i; k < len(text) && letters.Count(text[i:k]) <= maxBehind; {
		r, size := utf8.DecodeRuneInString(text[k:])
		k += size
		if strings.ContainsRune(ends, r) {
			return k, true
		}
	}
	return i, false
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
