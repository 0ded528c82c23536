package linerules

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// Lengths of captions and of credits on their lines, in words.
const (
	maxCreditLine    = 16 // of a line that may be a credit alone
	maxCopyrightLine = 10 // "© 2024 Ann Wells"
	maxCaption       = 45 // that ends in a credit
	maxArrowed       = 40 // behind an arrow
	maxOpenCaption   = 40 // that is no full sentence
	maxFullCaption   = 25 // that is one, with a colon behind its label
	maxNamedCaption  = 20 // with a name behind its label
	maxNamedSentence = 9  // the same, a full sentence
	maxLoneLabel     = 4  // a label alone
	maxItemCredit    = 9  // an item of a list
)

// isCaption matches captions by their label, and by the credit that they end
// with.
func isCaption(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if p.isBracketed(l) || p.isArrowed(i) || strings.HasPrefix(l.Plain, "©") && l.Words <= maxCopyrightLine && !l.EndsSentence {
		return true
	}
	for _, h := range l.hits {
		if h.Section == wordlists.Caption && p.isCaptionBy(h, i) {
			return true
		}
		if h.Section == wordlists.Agency && l.Words <= maxCaption && p.labels.IsCredit(labels.LastSentence(l.Plain)) && !letters.HasQuotation(l.Plain) {
			return true
		}
	}
	if l.Words > maxCaption || letters.HasQuotation(l.Plain) {
		return false
	}
	_, owner, ok := strings.Cut(l.Plain, " © ")
	return p.labels.CreditAt(l.Plain) > 0 || ok && !l.EndsSentence && letters.StartsUpper(owner)
}

// isBracketed reports whether a line is nothing but a credit in brackets.
func (p *pass) isBracketed(l *line) bool {
	if l.Words > maxCreditLine || len(l.Plain) < 3 || !strings.ContainsRune("([", rune(l.Plain[0])) || !strings.ContainsRune(")]", rune(l.Plain[len(l.Plain)-1])) {
		return false
	}
	inner := letters.NewLine(l.Plain[1 : len(l.Plain)-1])
	for _, h := range p.labels.Credits.Find(&inner) {
		if h.Section == wordlists.Caption && (h.Alone || h.Form == wordlists.LineEnd) {
			return true
		}
	}
	return p.labels.IsCredit(inner.Plain)
}

// isArrowed reports whether line i is a caption that begins with an arrow to its
// picture, as East Asian papers set them. Several such lines in a row are a list.
func (p *pass) isArrowed(i int) bool {
	arrowed := func(k int) bool {
		if k < 0 || k >= len(p.lines) {
			return false
		}
		text := strings.TrimSpace(p.lines[k].Text)
		return strings.HasPrefix(text, "▲") || strings.HasPrefix(text, "△")
	}
	return arrowed(i) && !arrowed(i-1) && !arrowed(i+1) && p.lines[i].Words <= maxArrowed && strings.ContainsFunc(p.lines[i].Text, letters.IsUnspaced)
}

// isCaptionBy reports whether line i is a caption, by a label for captions on it.
func (p *pass) isCaptionBy(h labels.Hit, i int) bool {
	l := &p.lines[i]
	switch h.Form {
	case wordlists.BeforeColon:
		if l.Kind == news.ListItem && !h.Alone {
			return p.labels.IsCredit(l.Plain) && l.Words <= maxItemCredit && !strings.ContainsAny(l.Plain, "$€%")
		}
		return h.Alone && l.Words <= maxLoneLabel || !h.Alone && (!l.EndsSentence || l.Words <= maxFullCaption)
	case wordlists.BeforeName:
		return !l.EndsSentence && l.Words <= maxNamedCaption || l.Words <= maxNamedSentence
	case wordlists.LineEnd:
		return !l.EndsSentence && l.Words <= maxOpenCaption
	case wordlists.LineStart:
		if !l.EndsSentence && l.Words <= maxOpenCaption {
			return true
		}
		return l.Words <= maxCaption && (p.labels.CreditAt(l.Plain) > 0 || p.creditFollows(i))
	}
	return false
}

