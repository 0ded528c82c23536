package elemrules

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// termFiles hold the terms of the rules; terms/README.md describes the format.
//
//go:embed terms/*.txt
var termFiles embed.FS

// withTerms fills in the terms of rules and returns the rules. It panics on files
// that break the format or name a rule that is not there, which every test sees
// and no user ever does.
func withTerms(rules []Rule) []Rule {
	byID := map[string]*Rule{}
	for i := range rules {
		byID[rules[i].ID] = &rules[i]
	}
	files, err := fs.Glob(termFiles, "terms/*.txt")
	if err != nil {
		panic(err)
	}
	for _, name := range files {
		data, err := termFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		var rule *Rule
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				if rule = byID[strings.Trim(line, "[]")]; rule == nil {
					panic(fmt.Sprintf("%s: there is no rule %s", name, line))
				}
			case rule == nil:
				panic(fmt.Sprintf("%s: %q is in no section", name, line))
			default:
				rule.Terms = append(rule.Terms, strings.Fields(line)...)
			}
		}
	}
	return rules
}

// term is one term of a rule, filed under its first word.
type term struct {
	rule  int16
	whole bool // the name must be just this
	rest  []string
}

// readTerm returns a term and the word that it is filed under.
func readTerm(rule int16, text string) (first string, t term) {
	text, whole := strings.CutPrefix(text, "=")
	words := strings.Split(text, "+")
	return words[0], term{rule, whole, words[1:]}
}

// fits reports whether the words of a name, of which the one at i is the term's
// first, have the term.
func (t term) fits(words []string, i int) bool {
	if t.whole {
		return i == 0 && len(words) == len(t.rest)+1 && equalWords(words[1:], t.rest)
	}
	return len(words)-i-1 >= len(t.rest) && equalWords(words[i+1:i+1+len(t.rest)], t.rest)
}

// equalWords reports whether the words of a are the first of b, which has as many
// or more.
func equalWords(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
