package byline

import (
	"slices"
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
// is something else. Roles, labels, days and places of reporting in the list are
// left out. language (ISO 639-1, or "") decides which words are between names.
func ParseNames(text, language string) []string {
	names, rest := readNames(text, language)
	if rest {
		return nil
	}
	return names
}

// LeadingNames is ParseNames for text of which it is known that it begins with a
// name: it returns those before the first item that is something else.
func LeadingNames(text, language string) []string {
	names, _ := readNames(text, language)
	return names
}

// readNames returns the names at the start of a list. rest is true when something
// else follows.
func readNames(text, language string) (names []string, rest bool) {
	words := wordlists.All()
	items := splitItems(trimList(text), language)
	for i, item := range items[:withoutPlace(items)] {
		s := strings.Trim(item.text, " ,:-\"")
		if s == "" || words.HasSuffix(wordlists.ReportEnding, s) || len(names) > 0 && words.Has(wordlists.Weekdays, letters.Fold(s)) {
			continue
		}
		if i > 0 && !item.and && beginsWithRole(s) {
			continue
		}
		if i > 0 && !item.and && isPostNominal(s) {
			if n := len(names) - 1; n >= 0 && item.comma && !IsAgency(s) {
				names[n] += ", " + s
			}
			continue
		}
		found := namesIn(s, language)
		if found == nil && !IsRole(s) && !isLabel(s) {
			return names, true
		}
		if len(names) > 0 && !item.and && isLoneWord(s) && !isLoneWord(names[0]) {
			continue // a place or an agency behind full names
		}
		names = append(names, found...)
	}
	if len(names) > maxNames {
		return nil, true
	}
	return names, false
}

// trimList returns a list without the signs around it, and without a point behind
// it that is no part of an abbreviation.
func trimList(text string) string {
	text = strings.Trim(text, " ,:|•-\"")
	bare := strings.Trim(text, " ,:.|•-\"")
	if last := bare[strings.LastIndexByte(bare, ' ')+1:]; strings.HasSuffix(text, ".") && strings.Contains(last, ".") {
		return bare + "."
	}
	return bare
}

// namesIn returns the names in one item of a list: usually the item, in Korean
// those before a role. It returns nil for roles, labels and what is no name.
func namesIn(item, language string) []string {
	if first, _ := utf8.DecodeRuneInString(item); unicode.Is(unicode.Hangul, first) {
		return hangulNames(item)
	}
	if isPartedName(item, language) {
		return []string{item}
	}
	if bare := withoutRole(item); bare != item && IsName(bare) {
		return []string{bare}
	}
	if !IsName(item) || IsRole(item) || isLabel(item) {
		return nil
	}
	return []string{item}
}

// withoutPlace returns how many of the items of a list may be names. Behind "A and
// B" a comma leads to something else: the place, or what they are.
func withoutPlace(items []listItem) int {
	last, ands := 0, 0
	for i, item := range items {
		if item.and {
			last, ands = i, ands+1
		}
	}
	if ands == 1 && last+1 < len(items) && items[last+1].comma && !isPostNominal(strings.TrimSpace(items[last+1].text)) {
		return last + 1
	}
	return len(items)
}

// isLoneWord reports whether a name is one word, in a script with spaces.
func isLoneWord(name string) bool {
	return !strings.ContainsAny(name, " .") && !strings.ContainsFunc(name, letters.IsUnspaced) && !unicode.Is(unicode.Hangul, []rune(name)[0])
}

// maxPostNominal is the length of the longest degree behind a name, in letters.
const maxPostNominal = 6

// isPostNominal reports whether an item of a list has the form of a degree or an
// abbreviation: "Ph.D.", "CFP®", "MD".
func isPostNominal(item string) bool {
	upper, all := 0, 0
	for _, r := range item {
		switch {
		case r == '.' || r == '®' || r == '-':
		case !unicode.IsLetter(r) || letters.IsCaseless(r):
			return false
		default:
			all++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return all > 1 && all <= maxPostNominal && (upper == all || upper > 1 && strings.Contains(item, "."))
}

// IsAgency reports whether an item is the name of an agency.
func IsAgency(item string) bool {
	l := letters.NewLine(item)
	return slices.ContainsFunc(labels.All().Find(&l), func(h labels.Hit) bool { return h.Section == wordlists.Agency })
}

// isLabel reports whether an item is a label and nothing else: "Updated".
func isLabel(item string) bool {
	l := letters.NewLine(item)
	return slices.ContainsFunc(labels.All().Find(&l), func(h labels.Hit) bool { return h.Alone })
}

// listItem is one item of a list of names.
type listItem struct {
	text  string
	and   bool // a word for "and" is before it
	comma bool // a comma is before it
}

// Marks that stand for a separator while a list is split.
const (
	andMark   = "\x01"
	otherMark = "\x02"
)

// otherSeparators are between names besides commas and words for "and".
var otherSeparators = []string{" / ", ";", " | "}

// ands returns the words for "and" in a language, and in English; of all
// languages when it is not known.
func ands(language string) []string {
	words := wordlists.All()
	if own := words.Ands(language); len(own) > 0 {
		return append(slices.Clone(own), words.Ands("en")...)
	}
	return allAnds()
}

var allAnds = sync.OnceValue(func() []string { return wordlists.All().Entries(wordlists.And) })

// splitItems splits a list at commas, at words for "and" and at signs that stand
// for them.
func splitItems(text, language string) []listItem {
	text = strings.NewReplacer("、", ",", "，", ",", "،", ",", "／", "/", "＆", "&").Replace(text)
	for _, and := range ands(language) {
		text = strings.ReplaceAll(text, " "+and+" ", andMark)
	}
	text = strings.ReplaceAll(text, " & ", andMark)
	for _, s := range otherSeparators {
		text = strings.ReplaceAll(text, s, otherMark)
	}
	if strings.ContainsFunc(text, letters.IsUnspaced) {
		text = strings.NewReplacer("/", otherMark, "·", otherMark, "・", otherMark).Replace(text)
	}
	var items []listItem
	item, from := listItem{}, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ',' && text[i] != andMark[0] && text[i] != otherMark[0] {
			continue
		}
		item.text = text[from:i]
		items = append(items, splitPrefixedAnd(item)...)
		if i < len(text) {
			item, from = listItem{and: text[i] == andMark[0], comma: text[i] == ','}, i+1
		}
	}
	return items
}

// splitPrefixedAnd splits two full names of which the second begins with the
// letter that means "and" in Arabic and in Hebrew.
func splitPrefixedAnd(item listItem) []listItem {
	words := strings.Fields(item.text)
	for i := minPersonWords; i+minPersonWords <= len(words); i++ {
		for _, and := range []string{"و", "ו"} {
			if bare, ok := strings.CutPrefix(words[i], and); ok && utf8.RuneCountInString(bare) > 1 {
				before, after := item, listItem{and: true}
				before.text = strings.Join(words[:i], " ")
				after.text = strings.Join(append([]string{bare}, words[i+1:]...), " ")
				return []listItem{before, after}
			}
		}
	}
	return []listItem{item}
}

// SplitList splits a list at commas, at words for "and" in a language and at signs
// that stand for them. Its items may be empty and have blanks around them.
func SplitList(text, language string) []string {
	var out []string
	for _, item := range splitItems(text, language) {
		out = append(out, item.text)
	}
	return out
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

// beginsWithRole reports whether an item behind a comma begins with what somebody is, as in
// languages in which the rest follows: "enviada especial a Iquitos".
func beginsWithRole(item string) bool {
	first, rest, ok := strings.Cut(letters.Fold(item), " ")
	second, _, _ := strings.Cut(rest, " ")
	words := wordlists.All()
	return ok && (words.Has(wordlists.Roles, first) || words.Has(wordlists.Roles, first+" "+second))
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

// withoutRole returns a name in a script without spaces without the role before
// or behind it: "佐藤健一 記者".
func withoutRole(item string) string {
	first, _ := utf8.DecodeRuneInString(item)
	if !letters.IsUnspaced(first) {
		return item
	}
	for _, role := range wordlists.All().Entries(wordlists.Roles) {
		if r, _ := utf8.DecodeRuneInString(role); !letters.IsUnspaced(r) {
			continue
		}
		if bare := strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(item, role), role)); bare != item && bare != "" {
			return strings.ReplaceAll(bare, " ", "")
		}
	}
	return item
}

// hasRole reports whether a text in Korean or in a script without spaces begins or
// ends with a role, which shows that the rest is names.
func hasRole(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if !letters.IsUnspaced(first) && !unicode.Is(unicode.Hangul, first) {
		return false
	}
	for _, role := range wordlists.All().Entries(wordlists.Roles) {
		if r, _ := utf8.DecodeRuneInString(role); letters.IsCaseless(r) && (strings.HasSuffix(text, role) || strings.HasPrefix(text, role)) {
			return true
		}
	}
	return false
}

// Lengths of the parts of a Japanese name, in characters.
const maxNamePart = 3

// isPartedName reports whether an item is a Japanese name with a blank between its parts.
func isPartedName(item, language string) bool {
	family, given, ok := strings.Cut(item, " ")
	if language != "ja" || !ok || strings.Contains(given, " ") {
		return false
	}
	for _, part := range []string{family, given} {
		if n := utf8.RuneCountInString(part); n > maxNamePart || strings.ContainsFunc(part, func(r rune) bool { return !letters.IsUnspaced(r) }) {
			return false
		}
	}
	return IsName(family+given) && !IsRole(given) && !IsRole(family)
}

// PersonNames returns the names on a line that is nothing but names of two
// words and more, nil for other lines.
func PersonNames(line, language string) []string {
	if len(line) > maxPersonLine {
		return nil
	}
	names := ParseNames(line, language)
	for _, n := range names {
		words := len(strings.Fields(n))
		shouted := strings.ToUpper(n) == n && !letters.StartsCaseless(n)
		if words < minPersonWords || words > maxPersonWords || shouted {
			return nil
		}
	}
	return names
}
