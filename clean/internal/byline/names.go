package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// particles are the words in lower case that names have inside.
const particles = " de van von der den ter bin bint ibn al el la le du da di dos das del della abu zu zur und y af av "

// SplitNames reads a list of people, nil when the text is something else.
func SplitNames(t *labels.Table, text string) []string {
	text = strings.Trim(text, " ,:.|•-\"")
	var names []string
	for _, part := range NameParts(text) {
		part = strings.Trim(part, " ,:-\"")
		if part == "" || isReportWord(part) || len(names) > 0 && t.Has("weekdays", letters.Fold(part)) {
			continue
		}
		if !IsName(part) {
			return nil
		}
		if !IsRole(t, part) {
			names = append(names, part)
		}
	}
	if len(names) > 8 {
		return nil
	}
	return names
}

// isReportWord says whether a part of a Chinese byline is the place that the
// report is from, as in "/基隆報導".
func isReportWord(part string) bool {
	for _, end := range []string{"报道", "報導", "报导", "報道", "电", "電", "摄", "攝"} {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return false
}

// NameParts cuts a list of names at commas and at words for "and".
func NameParts(text string) []string {
	for _, and := range []string{" and ", " And ", " AND ", " и ", " та ", " und ", " et ", " i ", " y ", " & ", "、", "，", "،", " / ", ";"} {
		text = strings.ReplaceAll(text, and, ",")
	}
	if strings.ContainsFunc(text, letters.IsUnspaced) {
		text = strings.ReplaceAll(text, "/", ",")
	}
	return strings.Split(text, ",")
}

// IsName says whether text can be the name of a person or an agency: one to
// five words, all in capitals at the start but for particles, no digits.
func IsName(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 6 || len(text) > 80 {
		return false
	}
	capitals := 0
	for k, w := range words {
		bare := strings.Trim(w, "().,'\"")
		first, _ := utf8.DecodeRuneInString(bare)
		switch {
		case strings.ContainsAny(w, "0123456789:!?@"):
			return false
		case letters.IsUnspaced(first):
			l := letters.NewLine(text)
			return len(words) == 1 && utf8.RuneCountInString(text) <= 6 && len(labels.All().Find(&l)) == 0
		case letters.IsCaseless(first):
			capitals++
		case strings.HasSuffix(w, ".") && utf8.RuneCountInString(w) > 5 && k < len(words)-1:
			return false
		case unicode.IsUpper(first):
			capitals++
		case strings.Contains(particles, " "+w+" ") && k > 0, bare == "ret" || bare == "jr", strings.HasPrefix(bare, "d'"), strings.HasPrefix(bare, "al-"):
		default:
			return false
		}
	}
	if _, month := labels.All().Months[letters.Fold(words[0])]; month || labels.All().Has("weekdays", letters.Fold(words[0])) {
		return len(words) > 1 && capitals > 1 && !month
	}
	return capitals > 0
}

// IsRole says whether a part of a byline is what somebody is, not who.
func IsRole(t *labels.Table, part string) bool {
	fold := letters.Fold(part)
	if t.Has("roles", fold) {
		return true
	}
	words := strings.Fields(fold)
	last := words[len(words)-1]
	return len(words) > 1 && (t.Has("roles", last) || t.Has("roles", words[len(words)-2]+" "+last))
}

// PersonNames reads a line that is nothing but names of two words and more.
func PersonNames(t *labels.Table, line string) []string {
	if len(line) > 100 {
		return nil
	}
	names := SplitNames(t, line)
	for _, n := range names {
		if words := strings.Fields(n); len(words) < 2 || len(words) > 4 || strings.ToUpper(n) == n && !CaselessName(n) {
			return nil
		}
	}
	return names
}

func CaselessName(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return letters.IsCaseless(first)
}
