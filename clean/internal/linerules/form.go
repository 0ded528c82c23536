package linerules

import (
	"strings"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/news"
)

// Lengths, in words, of boxes of a page that scraped text has on one line.
const (
	maxBoxLine = 40 // of the whole line
	minBoxLine = 3
	maxCall    = 5 // of the button behind the last sentence
	minChoices = 3 // of what follows the question of a poll
)

// isBoxLine matches a box of a page that another tool has put on one line, by its
// form: sentences with the words of a button behind them, a title with how long the
// recording is, or a question with its answers and their number. It is behind the
// first paragraph of scraped text, and reports nothing.
func isBoxLine(p *pass, i int, _ labels.Hit) bool {
	l := &p.lines[i]
	if !p.c.PlainText || i <= p.first || l.Kind != news.Paragraph || l.Words < minBoxLine || quotes(l.Plain) || p.reports(i) {
		return false
	}
	return isRecording(l.Plain) && p.isSingle(i) || isAnswered(l.Plain) || isCall(l.Plain) && p.isSingle(i) || isLength(l.Plain) && p.isBetween(i)
}

// maxQuotedName is the length, in words, of what is in quotes and may be a name.
const maxQuotedName = 3

// quotes reports whether a text quotes more than a name.
func quotes(text string) bool {
	parts := strings.Split(text, "\"")
	for i := 1; i+1 < len(parts); i += 2 {
		if letters.CountWords(parts[i]) > maxQuotedName {
			return true
		}
	}
	return false
}

// paragraphReach is how many lines from a box the next paragraph may be.
const paragraphReach = 3

// isBetween reports whether paragraphs are before and behind line i, and no line of its
// form beside it.
func (p *pass) isBetween(i int) bool {
	before, behind := false, false
	for k := 1; k <= paragraphReach; k++ {
		before = before || i-k >= 0 && p.lines[i-k].isParagraph()
		behind = behind || i+k < len(p.lines) && p.lines[i+k].isParagraph()
	}
	return before && behind && !isLength(p.lines[i-1].Plain) && !isLength(p.lines[i+1].Plain)
}

// longUnit is the length, in characters, of the longest word for minutes.
const longUnit = 8

// shortMinutes are abbreviations of minutes, with the full stop.
var shortMinutes = []string{" min.", " мин.", " хв.", " dk.", " λεπ."}

// isLength reports whether a text is a title with a number and one short word behind
// it: "Voices of the quay, part four 41 min".
func isLength(text string) bool {
	if strings.HasSuffix(text, ".") && !letters.ContainsOneOf(letters.Fold(lastBytes(text, longUnit)), shortMinutes) {
		return false
	}
	fields := strings.Fields(strings.TrimRight(text, "."))
	n := len(fields) - 2
	if n < minBoxLine+1 || utf8.RuneCountInString(fields[n+1]) > longUnit || len(fields[n]) > 2 || lastStop(text) > 0 {
		return false
	}
	return letters.IsNumber(fields[n]) && !strings.ContainsAny(strings.Join(fields[:n], " "), "0123456789")
}

// isSingle reports whether the lines beside line i are not of its form.
func (p *pass) isSingle(i int) bool {
	for _, k := range [2]int{i - 1, i + 1} {
		if k >= 0 && k < len(p.lines) && isRecording(p.lines[k].Plain) && isRecording(p.lines[i].Plain) {
			return false
		}
	}
	return true
}

// lastStop returns the index behind the last full stop, question mark or exclamation
// mark that ends a sentence within text, 0 when there is none.
func lastStop(text string) int {
	at := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if i >= len(text) || !letters.EndsLikeSentence(string(r)) || r == ' ' {
			continue
		}
		if rest := text[i:]; strings.HasPrefix(rest, " ") && beginsSentence(rest) && !isInitial(text[:i-size]) || letters.IsUnspaced(firstRune(rest)) {
			at = i
		}
	}
	return at
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// beginsSentence reports whether text begins with a capital or with a letter of a
// script without capitals.
func beginsSentence(text string) bool {
	text = strings.TrimLeft(text, " ")
	return letters.StartsUpper(text) || letters.StartsCaseless(text)
}

