package meta

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winnow/clean/internal/byline"
	"winnow/clean/internal/labels"
	"winnow/clean/internal/letters"
)

// Bounds of a line that describes its authors.
const (
	maxDescribed   = 120 // bytes
	maxDescription = 8   // words behind the names
	maxTopLabel    = 4   // words before a colon
	minAbout       = 8   // bytes of a line about an author, behind the name
	maxAboutLine   = 500 // bytes of such a line
)

// describedNames returns the people at the start of a line beside the date that goes on
// with what they are: behind a comma in small letters or with a role, "Ann Lee, special
// correspondent"; or with anything, if a line below the story begins with the name, as
// the lines about authors do.
func (r *reader) describedNames(line string) []string {
	if len(line) > maxDescribed || letters.EndsLikeSentence(line) {
		return nil
	}
	if i := strings.IndexAny(line, ":："); i > 0 && letters.CountWords(line[:i]) <= maxTopLabel && !labels.All().IsCredit(line) {
		_, size := utf8.DecodeRuneInString(line[i:])
		return byline.PersonNames(strings.TrimSpace(line[i+size:]), r.lang) // behind a label that no list has
	}
	names := byline.LeadingNames(line, r.lang)
	if len(names) == 0 {
		if name := r.aboutName(line); name != "" {
			return []string{name}
		}
		return nil
	}
	last := names[len(names)-1]
	at := strings.Index(line, last)
	if at < 0 || slices.ContainsFunc(names, func(n string) bool { return !isFullName(n) || r.isPhrase(n) }) {
		return nil
	}
	rest := line[at+len(last):]
	tail := strings.TrimLeft(rest, " ,،、-–—|")
	first, _ := utf8.DecodeRuneInString(tail)
	if tail == rest || letters.CountWords(tail) > maxDescription || letters.CountWords(names[0]) > maxPersonName {
		return nil
	}
	if unicode.IsLower(first) || byline.IsRole(tail) || r.isAbout(last) {
		return names
	}
	return nil
}

// maxPersonName is the number of words of the longest name that describedNames returns.
const maxPersonName = 4

// commonName returns the name, of two words or more, with which the text of an element begins
// and which a short line around the title has too; "" if there is none.
func (r *reader) commonName(text string) string {
	words := strings.Fields(text)
	for n := min(maxPersonName, len(words)); n > 1; n-- {
		name := strings.Join(words[:n], " ")
		for i := max(0, r.top.line-linesBefore); i < min(len(r.f.lines), r.top.line+linesAfter); i++ {
			if line := r.f.lines[i]; i != r.top.line && len(line) <= maxDescribed && strings.Contains(" "+line+" ", " "+name+" ") && byline.IsName(name) {
				return name
			}
		}
	}
	return ""
}

// isAbout reports whether a line below those around the title begins with a name and
// goes on.
func (r *reader) isAbout(name string) bool {
	return slices.ContainsFunc(r.f.lines[min(len(r.f.lines), r.top.line+linesAfter):], func(line string) bool {
		rest, ok := strings.CutPrefix(line, name)
		return ok && len(line) <= maxAboutLine && len(rest) >= minAbout && (rest[0] == ' ' || rest[0] == ',')
	})
}

// aboutName returns the words at the start of a line, if they can be a name and isAbout.
func (r *reader) aboutName(line string) string {
	words := strings.Fields(line)
	for n := min(maxPersonName, len(words)-1); n > 1; n-- {
		name := strings.Join(words[:n], " ")
		if byline.IsName(name) && r.isAbout(name) && !r.isPhrase(name) {
			return name
		}
	}
	return ""
}