// creditFollows reports whether the next line is a credit.
func (p *pass) creditFollows(i int) bool {
	if i+1 >= len(p.lines) || p.lines[i+1].Words > maxCreditLine {
		return false
	}
	return p.labels.IsCredit(p.lines[i+1].Plain)
}

// Lengths, in words, of what is before a credit at the head of a scraped text.
const (
	minCaptionBefore = 4
	maxCaptionBefore = 30
	minFirstLine     = 3 // of a line that may be the headline
)

// extendToCaption cuts the caption before a credit that has its own line, where
// it is before the first paragraph.
func extendToCaption(p *pass, i int, _ labels.Hit) {
	k := i - 1
	if k < 0 || k > byline.MaxHeadLines || !p.labels.IsCredit(p.lines[i].Plain) || p.lines[k].rule != nil {
		return
	}
	l := &p.lines[k]
	if l.group != p.lines[i].group || !p.c.PlainText || l.Words < minCaptionBefore || l.Words > maxCaptionBefore || k >= p.first || len(l.hits) > 0 {
		return
	}
	for head := range k { // the first such line is the headline
		if p.lines[head].rule == nil && p.lines[head].Words >= minFirstLine {
			p.cut(k, p.lines[i].rule)
			return
		}
	}
}

var insideRule = Rule{ID: "line-credit-inside", Why: "credit of a picture within a paragraph"}

// Bounds of the credits that are cut within paragraphs.
const (
	minInsideWords = 20   // a paragraph of as many words or fewer is left to isCaption
	maxInsideWords = 2000 // of a longer one no part is cut, which bounds the time
	maxInside      = 160  // bytes of a credit
)

// cutInside cuts credits in brackets within longer paragraphs, and a credit that
// is the last sentence of one, which in scraped text has no element to itself.
func (p *pass) cutInside() {
	for i := range p.lines {
		l := &p.lines[i]
		if l.Words <= minInsideWords || l.Words > maxInsideWords || l.Kind != news.Paragraph {
			continue
		}
		text := p.withoutBrackets(l)
		if tail := lastBytes(text, maxInside); p.c.PlainText && (l.Words > maxCaption || letters.HasQuotation(l.Plain)) {
			if at := p.labels.CreditAt(tail); at > 0 {
				if cut := len(text) - len(tail) + at; cut > 0 && cut < len(text) && utf8.RuneStart(text[cut]) {
					l.cutInner(text[cut:])
					text = strings.TrimSpace(text[:cut])
				}
			}
		}
		if text != l.Text {
			l.Text = text
			l.Line = letters.NewLine(text)
		}
	}
}

// cutInner records what was cut within the line.
func (l *line) cutInner(text string) {
	l.inner = append(l.inner, news.Removal{Rule: insideRule.ID, Why: insideRule.Why, Text: strings.TrimSpace(text)})
}

// lastBytes returns the longest end of text that has at most n bytes and splits
// no character.
func lastBytes(text string, n int) string {
	at := max(0, len(text)-n)
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return text[at:]
}

// withoutBrackets cuts the credits in brackets and returns the rest of the line.
func (p *pass) withoutBrackets(l *line) string {
	text, from := l.Text, 0
	for {
		open := strings.IndexAny(text[from:], "([")
		if open < 0 {
			return text
		}
		open += from
		end := strings.IndexAny(text[open:], ")]")
		if end < 0 {
			return text
		}
		end += open + 1
		inner := text[open+1 : end-1]
		if len(inner) <= maxInside && p.labels.IsCredit(inner) {
			l.cutInner(text[open:end])
			head := strings.TrimRight(text[:open], " ")
			text, from = head+text[end:], len(head)
			continue
		}
		from = end
	}
}
