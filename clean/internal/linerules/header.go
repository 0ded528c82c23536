package linerules

import (
	"slices"
	"strings"
	"unicode"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
	"winnow/news"
)

// The rule that cuts the title where the text repeats it.
const (
	titleRule = "line-title"
	titleWhy  = "repeats the headline"
)

// TitleRemoval returns the removal of a line that is the title.
func TitleRemoval(text string) news.Removal {
	return news.Removal{Rule: titleRule, Why: titleWhy, Text: text}
}

// HeadRemoval returns the removal of a line before the title.
func HeadRemoval(text string) news.Removal {
	return news.Removal{Rule: headRule.ID, Why: headRule.Why, Text: text}
}

// isTitleLine matches lines with the letters and digits of one of the titles.
func isTitleLine(p *pass, i int, _ labels.Hit) bool {
	if i > p.first {
		return false
	}
	key := letters.Key(p.lines[i].Text)
	if key == "" {
		return false
	}
	return letters.SameKey(p.c.Title, key) || slices.ContainsFunc(p.c.Titles, func(t string) bool { return letters.SameKey(t, key) })
}

// isHeaderLine matches lines of nothing but author, date, counts and the section
// of the site, such as "By Ann Lee • 17 April 2023 • 0:32".
func isHeaderLine(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading && i > p.first {
		return false
	}
	h := byline.ReadHeader(l.Plain, p.c.Language)
	for _, name := range p.c.Authors {
		if letters.SameKey(l.Plain, letters.Key(name)) {
			h.Recognized, h.Unrecognized, h.Names = 1, 0, append(h.Names, name)
		}
	}
	if !h.IsHeader() || letters.IsNumber(strings.ReplaceAll(l.Fold, " ", "")) {
		return false
	}
	if i > p.last && p.last >= 0 && len(h.Dates) == 0 && len(h.Names) == 0 && !h.Desk {
		return false
	}
	for _, n := range h.Names {
		p.addName(n)
	}
	return true
}

// isClosingHeader matches bylines after the story.
func isClosingHeader(p *pass, i int, h labels.Hit) bool {
	if i <= p.last || p.last < 0 {
		return false
	}
	b, ok := p.lines[i].hit(wordlists.Byline)
	return ok && b.Alone || isHeaderLine(p, i, h)
}

// maxSourceSentence is the length, in words, of a sentence that may name the
// source.
const maxSourceSentence = 6

// isSource matches a label with a name behind it that is no sentence.
func isSource(p *pass, i int, h labels.Hit) bool {
	return h.Alone || h.Rest != "" && (!p.lines[i].EndsSentence || p.lines[i].Words <= maxSourceSentence)
}

// Lengths of counts, in words.
const (
	maxTally     = 6
	maxCount     = 2 // of a label for a count alone on its line
	maxCountRest = 4 // of what follows the label
)

// isCount matches bare numbers and labelled counts.
func isCount(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if l.Kind == news.TableRow || l.Kind == news.Heading {
		return false
	}
	if letters.IsNumber(letters.FoldCase(strings.Join(strings.Fields(l.Text), " "))) || letters.IsNumber(l.Fold) {
		year := len(l.Fold) == len("2006") && (strings.HasPrefix(l.Fold, "19") || strings.HasPrefix(l.Fold, "20"))
		return !year || i < p.first || i > p.last || !p.standsAlone(i)
	}
	if l.Words <= maxTally && isTally(l.Text) {
		return true
	}
	h, ok := l.hit(wordlists.Count)
	return ok && (h.Form == wordlists.WholeLine ||
		h.Alone && l.Words <= maxCount && (i < p.first || i > p.last) ||
		strings.ContainsAny(h.Rest, "0123456789") && letters.CountWords(h.Rest) <= maxCountRest)
}

// isTally reports whether a text is counts beside pictograms: numbers and signs,
// no letters.
func isTally(text string) bool {
	digits, signs := false, false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			return false
		case unicode.IsDigit(r):
			digits = true
		case unicode.Is(unicode.So, r):
			signs = true
		}
	}
	return digits && signs
}

// standsAlone reports whether line i is between blank lines.
func (p *pass) standsAlone(i int) bool {
	group := p.lines[i].group
	return (i == 0 || p.lines[i-1].group != group) && (i+1 == len(p.lines) || p.lines[i+1].group != group)
}