// isInitial reports whether a text ends with a word of one or two letters, whose full
// stop is that of an abbreviation.
func isInitial(text string) bool {
	word := text[strings.LastIndexByte(text, ' ')+1:]
	return utf8.RuneCountInString(word) <= 2
}

// isCall reports whether a few words without a full stop are behind the last sentence
// of a text, as on a button.
func isCall(text string) bool {
	at := lastStop(text)
	if at == 0 || letters.EndsClause(text) {
		return false
	}
	n := letters.CountWords(text[at:])
	return n > 0 && n <= maxCall && letters.CountWords(text[:at]) > n
}

// isRecording reports whether a text ends with how long a recording is: "3:33".
func isRecording(text string) bool {
	text = strings.TrimRight(text, " )")
	head, last := text[:strings.LastIndexByte(text, ' ')+1], strings.TrimLeft(text[strings.LastIndexByte(text, ' ')+1:], "(")
	minutes, seconds, ok := strings.Cut(last, ":")
	if !ok || len(minutes) < 1 || len(minutes) > 2 || len(seconds) != 2 {
		return false
	}
	for _, c := range []byte(minutes + seconds) {
		if !letters.IsDigit(c) {
			return false
		}
	}
	return letters.CountWords(head) >= minBoxLine && lastStop(text) == 0 && !strings.ContainsAny(head, "0123456789")
}

// isAnswered reports whether a text is a question with answers behind it that are no
// sentences, and a number among them.
func isAnswered(text string) bool {
	at := strings.IndexAny(text, "?？؟")
	if at <= 0 {
		return false
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	rest := text[at+size:]
	return letters.CountWords(rest) >= minChoices && !letters.EndsClause(rest) && lastStop(rest) == 0 && strings.ContainsAny(rest, "0123456789٠١٢٣٤٥٦٧٨٩")
}

// Bounds of what scraped text has behind the last sentence of a paragraph: a link to
// another story, a caption, a button.
const (
	minTailed     = 12 // words of the paragraph without it
	maxTail       = 25 // words of it
	minFullStops  = 3  // other paragraphs that end with a full stop
	fullStopShare = 3  // for each that does not
	maxTailLabel  = 4  // words of a label before a colon
)

var tailInsideRule = Rule{ID: "line-tail-inside", Why: "behind the last sentence of a paragraph"}

// cutTails cuts what is behind the last sentence of paragraphs, in scraped text whose
// other paragraphs end with one.
func (p *pass) cutTails() {
	full, open := 0, 0
	for i := range p.lines {
		if l := &p.lines[i]; l.Words >= minSentence {
			if letters.EndsClause(l.Plain) {
				full++
			} else if l.Words >= minInsideWords {
				open++
			}
		}
	}
	if full < minFullStops || full < open*fullStopShare {
		return
	}
	for i := range p.lines {
		l := &p.lines[i]
		if l.Words < minInsideWords || l.Words > maxInsideWords || l.Kind != news.Paragraph || letters.EndsClause(l.Plain) {
			continue
		}
		at := lastStop(l.Text)
		if at == 0 || letters.CountWords(l.Text[at:]) > maxTail || letters.CountWords(l.Text[:at]) < minTailed {
			continue
		}
		if before := lastStop(l.Text[:at]); before > 0 && isLabelled(l.Text[before:at]) && letters.CountWords(l.Text[:before]) >= minTailed {
			at = before
		}
		l.inner = append(l.inner, news.Removal{Rule: tailInsideRule.ID, Why: tailInsideRule.Why, Text: strings.TrimSpace(l.Text[at:])})
		l.Text = strings.TrimSpace(l.Text[:at])
		l.Line = letters.NewLine(l.Text)
	}
}

// isLabelled reports whether a text begins with a few words and a colon, and quotes
// nobody.
func isLabelled(text string) bool {
	head, rest, ok := strings.Cut(letters.FoldSigns(text), ":")
	return ok && strings.HasPrefix(rest, " ") && letters.StartsUpper(rest) && letters.CountWords(head) <= maxTailLabel && !letters.HasQuotation(text)
}
