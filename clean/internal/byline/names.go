package byline

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
	"winnow/clean/internal/wordlists"
)

// Lengths of names and of lists of names. What is longer is a sentence.
const (
	maxNames        = 8   // in one list
	maxNameWords    = 6   // titles, given names, particles and all
	maxName         = 80  // bytes
	maxUnspacedName = 6   // characters, in a script without spaces
	maxAbbreviation = 5   // characters, with the point: "Capt."
	maxPersonLine   = 100 // bytes of a line that PersonNames reads
	minPersonWords  = 2
	maxPersonWords  = 4
)

// ParseNames returns the people that a list names. It returns nil when the text
// is something else. Roles, days and places of reporting in the list are left
// out.
func ParseNames(text string) []string {
	words := wordlists.All()
	text = strings.Trim(text, " ,:.|•-\"")
	var names []string
	for _, item := range SplitList(text) {
		item = strings.Trim(item, " ,:-\"")
		if item == "" || words.HasSuffix(wordlists.ReportEnding, item) || len(names) > 0 && words.Has(wordlists.Weekdays, letters.Fold(item)) {
			continue
		}
		if !IsName(item) {
			return nil
		}
		if !IsRole(item) {
			names = append(names, item)
		}
	}
	if len(names) > maxNames {
		return nil
	}
	return names
}

// separators returns what separates the names of a list besides commas.
var separators = sync.OnceValue(func() (all []string) {
	for _, and := range wordlists.All().Entries(wordlists.And) {
		all = append(all, " "+and+" ")
	}
	return append(all, " & ", "、", "，", "،", " / ", ";")
})

// SplitList splits a list at commas, at words for "and" and at signs that stand
// for them. Its items may be empty and have blanks around them.
func SplitList(text string) []string {
	for _, s := range separators() {
		text = strings.ReplaceAll(text, s, ",")
	}
	if strings.ContainsFunc(text, letters.IsUnspaced) {
		text = strings.ReplaceAll(text, "/", ",")
	}
	return strings.Split(text, ",")
}

// IsName reports whether text can be the name of a person or an agency: a few
// words without digits, all but particles with a capital; or a few characters of
// a script without spaces.
func IsName(text string) bool {
	fields := strings.Fields(text)
	if len(fields) == 0 || len(fields) > maxNameWords || len(text) > maxName {
		return false
	}
	table := labels.All()
	words := table.Words
	capitals := 0
	for k, w := range fields {
		bare := strings.Trim(w, "().,'\"")
		first, _ := utf8.DecodeRuneInString(bare)
		switch {
		case strings.ContainsAny(w, "0123456789:!?@"):
			return false
		case letters.IsUnspaced(first):
			l := letters.NewLine(text)
			return len(fields) == 1 && utf8.RuneCountInString(text) <= maxUnspacedName && len(table.Find(&l)) == 0
		case letters.IsCaseless(first):
			capitals++
		case strings.HasSuffix(w, ".") && utf8.RuneCountInString(w) > maxAbbreviation && k < len(fields)-1:
			return false
		case unicode.IsUpper(first):
			capitals++
		case k > 0 && words.Has(wordlists.Particle, w), words.Has(wordlists.NameSuffix, bare), words.HasPrefix(wordlists.NamePrefix, bare):
		default:
			return false
		}
	}
	opening := letters.Fold(fields[0])
	if words.Month(opening, "") != 0 || words.Has(wordlists.Weekdays, opening) {
		return len(fields) > 1 && capitals > 1
	}
	return capitals > 0
}

// IsRole reports whether an item of a byline is what somebody is, not who.
func IsRole(text string) bool {
	words := wordlists.All()
	fold := letters.Fold(text)
	if words.Has(wordlists.Roles, fold) {
		return true
	}
	fields := strings.Fields(fold)
	if len(fields) == 0 {
		return false // text of signs alone
	}
	last := fields[len(fields)-1]
	return len(fields) > 1 && (words.Has(wordlists.Roles, last) || words.Has(wordlists.Roles, fields[len(fields)-2]+" "+last))
}

// PersonNames returns the names on a line that is nothing but names of two
// words and more, nil for other lines.
func PersonNames(line string) []string {
	if len(line) > maxPersonLine {
		return nil
	}
	names := ParseNames(line)
	for _, n := range names {
		words := len(strings.Fields(n))
		shouted := strings.ToUpper(n) == n && !letters.StartsCaseless(n)
		if words < minPersonWords || words > maxPersonWords || shouted {
			return nil
		}
	}
	return names
}
