package labels

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/letters"
)

// IsCredit says whether a short text names who made a picture.
func IsCredit(t *Table, text string) bool {
	l := letters.NewLine(text)
	if l.Words > 16 || l.Words == 0 {
		return false
	}
	if strings.HasPrefix(l.Plain, "©") && l.Words <= 8 {
		return true
	}
	for _, h := range t.Credits.Find(&l) {
		switch {
		case h.Section == "caption" && (h.Form == ':' && !h.Alone || h.Form == '>' || h.Form == '^' && l.Words <= 10):
			return true
		case h.Section == "agency" && (strings.ContainsAny(l.Plain, "/(") || strings.Contains(l.Fold, "via ") || l.Words <= 6):
			return true
		}
	}
	return false
}

// CreditAt is where the credit begins that text ends with; 0 when there is
// none. A credit follows the end of a sentence or an opening bracket; or it
// begins with its label in capitals and a colon.
func CreditAt(t *Table, text string) int {
	for at, tries := len(text), 0; tries < 4; tries++ {
		at = LastBreak(text[:at])
		if at <= 0 {
			break
		}
		if !goesOn(text[at:]) && IsCredit(t, strings.Trim(text[at:], " ()[].")) {
			return at
		}
	}
	at := strings.LastIndexByte(text, ':')
	if at <= 0 {
		return 0
	}
	for words := 0; words < 3; words++ {
		at = strings.LastIndexByte(text[:at], ' ')
		if at <= 0 {
			return 0
		}
		if r, _ := utf8.DecodeRuneInString(text[at+1:]); unicode.IsUpper(r) && IsCredit(t, text[at+1:]) && letters.CountWords(text[at+1:]) <= 9 {
			return at + 1
		}
	}
	return 0
}

// goesOn says whether a text begins with brackets and goes on behind them.
func goesOn(text string) bool {
	if text[0] != '(' && text[0] != '[' {
		return false
	}
	end := strings.IndexAny(text, ")]")
	return end >= 0 && letters.Count(text[end:]) > 0
}

// LastBreak is the start of the last sentence or bracket in text, 0 when there
// is but one. A point behind one letter ends no sentence.
func LastBreak(text string) int {
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
