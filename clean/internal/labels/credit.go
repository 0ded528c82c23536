package labels

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Lengths of picture credits, in words. Longer text with the same label is a
// sentence of the story.
const (
	maxCredit         = 16 // any credit
	maxCopyright      = 8  // "© 2024 Ann Wells"
	maxUnmarkedCredit = 10 // a label of captions at the start, with no colon and no name behind it
	maxAgencyCredit   = 6  // an agency's name without "/", a bracket or "via"
	maxColonCredit    = 9  // "PHOTO BY: …" at the end of a text
	maxCreditLabel    = 3  // what is before the colon in it
)

// maxCreditBreaks is how many sentences and brackets at the end of a text are
// tried as a credit.
const maxCreditBreaks = 4

// IsCredit reports whether a short text names who made a picture.
func (t *Table) IsCredit(text string) bool {
	l := letters.NewLine(text)
	if l.Words > maxCredit || l.Words == 0 {
		return false
	}
	if strings.HasPrefix(l.Plain, "©") && l.Words <= maxCopyright {
		return true
	}
	for _, h := range t.Credits.Find(&l) {
		switch {
		case h.Section == wordlists.Caption && (h.Form == wordlists.BeforeColon && !h.Alone || h.Form == wordlists.BeforeName || h.Form == wordlists.LineStart && l.Words <= maxUnmarkedCredit):
			return true
		case h.Section == wordlists.Agency && (strings.ContainsAny(l.Plain, "/(") || strings.Contains(l.Fold, "via ") || l.Words <= maxAgencyCredit):
			return true
		}
	}
	return false
}

// CreditAt returns the byte at which the credit begins that text ends with, 0
// when there is none. A credit follows the end of a sentence or an opening
// bracket, or it begins with its label in capitals and a colon.
func (t *Table) CreditAt(text string) int {
	for at, tries := len(text), 0; tries < maxCreditBreaks; tries++ {
		at = lastBreak(text[:at])
		if at <= 0 {
			break
		}
		if !continues(text[at:]) && t.IsCredit(trimSentence(text[at:])) {
			return at
		}
	}
	at := strings.LastIndexByte(text, ':')
	if at <= 0 {
		return 0
	}
	for range maxCreditLabel {
		at = strings.LastIndexByte(text[:at], ' ')
		if at <= 0 {
			return 0
		}
		if r, _ := utf8.DecodeRuneInString(text[at+1:]); unicode.IsUpper(r) && t.IsCredit(text[at+1:]) && letters.CountWords(text[at+1:]) <= maxColonCredit {
			return at + 1
		}
	}
	return 0
}

// continues reports whether a text begins with brackets and goes on behind
// them.
func continues(text string) bool {
	if text[0] != '(' && text[0] != '[' {
		return false
	}
	end := strings.IndexAny(text, ")]")
	return end >= 0 && letters.Count(text[end:]) > 0
}

// LastSentence returns the last sentence or bracket of text, without its
// brackets and its point.
func LastSentence(text string) string { return trimSentence(text[lastBreak(text):]) }

func trimSentence(s string) string { return strings.Trim(s, " ()[].") }

// lastBreak returns the byte at which the last sentence or bracket of text
// begins, 0 when there is but one. A point behind a single capital ends no
// sentence.
func lastBreak(text string) int {
	text = strings.TrimRight(text, " .()[]")
	for i := len(text) - 1; i > 1; i-- {
		switch text[i] {
		case '(', '[':
			return i
		case ' ':
			prev, size := utf8.DecodeLastRuneInString(text[:i])
			if !strings.ContainsRune(".!?…)]\"'", prev) {
				continue
			}
			if before, n := utf8.DecodeLastRuneInString(text[:i-size]); prev == '.' && unicode.IsUpper(before) {
				if b2, _ := utf8.DecodeLastRuneInString(text[:i-size-n]); !unicode.IsLetter(b2) {
					continue
				}
			}
			return i + 1
		}
	}
	return 0
}
